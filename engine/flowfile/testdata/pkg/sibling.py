import names

from prefect import flow


@flow(name=names.GREETING + "-sibling")
def greet():
    pass
