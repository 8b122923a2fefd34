"""The API's objects, under the names of 2.1; each module is loaded when it is used."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_MODULES = ("core", "data", "filters", "schedules", "sorting", "states")


def __getattr__(name: str) -> ModuleType:
    if name not in _MODULES:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}; it has {', '.join(_MODULES)}"
        )
    from importlib import import_module

    return import_module(f"{__name__}.{name}")
