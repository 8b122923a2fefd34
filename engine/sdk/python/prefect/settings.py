"""The settings a flow can read: from the environment, then the active profile, then the default.

The environment is read once, when `prefect` is imported. `temporary_settings` and
`prefect.context.use_profile` change settings within a block.
"""

from __future__ import annotations

from contextlib import contextmanager

from prefect import _environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional

    from prefect._profiles import (
        Profile,
        ProfilesCollection,
        load_profile,
        load_profiles,
        save_profiles,
        update_current_profile,
    )

_IN_PROFILES = (
    "Profile", "ProfilesCollection", "load_profile", "load_profiles", "save_profiles",
    "update_current_profile",
)  # fmt: skip


class Setting:
    """A named setting; ``value()`` is what it is at the moment.

    ``default`` may be a function of the settings that it depends on. ``parse`` reads a text, and
    raises `ValueError` for one that doesn't fit.
    """

    def __init__(
        self,
        name: str,
        default: Any,
        parse: Callable[[str], Any] = str,
        shown: Optional[Callable[[Settings, Any], Any]] = None,
    ) -> None:
        self.name = name
        self._default = default
        self._parse = parse
        self._shown = shown

    def value(self) -> Any:
        """The value in force. `ValueError` for text that doesn't fit the setting."""
        return self.value_from(get_current_settings())

    def value_from(self, settings: Settings) -> Any:
        return settings.value_of(self)

    def __bool__(self) -> bool:
        return bool(self.value())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Setting):
            return self.name == other.name
        return bool(self.value() == other)

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def type(self) -> Any:
        """The type of the setting's values."""
        from pathlib import Path

        types: Dict[Any, Any] = {_boolean: bool, _integer: int, _number: float, _path: Path}
        return types.get(self._parse, str)

    def __repr__(self) -> str:
        return f"<{self.name}: {self.type.__name__}>"


def _boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in ("1", "true", "t", "yes", "y", "on"):
        return True
    if lowered in ("0", "false", "f", "no", "n", "off"):
        return False
    raise ValueError("value could not be parsed to a boolean")


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("value is not a valid integer") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("value is not a valid float") from None


def _level(text: str) -> str:
    import logging

    level = text.strip().upper()
    if level not in logging._nameToLevel:
        raise ValueError(f"Unknown level: {text!r}")
    return level


def _path(text: str) -> Any:
    from pathlib import Path

    return Path(text)


def _names(settings: Settings, text: str) -> List[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _level_in_force(settings: Settings, level: str) -> str:
    return "DEBUG" if settings.value_of(PREFECT_DEBUG_MODE) else level


def _under_home(*parts: str) -> Callable[[Settings], Any]:
    return lambda settings: settings.value_of(PREFECT_HOME).joinpath(*parts)


def _expanded(settings: Settings, path: Any) -> Any:
    return path.expanduser()


def _ui_api_url(settings: Settings) -> str:
    host, port = (
        settings.value_of(PREFECT_ORION_API_HOST),
        settings.value_of(PREFECT_ORION_API_PORT),
    )
    return settings.value_of(PREFECT_API_URL) or f"http://{host}:{port}/api"


PREFECT_HOME = Setting("PREFECT_HOME", lambda _: _path("~/.prefect"), _path, _expanded)
PREFECT_PROFILES_PATH = Setting(
    "PREFECT_PROFILES_PATH", _under_home("profiles.toml"), _path, _expanded
)
PREFECT_LOCAL_STORAGE_PATH = Setting(
    "PREFECT_LOCAL_STORAGE_PATH", _under_home("storage"), _path, _expanded
)
PREFECT_API_URL = Setting("PREFECT_API_URL", None)
PREFECT_API_KEY = Setting("PREFECT_API_KEY", None)
PREFECT_CLOUD_URL = Setting("PREFECT_CLOUD_URL", "https://api.prefect.cloud/api")
PREFECT_API_REQUEST_TIMEOUT = Setting("PREFECT_API_REQUEST_TIMEOUT", 30.0, _number)
PREFECT_DEBUG_MODE = Setting("PREFECT_DEBUG_MODE", False, _boolean)
PREFECT_TEST_MODE = Setting("PREFECT_TEST_MODE", False, _boolean)
PREFECT_TEST_SETTING = Setting(
    "PREFECT_TEST_SETTING",
    None,
    shown=lambda settings, value: value if settings.value_of(PREFECT_TEST_MODE) else None,
)
PREFECT_PYTHON = Setting("PREFECT_PYTHON", None)
PREFECT_CLI_COLORS = Setting("PREFECT_CLI_COLORS", True, _boolean)
PREFECT_CLI_WRAP_LINES = Setting("PREFECT_CLI_WRAP_LINES", True, _boolean)
PREFECT_LOGGING_LEVEL = Setting("PREFECT_LOGGING_LEVEL", "INFO", _level, _level_in_force)
PREFECT_LOGGING_SERVER_LEVEL = Setting("PREFECT_LOGGING_SERVER_LEVEL", "WARNING", _level)
PREFECT_LOGGING_SETTINGS_PATH = Setting(
    "PREFECT_LOGGING_SETTINGS_PATH", _under_home("logging.yml"), _path, _expanded
)
PREFECT_LOGGING_EXTRA_LOGGERS = Setting("PREFECT_LOGGING_EXTRA_LOGGERS", "", shown=_names)
PREFECT_LOGGING_ORION_ENABLED = Setting("PREFECT_LOGGING_ORION_ENABLED", True, _boolean)
PREFECT_LOGGING_ORION_BATCH_INTERVAL = Setting("PREFECT_LOGGING_ORION_BATCH_INTERVAL", 2.0, _number)
PREFECT_LOGGING_ORION_BATCH_SIZE = Setting("PREFECT_LOGGING_ORION_BATCH_SIZE", 4000000, _integer)
PREFECT_LOGGING_ORION_MAX_LOG_SIZE = Setting(
    "PREFECT_LOGGING_ORION_MAX_LOG_SIZE", 1000000, _integer
)
PREFECT_AGENT_QUERY_INTERVAL = Setting("PREFECT_AGENT_QUERY_INTERVAL", 5.0, _number)
PREFECT_AGENT_PREFETCH_SECONDS = Setting("PREFECT_AGENT_PREFETCH_SECONDS", 10, _integer)
PREFECT_ORION_API_DEFAULT_LIMIT = Setting("PREFECT_ORION_API_DEFAULT_LIMIT", 200, _integer)
PREFECT_ORION_API_HOST = Setting("PREFECT_ORION_API_HOST", "127.0.0.1")
PREFECT_ORION_API_PORT = Setting("PREFECT_ORION_API_PORT", 4200, _integer)
PREFECT_ORION_UI_ENABLED = Setting("PREFECT_ORION_UI_ENABLED", True, _boolean)
PREFECT_ORION_UI_API_URL = Setting("PREFECT_ORION_UI_API_URL", _ui_api_url)
PREFECT_ORION_ANALYTICS_ENABLED = Setting("PREFECT_ORION_ANALYTICS_ENABLED", False, _boolean)
PREFECT_ORION_DATABASE_CONNECTION_URL = Setting(
    "PREFECT_ORION_DATABASE_CONNECTION_URL",
    lambda settings: f"sqlite+aiosqlite:///{settings.value_of(PREFECT_HOME)}/orion.db",
)

SETTING_VARIABLES: Dict[str, Setting] = {
    name: value for name, value in list(globals().items()) if isinstance(value, Setting)
}


__all__ = [  # noqa: PLE0604
    *SETTING_VARIABLES,
    "SETTING_VARIABLES",
    "Profile",
    "ProfilesCollection",
    "Setting",
    "Settings",
    "get_current_settings",
    "get_default_settings",
    "get_settings_from_env",
    "load_profile",
    "load_profiles",
    "save_profiles",
    "temporary_settings",
    "update_current_profile",
]


class Settings:
    """The values of all settings: those that are set, and the defaults of the others.

    A pydantic-like `ValidationError` (a `ValueError`) is raised for a value that doesn't fit.
    """

    def __init__(self, **values: Any) -> None:
        problems = []
        found: Dict[str, Any] = {}
        for name, value in values.items():
            setting = SETTING_VARIABLES.get(name)
            if setting is None or value is None:
                continue
            try:
                text = value if isinstance(value, str) else str(value)
                found[name] = setting._parse(text)
            except ValueError as exc:
                problems.append((name, str(exc)))
        if problems:
            from prefect._validation import validation_error

            raise validation_error("Settings", problems)
        self.__dict__["_set"] = found

    def value_of(self, setting: Setting) -> Any:
        """The value of a setting."""
        found = self.__dict__["_set"]
        value = found[setting.name] if setting.name in found else self._default_of(setting)
        return value if setting._shown is None else setting._shown(self, value)

    def _default_of(self, setting: Setting) -> Any:
        default = setting._default
        return default(self) if callable(default) else default

    def copy_with_update(
        self,
        updates: Optional[Mapping[Setting, Any]] = None,
        set_defaults: Optional[Mapping[Setting, Any]] = None,
        restore_defaults: Optional[Iterable[Setting]] = None,
    ) -> Settings:
        """Settings with some changed; see `temporary_settings`."""
        dropped = {setting.name for setting in restore_defaults or ()}
        kept = {name: value for name, value in self._set.items() if name not in dropped}
        return Settings(
            **{
                **{setting.name: value for setting, value in (set_defaults or {}).items()},
                **kept,
                **{setting.name: value for setting, value in (updates or {}).items()},
            }
        )

    def to_environment_variables(
        self, include: Optional[Iterable[Setting]] = None, exclude_unset: bool = False
    ) -> Dict[str, str]:
        """The settings as variables for another process; only those set with ``exclude_unset``."""
        names = {setting.name for setting in include} if include else set(SETTING_VARIABLES)
        if exclude_unset:
            names &= set(self._set)
        values = {name: getattr(self, name) for name in SETTING_VARIABLES if name in names}
        return {name: str(value) for name, value in values.items() if value is not None}

    def dict(self, exclude_unset: bool = False, **options: Any) -> Dict[str, Any]:
        """The values by name; only those set with ``exclude_unset``."""
        return {
            name: getattr(self, name)
            for name in SETTING_VARIABLES
            if not exclude_unset or name in self._set
        }

    def __getattr__(self, name: str) -> Any:
        setting = SETTING_VARIABLES.get(name)
        if setting is None:
            raise AttributeError(f"'Settings' object has no attribute {name!r}")
        found = self.__dict__["_set"]
        return found[name] if name in found else self._default_of(setting)

    def __setattr__(self, name: str, value: Any) -> None:
        raise TypeError('"Settings" is immutable and does not support item assignment')

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Settings) and self.dict() == other.dict()

    def __hash__(self) -> int:
        return hash(tuple(self._set))


_root: Any = None


def _root_context() -> Any:
    """The context of the process: the active profile, below what the environment has."""
    global _root
    if _root is None:
        from prefect._profiles import load_profiles
        from prefect.context import SettingsContext

        environment = get_settings_from_env()
        profiles = load_profiles(environment)
        name = _environment.PREFECT.get("PREFECT_PROFILE") or profiles.active_name
        if name not in profiles.names:
            name = "default" if "default" in profiles.names else None
        profile = profiles[name] if name else None
        below = profile.settings if profile is not None else {}
        _root = SettingsContext(profile, environment.copy_with_update(set_defaults=below))
    return _root


def get_current_settings() -> Settings:
    """The settings in force."""
    from prefect.context import SettingsContext

    context = SettingsContext.__var__.get(None) or _root_context()
    return context.settings  # type: ignore[no-any-return]


def get_settings_from_env() -> Settings:
    """The settings that the environment has, without a profile's."""
    return Settings(**_environment.PREFECT)


def get_default_settings() -> Settings:
    """The settings as they are where nobody has set any."""
    return Settings()


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
    from prefect.context import SettingsContext, get_settings_context

    context = get_settings_context()
    settings = context.settings.copy_with_update(updates, set_defaults, restore_defaults)
    with SettingsContext(context.profile, settings):
        yield settings


def __getattr__(name: str) -> Any:
    if name in _IN_PROFILES:
        from prefect import _profiles

        return getattr(_profiles, name)
    if name.startswith("PREFECT_"):
        raise AttributeError(f"there is no setting {name!r} here: no server is needed")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
