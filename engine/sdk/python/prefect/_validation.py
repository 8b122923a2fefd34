"""The error for an object whose fields don't fit, worded as pydantic 1 words it in 2.1."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

# by the beginning of a message what pydantic calls the kind of error
_KINDS = {
    "field required": "value_error.missing",
    "extra fields not permitted": "value_error.extra",
    "none is not an allowed value": "type_error.none.not_allowed",
    "value is not a valid integer": "type_error.integer",
    "value is not a valid float": "type_error.float",
    "value is not a valid decimal": "type_error.decimal",
    "value is not a valid list": "type_error.list",
    "value is not a valid tuple": "type_error.tuple",
    "value is not a valid set": "type_error.set",
    "value is not a valid dict": "type_error.dict",
    "value is not a valid uuid": "type_error.uuid",
    "value is not a valid path": "type_error.path",
    "value could not be parsed to a boolean": "type_error.bool",
    "str type expected": "type_error.str",
    "byte type expected": "type_error.bytes",
    "invalid datetime format": "value_error.datetime",
    "invalid date format": "value_error.date",
    "invalid time format": "value_error.time",
    "invalid duration format": "value_error.duration",
}


def validation_error(title: str, problems: List[Tuple[str, str]]) -> ValueError:
    """The error for fields and what is wrong with them: a `ValueError` named `ValidationError`.

    Where a script has loaded pydantic 1 it is one of pydantic's too.
    """
    kind: Any = _class()
    return kind(title, problems)  # type: ignore[no-any-return]


def _class() -> Any:
    pydantic = sys.modules.get("pydantic")
    base: Any = ValueError
    if pydantic is not None and str(getattr(pydantic, "VERSION", "2")).startswith("1"):
        base = pydantic.ValidationError
    known = _made.get(base)
    if known is None:
        known = _made[base] = type("ValidationError", (_ValidationError, base), {})
        known.__module__ = "pydantic.error_wrappers"
    return known


_made: Dict[Any, Any] = {}


class _ValidationError:
    """What the error holds; mixed into `ValueError`, or into pydantic's error."""

    def __init__(self, title: str, problems: List[Tuple[str, str]]) -> None:
        self._title = title
        self._problems = problems
        ValueError.__init__(self, self._text())  # type: ignore[arg-type]

    def errors(self) -> List[Dict[str, Any]]:
        """What is wrong, one dict for each field: ``loc``, ``msg`` and ``type``."""
        return [
            {"loc": tuple(field.split(" -> ")), "msg": message, "type": _kind(message)}
            for field, message in self._problems
        ]

    def _text(self) -> str:
        count = len(self._problems)
        lines = [f"{count} validation error{'s' if count != 1 else ''} for {self._title}"]
        for field, message in self._problems:
            lines += [field, f"  {message} (type={_kind(message)})"]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self._text()

    def __repr__(self) -> str:
        return f"ValidationError({self._text()!r})"


def _kind(message: str) -> str:
    if message.startswith("value is not a valid enumeration member; permitted: 'SCHEDULED'"):
        from prefect.orion.schemas.states import StateType

        return f"type_error.enum; enum_values={list(StateType)}"
    return _KINDS.get(message, "value_error")
