"""Reads single values: numbers, text, bytes, enums, paths, ids and plain classes (see `_coerce`)."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Check = Callable[[Any], Any]


NOT_NONE = "none is not an allowed value"


class Invalid(Exception):
    """A value that doesn't fit its annotation; `messages` holds one or more reasons.

    `places` tells of each where in the value it is, if it is a block.
    """

    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages = messages
        self.places: tuple[str, ...] = ()


_TRUE = {1, "1", "on", "t", "true", "y", "yes"}
_FALSE = {0, "0", "off", "f", "false", "n", "no"}


def reader(cls: type) -> Check:
    """The check for a class: by the first known class it derives from, else an instance check."""
    if _is_enum(cls):
        return _enum(cls)
    for known, check in _BUILTINS:
        if issubclass(cls, known):
            return check
    from . import _coerce_library

    return _coerce_library.reader(cls) or _instance(cls)


def _is_enum(cls: type) -> bool:
    enum = sys.modules.get("enum")
    return enum is not None and issubclass(cls, enum.Enum)


def _int(value: Any) -> int:
    if isinstance(value, int) and value is not True and value is not False:
        return value
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise Invalid("value is not a valid integer") from None


def _float(value: Any) -> float:
    if isinstance(value, float):
        return value
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise Invalid("value is not a valid float") from None


def _bool(value: Any) -> bool:
    if value is True or value is False:
        return value
    if isinstance(value, bytes):
        value = decode(value)
    if isinstance(value, str):
        value = value.lower()
    try:
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
    except TypeError:
        pass
    raise Invalid("value could not be parsed to a boolean")


def read_str(value: Any) -> str:
    """Text as it is; numbers and bytes as text."""
    if isinstance(value, str):
        return value.value if _is_enum(type(value)) else value  # type: ignore[attr-defined]
    if _is_number(value):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return decode(value)
    raise Invalid("str type expected")


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    if _is_number(value):
        return str(value).encode()
    raise Invalid("byte type expected")


def _complex(value: Any) -> complex:
    """Not a type Prefect 2.1 could take; JSON has no complex numbers, so text is read too."""
    if isinstance(value, (int, float, complex, str)):
        try:
            return complex(value)
        except (ValueError, OverflowError):
            pass
    raise Invalid("value is not a valid complex number")


def _is_number(value: Any) -> bool:
    if isinstance(value, (int, float)):
        return True
    decimal = sys.modules.get("decimal")
    return decimal is not None and isinstance(value, decimal.Decimal)


def decode(value: Any) -> str:
    """Bytes as UTF-8 text."""
    try:
        return str(value, "utf-8")
    except UnicodeDecodeError as exc:
        raise Invalid(str(exc)) from None


def _dict(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    try:
        return dict(value)
    except (TypeError, ValueError):
        raise Invalid("value is not a valid dict") from None


def collection(cls: Any, name: str) -> Check:
    def read(value: Any) -> Any:
        from . import _coerce_collections

        if isinstance(value, cls):
            return value
        if not _coerce_collections.sequence_like(value):
            raise Invalid(f"value is not a valid {name}")
        try:
            return cls(value)
        except TypeError as exc:
            raise Invalid(str(exc)) from None

    return read


def _enum(cls: Any) -> Check:
    def read(value: Any) -> Any:
        try:
            return cls(value)
        except (ValueError, TypeError, KeyError):
            pass
        permitted = ", ".join(repr(member.value) for member in cls)
        raise Invalid(f"value is not a valid enumeration member; permitted: {permitted}")

    def read_any(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        raise Invalid(f"{value} is not a valid Enum instance")

    def read_int(value: Any) -> Any:
        return read(_int(value))

    if cls.__module__ == "enum":  # Enum or IntEnum itself: a member of any enumeration
        return read_any
    return read_int if issubclass(cls, sys.modules["enum"].IntEnum) else read


def _instance(cls: type) -> Check:
    def read(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        raise Invalid(f"instance of {cls.__name__} expected")

    return read


# First match wins: bool before int, which it derives from.
_BUILTINS: tuple[tuple[type, Check], ...] = (
    (str, read_str),
    (dict, _dict),
    (list, collection(list, "list")),
    (tuple, collection(tuple, "tuple")),
    (set, collection(set, "set")),
    (frozenset, collection(frozenset, "frozenset")),
    (bool, _bool),
    (int, _int),
    (float, _float),
    (bytes, _bytes),
    (complex, _complex),
)
