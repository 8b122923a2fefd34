"""What groups of states come to, and which state a value or exception stands for."""

import asyncio
from prefect.states import (
    StateGroup,
    return_value_to_state,
    raise_failed_state,
    exception_to_crashed_state,
)
from prefect.orion.schemas.states import *

g = StateGroup([Completed(), Failed(), Pending(), Running(), Crashed()])
print(
    g,
    repr(g),
    g.fail_count,
    g.total_count,
    g.not_final_count,
    g.all_completed(),
    g.any_failed(),
    g.all_final(),
    g.counts_message(),
)
g = StateGroup([])
print(g, g.all_completed(), g.all_final(), g.counts_message())
g = StateGroup([Completed()] * 2)
print(g.counts_message(), g.any_cancelled() if hasattr(g, "any_cancelled") else None)


async def main():
    for v in (
        1,
        None,
        [],
        [Completed()],
        [Completed(), Failed()],
        (Pending(),),
        {Completed()} if 0 else [Running(), Completed()],
        Failed(message="m"),
        [Crashed(), Completed()],
        [Cancelled()],
        {"a": Completed()},
    ):
        try:
            s = await return_value_to_state(v)
            print(s, s.type, s.message)
        except Exception as e:
            print(type(e).__name__, e)
    for exc in (
        KeyboardInterrupt(),
        SystemExit(2),
        asyncio.CancelledError(),
        ValueError("x"),
        BaseException("b"),
    ):
        try:
            s = exception_to_crashed_state(exc)
            import inspect

            if inspect.isawaitable(s):
                s = await s
            print(s, s.message)
        except BaseException as e:
            print(type(e).__name__, e)
    try:
        await raise_failed_state(Completed())
    except Exception as e:
        print(type(e).__name__, e)


asyncio.run(main())
