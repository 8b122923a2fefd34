"""Tasks submitted, all at once, and waited for; each logs one line."""

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
def submitted(count: int):
    started = time.perf_counter()
    futures = [one.submit(i) for i in range(count)]
    for future in futures:
        future.wait()
    return time.perf_counter() - started


submitted(2)
print(json.dumps({"seconds": submitted(count)}))
