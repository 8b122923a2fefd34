"""The flows of the fault tests (engine/agent/faults_*_test.go)."""

import ctypes
import os
import signal
import time

from prefect import flow, get_run_logger, task


@task
def step(number: int) -> int:
    get_run_logger().info("step %d", number)
    time.sleep(0.05)
    return number


@flow
def part() -> None:
    step(10)
    step(11)


@flow
def work() -> int:
    """Prints and logs a known number of lines, in the flow, in tasks and in a subflow."""
    print("begin", flush=True)
    total = sum(step(number) for number in range(5))
    part()
    print("end", total, flush=True)
    return total


@flow
def vanish(how: str) -> None:
    """Ends its process with no word, in the middle of a task of a subflow."""
    vanishing(how)


@flow
def vanishing(how: str) -> None:
    fall(how)


@task
def fall(how: str) -> None:
    get_run_logger().warning("last words")
    print("printed at last", flush=True)
    if how == "exit":
        os._exit(7)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    ctypes.string_at(0)


@flow
def wait_for_file(name: str = "go") -> None:
    while not os.path.exists(name):
        time.sleep(0.02)


attempts = []


@flow(retries=2)
def third_time() -> int:
    attempts.append(1)
    if len(attempts) < 3:
        raise ValueError(f"attempt {len(attempts)}")
    return len(attempts)


@flow(timeout_seconds=0.5)
def too_slow() -> None:
    for number in range(1000):
        step(number)


@flow
def talk(megabytes: int) -> None:
    """Logs and prints as fast as it can."""
    logger = get_run_logger()
    for number in range(megabytes * 1000):
        logger.info("%06d %s", number, "l" * 500)
        print(f"{number:06} " + "p" * 490)


@flow
def one_long_message(bytes_: int) -> None:
    get_run_logger().info("m" * bytes_)
