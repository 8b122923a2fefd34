# requires: yaml
"""A logging.yml of the user."""

import os

os.makedirs(os.environ["PREFECT_HOME"], exist_ok=True)
p = os.path.join(os.environ["PREFECT_HOME"], "logging.yml")
open(p, "w").write("""
version: 1
disable_existing_loggers: False
formatters:
  mine:
    format: "MINE %(levelname)s %(message)s"
handlers:
  con:
    level: 0
    class: logging.StreamHandler
    formatter: mine
loggers:
  prefect:
    level: "${PREFECT_LOGGING_LEVEL}"
    handlers: [con]
    propagate: no
""")
from prefect import flow, task, get_run_logger


@task
def t():
    get_run_logger().info("hello")


@flow
def f():
    t()
    get_run_logger().warning("w")


f()
