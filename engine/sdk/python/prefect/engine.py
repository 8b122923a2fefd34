"""What runs a deployment's flow: `python -m prefect.engine`, started by `prefect flow-run execute`.

The supervisor says over the channel which flow to run; states, task runs and log records go back
the same way.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

    from prefect.orion.schemas.states import State

_NOT_LOADED = "Flow could not be retrieved from deployment."


def main() -> int:
    """Run the flow that the supervisor names; gives the exit code."""
    from prefect import _channel
    from prefect._json import loads
    from prefect._record import recorder

    channel = _channel.inherited()
    if channel is None:
        sys.stderr.write(
            "prefect.engine is started by `prefect flow-run execute ID` or by an agent\n"
        )
        return 2
    _channel.hello(channel)
    order = loads(channel.read_line(60.0))
    if order.get("k") != "run":
        sys.stderr.write(f"prefect.engine: {order.get('message', 'no flow run was given')}\n")
        return 1
    recorder.attach(channel)
    try:
        return _run(order)
    finally:
        recorder.finish()


def _run(order: Dict[str, Any]) -> int:
    """Load the flow, run it, and settle its run. A failed flow is a run that went well: 0."""
    run = _flow_run(order)
    try:
        flow = _load(order)
    except SystemExit as exc:
        _not_loaded(run, exc)
        return _exit_code(exc)
    except BaseException as exc:
        _not_loaded(run, exc)
        return 0
    from prefect._flow_engine import run_deployed

    try:
        run_deployed(flow, order.get("parameters") or {}, run)
    except SystemExit as exc:
        _interrupted(order, exc)
        return _exit_code(exc)
    except BaseException as exc:
        _interrupted(order, exc)
        return 1
    return 0


def _flow_run(order: Dict[str, Any]) -> Any:
    """The run as the supervisor has it: in state Pending."""
    from prefect._record import now
    from prefect.orion.schemas.core import FlowRun
    from prefect.orion.schemas.states import StateDetails, StateType, make_state

    run = FlowRun(
        id=order["flow_run_id"],
        name=order["name"],
        flow_name=order.get("flow_name"),
        deployment_id=_uuid(order.get("deployment_id")),
        parameters=order.get("parameters") or {},
        tags=order.get("tags") or [],
        run_count=order.get("run_count") or 0,
        state=None,
    )
    run._created = now()
    details = StateDetails(run._id)
    run.state = make_state(StateType.PENDING, "Pending", None, None, run._created, details)
    from prefect import _history

    if _history.enabled:
        _history.remember_flow_run(run)
    return run


def _uuid(text: Any) -> Any:
    from prefect._ids import as_uuid

    return as_uuid(text) if text else None


def _load(order: Dict[str, Any]) -> Any:
    """The flow of the entrypoint. Flows that its script calls while it is loaded don't run."""
    import os

    from prefect import _mode
    from prefect._loader import load_script
    from prefect.exceptions import MissingFlowError
    from prefect.flows import Flow
    from prefect.logging.configuration import setup_logging

    setup_logging()
    path, _, name = order["entrypoint"].rpartition(":")
    _mode.loading = True
    try:
        module = load_script(os.path.join(order["path"], path), order["path"])
    finally:
        _mode.loading = False
    flow = getattr(module, name, None)
    if flow is None:
        raise MissingFlowError(f"{path} has no flow {name!r}")
    if not isinstance(flow, Flow):
        raise MissingFlowError(f"{name!r} in {path} is a {type(flow).__name__}, not a flow")
    return flow


def _not_loaded(run: Any, exc: BaseException) -> None:
    from prefect import _log
    from prefect._record import flow_state_event, now, recorder
    from prefect.logging.configuration import setup_logging
    from prefect.logging.loggers import flow_extra
    from prefect.orion.schemas.states import StateDetails, StateType, make_state

    setup_logging()
    log = _log.RunLog(
        _log.flow_logger, f"Flow run {run.name!r}", run._id, None, flow_extra(run, None)
    )
    log.exception(now(), _NOT_LOADED, exc)
    details = StateDetails(run._id)
    state = make_state(StateType.FAILED, "Failed", _NOT_LOADED, exc, now(), details)
    run.moved(state)
    recorder.emit(flow_state_event(run._id, state, run.run_count))


def _interrupted(order: Dict[str, Any], exc: BaseException) -> None:
    import logging

    logging.getLogger("prefect.engine").error(
        f"Engine execution of flow run {order['flow_run_id']!r} interrupted by base exception",
        exc_info=exc,
    )


def _exit_code(exc: SystemExit) -> int:
    if exc.code is None:
        return 0
    if isinstance(exc.code, int):
        return exc.code
    sys.stderr.write(f"{exc.code}\n")
    return 1


UNTRACKABLE_TYPES = {bool, type(None), type(...), type(NotImplemented)}


def get_state_for_result(obj: Any) -> Optional[State]:
    """The final state of the task run that a value came from; None where it isn't known."""
    from prefect.context import FlowRunContext

    context = FlowRunContext.get()
    known = context.results.get(id(obj)) if context is not None else None
    if context is None or known is None or known[1] is not obj:
        return None
    for one in reversed(context.task_run_futures):
        state = getattr(one, "_final_state", one)
        if state is not None and state.state_details._task_run_id == known[0]:
            return state  # type: ignore[no-any-return]
    return None


def __getattr__(name: str) -> Any:
    raise AttributeError(
        f"module 'prefect.engine' has no attribute {name!r}: call a flow or a task to run it"
    )


if __name__ == "__main__":
    sys.exit(main())
