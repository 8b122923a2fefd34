# unordered
"""Tasks behind others: results of futures and states, wherever they are in the arguments."""
import dataclasses

from prefect import flow, task


@task
def one(x):
    return x


@task
def bad():
    raise ValueError("bad")


@dataclasses.dataclass
class Box:
    content: object
    label: str = "box"


@flow
def child(x):
    return x


@flow
def main():
    a, b = one.submit(1), one.submit(2)
    print(one([a, {"k": b}, (a, [b])]), one(Box(a)))
    print(one({1, 2, 3}), one(range(3)), one(None))
    print(one.submit(one(4, return_state=True)).result(), child([a, b]))
    failed = bad.submit()
    for state in (
        one(failed, return_state=True),
        one([{"deep": failed}], return_state=True),
        one.submit(5, wait_for=[failed]).wait(),
        one(6, wait_for=[a, b], return_state=True),
    ):
        print(state.name, state.type, state.is_pending(), state.result())
    try:
        child(failed)
    except Exception as exc:
        print(type(exc).__name__)
    return "end"


print(main())
