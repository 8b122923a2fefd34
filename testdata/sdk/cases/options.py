"""Options of flows and tasks, and what their decorators refuse."""
from functools import wraps

from prefect import flow, task
from prefect.task_runners import SequentialTaskRunner


def shown(label, make):
    try:
        print(label, make())
    except Exception as exc:
        print(label, type(exc).__name__, exc)


def loud(fn):
    @wraps(fn)
    def wrapper(*args, **kwargs):
        print("called with", args, kwargs)
        return fn(*args, **kwargs)

    return wrapper


@flow(name="one", version="v", description="d", retries=2, retry_delay_seconds=3, timeout_seconds=4)
def full():
    """The docstring."""


@flow
@loud
def wrapped(x: int, y=2):
    return x + y


class Holder:
    @staticmethod
    @flow
    def static(x):
        return x

    @flow
    def method(self, x):
        return x


print(full.name, full.version, full.description, full.retries, full.retry_delay_seconds, full.timeout_seconds)
copy = full.with_options(name="two", task_runner=SequentialTaskRunner)
print(copy.name, copy.version, type(copy.task_runner).__name__, copy is full, copy.fn is full.fn)
print(wrapped("1"), wrapped.name, Holder.static(3), Holder.method(Holder(), 4))
shown("method", lambda: Holder().method(1))
shown("not callable", lambda: flow(5))
shown("slash", lambda: flow(lambda: 1, name="a/b"))
shown("reserved", lambda: task(lambda return_state: 1))
shown("reserved too", lambda: flow(lambda return_state: 1))
shown("unknown", lambda: flow(lambda: 1, nope=1))
shown("later", lambda: task(lambda: 1, persist_result=True))
shown("default", lambda: flow(lambda x=print: 1))
shown("outside", lambda: task(lambda: 1)())
shown("submit outside", lambda: task(lambda: 1).submit())
made = task(lambda x: x, name="n", tags=["b", "a"])
print(made.name, sorted(made.tags), made.fn(3), made.task_key, made.retries, made.isasync)
