"""Helpers for the tests of flows."""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

__all__ = ["exceptions_equal", "prefect_test_harness"]


def exceptions_equal(a: Any, b: Any) -> bool:
    """Whether two exceptions are of one type and have the same arguments."""
    return a == b or (type(a) is type(b) and getattr(a, "args", None) == getattr(b, "args", None))


@contextmanager
def prefect_test_harness() -> Iterator[None]:
    """Record the runs of the block in a database of their own, which is thrown away after it."""
    import os
    import tempfile

    from prefect import _cache
    from prefect._record import recorder
    from prefect.settings import PREFECT_HOME, temporary_settings

    before = (recorder.channel, recorder.started, dict(_cache._own), os.environ.get("PREFECT_HOME"))
    with tempfile.TemporaryDirectory(prefix="prefect-test-") as home:
        os.environ["PREFECT_HOME"] = home
        recorder.channel, recorder.started = None, False
        _cache._own.clear()
        try:
            with temporary_settings({PREFECT_HOME: _as_path(home)}):
                yield
        finally:
            recorder.finish()
            recorder.channel, recorder.started = before[0], before[1]
            _cache._own.clear()
            _cache._own.update(before[2])
            if before[3] is None:
                del os.environ["PREFECT_HOME"]
            else:
                os.environ["PREFECT_HOME"] = before[3]


def _as_path(text: str) -> Any:
    from pathlib import Path

    return Path(text)
