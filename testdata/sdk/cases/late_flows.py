"""Flows that take longer than they may, alone and within others."""

import time
from prefect import flow, task


@task
def t(x):
    return x


@flow(timeout_seconds=0.5)
def slow():
    t(1)
    time.sleep(1.0)
    t(2)
    print("not reached?")


s = slow(return_state=True)
print(s, s.type, s.name)
try:
    s.result()
except BaseException as e:
    print(type(e).__name__, str(e))


@flow(timeout_seconds=5)
def fast():
    return t(1)


print(fast())


@flow
def parent():
    s = slow(return_state=True)
    print(s)
    return "ok"


print(parent())
try:
    slow()
except BaseException as e:
    print(type(e).__name__, repr(str(e)))
