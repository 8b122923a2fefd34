"""Flows that leave the process, and exceptions that are no errors."""

import sys
from prefect import flow, task


@task
def t():
    return 1


@flow
def f():
    t()
    sys.exit("a message")


try:
    f()
except SystemExit as e:
    print("exit", repr(e.code))


@flow
def g():
    sys.exit()


try:
    print(g(return_state=True))
except SystemExit as e:
    print("exit", repr(e.code))


@flow
def parent():
    try:
        g()
    except SystemExit as e:
        print("caught in parent", repr(e.code))
    return 3


try:
    print(parent())
except BaseException as e:
    print(type(e).__name__, e)


class Stop(BaseException):
    pass


@flow
def h():
    raise Stop("base")


try:
    h()
except BaseException as e:
    print(type(e).__name__, e)


@task
def bt():
    raise Stop("task base")


@flow
def k():
    s = bt(return_state=True)
    print(s)
    return 1


try:
    print(k())
except BaseException as e:
    print(type(e).__name__, e)
