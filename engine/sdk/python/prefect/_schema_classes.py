"""The schemas of plain classes: JSON's type and format for each (see `_schema`)."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_enum(cls: type) -> bool:
    enum = sys.modules.get("enum")
    return enum is not None and issubclass(cls, enum.Enum)


def enum_doc(cls: Any) -> str:
    """The enum's own docstring, or what Pythons before 3.11 gave one that has none."""
    return vars(cls).get("__doc__") or "An enumeration."


def class_schema(cls: type) -> dict[str, Any]:
    """The schema of a class by the first known class it derives from; empty for any other."""
    for module, name, schema in _CLASSES:
        known = getattr(sys.modules.get(module), name, None)
        if known is not None and issubclass(cls, known):
            return dict(schema)
    return {}


def _text(form: str) -> dict[str, Any]:
    return {"type": "string", "format": form}


_CLASSES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("pathlib", "Path", _text("path")),
    ("datetime", "datetime", _text("date-time")),
    ("datetime", "date", _text("date")),
    ("datetime", "time", _text("time")),
    ("datetime", "timedelta", {"type": "number", "format": "time-delta"}),
    ("ipaddress", "IPv4Interface", _text("ipv4interface")),
    ("ipaddress", "IPv6Interface", _text("ipv6interface")),
    ("ipaddress", "IPv4Network", _text("ipv4network")),
    ("ipaddress", "IPv6Network", _text("ipv6network")),
    ("ipaddress", "IPv4Address", _text("ipv4")),
    ("ipaddress", "IPv6Address", _text("ipv6")),
    ("re", "Pattern", _text("regex")),
    ("builtins", "str", {"type": "string"}),
    ("builtins", "bytes", _text("binary")),
    ("builtins", "bool", {"type": "boolean"}),
    ("builtins", "int", {"type": "integer"}),
    ("builtins", "float", {"type": "number"}),
    ("decimal", "Decimal", {"type": "number"}),
    ("uuid", "UUID", _text("uuid")),
    ("builtins", "dict", {"type": "object"}),
    ("builtins", "list", {"type": "array", "items": {}}),
    ("builtins", "tuple", {"type": "array", "items": {}}),
    ("builtins", "set", {"type": "array", "items": {}, "uniqueItems": True}),
    ("builtins", "frozenset", {"type": "array", "items": {}, "uniqueItems": True}),
)
