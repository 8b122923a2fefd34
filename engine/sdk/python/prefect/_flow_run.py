"""One flow run: its states from Pending to the end, and the records they leave.

The steps are plain functions without waiting in them; `_flow_engine` drives them, once for sync
and once for async code.
"""

from __future__ import annotations

from prefect import _log
from prefect._collections import PLAIN, find_runs, is_iterator, own_copy, replace_runs, run_id
from prefect._ids import new_id, new_name
from prefect._record import (
    flow_run_event,
    flow_state_event,
    now,
    recorder,
    task_run_event,
    task_state_event,
)
from prefect._task_engine import states_of
from prefect._task_run import inputs_json, run_tags, sources_of, track
from prefect.context import FlowRunContext
from prefect.exceptions import PrefectException
from prefect.futures import PrefectFuture, data_of
from prefect.orion.schemas.core import FlowRun, TaskRun
from prefect.orion.schemas.states import State, StateDetails, StateType, make_state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from prefect.flows import Flow

PENDING, RUNNING, SCHEDULED = StateType.PENDING, StateType.RUNNING, StateType.SCHEDULED
COMPLETED, FAILED, CRASHED = StateType.COMPLETED, StateType.FAILED, StateType.CRASHED
FAILURE = "Flow run encountered an exception."


class FlowExecution:
    """A flow run being executed."""

    def __init__(
        self,
        flow: Flow,
        parameters: Dict[str, Any],
        parent: Optional[FlowRunContext],
        existing: Optional[FlowRun] = None,
    ) -> None:
        self.flow = flow
        self.parameters = parameters
        self.parent = parent
        self.run: Any = existing
        self.deployed = existing is not None
        self.task_run: Optional[TaskRun] = None
        self.reused: Optional[State] = None
        self.retries_left = flow.retries
        self.delay = 0.0
        self.context: Any = None
        self.known: Optional[Dict[Any, Any]] = {} if flow.retries else None

    def prepare(self) -> Optional[State]:
        """Check the parameters and create the run; a state where there is nothing to run."""
        if self.parent is not None:
            self.parent.log.write(now(), 10, f"Resolving inputs to {self.flow.name!r}")
            self._create_task_run()
            self._resolve_parameters()
            if self.reused is not None:
                self.log.write(now(), 20, f"Finished in state {self.reused}")
                return self.reused
        # what a subflow was given is recorded as it was given, as in 2.1
        given = self.parameters
        error = self._validate()
        if not self.deployed:
            self._create(self.parameters if self.parent is None else given)
        return self._invalid(error) if error is not None else None

    def _validate(self) -> Optional[BaseException]:
        try:
            self.parameters = self.flow._model.validate(self.parameters)
        except Exception as exc:
            return exc
        return None

    def _create(self, parameters: Dict[str, Any]) -> None:
        flow, parent = self.flow, self.parent
        task_run_id = self.task_run._id if self.task_run is not None else None
        plain = _as_recorded(parameters)
        run = record_flow_run(flow, plain, _current_tags(), None, task_run_id)
        self.run = run
        self._open_log()
        if parent is not None:
            self._mirror(run.state)  # type: ignore[arg-type]
        if parent is None:
            _log.engine_log(20, f"Created flow run {run.name!r} for flow {flow.name!r}")
        else:
            message = f"Created subflow run {run.name!r} for flow {flow.name!r}"
            parent.log.write(now(), 20, message)

    def adopt(self) -> None:
        """Begin the run that a supervisor has created."""
        self._open_log()

    def _open_log(self) -> None:
        from prefect.logging.loggers import flow_extra

        self.log = _log.RunLog(
            _log.flow_logger,
            f"Flow run {self.run.name!r}",
            self.run._id,
            None,
            flow_extra(self.run, self.flow),
        )

    def _create_task_run(self) -> None:
        """The task run that stands for this subflow run among its parent's."""
        parent: Any = self.parent
        flow = self.flow
        key = flow.flow_key
        keys = parent.task_run_dynamic_keys
        number = keys.get(key, -1) + 1
        keys[key] = number
        if parent.known is not None and (key, number) in parent.known:
            self._take_up(*parent.known[key, number])
            return
        from prefect._binding import short_hash

        run = TaskRun(
            id=new_id(),
            name=f"{flow.name}-{short_hash(key)}-{number}",
            flow_run_id=parent.run_id,
            task_key=key,
            dynamic_key=str(number),
            tags=run_tags(_Tagless),  # type: ignore[arg-type]
            task_version=flow.version,
            state=None,
        )
        run._created = now()
        inputs = self._inputs()
        run.__dict__["_inputs"] = {**dict.fromkeys(self.parameters, ()), **inputs}
        if parent.keep_states:
            from prefect._history import remember_task_run

            remember_task_run(run, list(self.parameters))
        self.task_run = run
        details = StateDetails(parent.run_id, run._id)
        pending = make_state(PENDING, "Pending", None, None, run._created, details)
        run.moved(pending)
        recorder.emit(task_run_event(run, pending, inputs_json(inputs)))

    def _take_up(self, task_run: TaskRun, flow_run: FlowRun) -> None:
        """A retried parent finds the subflow run of its earlier attempt."""
        self.task_run = task_run
        if flow_run.state is not None and flow_run.state.type is COMPLETED:
            self.run = flow_run
            self.reused = flow_run.state
            self._open_log()

    def _inputs(self) -> Dict[str, List[str]]:
        inputs: Dict[str, List[str]] = {}
        results = self.parent.results if self.parent is not None else {}
        for name, value in self.parameters.items():
            found = find_runs(value)
            ids = [one for one in map(run_id, found) if one] or sources_of(value, results)
            if ids:
                inputs[name] = ids
        return inputs

    def _resolve_parameters(self) -> None:
        given = data_of(self.parameters)
        self.parameters = {name: own_copy(value) for name, value in given.items()}

    def _invalid(self, error: BaseException) -> State:
        """The run failed before it began, because of its parameters."""
        message = f"Validation of flow parameters failed with error: {error!r}"
        at = now()
        if self.parent is None and not self.deployed:
            from prefect._frames import strip

            strip(error)
            self.log.write(at, 40, message)
        else:
            self.log.exception(at, message, error)
        state = self._settle(make_state(FAILED, "Failed", message, error, at, None))
        if self.parent is None and not self.deployed:
            _log.engine_log(
                20,
                f"Flow run {self.run.name!r} received invalid parameters and is marked as failed.",
            )
        return state

    def begin(self) -> FlowRunContext:
        """Enter Running, and give the context of the attempt."""
        first = self.context is None
        if first:
            self._debug_start()
        self._enter_running()
        flow = self.flow
        context = FlowRunContext(
            flow=flow,
            flow_run=self.run,
            task_runner=flow.task_runner,
            start_at=self.run._started,
            task_run_futures=[],
            subflow_states=[],
            task_run_dynamic_keys={},
            run_id=self.run._id,
            log=self.log,
            results={},
            crashed=[],
            interruption=None,
            known=self.known,
            keep_states=self.run.states is not None,
        )
        self.context = context
        if self.log.logger.isEnabledFor(10):
            say = self.log.write
            say(now(), 10, f"Executing flow {flow.name!r} for flow run {self.run.name!r}...")
            say(now(), 10, "Beginning execution...")
        return context

    def _enter_running(self) -> None:
        state = make_state(RUNNING, "Running", None, None, now(), self._details())
        self.run.moved(state)
        recorder.emit(flow_state_event(self.run._id, state, self.run.run_count))
        self._mirror(state)

    def _debug_start(self) -> None:
        if not self.log.logger.isEnabledFor(10):
            return
        from prefect.task_runners import CONCURRENCY_MESSAGES

        runner = self.flow.task_runner
        how = CONCURRENCY_MESSAGES.get(runner.concurrency_type, "")
        if self.parent is None:
            self.log.write(
                now(),
                10,
                f"Starting {type(runner).__name__!r}; submitted tasks will be run {how}...",
            )
        self._runner_says("Starting task runner...")

    def _runner_says(self, message: str) -> None:
        import logging

        logging.getLogger(f"prefect.task_runner.{self.flow.task_runner.name}").debug(message)

    def call(self) -> Any:
        """Call the flow's function with the run's parameters."""
        args, kwargs = self.flow._model.call_args(self.parameters)
        return self.flow.fn(*args, **kwargs)

    def returned(self, value: Any) -> State:
        """The state that the function's value, or the runs it left behind, stand for."""
        from prefect.states import aggregate

        context = self.context
        if is_iterator(value):
            value = list(value)
        if value is None:
            value = states_of(context.task_run_futures) + context.subflow_states or None
        found = find_runs(value)
        if not found:
            return aggregate(value)
        by_id = {
            id(one): _as_stored(one._final_state if type(one) is PrefectFuture else one)
            for one in found
        }
        if isinstance(value, State):
            own = aggregate(value)
            return own if own is value else aggregate(by_id[id(value)])
        return aggregate(replace_runs(value, by_id))

    def failed(self, exc: BaseException) -> State:
        """The function raised: log it, and give the state."""
        from prefect._frames import strip

        strip(exc)
        at = now()
        self.log.exception(at, "Encountered exception during execution:", exc)
        return make_state(FAILED, "Failed", FAILURE, exc, at, None)

    def timed_out(self) -> State:
        message = f"Flow run exceeded timeout of {self.flow.timeout_seconds} seconds"
        return make_state(FAILED, "TimedOut", message, TimeoutError(), now(), None)

    def report_crashes(self) -> None:
        """Log the task runs that crashed; a flow's log has them at its end."""
        for execution, state in self.context.crashed:
            execution.log.write(now(), 20, f"Crash detected! {state.message}")

    def finish(self, state: State) -> Optional[State]:
        """Settle the run in its final state; None means that it is to be run again."""
        if self.retries_left > 0 and state.type is FAILED:
            self.retries_left -= 1
            self.delay = float(self.flow.retry_delay_seconds or 0)
            self._await_retry(state.name)
            return None
        if self.log.logger.isEnabledFor(10):
            self._runner_says("Shutting down task runner...")
        if state.type is not COMPLETED and not state.is_final():
            return self._settle_unfinished(state)
        state._at = now()
        level = 20 if state.type is COMPLETED else 40
        return self._settle(state, self.log.text(state._at, level, f"Finished in state {state}"))

    def _settle_unfinished(self, state: State) -> State:
        # 2.1 runs such a flow again without end; a run has to come to one
        message = f"Flow returned the state {state}, which is not final."
        failed = make_state(FAILED, "Failed", message, PrefectException(message), now(), None)
        return self._settle(failed, self.log.text(now(), 40, f"Finished in state {failed}"))

    def _await_retry(self, proposed: str) -> None:
        from prefect.orion.schemas.states import _datetime

        state = make_state(SCHEDULED, "AwaitingRetry", None, None, now(), self._details())
        state.state_details.scheduled_time = _datetime(now() + int(self.delay * 1000000))
        self.run.moved(state)
        event, line = self.log.text(
            state._at,
            20,
            f"Received non-final state 'AwaitingRetry' when proposing final state '{proposed}' "
            "and will attempt to run again...",
        )
        recorder.emit(flow_state_event(self.run._id, state, self.run.run_count) + event, line)
        self._mirror(state)

    def crashed(self, exc: BaseException, message: Optional[str] = None) -> State:
        """Something other than the flow's own exception ended the run."""
        from prefect._frames import strip
        from prefect.states import crash_message

        strip(exc)
        message = message or crash_message(exc)
        state = make_state(CRASHED, "Crashed", message, exc, now(), None)
        return self._settle(state, self.log.text(state._at, 40, f"Crash detected! {message}"))

    def _settle(self, state: State, said: Any = ("", "")) -> State:
        own = state.state_details
        own._flow_run_id = self.run._id
        self.run.moved(state)
        recorder.emit(flow_state_event(self.run._id, state, self.run.run_count) + said[0], said[1])
        self._mirror(state)
        parent = self.parent
        if parent is not None:
            parent.subflow_states.append(state)
            if state.type is COMPLETED and self.task_run is not None:
                track(state._value(), self.task_run._id, parent.results)
            if parent.known is not None and self.task_run is not None:
                key = (self.task_run.task_key, int(self.task_run.dynamic_key))
                parent.known[key] = (self.task_run, self.run)
        return state

    def reuse(self) -> State:
        """Give the parent the state of its earlier attempt's subflow run."""
        state: Any = self.reused
        if self.parent is not None:
            self.parent.subflow_states.append(state)
        return state

    def _mirror(self, state: State) -> None:
        """Let the parent's task run follow the subflow run."""
        run = self.task_run
        if run is None:
            return
        own = state.copy(reset_fields=True)
        own._at = state._at
        child = self.run._id if self.run is not None else None
        own._details = StateDetails(run._flow_run_id, run._id, child)
        run.moved(own)
        if self.run is not None and state._details is not None:
            state._details._task_run_id = run._id
        recorder.emit(task_state_event(run._id, own, run.run_count))

    def _details(self) -> StateDetails:
        return StateDetails(self.run._id)


def record_flow_run(
    flow: Flow,
    parameters: Dict[str, Any],
    tags: List[str],
    name: Optional[str],
    parent_task_run_id: Optional[str] = None,
) -> FlowRun:
    """A new flow run, in state Pending."""
    from prefect import _history

    run = FlowRun(
        id=new_id(),
        name=name or new_name(),
        flow_name=flow.name,
        flow_version=flow.version,
        parameters=parameters,
        tags=tags,
        state=None,
        parent_task_run_id=parent_task_run_id,
        retries=flow.retries,
        retry_delay_seconds=flow.retry_delay_seconds,
    )
    run._created = now()
    if _history.enabled:
        _history.remember_flow_run(run)
    details = StateDetails(run._id)
    pending = make_state(PENDING, "Pending", None, None, run._created, details)
    run.moved(pending)
    events = flow_run_event(run, flow.name, parameters)
    recorder.emit(events + flow_state_event(run._id, pending, 0))
    return run


def _as_recorded(parameters: Dict[str, Any]) -> Dict[str, Any]:
    """Parameters as plain data: `<type>` for a value that JSON has no form for.

    Of a collection that holds such values as much is kept as can be.
    """
    if PLAIN.issuperset(map(type, parameters.values())):
        return dict(parameters)
    from prefect._json import dumps, loads
    from prefect._schema_defaults import encode

    plain: Dict[str, Any] = {}
    for name, value in parameters.items():
        try:
            plain[name] = encode(value)
        except Exception:
            whole = isinstance(value, (list, tuple, set, dict))
            plain[name] = loads(dumps(value)) if whole else f"<{type(value).__name__}>"
    return plain


class _Tagless:
    tags: Any = frozenset()


def _current_tags() -> List[str]:
    from prefect.context import TagsContext

    return sorted(TagsContext.get().current_tags)


def _as_stored(state: Any) -> State:
    """A state as it comes back from having been stored: its exception has no traceback."""
    data = state._value()
    if not isinstance(data, BaseException):
        return state
    import copy

    try:
        stored = copy.copy(data)
        same = type(stored) is type(data)
    except Exception:
        same = False
    if not same:
        return state
    stored.__traceback__ = stored.__cause__ = stored.__context__ = None
    clone: State = state._clone()
    clone._data = stored
    return clone
