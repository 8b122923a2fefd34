"""Wrappers that say how an argument is to be taken."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class unmapped:
    """An argument of `Task.map` that is the same for every run."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __getitem__(self, _: Any) -> Any:
        return self.value
