import os

from prefect import flow, task

print("printed while loading")


@task
def step():
    pass


@flow
async def my_async_flow(x=1):
    """First line.

    Indented:
        more.
    """


def plain():
    pass


inner = flow(plain)


@flow
def called():
    raise RuntimeError("a flow ran while its script was described")


called()
nothing = None
here = os.getcwd()
