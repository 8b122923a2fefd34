"""Default values as JSON, in the forms Prefect 2.1 writes them."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def encode(value: Any) -> Any:
    """The value as JSON data. Raises TypeError where there is no form for it."""
    if value is None or value is True or value is False:
        return value
    if _is(value, "enum", "Enum"):
        return encode(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {_key(key): encode(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return _steady([encode(item) for item in value])
    return _encode_other(value)


def _steady(items: list[Any]) -> list[Any]:
    """Sorted where that is possible: the order of a set of strings changes with every process."""
    try:
        return sorted(items)
    except TypeError:
        return items


def _key(key: Any) -> str:
    encoded = encode(key)
    if isinstance(encoded, str):
        return encoded
    if encoded is None or isinstance(encoded, bool):
        return {None: "null", True: "true", False: "false"}[encoded]
    if isinstance(encoded, (int, float)):
        return repr(encoded)
    raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")


def _encode_other(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    for module, name, form in _FORMS:
        if _is(value, module, name):
            return form(value)
    if hasattr(type(value), "__dataclass_fields__"):
        return {name: encode(getattr(value, name)) for name in type(value).__dataclass_fields__}
    if hasattr(value, "get_secret_value"):
        return str(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "__fields__") and callable(getattr(value, "dict", None)):
        return encode(value.dict())
    theirs = getattr(sys.modules.get("pydantic.json"), "pydantic_encoder", None)
    if theirs is not None:
        return encode(theirs(value))
    raise TypeError(f"Object of type '{type(value).__name__}' is not JSON serializable")


def _is(value: Any, module: str, name: str) -> bool:
    """An instance check that doesn't import the class's module: without it there is no instance."""
    cls = getattr(sys.modules.get(module), name, None)
    return cls is not None and isinstance(value, cls)


def _decimal(value: Any) -> Any:
    exponent = value.as_tuple().exponent
    return int(value) if isinstance(exponent, int) and exponent >= 0 else float(value)


_FORMS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("datetime", "datetime", lambda v: v.isoformat()),
    ("datetime", "date", lambda v: v.isoformat()),
    ("datetime", "time", lambda v: v.isoformat()),
    ("datetime", "timedelta", lambda v: v.total_seconds()),
    ("decimal", "Decimal", _decimal),
    ("uuid", "UUID", str),
    ("pathlib", "PurePath", str),
    ("re", "Pattern", lambda v: v.pattern),
    ("collections", "deque", lambda v: [encode(item) for item in v]),
    ("ipaddress", "IPv4Interface", str),
    ("ipaddress", "IPv6Interface", str),
    ("ipaddress", "IPv4Network", str),
    ("ipaddress", "IPv6Network", str),
    ("ipaddress", "IPv4Address", str),
    ("ipaddress", "IPv6Address", str),
)
