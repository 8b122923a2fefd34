"""Cached results: keys, hashes of arguments, expiry, and what isn't kept."""
import time
from datetime import timedelta

from prefect import flow, task
from prefect.tasks import task_input_hash


@task(cache_key_fn=task_input_hash)
def hashed(x, y=0):
    return time.perf_counter()


@task(cache_key_fn=lambda context, arguments: "short", cache_expiration=timedelta(seconds=1))
def short():
    return time.perf_counter()


@task(cache_key_fn=lambda context, arguments: "shared")
def first():
    return "first"


@task(cache_key_fn=lambda context, arguments: "shared")
def second():
    return "second"


@task(cache_key_fn=lambda context, arguments: f"{context.task.name} {sorted(arguments)}")
def named(x):
    return x


@flow
def main():
    print(hashed(1) == hashed(1), hashed(1) == hashed(2), hashed([1, {"a": 2}]) == hashed([1, {"a": 2}]))
    print(hashed(1, 0) == hashed(x=1), hashed("1") == hashed(1))
    a, b = short(), short()
    time.sleep(1.2)
    print(a == b, a == short())
    print(first(), second())
    state = named(3, return_state=True)
    print(state, named(4, return_state=True), named(4), state.state_details.cache_key)
    return 1


main()
