"""Storage blocks: `LocalFileSystem`, `S3` and `RemoteFileSystem`.

Files of the current machine are read and written here. Whatever is more than that (S3, whole
folders with what `.prefectignore` leaves out) is done by the `prefect` binary. Credentials are
never saved: they come from the environment or the AWS files.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from prefect.blocks.core import Block

__all__ = [
    "S3",
    "LocalFileSystem",
    "ReadableFileSystem",
    "RemoteFileSystem",
    "WritableFileSystem",
]

_ELSEWHERE = ("Azure", "GCS", "SMB")


class ReadableFileSystem(Block):
    """A block that files can be read from."""

    def read_path(self, path: str) -> Any:
        """The bytes of a file."""
        raise NotImplementedError

    def get_directory(
        self, from_path: Optional[str] = None, local_path: Optional[str] = None
    ) -> Any:
        """Copy what is below ``from_path`` into the folder ``local_path``."""
        raise NotImplementedError


class WritableFileSystem(Block):
    """A block that files can be written to."""

    def write_path(self, path: str, content: bytes) -> Any:
        """Write a file, with the folders it needs."""
        raise NotImplementedError

    def put_directory(
        self,
        local_path: Optional[str] = None,
        to_path: Optional[str] = None,
        ignore_file: Optional[str] = None,
    ) -> Any:
        """Copy the folder ``local_path`` below ``to_path``; gives how many files it has.

        ``ignore_file`` has patterns, as git reads a .gitignore file, of what is left out.
        """
        raise NotImplementedError


class LocalFileSystem(ReadableFileSystem, WritableFileSystem):
    """Reads and writes files below ``basepath``; the current folder if it is None."""

    _block_type_name = "Local File System"
    basepath: Optional[str] = None

    def __init__(self, **values: Any) -> None:
        if hasattr(values.get("basepath"), "__fspath__"):
            values["basepath"] = str(values["basepath"])
        super().__init__(**values)

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
        if target.exists() and not target.is_file():
            raise ValueError(f"Path {target} already exists and is not a file.")
        target.write_bytes(content)
        return awaitable(None)

    def get_directory(
        self, from_path: Optional[str] = None, local_path: Optional[str] = None
    ) -> Any:
        """Copy what is below ``from_path``, or ``basepath``, into ``local_path``, or here."""
        from prefect.blocks._store import awaitable

        _Place(self._slug(), self._absolute()).get(self._below(from_path), local_path)
        return awaitable(None)

    def put_directory(
        self,
        local_path: Optional[str] = None,
        to_path: Optional[str] = None,
        ignore_file: Optional[str] = None,
    ) -> Any:
        """Copy ``local_path``, or the current folder, below ``to_path``, or to ``basepath``."""
        from prefect.blocks._store import awaitable

        place = _Place(self._slug(), self._absolute())
        return awaitable(place.put(local_path, self._below(to_path), ignore_file))

    def _slug(self) -> str:
        return "local-file-system"

    def _base(self) -> Any:
        from pathlib import Path

        return Path(self.basepath).expanduser().resolve() if self.basepath else Path.cwd()

    def _absolute(self) -> Dict[str, Any]:
        return {"basepath": str(self._base())}

    def _below(self, path: Any) -> str:
        if path is None:
            return "."
        return str(self._resolve(str(path)).relative_to(self._base()).as_posix())

    def _resolve(self, path: str) -> Any:
        from pathlib import Path

        base = self._base()
        target = Path(path).expanduser()
        target = (target if target.is_absolute() else base / target).resolve()
        if base != target and base not in target.parents:
            raise ValueError(f"Provided path {target} is outside of the base path {base}.")
        return target


class RemoteFileSystem(ReadableFileSystem, WritableFileSystem):
    """Reads and writes files below an address: ``s3://bucket/folder`` or ``file:///folder``.

    ``settings`` may have ``anon``, and the ``endpoint_url`` and ``region_name`` of a service that
    speaks S3, the latter two also below ``client_kwargs``. Credentials among them are used, but
    never saved.
    """

    _block_type_name = "Remote File System"
    basepath: str
    settings: Optional[Dict[str, Any]] = None

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.__dict__["settings"] = self.settings or {}
        from urllib.parse import urlsplit

        scheme, place, path, _, _ = urlsplit(self.basepath)
        if not scheme:
            raise _invalid(self, f"Base path must start with a scheme. Got {self.basepath!r}.")
        if not place and not (scheme == "file" and path):
            raise _invalid(
                self,
                f"Base path must include a location after the scheme. Got {self.basepath!r}.",
            )

    def read_path(self, path: str) -> Any:
        """The bytes of a file; `FileNotFoundError` if there is none."""
        from prefect.blocks._store import awaitable

        return awaitable(self._place().read(self._below(path)))

    def write_path(self, path: str, content: bytes) -> Any:
        """Write a file."""
        from prefect.blocks._store import awaitable

        self._place().write(self._below(path), content)
        return awaitable(None)

    def get_directory(
        self, from_path: Optional[str] = None, local_path: Optional[str] = None
    ) -> Any:
        """Copy what is below ``from_path``, or ``basepath``, into ``local_path``, or here."""
        from prefect.blocks._store import awaitable

        self._place().get(self._below(from_path), local_path)
        return awaitable(None)

    def put_directory(
        self,
        local_path: Optional[str] = None,
        to_path: Optional[str] = None,
        ignore_file: Optional[str] = None,
        overwrite: bool = True,
    ) -> Any:
        """Copy ``local_path``, or the current folder, below ``to_path``, or to ``basepath``."""
        from prefect.blocks._store import awaitable

        return awaitable(self._place().put(local_path, self._below(to_path), ignore_file))

    def _place(self) -> _Place:
        settings, credentials = _part(self.settings or {})
        return _Place(
            "remote-file-system", {"basepath": self.basepath, "settings": settings}, credentials
        )

    def _below(self, path: Optional[str]) -> str:
        """A path below ``basepath``, which may be written as a whole address."""
        from urllib.parse import urlsplit

        if path is None:
            return "."
        if "://" not in path:
            return path.lstrip("/") or "."
        base, given = urlsplit(self.basepath), urlsplit(path)
        if given.scheme != base.scheme:
            raise ValueError(
                f"Path {path!r} with scheme {given.scheme!r} must use the same scheme as the base "
                f"path {base.scheme!r}."
            )
        folder = base.path.rstrip("/")
        inside = given.path == folder or given.path.startswith(folder + "/")
        if given.netloc != base.netloc or not inside:
            raise ValueError(f"Path {path!r} is outside of the base path {self.basepath!r}.")
        return given.path[len(folder) :].lstrip("/") or "."

    def _values(self) -> Dict[str, Any]:
        if _part(self.settings or {})[1]:
            raise ValueError("settings hold credentials, " + _NOT_SAVED)
        return super()._values()


class S3(ReadableFileSystem, WritableFileSystem):
    """Reads and writes files in S3, below ``bucket_path``: a bucket, or ``bucket/folder``.

    Credentials that are given are used, but never saved; without, they come from the environment
    or the AWS files. ``endpoint_url`` is that of another service that speaks S3.
    """

    _block_type_name = "S3"
    bucket_path: str
    aws_access_key_id: Optional[str] = None
    aws_secret_access_key: Optional[str] = None
    endpoint_url: Optional[str] = None
    region_name: Optional[str] = None

    def __init__(self, **values: Any) -> None:
        from prefect.blocks.system import SecretText

        for name in ("aws_access_key_id", "aws_secret_access_key"):
            if hasattr(values.get(name), "get_secret_value"):
                values[name] = values[name].get_secret_value()
        super().__init__(**values)
        for name in ("aws_access_key_id", "aws_secret_access_key"):
            if self.__dict__[name] is not None:
                self.__dict__[name] = SecretText(self.__dict__[name])

    @property
    def basepath(self) -> str:
        """The address of ``bucket_path``."""
        return f"s3://{self.bucket_path}"

    @property
    def filesystem(self) -> RemoteFileSystem:
        """The same place as a `RemoteFileSystem`."""
        given = {
            "key": _text(self.aws_access_key_id),
            "secret": _text(self.aws_secret_access_key),
            "endpoint_url": self.endpoint_url,
            "client_kwargs": {"region_name": self.region_name} if self.region_name else None,
        }
        settings = {name: value for name, value in given.items() if value}
        return RemoteFileSystem(basepath=self.basepath, settings=settings)

    def read_path(self, path: str) -> Any:
        """The bytes of a file; `FileNotFoundError` if there is none."""
        return self.filesystem.read_path(path)

    def write_path(self, path: str, content: bytes) -> Any:
        """Write a file."""
        return self.filesystem.write_path(path, content)

    def get_directory(
        self, from_path: Optional[str] = None, local_path: Optional[str] = None
    ) -> Any:
        """Copy what is below ``from_path``, or ``bucket_path``, into ``local_path``, or here."""
        return self.filesystem.get_directory(from_path, local_path)

    def put_directory(
        self,
        local_path: Optional[str] = None,
        to_path: Optional[str] = None,
        ignore_file: Optional[str] = None,
    ) -> Any:
        """Copy ``local_path``, or the current folder, below ``to_path``, or to ``bucket_path``."""
        return self.filesystem.put_directory(local_path, to_path, ignore_file)

    def _values(self) -> Dict[str, Any]:
        if self.aws_access_key_id or self.aws_secret_access_key:
            raise ValueError("the block has credentials, " + _NOT_SAVED)
        return {name: value for name, value in super()._values().items() if value is not None}


_NOT_SAVED = (
    "which are never saved; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or "
    "keep them in ~/.aws/credentials"
)

# Where the binary takes from what Prefect's blocks have in their settings.
_CREDENTIALS = {
    "key": "AWS_ACCESS_KEY_ID",
    "username": "AWS_ACCESS_KEY_ID",
    "aws_access_key_id": "AWS_ACCESS_KEY_ID",
    "secret": "AWS_SECRET_ACCESS_KEY",
    "password": "AWS_SECRET_ACCESS_KEY",
    "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "token": "AWS_SESSION_TOKEN",
    "aws_session_token": "AWS_SESSION_TOKEN",
}


def _part(settings: Dict[str, Any]) -> Any:
    """Settings without their credentials, and these as environment variables."""
    rest: Dict[str, Any] = {}
    credentials: Dict[str, str] = {}
    for name, value in settings.items():
        if name in _CREDENTIALS:
            if value:
                credentials[_CREDENTIALS[name]] = _text(value)
        elif isinstance(value, dict):
            rest[name], inner = _part(value)
            credentials.update(inner)
        else:
            rest[name] = value
    return rest, credentials


def _text(secret: Any) -> Any:
    return secret.get_secret_value() if hasattr(secret, "get_secret_value") else secret


def _invalid(block: Block, message: str) -> ValueError:
    from prefect._validation import validation_error

    return validation_error(type(block).__name__, [("basepath", message)])


class _Place:
    """A block that the binary reads and writes."""

    def __init__(
        self, slug: str, values: Dict[str, Any], credentials: Optional[Dict[str, str]] = None
    ) -> None:
        self.slug = slug
        self.values = values
        self.credentials = credentials or {}

    def read(self, path: str) -> bytes:
        return self._run(["read", path])

    def write(self, path: str, content: bytes) -> None:
        self._run(["write", path], content)

    def get(self, path: str, folder: Any) -> None:
        self._run(["get", path, str(folder or ".")])

    def put(self, folder: Any, path: str, ignore_file: Any) -> int:
        from json import loads

        flags = ["--ignore-file", str(ignore_file)] if ignore_file else []
        answer = loads(self._run(["put", str(folder or "."), path, *flags]))
        return int(answer["files"])

    def _run(self, args: Any, content: bytes = b"") -> bytes:
        import os
        import subprocess
        from json import dumps

        from prefect._channel import find_binary

        binary = find_binary()
        if binary is None:
            raise RuntimeError("no prefect binary found; set PREFECT_BINARY to its path")
        env = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT__")}
        env.update(self.credentials)
        env["PREFECT__BLOCK"] = dumps({"type": self.slug, "values": self.values})
        done = subprocess.run(
            [binary, "block", "fs", *args], input=content, env=env, capture_output=True, check=False
        )
        if done.returncode == 0:
            return done.stdout
        message = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        if message.endswith("file does not exist"):
            raise FileNotFoundError(message)
        raise RuntimeError(message or f"prefect block fs ended with code {done.returncode}")


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        raise ImportError(
            f"{name} is not available here. Use LocalFileSystem, S3 or RemoteFileSystem, or the "
            "service's own client in the flow."
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
