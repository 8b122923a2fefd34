"""Handlers that print records in Prefect's form and hand those of runs to the recorder."""

from __future__ import annotations

import logging

from prefect._json import quote
from prefect._record import LEVEL_NAMES, recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional


def record_text(record: logging.LogRecord) -> str:
    """The message of a record, with its exception's user frames below it."""
    text = record.getMessage()
    exc = record.exc_info[1] if record.exc_info else None
    if exc is not None:
        from prefect._frames import format_exception

        text += ("" if text.endswith("\n") else "\n") + format_exception(exc, raised=False)
    elif record.exc_info:
        text += "\nNoneType: None"  # as `logging` says that there is none
    elif record.exc_text:
        text += "\n" + record.exc_text
    if record.stack_info:
        text += "\n" + record.stack_info
    return text


class _Handler(logging.Handler):
    """Writes a record's event and its printed line."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record_text(record)
            at = int(record.created * 1000000)
            label = self.label(record)
            if self.formatter is not None:
                printed = self.format(record) + "\n"
            else:
                printed = _line(record, at, label, message)
            if self.belongs_to_run(record) or not recorder.prints:
                recorder.emit(self._event(record, at, label, message), printed)
            else:
                recorder.write(printed)
        except Exception:
            self.handleError(record)

    def label(self, record: logging.LogRecord) -> str:
        return record.name

    def belongs_to_run(self, record: logging.LogRecord) -> bool:
        return False

    def _event(self, record: logging.LogRecord, at: int, label: str, message: str) -> str:
        flow, task = self._ids(record) if self.belongs_to_run(record) else ("null", "null")
        return (
            f'{{"k":"log","flow_run_id":{flow},"task_run_id":{task},"level":{record.levelno},'
            f'"logger":{quote(record.name)},"label":{quote(label)},'
            f'"message":{quote(message)},"at":{at}}}\n'
        )

    def _ids(self, record: logging.LogRecord) -> Any:
        from prefect.context import FlowRunContext, TaskRunContext

        flow: Optional[Any] = getattr(record, "flow_run_id", None)
        task: Optional[Any] = getattr(record, "task_run_id", None)
        if flow is None:
            context = FlowRunContext.get()
            flow = context.flow_run._id if context else None
            inner = TaskRunContext.get()
            task = inner.run._id if inner else None
        return (quote(str(flow)) if flow else "null"), (quote(str(task)) if task else "null")


class ConsoleHandler(_Handler):
    """Prints records of loggers that belong to no run."""


class RunHandler(_Handler):
    """Prints and records what a run's logger is given."""

    def label(self, record: logging.LogRecord) -> str:
        from prefect.logging.loggers import run_label

        return run_label(record.__dict__) or record.name

    def belongs_to_run(self, record: logging.LogRecord) -> bool:
        return getattr(record, "send_to_orion", True) is not False


class ExtraHandler(_Handler):
    """Prints records of a logger named in ``PREFECT_LOGGING_EXTRA_LOGGERS``, and records those
    that are made within a run."""

    def belongs_to_run(self, record: logging.LogRecord) -> bool:
        from prefect.context import FlowRunContext

        if FlowRunContext.get() is not None:
            return True
        import warnings

        warnings.warn(
            f"Logger {record.name!r} attempted to send logs to Orion without a flow run id. The "
            "Orion log handler can only send logs within flow run contexts unless the flow run id "
            "is manually provided.",
            stacklevel=8,
        )
        return False


class OrionHandler(RunHandler):
    """Records what a run's logger is given, and prints nothing: for a ``logging.yml``."""

    def emit(self, record: logging.LogRecord) -> None:
        from prefect.settings import PREFECT_LOGGING_ORION_ENABLED

        if not self.belongs_to_run(record) or not PREFECT_LOGGING_ORION_ENABLED.value():
            return
        try:
            at = int(record.created * 1000000)
            recorder.emit(self._event(record, at, self.label(record), record_text(record)))
        except Exception:
            self.handleError(record)


def _line(record: logging.LogRecord, at: int, label: str, message: str) -> str:
    name = LEVEL_NAMES.get(record.levelno) or f"{record.levelname:<7}"
    return f"{recorder.stamp(at)} | {name} | {label} - {message}\n"
