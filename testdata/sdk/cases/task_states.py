"""Tasks that return states, and retries of tasks."""
from prefect import flow, task
from prefect.orion.schemas.states import Cancelled, Completed, Failed, State, StateType


@task(retries=1)
def gives(state):
    print("runs")
    return state()


@task
def many():
    return [Completed(), Failed(message="inner")]


def numbers():
    yield 1
    yield 2


@task
def generates():
    return numbers()


@flow
def main():
    for make in (
        lambda: Failed(message="by hand"),
        lambda: Completed(message="done"),
        lambda: State(type=StateType.COMPLETED, name="Custom"),
        lambda: Cancelled(message="cancelled"),
    ):
        state = gives(make, return_state=True)
        print(state, state.type, state.is_final())
    print(many(return_state=True), generates())
    return 1


main()
