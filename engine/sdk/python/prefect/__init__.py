"""The `prefect` package of the Go implementation: flows and tasks as in Prefect 2.1.

Only what a script uses is loaded, when it uses it, so that ``import prefect`` costs next to
nothing.
"""

from __future__ import annotations

import sys

from prefect import _environment as _environment  # read now, as a script may change it

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from prefect._version import VERSION

    __version__ = VERSION
    from prefect.client import get_client
    from prefect.context import tags
    from prefect.flows import Flow, flow
    from prefect.logging.loggers import get_run_logger
    from prefect.orion.schemas.states import State
    from prefect.tasks import Task, task
    from prefect.utilities.annotations import unmapped

__all__ = [
    "Flow",
    "State",
    "Task",
    "flow",
    "get_client",
    "get_run_logger",
    "tags",
    "task",
    "unmapped",
]

_WHERE = {
    "__version__": ("prefect._version", "VERSION"),
    "Flow": ("prefect.flows", "Flow"),
    "State": ("prefect.orion.schemas.states", "State"),
    "Task": ("prefect.tasks", "Task"),
    "flow": ("prefect.flows", "flow"),
    "get_client": ("prefect.client", "get_client"),
    "get_run_logger": ("prefect.logging.loggers", "get_run_logger"),
    "tags": ("prefect.context", "tags"),
    "task": ("prefect.tasks", "task"),
    "unmapped": ("prefect.utilities.annotations", "unmapped"),
}


def __getattr__(name: str) -> Any:
    where = _WHERE.get(name)
    if where is None:
        from prefect._absent import find_module

        return find_module(name)
    from importlib import import_module

    value = getattr(import_module(where[0]), where[1])
    globals()[name] = value
    return value


class _Absent:
    """Asked last for modules that no one has, to say what to use instead."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if name.startswith("prefect."):
            from prefect._absent import refuse_import

            refuse_import(name)


sys.meta_path.append(_Absent)  # type: ignore[arg-type]


def __dir__() -> List[str]:
    return sorted({*globals(), *_WHERE})
