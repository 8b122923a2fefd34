"""JSON as the channel needs it: the C helpers first, `json` itself only when it is needed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

try:
    from _json import encode_basestring_ascii as quote  # the C module of the same name
except ImportError:
    from json.encoder import py_encode_basestring_ascii as quote

__all__ = ["dumps", "loads", "quote"]


def loads(text: str) -> Any:
    """The value of a JSON text."""
    from json import loads as load

    return load(text)


def dumps(value: Any) -> str:
    """JSON of plain data, compact; what JSON can't hold is given by its repr."""
    from json import dumps as dump

    try:
        return dump(value, separators=(",", ":"), default=encode, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return dump(_plain(value, 0), separators=(",", ":"))


def encode(value: Any) -> Any:
    """A JSON form of a value that `json` doesn't know: dates, models, enums, sets, paths."""
    kind = type(value)
    if hasattr(value, "get_secret_value"):
        return str(value)  # its stars
    for name in ("isoformat", "model_dump", "dict"):
        method = getattr(value, name, None)
        if method is not None and callable(method) and not isinstance(value, type):
            try:
                return method(mode="json") if name == "model_dump" else method()
            except Exception:
                break  # such a value is given by its repr
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if kind.__module__ in ("uuid", "pathlib", "decimal") or hasattr(value, "__fspath__"):
        return str(value)
    if hasattr(value, "total_seconds"):
        return value.total_seconds()
    if hasattr(kind, "__members__"):
        return value.value
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is not None and not isinstance(value, type):
        return {name: getattr(value, name, None) for name in fields}
    return _repr(value)


def _repr(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as exc:
        text = f"<{type(value).__name__} (its repr raised {type(exc).__name__})>"
    return text if len(text) <= 2000 else text[:1997] + "..."


def _plain(value: Any, depth: int) -> Any:
    """The same value with nothing in it that JSON would refuse (NaN, odd keys, cycles)."""
    if value is None or isinstance(value, (bool, int, str)):
        return value if isinstance(value, (bool, str)) or value is None else int(value)
    if isinstance(value, float):
        return value if value - value == 0 else repr(value)
    if depth > 20:
        return _repr(value)
    if isinstance(value, dict):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    return _plain(encode(value), depth + 1)
