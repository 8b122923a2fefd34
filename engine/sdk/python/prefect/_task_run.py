"""One task run: its states from Pending to the end, and the records they leave.

The steps are plain functions without waiting in them; `_task_engine` drives them, once for sync
and once for async code.
"""

from __future__ import annotations

from prefect import _log
from prefect._collections import (
    PLAIN,
    find_runs,
    is_iterator,
    own_copy,
    replace_runs,
    result_of,
    run_id,
)
from prefect._ids import new_id
from prefect._json import quote
from prefect._record import now, recorder, task_run_event, task_state_event
from prefect.context import TagsContext, TaskRunContext
from prefect.exceptions import UpstreamTaskError
from prefect.futures import PrefectFuture
from prefect.orion.schemas.core import TaskRun
from prefect.orion.schemas.states import State, StateDetails, StateType, make_state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from prefect.context import FlowRunContext
    from prefect.tasks import Task

PENDING, RUNNING, SCHEDULED = StateType.PENDING, StateType.RUNNING, StateType.SCHEDULED
COMPLETED, FAILED, CRASHED = StateType.COMPLETED, StateType.FAILED, StateType.CRASHED
FAILURE = "Task run encountered an exception."


class TaskExecution:
    """A task run being executed."""

    __slots__ = (
        "_at_once",
        "_reset",
        "cache_key",
        "delay",
        "flow",
        "log",
        "parameters",
        "retries_left",
        "reused",
        "run",
        "start_events",
        "start_lines",
        "task",
        "upstream",
    )  # fmt: skip

    def __init__(
        self,
        task: Task,
        parameters: Dict[str, Any],
        flow: FlowRunContext,
        wait_for: Any,
        at_once: bool = True,
    ) -> None:
        """``at_once`` says that the run is executed where it is called, not submitted."""
        self.task = task
        self._at_once = at_once
        self.parameters = parameters
        self.flow = flow
        self.retries_left = task.retries
        self.delay = 0.0
        self.cache_key: Optional[str] = None
        self.start_events = ""
        self.start_lines = ""
        self.reused: Optional[State] = None
        self._reset = False
        inputs = self._find_upstream(wait_for)
        self._create(inputs)

    def _find_upstream(self, wait_for: Any) -> Dict[str, List[str]]:
        """The runs this one has to wait for; and by parameter the ids of those it reads."""
        self.upstream: List[Any] = []
        inputs: Dict[str, List[str]] = {}
        results = self.flow.results
        for name, value in self.parameters.items():
            if type(value) in PLAIN and not results:
                continue
            found = find_runs(value, quotes=True)
            ids = [one for one in map(run_id, found) if one]
            if not found and results:
                ids = sources_of(value, results)
            self.upstream += found
            if ids:
                inputs[name] = ids
        if wait_for is not None:
            found = find_runs(wait_for)
            self.upstream += found
            ids = [one for one in map(run_id, found) if one]
            if ids:
                inputs["wait_for"] = ids
        return inputs

    def _create(self, inputs: Dict[str, List[str]]) -> None:
        task, flow = self.task, self.flow
        keys = flow.task_run_dynamic_keys
        key = task.task_key
        number = keys.get(key, -1) + 1
        keys[key] = number
        if flow.known is not None:
            known = flow.known.get((key, number))
            if known is not None:
                self._take_up(known)
                return
        at = now()
        run: TaskRun = object.__new__(TaskRun)
        run._id = new_id()
        run._flow_run_id = flow.run_id
        run.name = f"{task._run_prefix()}{number}"
        run.task_key = key
        run.dynamic_key = str(number)
        run.tags = run_tags(task)
        run._inputs = {**dict.fromkeys(self.parameters, ()), **inputs} if inputs else None
        run._task = task
        run._created = at
        run.run_count = 0
        if task.retries or task.version:
            run.retries, run.retry_delay_seconds = task.retries, task.retry_delay_seconds
            run.task_version = task.version
        if flow.keep_states:
            from prefect._history import remember_task_run

            remember_task_run(run, list(self.parameters))
        pending = make_state(PENDING, "Pending", None, None, at, self._details(run))
        run.moved(pending)
        self.run = run
        self._open_log()
        self.start_events = task_run_event(run, pending, inputs_json(inputs))
        if flow.known is not None:
            flow.known[(key, number)] = run
        self._say_created(at)

    def _take_up(self, run: TaskRun) -> None:
        """A retried flow finds the task run of its earlier attempt."""
        self.run = run
        self._open_log()
        state = run.state
        if state is not None and state.type is COMPLETED:
            self.reused = state
        else:
            self._reset = state is not None and state.is_final()
        self._say_created(now())

    def _say_created(self, at: int) -> None:
        """Put the flow run's lines of the new task run with what goes out next."""
        log = self.flow.log
        name = self.run.name
        created = f"Created task run {name!r} for task {self.task.name!r}"
        what = (
            f"Executing {name!r} immediately..."
            if self._at_once
            else f"Submitted task run {name!r} for execution."
        )
        event, line = log.text(at, 20, created)
        if event:
            self.start_events += event + log.event(at, 20, what)
            self.start_lines += line + recorder.line(at, 20, log.label, what)
        else:
            log.write(at, 20, what)

    def _open_log(self) -> None:
        run, flow = self.run, self.flow
        extra: Any = None
        if not _log.is_plain(_log.task_logger):
            from prefect.logging.loggers import task_extra

            extra = task_extra(run, self.task, flow.flow_run, flow.flow)
        label = f"Task run {run.name!r}"
        self.log = _log.RunLog(_log.task_logger, label, flow.run_id, run._id, extra)

    def flush(self) -> None:
        """Send what has been held back for the next step."""
        if self.start_events or self.start_lines:
            events, self.start_events = self.start_events, ""
            lines, self.start_lines = self.start_lines, ""
            recorder.emit(events, lines, False)

    def leave(self) -> None:
        """Leave what has been held back to the thread that runs the task."""
        events, self.start_events = self.start_events, ""
        lines, self.start_lines = self.start_lines, ""
        recorder.leave(events, lines)

    def begin(self) -> Optional[State]:
        """Start running, once all upstream runs are final.

        A final state is given where there is nothing to run: a dependency that did not complete,
        a cached result. The concurrency slot is asked for by the caller, who can wait.
        """
        if self.upstream:
            blocked = self._resolve()
            if blocked is not None:
                return blocked
        parameters = self.parameters
        for name, value in parameters.items():
            if type(value) not in PLAIN:
                parameters[name] = own_copy(value)
        if self.task.cache_key_fn is not None:
            cached = self._look_up()
            if cached is not None:
                return cached
        return None

    def _resolve(self) -> Optional[State]:
        try:
            by_id = {id(one): result_of(one) for one in self.upstream}
        except UpstreamTaskError as exc:
            return self.move(PENDING, "NotReady", str(exc), None)
        self.parameters = {
            name: replace_runs(value, by_id) for name, value in self.parameters.items()
        }
        return None

    def _look_up(self) -> Optional[State]:
        from prefect._cache import find

        with TaskRunContext(self.task, self.run, now()) as context:
            self.cache_key = self.task.cache_key_fn(context, self.parameters)  # type: ignore[misc]
        if self.cache_key is None:
            return None
        found = find(str(self.cache_key))
        if found is None:
            return None
        state = self.move(COMPLETED, "Cached", None, found[0])
        self._details(self.run, state).cache_key = self.cache_key
        self._say_finished(state)
        return state

    def start(self) -> None:
        """Enter Running."""
        at = now()
        if self._reset:
            self.run.run_count = 0
            # as 2.1 does: a task run that a retried flow runs again has to wait to be retried
            self.move(SCHEDULED, "AwaitingRetry", None, None)
            self._reset = False
        state = make_state(RUNNING, "Running", None, None, at, self._details(self.run))
        self._move(state)
        event, line = "", ""
        if self.log.logger.isEnabledFor(10):
            event, line = self.log.text(at, 10, "Beginning execution...")
        events, lines = self.start_events, self.start_lines
        self.start_events = self.start_lines = ""
        recorder.emit(
            events + task_state_event(self.run._id, state, self.run.run_count) + event,
            lines + line,
            False,
        )

    def returned(self, value: Any) -> Optional[State]:
        """The task's function gave a value. None means that it is to be run again."""
        if type(value) in PLAIN:
            state = make_state(COMPLETED, "Completed", None, value, now(), None)
        else:
            if is_iterator(value):
                value = list(value)
            state = self._state_of(value)
            if state.type is not COMPLETED:
                return self._failed(state)
        return self._complete(state)

    def _state_of(self, value: Any) -> State:
        from prefect.states import aggregate

        found = find_runs(value)
        futures = {id(one): one._wait() for one in found if type(one) is PrefectFuture}
        return aggregate(replace_runs(value, futures) if futures else value)

    def _complete(self, state: State) -> State:
        if self.cache_key is not None:
            from prefect._cache import put

            details = self._details(self.run, state)
            details.cache_key = self.cache_key
            details.cache_expiration = self._expiry()
            put(str(self.cache_key), state._value(), details.cache_expiration, self.run._id)
        elif state._details is None:
            state._details = self._details(self.run)
        else:
            self._own(state)
        self._move(state)
        event, line = self.log.text(state._at, 20, f"Finished in state {state}")
        recorder.emit(
            task_state_event(self.run._id, state, self.run.run_count) + event, line, False
        )
        track(state._value(), self.run._id, self.flow.results)
        return state

    def _expiry(self) -> Any:
        expiration = self.task.cache_expiration
        if expiration is None:
            return None
        from datetime import datetime, timezone

        return datetime.now(timezone.utc) + expiration

    def failed(self, exc: BaseException) -> Optional[State]:
        """The task's function raised. None means that it is to be run again."""
        from prefect._frames import strip

        strip(exc)
        at = now()
        self.log.exception(at, "Encountered exception during execution:", exc)
        return self._failed(make_state(FAILED, "Failed", FAILURE, exc, at, None))

    def _failed(self, state: State) -> Optional[State]:
        self._own(state)
        if self.retries_left > 0 and state.type is FAILED:
            self.retries_left -= 1
            self.delay = float(self.task.retry_delay_seconds or 0)
            self._await_retry(state.name)
            return None
        self._move(state)
        event, line = self.log.text(state._at, 40, f"Finished in state {state}")
        recorder.emit(
            task_state_event(self.run._id, state, self.run.run_count) + event, line, False
        )
        return state

    def _await_retry(self, proposed: str) -> None:
        when = now() + int(self.delay * 1000000)
        state = make_state(SCHEDULED, "AwaitingRetry", None, None, now(), self._details(self.run))
        from prefect.orion.schemas.states import _datetime

        state.state_details.scheduled_time = _datetime(when)
        self._move(state)
        event, line = self.log.text(
            state._at,
            20,
            f"Received non-final state 'AwaitingRetry' when proposing final state '{proposed}' "
            "and will attempt to run again...",
        )
        recorder.emit(
            task_state_event(self.run._id, state, self.run.run_count) + event, line, False
        )

    def retry(self) -> None:
        """Run again after the delay."""
        self.move(RUNNING, "Retrying", None, None)
        self.log.write(now(), 10, "Beginning execution...")

    def crashed(self, exc: BaseException) -> State:
        """Something other than the task's own exception ended the run."""
        from prefect._frames import strip
        from prefect.states import crash_message

        strip(exc)
        state = self.move(CRASHED, "Crashed", crash_message(exc), exc)
        self.flow.crashed.append((self, state))
        if isinstance(exc, (KeyboardInterrupt, SystemExit)) and self.flow.interruption is None:
            self.flow.interruption = exc
        return state

    def _say_finished(self, state: State) -> None:
        self.log.write(
            state._at, 20 if state.type is COMPLETED else 40, f"Finished in state {state}"
        )

    def move(self, kind: StateType, name: str, message: Optional[str], data: Any) -> State:
        """Enter a state and record it, with what has been held back."""
        state = make_state(kind, name, message, data, now(), self._details(self.run))
        self._move(state)
        self.start_events += task_state_event(self.run._id, state, self.run.run_count)
        self.flush()
        return state

    def _move(self, state: State) -> None:
        run = self.run
        kind = state.type
        run.state = state
        if kind is RUNNING:
            run.run_count += 1
            run._started = run._started or state._at
        elif kind is COMPLETED or kind is FAILED or kind is CRASHED:
            run._ended = state._at
        if run.states is not None:
            run.states.append(state)

    def _details(self, run: TaskRun, state: Optional[State] = None) -> StateDetails:
        if state is not None:
            self._own(state)
            return state.state_details
        return StateDetails(self.flow.run_id, run._id)

    def _own(self, state: State) -> None:
        """Note in a state which run it belongs to."""
        details = state.state_details
        details._flow_run_id = self.flow.run_id
        details._task_run_id = self.run._id


# values that everyone shares say nothing of where they come from
_SHARED = (bool, type(None), type(...), type(NotImplemented))
_LOOKED_INTO = 50


def track(data: Any, run_id: str, results: Dict[int, Any]) -> None:
    """Remember which run a value, and what it directly holds, came from."""
    for one in (data, *_parts(data)):
        if type(one) not in _SHARED and not (type(one) is int and -6 < one < 257):
            # holding the value keeps its id from being given to another
            results[id(one)] = (run_id, one)


def sources_of(value: Any, results: Dict[int, Any]) -> List[str]:
    """The runs that a value, and what it directly holds, came from."""
    found: List[str] = []
    for one in (value, *_parts(value)):
        known = results.get(id(one))
        if known is not None and known[1] is one and known[0] not in found:
            found.append(known[0])
    return found


def _parts(value: Any) -> Any:
    kind = type(value)
    if kind in PLAIN or not isinstance(value, (list, tuple, set, dict)):
        return ()
    if len(value) > _LOOKED_INTO:
        return ()
    return tuple(value.values()) if isinstance(value, dict) else tuple(value)


def run_tags(task: Task) -> List[str]:
    """The tags of a new task run: the task's and those of the `tags` blocks around its call."""
    context = TagsContext.__var__.get(None)
    if context is None or not context.current_tags:
        return list(task.tags) if task.tags else []
    return sorted(task.tags | context.current_tags)


def inputs_json(inputs: Dict[str, List[str]]) -> str:
    if not inputs:
        return "{}"
    parts = []
    for name, ids in inputs.items():
        items = ",".join(f'{{"input_type":"task_run","id":"{one}"}}' for one in ids)
        parts.append(f"{quote(name)}:[{items}]")
    return "{" + ",".join(parts) + "}"
