"""Lines written to a file by `logging`, each flushed as it always does."""

import json
import logging
import sys
import tempfile
import time

count = int(sys.argv[1])
logger = logging.getLogger("bare")
logger.setLevel("INFO")
with tempfile.NamedTemporaryFile("w") as file:
    handler = logging.StreamHandler(file)
    handler.setFormatter(
        logging.Formatter("%(asctime)s | %(levelname)-7s | %(name)s - %(message)s")
    )
    logger.addHandler(handler)
    logger.propagate = False
    started = time.perf_counter()
    for i in range(count):
        logger.info("This is line %s of the log", i)
    print(json.dumps({"seconds": time.perf_counter() - started}))
