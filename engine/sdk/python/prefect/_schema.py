"""The JSON schema of a flow's parameters, as Prefect 2.1 (through pydantic 1.10) writes it.

Key order matters: it is the order of the deployment YAML. Values are ready for JSON, but for infinite
numbers, which JSON lacks.
"""

from __future__ import annotations

import sys

from . import _annotations, _coerce_records, _schema_classes, _schema_defaults, _signature
from ._signature import VAR_KEYWORD, VAR_POSITIONAL, Missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._annotations import Shape
    from ._signature import Parameter

REFERENCE = "#/definitions/"


class NoSchema(Exception):
    """A parameter that JSON has nothing for (a callable): it is left out of the schema."""


def parameter_schema(fn: Callable[..., Any]) -> dict[str, Any]:
    """The schema: title, type, properties, required and definitions, the last two None when empty.

    Raises TypeError for a default that can't be written as JSON.
    """
    parameters = _signature.signature_parameters(fn)
    scope = _signature.scope_of(fn)
    whole = _whole_by_pydantic(parameters, scope)
    if whole is not None:
        return whole
    builder = _Builder()
    properties: dict[str, Any] = {}
    required: list[str] = []
    for parameter in parameters:
        try:
            properties[parameter.name] = builder.parameter(
                parameter, _shape_of(parameter, scope), scope
            )
        except NoSchema:
            continue
        if parameter.required or parameter.kind in (VAR_POSITIONAL, VAR_KEYWORD):
            required.append(parameter.name)
    return _parameters_object(properties, required, builder.definitions)


def check_default(fn: Callable[..., Any], parameter: Parameter) -> None:
    """Raises TypeError where a default can't be written as JSON and the schema would have to."""
    try:
        _schema_defaults.encode(parameter.default)
    except TypeError:
        try:
            _Builder().parameter(parameter, _shape_of(parameter, _signature.scope_of(fn)), {})
        except NoSchema:
            pass


def _parameters_object(properties: Any, required: Any, definitions: Any) -> dict[str, Any]:
    return {
        "title": "Parameters",
        "type": "object",
        "properties": properties,
        "required": required or None,
        "definitions": definitions or None,
    }


def _shape_of(parameter: Parameter, scope: dict[str, Any]) -> Shape:
    return _annotations.shape(
        object if parameter.annotation is Missing else parameter.annotation, scope
    )


class _Builder:
    """Builds schemas and gathers the definitions they refer to, in the order they are met."""

    def __init__(self) -> None:
        self.definitions: dict[str, Any] = {}
        self._names: dict[Any, str] = {}  # the name in `definitions` of each class

    def parameter(
        self, parameter: Parameter, shape: Shape, scope: dict[str, Any]
    ) -> dict[str, Any]:
        """The schema of one parameter: title, default, then what its annotation says."""
        found: dict[str, Any] = {"title": parameter.name}
        default = parameter.default
        if (
            default is not Missing
            and default is not None
            and default is not ...
            and not _is_callable(shape)
        ):
            found["default"] = _schema_defaults.encode(default)
        inner = self.schema(shape, scope)
        found.update({"allOf": [inner]} if "$ref" in inner else inner)
        return found

    def schema(self, shape: Shape, scope: dict[str, Any]) -> dict[str, Any]:
        """The schema of a shape. Raises NoSchema for a callable, wherever it stands."""
        return _KINDS[shape.kind](self, shape, scope)

    def any(self, shape: Shape, scope: dict[str, Any]) -> dict[str, Any]:
        return {}

    def callable(self, shape: Shape, scope: dict[str, Any]) -> dict[str, Any]:
        raise NoSchema

    def array(self, shape: Shape, scope: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "array", "items": self.schema(shape.args[0], scope)}
        if shape.kind in ("set", "frozenset"):
            found["uniqueItems"] = True
        return found

    def tuple(self, shape: Shape, scope: dict[str, Any]) -> dict[str, Any]:
        count = len(shape.args)
        found: dict[str, Any] = {"type": "array", "minItems": count, "maxItems": count}
        if count:
            found["items"] = [self.schema(member, scope) for member in shape.args]
        return found

    def mapping(self, shape: Shape, scope: dict[str, Any]) -> dict[str, Any]:
        values = self.schema(shape.args[1], scope)
        return {"type": "object", "additionalProperties": values} if values else {"type": "object"}

    def union(self, shape: Shape, scope: dict[str, Any]) -> dict[str, Any]:
        return {"anyOf": [self.schema(member, scope) for member in shape.args]}

    def literal(self, shape: Shape, scope: dict[str, Any]) -> dict[str, Any]:
        """One enum for each type among the values, in the order of their first value."""
        groups: dict[type, list[Any]] = {}
        for value in (v for v in shape.args if v is not None):
            groups.setdefault(type(value), []).append(value)
        each = [self._literal_group(kind, values) for kind, values in groups.items()]
        return each[0] if len(each) == 1 else {"anyOf": each}

    def _literal_group(self, kind: type, values: list[Any]) -> dict[str, Any]:
        return {
            "enum": [_schema_defaults.encode(v) for v in values],
            **_schema_classes.class_schema(kind),
        }

    def pydantic(self, shape: Shape, scope: dict[str, Any]) -> dict[str, Any]:
        from . import _schema_pydantic

        return _schema_pydantic.schema(shape.args[0], self.definitions)

    def cls(self, shape: Shape, scope: dict[str, Any]) -> dict[str, Any]:
        cls = shape.args[0]
        if _schema_classes.is_enum(cls):
            return self._defined(cls, self._enum)
        if _coerce_records.is_dataclass(cls) or _coerce_records.is_typeddict(cls):
            return self._defined(cls, self._record)
        if _coerce_records.is_namedtuple(cls):
            return self._namedtuple(cls)
        return _schema_classes.class_schema(cls)

    def _defined(self, cls: Any, describe: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """A reference to the class's definition, which is made the first time."""
        if cls not in self._names:
            name = cls.__name__
            if name in self.definitions and not self._is_same(cls, name):
                name = f"{cls.__module__}__{cls.__qualname__}".replace(".", "__")
            self._names[cls] = name
            self.definitions[name] = describe(cls)
            self.definitions[name] = self.definitions.pop(name)  # after those it refers to
        return {"$ref": REFERENCE + self._names[cls]}

    def _is_same(self, cls: Any, name: str) -> bool:
        """Whether the name is taken by the same enum, which pydantic has described already."""
        if cls in self._names or not _schema_classes.is_enum(cls):
            return False
        return bool(self.definitions[name].get("enum") == self._enum(cls)["enum"])

    def _enum(self, cls: Any) -> dict[str, Any]:
        found = {
            "title": cls.__name__,
            "description": _schema_classes.enum_doc(cls),
            "enum": [_schema_defaults.encode(member.value) for member in cls],
        }
        found.update(_schema_classes.class_schema(cls))
        return found

    def _record(self, cls: Any) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        required: list[str] = []
        scope = _coerce_records.scope_of(cls)
        for name, annotation in _coerce_records.field_annotations(cls).items():
            if not _is_field(cls, name):
                continue
            needed, default = _field_default(cls, name)
            try:
                inner = _annotations.shape(annotation, scope)
                properties[name] = self._field(name, inner, scope, default)
            except NoSchema:
                continue
            if needed:
                required.append(name)
        found = {"title": cls.__name__, "type": "object", "properties": properties}
        return {**found, "required": required} if required else found

    def _field(
        self, name: str, shape: Shape, scope: dict[str, Any], default: Any
    ) -> dict[str, Any]:
        found: dict[str, Any] = (
            {} if _is_of_enum(shape) else {"title": name.title().replace("_", " ")}
        )
        has_default = default is not Missing and default is not None and not _is_callable(shape)
        if has_default:
            found["default"] = _schema_defaults.encode(default)
        inner = self.schema(shape, scope)
        if "$ref" in inner:
            return {**found, "allOf": [inner]} if has_default else inner
        return {**found, **inner}

    def _namedtuple(self, cls: Any) -> dict[str, Any]:
        scope = _coerce_records.scope_of(cls)
        fields = _coerce_records.field_annotations(cls).items()
        items = [self._field(n, _annotations.shape(a, scope), scope, Missing) for n, a in fields]
        return {"type": "array", "items": items, "minItems": len(items), "maxItems": len(items)}


def _is_of_enum(shape: Shape) -> bool:
    """Whether a field is an enum, or a collection of one: pydantic 1 gives those no title."""
    if shape.kind in ("dict", "mapping", "defaultdict"):
        shape = shape.args[1]
    elif shape.kind in ("list", "set", "frozenset", "deque", "sequence", "iterable", "tuple_of"):
        shape = shape.args[0]
    return shape.kind == "class" and _schema_classes.is_enum(shape.args[0])


def _is_callable(shape: Shape) -> bool:
    return shape.kind == "callable"


def _is_field(cls: Any, name: str) -> bool:
    """Whether an annotation is a field's: a dataclass has ClassVar and InitVar beside them."""
    field = getattr(cls, "__dataclass_fields__", {}).get(name)
    return field is None or str(field._field_type) == "_FIELD"


def _field_default(cls: Any, name: str) -> tuple[bool, Any]:
    """Whether a field has to be given, and its default."""
    if not hasattr(cls, "__dataclass_fields__"):
        return name in _coerce_records.required_keys(cls), Missing
    missing = sys.modules["dataclasses"].MISSING
    field = cls.__dataclass_fields__[name]
    if field.default is not missing:
        return False, field.default
    return field.default_factory is missing, Missing


_KINDS: dict[str, Callable[[_Builder, Shape, dict[str, Any]], dict[str, Any]]] = {
    **dict.fromkeys(["any", "none", "type"], _Builder.any),
    **dict.fromkeys(
        ["list", "set", "frozenset", "deque", "sequence", "iterable", "tuple_of"], _Builder.array
    ),
    **dict.fromkeys(["dict", "mapping", "counter", "defaultdict"], _Builder.mapping),
    "callable": _Builder.callable,
    "tuple": _Builder.tuple,
    "union": _Builder.union,
    "literal": _Builder.literal,
    "class": _Builder.cls,
    "pydantic": _Builder.pydantic,
}


def _whole_by_pydantic(parameters: list[Parameter], scope: dict[str, Any]) -> dict[str, Any] | None:
    """The whole schema from pydantic 1, where it is loaded and the function takes something of it."""
    if "pydantic" not in sys.modules:
        return None
    from . import _schema_pydantic

    found = _schema_pydantic.whole(parameters, scope)
    return None if found is None else _parameters_object(*found)
