"""The runs of this process, for a client that asks about what it has just run.

Nothing is kept until `prefect.client` is imported: a script that never asks pays nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from prefect.orion.schemas.core import FlowRun, TaskRun

MAX_RUNS = 20000

enabled = False
flow_runs: Dict[str, Any] = {}
task_runs: Dict[str, Any] = {}
logs: List[Dict[str, Any]] = []


def enable() -> None:
    """Keep the runs that begin from now on, the last `MAX_RUNS` of each kind."""
    global enabled
    enabled = True


def forget() -> None:
    """Forget the runs so far, where another database begins."""
    flow_runs.clear()
    task_runs.clear()
    logs.clear()


def remember_flow_run(run: FlowRun) -> None:
    run.states = []
    _add(flow_runs, run)


def remember_task_run(run: TaskRun, names: List[str]) -> None:
    run.states = []
    if run.__dict__.get("_inputs") is None:
        run.__dict__["_inputs"] = dict.fromkeys(names, ())
    _add(task_runs, run)


def remember_logs(events: str) -> None:
    """Keep the log records among some events, those of runs."""
    from prefect._json import loads

    for line in events.splitlines():
        if line.startswith('{"k":"log","flow_run_id":"'):
            logs.append(loads(line))
    if len(logs) > MAX_RUNS:
        del logs[: len(logs) - MAX_RUNS]


def _add(runs: Dict[str, Any], run: Any) -> None:
    runs[run._id] = run
    if len(runs) > MAX_RUNS:
        runs.pop(next(iter(runs)), None)
