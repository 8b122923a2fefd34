"""Saved blocks: one JSON file each, below ``PREFECT_HOME/blocks/TYPE``."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

_TAKEN = (
    "You are attempting to save values with a name that is already in use for this block type. If "
    "you would like to overwrite the values that are saved, then save with `overwrite=True`."
)


def save(slug: str, name: str, values: Dict[str, Any], overwrite: bool) -> Any:
    """Write a block's values and give its id; `ValueError` for a bad name or one that is taken."""
    from json import dumps

    from prefect._ids import as_uuid, new_id
    from prefect._json import encode

    _check_name(name)
    path = _path(slug, name)
    block_id = new_id()
    if os.path.exists(path):
        if not overwrite:
            raise ValueError(_TAKEN)
        block_id = str(load(slug, name)["id"])
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    draft = f"{path}.{os.getpid()}.tmp"
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(dumps({"id": block_id, "values": values}, default=encode))
    os.replace(draft, path)  # a reader sees the old block or the new one, never half of it
    return as_uuid(block_id)


def load(slug: str, name: str) -> Dict[str, Any]:
    """A saved block: its ``id`` and ``values``; `ValueError` where there is none."""
    from json import loads

    _check_name(name)
    from prefect._ids import as_uuid

    try:
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


def _check_name(name: str) -> None:
    if not name or any(not (c.isdigit() or c == "-" or "a" <= c <= "z") for c in name):
        raise ValueError(
            f"block name {name!r} must only contain lowercase letters, numbers, and dashes"
        )


def _path(slug: str, name: str) -> str:
    from prefect.settings import PREFECT_HOME

    return os.path.join(str(PREFECT_HOME.value()), "blocks", slug, f"{name}.json")
