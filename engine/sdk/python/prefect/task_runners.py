"""Task runners: where submitted tasks run.

`ConcurrentTaskRunner` gives every submitted sync task a thread and runs async tasks in an event
loop. `SequentialTaskRunner` runs each task at once, in the order of submission.
"""

from __future__ import annotations

from prefect._enum import AutoEnum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "BaseTaskRunner",
    "ConcurrentTaskRunner",
    "SequentialTaskRunner",
    "TaskConcurrencyType",
]


class TaskConcurrencyType(AutoEnum):
    """How the submitted tasks of a runner run."""

    SEQUENTIAL = "SEQUENTIAL"
    CONCURRENT = "CONCURRENT"
    PARALLEL = "PARALLEL"


CONCURRENCY_MESSAGES = {
    TaskConcurrencyType.SEQUENTIAL: "sequentially",
    TaskConcurrencyType.CONCURRENT: "concurrently",
    TaskConcurrencyType.PARALLEL: "in parallel",
}


class BaseTaskRunner:
    """Base of the task runners. A runner holds no state of its own, so flows may share one."""

    concurrency_type: Any = None

    @property
    def name(self) -> str:
        return type(self).__name__.lower().replace("taskrunner", "")

    def duplicate(self) -> BaseTaskRunner:
        """A new runner with the same settings."""
        return type(self)()

    def __str__(self) -> str:
        return type(self).__name__


class ConcurrentTaskRunner(BaseTaskRunner):
    """Runs submitted tasks at the same time. This is the runner of a flow that names none."""

    concurrency_type = TaskConcurrencyType.CONCURRENT


class SequentialTaskRunner(BaseTaskRunner):
    """Runs each submitted task at once, one after the other."""

    concurrency_type = TaskConcurrencyType.SEQUENTIAL


def __getattr__(name: str) -> Any:
    if name in ("DaskTaskRunner", "RayTaskRunner"):
        package = "prefect_dask" if name.startswith("Dask") else "prefect_ray"
        raise ImportError(
            f"{name} is not part of prefect: it is in the package {package}, which needs a real "
            "Prefect. Use ConcurrentTaskRunner or SequentialTaskRunner here."
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
