"""The process's threads for submitted tasks.

Python runs one thread at a time, and threads that all want to run cost more than they give: each
write hands Python's lock from one to the next. So jobs that are short are left to one thread, and
more come in only while jobs wait and none is taken up: because those that run sleep, or wait for
a network or for other tasks.
"""

from __future__ import annotations

import os
import time
from _collections import deque  # type: ignore[import-not-found]  # `collections` takes 1 ms
from _queue import Empty, SimpleQueue
from _thread import allocate_lock, start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

MAX_THREADS = 250
IDLE_SECONDS = 10.0
# how long no job may be taken up before more threads come in, and what a short job is
PACE_SECONDS = 0.0005
_PACE_NS = int(PACE_SECONDS * 1e9)


class Workers:
    """Runs jobs in threads, at most `MAX_THREADS` at once.

    Jobs are taken up in the order of submission. A task waits only for tasks submitted before it,
    so the oldest unfinished job can always go on, however few threads there are.
    """

    def __init__(self) -> None:
        self._jobs: Any = deque()
        self._roles: Any = SimpleQueue()  # what parked threads are called for
        self._lock = allocate_lock()
        self._parked = 0
        self._active = 0  # threads that take up jobs
        self._taken = 0  # grows with the jobs that are taken up
        self._pacing = False  # whether a thread looks after the jobs that wait

    def submit(self, job: Callable[[], Any]) -> bool:
        """Run a job in a thread. False says that it has to wait until another has ended."""
        self._jobs.append(job)
        if not self._active:
            self._widen(1)
        elif not self._pacing:
            self._pace()
        return self._active < MAX_THREADS

    def _widen(self, count: int) -> None:
        """Let some more threads take up jobs."""
        with self._lock:
            count = min(count, MAX_THREADS - self._active, len(self._jobs))
            self._active += count
        for left in range(count, 0, -1):
            try:
                self._call(self._work)
            except RuntimeError:  # no more threads are to be had
                with self._lock:
                    self._active -= left
                    if self._active:
                        return
                raise

    def _pace(self) -> None:
        with self._lock:
            if self._pacing:
                return
            self._pacing = True
        try:
            self._call(self._look_after)
        except RuntimeError:
            self._pacing = False  # those who run have to do

    def _call(self, role: Callable[[], None]) -> None:
        with self._lock:
            parked = self._parked > 0
            self._parked -= parked
        if parked:
            self._roles.put(role)
        else:
            start_new_thread(self._live, (role,))

    def _live(self, role: Optional[Callable[[], None]]) -> None:
        while role is not None:
            role()
            role = self._park()

    def _park(self) -> Any:
        """The next role of this thread; None after a long time without one."""
        with self._lock:
            self._parked += 1
        try:
            return self._roles.get(timeout=IDLE_SECONDS)
        except Empty:
            with self._lock:
                if self._parked:
                    self._parked -= 1
                    return None
        return self._roles.get()  # it has just been called for

    def _work(self) -> None:
        """Take up jobs for as long as there are any, and this thread is needed for them."""
        while True:
            try:
                job = self._jobs.popleft()
            except IndexError:
                if self._step_back(idle=True):
                    return
                continue  # one has come meanwhile
            self._taken += 1
            started = time.perf_counter_ns()
            try:
                job()
            except BaseException as exc:
                job = exc  # a job settles its own future; nothing may end the thread
            job = None
            short = time.perf_counter_ns() - started < _PACE_NS
            if short and self._active > 1 and self._step_back(idle=False):
                return

    def _step_back(self, idle: bool) -> bool:
        """Take no more jobs, if nobody has to: while there are any, one thread stays at it."""
        with self._lock:
            needed = bool(self._jobs) if idle else self._active == 1
            if not needed:
                self._active -= 1
            return not needed

    def _look_after(self) -> None:
        """Bring in threads, ever more, while jobs wait and none is taken up."""
        more = 1
        while True:
            taken = self._taken
            time.sleep(PACE_SECONDS if self._active < MAX_THREADS else 20 * PACE_SECONDS)
            if not self._jobs:
                self._pacing = False
                # one may have come meanwhile, from a thread that saw this one at it
                with self._lock:
                    if self._pacing or not self._jobs:
                        return
                    self._pacing = True
            elif self._taken == taken:
                self._widen(more)
                more *= 2
            else:
                more = 1


_workers: Any = None
_workers_lock = allocate_lock()


def workers() -> Workers:
    """The process's threads for submitted tasks."""
    global _workers
    if _workers is None:
        with _workers_lock:
            if _workers is None:
                _workers = Workers()
    return _workers


def forget_workers() -> None:
    """Start anew; threads don't live on in a forked child."""
    global _workers
    _workers = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_workers)
