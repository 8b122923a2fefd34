"""`LocalFileSystem`: files below a folder, as a block."""

from __future__ import annotations

from typing import Any, Optional

from prefect.blocks.core import Block

__all__ = ["LocalFileSystem"]

_ELSEWHERE = ("Azure", "GCS", "RemoteFileSystem", "S3", "SMB")


class LocalFileSystem(Block):
    """Reads and writes files below ``basepath``; the current folder if it is None."""

    _block_type_name = "Local File System"
    basepath: Optional[str] = None

    def read_path(self, path: str) -> Any:
        """The bytes of a file; `ValueError` for a path outside of ``basepath``."""
        from prefect.blocks._store import awaitable

        target = self._resolve(path)
        if not target.exists():
            raise ValueError(f"Path {target} does not exist.")
        if not target.is_file():
            raise ValueError(f"Path {target} is not a file.")
        return awaitable(target.read_bytes())

    def write_path(self, path: str, content: bytes) -> Any:
        """Write a file, with the folders it needs."""
        from prefect.blocks._store import awaitable

        target = self._resolve(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return awaitable(None)

    def _resolve(self, path: str) -> Any:
        from pathlib import Path

        base = Path(self.basepath).expanduser().resolve() if self.basepath else Path.cwd()
        target = Path(path).expanduser()
        target = (target if target.is_absolute() else base / target).resolve()
        if base != target and base not in target.parents:
            raise ValueError(f"Provided path {target} is outside of the base path {base}.")
        return target


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        raise ImportError(
            f"{name} is not available: flows run from local folders here. Use LocalFileSystem, or "
            "the service's own client in the flow."
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
