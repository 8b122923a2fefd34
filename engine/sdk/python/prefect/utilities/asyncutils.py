"""Helpers for code that is both sync and async."""

from __future__ import annotations

from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Awaitable, Callable, List, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


def is_async_fn(func: Callable[..., Any]) -> bool:
    """Whether a function, unwrapped, is a coroutine function."""
    from prefect._binding import is_async

    while hasattr(func, "__wrapped__"):
        func = func.__wrapped__
    return is_async(func)


def sync_compatible(async_fn: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """Let an async function be called from sync code too, where it gives its result at once."""

    @wraps(async_fn)
    def either(*args: Any, **kwargs: Any) -> Any:
        from prefect._loops import in_loop

        coroutine = async_fn(*args, **kwargs)
        return coroutine if in_loop() else finish(coroutine)

    either.aio = async_fn  # type: ignore[attr-defined]
    return either


def finish(coroutine: Any) -> Any:
    """The result of a coroutine, from sync code."""
    import asyncio

    return asyncio.run(coroutine)


def sync(__async_fn: Callable[..., Awaitable[Any]], /, *args: Any, **kwargs: Any) -> Any:
    """Call an async function from sync code."""
    return finish(__async_fn(*args, **kwargs))


async def run_sync_in_worker_thread(__fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call a sync function in a thread, with the context carried over."""
    import asyncio
    from contextvars import copy_context

    context = copy_context()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, lambda: context.run(__fn, *args, **kwargs))


async def gather(*calls: Callable[[], Awaitable[Any]]) -> List[Any]:
    """The results of async calls made at the same time, in their order."""
    import asyncio

    return list(await asyncio.gather(*[call() for call in calls]))
