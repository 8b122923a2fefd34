"""What a task does to its arguments stays its own."""

from dataclasses import dataclass, field
from prefect import flow, task


@dataclass
class D:
    xs: list = field(default_factory=list)


@task
def mutate(a, d, dc, t):
    a.append(1)
    d["k"].append(2)
    dc.xs.append(3)
    t[0].append(4)
    return a


@flow
def child(a):
    a.append("c")
    return len(a)


@flow
def f(lst):
    a, d, dc, t = [], {"k": []}, D(), ([],)
    r = mutate(a, d, dc, t)
    print(a, d, dc, t, r, r is a)
    fut = mutate.submit(a, d, dc, t)
    fut.wait()
    print(a, d, dc, t)
    print(child(a), a)
    lst.append("flow")
    print(lst)
    return a


x = ["x"]
f(x)
print(x)


@task
def ident(v):
    return v


@flow
def g():
    o = object()

    class K:
        pass

    k = K()
    l = [k]
    print(ident(3) == 3)


g()
