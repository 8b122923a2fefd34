"""What flows, tasks and task runners say of themselves."""

import inspect, functools
from prefect import flow, task, Flow, Task
from prefect.task_runners import *


@flow
def first_flow(a, b: int = 2, *args, c="x", **kw):
    """Doc of first.

    More.
    """
    return a


print(
    first_flow.name,
    first_flow.description,
    first_flow.retries,
    first_flow.retry_delay_seconds,
    first_flow.timeout_seconds,
    first_flow.task_runner,
    type(first_flow.task_runner).__name__,
    first_flow.should_validate_parameters,
    first_flow.isasync,
    len(first_flow.version),
)
print(
    first_flow.__name__,
    first_flow.__doc__,
    first_flow.__module__,
    first_flow.__wrapped__ is first_flow.fn,
    inspect.signature(first_flow),
    callable(first_flow),
    isinstance(first_flow, Flow),
)
print(first_flow.parameters)
print(first_flow.parameters.dict())


@flow(
    name="N",
    version="1",
    description="D",
    retries=3,
    retry_delay_seconds=1.5,
    timeout_seconds=5,
    validate_parameters=False,
    task_runner=SequentialTaskRunner(),
)
async def second():
    pass


print(
    second.name,
    second.version,
    second.description,
    second.retries,
    second.retry_delay_seconds,
    second.timeout_seconds,
    second.task_runner,
    second.should_validate_parameters,
    second.isasync,
)
print(
    second.task_runner == SequentialTaskRunner(),
    SequentialTaskRunner() == ConcurrentTaskRunner(),
    repr(SequentialTaskRunner()),
    SequentialTaskRunner().name if hasattr(SequentialTaskRunner(), "name") else "-",
    SequentialTaskRunner().concurrency_type,
    ConcurrentTaskRunner().concurrency_type,
)
print(repr(first_flow)[:28], str(first_flow)[:28])


@task
def t(a, b=1):
    "Doc t"


print(
    t.name,
    t.description,
    t.tags,
    t.version,
    t.cache_key_fn,
    t.cache_expiration,
    t.retries,
    t.retry_delay_seconds,
    t.task_key,
    t.isasync,
    t.__name__,
    t.__doc__,
    inspect.signature(t),
    isinstance(t, Task),
)


@task(
    name="N", description="D", tags=["x", "y", "x"], version="3", retries=2, retry_delay_seconds=10
)
async def u(): ...


print(
    u.name,
    u.description,
    sorted(u.tags),
    u.version,
    u.retries,
    u.retry_delay_seconds,
    u.isasync,
    u.task_key,
)
for bad in (
    lambda: flow(name="a/b")(lambda: 1),
    lambda: flow(3),
    lambda: task(3),
    lambda: Flow(fn=None),
    lambda: task(name="x/y")(lambda: 1),
    lambda: flow(name="a%b")(lambda: 1),
    lambda: flow(foo=1),
    lambda: task(foo=1),
    lambda: flow(lambda return_state: 1),
    lambda: task(lambda wait_for: 1),
    lambda: task(lambda return_state: 1),
    lambda: flow(lambda x=object(): 1),
):
    try:
        print("ok", type(bad()).__name__)
    except Exception as e:
        print(type(e).__name__, str(e).replace("\n", "|"))
