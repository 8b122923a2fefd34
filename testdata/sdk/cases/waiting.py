# unordered
"""Waiting for futures, with and without a limit."""

import time
from prefect import flow, task


@task
def slow(n=0.3):
    time.sleep(n)
    return n


@task
def quick():
    return "q"


@flow
def f():
    a = slow.submit(1.0)
    print(a.wait(0.01), a.get_state().name in ("Pending", "Running"), a.get_state().is_final())
    try:
        a.result(timeout=0.01)
    except Exception as e:
        print(type(e).__name__, e)
    print(a.result(), a.wait(), a.result(timeout=0))
    b = quick.submit(wait_for=[a])
    print(b.result())
    c = quick(wait_for=[slow.submit(0.1)])
    print(c)
    try:
        quick.submit(wait_for=5)
    except Exception as e:
        print(type(e).__name__, e)
    d = [slow.submit(0.05) for _ in range(3)]
    print([x.result() for x in d])
    return a


s = f(return_state=True)
print(s, s.result())
