"""Subflows: tags, parameters, failures, async ones, and states of their parents."""

import asyncio
from prefect import flow, task, tags, get_run_logger
from prefect.context import get_run_context, FlowRunContext


@task
def t(x):
    return x


@flow(name="child", version="v1", description="d")
def child(x: int, y: str = "s"):
    get_run_logger().info("child with %s %s", x, y)
    c = get_run_context()
    print(sorted(c.flow_run.tags), c.flow_run.parameters, c.flow.name, c.flow_run.flow_version)
    return t(x)


@flow
def grand(n):
    if n == 0:
        raise ValueError("bottom")
    return n


@flow
def mid(n):
    return grand(n)


@flow
def parent():
    with tags("a", "b"):
        print(child(1))
        with tags("c"):
            print(child("2", y=3))
    print(child(x=4, return_state=True))
    s = child("not int", return_state=True)
    print(s.type, s.name)
    s = mid(0, return_state=True)
    print(s)
    try:
        mid(0)
    except ValueError as e:
        print("caught", e)
    return mid(2)


print(parent())


@flow
def only_subs():
    mid(1)
    mid(2)


print(only_subs(return_state=True))
print(only_subs())


@flow
def fails_sub():
    mid(1)
    mid(0, return_state=True)


print(fails_sub(return_state=True))
try:
    fails_sub()
except Exception as e:
    print(type(e).__name__, e)


@flow
async def achild(x):
    await asyncio.sleep(0.01)
    return x * 2


@flow
async def aparent():
    a = await achild(1)
    b = await achild(2, return_state=True)
    c = child(7)
    print(a, b, c)
    return [b, "x"]


print(asyncio.run(aparent()))


@flow
def sync_parent():
    try:
        r = achild(3)
        print(type(r).__name__)
        r.close()
    except BaseException as e:
        print(type(e).__name__, e)
    return 1


print(sync_parent())


@task
def calls_flow():
    return mid(5)


@flow
def flow_in_task():
    return calls_flow()


try:
    print(flow_in_task())
except Exception as e:
    print(type(e).__name__, e)
