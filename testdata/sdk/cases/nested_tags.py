# unordered
"""Tags of flows, subflows and tasks within blocks of tags."""

from prefect import flow, task, tags
from prefect.context import get_run_context, FlowRunContext, TaskRunContext


@task(tags=["t"])
def t():
    return sorted(TaskRunContext.get().task_run.tags)


@flow
def child():
    return sorted(FlowRunContext.get().flow_run.tags), t()


@flow
def parent():
    with tags("p"):
        a = child()
        f = t.submit()
        m = t.map.__name__
    return a, f.result(), t(), child()


with tags("outer"):
    print(parent())
print(parent())
