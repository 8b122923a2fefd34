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
        serializer = _serializer(encoding)
        if encoding in ("json", "text"):
            blob = serializer.dumps(data)
            return cls(encoding, blob, serializer.loads(blob))
        return cls(encoding, b"", data)

    def decode(self) -> Any:
        """The value."""
        if self._data is _UNSET:
            self._data = _serializer(self.encoding).loads(self._blob)
        return self._data

    @property
    def blob(self) -> bytes:
        if not self._blob:
            self._blob = _serializer(self.encoding).dumps(self._data)
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


def _serializer(encoding: str) -> Any:
    from prefect import serializers

    if encoding == "json":
        return serializers.JSONSerializer
    if encoding == "text":
        return serializers.TextSerializer
    if encoding in ("pickle", "cloudpickle"):
        return serializers.PickleSerializer
    raise ValueError(f"Unregistered encoding {encoding!r}")
