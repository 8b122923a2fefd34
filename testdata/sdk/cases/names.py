"""Names and counters of task runs made of all kinds of functions."""

import functools
from prefect import flow, task


def outer():
    @task
    def same():
        return 1

    return same


a, b = outer(), outer()


class K:
    @staticmethod
    @task
    def st(x):
        return x

    @task
    def meth(self, x):
        return x


@task(name="Custom Name")
def c():
    return 1


lam = task(lambda x: x)
part = None
try:
    part = task(functools.partial(print, "p"), name="p")
except Exception as e:
    print(type(e).__name__, e)


class Callable_:
    def __call__(self, x):
        return x


try:
    print(task(Callable_()).name)
except Exception as e:
    print(type(e).__name__, e)
bi = None
try:
    bi = task(len)
    print(bi.name)
except Exception as e:
    print(type(e).__name__, e)


@flow
def my_flow_name():
    a()
    b()
    a()
    c()
    c.with_options(name="Other")()
    lam(3)
    K.st(1)
    K.meth(K(), 2)
    a.submit().wait()
    c()
    if bi:
        try:
            print(bi([1]))
        except Exception as e:
            print(type(e).__name__, e)
    return 5


print(my_flow_name())
print(flow(my_flow_name.fn, name="again").name, my_flow_name.with_options(name="w").name)


@flow
def my_flow_name():
    return 6


print(my_flow_name())
