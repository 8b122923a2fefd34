"""The engine's own log lines, on the short way.

A run's records go through `logging` only where somebody has changed its loggers; else they are
written at once, which is what makes a task that logs cheap.
"""

from __future__ import annotations

import logging

from prefect._json import quote
from prefect._record import recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Tuple

flow_logger = logging.getLogger("prefect.flow_runs")
task_logger = logging.getLogger("prefect.task_runs")
engine_logger = logging.getLogger("prefect.engine")

# the one handler that setup puts on the two run loggers
run_handler: Any = None


def is_plain(logger: logging.Logger) -> bool:
    """Whether a run logger is as it was set up, so that nobody else wants its records."""
    handlers = logger.handlers
    return (
        len(handlers) == 1
        and handlers[0] is run_handler
        and not logger.filters
        and not logger.propagate
        and not run_handler.filters
        and run_handler.level == 0
        and run_handler.formatter is None
    )


class RunLog:
    """Writes the records of one flow run or task run."""

    __slots__ = ("extra", "head", "label", "logger", "middle")

    def __init__(
        self, logger: logging.Logger, label: str, flow_run_id: str, task_run_id: Optional[str],
        extra: Dict[str, Any],
    ) -> None:  # fmt: skip
        self.logger = logger
        self.label = label
        self.extra = extra
        task = f'"{task_run_id}"' if task_run_id else "null"
        self.head = f'{{"k":"log","flow_run_id":"{flow_run_id}","task_run_id":{task},"level":'
        self.middle = f',"logger":"{logger.name}","label":{quote(label)},"message":'

    def text(self, at: int, level: int, message: str) -> Tuple[str, str]:
        """The event and the printed line of a record, for the caller to send with others."""
        logger = self.logger
        if not logger.isEnabledFor(level):
            return "", ""
        if not is_plain(logger):
            logger.log(level, message, extra=self.extra)
            return "", ""
        return self.event(at, level, message), recorder.line(at, level, self.label, message)

    def event(self, at: int, level: int, message: str) -> str:
        return f'{self.head}{level}{self.middle}{quote(message)},"at":{at}}}\n'

    def write(self, at: int, level: int, message: str) -> None:
        """Write a record now."""
        event, line = self.text(at, level, message)
        if event:
            recorder.emit(event, line)

    def exception(self, at: int, message: str, exc: BaseException) -> None:
        """Write an error record with the user's frames of an exception."""
        from prefect._frames import format_exception, strip

        logger = self.logger
        if not logger.isEnabledFor(40):
            return
        if is_plain(logger):
            self.write(at, 40, message + "\n" + format_exception(exc))
        else:
            strip(exc)
            logger.error(message, exc_info=exc, extra=self.extra)


def engine_log(level: int, message: str) -> None:
    """A record of the logger `prefect.engine`, which belongs to no run."""
    engine_logger.log(level, message)
