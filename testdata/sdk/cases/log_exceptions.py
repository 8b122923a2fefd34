"""Records with an exception, without one, and with one that was given."""

import logging
from prefect import flow, get_run_logger
from prefect.logging import get_logger


@flow
def f():
    l = get_run_logger()
    l.error("a", exc_info=True)
    l.error("b", exc_info=False)
    l.error("c", exc_info=None)
    l.error("d", exc_info=ValueError("given"))
    try:
        1 / 0
    except Exception as e:
        l.error("e", exc_info=e)
        l.info("f", exc_info=True)
        l.exception("g %s", 1)
        try:
            raise KeyError("k")
        except KeyError:
            l.exception("chained")
        try:
            raise KeyError("k") from e
        except KeyError:
            l.exception("cause")
        try:
            raise KeyError("k") from None
        except KeyError:
            l.exception("none")
    l.exception("outside")
    get_logger("x").error("h", exc_info=True)
    logging.getLogger("std").error("i", exc_info=True)
    try:
        1 / 0
    except Exception as e:
        logging.getLogger("std").exception("j")
        get_logger("x").exception("k")


f()
