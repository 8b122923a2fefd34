"""What the result of a state is, and what it raises, for all that it can hold."""

import warnings
from prefect.orion.schemas.states import *
from prefect.orion.schemas.states import (
    State,
    StateType,
    Completed,
    Failed,
    Crashed,
    Cancelled,
    Pending,
)
from prefect.orion.schemas.data import DataDocument


def enc(x):
    return DataDocument.encode("cloudpickle", x)


class B(BaseException):
    pass


def show(label, s):
    for r in (True, False):
        try:
            with warnings.catch_warnings(record=True) as w:
                warnings.simplefilter("always")
                v = s.result(raise_on_failure=r)
            print(label, r, "->", repr(v), [str(x.message) for x in w])
        except BaseException as e:
            print(label, r, "raised", type(e).__name__, e)


F = lambda x: Failed(data=enc(x))
C = lambda x: Crashed(data=enc(x))
show("failed exc", F(ValueError("v")))
show("failed base", F(B("b")))
show("crashed base", C(B("b")))
show("crashed exc", C(ValueError("b")))
show("failed of failed", F(F(ValueError("v"))))
show("failed of crashed", F(C(ValueError("v"))))
show("failed of crashed base", F(C(B("v"))))
show("failed of completed", F(Completed(data=enc(1))))
show("list failed", F([Completed(data=enc(1)), F(ValueError("1")), F(ValueError("2"))]))
show("list crashed", F([C(ValueError("1"))]))
show("list crashed,failed", F([C(ValueError("1")), F(ValueError("2"))]))
show("list base", F([F(B("1")), F(ValueError("2"))]))
show("list completed", F([Completed(data=enc(1))]))
show("list empty", F([]))
show("tuple", F((F(ValueError("1")),)))
show("set", F({F(ValueError("1"))}))
show("str", F("text"))
show("none", F(None))
show("dict", F({"a": 1}))
show("cancelled", Cancelled(data=enc(ValueError("x"))))
show("pending", Pending(data=enc(5)))
show("crashed list", C([F(ValueError("1"))]))
show("no data", Failed())
show("no data c", Crashed(message="m"))
