"""What a `DataDocument` is encoded by: ``json``, ``text`` and ``cloudpickle``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["JSONSerializer", "PickleSerializer", "TextSerializer"]


class JSONSerializer:
    """Values of JSON, as UTF-8."""

    @staticmethod
    def dumps(data: Any) -> bytes:
        from json import dumps

        return dumps(data).encode()

    @staticmethod
    def loads(blob: bytes) -> Any:
        from json import loads

        return loads(blob.decode())


class TextSerializer:
    """Text, as UTF-8."""

    @staticmethod
    def dumps(data: str) -> bytes:
        return data.encode()

    @staticmethod
    def loads(blob: bytes) -> str:
        return blob.decode()


class PickleSerializer:
    """Values that the standard library can pickle, as base64."""

    @staticmethod
    def dumps(data: Any) -> bytes:
        from base64 import encodebytes
        from pickle import dumps

        return encodebytes(dumps(data))

    @staticmethod
    def loads(blob: bytes) -> Any:
        from base64 import decodebytes
        from pickle import loads

        return loads(decodebytes(blob))
