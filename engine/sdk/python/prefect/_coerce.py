"""Reads values the way pydantic 1.10 does, which is what Prefect 2.1 validated parameters with.

`compile_shape` turns an annotation's shape into a function that takes a value and returns what the
flow gets, or raises `Invalid`. The rules and messages are those of pydantic 1; where it let an
internal error escape (an overflow, a generator without a length), this raises `Invalid` too.
"""

from __future__ import annotations

from . import _annotations, _coerce_records, _coerce_scalars
from ._coerce_scalars import NOT_NONE, Invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._annotations import Shape

    Check = Callable[[Any], Any]


def compile_annotation(
    annotation: Any, scope: dict[str, Any], nullable: bool = False
) -> Check | None:
    """The check for an annotation, or None where every value passes as it is."""
    return compile_shape(_annotations.shape(annotation, scope), scope, nullable)


def compile_shape(shape: Shape, scope: dict[str, Any], nullable: bool = False) -> Check | None:
    """The check for a shape; `nullable` lets None pass where the annotation alone wouldn't."""
    if shape.kind == "any":
        return None
    inner = _BUILDERS.get(shape.kind, _collection)(shape, scope)
    if shape.nullable or nullable:
        return lambda value: None if value is None else inner(value)
    if shape.kind == "pydantic":
        return inner  # which knows itself whether None will do

    def check(value: Any) -> Any:
        if value is None:
            raise Invalid(NOT_NONE)
        return inner(value)

    return check


def compile_variadic(annotation: Any, scope: dict[str, Any], positional: bool) -> Check | None:
    """The check for *args (positional) or **kwargs, whose annotation is that of one value."""
    item = _annotations.shape(annotation, scope)
    if positional:
        return compile_shape(_annotations.Shape("tuple_of", (item,)), scope)
    key = _annotations.Shape("class", (str,))
    return compile_shape(_annotations.Shape("dict", (key, item)), scope)


def _union(shape: Shape, scope: dict[str, Any]) -> Check:
    checks = [compile_shape(member, scope) for member in shape.args]

    def read(value: Any) -> Any:
        messages: list[str] = []
        for check in checks:
            try:
                return value if check is None else check(value)
            except Invalid as exc:
                messages += exc.messages
        raise Invalid(*messages)

    return read


def _literal(shape: Shape, scope: dict[str, Any]) -> Check:
    permitted = {value: value for value in shape.args}
    message = "unexpected value; permitted: " + ", ".join(repr(v) for v in shape.args)

    def read(value: Any) -> Any:
        try:
            return permitted[value]
        except KeyError:
            raise Invalid(message) from None
        except TypeError as exc:
            raise Invalid(str(exc)) from None

    return read


def _callable(shape: Shape, scope: dict[str, Any]) -> Check:
    def read(value: Any) -> Any:
        if callable(value):
            return value
        raise Invalid(f"{value} is not callable")

    return read


def _type(shape: Shape, scope: dict[str, Any]) -> Check:
    bound = shape.args[0]
    message = "a class is expected" if bound is None else f"subclass of {bound.__name__} expected"

    def read(value: Any) -> Any:
        if isinstance(value, type) and (bound is None or issubclass(value, bound)):
            return value
        raise Invalid(message)

    return read


def _none(shape: Shape, scope: dict[str, Any]) -> Check:
    def read(value: Any) -> Any:
        raise Invalid("value is not none")

    return read


def _collection(shape: Shape, scope: dict[str, Any]) -> Check:
    from . import _coerce_collections

    return _coerce_collections.reader(shape, scope)


def _class(shape: Shape, scope: dict[str, Any]) -> Check:
    cls = shape.args[0]
    return _coerce_records.reader(cls) or _coerce_scalars.reader(cls)


def _pydantic(shape: Shape, scope: dict[str, Any]) -> Check:
    from . import _coerce_pydantic

    return _coerce_pydantic.reader(shape.args[0])


_BUILDERS: dict[str, Callable[[Shape, dict[str, Any]], Check]] = {
    "none": _none,
    "union": _union,
    "literal": _literal,
    "callable": _callable,
    "type": _type,
    "class": _class,
    "pydantic": _pydantic,
}
