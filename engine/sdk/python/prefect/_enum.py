"""`AutoEnum`: an enum of texts that shows as itself."""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class AutoEnum(str, Enum):
    """An enum of texts; a member whose value is `AutoEnum.auto()` has its name as its value."""

    @staticmethod
    def _generate_next_value_(name: str, *args: Any) -> str:
        return name

    @staticmethod
    def auto() -> Any:
        from enum import auto

        return auto()

    def __str__(self) -> str:
        return f"{type(self).__name__}.{self.name}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.value}"

    # Python 3.12 formats a mixed-in enum by its value; this one always shows as itself
    def __format__(self, spec: str) -> str:
        return format(str(self), spec)
