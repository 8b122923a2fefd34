"""Tracebacks as a user wants them: without the frames of this package."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Optional, Set

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_HEADER = "Traceback (most recent call last):\n"


def strip(exc: BaseException, seen: Optional[Set[int]] = None) -> BaseException:
    """Take this package's frames out of an exception's traceback, and out of those it came from."""
    seen = set() if seen is None else seen
    while exc is not None and id(exc) not in seen:
        seen.add(id(exc))
        if exc.__traceback__ is not None:
            exc.__traceback__ = user_frames(exc.__traceback__)
        if exc.__cause__ is not None:
            strip(exc.__cause__, seen)
        exc = exc.__context__  # type: ignore[assignment]
    return exc


def user_frames(tb: Optional[TracebackType]) -> Optional[TracebackType]:
    """The same traceback without the frames of this package; None if nothing is left."""
    while tb is not None and is_ours(tb):
        tb = tb.tb_next
    at = tb
    while at is not None:
        following = at.tb_next
        while following is not None and is_ours(following):
            following = following.tb_next
        at.tb_next = following
        at = following
    return tb


def is_ours(tb: TracebackType) -> bool:
    return tb.tb_frame.f_code.co_filename.startswith(_PACKAGE)


def format_exception(exc: BaseException, raised: bool = True) -> str:
    """The traceback as Python prints it, of the user's frames, without a final newline.

    ``raised`` says that the exception has been raised, even if only our frames saw it.
    """
    from traceback import TracebackException

    raised = raised or exc.__traceback__ is not None
    strip(exc)
    whole = TracebackException(type(exc), exc, exc.__traceback__)
    _keep_repeats(whole)
    text = "".join(whole.format()).rstrip("\n")
    # Python leaves the header out where no frame is left; a log reader looks for it
    return _HEADER + text if raised and not text.startswith(_HEADER) else text


def _keep_repeats(formatted: Any) -> None:
    """Let equal frames that follow each other be printed, where there are not many.

    Python folds them, as in a recursion. In an exception that was raised anew for every retry they
    stand next to each other only because our frames between them are gone.
    """
    from traceback import StackSummary

    class Whole(StackSummary):
        def format(self, **options: Any) -> Any:
            if len(self) > 12:
                return super().format(**options)
            return [line for frame in self for line in StackSummary([frame]).format(**options)]

    while formatted is not None:
        if formatted.stack:
            formatted.stack.__class__ = Whole
        formatted = formatted.__cause__ or formatted.__context__


def install_hook() -> None:
    """Let an exception that ends the script show the user's frames only.

    Nothing happens where the script, a debugger or a test runner has a hook of its own.
    """
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _hook


def _hook(kind: Any, exc: BaseException, tb: Any) -> None:
    strip(exc)
    sys.__excepthook__(kind, exc, user_frames(tb))
