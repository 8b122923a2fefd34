"""Saved blocks: one JSON file each, below ``PREFECT_HOME/blocks/TYPE``."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

_TAKEN = (
    "You are attempting to save values with a name that is already in use for this block type. If "
    "you would like to overwrite the values that are saved, then save with `overwrite=True`."
)


def save(
    slug: str,
    name: str,
    values: Dict[str, Any],
    overwrite: bool,
    type_name: str = "",
    anonymous: bool = False,
    secrets: Optional[List[str]] = None,
) -> Any:
    """Write a block's values and give its id; `ValueError` for a bad name or one that is taken.

    ``secrets`` are the keys of the values that the command line must not show.
    """
    from datetime import datetime, timezone
    from json import dumps

    from prefect._ids import as_uuid, new_id
    from prefect._json import encode

    if not _is_name(name):
        raise ValueError(
            f"block name {name!r} must only contain lowercase letters, numbers, and dashes"
        )
    path = _path(slug, name)
    now = datetime.now(timezone.utc).isoformat(timespec="microseconds")
    document: Dict[str, Any] = {"id": new_id(), "type_name": type_name, "created": now}
    if os.path.exists(path):
        if not overwrite:
            raise ValueError(_TAKEN)
        old = load(slug, name)
        document.update(id=str(old["id"]), created=old.get("created", now))
    document.update(updated=now, is_anonymous=anonymous)
    document.update(secrets=secrets or [], values=values)
    _write(path, dumps(document, default=encode))
    return as_uuid(document["id"])


def save_anonymous(slug: str, values: Dict[str, Any], type_name: str) -> Any:
    """Save a block that has no name, under one that the same values always get; gives both."""
    from json import dumps
    from uuid import NAMESPACE_URL, uuid5

    from prefect._json import encode

    text = dumps([slug, values], default=encode, sort_keys=True)
    name = f"anonymous-{uuid5(NAMESPACE_URL, text)}"
    return name, save(slug, name, values, True, type_name, True)


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    # A name that is nobody else's, and none of a block: a draft that is left is no harm.
    draft = os.path.join(os.path.dirname(path), f".draft-{os.urandom(8).hex()}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        os.replace(draft, path)  # a reader sees the old block or the new one, never half of it
    except BaseException:
        os.unlink(draft)
        raise


def load(slug: str, name: str) -> Dict[str, Any]:
    """A saved block: its ``id`` and ``values``; `ValueError` where there is none."""
    from json import loads

    from prefect._ids import as_uuid

    try:
        if not (_is_name(slug) and _is_name(name)):
            raise FileNotFoundError
        with open(_path(slug, name), encoding="utf-8") as file:
            document = loads(file.read())
    except FileNotFoundError:
        raise ValueError(
            f"Unable to find block document named {name} for block type {slug}"
        ) from None
    document["id"] = as_uuid(document["id"])
    return document


def awaitable(value: Any) -> Any:
    """``value``; in a running event loop something to be awaited for it, as in 2.1."""
    from prefect._loops import in_loop

    if not in_loop():
        return value

    async def give() -> Any:
        return value

    return give()


def _is_name(name: str) -> bool:
    return bool(name) and all("0" <= c <= "9" or c == "-" or "a" <= c <= "z" for c in name)


def _path(slug: str, name: str) -> str:
    from prefect.settings import PREFECT_HOME

    return os.path.join(str(PREFECT_HOME.value()), "blocks", slug, f"{name}.json")
