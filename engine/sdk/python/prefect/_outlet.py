"""Writing from many threads to one stream without their standing in line.

A thread that finds another one writing leaves its text with it and goes on, where it may; the
writer takes along whatever has come in. Under Python's global lock a line of threads waiting for
each other's writes costs more than the writes.
"""

from __future__ import annotations

from _collections import deque  # type: ignore[import-not-found]  # `collections` takes 1 ms
from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class Outlet:
    """A stream's writer: ``write`` is called with whole pieces, by one thread at a time.

    Pieces are written in the order in which they came, and joined where several wait.
    """

    def __init__(self, write: Callable[[Any], Any], joint: Any) -> None:
        self._write = write
        self._joint = joint
        self._waiting: Any = deque()
        self._lock = allocate_lock()

    def put(self, piece: Any, at_once: bool) -> None:
        """Write a piece; with ``at_once`` it is written when this returns, whoever else writes."""
        waiting, lock = self._waiting, self._lock
        if not waiting and lock.acquire(False):
            # alone, as nearly always
            try:
                self._write(piece)
            finally:
                lock.release()
            if not waiting or not lock.acquire(False):
                return
        else:
            waiting.append(piece)
            if at_once:
                lock.acquire()
            elif not lock.acquire(False):
                return
        while True:
            try:
                self._drain()
            finally:
                lock.release()
            # a piece may have come between the last look and the release
            if not waiting or not lock.acquire(False):
                return

    def leave(self, piece: Any) -> None:
        """Leave a piece to whoever writes next, which has to be soon."""
        self._waiting.append(piece)

    def drain(self) -> None:
        """Write what has been left."""
        if self._waiting:
            self.put(self._joint, True)

    def _drain(self) -> None:
        waiting = self._waiting
        while waiting:
            pieces = []
            try:
                while True:
                    pieces.append(waiting.popleft())
            except IndexError:
                pass
            self._write(pieces[0] if len(pieces) == 1 else self._joint.join(pieces))
