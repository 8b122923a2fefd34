"""What to say of a name that `prefect` doesn't have."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MODULES = (
    "blocks", "client", "context", "deployments", "engine", "exceptions", "filesystems", "flows",
    "futures", "infrastructure", "logging", "orion", "serializers", "settings", "states",
    "task_runners", "tasks",
    "testing", "utilities",
)  # fmt: skip

# names that scripts of other versions and of Prefect 1 look for, and what to write instead
_INSTEAD = {
    "Parameter": "a parameter of the flow's function",
    "allow_failure": "`return_state=True` and a look at the state; it came after 2.1",
    "case": "`if` in the flow",
    "mapped": "`Task.map`",
    "serve": "`prefect deployment build` and `prefect agent start`",
    "runtime": "`prefect.context.get_run_context()`",
    "variables": "parameters, or `prefect.blocks.system.JSON`",
    "artifacts": "the run's log",
    "results": "the values that flows and tasks return",
    "flow_runs": "`prefect.deployments.run_deployment`",
    "deploy": "`prefect deployment build` and `prefect deployment apply`",
    "Client": "`prefect.get_client`",
    "Manifest": "`prefect.deployments.Deployment`",
    "server": "nothing: no server is needed",
}


def find_module(name: str) -> Any:
    """The submodule ``name``; `AttributeError` with advice for anything else."""
    if name in _MODULES:
        from importlib import import_module

        return import_module(f"prefect.{name}")
    text = f"module 'prefect' has no attribute {name!r}"
    if not name.startswith("_"):
        instead = _INSTEAD.get(name)
        if instead:
            text += f"; use {instead}"
        else:
            from prefect import __all__

            text += f"; it has {', '.join(__all__)} and the modules {', '.join(_MODULES)}"
    raise AttributeError(text)
