"""Reads values the way pydantic 1.10 does, which is what Prefect 2.1 validated parameters with.

`compile_shape` turns an annotation's shape into a function that takes a value and returns what the
flow gets, or raises `Invalid`. The rules and messages are those of pydantic 1; where it let an
internal error escape (an overflow, a generator without a length), this raises `Invalid` too.
"""

from __future__ import annotations

import sys

from . import _annotations, _coerce_records, _coerce_scalars
from ._coerce_scalars import NOT_NONE, Invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

    from ._annotations import Shape

    Check = Callable[[Any], Any]

_WRONG_TYPE = {
    "list": "value is not a valid list",
    "set": "value is not a valid set",
    "frozenset": "value is not a valid frozenset",
    "tuple": "value is not a valid tuple",
    "tuple_of": "value is not a valid tuple",
    "deque": "value is not a valid sequence",
    "sequence": "value is not a valid sequence",
}


def compile_annotation(
    annotation: Any, scope: Dict[str, Any], nullable: bool = False
) -> Optional[Check]:
    """The check for an annotation, or None where every value passes as it is."""
    return compile_shape(_annotations.shape(annotation, scope), scope, nullable)


def compile_shape(shape: Shape, scope: Dict[str, Any], nullable: bool = False) -> Optional[Check]:
    """The check for a shape; `nullable` lets None pass where the annotation alone wouldn't."""
    if shape.kind == "any":
        return None
    inner = _BUILDERS[shape.kind](shape, scope)
    if shape.nullable or nullable:
        return lambda value: None if value is None else inner(value)
    if shape.kind == "pydantic":
        return inner  # which knows itself whether None will do

    def check(value: Any) -> Any:
        if value is None:
            raise Invalid(NOT_NONE)
        return inner(value)

    return check


def compile_variadic(annotation: Any, scope: Dict[str, Any], positional: bool) -> Optional[Check]:
    """The check for *args (positional) or **kwargs, whose annotation is that of one value."""
    item = _annotations.shape(annotation, scope)
    if positional:
        return compile_shape(_annotations.Shape("tuple_of", (item,)), scope)
    key = _annotations.Shape("class", (str,))
    return compile_shape(_annotations.Shape("dict", (key, item)), scope)


def sequence_like(value: Any) -> bool:
    """The types that count as a sequence in every collection."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return True
    return type(value).__name__ == "generator" or _is_deque(value)


def _is_deque(value: Any) -> bool:
    collections = sys.modules.get("collections")
    return collections is not None and isinstance(value, collections.deque)


def _items(values: Iterable[Any], check: Optional[Check]) -> List[Any]:
    """Every item checked, with the messages of all that failed."""
    if check is None:
        return list(values)
    found: List[Any] = []
    messages: List[str] = []
    for value in values:
        try:
            found.append(check(value))
        except Invalid as exc:
            messages += exc.messages
    if messages:
        raise Invalid(*messages)
    return found


def _collection(shape: Shape, scope: Dict[str, Any]) -> Check:
    check = compile_shape(shape.args[0], scope)
    kind = shape.kind

    def read(value: Any) -> Any:
        if not sequence_like(value):
            raise Invalid(_WRONG_TYPE[kind])
        return _rebuilt(kind, value, _items(value, check))

    return read


def _rebuilt(kind: str, original: Any, items: List[Any]) -> Any:
    """The checked items in the collection that was asked for."""
    try:
        if kind == "list":
            return items
        if kind == "tuple_of":
            return tuple(items)
        if kind == "set":
            return set(items)
        if kind == "frozenset":
            return frozenset(items)
    except TypeError as exc:
        raise Invalid(str(exc)) from None
    if kind == "deque" or _is_deque(original):
        from collections import deque

        return deque(items, getattr(original, "maxlen", None))
    if isinstance(original, tuple):
        return tuple(items)
    if isinstance(original, set):
        return set(items)
    return iter(items) if type(original).__name__ == "generator" else items


def _iterable(shape: Shape, scope: Dict[str, Any]) -> Check:
    def read(value: Any) -> Any:
        try:
            return iter(value)  # its items are read when the flow reads them, so not checked
        except TypeError:
            raise Invalid("value is not a valid iterable") from None

    return read


def _tuple(shape: Shape, scope: Dict[str, Any]) -> Check:
    checks = [compile_shape(member, scope) for member in shape.args]

    def read(value: Any) -> Any:
        if not sequence_like(value):
            raise Invalid(_WRONG_TYPE["tuple"])
        values = list(value)
        if len(values) != len(checks):
            raise Invalid(f"wrong tuple length {len(values)}, expected {len(checks)}")
        return tuple(each(zip(checks, values)))

    return read


def each(pairs: Iterable[Tuple[Optional[Check], Any]]) -> List[Any]:
    """Values, each with a check of its own; the messages of all that failed."""
    found: List[Any] = []
    messages: List[str] = []
    for check, value in pairs:
        try:
            found.append(value if check is None else check(value))
        except Invalid as exc:
            messages += exc.messages
    if messages:
        raise Invalid(*messages)
    return found


def as_dict(value: Any) -> Dict[Any, Any]:
    """A dictionary as it is, or one made of what `dict` accepts."""
    if isinstance(value, dict):
        return value
    try:
        return dict(value)
    except (TypeError, ValueError):
        raise Invalid("value is not a valid dict") from None


def _mapping(shape: Shape, scope: Dict[str, Any]) -> Check:
    check_key, check_value = (compile_shape(member, scope) for member in shape.args)
    kind = shape.kind
    factory = _default_factory(shape.args[1])

    def read(value: Any) -> Any:
        found: Dict[Any, Any] = {}
        messages: List[str] = []
        for key, item in as_dict(value).items():
            try:
                key = key if check_key is None else check_key(key)
                found[key] = item if check_value is None else check_value(item)
            except Invalid as exc:
                messages += exc.messages
        if messages:
            raise Invalid(*messages)
        return _as_mapping(kind, value, found, factory)

    return read


def _as_mapping(kind: str, original: Any, found: Dict[Any, Any], factory: Any) -> Any:
    if kind == "dict":
        return found
    import collections

    if kind == "defaultdict":
        return collections.defaultdict(factory, found)
    if kind == "counter":
        return collections.Counter(found)
    if isinstance(original, collections.defaultdict):
        return collections.defaultdict(factory, found)
    return type(original)(found) if isinstance(original, dict) else found


def _default_factory(shape: Shape) -> Any:
    """What a missing key of a DefaultDict gets: an empty value of the annotated class."""
    if shape.kind == "class":
        return shape.args[0]
    return {"list": list, "set": set, "dict": dict, "tuple_of": tuple, "frozenset": frozenset}.get(
        shape.kind
    )


def _union(shape: Shape, scope: Dict[str, Any]) -> Check:
    checks = [compile_shape(member, scope) for member in shape.args]

    def read(value: Any) -> Any:
        messages: List[str] = []
        for check in checks:
            try:
                return value if check is None else check(value)
            except Invalid as exc:
                messages += exc.messages
        raise Invalid(*messages)

    return read


def _literal(shape: Shape, scope: Dict[str, Any]) -> Check:
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


def _callable(shape: Shape, scope: Dict[str, Any]) -> Check:
    def read(value: Any) -> Any:
        if callable(value):
            return value
        raise Invalid(f"{value} is not callable")

    return read


def _type(shape: Shape, scope: Dict[str, Any]) -> Check:
    bound = shape.args[0]
    message = "a class is expected" if bound is None else f"subclass of {bound.__name__} expected"

    def read(value: Any) -> Any:
        if isinstance(value, type) and (bound is None or issubclass(value, bound)):
            return value
        raise Invalid(message)

    return read


def _none(shape: Shape, scope: Dict[str, Any]) -> Check:
    def read(value: Any) -> Any:
        raise Invalid("value is not none")

    return read


def _class(shape: Shape, scope: Dict[str, Any]) -> Check:
    cls = shape.args[0]
    return _coerce_records.reader(cls) or _coerce_scalars.reader(cls)


def _pydantic(shape: Shape, scope: Dict[str, Any]) -> Check:
    from . import _coerce_pydantic

    return _coerce_pydantic.reader(shape.args[0])


_BUILDERS: Dict[str, Callable[[Shape, Dict[str, Any]], Check]] = {
    "none": _none,
    "union": _union,
    "literal": _literal,
    "callable": _callable,
    "type": _type,
    "iterable": _iterable,
    "tuple": _tuple,
    "dict": _mapping,
    "mapping": _mapping,
    "counter": _mapping,
    "defaultdict": _mapping,
    "class": _class,
    "pydantic": _pydantic,
    **dict.fromkeys(["list", "set", "frozenset", "deque", "sequence", "tuple_of"], _collection),
}
