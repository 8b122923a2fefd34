"""What `prefect.deployments` makes of its arguments for the `prefect` command."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Union

    from prefect.flows import Flow


def _nothing() -> None:
    return None


def _process() -> Any:
    from prefect.infrastructure import Process

    return Process()


def _no_parameters() -> Any:
    from prefect.utilities.callables import ParameterSchema

    return ParameterSchema()


# what a deployment has, and how what isn't given is made
FIELDS: Dict[str, Callable[[], Any]] = {
    "name": _nothing,
    "flow_name": _nothing,
    "description": _nothing,
    "version": _nothing,
    "tags": list,
    "schedule": _nothing,
    "work_queue_name": lambda: "default",
    "parameters": dict,
    "infra_overrides": dict,
    "infrastructure": _process,
    "storage": _nothing,
    "path": _nothing,
    "entrypoint": _nothing,
    "parameter_openapi_schema": _no_parameters,
}

# what `load` takes over
LOADED = (
    "description", "version", "tags", "work_queue_name", "parameters", "infra_overrides", "path",
    "entrypoint",
)  # fmt: skip


def saved(storage: Any) -> str:
    """The ``type/name`` of a storage block, which is saved if it isn't."""
    from prefect.blocks._store import save_anonymous

    if isinstance(storage, str):
        return storage
    slug = storage.get_block_type_slug()
    if storage._block_document_name:
        return f"{slug}/{storage._block_document_name}"
    name, _ = save_anonymous(slug, storage._values(), storage.get_block_type_name())
    return f"{slug}/{name}"


def place(flow: Flow) -> Any:
    """The folder and the entrypoint of a flow, as `prefect deployment build` has them."""
    import os

    if not hasattr(flow, "fn"):
        raise TypeError(f"a deployment is built from a flow, not from a {type(flow).__name__}")
    code = getattr(flow.fn, "__code__", None)
    file = os.path.abspath(code.co_filename) if code is not None else ""
    if not os.path.isfile(file):
        raise ValueError(
            f"flow {flow.name!r} is not defined in a file, so no other process could load it"
        )
    root = os.getcwd()
    relative = os.path.relpath(file, root)
    if relative.startswith(".."):
        root, relative = os.path.dirname(file), os.path.basename(file)
    return root, f"{relative}:{flow.fn.__name__}"


def checked(infrastructure: Any) -> Any:
    """A `Process`, the default one for None; an error for anything else."""
    from prefect.infrastructure import Process

    if infrastructure is None:
        return Process()
    if not isinstance(infrastructure, Process):
        raise TypeError(
            f"{type(infrastructure).__name__} is no infrastructure here; use "
            "prefect.infrastructure.Process"
        )
    if infrastructure.command != Process().command:
        raise ValueError(
            "a deployment made from Python runs its flow with `python -m prefect.engine`; set "
            "another command in the deployment's YAML file"
        )
    return infrastructure


def schedule_of(value: Any) -> Any:
    """A schedule, which may be given as a dict of its fields."""
    if not isinstance(value, dict):
        return value
    from prefect.orion.schemas import schedules

    for field, kind in (
        ("cron", schedules.CronSchedule),
        ("interval", schedules.IntervalSchedule),
        ("rrule", schedules.RRuleSchedule),
    ):
        if field in value:
            return kind(**value)
    raise ValueError(f"{value!r} is not a cron, interval or rrule schedule")


def schedule_flags(schedule: Any) -> List[str]:
    if schedule is None:
        return []
    zone = getattr(schedule, "timezone", None)
    flags = ["--timezone", str(zone)] if zone else []
    for kind in ("cron", "rrule"):
        text = getattr(schedule, kind, None)
        if text:
            return [f"--{kind}", str(text), *flags]
    interval = getattr(schedule, "interval", None)
    if interval is None:
        raise ValueError(f"{schedule!r} is not a cron, interval or rrule schedule")
    seconds: Union[int, float] = getattr(interval, "total_seconds", lambda: interval)()
    anchor = getattr(schedule, "anchor_date", None)
    if anchor is not None:
        flags += ["--anchor-date", anchor.isoformat()]
    return ["--interval", str(int(seconds)), *flags]


def write_description(path: str, description: Any) -> None:
    """Put a description in the place of the flow's own; JSON is YAML too."""
    from prefect._json import dumps

    with open(path, encoding="utf-8") as file:
        lines = file.readlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("description:"))
    end = start + 1
    while end < len(lines) and lines[end][:1] in (" ", "\n"):
        end += 1
    lines[start:end] = [f"description: {dumps(description)}\n"]
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)
