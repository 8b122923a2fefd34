# unordered
"""What a client finds of the runs of the process, by filters and in order."""

import asyncio
from prefect import flow, task, get_client


@task
def a():
    return {"k": 1}


@task
def b(x, y=2):
    return x


@flow
def child(z):
    return b(z)


@flow
def f():
    r = a()
    fu = a.submit()
    b(r)
    b.submit(fu, y=[fu, 3])
    b(1, wait_for=[fu])
    child(r)
    b(r["k"])
    return 1


s = f(return_state=True)


async def main():
    async with get_client() as c:
        runs = await c.read_task_runs()
        by = {r.name: r for r in runs}
        ids = {r.id: r.name for r in runs}
        for r in sorted(runs, key=lambda r: r.name):
            print(
                r.name,
                r.state_name,
                r.run_count,
                {k: [ids.get(i.id, "?") for i in v] for k, v in r.task_inputs.items()},
            )
        fr = await c.read_flow_runs()
        for r in sorted(fr, key=lambda r: r.parent_task_run_id is not None):
            print(
                r.state.name,
                r.parameters,
                r.parent_task_run_id is not None,
                r.run_count,
                r.total_run_time.total_seconds() > 0,
                r.end_time >= r.start_time,
            )
        st = await c.read_flow_run_states(s.state_details.flow_run_id)
        print([x.name for x in st], [str(x) for x in st])
        st = await c.read_task_run_states(
            by["a-cf6f81a6-0"].id if "a-cf6f81a6-0" in by else runs[0].id
        )
        print([x.type for x in st])
        fl = await c.read_flows()
        print(
            sorted(x.name for x in fl),
            (await c.read_flow_by_name("child")).name,
            (await c.read_flow(fr[0].flow_id)).name in ("f", "child"),
        )
        from prefect.orion.schemas.filters import *
        from prefect.orion.schemas.sorting import *

        print(
            len(await c.read_flow_runs(flow_filter=FlowFilter(name={"any_": ["child"]}))),
            len(
                await c.read_flow_runs(
                    flow_run_filter=FlowRunFilter(state={"type": {"any_": ["COMPLETED"]}})
                )
            ),
            len(await c.read_task_runs(task_run_filter=TaskRunFilter(name={"like_": "b-"}))),
            len(await c.read_flow_runs(limit=1)),
        )
        print(
            [r.name[:1] for r in await c.read_task_runs(sort=TaskRunSort.NAME_ASC)],
            len(
                await c.read_task_runs(
                    flow_run_filter=FlowRunFilter(id={"any_": [s.state_details.flow_run_id]})
                )
            ),
            len(
                await c.read_task_runs(
                    task_run_filter=TaskRunFilter(subflow_runs={"exists_": True})
                )
            ),
        )
        import uuid

        for bad in (c.read_flow_run(uuid.uuid4()), c.read_flow_by_name("nope")):
            try:
                await bad
            except Exception as e:
                print(type(e).__name__)


asyncio.run(main())
