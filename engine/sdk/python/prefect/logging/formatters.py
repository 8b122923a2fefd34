"""`JsonFormatter`: a record as a JSON object."""

from __future__ import annotations

import logging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

__all__ = ["JsonFormatter"]


class JsonFormatter(logging.Formatter):
    """Writes each record as one line of JSON, or over several lines with ``pretty``."""

    def __init__(
        self, fmt: str, dmft: Optional[str] = None, style: Any = "%", **options: Any
    ) -> None:
        super().__init__()
        if fmt not in ("pretty", "default"):
            raise ValueError("Format must be either 'pretty' or 'default'.")
        self._indent = 2 if fmt == "pretty" else None

    def format(self, record: logging.LogRecord) -> str:
        """All fields of the record; an exception as its type, message and traceback."""
        import json

        fields: Dict[str, Any] = dict(record.__dict__)
        fields["message"] = record.getMessage()
        exc = record.exc_info[1] if record.exc_info else None
        fields["exc_info"] = None
        if exc is not None:
            fields["exc_info"] = {
                "type": type(exc).__name__,
                "message": str(exc),
                "traceback": self.formatException(record.exc_info),  # type: ignore[arg-type]
            }
        return json.dumps(fields, default=str, indent=self._indent)
