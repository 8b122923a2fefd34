# unordered
"""Tasks behind a failed one."""

from prefect import flow, task


@task
def bad():
    raise ValueError("bad")


@task
def ok(x=None):
    print("ran", x)
    return 1


@flow
def f1():
    b = bad.submit()
    o = ok.submit(b)
    p = ok.submit(wait_for=[b])
    q = ok.submit(o)
    for fut in (b, o, p, q):
        st = fut.wait()
        print(st, st.name, st.type, st.message is not None, st.is_final())
    try:
        o.result()
    except Exception as e:
        print(type(e).__name__, e)
    print(repr(o.result(raise_on_failure=False)))
    return o


s = f1(return_state=True)
print(s, s.message)


@flow
def f2():
    b = bad.submit()
    o = ok.submit(b)
    return [b, o]


s = f2(return_state=True)
print(s)


@flow
def f3():
    b = bad.submit()
    o = ok(b, return_state=True)
    print(o)
    return 1


print(f3(return_state=True))


@flow
def f4():
    b = bad(return_state=True)
    try:
        r = ok(b)
    except Exception as e:
        print(type(e).__name__, e)
        raise


try:
    print(f4())
except Exception as e:
    print(type(e).__name__, e)


@flow
def f5():
    o = ok.submit(wait_for=[ok.submit()])
    ok(wait_for=[o])
    ok(wait_for=o) if False else None
    return "done"


print(f5())


@flow
def f6():
    b = bad.submit()
    fs = ok.map([b, b])
    return fs


try:
    print(f6())
except Exception as e:
    print(type(e).__name__, e)
