# unordered
"""What a future can tell, and when."""
import time

from prefect import flow, task
from prefect.futures import PrefectFuture


@task
def slow():
    time.sleep(0.6)
    return "slow"


@task
def bad():
    raise ValueError("bad")


@flow
def main():
    future = slow.submit()
    print(isinstance(future, PrefectFuture), future.asynchronous, future.task_run.dynamic_key)
    print(future.wait(timeout=0.05), future.get_state().is_final())
    try:
        future.result(timeout=0.05)
    except TimeoutError as exc:
        print("TimeoutError", exc)
    print(future.wait(), future.result(timeout=0), future.get_state())
    print(repr(future).startswith("PrefectFuture('slow-"), hash(future) == hash(future))
    failed = bad.submit()
    print(repr(failed.result(raise_on_failure=False)), failed.wait().is_failed())
    try:
        failed.result()
    except ValueError as exc:
        print("raised", exc)
    return 1


main()
