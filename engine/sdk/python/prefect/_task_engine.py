"""Calling, submitting and mapping tasks."""

from __future__ import annotations

import time
from contextvars import copy_context

from prefect._loops import background_loop, in_loop, run_in_thread, start_in
from prefect._record import now, recorder
from prefect._task_run import TaskExecution
from prefect.context import FlowRunContext, TaskRunContext
from prefect.futures import PrefectFuture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from prefect.orion.schemas.states import State
    from prefect.tasks import Task

_flow_context = FlowRunContext.__var__
_task_context = TaskRunContext.__var__


def _context() -> FlowRunContext:
    flow = _flow_context.get(None)
    if flow is None:
        from prefect._frames import install_hook

        install_hook()  # no flow has run that would have done it
        raise RuntimeError(
            "Tasks cannot be run outside of a flow. To call the underlying task function outside "
            "of a flow use `task.fn()`."
        )
    if _task_context.get(None) is not None:
        raise RuntimeError(
            "Tasks cannot be run from within tasks. Did you mean to call this task in a flow?"
        )
    return flow


def call(task: Task, parameters: Dict[str, Any], wait_for: Any, return_state: bool) -> Any:
    """A task called directly."""
    flow = _context()
    if task.isasync:
        if flow.flow.isasync:
            return _call_async(task, parameters, flow, wait_for, return_state)
        future = _start_in_background(task, parameters, flow, wait_for, direct=True)
        state: Any = future._wait()
    else:
        execution = TaskExecution(task, parameters, flow, wait_for)
        if in_loop():
            execution.flush()
            state = run_in_thread(lambda: run_sync(execution))
        else:
            state = run_sync(execution)
        flow.task_run_futures.append(state)
    if return_state:
        return state
    return state.result()


async def _call_async(
    task: Task, parameters: Dict[str, Any], flow: FlowRunContext, wait_for: Any, return_state: bool
) -> Any:
    execution = TaskExecution(task, parameters, flow, wait_for)
    future: PrefectFuture[Any] = PrefectFuture(execution.run, True)
    flow.task_run_futures.append(future)
    try:
        state = await run_async(execution)
    except BaseException as exc:
        future._finish(execution.crashed(exc))
        raise
    future._finish(state)
    return state if return_state else state.result()


def submit(task: Task, parameters: Dict[str, Any], wait_for: Any, return_state: bool) -> Any:
    """A task handed to the flow's task runner."""
    flow = _context()
    if task.isasync and flow.flow.isasync:
        return _submit_async(task, parameters, flow, wait_for, return_state)
    future = _submit(task, parameters, flow, wait_for)
    return future._wait() if return_state else future


def _submit(
    task: Task, parameters: Dict[str, Any], flow: FlowRunContext, wait_for: Any
) -> PrefectFuture:
    sequential = flow.task_runner.concurrency_type == "SEQUENTIAL"
    if task.isasync:
        started = _start_in_background(task, parameters, flow, wait_for, direct=sequential)
        if sequential:
            started._wait()
        return started
    execution = TaskExecution(task, parameters, flow, wait_for, at_once=sequential)
    future: PrefectFuture[Any] = PrefectFuture(execution.run)
    flow.task_run_futures.append(future)
    if sequential:
        run = lambda: run_sync(execution)
        future._finish(run_in_thread(run) if in_loop() else run())
        return future
    # two threads that write take Python's lock from each other at every write: the worker writes
    # for both, where nothing can keep it from starting at once
    starts = not execution.upstream and not execution.run.tags and task.cache_key_fn is None
    if execution.reused is None and starts:
        execution.leave()
    else:
        execution.flush()
    if execution.reused is not None:
        future._finish(execution.reused)
        return future
    from prefect._workers import workers

    context = copy_context()
    if not workers().submit(lambda: future._finish(context.run(run_sync, execution))) and starts:
        recorder.drain()
    return future


def _start_in_background(
    task: Task, parameters: Dict[str, Any], flow: FlowRunContext, wait_for: Any, direct: bool
) -> PrefectFuture:
    """Start an async task of a sync flow in the process's own event loop."""
    execution = TaskExecution(task, parameters, flow, wait_for, at_once=direct)
    execution.flush()
    future: PrefectFuture[Any] = PrefectFuture(execution.run)
    flow.task_run_futures.append(future)
    _start(execution, future, background_loop())
    return future


def _start(execution: TaskExecution, future: PrefectFuture, loop: Any) -> None:
    async def settle() -> None:
        try:
            state = await run_async(execution)
        except BaseException as exc:
            state = execution.crashed(exc)
        future._finish(state)

    def keep(started: Any) -> None:
        # the loop itself holds its tasks weakly
        future._cancel = lambda: loop.call_soon_threadsafe(started.cancel)

    start_in(loop, copy_context(), settle(), keep)


async def _submit_async(
    task: Task, parameters: Dict[str, Any], flow: FlowRunContext, wait_for: Any, return_state: bool
) -> Any:
    import asyncio

    sequential = flow.task_runner.concurrency_type == "SEQUENTIAL"
    execution = TaskExecution(task, parameters, flow, wait_for, at_once=sequential)
    future: PrefectFuture[Any] = PrefectFuture(execution.run, True)
    flow.task_run_futures.append(future)
    if sequential:
        future._finish(await run_async(execution))
    else:
        execution.flush()
        _start(execution, future, asyncio.get_running_loop())
    return await future._wait_async() if return_state else future


def map_task(task: Task, parameters: Dict[str, Any], wait_for: Any, return_state: bool) -> Any:
    """A task submitted once for each item of its parameters."""
    flow = _context()
    if task.isasync and flow.flow.isasync:
        return _map_async(task, parameters, flow, wait_for, return_state)
    from prefect._mapping import calls_of_map
    from prefect.futures import data_of

    calls = calls_of_map(data_of(parameters))
    futures = [_submit(task, one, flow, wait_for) for one in calls]
    return [future._wait() for future in futures] if return_state else futures


async def _map_async(
    task: Task, parameters: Dict[str, Any], flow: FlowRunContext, wait_for: Any, return_state: bool
) -> Any:
    from prefect._collections import find_runs
    from prefect._mapping import calls_of_map
    from prefect.futures import data_of

    for one in find_runs(parameters):
        if isinstance(one, PrefectFuture):
            await one._wait_async()
    calls = calls_of_map(data_of(parameters))
    futures = [await _submit_async(task, one, flow, wait_for, False) for one in calls]
    return [await future._wait_async() for future in futures] if return_state else futures


def run_sync(execution: TaskExecution) -> State:
    """Drive a task run to its end in this thread; its exceptions become its state."""
    try:
        return _run_sync(execution)
    except BaseException as exc:
        if interrupted(exc):
            execution.crashed(exc)
            raise
        return execution.crashed(exc)


def _run_sync(execution: TaskExecution) -> State:
    if execution.reused is not None:
        execution.flush()
        return execution.reused
    if execution.upstream:
        execution.flush()
        for one in execution.upstream:
            if type(one) is PrefectFuture:
                one._wait()
    state = execution.begin()
    if state is not None:
        return state
    if execution.run.tags:
        for pause in slot_pauses(execution):
            time.sleep(pause)
    execution.start()
    task = execution.task
    context = TaskRunContext(task, execution.run, execution.run._started, log=execution.log)
    token = _task_context.set(context)
    try:
        while state is None:
            try:
                # in a copy: a context variable that the task sets is not its flow's
                value = copy_context().run(task._binder.call, execution.parameters)
            except Exception as exc:
                state = execution.failed(exc)
            else:
                state = execution.returned(value)
            if state is None:
                if execution.delay > 0:
                    time.sleep(execution.delay)
                execution.retry()
    finally:
        _task_context.reset(token)
    return state


async def run_async(execution: TaskExecution) -> State:
    """Drive a task run to its end in the running event loop."""
    try:
        return await _run_async(execution)
    except BaseException as exc:
        if interrupted(exc):
            raise
        return execution.crashed(exc)


async def _run_async(execution: TaskExecution) -> State:
    if execution.reused is not None:
        execution.flush()
        return execution.reused
    if execution.upstream:
        execution.flush()
        for one in execution.upstream:
            if type(one) is PrefectFuture:
                await one._wait_async()
    state = execution.begin()
    if state is not None:
        return state
    import asyncio

    if execution.run.tags:
        for pause in slot_pauses(execution):
            await asyncio.sleep(pause)
    execution.start()
    task = execution.task
    context = TaskRunContext(task, execution.run, execution.run._started, log=execution.log)
    token = _task_context.set(context)
    try:
        while state is None:
            try:
                value = await task._binder.call(execution.parameters)
            except Exception as exc:
                state = execution.failed(exc)
            else:
                state = execution.returned(value)
            if state is None:
                if execution.delay > 0:
                    await asyncio.sleep(execution.delay)
                execution.retry()
    finally:
        _task_context.reset(token)
    return state


def interrupted(exc: BaseException) -> bool:
    """Whether the process itself was told to stop, which no task may swallow."""
    from prefect._interrupts import is_interrupt

    return is_interrupt(exc)


def slot_pauses(execution: TaskExecution) -> Any:
    """Pauses, in seconds, to be waited until every tag of the run has a free concurrency slot."""
    from prefect._json import quote
    from prefect._record import tags_json

    pause, told = 0.02, False
    while recorder.channel is not None:
        execution.flush()
        answer: Optional[Dict[str, Any]] = recorder.ask(
            f'"k":"limit_take","task_run_id":{quote(execution.run._id)},'
            f'"tags":{tags_json(execution.run.tags)},"at":{now()}}}'
        )
        if answer is None or answer.get("granted", True):
            return
        if not told:
            told = True
            execution.log.write(
                now(),
                10,
                f"Waiting for a concurrency slot of tag {answer.get('tag')!r}...",
            )
        yield pause
        pause = min(pause * 1.5, 1.0)


def states_of(futures: List[Any]) -> List[Any]:
    """The states of what a flow's tasks came to, in the order in which they were called."""
    return [one._final_state if type(one) is PrefectFuture else one for one in futures]


# what Python calls a coroutine that is never awaited: the names 2.1 has, which people look up
_call_async.__qualname__ = _submit_async.__qualname__ = "create_task_run_then_submit"
_map_async.__qualname__ = "begin_task_map"
