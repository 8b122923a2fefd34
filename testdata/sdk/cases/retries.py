"""Retries of tasks and flows, and what is counted."""

import time
from prefect import flow, task, get_run_logger
from prefect.context import get_run_context

calls = {}


def count(name):
    calls[name] = calls.get(name, 0) + 1
    return calls[name]


@task(retries=2)
def twice(name, fail):
    n = count(name)
    if n <= fail:
        raise ValueError(f"{name} attempt {n}")
    return f"{name} after {n}"


@task(retries=1, retry_delay_seconds=1)
def delayed():
    n = count("delayed")
    if n == 1:
        raise KeyError("missing")
    ctx = get_run_context()
    return ctx.task_run.run_count


@task(retries=3, name="other name")
def returns_failed():
    from prefect.orion.schemas.states import Failed, Completed

    n = count("rf")
    if n < 3:
        return Failed(message=f"no {n}")
    return Completed(
        message="yes",
    )


@flow
def a():
    print(twice("x", 0))
    print(twice("y", 2))
    s = twice("z", 5, return_state=True)
    print(s, s.name, s.type, s.message)
    print(delayed())
    r = returns_failed(return_state=True)
    print(r, r.message)
    return 1


print(a())
print(calls)


@flow(retries=2, retry_delay_seconds=0)
def b():
    n = count("b")
    print("b attempt", n, get_run_context().flow_run.run_count)
    t = twice("in b", 1, return_state=True)
    print(t)
    if n < 3:
        raise RuntimeError(f"again {n}")
    return n


print(b())
print(calls)


@flow(retries=1)
def sub(fail):
    n = count("sub")
    if n <= fail:
        raise ValueError("sub %d" % n)
    return n


@flow(retries=1)
def c():
    n = count("c")
    s = sub(1, return_state=True)
    print("sub is", s)
    s2 = sub(10, return_state=True)
    print("sub2 is", s2)
    return s2


st = c(return_state=True)
print(st, calls)
try:
    st.result()
except Exception as e:
    print(type(e), e)
