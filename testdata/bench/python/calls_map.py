"""One task mapped over many values; each run logs one line."""

import json
import sys
import time

from prefect import flow, get_run_logger, task

count = int(sys.argv[1])


@task
def one(x):
    get_run_logger().info("Hello %s", x)
    return x


@flow
def mapped(count: int):
    started = time.perf_counter()
    futures = one.map(list(range(count)))
    for future in futures:
        future.wait()
    return time.perf_counter() - started


mapped(2)
print(json.dumps({"seconds": mapped(count)}))
