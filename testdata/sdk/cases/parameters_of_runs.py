"""Arguments of flows: how they are bound, checked and kept."""
import asyncio
from typing import Dict, List, Optional

from prefect import flow, get_client


@flow
def typed(a: int, b: List[int] = [1], *rest, c: Optional[float] = None, **more: str):
    return a, b, rest, c, more


@flow(validate_parameters=False)
def untyped(a: int, b: Dict[str, int] = None):
    return a, b


@flow
def child(x: int):
    return x


@flow
def parent():
    result = child("bad")
    print("the child gave", result.name, result.is_failed())
    try:
        child()
    except TypeError as exc:
        print(type(exc).__name__, exc)
    return 1


@flow
def positional(a, /, b, *, c=3):
    return a, b, c


for call in (
    lambda: typed("1", ("2", 3), 4, 5, c="6.5", d=7),
    lambda: typed(1.9),
    lambda: typed(None),
    lambda: typed(1, 2),
    lambda: typed(),
    lambda: typed(b=[1]),
    lambda: untyped("x", "y"),
    lambda: positional(1, 2),
    lambda: positional(1, b=2, c=4),
    lambda: positional(1, 2, c=5),
    parent,
):
    try:
        print(call())
    except Exception as exc:
        print(type(exc).__name__, exc)


async def look():
    async with get_client() as client:
        state = typed("7", return_state=True)
        run = await client.read_flow_run(state.state_details.flow_run_id)
        print(run.parameters["a"], run.parameters["b"], run.state.name, run.run_count)


asyncio.run(look())
