"""Deployments from Python: a thin layer over the `prefect` command, which does the work."""

from __future__ import annotations

from prefect._command import run_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Union

    from prefect.flows import Flow
    from prefect.orion.schemas.core import FlowRun

__all__ = ["Deployment", "run_deployment"]


class Deployment:
    """A deployment of a flow, to be given to the database with ``apply``.

    ``path`` and ``entrypoint`` say where the flow is; `build_from_flow` fills them in. ``storage``
    is a block that the flow's folder is uploaded to, and that runs fetch it from.
    """

    def __init__(
        self,
        name: str,
        flow_name: Optional[str] = None,
        *,
        description: Optional[str] = None,
        version: Optional[str] = None,
        tags: Optional[List[str]] = None,
        schedule: Any = None,
        work_queue_name: Optional[str] = "default",
        parameters: Optional[Dict[str, Any]] = None,
        infra_overrides: Optional[Dict[str, Any]] = None,
        infrastructure: Any = None,
        path: Optional[str] = None,
        entrypoint: Optional[str] = None,
        parameter_openapi_schema: Any = None,
        storage: Any = None,
        **others: Any,
    ) -> None:
        unknown = {key: value for key, value in others.items() if value is not None}
        if unknown:
            raise ValueError(
                f"a deployment has no {', '.join(sorted(unknown))} here; it has "
                f"{', '.join(sorted(_FIELDS))}"
            )
        self.name = name
        self.flow_name = flow_name
        self.description = description
        self.version = version
        self.tags = list(tags or [])
        self.schedule = schedule
        self.work_queue_name = work_queue_name
        self.parameters = dict(parameters or {})
        self.infra_overrides = dict(infra_overrides or {})
        self.infrastructure = _checked(infrastructure)
        self.path = path
        self.entrypoint = entrypoint
        self.parameter_openapi_schema = parameter_openapi_schema
        self.storage = storage
        self._storage_path: Optional[str] = None

    @classmethod
    def build_from_flow(
        cls, flow: Flow, name: str, output: Optional[str] = None, **options: Any
    ) -> Any:
        """A deployment of a flow that is defined in a file; written as YAML to ``output``, if given.

        With ``storage``, the folder is uploaded there, below ``path``, unless ``skip_upload`` is
        set. `ValueError` for a flow without a file.
        """
        from prefect.blocks._store import awaitable

        if not name:
            raise ValueError("A deployment name must be provided.")
        apply = options.pop("apply", False)
        skip_upload = options.pop("skip_upload", False)
        if options.pop("ignore_file", None) not in (None, ".prefectignore"):
            raise ValueError("what is left out is always said by the file .prefectignore here")
        below = options.pop("path", None)
        path, entrypoint = _place(flow)
        options.setdefault("version", flow.version)
        made = cls(
            name=name,
            flow_name=flow.name,
            path=path,
            entrypoint=entrypoint,
            parameter_openapi_schema=flow.parameters,
            **options,
        )
        made._storage_path = str(below) if below is not None else None
        upload = made.storage is not None and not skip_upload
        if output:
            made._build(output, upload)
        elif upload and not apply:
            made.upload_to_storage()
        if apply:
            made._apply(upload and not output)
        return awaitable(made)

    def apply(self, upload: bool = False) -> Any:
        """Create the deployment, or update the one of this name; gives its id.

        ``upload`` uploads the folder to the storage block again.
        """
        from prefect.blocks._store import awaitable

        return awaitable(self._apply(upload))

    def upload_to_storage(self) -> Any:
        """Upload the folder to the storage block."""
        import os
        import tempfile

        from prefect.blocks._store import awaitable

        if self.storage is None:
            raise ValueError(f"deployment {self.name!r} has no storage block")
        with tempfile.TemporaryDirectory(prefix="prefect-") as folder:
            self._build(os.path.join(folder, "deployment.yaml"), True)
        return awaitable(None)

    def to_yaml(self, path: Any) -> Any:
        """Write the deployment as a YAML file."""
        from prefect.blocks._store import awaitable

        self._build(str(path), False)
        return awaitable(None)

    def _apply(self, upload: bool) -> Any:
        import os
        import tempfile

        from prefect._ids import as_uuid

        with tempfile.TemporaryDirectory(prefix="prefect-") as folder:
            manifest = os.path.join(folder, "deployment.yaml")
            self._build(manifest, upload)
            answer = run_command(["deployment", "apply", manifest, "-o", "json"])
        applied = answer[0] if isinstance(answer, list) else answer
        return as_uuid(applied["id"])

    def _build(self, output: str, upload: bool) -> None:
        if not self.entrypoint:
            raise ValueError(
                f"deployment {self.name!r} has no entrypoint; use Deployment.build_from_flow"
            )
        args = ["deployment", "build", self.entrypoint, "-n", self.name, "-o", output, "--force"]
        run_command(
            [*args, *self._flags(), *self._storage_flags(upload)], cwd=self.path, parse=False
        )
        if self.description is not None:
            _write_description(output, self.description)

    def _flags(self) -> List[str]:
        from prefect._json import dumps

        flags: List[str] = []
        if self.version:
            flags += ["-v", str(self.version)]
        if self.work_queue_name:
            flags += ["-q", self.work_queue_name]
        for tag in self.tags:
            flags += ["-t", tag]
        if self.parameters:
            flags += ["--params", dumps(self.parameters)]
        overrides: Dict[str, Any] = {}
        if self.infrastructure is not None:
            overrides.update({f"env.{k}": v for k, v in self.infrastructure.env.items()})
        for key, value in {**overrides, **self.infra_overrides}.items():
            flags += ["--override", f"{key}={value}"]
        return flags + _schedule_flags(self.schedule)

    def _storage_flags(self, upload: bool) -> List[str]:
        if self.storage is None:
            return []
        flags = ["--storage-block", _saved(self.storage)]
        if self._storage_path is not None:
            flags += ["--path", self._storage_path]
        return flags if upload else [*flags, "--skip-upload"]

    def __repr__(self) -> str:
        return f"Deployment(name={self.name!r}, flow_name={self.flow_name!r})"


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


def _saved(storage: Any) -> str:
    """The ``type/name`` of a storage block, which is saved if it isn't."""
    from prefect.blocks._store import save_anonymous

    if isinstance(storage, str):
        return storage
    slug = storage.get_block_type_slug()
    if storage._block_document_name:
        return f"{slug}/{storage._block_document_name}"
    name, _ = save_anonymous(slug, storage._values(), storage.get_block_type_name())
    return f"{slug}/{name}"


def _place(flow: Flow) -> Any:
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


def _checked(infrastructure: Any) -> Any:
    """A `Process`, or None for the default one; `ValueError` for anything else."""
    if infrastructure is None:
        return None
    from prefect.infrastructure import Process

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


def _schedule_flags(schedule: Any) -> List[str]:
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


def _write_description(path: str, description: str) -> None:
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


_FIELDS = (
    "name", "flow_name", "description", "version", "tags", "schedule", "work_queue_name",
    "parameters", "infra_overrides", "infrastructure", "storage", "path", "entrypoint",
    "parameter_openapi_schema",
)  # fmt: skip
