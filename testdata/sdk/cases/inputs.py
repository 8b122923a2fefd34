# unordered
"""Which runs the inputs of a task run come from, and what a client finds."""
import asyncio

from prefect import flow, get_client, task
from prefect.orion.schemas.core import TaskRunResult


@task
def give(x):
    return x


@flow
def child(x, y):
    return x


@flow
def main():
    a = give.submit([1, "two"])
    text = give("some text")
    state = give(a, return_state=True)
    traced = give(text, return_state=True)
    waiting = give(3, wait_for=[a], return_state=True)
    return a.wait(), state, traced, waiting, child(x=a, y=1, return_state=True)


async def look(states):
    source, state, traced, waiting, sub = states
    expected = [TaskRunResult(id=source.state_details.task_run_id)]
    async with get_client() as client:
        for one in (state, traced, waiting):
            run = await client.read_task_run(one.state_details.task_run_id)
            print({name: len(found) for name, found in run.task_inputs.items()})
        run = await client.read_task_run(state.state_details.task_run_id)
        print(run.task_inputs == {"x": expected})
        flow_run = await client.read_flow_run(sub.state_details.flow_run_id)
        parent = await client.read_task_run(flow_run.parent_task_run_id)
        print(parent.task_inputs == {"x": expected, "y": []}, parent.name)
        print(parent.state.state_details.child_flow_run_id == flow_run.id, parent.state.name)
        history = await client.read_task_run_states(parent.id)
        print([one.name for one in history])
        created = await client.create_flow_run(child, parameters={"x": 1}, name="given")
        print(created.name, created.state, created.parameters)


asyncio.run(look(main()))
