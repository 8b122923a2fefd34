"""The fields of a block type, and reading values into them."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple


def fields(cls: type) -> Dict[str, Any]:
    """The annotations of a block type's public fields, those of its bases first."""
    found = cls.__dict__.get("_own_fields")
    if found is None:
        from prefect._coerce_records import field_annotations

        found = {
            name: annotation
            for name, annotation in field_annotations(cls).items()
            if not name.startswith("_") and "ClassVar" not in str(annotation)
        }
        cls._own_fields = found  # type: ignore[attr-defined]
    return found


def read_values(cls: type, values: Dict[str, Any]) -> Dict[str, Any]:
    """What a block of the type holds for the values given; `ValueError` where they don't fit.

    Values that are no fields are kept as they are, unless the type's ``Config`` forbids them.
    """
    twin = _twin(cls)
    if twin is not None:
        return dict(twin(**values).__dict__)
    problems: List[Tuple[str, str]] = []
    read: Dict[str, Any] = {}
    for name, annotation in fields(cls).items():
        _read_field(cls, name, annotation, values, read, problems)
    extra = {name: value for name, value in values.items() if name not in read}
    if getattr(getattr(cls, "Config", None), "extra", "allow") == "forbid":
        problems += [(name, "extra fields not permitted") for name in extra]
    if problems:
        from prefect._validation import validation_error

        raise validation_error(cls.__name__, problems)
    return {**read, **extra}


def _read_field(
    cls: type,
    name: str,
    annotation: Any,
    values: Dict[str, Any],
    read: Dict[str, Any],
    problems: List[Tuple[str, str]],
) -> None:
    from prefect._coerce_scalars import Invalid

    default = _default(cls, name)
    if name not in values:
        if default is ...:
            problems.append((name, "field required"))
        else:
            read[name] = default
        return
    check = _check(cls, annotation, nullable=default is None)
    try:
        read[name] = check(values[name]) if check is not None else values[name]
    except Invalid as exc:
        places = [f"{name} -> {place}" for place in exc.places] or [name] * len(exc.messages)
        problems += list(zip(places, exc.messages))


def _default(cls: type, name: str) -> Any:
    """A field's default, or `...` where it has none."""
    import copy

    default: Any = getattr(cls, name, ...)
    return copy.copy(default) if isinstance(default, (list, dict, set)) else default


def _check(cls: type, annotation: Any, nullable: bool) -> Any:
    from prefect._coerce import compile_annotation
    from prefect._coerce_records import scope_of

    return compile_annotation(annotation, scope_of(cls), nullable)


def _twin(cls: type) -> Any:
    """pydantic's model of a block type that uses pydantic's fields or validators; else None."""
    if "_twin" in cls.__dict__:
        return cls.__dict__["_twin"]
    twin = None
    pydantic: Any = sys.modules.get("pydantic")
    if pydantic is not None:
        attributes = _attributes(cls)
        validators = {name: one for name, one in attributes.items() if _is_validator(one)}
        if validators or any(_is_field_info(attributes.get(name)) for name in fields(cls)):
            twin = _make_twin(pydantic, cls, attributes, validators)
    cls._twin = twin  # type: ignore[attr-defined]
    return twin


def _attributes(cls: type) -> Dict[str, Any]:
    """What stands in a class and its bases, unbound."""
    found: Dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        found.update(base.__dict__)
    return found


def _is_validator(attribute: Any) -> bool:
    return (
        hasattr(attribute, "__validator_config__")
        or hasattr(attribute, "__root_validator_config__")
        or type(attribute).__name__ == "PydanticDescriptorProxy"
    )


def _is_field_info(default: Any) -> bool:
    return type(default).__name__ == "FieldInfo"


def _make_twin(
    pydantic: Any, cls: type, attributes: Dict[str, Any], validators: Dict[str, Any]
) -> Any:
    from prefect._annotations import evaluate
    from prefect._coerce_records import scope_of

    settings = {"extra": "allow", "arbitrary_types_allowed": True}
    own = getattr(cls, "Config", None)
    if str(pydantic.VERSION).startswith("1"):
        config: Any = type("Config", (own,) if own else (), {**settings, **_public(own)})
    else:
        config = {**settings, **_public(own)}
    scope = scope_of(cls)
    members: Any = {
        name: (
            evaluate(annotation, scope) if isinstance(annotation, str) else annotation,
            attributes.get(name, ...),
        )
        for name, annotation in fields(cls).items()
    }
    return pydantic.create_model(
        cls.__name__, __config__=config, __validators__=validators, **members
    )


def _public(config: Any) -> Dict[str, Any]:
    """What a block type's own ``Config`` sets."""
    return {name: value for name, value in vars(config or object).items() if name[0] != "_"}
