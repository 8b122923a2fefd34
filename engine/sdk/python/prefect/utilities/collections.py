"""Helpers for nested data, under the names that 2.1 has for them."""

from __future__ import annotations

from prefect._collections import Quote, _is_model
from prefect._enum import AutoEnum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Hashable, Iterable, Iterator, List, Tuple

__all__ = [
    "AutoEnum",
    "Quote",
    "batched_iterable",
    "dict_to_flatdict",
    "distinct",
    "ensure_iterable",
    "extract_instances",
    "flatdict_to_dict",
    "listrepr",
    "quote",
    "remove_nested_keys",
    "visit_collection",
]


def quote(expr: Any) -> Quote:
    """Hide a value from the look for futures and states in it."""
    return Quote(expr)


def dict_to_flatdict(dct: Dict[Any, Any], _parent: Tuple[Any, ...] = ()) -> Dict[Any, Any]:
    """A nested dict as one dict with tuples of keys."""
    flat: Dict[Any, Any] = {}
    for key, value in dct.items():
        path = (*_parent, key) if _parent else (key,)
        if isinstance(value, dict) and value:
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


def visit_collection(
    expr: Any, visit_fn: Callable[[Any], Any], return_data: bool = False, max_depth: int = -1
) -> Any:
    """Call ``visit_fn`` for ``expr``, and for what is in it: in collections, dataclasses, models.

    With ``return_data`` each value is replaced by what ``visit_fn`` gave for it, and the whole is
    given; what is looked into is the replacement. ``max_depth`` 0 looks into nothing.
    """
    result = visit_fn(expr)
    node = result if return_data else expr
    if max_depth == 0:
        return node if return_data else None

    def visit(item: Any) -> Any:
        return visit_collection(item, visit_fn, return_data, max_depth - 1)

    kind = type(node)
    rebuilt = node
    if kind.__name__ == "generator" or isinstance(node, (list, tuple, set)):
        items = [visit(item) for item in node]
        if return_data:
            maker = list if kind.__name__ == "generator" else kind
            rebuilt = maker(*items) if hasattr(kind, "_fields") else maker(items)
    elif isinstance(node, dict):
        pairs = [(visit(key), visit(value)) for key, value in node.items()]
        rebuilt = kind(pairs) if return_data else None
    elif hasattr(kind, "__dataclass_fields__") and not isinstance(node, type):
        found = {name: visit(getattr(node, name)) for name in kind.__dataclass_fields__}
        rebuilt = kind(**found) if return_data else None
    elif _is_model(kind):
        found = {name: visit(value) for name, value in vars(node).items() if name[:1] != "_"}
        copy = getattr(node, "model_copy", None) or node.copy
        rebuilt = copy(update=found) if return_data else None
    return rebuilt if return_data else None
