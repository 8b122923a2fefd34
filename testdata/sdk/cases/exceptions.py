# unordered
"""Exceptions of tasks: chains, own classes, many lines, recursion."""

from prefect import flow, task


class Custom(Exception):
    def __init__(self, a, b):
        super().__init__(a)
        self.b = b


def helper(x):
    def deeper():
        raise ValueError(f"deep {x}")

    deeper()


@task
def chain():
    try:
        helper(1)
    except ValueError as e:
        raise RuntimeError("outer") from e


@task
def context():
    try:
        helper(2)
    except ValueError:
        raise KeyError("ctx")


@task
def suppressed():
    try:
        helper(3)
    except ValueError:
        raise TypeError("clean") from None


@task
def custom():
    raise Custom("a", "b")


@task
def multi():
    raise ValueError("line1\nline2\n  indented")


@task
def empty():
    raise ValueError


@task
def asserts():
    assert 1 == 2, "nope"


@task
def stop():
    raise StopIteration("s")


@task
def rec():
    return rec_fn(3)


def rec_fn(n):
    return 1 / 0 if n == 0 else rec_fn(n - 1)


@flow
def f():
    for t in (chain, context, suppressed, custom, multi, empty, asserts, rec):
        s = t(return_state=True)
        print(t.name, s, repr(s.result(raise_on_failure=False)))
    try:
        custom()
    except Custom as e:
        print("caught", e, e.b, e.args)
    fut = custom.submit()
    try:
        fut.result()
    except Custom as e:
        print("caught", e, e.b)
    return "ok"


print(f())
