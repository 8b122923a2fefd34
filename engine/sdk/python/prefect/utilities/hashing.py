"""Hashes of values, for cache keys."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Union


def stable_hash(*args: Union[str, bytes], hash_algo: Any = None) -> str:
    """The hex digest (MD5 unless ``hash_algo`` says otherwise) of texts and bytes together."""
    import hashlib

    digest = (hash_algo or hashlib.md5)()
    for arg in args:
        digest.update(arg.encode() if isinstance(arg, str) else arg)
    return digest.hexdigest()


def hash_objects(*args: Any, hash_algo: Any = None, **kwargs: Any) -> Optional[str]:
    """A hash of objects that is the same in every process; None where they can't be hashed.

    Values of JSON are hashed by their JSON, functions by their code, others by their pickle.
    """
    text = _as_json((args, kwargs))
    if text is not None:
        return stable_hash(text, hash_algo=hash_algo)
    try:
        return stable_hash(_as_pickle((args, kwargs)), hash_algo=hash_algo)
    except Exception:
        return None


def file_hash(path: str, hash_algo: Any = None) -> str:
    """The hash of a file's content."""
    with open(path, "rb") as file:
        return stable_hash(file.read(), hash_algo=hash_algo)


def _as_json(value: Any) -> Optional[str]:
    import json

    def other(item: Any) -> Any:
        if isinstance(item, bytes):
            return {"bytes": item.hex()}
        raise TypeError

    try:
        return json.dumps(value, sort_keys=True, default=other)
    except (TypeError, ValueError, RecursionError):
        return None


def _as_pickle(value: Any) -> bytes:
    import io
    import pickle
    import types

    class Pickler(pickle.Pickler):
        def persistent_id(self, item: Any) -> Any:
            # the standard library can't pickle a function of the script; what it does is its code
            if isinstance(item, types.FunctionType):
                code = item.__code__
                return ("function", code.co_code, repr(code.co_consts), code.co_names)
            if isinstance(item, type) and "<locals>" in item.__qualname__:
                return ("class", item.__module__, item.__qualname__)
            return None

    buffer = io.BytesIO()
    Pickler(buffer, protocol=4).dump(value)
    return buffer.getvalue()
