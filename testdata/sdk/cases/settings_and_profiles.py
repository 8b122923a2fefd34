import pathlib
import tempfile

from prefect import settings
from prefect.settings import PREFECT_API_URL, PREFECT_DEBUG_MODE, Profile, ProfilesCollection, temporary_settings
from prefect.utilities.callables import parameter_schema


def attempt(do):
    try:
        print(do())
    except Exception as error:
        print(type(error).__name__, error)


# a setting stands for its value
attempt(lambda: (bool(PREFECT_DEBUG_MODE), PREFECT_DEBUG_MODE == False, PREFECT_DEBUG_MODE != False))  # noqa: E712
with temporary_settings({PREFECT_DEBUG_MODE: True, PREFECT_API_URL: "http://x/api"}):
    attempt(lambda: (bool(PREFECT_DEBUG_MODE), PREFECT_DEBUG_MODE == True, PREFECT_API_URL == "http://x/api"))  # noqa: E712
    with temporary_settings(restore_defaults={PREFECT_DEBUG_MODE}):
        attempt(lambda: (bool(PREFECT_DEBUG_MODE), PREFECT_API_URL.value()))
attempt(lambda: len({PREFECT_DEBUG_MODE, PREFECT_API_URL, PREFECT_DEBUG_MODE}))

# the values of a profile keep their kind
file = pathlib.Path(tempfile.mkdtemp(), "profiles.toml")
with temporary_settings({settings.PREFECT_PROFILES_PATH: file}):
    file.write_text('[profiles.foo]\nPREFECT_API_KEY = "bar"\nPREFECT_DEBUG_MODE = true\nPREFECT_API_REQUEST_TIMEOUT = 2.5\n')
    found = settings.load_profile("foo").copy(update={"source": None})
    print(found)
    print(repr(found))
    print(found.dict())
    print(found == Profile(name="foo", settings=found.settings), found == Profile(name="foo", settings={}))
    some = ProfilesCollection([found], active="foo")
    print(some == ProfilesCollection([found], active="foo"))
    print(some == ProfilesCollection([found.copy(update={"source": file})], active="foo"))
    settings.save_profiles(some)
    print(file.read_text())
    attempt(lambda: settings.load_profile("nope"))


def function(x, y: int = 3):
    pass


for fn in (attempt, function, lambda: None):
    print(parameter_schema(fn).dict())
    print(parameter_schema(fn).json())
