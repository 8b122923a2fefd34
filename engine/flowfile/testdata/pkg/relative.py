from prefect import flow

from .names import GREETING


@flow(name=GREETING)
def greet(name: str):
    pass
