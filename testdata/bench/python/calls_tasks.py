"""Tasks called one after the other; each logs one line."""

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
def sequential(count: int):
    started = time.perf_counter()
    for i in range(count):
        one(i)
    return time.perf_counter() - started


sequential(2)
print(json.dumps({"seconds": sequential(count)}))
