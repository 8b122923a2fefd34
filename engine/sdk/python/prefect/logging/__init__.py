"""Loggers of runs and of the package."""

from __future__ import annotations

from prefect.logging.loggers import get_logger, get_run_logger

__all__ = ["get_logger", "get_run_logger"]
