# unordered
"""Sync and async flows and tasks in each other."""
import asyncio

from prefect import flow, task
from prefect.task_runners import SequentialTaskRunner


@task
async def plus_async(x):
    await asyncio.sleep(0.01)
    return x + 1


@task
def plus(x):
    return x + 1


@task(retries=2)
async def flaky(tries):
    tries.append(1)
    if len(tries) < 3:
        raise ValueError(len(tries))
    return "at last"


@flow
async def child_async(x):
    return await plus_async(x)


@flow
def child(x):
    try:
        asyncio.get_running_loop()
        print("a loop runs")
    except RuntimeError:
        print("no loop runs here")
    return plus(x)


@flow
async def main():
    print(await plus_async(1), plus(2), await child_async(3), child(4), await flaky([]))
    future = await plus_async.submit(5)
    print(future.asynchronous, await future.result(), (await future.wait()).name)
    print(await plus_async(future), [await f.result() for f in await plus_async.map([1, 2])])
    print(await asyncio.gather(*[plus_async(i) for i in range(3)]))
    print((await plus_async("x", return_state=True)).name)
    state = await plus_async.submit(1, return_state=True)
    blocked = await plus_async(await plus_async.submit("y"), return_state=True)
    return state, blocked.name


@flow(task_runner=SequentialTaskRunner())
async def sequential():
    return await (await plus_async.submit(1)).result()


@flow
def sync_parent():
    coroutine = child_async(1)
    print(type(coroutine).__name__)
    coroutine.close()
    return plus_async(1) + plus_async.submit(2).result()


print(asyncio.run(main()))
print(asyncio.run(sequential()))
print(sync_parent())
