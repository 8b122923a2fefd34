"""A script that runs a flow by itself, for the fault tests. It ends when the file go is there."""

import os
import time

from prefect import flow, get_run_logger, task


@task
def wait() -> None:
    while not os.path.exists("go"):
        time.sleep(0.02)


@flow
def by_hand() -> str:
    get_run_logger().info("begun")
    wait()
    with open("done", "w") as file:
        file.write("done")
    return "done"


if __name__ == "__main__":
    by_hand()
