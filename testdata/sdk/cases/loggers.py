"""Loggers of runs and of the package: levels, names, arguments, exceptions."""

import logging
from prefect import flow, task, get_run_logger
from prefect.logging import get_logger
from prefect.logging.loggers import flow_run_logger, task_run_logger

lg = get_logger()
print(lg.name, get_logger("foo").name, get_logger("prefect.foo").name, get_logger("a.b").name)
mine = logging.getLogger("mine")
try:
    get_run_logger()
except Exception as e:
    print(type(e).__name__, e)


@task
def t():
    l = get_run_logger()
    l.debug("no")
    l.info("info %s", 1)
    l.warning("w")
    l.error("e")
    l.critical("c")
    l.log(25, "custom")
    l.log(5, "low")
    l.info("multi\nline")
    l.info("percent 100%")
    l.info("%s and %d", "a", 2)
    l.info("dict %(x)s", {"x": 1})
    l.info({"a": 1})
    l.info(None)
    l.info("")
    try:
        1 / 0
    except ZeroDivisionError:
        l.exception("exc")
        l.error("with info", exc_info=True)
    l.info("extra", extra={"foo": "bar"})
    l.info("uni é 🚀")
    mine.warning("lib warning")
    mine.info("lib info")
    get_logger("sub").info("sub info")
    get_logger("sub").debug("nope")
    logging.warning("root")
    print(
        l.name if hasattr(l, "name") else "",
        sorted(l.extra),
        l.logger.name,
        l.isEnabledFor(20),
        l.isEnabledFor(10),
        l.getEffectiveLevel(),
    )


@flow
def f():
    l = get_run_logger()
    l.info("flow")
    print(sorted(l.extra), l.extra["flow_name"])
    t()
    get_run_logger(x=1).info("kw")
    try:
        get_run_logger("bad")
    except Exception as e:
        print(type(e).__name__, e)


f()
get_logger("after").warning("after")
mine.warning("after lib")
