"""What a flow's return value makes of its final state."""
from prefect import flow, task
from prefect.orion.schemas.states import Cancelled, Completed, Crashed, Failed, State, StateType


@task
def ok(x=1):
    return x


@task
def bad():
    raise ValueError("bad")


@flow
def child(x):
    return x


def bodies():
    yield lambda: (child(1), ok(2)) and None
    yield lambda: []
    yield lambda: [ok(return_state=True), bad(return_state=True)]
    yield lambda: {"a": bad(return_state=True)}
    yield lambda: (child(1, return_state=True),)
    yield lambda: Failed(message="own")
    yield lambda: State(type=StateType.COMPLETED, name="Zed", message="own")
    yield lambda: [Failed(), Completed()]
    yield lambda: Cancelled(message="c")
    yield lambda: [Crashed(), Completed()]
    yield lambda: [Cancelled(), Completed()]
    yield lambda: [[ok(return_state=True)]]
    yield lambda: ok(ok(3, return_state=True))
    yield lambda: child(Completed(message="param"))
    yield lambda: ValueError("as a value")


for number, body in enumerate(bodies()):
    made = flow(body, name=f"flow {number}")
    state = made(return_state=True)
    print(number, state, repr(state.result(raise_on_failure=False)))
    try:
        print("  ", repr(state.result()))
    except Exception as exc:
        print("  ", type(exc).__name__, exc)
