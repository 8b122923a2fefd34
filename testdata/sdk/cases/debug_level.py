# unordered
"""The records of level DEBUG."""
import os

os.environ["PREFECT_LOGGING_LEVEL"] = "DEBUG"

from prefect import flow, get_run_logger, task  # noqa: E402
from prefect.task_runners import SequentialTaskRunner  # noqa: E402


@task(retries=1)
def flaky(tries=[]):
    get_run_logger().debug("a detail")
    tries.append(1)
    if len(tries) == 1:
        raise ValueError("first")


@flow(task_runner=SequentialTaskRunner)
def child():
    flaky.submit()


@flow
def main():
    child()
    return 1


main()
