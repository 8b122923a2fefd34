# unordered
"""Generators and other iterators from tasks and flows."""

from prefect import flow, task


@task
def gen(n):
    for i in range(n):
        yield i


@task
def ret_gen():
    return (i * i for i in range(3))


@flow
def f():
    a = gen(3)
    print(type(a).__name__, a)
    b = ret_gen()
    print(type(b).__name__, list(b))
    m = gen.map([1, 2], return_state=True)
    print(m)
    return 1


try:
    print(f())
except Exception as e:
    print(type(e).__name__, e)
try:

    @flow
    def g():
        yield 1

    r = g()
    print(type(r).__name__)
    print(list(r) if not isinstance(r, int) else r)
except Exception as e:
    print(type(e).__name__, e)


@flow
def h():
    return (i for i in range(3))


try:
    r = h()
    print(type(r).__name__, list(r))
except Exception as e:
    print(type(e).__name__, e)


@flow
def z():
    return map(str, [1, 2])


try:
    r = z()
    print(type(r).__name__, list(r))
except Exception as e:
    print(type(e).__name__, e)


@task
def lam():
    return lambda: 5


@flow
def x():
    return lam()()


try:
    print(x())
except Exception as e:
    print(type(e).__name__, e)
