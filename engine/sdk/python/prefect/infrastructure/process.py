"""`Process` under the name that it has in 2.1."""

from __future__ import annotations

from prefect.infrastructure import Process, ProcessResult

__all__ = ["Process", "ProcessResult"]
