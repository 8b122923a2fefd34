"""Event loops: the one that runs here, and one of our own for async tasks in sync flows.

asyncio is imported only once something asynchronous runs.
"""

from __future__ import annotations

import sys
from _thread import allocate_lock, start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextvars import Context
    from typing import Any, Callable, Coroutine, Optional

_lock = allocate_lock()
_background: Any = None


def in_loop() -> bool:
    """Whether an event loop runs in this thread."""
    events = sys.modules.get("asyncio.events")
    return events is not None and events._get_running_loop() is not None


def background_loop() -> Any:
    """The process's loop for async tasks of sync flows, in a thread of its own."""
    global _background
    with _lock:
        if _background is None or _background.is_closed():
            import asyncio

            loop = asyncio.new_event_loop()
            start_new_thread(_run_forever, (loop,))
            _background = loop
        return _background


def _run_forever(loop: Any) -> None:
    import asyncio

    asyncio.set_event_loop(loop)
    loop.run_forever()


def start_in(
    loop: Any, context: Context, coroutine: Coroutine[Any, Any, Any], keep: Callable[[Any], Any]
) -> None:
    """Start a coroutine as a task of ``loop`` from any thread; ``keep`` is given the task."""

    def start() -> None:
        keep(context.run(loop.create_task, coroutine))

    loop.call_soon_threadsafe(start)


def run_in_thread(call: Callable[[], Any]) -> Any:
    """The result of ``call``, made in another thread with this context while this one waits.

    Sync code that an event loop calls may want a loop of its own, which only a thread without one
    can give it.
    """
    from contextvars import copy_context

    context = copy_context()
    outcome = Outcome()
    start_new_thread(outcome.run, (context, call))
    return outcome.get(None)


class Outcome:
    """What a call in another thread came to."""

    def __init__(self) -> None:
        self.thread_id: Optional[int] = None
        self._gate = allocate_lock()
        self._gate.acquire()
        self._value: Any = None
        self._exc: Optional[BaseException] = None

    def run(self, context: Context, call: Callable[[], Any]) -> None:
        from _thread import get_ident

        self.thread_id = get_ident()
        try:
            self._value = context.run(call)
        except BaseException as exc:
            self._exc = exc
        finally:
            self._gate.release()

    def done(self, timeout: Optional[float]) -> bool:
        """Wait up to ``timeout`` seconds; whether the call is over."""
        if self._gate.acquire(True, -1 if timeout is None else max(0.0, timeout)):
            self._gate.release()
            return True
        return False

    def get(self, timeout: Optional[float]) -> Any:
        if not self.done(timeout):
            raise TimeoutError
        if self._exc is not None:
            exc, self._exc = self._exc, None
            raise exc
        return self._value


def interrupt_thread(thread_id: int, exc_type: type) -> None:
    """Raise an exception in another thread, at its next step of Python code."""
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread_id), ctypes.py_object(exc_type)
    )
