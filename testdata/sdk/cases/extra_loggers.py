"""Loggers of other packages that are recorded too."""

import os

os.environ["PREFECT_LOGGING_EXTRA_LOGGERS"] = "mylib,other.sub"
import logging

lib = logging.getLogger("mylib")
sub = logging.getLogger("other.sub")
oth = logging.getLogger("other")
from prefect import flow, task, get_run_logger

lib.warning("before")


@task
def t():
    lib.info("in task")
    sub.error("sub")
    oth.info("not shown")
    oth.warning("other")
    lib.debug("no")


@flow
def f():
    lib.info("in flow")
    t()
    get_run_logger().info("quiet", extra={"send_to_orion": False})


f()
lib.info("after")
