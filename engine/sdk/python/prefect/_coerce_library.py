"""Reads classes of the standard library: paths, ids, decimals, addresses, times (see `_coerce`)."""

from __future__ import annotations

import sys

from ._coerce_scalars import Invalid, collection, decode, read_str

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._coerce import Check


def reader(cls: type) -> Check | None:
    """Checks for classes of standard modules, looked for only where the module is loaded."""
    for module, name, find in _LIBRARY:
        known = getattr(sys.modules.get(module), name, None)
        if known is not None and issubclass(cls, known):
            return find(known)
    return None


def _path(known: Any) -> Check:
    def read(value: Any) -> Any:
        if isinstance(value, known):
            return value
        try:
            return known(value)
        except TypeError:
            raise Invalid("value is not a valid path") from None

    return read


def _uuid(known: Any) -> Check:
    def parse(value: Any) -> Any:
        if isinstance(value, str):
            return known(value)
        if isinstance(value, (bytes, bytearray)):
            try:
                return known(value.decode())
            except ValueError:
                return known(bytes=bytes(value))
        return value

    def read(value: Any) -> Any:
        try:
            found = parse(value)
        except ValueError:
            found = None
        if isinstance(found, known):
            return found
        raise Invalid("value is not a valid uuid")

    return read


def _decimal(known: Any) -> Check:
    def read(value: Any) -> Any:
        if isinstance(value, known):
            return value
        text = (decode(value) if isinstance(value, (bytes, bytearray)) else str(value)).strip()
        try:
            found = known(text)
        except ArithmeticError:
            found = None
        if found is None or not found.is_finite():
            raise Invalid("value is not a valid decimal")
        return found

    return read


def _pattern(known: Any) -> Check:
    import re

    def read(value: Any) -> Any:
        if isinstance(value, known):
            return value
        text = read_str(value)
        try:
            return re.compile(text)
        except re.error:
            raise Invalid("Invalid regular expression") from None

    return read


def _address(label: str) -> Callable[[Any], Check]:
    def find(known: Any) -> Check:
        def read(value: Any) -> Any:
            if isinstance(value, known):
                return value
            try:
                return known(value)
            except ValueError:
                raise Invalid(f"value is not a valid {label}") from None

        return read

    return find


def _time(name: str) -> Callable[[Any], Check]:
    def find(known: Any) -> Check:
        from . import _coerce_times

        check: Check = getattr(_coerce_times, name)
        return check

    return find


_LIBRARY: tuple[tuple[str, str, Callable[[Any], Check]], ...] = (
    ("collections", "deque", lambda known: collection(known, "deque")),
    ("pathlib", "Path", _path),
    ("datetime", "datetime", _time("read_datetime")),
    ("datetime", "date", _time("read_date")),
    ("datetime", "time", _time("read_time")),
    ("datetime", "timedelta", _time("read_timedelta")),
    ("uuid", "UUID", _uuid),
    ("decimal", "Decimal", _decimal),
    ("re", "Pattern", _pattern),
    ("ipaddress", "IPv4Interface", _address("IPv4 interface")),
    ("ipaddress", "IPv6Interface", _address("IPv6 interface")),
    ("ipaddress", "IPv4Address", _address("IPv4 address")),
    ("ipaddress", "IPv6Address", _address("IPv6 address")),
    ("ipaddress", "IPv4Network", _address("IPv4 network")),
    ("ipaddress", "IPv6Network", _address("IPv6 network")),
)
