"""Setting up `logging` the way Prefect 2.1 does, at the first flow call."""

from __future__ import annotations

import logging

from prefect import _log
from prefect.logging.handlers import ConsoleHandler, ExtraHandler, RunHandler

_done = False


def setup_logging() -> None:
    """Give Prefect's loggers and the root logger their handlers; only the first call acts.

    As in 2.1 the root logger's handlers are replaced, so that the records of every library are
    printed in one form.
    """
    global _done
    if _done:
        return
    _done = True
    from prefect.logging import custom
    from prefect.settings import PREFECT_LOGGING_EXTRA_LOGGERS, PREFECT_LOGGING_LEVEL

    if custom.is_wanted():
        custom.configure()
        return

    level = PREFECT_LOGGING_LEVEL.value()
    console = ConsoleHandler()
    _log.run_handler = RunHandler()
    _configure(logging.getLogger("prefect"), level, console, propagate=False)
    for logger in (_log.flow_logger, _log.task_logger):
        _configure(logger, logging.NOTSET, _log.run_handler, propagate=False)
    logging.getLogger("prefect.orion").setLevel(logging.WARNING)
    _configure(logging.getLogger(), logging.WARNING, console, propagate=True)
    extra = ExtraHandler()
    for name in PREFECT_LOGGING_EXTRA_LOGGERS.value():
        logger = logging.getLogger(name)
        logger.addHandler(extra)
        if logger.level == logging.NOTSET:
            logger.setLevel(level)
        logger.propagate = False


def _configure(
    logger: logging.Logger, level: object, handler: logging.Handler, propagate: bool
) -> None:
    logger.setLevel(level)  # type: ignore[arg-type]
    for old in logger.handlers[:]:
        logger.removeHandler(old)
    logger.addHandler(handler)
    logger.propagate = propagate
