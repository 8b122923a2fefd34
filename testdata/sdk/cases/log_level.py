"""A level that leaves out what the engine says."""

import os

os.environ["PREFECT_LOGGING_LEVEL"] = "WARNING"
import logging
from prefect import flow, task, get_run_logger


@task
def t():
    l = get_run_logger()
    l.info("no")
    l.warning("yes")
    print(l.isEnabledFor(20), l.logger.level, logging.getLogger("prefect").level)


@task
def bad():
    raise ValueError("v")


@flow
def f():
    t()
    bad(return_state=True)
    logging.getLogger("prefect.flow_runs").setLevel("INFO")
    get_run_logger().info("now")
    return 1


print(f())
