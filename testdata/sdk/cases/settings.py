"""Settings: their values, types, contexts and errors."""

import os

os.environ["PREFECT_LOGGING_EXTRA_LOGGERS"] = "a, b"
import prefect
from prefect.settings import *
import prefect.settings as ps
from prefect.context import get_settings_context, use_profile, SettingsContext

for s in (
    PREFECT_HOME,
    PREFECT_API_URL,
    PREFECT_API_KEY,
    PREFECT_DEBUG_MODE,
    PREFECT_TEST_MODE,
    PREFECT_LOGGING_LEVEL,
    PREFECT_LOGGING_SERVER_LEVEL,
    PREFECT_LOGGING_EXTRA_LOGGERS,
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_AGENT_QUERY_INTERVAL,
    PREFECT_AGENT_PREFETCH_SECONDS,
    PREFECT_CLI_COLORS,
    PREFECT_CLI_WRAP_LINES,
    PREFECT_ORION_API_HOST,
    PREFECT_ORION_API_PORT,
    PREFECT_PROFILES_PATH,
    PREFECT_LOCAL_STORAGE_PATH,
    PREFECT_LOGGING_ORION_ENABLED,
    ps.PREFECT_CLOUD_URL,
    ps.PREFECT_LOGGING_ORION_BATCH_SIZE,
    ps.PREFECT_ORION_UI_ENABLED,
):
    v = s.value()
    print(s.name, type(v).__name__, v, bool(s))
os.environ["PREFECT_LOGGING_LEVEL"] = "DEBUG"
print(PREFECT_LOGGING_LEVEL.value())
with temporary_settings(
    {PREFECT_API_KEY: "k", PREFECT_TEST_MODE: True, PREFECT_API_REQUEST_TIMEOUT: "5"}
) as s:
    print(
        PREFECT_API_KEY.value(),
        PREFECT_TEST_MODE.value(),
        PREFECT_API_REQUEST_TIMEOUT.value(),
        s.value_of(PREFECT_API_KEY),
        type(s).__name__,
    )
    with temporary_settings(restore_defaults={PREFECT_API_KEY}):
        print(PREFECT_API_KEY.value(), PREFECT_TEST_MODE.value())
    with temporary_settings(set_defaults={PREFECT_API_KEY: "d", PREFECT_API_URL: "u"}):
        print(PREFECT_API_KEY.value(), PREFECT_API_URL.value())
print(PREFECT_API_KEY.value())
try:
    with temporary_settings({PREFECT_ORION_API_PORT: "abc"}):
        pass
except Exception as e:
    print(type(e).__name__, e)
try:
    with temporary_settings({PREFECT_LOGGING_LEVEL: "NOPE"}):
        pass
except Exception as e:
    print(type(e).__name__, e)
print(get_current_settings().PREFECT_ORION_API_PORT, get_default_settings().PREFECT_API_KEY)
print(
    PREFECT_API_URL == PREFECT_API_URL,
    repr(PREFECT_API_URL)[:12],
    len({PREFECT_API_URL, PREFECT_API_URL}),
)
c = get_settings_context()
print(type(c).__name__, c.profile.name, c.settings.value_of(PREFECT_TEST_MODE))
with use_profile(
    Profile(name="x", settings={PREFECT_API_KEY: "fromprofile"}), include_current_context=False
) as ctx:
    print(ctx.profile.name, PREFECT_API_KEY.value(), ctx.settings.value_of(PREFECT_API_KEY))
try:
    with use_profile("missing"):
        pass
except Exception as e:
    print(type(e).__name__, e)
env = get_current_settings().to_environment_variables(exclude_unset=True)
print(sorted(env))
print(sorted(SETTING_VARIABLES)[:5], len(SETTING_VARIABLES) > 20)
try:
    get_current_settings().NOPE
except AttributeError as e:
    print("AttributeError")
