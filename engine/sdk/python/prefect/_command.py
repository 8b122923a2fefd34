"""Asking the `prefect` program, for what only the database knows."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional


class CommandFailed(RuntimeError):
    """A command didn't do what was asked; ``found`` is false where it had nothing to do it to."""

    def __init__(self, text: str, found: bool) -> None:
        super().__init__(text)
        self.found = found


def run_command(args: List[str], cwd: Optional[str] = None, parse: bool = True) -> Any:
    """What a `prefect` command gives as JSON; `CommandFailed` with its message where it fails."""
    import os
    import subprocess

    from prefect._channel import find_binary
    from prefect._json import loads

    binary = find_binary()
    if binary is None:
        raise CommandFailed("no prefect binary found; set PREFECT_BINARY to its path", True)
    env = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT__")}
    done = subprocess.run(
        [binary, *args],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        message = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
        missing = "not found" in message or message.startswith("No ")
        raise CommandFailed(f"prefect {' '.join(args[:2])} failed: {message}", not missing)
    return loads(done.stdout.decode("utf-8")) if parse else None


def look_up(args: List[str]) -> Any:
    """What a command that shows one thing gives; `ObjectNotFound` where it isn't there."""
    from prefect.exceptions import ObjectNotFound

    try:
        return run_command([*args, "-o", "json"])
    except CommandFailed as exc:
        if exc.found:
            raise
        raise ObjectNotFound(str(exc).partition(" failed: ")[2].splitlines()[0]) from None


def look_through(args: List[str]) -> List[Any]:
    """The rows of a command that lists; none where there is no program to ask."""
    from prefect._channel import find_binary

    return run_command([*args, "-o", "json"]) if find_binary() is not None else []
