"""Deployments from Python: a thin layer over the `prefect` command, which does the work."""

from __future__ import annotations

from prefect._command import run_command
from prefect._deployment import (
    FIELDS,
    LOADED,
    checked,
    place,
    saved,
    schedule_flags,
    schedule_of,
    write_description,
)
from prefect._deployment_run import run_deployment
from prefect._mode import only_loaded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from prefect.flows import Flow

__all__ = ["Deployment", "run_deployment"]


class Deployment:
    """A deployment of a flow, to be given to the database with ``apply``.

    ``path`` and ``entrypoint`` say where the flow is; `build_from_flow` fills them in. ``storage``
    is a block that the flow's folder is uploaded to, and that runs fetch it from. A script that
    applies a deployment at module level is loaded for it, and later for each run: then nothing of
    this does anything.
    """

    name: str
    flow_name: Optional[str]
    description: Optional[str]
    version: Optional[str]
    tags: List[str]
    schedule: Any
    work_queue_name: Optional[str]
    parameters: Dict[str, Any]
    infra_overrides: Dict[str, Any]
    infrastructure: Any
    storage: Any
    path: Optional[str]
    entrypoint: Optional[str]
    parameter_openapi_schema: Any

    def __init__(self, **fields: Any) -> None:
        from prefect._validation import validation_error

        unknown = sorted(key for key in fields if key not in FIELDS and fields[key] is not None)
        if unknown:
            raise ValueError(
                f"a deployment has no {', '.join(unknown)} here; it has {', '.join(sorted(FIELDS))}"
            )
        if fields.get("name") is None:
            wrong = "none is not an allowed value" if "name" in fields else "field required"
            raise validation_error("Deployment", [("name", wrong)])
        self._given = set(fields)
        self._storage_path: Optional[str] = None
        self._flow_description: Optional[str] = None
        for name, default in FIELDS.items():
            self._set(name, fields[name] if name in fields else default())

    def _set(self, name: str, value: Any) -> None:
        if name == "infrastructure":
            value = checked(value)
        elif name == "schedule":
            value = schedule_of(value)
        elif name in ("tags", "parameters", "infra_overrides"):
            value = type(FIELDS[name]())(value or ())
        setattr(self, name, value)

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
        path, entrypoint = place(flow)
        options.setdefault("version", flow.version)
        options.setdefault("description", flow.description)
        made = cls(
            name=name,
            flow_name=flow.name,
            path=path,
            entrypoint=entrypoint,
            parameter_openapi_schema=flow.parameters,
            **options,
        )
        made._storage_path = str(below) if below is not None else None
        made._flow_description = flow.description
        upload = made.storage is not None and not skip_upload
        if output:
            made._build(output, upload)
        elif upload and not apply:
            made.upload_to_storage()
        if apply:
            made._apply(upload and not output)
        return awaitable(made)

    def update(self, **fields: Any) -> None:
        """Change fields; `ValueError` for one that there isn't."""
        unknown = [name for name in fields if name not in FIELDS]
        if unknown:
            raise ValueError(f"Received unexpected attributes: {', '.join(unknown)}")
        self._given.update(fields)
        for name, value in fields.items():
            self._set(name, value)

    def load(self) -> Any:
        """Take over from the database what was not given here; False if it isn't there."""
        from prefect.blocks._store import awaitable

        if not self.flow_name:
            raise ValueError("Both a deployment name and flow name must be provided.")
        return awaitable(self._load())

    def _load(self) -> bool:
        from prefect._command import look_up
        from prefect.exceptions import ObjectNotFound

        try:
            known = look_up(["deployment", "inspect", f"{self.flow_name}/{self.name}"])
        except ObjectNotFound:
            return False
        for name in LOADED:
            if name not in self._given:
                self._set(name, known.get(name))
        return True

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

        if only_loaded():
            return None
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
        if only_loaded():
            return
        args = ["deployment", "build", self.entrypoint, "-n", self.name, "-o", output, "--force"]
        run_command(
            [*args, *self._flags(), *self._storage_flags(upload)], cwd=self.path, parse=False
        )
        if self.description != self._flow_description:
            write_description(output, self.description)

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
        environment = {f"env.{k}": v for k, v in self.infrastructure.env.items()}
        for key, value in {**environment, **self.infra_overrides}.items():
            flags += ["--override", f"{key}={value}"]
        return flags + schedule_flags(self.schedule)

    def _storage_flags(self, upload: bool) -> List[str]:
        if self.storage is None:
            return []
        flags = ["--storage-block", saved(self.storage)]
        if self._storage_path is not None:
            flags += ["--path", self._storage_path]
        return flags if upload else [*flags, "--skip-upload"]

    def dict(self) -> Dict[str, Any]:
        """The fields by name."""
        return {name: getattr(self, name) for name in FIELDS}

    def __repr__(self) -> str:
        return f"Deployment(name={self.name!r}, flow_name={self.flow_name!r})"
