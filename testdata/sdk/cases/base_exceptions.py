"""Exceptions that are no Exception, in tasks and flows, and the warning about them."""

from prefect import flow, task


class B(BaseException):
    pass


@task
def tb():
    raise B("base")


@flow
def k3():
    try:
        tb()
    except BaseException as e:
        print("in flow", type(e).__name__, e)
        raise


try:
    k3()
except BaseException as e:
    print(type(e).__name__, e)


@flow
def k4():
    raise B("flow base")


try:
    k4()
except BaseException as e:
    print(type(e).__name__, e)


@flow
def k5():
    s = tb(return_state=True)
    print(s, s.type)
    return "z"


try:
    print(k5())
except BaseException as e:
    print(type(e).__name__, e)
from prefect.orion.schemas.states import Failed
from prefect.orion.schemas.data import DataDocument


class B(BaseException):
    pass


s = Failed(data=DataDocument.encode("cloudpickle", B("b")))
print(repr(s.result()))
print(repr(s.result()))
t = Failed(data=DataDocument.encode("cloudpickle", [s, s]))
try:
    t.result()
except TypeError as e:
    print("te")
