"""Calling flows: at the top, within other flows, sync and async."""

from __future__ import annotations

import time
from contextvars import copy_context

from prefect import _log, _mode
from prefect._flow_run import FlowExecution
from prefect._frames import install_hook
from prefect._interrupts import FlowTimedOut, is_interrupt, watch
from prefect._loops import Outcome, in_loop, interrupt_thread, run_in_thread
from prefect._record import now, recorder
from prefect.context import FlowRunContext, PrefectObjectRegistry, TaskRunContext
from prefect.futures import PrefectFuture
from prefect.logging.configuration import setup_logging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

    from prefect.flows import Flow
    from prefect.orion.schemas.core import FlowRun
    from prefect.orion.schemas.states import State


def enter(flow: Flow, parameters: Dict[str, Any], return_state: bool) -> Any:
    """A flow was called by the user's code."""
    if _mode.only_loaded():
        return _skip(flow)
    setup_logging()
    if PrefectObjectRegistry.get().block_code_execution:
        return _refuse(flow)
    if TaskRunContext.get() is not None:
        raise RuntimeError(
            "Flows cannot be run from within tasks. Did you mean to call this flow in a flow?"
        )
    recorder.start()
    install_hook()
    execution = FlowExecution(flow, parameters, FlowRunContext.get())
    if flow.isasync:
        coroutine: Any = run_async(execution, return_state)
        # what Python calls it where it is never awaited: the name 2.1 has, which people look up
        coroutine.__qualname__ = (
            "create_then_begin_flow_run"
            if execution.parent is None
            else "create_and_begin_subflow_run"
        )
        return coroutine
    if in_loop():
        return run_in_thread(lambda: run_sync(execution, return_state))
    return run_sync(execution, return_state)


def _refuse(flow: Flow) -> None:
    _log.engine_log(
        30,
        f"Script loading is in progress, flow {flow.name!r} will not be executed. "
        "Consider updating the script to only call the flow if executed directly:\n\n"
        f'\tif __name__ == "main":\n\t\t{flow.fn.__name__}()',
    )


def _skip(flow: Flow) -> Any:
    """A call at module level while the script is only being loaded."""
    if _mode.loading:
        setup_logging()
        _mode.skipped(flow.name, flow.fn.__name__)
    if not flow.isasync:
        return None

    async def nothing() -> None:
        return None

    return nothing()


def run_sync(execution: FlowExecution, return_state: bool) -> Any:
    """Run a sync flow to its end in this thread."""
    unwatch = watch() if execution.parent is None else None
    try:
        state = execution.prepare()
        if state is None:
            state = _drive_sync(execution)
        elif execution.reused is not None:
            execution.reuse()
        elif execution.parent is not None:
            return state  # 2.1 gives a subflow with invalid parameters as its state
        return state if return_state else state.result()
    finally:
        if unwatch is not None:
            unwatch()


def _drive_sync(execution: FlowExecution) -> State:
    try:
        final = None
        while final is None:
            final = execution.finish(_attempt_sync(execution))
            if final is None and execution.delay > 0:
                time.sleep(execution.delay)
        return final
    except BaseException as exc:
        _crash(execution, exc)
        raise


def _attempt_sync(execution: FlowExecution) -> State:
    with execution.begin() as context:
        state: Optional[State] = None
        value: Any = None
        try:
            if execution.flow.timeout_seconds is None:
                # in a copy: a context variable that the flow sets is not its caller's
                value = copy_context().run(execution.call)
            else:
                value = _call_with_timeout(execution)
        except _TimedOut:
            state = execution.timed_out()
        except Exception as exc:
            state = execution.failed(exc)
        for future in context.task_run_futures:
            if type(future) is PrefectFuture:
                future._wait()
        return _conclude(execution, state, value)


def _conclude(execution: FlowExecution, state: Optional[State], value: Any) -> State:
    execution.report_crashes()
    interruption = execution.context.interruption
    if interruption is not None:
        raise interruption
    return state if state is not None else execution.returned(value)


class _TimedOut(Exception):
    """The flow's time is over."""


def _call_with_timeout(execution: FlowExecution) -> Any:
    from _thread import start_new_thread

    outcome = Outcome()
    start_new_thread(outcome.run, (copy_context(), execution.call))
    if not outcome.done(execution.flow.timeout_seconds):
        if outcome.thread_id is not None:
            interrupt_thread(outcome.thread_id, FlowTimedOut)
        raise _TimedOut
    return outcome.get(None)


def _crash(execution: FlowExecution, exc: BaseException) -> None:
    """Settle a run that something other than its own exception has ended."""
    message = None
    if isinstance(exc, FlowTimedOut) or (
        getattr(exc, "_prefect_ended_subflow", False) and not execution.flow.isasync
    ):
        message = "Execution was cancelled by the runtime environment."
    if execution.context is not None:
        _abandon(execution)
    execution.crashed(exc, message)
    parent = execution.parent
    if parent is not None and isinstance(exc, (KeyboardInterrupt, SystemExit)):
        exc._prefect_ended_subflow = True  # type: ignore[union-attr]
        if not parent.flow.isasync and parent.interruption is None:
            parent.interruption = exc  # the parent ends with it too, even where it catches it


def _abandon(execution: FlowExecution) -> None:
    """End the task runs that are still going; their threads can only be left behind."""
    from prefect._record import task_state_event
    from prefect.orion.schemas.states import StateDetails, StateType, make_state

    for future in execution.context.task_run_futures:
        if type(future) is not PrefectFuture or future._final_state is not None:
            continue
        if future._cancel is not None:
            future._cancel()
        run = future.task_run
        message = "Execution was cancelled by the runtime environment."
        details = StateDetails(run._flow_run_id, run._id)
        state = make_state(StateType.CRASHED, "Crashed", message, None, now(), details)
        run.moved(state)
        recorder.emit(task_state_event(run._id, state, run.run_count))
        future._finish(state)


async def run_async(execution: FlowExecution, return_state: bool) -> Any:
    """Run an async flow to its end in the running event loop."""
    await _await_parameters(execution)
    state = execution.prepare()
    if state is None:
        state = await _drive_async(execution)
    elif execution.reused is not None:
        execution.reuse()
    elif execution.parent is not None:
        return state
    return state if return_state else state.result()


async def _await_parameters(execution: FlowExecution) -> None:
    from prefect._collections import find_runs

    if execution.parent is not None:
        for one in find_runs(execution.parameters):
            if type(one) is PrefectFuture:
                await one._wait_async()


async def _drive_async(execution: FlowExecution) -> State:
    import asyncio

    try:
        final = None
        while final is None:
            final = execution.finish(await _attempt_async(execution))
            if final is None and execution.delay > 0:
                await asyncio.sleep(execution.delay)
        return final
    except BaseException as exc:
        _crash(execution, exc)
        raise


async def _attempt_async(execution: FlowExecution) -> State:
    with execution.begin() as context:
        state: Optional[State] = None
        value: Any = None
        try:
            if execution.flow.timeout_seconds is None:
                value = await execution.call()
            else:
                value = await _await_with_timeout(execution)
        except _TimedOut:
            state = execution.timed_out()
        except Exception as exc:
            state = execution.failed(exc)
        for future in context.task_run_futures:
            if type(future) is PrefectFuture:
                await future._wait_async()
        return _conclude(execution, state, value)


async def _await_with_timeout(execution: FlowExecution) -> Any:
    import asyncio

    task = asyncio.ensure_future(execution.call())
    try:
        done, _ = await asyncio.wait({task}, timeout=execution.flow.timeout_seconds)
    except BaseException:
        task.cancel()
        raise
    if done:
        return task.result()
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # looked at, so that asyncio doesn't complain of it
    raise _TimedOut


def run_deployed(flow: Flow, parameters: Dict[str, Any], flow_run: FlowRun) -> State:
    """Run a flow for a flow run that a supervisor has created; gives its final state."""
    setup_logging()
    execution = FlowExecution(flow, parameters, None, existing=flow_run)
    execution.adopt()
    if not flow.isasync:
        return run_sync(execution, True)
    import asyncio

    return asyncio.run(run_async(execution, True))


__all__ = ["enter", "is_interrupt", "run_async", "run_deployed", "run_sync"]
