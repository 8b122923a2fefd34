"""Flows that run out of time."""
import asyncio
import time

from prefect import flow, task


@flow(timeout_seconds=0.3)
def sleeps():
    time.sleep(1.5)
    print("not printed")


@flow(timeout_seconds=0.3)
async def awaits():
    try:
        await asyncio.sleep(1.5)
    finally:
        print("cleaned up")


@flow
def parent():
    try:
        sleeps()
    except TimeoutError as exc:
        print("caught", repr(exc))
    return 1


@flow(timeout_seconds=20)
def in_time():
    return "in time"


state = sleeps(return_state=True)
print(repr(state), repr(state.message), repr(state.result(raise_on_failure=False)))
print(repr(asyncio.run(awaits(return_state=True))))
print(parent(), in_time())
time.sleep(1.6)
sleeps()
