"""Debug records of tasks run one after the other, and of a subflow."""

import os

os.environ["PREFECT_LOGGING_LEVEL"] = "DEBUG"
from prefect import flow, task, get_run_logger
from prefect.task_runners import SequentialTaskRunner


@task(retries=1)
def t(x):
    get_run_logger().debug("dbg")
    if x == 3:
        raise ValueError("three")
    return x


@flow(task_runner=SequentialTaskRunner())
def f():
    a = t.submit(1)
    b = t(a)
    s = t(3, return_state=True)
    return child(b)


@flow
def child(x):
    return t(x)


print(f())


@flow(retries=1)
def fails():
    raise ValueError


fails(return_state=True)
