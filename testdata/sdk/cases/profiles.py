"""Profiles: kept in a file, changed, used."""

import prefect
from prefect.settings import *
import prefect.settings as ps
from prefect.context import use_profile

p = ps.load_profiles()
print(sorted(p.names), p.active_name)
a = Profile(name="test", settings={PREFECT_API_KEY: "k"})
p.add_profile(a)
ps.save_profiles(p)
print(PREFECT_PROFILES_PATH.value().read_text())
q = ps.load_profiles()
print(sorted(q.names), q["test"].settings, q["test"].name, q.active_profile.name)
q.set_active("test")
ps.save_profiles(q)
print(PREFECT_PROFILES_PATH.value().read_text())
print(ps.load_profile("test").settings)
for bad in (
    lambda: ps.load_profile("nope"),
    lambda: q.set_active("nope"),
    lambda: q.add_profile(a),
    lambda: q["nope"],
    lambda: Profile(name="x", settings={"NOPE": 1}),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
with use_profile("test"):
    print(PREFECT_API_KEY.value())
q.update_profile("test", settings={PREFECT_API_URL: "http://x"})
print(q["test"].settings)
q.remove_profile("test")
print(sorted(q.names), q.active_name)
