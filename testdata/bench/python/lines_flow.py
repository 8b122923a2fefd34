"""Lines logged by a flow."""

import json
import sys
import time

from prefect import flow, get_run_logger

count = int(sys.argv[1])


@flow
def talkative(count: int):
    logger = get_run_logger()
    started = time.perf_counter()
    for i in range(count):
        logger.info("This is line %s of the log", i)
    return time.perf_counter() - started


print(json.dumps({"seconds": talkative(count)}))
