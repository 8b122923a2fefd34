"""Profiles: named groups of settings, kept in the file ``profiles.toml``."""

from __future__ import annotations

from prefect._model import Shown
from prefect.settings import SETTING_VARIABLES, Setting, Settings, get_current_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Iterator, Optional, Set, Union

    Named = Union[str, Setting]


class Profile(Shown):
    """Settings under a name; ``settings`` are by `Setting`, ``source`` is the profile's file."""

    def __init__(
        self, name: str, settings: Optional[Dict[Any, Any]] = None, source: Any = None
    ) -> None:
        self.name = name
        self.settings: Dict[Setting, Any] = _by_setting(settings or {})
        self.source = source

    def validate_settings(self) -> None:
        """`ValueError` where a value doesn't fit its setting."""
        Settings(**{setting.name: value for setting, value in self.settings.items()})

    def copy(self, *, update: Optional[Dict[str, Any]] = None, **options: Any) -> Profile:
        return Profile(**{**self.dict(), **(update or {})})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def dict(self) -> Dict[str, Any]:
        return {"name": self.name, "settings": dict(self.settings), "source": self.source}

    def _shown(self) -> Dict[str, Any]:
        return self.dict()


def _by_setting(settings: Dict[Any, Any]) -> Dict[Setting, Any]:
    found: Dict[Setting, Any] = {}
    for key, value in settings.items():
        setting = key if isinstance(key, Setting) else SETTING_VARIABLES.get(key)
        if setting is None:
            from prefect._validation import validation_error

            raise validation_error("Profile", [("settings", f"Unknown setting {key!r}.")])
        found[setting] = value
    return found


class ProfilesCollection:
    """Several profiles, of which one may be active."""

    def __init__(self, profiles: Iterable[Profile], active: Optional[str] = None) -> None:
        self.profiles_by_name = {profile.name: profile for profile in profiles}
        self.active_name = active

    @property
    def names(self) -> Set[str]:
        return set(self.profiles_by_name)

    @property
    def active_profile(self) -> Optional[Profile]:
        """The active profile, or None."""
        return None if self.active_name is None else self[self.active_name]

    def set_active(self, name: Optional[str], check: bool = True) -> None:
        """Make a profile the active one; `ValueError` for one that isn't there."""
        if check and name is not None and name not in self.names:
            raise ValueError(f"Unknown profile name {name!r}.")
        self.active_name = name

    def update_profile(self, name: str, settings: Dict[Any, Any], source: Any = None) -> Profile:
        """Change settings of a profile, which is made if there is none; None unsets one."""
        known = self.profiles_by_name.get(name)
        merged = dict(known.settings) if known else {}
        merged.update(_by_setting(settings))
        kept = {setting: value for setting, value in merged.items() if value is not None}
        profile = Profile(name, kept, source or (known.source if known else None))
        self.profiles_by_name[name] = profile
        return profile

    def add_profile(self, profile: Profile) -> None:
        """Add a profile; `ValueError` where its name is taken."""
        if profile.name in self.profiles_by_name:
            raise ValueError(f"Profile name {profile.name!r} already exists in collection.")
        self.profiles_by_name[profile.name] = profile

    def remove_profile(self, name: str) -> None:
        """Take a profile out; `KeyError` where it isn't there."""
        self.profiles_by_name.pop(name)

    def without_profile_source(self, path: Any) -> ProfilesCollection:
        """The profiles that don't come from a file."""
        kept = [one for one in self.profiles_by_name.values() if one.source != path]
        return ProfilesCollection(kept, self.active_name)

    def to_dict(self) -> Dict[str, Any]:
        """The content of ``profiles.toml``."""
        return {
            "active": self.active_name,
            "profiles": {
                profile.name: {setting.name: value for setting, value in profile.settings.items()}
                for profile in self.profiles_by_name.values()
            },
        }

    def __getitem__(self, name: str) -> Profile:
        return self.profiles_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.profiles_by_name)

    def __len__(self) -> int:
        return len(self.profiles_by_name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProfilesCollection) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ProfilesCollection(profiles={list(self.profiles_by_name.values())!r}, active={self.active_name!r})"


def load_profiles(settings: Optional[Settings] = None) -> ProfilesCollection:
    """The profiles of ``profiles.toml``, and an empty one named ``default``."""
    path = _file(settings)
    active: Optional[str] = None
    tables: Dict[str, Dict[str, Any]] = {}
    try:
        with open(path, encoding="utf-8") as file:
            active, tables = _read(file.read())
    except (OSError, UnicodeDecodeError):
        pass
    profiles = [Profile("default")] if "default" not in tables else []
    for name, values in tables.items():
        # the file may hold settings of another version, which are left alone
        known = {key: value for key, value in values.items() if key in SETTING_VARIABLES}
        profiles.append(Profile(name, known, path))
    return ProfilesCollection(profiles, active or "default")


def load_profile(name: str) -> Profile:
    """A profile by name; `ValueError` where there is none."""
    profiles = load_profiles()
    if name not in profiles.names:
        raise ValueError(f"Profile {name!r} not found.")
    return profiles[name]


def save_profiles(profiles: ProfilesCollection) -> None:
    """Write ``profiles.toml``."""
    path = _file(None)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = profiles.to_dict()
    lines = [f"active = {_quoted(content['active'])}\n"] if content["active"] else []
    for name, values in content["profiles"].items():
        if not values and name == "default":
            continue
        lines.append(f"\n[profiles.{name if name.isidentifier() else _quoted(name)}]\n")
        lines += [f"{key} = {_quoted(value)}\n" for key, value in values.items()]
    draft = path.with_name(f"{path.name}.tmp")
    draft.write_text("".join(lines), encoding="utf-8")
    draft.replace(path)


def update_current_profile(settings: Dict[Any, Any]) -> Profile:
    """Change settings of the profile in use, in the file; gives the profile.

    `MissingProfileError` where no profile is in use.
    """
    from prefect.context import get_settings_context
    from prefect.exceptions import MissingProfileError

    current = get_settings_context().profile
    if current is None:
        raise MissingProfileError("No profile is currently in use.")
    profiles = load_profiles()
    profile = profiles.update_profile(current.name, {**current.settings, **_by_setting(settings)})
    profile.validate_settings()
    save_profiles(profiles)
    return profile


def _file(settings: Optional[Settings]) -> Any:
    from prefect.settings import PREFECT_PROFILES_PATH

    return (settings or get_current_settings()).value_of(PREFECT_PROFILES_PATH)


def _read(text: str) -> Any:
    """The active profile's name and the profiles' settings: the part of TOML that the file uses."""
    active, table = None, ""
    tables: Dict[str, Dict[str, Any]] = {}
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("[profiles.") and line.endswith("]"):
            table = line[len("[profiles.") : -1].strip("\"'")
            tables.setdefault(table, {})
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            if table:
                tables[table][key.strip().strip("\"'")] = _value(value.strip())
            elif key.strip() == "active":
                active = _value(value.strip())
    return active, tables


def _value(text: str) -> Any:
    if text[:1] == '"' and text[-1:] == '"' and len(text) > 1:
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if text[:1] == "'" and text[-1:] == "'" and len(text) > 1:
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def _quoted(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


__all__ = [
    "Profile",
    "ProfilesCollection",
    "load_profile",
    "load_profiles",
    "save_profiles",
    "update_current_profile",
]
