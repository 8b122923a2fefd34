"""Log records in every form, and those of other loggers."""
import logging
import os

os.environ["PREFECT_LOGGING_EXTRA_LOGGERS"] = "extra.lib"

from prefect import flow, get_run_logger, task  # noqa: E402
from prefect.logging import get_logger  # noqa: E402

logging.basicConfig(level=logging.DEBUG, format="MINE %(message)s")
logging.getLogger("before").info("before any flow")


@task
def talks():
    logger = get_run_logger()
    logger.info("a %s and %d", "text", 2)
    logger.info("%(name)s", {"name": "by name"})
    logger.info("100%")
    logger.info(["a", "list"])
    logger.info("two\nlines")
    logger.log(25, "between")
    logger.debug("hidden")
    logger.warning("with extra", extra={"mine": 1})
    try:
        {}["missing"]
    except KeyError:
        logger.exception("caught %s", "it")
    logger.error("given", exc_info=ValueError("given"))
    logging.getLogger("some.lib").warning("a library warns")
    logging.getLogger("some.lib").info("hidden")
    logging.getLogger("extra.lib").info("an extra logger")
    logging.getLogger("extra.lib.sub").info("its child")
    logging.error("the root logger")
    get_logger("mine").info("a child of prefect")
    print(sorted(logger.extra))


@flow
def main():
    logger = get_run_logger(team="data")
    logger.info("the flow says")
    print(sorted(logger.extra), logger.isEnabledFor(logging.DEBUG))
    talks()


main()
