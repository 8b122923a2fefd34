"""Task runners: where submitted tasks run.

`ConcurrentTaskRunner` gives every submitted sync task a thread and runs async tasks in an event
loop. `SequentialTaskRunner` runs each task at once, in the order of submission.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread

from prefect._enum import AutoEnum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

__all__ = [
    "BaseTaskRunner",
    "ConcurrentTaskRunner",
    "SequentialTaskRunner",
    "TaskConcurrencyType",
]

MAX_THREADS = 250
IDLE_SECONDS = 10.0


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


class _Workers:
    """Threads for submitted tasks, started as they are needed, at most `MAX_THREADS`.

    Jobs are taken in the order of submission. A task waits only for tasks submitted before it, so
    the oldest unfinished job can always go on, however few threads there are.
    """

    def __init__(self) -> None:
        from _queue import SimpleQueue

        self._jobs: Any = SimpleQueue()
        self._lock = allocate_lock()
        self._threads = 0
        self._idle = 0
        self._starting = False

    def submit(self, job: Callable[[], Any]) -> None:
        self._jobs.put(job)
        if self._idle == 0:
            self._grow()

    def _grow(self) -> None:
        # one at a time: short tasks are done before a second thread has started
        with self._lock:
            if self._starting or self._threads >= MAX_THREADS:
                return
            self._starting = True
            self._threads += 1
        try:
            start_new_thread(self._work, ())
        except RuntimeError:
            with self._lock:
                self._starting = False
                self._threads -= 1
            if not self._threads:
                raise

    def _work(self) -> None:
        from _queue import Empty

        jobs = self._jobs
        self._starting = False
        while True:
            try:
                job = jobs.get_nowait()
            except Empty:
                with self._lock:
                    self._idle += 1
                try:
                    job = jobs.get(timeout=IDLE_SECONDS)
                except Empty:
                    job = None
                with self._lock:
                    self._idle -= 1
                    if job is None and jobs.empty():
                        self._threads -= 1
                        return
                if job is None:
                    continue
            if self._idle == 0 and not self._starting and not jobs.empty():
                self._grow()
            try:
                job()
            except BaseException as exc:
                job = exc  # a job settles its own future; nothing may end the thread
            job = None


_workers: Any = None
_workers_lock = allocate_lock()


def workers() -> _Workers:
    """The process's threads for submitted tasks."""
    global _workers
    if _workers is None:
        with _workers_lock:
            if _workers is None:
                _workers = _Workers()
    return _workers


def _forget_workers() -> None:
    global _workers
    _workers = None  # threads don't live on in a forked child


def __getattr__(name: str) -> Any:
    if name in ("DaskTaskRunner", "RayTaskRunner"):
        package = "prefect_dask" if name.startswith("Dask") else "prefect_ray"
        raise ImportError(
            f"{name} is not part of prefect: it is in the package {package}, which needs a real "
            "Prefect. Use ConcurrentTaskRunner or SequentialTaskRunner here."
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _at_fork() -> None:
    import os

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget_workers)


_at_fork()
