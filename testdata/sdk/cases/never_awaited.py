"""Coroutines that nobody awaits."""

import asyncio
from prefect import flow, task


@task
async def nap(n):
    return n


@flow
async def sub():
    return 1


@flow
async def a():
    nap.submit(1)
    return 1


print(asyncio.run(a()))


@flow
async def b():
    nap.map([1])
    return 2


print(asyncio.run(b()))


@flow
async def c():
    sub()
    return 3


print(asyncio.run(c()))
sub()


@flow
async def d():
    nap(1, return_state=True)
    return 4


print(asyncio.run(d()))


@flow
async def e():
    f = await nap.submit(1)
    f.result()
    f.wait()
    f.get_state()
    return 5


print(asyncio.run(e()))
