# unordered
"""Futures and states within arguments, however deep."""

from dataclasses import dataclass
from collections import OrderedDict, namedtuple
from prefect import flow, task, unmapped
from prefect.utilities.collections import quote


@dataclass
class DC:
    a: object


P = namedtuple("P", "x y")


@task
def one(x=1):
    return x


@task
def show(v):
    print(type(v).__name__, v)
    return v


@flow
def f():
    a = one.submit(5)
    s = one(6, return_state=True)
    show([a, s])
    show((a, s))
    show({"k": a, "l": [s]})
    show({a})
    show(DC(a))
    show(OrderedDict(q=a))
    show(P(a, 1))
    show([[[a]]])
    show({"a": {"b": (a,)}})
    show.submit(a).result()
    show(show.submit(a))
    show("a")
    show(quote(3))
    show(quote([1]))
    return a


print(f())
