"""What scripts use of Prefect's API package: its schemas. There is no server here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    if name != "schemas":
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}: no server is needed; it has schemas"
        )
    from importlib import import_module

    return import_module(f"{__name__}.schemas")
