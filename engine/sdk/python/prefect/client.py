"""A client for what a local tool can answer: the runs of this process, and the database's.

Runs of this process are answered from memory; for others the supervisor is asked. Everything is
async, as in 2.1.
"""

from __future__ import annotations

from prefect import _history
from prefect._record import recorder
from prefect.exceptions import ObjectNotFound
from prefect.orion.schemas.core import (
    Deployment,
    Flow,
    FlowRun,
    Log,
    Record,
    TaskRun,
    WorkQueue,
    flow_id_of,
    state_from_api,
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

    `ObjectNotFound` is raised for an id or name that nothing has.
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
        run = _history.flow_runs.get(str(flow_run_id))
        return run or _one(FlowRun, "flow_run", id=flow_run_id)

    async def read_task_run(self, task_run_id: Any) -> TaskRun:
        run = _history.task_runs.get(str(task_run_id))
        return run or _one(TaskRun, "task_run", id=task_run_id)

    async def read_flow_run_states(self, flow_run_id: Any) -> List[State]:
        """Every state the run has been in, oldest first."""
        run = _history.flow_runs.get(str(flow_run_id))
        return _states(run, "flow_run_states", flow_run_id)

    async def read_task_run_states(self, task_run_id: Any) -> List[State]:
        """Every state the run has been in, oldest first."""
        run = _history.task_runs.get(str(task_run_id))
        return _states(run, "task_run_states", task_run_id)

    async def read_flow_runs(self, **filters: Any) -> List[FlowRun]:
        """Flow runs, newest first; filters and ``sort`` as in 2.1, ``limit``, ``offset``."""
        return _several(FlowRun, "flow_runs", _history.flow_runs, filters)

    async def read_task_runs(self, **filters: Any) -> List[TaskRun]:
        """Task runs, newest first; filters as for flow runs."""
        return _several(TaskRun, "task_runs", _history.task_runs, filters)

    async def read_flow(self, flow_id: Any) -> Flow:
        for run in _history.flow_runs.values():
            if str(run.flow_id) == str(flow_id):
                return Flow(id=flow_id, name=run.flow_name, tags=[])
        return _one(Flow, "flow", id=flow_id)

    async def read_flow_by_name(self, flow_name: str) -> Flow:
        for run in _history.flow_runs.values():
            if run.flow_name == flow_name:
                return Flow(id=run.flow_id, name=flow_name, tags=[])
        return _one(Flow, "flow", filter={"name": flow_name})

    async def read_flows(self, **filters: Any) -> List[Flow]:
        rows = _ask("flows", filter=_plain(filters))
        if rows is not None:
            return [Flow.from_api(row) for row in rows]  # type: ignore[misc]
        names = {run.flow_name: run.flow_id for run in _history.flow_runs.values()}
        return [Flow(id=names[name], name=name, tags=[]) for name in sorted(names)]

    async def read_deployment(self, deployment_id: Any) -> Deployment:
        return _one(Deployment, "deployment", id=deployment_id)

    async def read_deployment_by_name(self, name: str) -> Deployment:
        """A deployment by `flow/deployment`."""
        return _one(Deployment, "deployment", filter={"name": name})

    async def read_deployments(self, **filters: Any) -> List[Deployment]:
        rows = _ask("deployments", filter=_plain(filters)) or []
        return [Deployment.from_api(row) for row in rows]  # type: ignore[misc]

    async def read_work_queue_by_name(self, name: str) -> WorkQueue:
        return _one(WorkQueue, "work_queue", filter={"name": name})

    async def read_work_queues(self, **filters: Any) -> List[WorkQueue]:
        rows = _ask("work_queues", filter=_plain(filters)) or []
        return [WorkQueue.from_api(row) for row in rows]  # type: ignore[misc]

    async def read_logs(self, log_filter: Any = None, **filters: Any) -> List[Log]:
        """Log records, oldest first; ``log_filter`` as in 2.1."""
        plain = _plain(log_filter) or {}
        rows = _ask("logs", filter={"logs": plain, **_plain(filters)})
        if rows is None:
            rows = [row for row in map(_log_row, _history.logs) if _fits(row, plain)]
            offset = filters.get("offset") or 0
            rows = rows[offset:][: filters.get("limit")]
        return [Log.from_api(row) for row in rows]  # type: ignore[misc]

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
        return record_flow_run(flow, dict(parameters or {}), list(tags or []), name)

    async def create_flow_run_from_deployment(
        self, deployment_id: Any, *, parameters: Optional[Dict[str, Any]] = None, **options: Any
    ) -> FlowRun:
        """Create a run of a deployment, to be picked up by an agent."""
        from prefect.deployments import create_run

        return create_run(["--id", str(deployment_id)], parameters)


def _ask(what: str, **question: Any) -> Any:
    """The supervisor's answer; None where nobody records or nothing was found."""
    from prefect._json import dumps, quote

    fields = "".join(
        f',"{key}":{dumps(value)}' for key, value in question.items() if value is not None
    )
    answer = recorder.ask(f'"k":"read","what":{quote(what)}{fields}}}')
    return answer.get("value") if answer else None


def _one(kind: Any, what: str, **question: Any) -> Any:
    if "id" in question:
        question["id"] = str(question["id"])
    value = _ask(what, **question)
    if value is None:
        wanted = question.get("id") or question["filter"]["name"]
        raise ObjectNotFound(f"there is no {what.replace('_', ' ')} {wanted!r}")
    return kind.from_api(value)


def _states(run: Any, what: str, run_id: Any) -> List[State]:
    if run is not None and run.states:
        return list(run.states)
    return [state_from_api(row) for row in _ask(what, id=str(run_id)) or []]


def _several(kind: Any, what: str, own: Dict[str, Any], filters: Dict[str, Any]) -> List[Any]:
    limit = filters.pop("limit", None)
    offset = filters.pop("offset", 0) or 0
    sort = filters.pop("sort", None)
    plain = _plain(filters)
    asked = {**plain, "limit": limit, "offset": offset}
    rows = _ask(what, filter={key: value for key, value in asked.items() if value is not None})
    if rows is not None:
        return [own.get(row.get("id")) or kind.from_api(row) for row in rows]
    found = [run for run in reversed(list(own.values())) if _matches(run, plain)]
    if sort is not None and str(sort).endswith("_ASC"):
        found.reverse()
    return found[offset:][:limit]


def _log_row(event: Dict[str, Any]) -> Dict[str, Any]:
    """A log event as the API gives it."""
    from prefect.orion.schemas.states import _datetime

    row = {key: event[key] for key in ("flow_run_id", "task_run_id", "level", "message")}
    return {**row, "name": event["logger"], "timestamp": _datetime(event["at"])}


def _fits(row: Dict[str, Any], criteria: Dict[str, Any]) -> bool:
    """Whether a log record passes a filter."""
    for field, test in criteria.items():
        wanted = test.get("any_") if isinstance(test, dict) else None
        if wanted is not None and str(row.get(field)) not in [str(one) for one in wanted]:
            return False
        if field == "level" and isinstance(test, dict):
            lowest, highest = test.get("ge_") or 0, test.get("le_") or 100
            if not lowest <= row["level"] <= highest:
                return False
    return True


def _plain(value: Any) -> Any:
    """Filters as plain data, whatever class they came in."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    if isinstance(value, (str, int, float, bool)) or value is None:
        return getattr(value, "value", value)
    fields = value.dict() if hasattr(value, "dict") else getattr(value, "__dict__", None)
    return _plain(fields) if isinstance(fields, dict) else str(value)


def _matches(run: Record, filters: Dict[str, Any]) -> bool:
    """Whether a run of this process passes the filters of its own kind and of its flow run."""
    kind = "task_run" if isinstance(run, TaskRun) else "flow_run"
    for name, criteria in filters.items():
        name = name.replace("_filter", "")
        if name in (kind, kind + "s"):
            if not _passes(run, criteria):
                return False
        elif name.startswith("flow_run"):
            flow_run = _history.flow_runs.get(str(run._flow_run_id))  # type: ignore[attr-defined]
            if flow_run is None or not _passes(flow_run, criteria):
                return False
    return True


def _passes(run: Any, criteria: Dict[str, Any]) -> bool:
    for field, test in (criteria or {}).items():
        if field == "state":
            kinds = (test.get("type") or {}).get("any_")
            names = (test.get("name") or {}).get("any_")
            if kinds and run.state.type.value not in kinds or names and run.state.name not in names:
                return False
        elif field == "tags":
            if not set(test.get("all_") or ()) <= set(run.tags):
                return False
        elif isinstance(test, dict) and test.get("any_") is not None:
            wanted = [str(one) for one in test["any_"]]
            if str(getattr(run, field, None)) not in wanted:
                return False
    return True
