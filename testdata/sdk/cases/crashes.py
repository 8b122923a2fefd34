"""What ends a run from outside: exits, interrupts and other base exceptions."""
import sys

from prefect import flow, task


class Odd(BaseException):
    pass


@task
def exits():
    sys.exit(4)


@task(retries=2)
def interrupted():
    print("once")
    raise KeyboardInterrupt


@task
def odd():
    raise Odd("odd")


@task(cache_key_fn=lambda context, arguments: 1 / 0)
def bad_key():
    return 1


@flow
def with_exit():
    print(exits(return_state=True))
    return 1


@flow
def with_interrupt():
    interrupted(return_state=True)
    print("after")


@flow
def with_odd():
    print(repr(odd()))
    return 1


@flow
def with_bad_key():
    state = bad_key(return_state=True)
    print(repr(state.message), repr(state.result(raise_on_failure=False)))
    return 1


@flow
def child():
    sys.exit(6)


@flow
def parent():
    child()


@flow(retries=1)
def flow_exits():
    sys.exit("a message")


for run in (with_exit, with_interrupt, with_odd, with_bad_key, parent, flow_exits):
    try:
        print(run.name, repr(run()))
    except BaseException as exc:
        print(run.name, "raised", repr(exc))
sys.exit(3)
