"""Runs of deployments, for an agent to pick up."""

from __future__ import annotations

from prefect._command import run_command
from prefect._mode import only_loaded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from prefect.orion.schemas.core import FlowRun


def run_deployment(
    name: str,
    parameters: Optional[Dict[str, Any]] = None,
    timeout: Optional[float] = None,
    poll_interval: float = 0.5,
    **options: Any,
) -> Any:
    """Create a run of the deployment `flow/name` and wait until an agent has finished it.

    ``timeout`` is in seconds, None without end; 0 doesn't wait. Gives the flow run as it is then.
    """
    from prefect.blocks._store import awaitable

    if options:
        raise TypeError(f"run_deployment has no {', '.join(sorted(options))} here")
    if only_loaded():
        return awaitable(None)
    run = create_run([name], parameters)
    return awaitable(_wait(run, timeout, poll_interval))


def create_run(which: List[str], parameters: Optional[Dict[str, Any]]) -> FlowRun:
    """A new run of a deployment, for an agent to pick up."""
    from prefect._json import dumps
    from prefect.orion.schemas.core import FlowRun

    flags: List[str] = []
    for key, value in (parameters or {}).items():
        flags += ["-p", f"{key}={dumps(value)}"]
    answer = run_command(["deployment", "run", *which, *flags, "-o", "json"])
    return FlowRun.from_api(answer)  # type: ignore[return-value]


def _wait(run: FlowRun, timeout: Optional[float], poll_interval: float) -> FlowRun:
    import time

    from prefect.orion.schemas.core import FlowRun

    end = None if timeout is None else time.monotonic() + timeout
    while (run.state is None or not run.state.is_final()) and (
        end is None or time.monotonic() < end
    ):
        time.sleep(poll_interval)
        answer = run_command(["flow-run", "inspect", run._id, "-o", "json"])
        run = FlowRun.from_api(answer)  # type: ignore[assignment]
    return run
