"""What the other scripts do, without Prefect: calls of a function that logs one line each."""

import json
import logging
import sys
import time

count = int(sys.argv[1])
logging.basicConfig(level="INFO", format="%(asctime)s | %(levelname)-7s | %(name)s - %(message)s")
logger = logging.getLogger("bare")


def one(x):
    logger.info("Hello %s", x)
    return x


started = time.perf_counter()
for i in range(count):
    one(i)
print(json.dumps({"seconds": time.perf_counter() - started}))
