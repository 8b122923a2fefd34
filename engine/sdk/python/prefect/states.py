"""What states add up to: groups of states, and a value's or an exception's state."""

from __future__ import annotations

import time

from prefect.orion.schemas.states import (
    AwaitingRetry,
    Cancelled,
    Completed,
    Crashed,
    Failed,
    Late,
    Pending,
    Retrying,
    Running,
    Scheduled,
    State,
    StateType,
    make_state,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, NoReturn, Optional

__all__ = [
    "AwaitingRetry",
    "Cancelled",
    "Completed",
    "Crashed",
    "Failed",
    "Late",
    "Pending",
    "Retrying",
    "Running",
    "Scheduled",
    "State",
    "StateGroup",
    "StateType",
    "exception_to_crashed_state",
    "is_state",
    "is_state_iterable",
    "raise_failed_state",
    "return_value_to_state",
]


def is_state(obj: Any) -> bool:
    """Whether ``obj`` is a state."""
    return isinstance(obj, State)


def is_state_iterable(obj: Any) -> bool:
    """Whether ``obj`` is a list, set or tuple of states only, and not empty."""
    return (
        isinstance(obj, (list, set, tuple))
        and bool(obj)
        and all(isinstance(item, State) for item in obj)
    )


class StateGroup:
    """Several states, counted."""

    def __init__(self, states: Iterable[State]) -> None:
        self.states: List[State] = list(states)
        self.type_counts: Dict[StateType, int] = {}
        for state in self.states:
            self.type_counts[state.type] = self.type_counts.get(state.type, 0) + 1
        self.total_count = len(self.states)
        self.not_final_count = sum(not state.is_final() for state in self.states)

    @property
    def fail_count(self) -> int:
        """How many failed or crashed."""
        counts = self.type_counts
        return counts.get(StateType.FAILED, 0) + counts.get(StateType.CRASHED, 0)

    def all_completed(self) -> bool:
        return self.type_counts.get(StateType.COMPLETED, 0) == self.total_count

    def any_failed(self) -> bool:
        return self.fail_count > 0

    def all_final(self) -> bool:
        return self.not_final_count == 0

    def counts_message(self) -> str:
        """`total=3, not_final=1, 'COMPLETED'=2, ...`"""
        parts = [f"total={self.total_count}"]
        if self.not_final_count:
            parts.append(f"not_final={self.not_final_count}")
        parts += [f"{kind.value!r}={count}" for kind, count in self.type_counts.items() if count]
        return ", ".join(parts)

    def __iter__(self) -> Any:
        return iter(self.states)

    def __len__(self) -> int:
        return self.total_count

    def __repr__(self) -> str:
        return f"StateGroup<{self.counts_message()}>"


def aggregate(result: Any, now: Optional[int] = None) -> State:
    """The final state that a returned value stands for.

    States decide it: all completed, or failed with a count. A state that no run made stands for
    itself. Any other value is the result of a completed run.
    """
    if isinstance(result, State):
        details = result._details
        if details is None or (details._flow_run_id is None and details._task_run_id is None):
            return result
        group = StateGroup([result])
    elif is_state_iterable(result):
        group = StateGroup(result)
    else:
        return _new(StateType.COMPLETED, None, result, now)
    if group.all_completed():
        return _new(StateType.COMPLETED, "All states completed.", result, now)
    if group.any_failed():
        message = f"{group.fail_count}/{group.total_count} states failed."
    elif group.not_final_count == group.total_count:
        message = f"Given states: {group.counts_message()}"
    else:
        message = f"{group.not_final_count}/{group.total_count} states are not final."
    return _new(StateType.FAILED, message, result, now)


def _new(kind: StateType, message: Optional[str], data: Any, now: Optional[int]) -> State:
    at = time.time_ns() // 1000 if now is None else now
    return make_state(kind, kind.value.title(), message, data, at, None)


async def return_value_to_state(result: Any, serializer: str = "cloudpickle") -> State:
    """The final state that a returned value stands for, with its data encoded by ``serializer``."""
    from prefect.futures import PrefectFuture, resolve_futures_to_states
    from prefect.orion.schemas.data import DataDocument

    resolved = await resolve_futures_to_states(result)
    state = aggregate([resolved] if isinstance(result, PrefectFuture) else resolved)
    if isinstance(result, PrefectFuture):
        state._data = resolved
    if state is not result:
        state.data = DataDocument.encode(serializer, state._value())
    return state


def crash_message(exc: BaseException) -> str:
    """Why a run crashed, in Prefect's words."""
    if isinstance(exc, KeyboardInterrupt):
        return "Execution was aborted by an interrupt signal."
    if isinstance(exc, SystemExit):
        return "Execution was aborted by Python system exit call."
    if is_cancellation(exc):
        return "Execution was cancelled by the runtime environment."
    return "Execution was interrupted by an unexpected exception."


def is_cancellation(exc: BaseException) -> bool:
    """Whether ``exc`` is asyncio's `CancelledError` (looked up only where asyncio is in use)."""
    import sys

    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and isinstance(exc, asyncio.CancelledError)


def exception_to_crashed_state(exc: BaseException) -> State:
    """The Crashed state for an exception that ended a run from outside."""
    return Crashed(message=crash_message(exc), data=exc)


def raise_failed_state(state: State) -> Any:
    """Raise the exception of a failed or crashed state; any other state passes.

    In a running event loop it is to be awaited, as in 2.1.
    """
    from prefect.blocks._store import awaitable

    if state.is_failed() or state.is_crashed():
        state.result(raise_on_failure=True)
    return awaitable(None)


def raise_failure(state: State, data: Any) -> Any:
    """Raise what a failed state holds: an exception, or that of a failed state within it."""
    if isinstance(data, Exception):
        raise data
    if isinstance(data, BaseException):
        import warnings

        warnings.warn(
            f"State result is a {type(data).__name__!r} type and is not safe to re-raise, "
            "it will be returned instead.",
            stacklevel=1,  # once for the program, as 2.1 says it
        )
        return data
    # a state within that holds a BaseException warns of it and raises nothing
    for inner in data if is_state_iterable(data) else (data,):
        if isinstance(inner, State) and (inner.is_failed() or inner.is_crashed()):
            inner.result()
    _refuse(data)


def _refuse(data: Any) -> NoReturn:
    raise TypeError(
        f"Unexpected result for failure state: {data!r} —— "
        f"{type(data).__name__} cannot be resolved into an exception"
    )
