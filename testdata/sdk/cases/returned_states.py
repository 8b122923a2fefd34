"""States that flows return without a run behind them."""

from prefect import flow, task
from prefect.orion.schemas.states import *


@task
def ok():
    return 1


@task
def bad():
    raise ValueError("bad")


def run(fn):
    fl = flow(fn, name=fn.__name__)
    try:
        s = fl(return_state=True)
        print("STATE", s, s.type, s.message)
        print("   repr", repr(s))
    except BaseException as e:
        print("STATE RAISED", type(e).__name__, e)
    try:
        r = fl()
        print("RESULT", r)
    except BaseException as e:
        print("RESULT RAISED", type(e).__name__, e)


def r_failed():
    return Failed(message="no data")


def r_completed():
    return Completed(message="yes")


def r_cancelled():
    return Cancelled(message="c")


def r_crashed():
    return Crashed(message="c")


def r_list_mixed():
    return [ok.submit(), 5]


def r_tuple():
    return (ok.submit(), ok.submit())


def r_dict():
    return {"a": ok.submit()}


def r_set():
    return {ok.submit()}


def r_nested():
    return [[ok.submit()]]


def r_empty():
    return []


def r_state():
    return ok(return_state=True)


def r_state_bad():
    return bad(return_state=True)


def r_states():
    return [ok(return_state=True), bad(return_state=True)]


def r_str():
    return "s"


def r_false():
    return False


def r_exc():
    return ValueError("as value")


def r_none_ok():
    ok()


def r_none_submit():
    ok.submit()
    bad.submit()


def r_none_states():
    bad(return_state=True)
    ok()


def r_named():
    return Completed(name="Fancy", message="m")


def r_future_bad():
    return bad.submit()


def r_future():
    return ok.submit()


def r_generator():
    return (x for x in range(3))


def r_class():
    return int


for f in (r_failed, r_completed, r_cancelled, r_crashed, r_list_mixed, r_tuple):
    print(">>", f.__name__)
    run(f)
