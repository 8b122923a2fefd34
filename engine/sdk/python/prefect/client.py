"""A client for what a local tool can answer: the runs of this process, and the database's.

Runs of this process are answered from memory; for the rest the `prefect` program is asked.
Everything is async, as in 2.1.
"""

from __future__ import annotations

from prefect import _history
from prefect._command import look_through, look_up, run_command
from prefect._query import chosen
from prefect._record import recorder
from prefect.exceptions import ObjectNotFound
from prefect.orion.schemas.core import (
    ConcurrencyLimit,
    Deployment,
    Flow,
    FlowRun,
    Log,
    TaskRun,
    WorkQueue,
    flow_id_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from prefect.orion.schemas.states import State

__all__ = ["OrionClient", "get_client"]

_history.enable()


def get_client(**settings: Any) -> OrionClient:
    """A client, to be entered with ``async with``."""
    return OrionClient()


class OrionClient:
    """Reads runs, flows, deployments and logs. Ids may be `uuid.UUID` or text.

    `ObjectNotFound` is raised for an id or name that nothing has. Filters and ``sort`` are those
    of 2.1, as objects or as dicts.
    """

    api_url = "http://ephemeral-orion/api/"

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    def __enter__(self) -> Any:
        raise RuntimeError(
            "The `OrionClient` must be entered with an async context. Did you mean to use "
            "`async with OrionClient(...)` not `with OrionClient(...)`"
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        known = ", ".join(sorted(n for n in dir(type(self)) if not n.startswith("_")))
        raise AttributeError(
            f"OrionClient has no {name!r} here: there is no server to ask. It has {known}; for "
            "the rest use the prefect command."
        )

    async def api_healthcheck(self) -> Optional[Exception]:
        """None: the database is local and always there."""
        return None

    async def read_flow_run(self, flow_run_id: Any) -> FlowRun:
        own = _history.flow_runs.get(str(flow_run_id))
        return own or _flow_run(look_up(["flow-run", "inspect", str(flow_run_id)]))

    async def read_flow_runs(self, **filters: Any) -> List[FlowRun]:
        """Flow runs, newest first."""
        return _flow_runs(filters)

    async def read_flow_run_states(self, flow_run_id: Any) -> List[State]:
        """Every state that a run of this process has been in, oldest first; else its last one."""
        return _states(await self.read_flow_run(flow_run_id))

    async def read_task_run(self, task_run_id: Any) -> TaskRun:
        own = _history.task_runs.get(str(task_run_id))
        if own is None:
            raise ObjectNotFound(
                f"there is no task run {str(task_run_id)!r} of this process; those of other runs "
                "are found by their flow run, with read_task_runs"
            )
        return own  # type: ignore[no-any-return]

    async def read_task_runs(self, **filters: Any) -> List[TaskRun]:
        """Task runs of this process, newest first; with a filter of flow runs, those of theirs."""
        return _task_runs(filters)

    async def read_task_run_states(self, task_run_id: Any) -> List[State]:
        """Every state that a task run of this process has been in, oldest first."""
        return _states(await self.read_task_run(task_run_id))

    async def read_flow(self, flow_id: Any) -> Flow:
        for flow in _flows():
            if flow._id == str(flow_id):
                return flow
        raise ObjectNotFound(f"there is no flow {str(flow_id)!r}")

    async def read_flow_by_name(self, flow_name: str) -> Flow:
        for flow in _flows():
            if flow.name == flow_name:
                return flow
        raise ObjectNotFound(f"there is no flow {flow_name!r}")

    async def read_flows(self, **filters: Any) -> List[Flow]:
        return chosen(_flows(), {"flow": lambda flow: flow}, filters)

    async def read_deployment(self, deployment_id: Any) -> Deployment:
        for deployment in _deployments():
            if deployment._id == str(deployment_id):
                return deployment
        raise ObjectNotFound(f"there is no deployment {str(deployment_id)!r}")

    async def read_deployment_by_name(self, name: str) -> Deployment:
        """A deployment by `flow/deployment`."""
        return Deployment.from_api(look_up(["deployment", "inspect", name]))  # type: ignore[return-value]

    async def read_deployments(self, **filters: Any) -> List[Deployment]:
        return chosen(_deployments(), {"deployment": lambda one: one}, filters)

    async def delete_deployment(self, deployment_id: Any) -> None:
        run_command(["deployment", "delete", "--id", str(deployment_id)], parse=False)

    async def read_work_queue_by_name(self, name: str) -> WorkQueue:
        return WorkQueue.from_api(look_up(["work-queue", "inspect", name]))  # type: ignore[return-value]

    async def read_work_queues(self, **page: Any) -> List[WorkQueue]:
        rows = [WorkQueue.from_api(row) for row in look_through(["work-queue", "ls"])]
        return chosen(rows, {}, page)

    async def create_work_queue(self, name: str, **options: Any) -> Any:
        """The id of a new work queue."""
        return WorkQueue.from_api(run_command(["work-queue", "create", name, "-o", "json"])).id

    async def create_concurrency_limit(self, tag: str, concurrency_limit: int) -> Any:
        """Let at most so many task runs with a tag run at once; gives the limit's id."""
        args = ["concurrency-limit", "create", tag, str(concurrency_limit), "-o", "json"]
        return ConcurrencyLimit.from_api(run_command(args)).id

    async def read_concurrency_limit_by_tag(self, tag: str) -> ConcurrencyLimit:
        row = look_up(["concurrency-limit", "inspect", tag])
        return ConcurrencyLimit.from_api(row)  # type: ignore[return-value]

    async def read_concurrency_limits(self, **page: Any) -> List[ConcurrencyLimit]:
        rows = look_through(["concurrency-limit", "ls"])
        return chosen([ConcurrencyLimit.from_api(row) for row in rows], {}, page)

    async def delete_concurrency_limit_by_tag(self, tag: str) -> None:
        run_command(["concurrency-limit", "delete", tag], parse=False)

    async def read_logs(self, log_filter: Any = None, **page: Any) -> List[Log]:
        """Log records of this process, oldest first; of other flow runs those that a filter names."""
        return chosen(
            _logs(log_filter), {"log": lambda log: log}, {**page, "log_filter": log_filter}
        )

    async def create_flow(self, flow: Any) -> Any:
        """The id of a flow; flows come into being with their first run."""
        return flow_id_of(flow.name)

    async def create_flow_run(
        self,
        flow: Any,
        name: Optional[str] = None,
        parameters: Optional[Dict[str, Any]] = None,
        tags: Any = None,
        **options: Any,
    ) -> FlowRun:
        """Record a run of a flow in state Pending, without running it."""
        from prefect._flow_run import record_flow_run

        recorder.start()
        plain = flow.serialize_parameters(parameters or {})
        return record_flow_run(flow, plain, list(tags or []), name)

    async def create_flow_run_from_deployment(
        self, deployment_id: Any, *, parameters: Optional[Dict[str, Any]] = None, **options: Any
    ) -> FlowRun:
        """Create a run of a deployment, to be picked up by an agent."""
        from prefect._deployment_run import create_run

        return create_run(["--id", str(deployment_id)], parameters)

    async def delete_flow_run(self, flow_run_id: Any) -> None:
        run_command(["flow-run", "delete", str(flow_run_id)], parse=False)
        _history.flow_runs.pop(str(flow_run_id), None)


def _flow_run(row: Dict[str, Any]) -> FlowRun:
    return FlowRun.from_api(row)  # type: ignore[return-value]


def _flow_runs(filters: Dict[str, Any]) -> List[FlowRun]:
    own = dict(_history.flow_runs)
    others = [
        _flow_run(row)
        for row in look_through(["flow-run", "ls", "--limit", "0"])
        if row["id"] not in own
    ]
    rows = sorted([*own.values(), *others], key=lambda run: run._created, reverse=True)
    tests = {
        "flow_run": lambda run: run,
        "flow": lambda run: Flow(id=run.flow_id, name=run.__dict__.get("flow_name"), tags=[]),
        "deployment": lambda run: Deployment(id=run.deployment_id) if run.deployment_id else None,
    }
    return chosen(rows, tests, filters)


def _task_runs(filters: Dict[str, Any]) -> List[TaskRun]:
    rows = list(reversed(list(_history.task_runs.values())))
    parents = _history.flow_runs
    about = {key: filters.pop(key) for key in list(filters) if key.startswith("flow")}
    if any(about.values()):
        found = {run._id: run for run in _flow_runs(about)}
        rows = [run for run in rows if str(run._flow_run_id) in found]
        for run_id in found:
            if run_id not in parents:
                rows += _task_runs_of(run_id)
    return chosen(rows, {"task_run": lambda run: run}, filters)


def _task_runs_of(flow_run_id: str) -> List[Any]:
    row = look_up(["flow-run", "inspect", flow_run_id])
    return [
        TaskRun.from_api({**one, "flow_run_id": flow_run_id}) for one in row.get("task_runs") or []
    ]


def _states(run: Any) -> List[State]:
    if run.states:
        return list(run.states)
    return [run.state] if run.state is not None else []


def _flows() -> List[Any]:
    found = {run.flow_name: run.flow_id for run in _history.flow_runs.values()}
    own = [Flow(id=found[name], name=name, tags=[]) for name in sorted(found)]
    rows = look_through(["flow", "ls", "--limit", "0"])
    return own + [Flow.from_api(row) for row in rows if row["name"] not in found]


def _deployments() -> List[Any]:
    return [Deployment.from_api(row) for row in look_through(["deployment", "ls"])]


def _logs(log_filter: Any) -> List[Any]:
    import re

    from prefect._query import plain

    rows = [_log_row(event) for event in _history.logs]
    wanted = (plain(log_filter) or {}).get("flow_run_id", {}).get("any_") or []
    for run_id in wanted:
        if run_id not in _history.flow_runs:
            for row in run_command(["flow-run", "logs", run_id, "-o", "json"]):
                rows.append({**row, "flow_run_id": run_id})
    # 2.1 prints how a run ends and doesn't send it: the state says it.
    ending = re.compile(r"Finished in state \w+\(")
    return [Log.from_api(row) for row in rows if not ending.match(row["message"])]


def _log_row(event: Dict[str, Any]) -> Dict[str, Any]:
    """A log event as the API gives it."""
    from prefect.orion.schemas.states import _datetime

    row = {key: event[key] for key in ("flow_run_id", "task_run_id", "level", "message")}
    return {**row, "name": event["logger"], "timestamp": _datetime(event["at"])}
