"""Helpers for nested data, under the names that 2.1 has for them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Hashable, Iterable, Iterator, List, Tuple


class Quote:
    """A value that futures and states are not looked for in; made by `quote`."""

    def __init__(self, expr: Any) -> None:
        self.expr = expr

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def unquote(self) -> Any:
        return self.expr

    def __repr__(self) -> str:
        return f"Quote({self.expr!r})"


def quote(expr: Any) -> Quote:
    """Hide a value from the look for futures and states in it."""
    return Quote(expr)


def dict_to_flatdict(dct: Dict[Any, Any], _parent: Tuple[Any, ...] = ()) -> Dict[Any, Any]:
    """A nested dict as one dict with tuples of keys."""
    flat: Dict[Any, Any] = {}
    for key, value in dct.items():
        path = (*_parent, key) if _parent else (key,)
        if isinstance(value, dict):
            flat.update(dict_to_flatdict(value, path))
        else:
            flat[path] = value
    return flat


def flatdict_to_dict(dct: Dict[Any, Any]) -> Dict[Any, Any]:
    """The reverse of `dict_to_flatdict`."""
    nested: Dict[Any, Any] = {}
    for path, value in dct.items():
        inside = nested
        for key in path[:-1]:
            inside = inside.setdefault(key, {})
        inside[path[-1]] = value
    return nested


def ensure_iterable(obj: Any) -> Any:
    """``obj`` if it is a list, tuple, set, str or another iterable, else a list of it."""
    return obj if hasattr(obj, "__iter__") else [obj]


def listrepr(objs: Iterable[Any], sep: str = " ") -> str:
    """The reprs of objects, joined."""
    return sep.join(repr(obj) for obj in objs)


def extract_instances(objects: Iterable[Any], types: Any = object) -> Any:
    """Those of the objects that are of a type; for several types, a dict of lists by type."""
    if not isinstance(types, tuple):
        return [obj for obj in objects if isinstance(obj, types)]
    found: Dict[Any, List[Any]] = {}
    for obj in objects:
        for kind in types:
            if isinstance(obj, kind):
                found.setdefault(kind, []).append(obj)
    return found


def batched_iterable(iterable: Iterable[Any], size: int) -> Iterator[Tuple[Any, ...]]:
    """The items in tuples of ``size``; the last one may be shorter."""
    batch: List[Any] = []
    for item in iterable:
        batch.append(item)
        if len(batch) == size:
            yield tuple(batch)
            batch = []
    if batch:
        yield tuple(batch)


def distinct(iterable: Iterable[Any], key: Callable[[Any], Any] = lambda item: item) -> Any:
    """The items whose key has not come before."""
    seen = set()
    for item in iterable:
        mark = key(item)
        if mark not in seen:
            seen.add(mark)
            yield item


def remove_nested_keys(keys_to_remove: List[Hashable], obj: Any) -> Any:
    """A dict without some keys, at any depth."""
    if not isinstance(obj, dict):
        return obj
    return {
        key: remove_nested_keys(keys_to_remove, value)
        for key, value in obj.items()
        if key not in keys_to_remove
    }


def __getattr__(name: str) -> Any:
    if name != "AutoEnum":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from enum import Enum

    class AutoEnum(str, Enum):
        """An enum of texts, each the name of its member."""

        @staticmethod
        def _generate_next_value_(name: str, *args: Any) -> str:
            return name

        @staticmethod
        def auto() -> Any:
            from enum import auto

            return auto()

        def __repr__(self) -> str:
            return f"{type(self).__name__}.{self.value}"

    globals()[name] = AutoEnum
    return AutoEnum
