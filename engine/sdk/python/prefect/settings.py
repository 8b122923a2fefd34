"""The settings a flow can read: from the environment, then the active profile, then the default."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional

_overrides: ContextVar = ContextVar("prefect_settings", default=None)
_UNSET: Any = object()


class Setting:
    """A named setting; ``value()`` is what it is at the moment."""

    def __init__(self, name: str, default: Any, parse: Callable[[str], Any] = str) -> None:
        self.name = name
        self._default = default
        self._parse = parse

    @property
    def default(self) -> Any:
        return self._default() if callable(self._default) else self._default

    def value(self) -> Any:
        """The value in force. `ValueError` for text that doesn't fit the setting."""
        layers = _overrides.get()
        if layers is not None and self.name in layers:
            return layers[self.name]
        return self._outside()

    def _outside(self) -> Any:
        text = os.environ.get(self.name)
        if text is None:
            text = profile_settings().get(self.name)
        return self.default if text is None else self._read(text)

    def _read(self, text: str) -> Any:
        try:
            return self._parse(text)
        except ValueError as exc:
            raise ValueError(f"Validation error for setting {self.name!r}: {exc}") from None

    def __bool__(self) -> bool:
        return bool(self.value())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Setting) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"<{self.name}>"


def _boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in ("1", "true", "t", "yes", "y", "on"):
        return True
    if lowered in ("0", "false", "f", "no", "n", "off"):
        return False
    raise ValueError("value could not be parsed to a boolean")


def _names(text: str) -> List[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _level(text: str) -> str:
    return text.strip().upper()


def _path(text: str) -> Any:
    from pathlib import Path

    return Path(text).expanduser()


def _home() -> Any:
    return _path("~/.prefect")


def _default_level() -> str:
    return "DEBUG" if PREFECT_DEBUG_MODE.value() else "INFO"


PREFECT_HOME = Setting("PREFECT_HOME", _home, _path)
PREFECT_PROFILES_PATH = Setting(
    "PREFECT_PROFILES_PATH", lambda: PREFECT_HOME.value() / "profiles.toml", _path
)
PREFECT_LOCAL_STORAGE_PATH = Setting(
    "PREFECT_LOCAL_STORAGE_PATH", lambda: PREFECT_HOME.value() / "storage", _path
)
PREFECT_API_URL = Setting("PREFECT_API_URL", None)
PREFECT_API_KEY = Setting("PREFECT_API_KEY", None)
PREFECT_API_REQUEST_TIMEOUT = Setting("PREFECT_API_REQUEST_TIMEOUT", 30.0, float)
PREFECT_DEBUG_MODE = Setting("PREFECT_DEBUG_MODE", False, _boolean)
PREFECT_TEST_MODE = Setting("PREFECT_TEST_MODE", False, _boolean)
PREFECT_TEST_SETTING = Setting("PREFECT_TEST_SETTING", None)
PREFECT_CLI_COLORS = Setting("PREFECT_CLI_COLORS", True, _boolean)
PREFECT_CLI_WRAP_LINES = Setting("PREFECT_CLI_WRAP_LINES", True, _boolean)
PREFECT_LOGGING_LEVEL = Setting("PREFECT_LOGGING_LEVEL", _default_level, _level)
PREFECT_LOGGING_SERVER_LEVEL = Setting("PREFECT_LOGGING_SERVER_LEVEL", "WARNING", _level)
PREFECT_LOGGING_EXTRA_LOGGERS = Setting("PREFECT_LOGGING_EXTRA_LOGGERS", list, _names)
PREFECT_LOGGING_ORION_ENABLED = Setting("PREFECT_LOGGING_ORION_ENABLED", True, _boolean)
PREFECT_AGENT_QUERY_INTERVAL = Setting("PREFECT_AGENT_QUERY_INTERVAL", 5.0, float)
PREFECT_AGENT_PREFETCH_SECONDS = Setting("PREFECT_AGENT_PREFETCH_SECONDS", 10, int)
PREFECT_ORION_API_HOST = Setting("PREFECT_ORION_API_HOST", "127.0.0.1")
PREFECT_ORION_API_PORT = Setting("PREFECT_ORION_API_PORT", 4200, int)
PREFECT_ORION_DATABASE_CONNECTION_URL = Setting(
    "PREFECT_ORION_DATABASE_CONNECTION_URL",
    lambda: f"sqlite+aiosqlite:///{PREFECT_HOME.value()}/orion.db",
)

SETTING_VARIABLES: Dict[str, Setting] = {
    name: value for name, value in list(globals().items()) if isinstance(value, Setting)
}


class Settings:
    """The values of all settings at one moment."""

    def __init__(self, values: Dict[str, Any]) -> None:
        self._values = values

    def value_of(self, setting: Setting) -> Any:
        return self._values[setting.name]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"there is no setting {name!r}") from None

    def dict(self) -> Dict[str, Any]:
        return dict(self._values)


def get_current_settings() -> Settings:
    """The settings in force."""
    return Settings({name: setting.value() for name, setting in SETTING_VARIABLES.items()})


def get_default_settings() -> Settings:
    """The settings as they are where nobody has set any."""
    return Settings({name: setting.default for name, setting in SETTING_VARIABLES.items()})


@contextmanager
def temporary_settings(
    updates: Optional[Mapping[Setting, Any]] = None,
    set_defaults: Optional[Mapping[Setting, Any]] = None,
    restore_defaults: Optional[Iterable[Setting]] = None,
) -> Iterator[Settings]:
    """Change settings within the block.

    ``set_defaults`` only fills settings that have no value; ``restore_defaults`` takes values away
    first.
    """
    layers = dict(_overrides.get() or {})
    for setting in restore_defaults or ():
        layers[setting.name] = setting.default
    for setting, value in (set_defaults or {}).items():
        current = layers[setting.name] if setting.name in layers else setting._outside()
        if current == setting.default:
            layers[setting.name] = value
    for setting, value in (updates or {}).items():
        layers[setting.name] = value
    token = _overrides.set(layers)
    try:
        yield get_current_settings()
    finally:
        _overrides.reset(token)


def profile_settings() -> Dict[str, str]:
    """The settings of the active profile in ``profiles.toml``, as text; empty where it has none."""
    override = os.environ.get("PREFECT_PROFILES_PATH")
    home = os.environ.get("PREFECT_HOME") or os.path.join("~", ".prefect")
    path = os.path.expanduser(override or os.path.join(home, "profiles.toml"))
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError):
        return {}
    active, tables = _read_profiles(text)
    return tables.get(os.environ.get("PREFECT_PROFILE") or active, {})


def _read_profiles(text: str) -> Any:
    """The active profile's name and the profiles' settings: the part of TOML that the file uses."""
    active, table = "default", ""
    tables: Dict[str, Dict[str, str]] = {}
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("[profiles.") and line.endswith("]"):
            table = line[len("[profiles.") : -1].strip("\"'")
            tables.setdefault(table, {})
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            value = _toml_text(value.strip())
            if table:
                tables[table][key.strip().strip("\"'")] = value
            elif key.strip() == "active":
                active = value
    return active, tables


def _toml_text(value: str) -> str:
    if value[:1] == '"' and value[-1:] == '"' and len(value) > 1:
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if value[:1] == "'" and value[-1:] == "'" and len(value) > 1:
        return value[1:-1]
    return value
