"""Helpers for the tests of flows."""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

    from prefect.orion.schemas.core import FlowRun

__all__ = [
    "assert_does_not_warn",
    "exceptions_equal",
    "flaky_on_windows",
    "get_most_recent_flow_run",
    "prefect_test_harness",
]


def exceptions_equal(a: Any, b: Any) -> bool:
    """Whether two exceptions are of one type and have the same arguments."""
    return a == b or (type(a) is type(b) and getattr(a, "args", None) == getattr(b, "args", None))


@contextmanager
def assert_does_not_warn() -> Iterator[None]:
    """Let a warning within the block fail the test."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            yield
        except Warning as warning:
            raise AssertionError(f"Warning was raised. {warning!r}") from warning


def flaky_on_windows(fn: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """Mark a test to be repeated on Windows, by pytest's plug-in for it."""
    import sys

    if sys.platform != "win32":
        return fn
    import pytest  # type: ignore[import-not-found,unused-ignore]

    return pytest.mark.flaky(**options)(fn)  # type: ignore[no-any-return]


async def get_most_recent_flow_run(client: Any = None) -> FlowRun:
    """The flow run that was created last."""
    from prefect.client import get_client

    runs = await (client or get_client()).read_flow_runs(limit=1)
    return runs[0]  # type: ignore[no-any-return]


@contextmanager
def prefect_test_harness() -> Iterator[None]:
    """Record the runs of the block in a database of their own, which is thrown away after it."""
    import os
    import tempfile

    from prefect import _cache, _history
    from prefect._record import recorder
    from prefect.settings import PREFECT_HOME, temporary_settings

    before = (recorder.channel, recorder.started, dict(_cache._own), os.environ.get("PREFECT_HOME"))
    with tempfile.TemporaryDirectory(prefix="prefect-test-") as home:
        os.environ["PREFECT_HOME"] = home
        recorder.channel, recorder.started = None, False
        _cache._own.clear()
        _history.forget()
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


def __getattr__(name: str) -> Any:
    if name != "AsyncMock":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from unittest.mock import AsyncMock  # it loads asyncio

    return AsyncMock
