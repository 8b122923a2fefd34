"""Schemas of pydantic's own types, from the pydantic that the script loaded (see `_schema`)."""

from __future__ import annotations

import sys

from . import _annotations, _coerce_pydantic
from ._schema_defaults import encode
from ._signature import VAR_KEYWORD, VAR_POSITIONAL, Missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._annotations import Shape
    from ._signature import Parameter

REFERENCE = "#/definitions/"


def whole(parameters: list[Parameter], scope: dict[str, Any]) -> tuple[Any, Any, Any] | None:
    """Properties, required and definitions as pydantic 1 gives them for all parameters at once.

    None where no parameter is pydantic 1's, where one is pydantic 2's, or where pydantic 1 can't.
    """
    shapes = [_annotations.shape(_annotation(p), scope) for p in parameters]
    found = [a for shape in shapes for a in _pydantic_annotations(shape)]
    if not found or any(_coerce_pydantic.is_v2(annotation) for annotation in found):
        return None
    pydantic = _coerce_pydantic.v1_module(found[0])
    if pydantic is None:
        return None
    try:
        schema = _model(pydantic, parameters, scope).schema(by_alias=True)
    except ValueError:  # a class of the user's own that pydantic has no schema for
        return None
    # defaults of models are in it as they are: dates, paths
    properties, definitions = map(encode, (schema["properties"], schema.get("definitions")))
    return properties, schema.get("required"), definitions


def _model(pydantic: Any, parameters: list[Parameter], scope: dict[str, Any]) -> Any:
    """A model of the parameters, whose fields have names that can't collide with pydantic's own."""
    fields: dict[str, Any] = {}
    for i, parameter in enumerate(parameters):
        annotation = _annotation(parameter)
        if isinstance(annotation, str):
            annotation = _annotations.evaluate(annotation, scope)
        bare = parameter.default is Missing or parameter.kind in (VAR_POSITIONAL, VAR_KEYWORD)
        default = ... if bare else parameter.default
        field = pydantic.Field(default, title=parameter.name, alias=parameter.name)
        fields[f"parameter_{i}"] = (annotation, field)
    config = type("Config", (pydantic.BaseConfig,), {"arbitrary_types_allowed": True})
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a callable is left out
        model = pydantic.create_model("Parameters", __config__=config, **fields)
        model.schema(by_alias=True)
    return model


def _annotation(parameter: Parameter) -> Any:
    return object if parameter.annotation is Missing else parameter.annotation


def _pydantic_annotations(shape: Shape) -> list[Any]:
    if shape.kind == "pydantic":
        return [shape.args[0]]
    return [
        a
        for inner in shape.args
        if isinstance(inner, type(shape))
        for a in _pydantic_annotations(inner)
    ]


def schema(annotation: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of one annotation; what it refers to is added to `definitions`."""
    if _coerce_pydantic.is_v2(annotation):
        return _v2(annotation, definitions)
    pydantic = _coerce_pydantic.v1_module(annotation)
    if pydantic is None:
        return {}
    # As an item of a list, so that pydantic adds no title of its own.
    found = _coerce_pydantic.v1_holder(pydantic, _list_of(annotation)).schema(by_alias=True)
    definitions.update(found.get("definitions") or {})
    inner: dict[str, Any] = found["properties"]["field"]["items"]
    return inner


def _list_of(annotation: Any) -> Any:
    import typing

    return typing.List[annotation]


def _v2(annotation: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Pydantic 2's schema in the shape Prefect 2.1 has: nested models under `definitions`."""
    from . import _schema_pydantic2

    adapter = sys.modules["pydantic"].TypeAdapter(annotation)
    found = adapter.json_schema(by_alias=True, ref_template=REFERENCE + "{model}")
    for name, nested in found.pop("$defs", {}).items():
        definitions[name] = _schema_pydantic2.as_v1(nested)
    found = dict(_schema_pydantic2.as_v1(found))
    if not isinstance(annotation, type) or "properties" not in found:
        return found
    definitions[annotation.__name__] = found
    return {"$ref": REFERENCE + annotation.__name__}
