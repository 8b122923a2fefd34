"""Reads lists, sets, tuples and mappings, item by item (see `_coerce`)."""

from __future__ import annotations

import sys

from . import _coerce
from ._coerce_scalars import Invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from ._annotations import Shape
    from ._coerce import Check

_WRONG_TYPE = {
    "list": "value is not a valid list",
    "set": "value is not a valid set",
    "frozenset": "value is not a valid frozenset",
    "tuple": "value is not a valid tuple",
    "tuple_of": "value is not a valid tuple",
    "deque": "value is not a valid sequence",
    "sequence": "value is not a valid sequence",
}


def reader(shape: Shape, scope: dict[str, Any]) -> Check:
    """The check for a collection's shape."""
    if shape.kind == "tuple":
        return _tuple(shape, scope)
    if shape.kind == "iterable":
        return _iterable
    if shape.kind in ("dict", "mapping", "counter", "defaultdict"):
        return _mapping(shape, scope)
    return _collection(shape, scope)


def sequence_like(value: Any) -> bool:
    """The types that count as a sequence in every collection."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return True
    return type(value).__name__ == "generator" or _is_deque(value)


def _is_deque(value: Any) -> bool:
    collections = sys.modules.get("collections")
    return collections is not None and isinstance(value, collections.deque)


def _items(values: Iterable[Any], check: Check | None) -> list[Any]:
    """Every item checked, with the messages of all that failed."""
    if check is None:
        return list(values)
    found: list[Any] = []
    messages: list[str] = []
    for value in values:
        try:
            found.append(check(value))
        except Invalid as exc:
            messages += exc.messages
    if messages:
        raise Invalid(*messages)
    return found


def _collection(shape: Shape, scope: dict[str, Any]) -> Check:
    check = _coerce.compile_shape(shape.args[0], scope)
    kind = shape.kind

    def read(value: Any) -> Any:
        if not sequence_like(value):
            raise Invalid(_WRONG_TYPE[kind])
        return _rebuilt(kind, value, _items(value, check))

    return read


def _rebuilt(kind: str, original: Any, items: list[Any]) -> Any:
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


def _iterable(value: Any) -> Any:
    try:
        return iter(value)  # its items are read when the flow reads them, so not checked
    except TypeError:
        raise Invalid("value is not a valid iterable") from None


def _tuple(shape: Shape, scope: dict[str, Any]) -> Check:
    checks = [_coerce.compile_shape(member, scope) for member in shape.args]

    def read(value: Any) -> Any:
        if not sequence_like(value):
            raise Invalid(_WRONG_TYPE["tuple"])
        values = list(value)
        if len(values) != len(checks):
            raise Invalid(f"wrong tuple length {len(values)}, expected {len(checks)}")
        return tuple(each(zip(checks, values)))

    return read


def each(pairs: Iterable[tuple[Check | None, Any]]) -> list[Any]:
    """Values, each with a check of its own; the messages of all that failed."""
    found: list[Any] = []
    messages: list[str] = []
    for check, value in pairs:
        try:
            found.append(value if check is None else check(value))
        except Invalid as exc:
            messages += exc.messages
    if messages:
        raise Invalid(*messages)
    return found


def as_dict(value: Any) -> dict[Any, Any]:
    """A dictionary as it is, or one made of what `dict` accepts."""
    if isinstance(value, dict):
        return value
    try:
        return dict(value)
    except (TypeError, ValueError):
        raise Invalid("value is not a valid dict") from None


def _mapping(shape: Shape, scope: dict[str, Any]) -> Check:
    check_key, check_value = (_coerce.compile_shape(member, scope) for member in shape.args)
    kind = shape.kind
    factory = _default_factory(shape.args[1])

    def read(value: Any) -> Any:
        found: dict[Any, Any] = {}
        messages: list[str] = []
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


def _as_mapping(kind: str, original: Any, found: dict[Any, Any], factory: Any) -> Any:
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
