"""Tags of tasks and of the blocks around calls."""
import asyncio

from prefect import flow, get_client, tags, task
from prefect.context import TagsContext, get_run_context


@task(tags=["own"])
def tagged():
    return sorted(get_run_context().task_run.tags)


@flow
def child():
    return sorted(get_run_context().flow_run.tags)


@flow
def main():
    print(sorted(get_run_context().flow_run.tags), tagged())
    with tags("inner"):
        print(tagged(), child(), sorted(TagsContext.get().current_tags))
        state = tagged.with_options(tags=["other"])(return_state=True)
    return state


async def look(state):
    async with get_client() as client:
        run = await client.read_task_run(state.state_details.task_run_id)
        print(sorted(run.tags), run.task_key, run.dynamic_key)


with tags("outer", "more"):
    final = main(return_state=True)
print(TagsContext.get().current_tags)
asyncio.run(look(final.result()))
