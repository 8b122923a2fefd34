"""Handlers and filters that a script adds."""

import logging
from prefect import flow, task, get_run_logger


class H(logging.Handler):
    def emit(self, r):
        seen.append(
            (
                r.name,
                r.levelname,
                r.getMessage(),
                getattr(r, "task_run_name", None) is not None,
                getattr(r, "flow_name", None),
                r.funcName if r.filename == "log_handlers.py" else "",
            )
        )


seen = []


@task
def t():
    get_run_logger().info("one %s", 1)
    get_run_logger().warning("two", extra={"k": 1})


@flow
def f():
    h = H()
    logging.getLogger("prefect.task_runs").addHandler(h)
    logging.getLogger("prefect.flow_runs").addHandler(h)
    get_run_logger().info("flow")
    t()


f()
for s in seen:
    print(s)


class Filt(logging.Filter):
    def filter(self, r):
        r.msg = "FILTERED " + str(r.msg)
        return "secret" not in r.getMessage()


logging.getLogger("prefect.task_runs").addFilter(Filt())


@task
def u():
    get_run_logger().info("a secret")
    get_run_logger().info("open")


@flow
def g():
    u()


g()
