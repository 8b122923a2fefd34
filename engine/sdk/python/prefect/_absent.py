"""What to say of a name that `prefect` doesn't have."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MODULES = (
    "blocks", "client", "context", "deployments", "engine", "exceptions", "filesystems", "flows",
    "futures", "infrastructure", "logging", "orion", "serializers", "settings", "states",
    "task_runners", "tasks", "testing", "utilities",
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
    "agent": "`prefect agent start`",
    "cli": "the prefect program",
    "docker": "a command of your own as the deployment's infrastructure",
    "flow_runners": "`prefect.infrastructure.Process`",
    "packaging": "`prefect.deployments.Deployment`; flows run from their folder or a storage block",
    "plugins": "nothing: there are no plug-ins",
    "run_configs": "`prefect.infrastructure.Process`",
    "executors": "`prefect.task_runners`",
    "schedules": "`prefect.orion.schemas.schedules`",
    "storage": "`prefect.filesystems`",
    "triggers": "`wait_for` and the states of futures",
    "signals": "`prefect.orion.schemas.states`, returned from a task",
    "backend": "`prefect.get_client`",
}


def find_module(name: str) -> Any:
    """The submodule ``name``; `AttributeError` with advice for anything else."""
    if name in _MODULES:
        from importlib import import_module

        return import_module(f"prefect.{name}")
    text = f"module 'prefect' has no attribute {name!r}"
    raise AttributeError(text if name.startswith("_") else text + _advice(name))


def refuse_import(full_name: str) -> None:
    """Raise the error for `import prefect.NAME` and for `from prefect import NAME`."""
    name, _, below = full_name[len("prefect.") :].partition(".")
    if name.startswith("_"):
        return
    if below or name in _MODULES:
        raise ModuleNotFoundError(f"No module named {full_name!r}", name=full_name)
    raise ImportError(f"cannot import {name!r} from 'prefect'" + _advice(name), name=full_name)


def _advice(name: str) -> str:
    instead = _INSTEAD.get(name)
    if instead:
        return f"; use {instead}"
    from prefect import __all__

    return f"; it has {', '.join(__all__)} and the modules {', '.join(_MODULES)}"
