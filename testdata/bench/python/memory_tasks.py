"""How much memory a flow of many tasks has taken at the most, in megabytes."""

import json
import resource
import sys

from prefect import flow, task


@task
def one(x):
    return x


@flow
def many(count: int):
    for i in range(count):
        one(i)


many(int(sys.argv[1]))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"megabytes": peak / (1048576 if sys.platform == "darwin" else 1024)}))
