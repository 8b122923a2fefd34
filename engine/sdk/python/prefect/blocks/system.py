"""The blocks that every installation has: `JSON`, `String`, `DateTime` and `Secret`."""

from __future__ import annotations

import datetime
from typing import Any, Dict

from prefect.blocks.core import Block

__all__ = ["JSON", "DateTime", "Secret", "String"]


class JSON(Block):
    """A value of JSON."""

    value: Any

    def _values(self) -> Dict[str, Any]:
        from json import dumps

        dumps(self.value)  # which says what is none
        return {"value": self.value}


class String(Block):
    """A text."""

    value: str


class DateTime(Block):
    """A point in time."""

    _block_type_name = "Date Time"
    value: datetime.datetime

    def _values(self) -> Dict[str, Any]:
        return {"value": self.value.isoformat()}


class SecretText:
    """A text that shows as stars."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_secret_value(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretText) and self._text == other._text

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return "**********" if self._text else ""

    def __repr__(self) -> str:
        return f"SecretStr('{self}')"


class Secret(Block):
    """A text that is not shown when the block is printed; saved readable by its owner only."""

    value: str

    def __init__(self, **values: Any) -> None:
        given = values.get("value")
        if given is not None and hasattr(given, "get_secret_value"):
            values["value"] = given.get_secret_value()
        super().__init__(**values)
        self.__dict__["value"] = SecretText(self.value)

    def get(self) -> str:
        """The text."""
        return self.value.get_secret_value()  # type: ignore[attr-defined,no-any-return]

    def _values(self) -> Dict[str, Any]:
        return {"value": self.get()}
