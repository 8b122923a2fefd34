# unordered
"""Async tasks in async flows: gathered, mapped, submitted, timed out and forgotten."""

import asyncio, time
from prefect import flow, task, get_run_logger
from prefect.context import get_run_context


@task
async def a(x):
    await asyncio.sleep(0.01 * x)
    get_run_logger().info("a %s", x)
    return x


@task
async def bad(x):
    raise ValueError(f"bad {x}")


@task(retries=1)
async def flaky(box=[]):
    box.append(1)
    if len(box) == 1:
        raise RuntimeError("first")
    return len(box)


@task
def sync(x):
    return x + 1


@flow
async def main():
    print(await a(1))
    s = await bad(1, return_state=True)
    print(s)
    try:
        await bad(2)
    except ValueError as e:
        print("caught", e)
    f = await a.submit(2)
    print(
        type(f).__name__,
        f.asynchronous,
        await f.result(),
        (await f.wait()).name,
        (await f.get_state()).name,
    )
    s = await a.submit(3, return_state=True)
    print(s)
    r = await asyncio.gather(a(1), a(2), bad(3), return_exceptions=True)
    print([repr(x) for x in r])
    fs = await a.map([1, 2, 3])
    print([await x.result() for x in fs])
    print(await flaky())
    print(sync(1))
    sf = sync.submit(5)
    print(type(sf).__name__, sf.asynchronous)
    y = await a(await a(4))
    z = await a.submit(f)
    print(y, await z.result())
    return y


print(asyncio.run(main()))


@flow(timeout_seconds=0.2)
async def times_out():
    await asyncio.sleep(5)


s = asyncio.run(times_out(return_state=True))
print(s)
try:
    asyncio.run(times_out())
except Exception as e:
    print(type(e).__name__, str(e))


@flow(retries=1)
async def retried(box=[]):
    box.append(1)
    if len(box) < 2:
        raise ValueError("r")
    return len(box)


print(asyncio.run(retried()))


@flow
async def ret_states():
    return [await a(1, return_state=True), await bad(1, return_state=True)]


print(asyncio.run(ret_states(return_state=True)))


@flow
async def ret_future():
    return await a.submit(1)


print(asyncio.run(ret_future()))


@flow
async def forgets():
    a(1)
    a.submit(2)
    return 3


import warnings

warnings.simplefilter("ignore")
print(asyncio.run(forgets()))
