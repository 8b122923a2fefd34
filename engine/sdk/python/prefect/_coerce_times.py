"""Reads dates, times and durations in the forms pydantic 1 takes (see `_coerce`).

Numbers, and text that is a number, are seconds since 1970 in UTC, or milliseconds and finer where the
number is too large for seconds.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone

from ._coerce_scalars import Invalid, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DATE = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})"
    r"(?::(?P<second>\d{1,2})(?:\.(?P<fraction>\d{1,6})\d{0,6})?)?"
    r"(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?$"
)
_date_re = re.compile(_DATE + "$")
_time_re = re.compile(_CLOCK)
_datetime_re = re.compile(_DATE + "[T ]" + _CLOCK)
_clock_duration_re = re.compile(
    r"(?:(?P<days>-?\d+) (?:days?, )?)?"
    r"((?:(?P<hours>-?\d+):)(?=\d+:\d+))?"
    r"(?:(?P<minutes>-?\d+):)?"
    r"(?P<seconds>-?\d+)"
    r"(?:\.(?P<fraction>\d{1,6})\d{0,6})?$"
)
_iso_duration_re = re.compile(
    r"(?P<sign>[-+]?)P"
    r"(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?$"
)

_LARGEST_SECONDS = 2e10  # about the year 2603; above it a number counts in a finer unit
_LARGEST_NUMBER = 3e20
_EPOCH = datetime(1970, 1, 1)


def read_datetime(value: Any) -> datetime:
    """A datetime, a number of seconds, or ISO text with date and time."""
    if isinstance(value, datetime):
        return value
    number = _number(value, "datetime")
    if number is not None:
        return _from_seconds(number)
    match = _match(_datetime_re, value)
    if match is None:
        raise Invalid("invalid datetime format")
    try:
        return datetime(**{**_fields(match, "year month day"), **_clock(match)})
    except ValueError:
        raise Invalid("invalid datetime format") from None


def read_date(value: Any) -> date:
    """A date, a datetime's date, a number of seconds, or `2020-01-02`."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    number = _number(value, "date")
    if number is not None:
        return _from_seconds(number).date()
    match = _match(_date_re, value)
    if match is None:
        raise Invalid("invalid date format")
    try:
        return date(**_fields(match, "year month day"))
    except ValueError:
        raise Invalid("invalid date format") from None


def read_time(value: Any) -> time:
    """A time, seconds since midnight, or `12:30[:15[.5]][zone]`."""
    if isinstance(value, time):
        return value
    number = _number(value, "time")
    if number is not None:
        return _time_of_day(number)
    match = _match(_time_re, value)
    if match is None:
        raise Invalid("invalid time format")
    try:
        return time(**_clock(match))
    except ValueError:
        raise Invalid("invalid time format") from None


def read_timedelta(value: Any) -> timedelta:
    """A timedelta, a number of seconds, `1 02:03:04`, or ISO 8601 such as `P1DT2H`."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, (int, float)):
        value = f"{value:f}"
    elif isinstance(value, bytes):
        value = decode(value)
    elif not isinstance(value, str):
        raise Invalid(_expected("timedelta"))
    match = _clock_duration_re.match(value) or _iso_duration_re.match(value)
    if match is None:
        raise Invalid("invalid duration format")
    return _duration(match.groupdict())


def _duration(parts: dict[str, str | None]) -> timedelta:
    sign = -1 if parts.pop("sign", None) == "-" else 1
    fraction = (parts.pop("fraction", None) or "").ljust(6, "0")
    if (parts.get("seconds") or "").startswith("-"):
        fraction = "-" + fraction
    numbers = {name: float(text) for name, text in parts.items() if text is not None}
    try:
        return sign * timedelta(**numbers, microseconds=float(fraction))
    except OverflowError:
        raise Invalid("invalid duration format") from None


def _expected(name: str) -> str:
    return f"invalid type; expected {name}, string, bytes, int or float"


def _number(value: Any, name: str) -> None | int | float:
    """The value as a number, or None where it is text of another form."""
    if isinstance(value, (int, float)):
        return value
    try:
        return float(value)
    except ValueError:
        return None
    except TypeError:
        raise Invalid(_expected(name)) from None


def _match(pattern: Any, value: Any) -> Any:
    if isinstance(value, bytes):
        value = decode(value)
    try:
        return pattern.match(value)
    except TypeError as exc:
        raise Invalid(str(exc)) from None


def _from_seconds(seconds: float) -> datetime:
    if seconds > _LARGEST_NUMBER:
        return datetime.max
    if seconds < -_LARGEST_NUMBER:
        return datetime.min
    while abs(seconds) > _LARGEST_SECONDS:
        seconds /= 1000
    try:
        return (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=timezone.utc)
    except ValueError as exc:
        raise Invalid(str(exc)) from None


def _time_of_day(seconds: float) -> time:
    if seconds >= 86400:
        raise Invalid("invalid time format")
    try:
        return (datetime.min + timedelta(seconds=seconds)).time()
    except OverflowError:
        raise Invalid("invalid time format") from None
    except ValueError as exc:
        raise Invalid(str(exc)) from None


def _fields(match: Any, names: str) -> dict[str, int]:
    return {name: int(match[name]) for name in names.split() if match[name] is not None}


def _clock(match: Any) -> dict[str, Any]:
    found: dict[str, Any] = _fields(match, "hour minute second")
    if match["fraction"]:
        found["microsecond"] = int(match["fraction"].ljust(6, "0"))
    found["tzinfo"] = _zone(match["zone"])
    return found


def _zone(text: str | None) -> timezone | None:
    if text is None or text == "Z":
        return timezone.utc if text else None
    minutes = int(text[1:3]) * 60 + (int(text[-2:]) if len(text) > 3 else 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
