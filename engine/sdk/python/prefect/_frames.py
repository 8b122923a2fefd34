"""Tracebacks as a user wants them: without the frames of this package."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, List, Optional, Set

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_HEADER = "Traceback (most recent call last):\n"


def strip(exc: BaseException, seen: Optional[Set[int]] = None) -> BaseException:
    """Take this package's frames out of an exception's traceback, and out of those it came from."""
    seen = set() if seen is None else seen
    while exc is not None and id(exc) not in seen:
        seen.add(id(exc))
        if exc.__traceback__ is not None:
            exc.__traceback__ = user_frames(exc.__traceback__, _gaps(exc))
        if exc.__cause__ is not None:
            strip(exc.__cause__, seen)
        exc = exc.__context__  # type: ignore[assignment]
    return exc


def _gaps(exc: BaseException) -> Set[int]:
    """The places in an exception's traceback that frames have been taken out of."""
    try:
        found: Set[int] = exc.__dict__.setdefault("_prefect_gaps", set())
    except AttributeError:
        return set()
    return found


def user_frames(
    tb: Optional[TracebackType], gaps: Optional[Set[int]] = None
) -> Optional[TracebackType]:
    """The same traceback without the frames of this package; None if nothing is left.

    ``gaps`` takes the ids of the entries before which frames were taken out.
    """
    first = tb
    while tb is not None and is_ours(tb):
        tb = tb.tb_next
    if gaps is not None and tb is not first:
        gaps.add(id(tb))
    at = tb
    while at is not None:
        following = at.tb_next
        while following is not None and is_ours(following):
            following = following.tb_next
        if gaps is not None and following is not at.tb_next:
            gaps.add(id(following))
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
    _keep_apart(whole, exc)
    text = "".join(whole.format()).rstrip("\n")
    # Python leaves the header out where no frame is left; a log reader looks for it
    return _HEADER + text if raised and not text.startswith(_HEADER) else text


def _keep_apart(formatted: Any, exc: Optional[BaseException]) -> None:
    """Let equal frames be folded, as Python does in a recursion, only where they were adjacent.

    In an exception that was raised anew for every retry they stand next to each other only because
    our frames between them are gone.
    """
    from traceback import StackSummary

    class Parts(StackSummary):
        cuts: Any = ()

        def format(self, **options: Any) -> Any:
            lines, start = [], 0
            for end in [*self.cuts, len(self)]:
                lines += StackSummary(self[start:end]).format(**options)
                start = end
            return lines

    while formatted is not None and exc is not None:
        gaps = getattr(exc, "__dict__", {}).get("_prefect_gaps")
        if formatted.stack and gaps:
            formatted.stack.__class__ = Parts
            formatted.stack.cuts = _cuts(exc.__traceback__, gaps)
        if formatted.__cause__ is not None:
            formatted, exc = formatted.__cause__, exc.__cause__
        else:
            formatted, exc = formatted.__context__, exc.__context__


def _cuts(tb: Optional[TracebackType], gaps: Set[int]) -> List[int]:
    """Before which entries of a traceback, by number, frames have been taken out."""
    cuts, number = [], 0
    while tb is not None:
        if number and id(tb) in gaps:
            cuts.append(number)
        number += 1
        tb = tb.tb_next
    return cuts


def install_hook() -> None:
    """Let an exception that ends the script show the user's frames only.

    Nothing happens where the script, a debugger or a test runner has a hook of its own.
    """
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _hook


def _hook(kind: Any, exc: BaseException, tb: Any) -> None:
    strip(exc)
    sys.__excepthook__(kind, exc, user_frames(tb))
