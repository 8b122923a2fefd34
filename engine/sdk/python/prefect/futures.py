"""`PrefectFuture`: what `Task.submit` and `Task.map` give."""

from __future__ import annotations

from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional

    from prefect.orion.schemas.core import TaskRun
    from prefect.orion.schemas.states import State

_TIMED_OUT = "Call timed out before task finished."


class PrefectFuture:
    """The state, some time, of a submitted task run.

    Where ``asynchronous`` is true (an async task in an async flow), ``wait``, ``result`` and
    ``get_state`` are coroutines. Timeouts are in seconds.
    """

    __slots__ = ("_callbacks", "_cancel", "_final_state", "asynchronous", "task_run")

    def __init__(
        self,
        task_run: TaskRun,
        asynchronous: bool = False,
        run_key: Optional[str] = None,
        task_runner: Any = None,
        _final_state: Optional[State] = None,
        **others: Any,
    ) -> None:
        self.task_run = task_run
        self.asynchronous = asynchronous
        self._final_state = _final_state
        self._callbacks: List[Callable[[], Any]] = []
        self._cancel: Optional[Callable[[], Any]] = None

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    @property
    def run_key(self) -> str:
        return f"{self.task_run.name}-{self.task_run._id.replace('-', '')}-1"

    def wait(self, timeout: Optional[float] = None) -> Any:
        """The final state, once there is one; None if ``timeout`` runs out first."""
        if self.asynchronous:
            return self._wait_async(timeout)
        _warn_in_loop()
        return self._wait(timeout)

    def result(self, timeout: Optional[float] = None, raise_on_failure: bool = True) -> Any:
        """What the task returned.

        The task's exception is raised, or returned with ``raise_on_failure=False``;
        `TimeoutError` is raised if ``timeout`` runs out first.
        """
        if self.asynchronous:
            return self._result_async(timeout, raise_on_failure)
        _warn_in_loop()
        state = self._wait(timeout)
        if state is None:
            raise TimeoutError(_TIMED_OUT)
        return state.result(raise_on_failure=raise_on_failure)

    def get_state(self) -> Any:
        """The state at this moment."""
        return self._get_state_async() if self.asynchronous else self._state_now()

    def _state_now(self) -> Optional[State]:
        return self._final_state or self.task_run.state

    async def _get_state_async(self) -> Optional[State]:
        return self._state_now()

    def _wait(self, timeout: Optional[float] = None) -> Optional[State]:
        if self._final_state is None:
            self._refuse_deadlock()
            # a lock for each who waits: one who is interrupted can't keep it from the others
            gate = allocate_lock()
            gate.acquire()
            self._add_callback(gate.release)
            gate.acquire(True, -1 if timeout is None else max(0.0, timeout))
        return self._final_state

    def _refuse_deadlock(self) -> None:
        """Waiting in the loop that has to run the task would wait for ever."""
        if not self.asynchronous:
            return
        from prefect._loops import in_loop

        if in_loop():
            raise RuntimeError(
                f"Task run {self.task_run.name!r} is asynchronous and has not finished; "
                "await its future before its result is used in a call that isn't awaited."
            )

    async def _wait_async(self, timeout: Optional[float] = None) -> Optional[State]:
        if self._final_state is None:
            import asyncio

            loop = asyncio.get_running_loop()
            done = loop.create_future()

            def wake() -> None:
                if not done.done():
                    done.set_result(None)

            self._add_callback(lambda: loop.call_soon_threadsafe(wake))
            await asyncio.wait({done}, timeout=timeout)
        return self._final_state

    async def _result_async(self, timeout: Optional[float], raise_on_failure: bool) -> Any:
        state = await self._wait_async(timeout)
        if state is None:
            raise TimeoutError(_TIMED_OUT)
        return state.result(raise_on_failure=raise_on_failure)

    def _add_callback(self, callback: Callable[[], Any]) -> None:
        """Call ``callback`` once the task run is final, from the thread that ends it."""
        self._callbacks.append(callback)
        if self._final_state is not None:
            self._run_callbacks()

    def _run_callbacks(self) -> None:
        while self._callbacks:
            try:
                callback = self._callbacks.pop()
            except IndexError:
                return
            try:
                callback()
            except RuntimeError:
                pass  # the waiting loop is closed

    def _finish(self, state: State) -> None:
        """Take the final state; only the first one counts."""
        if self._final_state is not None:
            return
        self._final_state = state
        if self._callbacks:
            self._run_callbacks()

    def __hash__(self) -> int:
        return hash(self.task_run._id)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __bool__(self) -> bool:
        import warnings

        warnings.warn(
            "A 'PrefectFuture' from a task call was cast to a boolean; did you mean to check the "
            "result of the task instead? e.g. `if my_task().result(): ...`",
            stacklevel=2,
        )
        return True

    def __repr__(self) -> str:
        return f"PrefectFuture({self.run_key!r})"


# what Python calls them where they are never awaited, as 2.1 does
PrefectFuture._wait_async.__qualname__ = "PrefectFuture._wait"
PrefectFuture._result_async.__qualname__ = "PrefectFuture._result"
PrefectFuture._get_state_async.__qualname__ = "PrefectFuture._get_state"


def _warn_in_loop() -> None:
    """Say, as 2.1 does, that an event loop stands still while a sync task is waited for."""
    from prefect._loops import in_loop

    if in_loop():
        import warnings

        warnings.warn(
            "`sync` called from an asynchronous context; you should `await` the async function "
            "directly instead.",
            stacklevel=1,
        )


async def resolve_futures_to_states(value: Any) -> Any:
    """``value`` with every future in it, however deep, replaced by its final state."""
    return await _resolve(value, states=True)


async def resolve_futures_to_data(value: Any) -> Any:
    """``value`` with every future in it, however deep, replaced by its result, or its exception raised."""
    return await _resolve(value, states=False)


async def _resolve(value: Any, states: bool) -> Any:
    from prefect._collections import collected, find_runs, replace_runs

    value = collected(value)
    futures = [one for one in find_runs(value) if isinstance(one, PrefectFuture)]
    by_id = {}
    for one in futures:
        state: Any = await one._wait_async()
        by_id[id(one)] = state if states else state.result()
    return replace_runs(value, by_id) if futures else value


def data_of(value: Any) -> Any:
    """``value`` with every future and state in it replaced by its result, from sync code.

    `UpstreamTaskError` where one did not complete.
    """
    from prefect._collections import find_runs, replace_runs, result_of

    found = find_runs(value, quotes=True)
    for one in found:
        if isinstance(one, PrefectFuture):
            one._wait()
    return replace_runs(value, {id(one): result_of(one) for one in found}) if found else value


def call_repr(__fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> str:
    """A call as source text: `name(1, b=2)`."""
    parts = [repr(arg) for arg in args] + [f"{name}={value!r}" for name, value in kwargs.items()]
    return f"{__fn.__name__}({', '.join(parts)})"
