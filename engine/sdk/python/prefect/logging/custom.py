"""Logging as the user has it: the file ``logging.yml``, and variables that change single values.

`PREFECT_LOGGING_[PATH]_[TO]_[KEY]` in the environment changes the value at that place of the
configuration, such as `PREFECT_LOGGING_ROOT_LEVEL`.
"""

from __future__ import annotations

import os

from prefect import _environment
from prefect._record import recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

_PREFIX = "PREFECT_LOGGING_"
_SECTIONS = ("ROOT_", "LOGGERS_", "HANDLERS_", "FORMATTERS_", "FILTERS_")
_BEFORE = "%(asctime)s.%(msecs)03d | %(levelname)-7s | "


def _handler(formatter: str) -> Dict[str, Any]:
    return {"level": 0, "class": "logging.StreamHandler", "formatter": formatter}


def _formatter(label: str) -> Dict[str, str]:
    return {"format": f"{_BEFORE}{label} - %(message)s", "datefmt": "%H:%M:%S"}


def _default() -> Dict[str, Any]:
    """The configuration that the package sets up by itself where nothing is changed."""
    level = "${PREFECT_LOGGING_LEVEL}"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "simple": {
                "format": "%(asctime)s.%(msecs)03d | %(message)s",
                "datefmt": "%H:%M:%S",
            },
            "standard": _formatter("%(name)s"),
            "flow_runs": _formatter("Flow run %(flow_run_name)r"),
            "task_runs": _formatter("Task run %(task_run_name)r"),
            "json": {"class": "prefect.logging.formatters.JsonFormatter", "format": "default"},
        },
        "handlers": {
            "console": _handler("standard"),
            "console_flow_runs": _handler("flow_runs"),
            "console_task_runs": _handler("task_runs"),
            "orion": {"level": 0, "class": "prefect.logging.handlers.OrionHandler"},
        },
        "loggers": {
            "prefect": {"level": level, "handlers": ["console"], "propagate": False},
            "prefect.extra": {
                "level": level,
                "handlers": ["orion", "console"],
                "propagate": False,
            },
            "prefect.flow_runs": {
                "level": "NOTSET",
                "handlers": ["orion", "console_flow_runs"],
                "propagate": False,
            },
            "prefect.task_runs": {
                "level": "NOTSET",
                "handlers": ["orion", "console_task_runs"],
                "propagate": False,
            },
            "prefect.orion": {"level": "WARNING"},
        },
        "root": {"level": "WARNING", "handlers": ["console"]},
    }


def is_wanted() -> bool:
    """Whether the user has a configuration, or changes a value of it."""
    from prefect.settings import PREFECT_LOGGING_ORION_ENABLED, PREFECT_LOGGING_SETTINGS_PATH

    changed = any(
        name.startswith(_PREFIX) and name[len(_PREFIX) :].startswith(_SECTIONS)
        for name in _environment.PREFECT
    )
    unsent = recorder.prints and not PREFECT_LOGGING_ORION_ENABLED.value()
    return changed or unsent or os.path.exists(PREFECT_LOGGING_SETTINGS_PATH.value())


def configure() -> None:
    """Set up `logging` from the configuration; its errors are those of `logging.config`."""
    from logging.config import dictConfig

    from prefect.settings import PREFECT_LOGGING_EXTRA_LOGGERS

    config = _replaced(_base(), ())
    loggers = config.setdefault("loggers", {})
    for name in PREFECT_LOGGING_EXTRA_LOGGERS.value():
        loggers.setdefault(name, loggers.get("prefect.extra", {}))
    if not recorder.prints:
        _leave_printing(loggers)
    dictConfig(config)


def _leave_printing(loggers: Dict[str, Any]) -> None:
    """Under a supervisor a record that is sent is printed by it."""
    for logger in loggers.values():
        handlers = logger.get("handlers") or []
        if "orion" in handlers:
            logger["handlers"] = [name for name in handlers if not name.startswith("console")]


def _base() -> Dict[str, Any]:
    from prefect.settings import PREFECT_LOGGING_SETTINGS_PATH

    path = PREFECT_LOGGING_SETTINGS_PATH.value()
    if not os.path.exists(path):
        return _default()
    try:
        import yaml  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        recorder.write(f"prefect: {path} is not read, because PyYAML is not installed\n")
        return _default()
    with open(path, encoding="utf-8") as file:
        config: Dict[str, Any] = yaml.safe_load(file)
    return config


def _replaced(value: Any, place: Tuple[str, ...]) -> Any:
    """A value of the configuration with the settings in it filled in and variables applied."""
    if isinstance(value, dict):
        return {key: _replaced(item, (*place, str(key))) for key, item in value.items()}
    name = _PREFIX + "_".join(place).upper().replace(".", "_")
    given = _environment.PREFECT.get(name) if place[0].upper() + "_" in _SECTIONS else None
    if given is not None:
        return given.split(",") if isinstance(value, list) else given
    if isinstance(value, str) and "${" in value:
        from prefect.settings import SETTING_VARIABLES

        for setting in SETTING_VARIABLES.values():
            if f"${{{setting.name}}}" in value:
                value = value.replace(f"${{{setting.name}}}", str(setting.value()))
    return value
