"""Telling a person's Ctrl+C from a `KeyboardInterrupt` that a script raises by itself.

A task that raises `KeyboardInterrupt` crashes and its flow goes on to its end, as in 2.1. Ctrl+C
ends the flow at once. Only the signal's handler knows which it was.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Interrupts:
    def __init__(self) -> None:
        self.received = False

    def handle(self, number: int, frame: Any) -> None:
        self.received = True
        raise KeyboardInterrupt


_interrupts = _Interrupts()


def is_interrupt(exc: BaseException) -> bool:
    """Whether ``exc`` came from Ctrl+C, or from a flow that has run out of time."""
    if isinstance(exc, FlowTimedOut):
        return True
    return isinstance(exc, KeyboardInterrupt) and _interrupts.received


def watch() -> Any:
    """Watch for Ctrl+C while a flow runs in the main thread; gives a function that ends it."""
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return _nothing
    try:
        signal.signal(signal.SIGINT, _interrupts.handle)
    except ValueError:
        return _nothing  # not the main thread
    _interrupts.received = False
    return _unwatch


def _unwatch() -> None:
    import signal

    if signal.getsignal(signal.SIGINT) == _interrupts.handle:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _nothing() -> None:
    return None


class FlowTimedOut(BaseException):
    """Raised in the thread of a flow that has run out of time, to end what it is doing."""
