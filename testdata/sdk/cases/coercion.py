"""Arguments read as their annotations say, and what is said of those that do not fit."""

import datetime
from typing import *
from prefect import flow, task


@flow
def f(
    x: int,
    y: List[int] = [],
    z: Dict[str, float] = {},
    d: datetime.date = None,
    o: Optional[str] = None,
    u: Union[int, List[int]] = 1,
    *args: int,
    **kw: float,
):
    print(x, y, z, d, o, u, args, kw)


f("1", ["2"], {"a": "3"}, "2020-01-01", 5, ["1"], "7", "8", q="1.5")
f(x=True, y=(1, 2.0), z={1: 2}, u="4")
for kw in (
    dict(x="a"),
    dict(x=1, y=["a", 1, "b"]),
    dict(x=1, z={"a": "b"}),
    dict(x=1, d="nope"),
    dict(x=[]),
    dict(x=None),
    dict(x=1, k="str"),
):
    try:
        f(**kw)
    except Exception as e:
        print(type(e).__name__, str(e).replace("\n", "|"))
try:
    f(1, [], {}, None, None, 1, "a")
except Exception as e:
    print(type(e).__name__, str(e).replace("\n", "|"))
s = f._run("bad")
print(s, s.name)
s = f("bad", return_state=True)
print(s.message)


@flow
def g(x: "int", y: "List[str]" = None):
    return x, y


print(g("3"), g(1, [1]))


@flow
def h(x=1, y: float = 2):
    return x, y


print(h(), h("a", "3"))
