"""Where flow runs run: in local processes."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from prefect.blocks.core import Block

__all__ = ["Process", "ProcessResult"]


class ProcessResult:
    """How a process ended: ``status_code`` is its exit code, ``identifier`` its process id."""

    def __init__(self, identifier: str, status_code: int) -> None:
        self.identifier = identifier
        self.status_code = status_code

    def __bool__(self) -> bool:
        return self.status_code == 0

    def __repr__(self) -> str:
        return f"ProcessResult(identifier={self.identifier!r}, status_code={self.status_code})"


class Process(Block):
    """A command run as a process of this machine.

    ``env`` is added to the environment. With ``stream_output`` what the process prints is passed
    on. As a deployment's infrastructure, it says how the deployment's runs are started.
    """

    type: str = "process"
    env: Dict[str, Optional[str]] = {}  # noqa: RUF012
    labels: Dict[str, str] = {}  # noqa: RUF012
    name: Optional[str] = None
    command: List[str] = ["python", "-m", "prefect.engine"]  # noqa: RUF012
    stream_output: bool = True

    def run(self, task_status: Any = None) -> Any:
        """Run the command in an empty folder and wait for its end; gives a `ProcessResult`."""
        from prefect.blocks._store import awaitable

        if not self.command:
            raise ValueError("Process cannot be run with empty command.")
        return awaitable(self._run())

    def _run(self) -> ProcessResult:
        import subprocess
        import sys
        import tempfile

        from prefect.logging import get_logger

        logger = get_logger("infrastructure.process")
        shown = f" {self.name!r}" if self.name else ""
        logger.info(f"Opening process{shown}...")
        command = [sys.executable if part == "python" else part for part in self.command]
        output = None if self.stream_output else subprocess.DEVNULL
        with tempfile.TemporaryDirectory(suffix="prefect") as folder:
            process = subprocess.Popen(
                command, cwd=folder, env=self._environment(), stdout=output, stderr=output
            )
            code = process.wait()
        shown = shown or f" {process.pid}"
        if code:
            logger.error(f"Process{shown} exited with status code: {code}")
        else:
            logger.info(f"Process{shown} exited cleanly.")
        return ProcessResult(str(process.pid), code)

    def _environment(self) -> Dict[str, str]:
        import os

        env = {**os.environ, **self.env}
        return {name: value for name, value in env.items() if value is not None}

    def preview(self) -> str:
        """The environment that is added, and the command."""
        lines = [f"{name}={value}" for name, value in self.env.items()]
        return " \\\n".join([*lines, " ".join(self.command)])


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise ImportError(
        f"{name} is not available: flow runs are local processes here. Use Process; a command of "
        "your own can start a container with the flow's parameters in PREFECT__PARAMETERS."
    )
