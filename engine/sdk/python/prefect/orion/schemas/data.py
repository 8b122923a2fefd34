"""`DataDocument`: a value together with the name of its encoding."""

from __future__ import annotations

from prefect._model import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UNSET: Any = object()


class DataDocument(Model):
    """A value encoded as bytes by one of ``json``, ``text``, ``pickle`` or ``cloudpickle``.

    The two pickles are the standard library's; a value that it can't pickle is kept as it is, for
    this process only.
    """

    __slots__ = ("_blob", "_data", "encoding")
    __fields__ = ("encoding", "blob")

    def __init__(self, encoding: str, blob: bytes = b"", _data: Any = _UNSET) -> None:
        self.encoding = encoding
        self._blob = blob
        self._data = _data

    @classmethod
    def encode(cls, encoding: str, data: Any, **kwargs: Any) -> DataDocument:
        """Wrap ``data``; `ValueError` for an encoding that isn't known."""
        if encoding not in ("json", "text", "pickle", "cloudpickle"):
            raise ValueError(f"Unregistered encoding {encoding!r}")
        if encoding == "json":
            from json import dumps, loads

            text = dumps(data)
            return cls(encoding, text.encode(), loads(text))
        return cls(encoding, data.encode() if encoding == "text" else b"", data)

    def decode(self) -> Any:
        """The value."""
        if self._data is _UNSET:
            if self.encoding == "json":
                from json import loads

                self._data = loads(self._blob.decode())
            elif self.encoding == "text":
                self._data = self._blob.decode()
            else:
                from base64 import decodebytes
                from pickle import loads as unpickle

                self._data = unpickle(decodebytes(self._blob))
        return self._data

    @property
    def blob(self) -> bytes:
        if not self._blob:
            from base64 import encodebytes
            from pickle import dumps

            self._blob = encodebytes(dumps(self._data))
        return self._blob

    def has_cached_data(self) -> bool:
        """Whether the value is at hand, without having to be decoded."""
        return self._data is not _UNSET

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DataDocument):
            return NotImplemented
        return self.encoding == other.encoding and self.decode() == other.decode()

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return str(self.decode())

    def __repr__(self) -> str:
        return f"DataDocument(encoding={self.encoding!r})"
