"""What went wrong in a script, as data: the error itself and the user's own frames."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
MOST_FRAMES = 20


def error_of(exc: BaseException, file: str) -> dict[str, Any]:
    """The error object of the answer for an exception that left the script."""
    error: dict[str, Any] = {
        "kind": _kind(exc),
        "message": _message(exc),
        "type": type(exc).__name__,
        "frames": frames(exc.__traceback__, file),
    }
    if isinstance(exc, SyntaxError) and exc.lineno:  # a script with NUL bytes has no lines
        error["frames"].append(_syntax_frame(exc))
    if isinstance(exc, ImportError):
        error["module"] = exc.name
    return error


def _kind(exc: BaseException) -> str:
    if isinstance(exc, SyntaxError):
        return "syntax"
    if isinstance(exc, ImportError):
        return "import"
    if isinstance(exc, SystemExit):
        return "exit"
    if type(exc).__name__ == "InvalidNameError" and type(exc).__module__ == "prefect.exceptions":
        return "name"
    if isinstance(exc, OSError) and exc.__traceback__ is not None and not _user_frame_count(exc):
        return "unreadable"
    return "exception"


def _user_frame_count(exc: BaseException) -> int:
    return len(frames(exc.__traceback__, ""))


def _message(exc: BaseException) -> str:
    if isinstance(exc, SyntaxError):
        return str(exc.msg)
    if isinstance(exc, SystemExit):
        return "" if exc.code is None else str(exc.code)
    if _kind(exc) == "unreadable":
        return str(getattr(exc, "strerror", None) or exc)
    try:
        return str(exc)
    except Exception:
        return "<no message: str() of the exception failed>"


def frames(traceback: TracebackType | None, file: str) -> list[dict[str, Any]]:
    """The frames of the user's own files, outermost first; of many only the innermost."""
    found = []
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name == file or _is_users(name):
            found.append(_frame(traceback, name))
        traceback = traceback.tb_next
    return found[-MOST_FRAMES:]


def _frame(traceback: TracebackType, name: str) -> dict[str, Any]:
    import linecache

    return {
        "file": name,
        "line": traceback.tb_lineno,
        "name": traceback.tb_frame.f_code.co_name,
        "source": linecache.getline(name, traceback.tb_lineno).strip(),
    }


def _syntax_frame(exc: SyntaxError) -> dict[str, Any]:
    text = (exc.text or "").rstrip("\n")
    source = text.lstrip()
    column = (exc.offset or 0) - (len(text) - len(source))
    return {
        "file": exc.filename or "",
        "line": exc.lineno or 0,
        "name": "",
        "source": source.rstrip(),
        "column": max(column, 0),
    }


def _is_users(name: str) -> bool:
    """Whether a file is the user's own: not this package, Python's library or an installed package."""
    if name.startswith(("<", _OURS)):
        return False
    parts = name.replace("\\", "/").split("/")
    if "site-packages" in parts or "dist-packages" in parts:
        return False
    library = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
    return not name.startswith(library)
