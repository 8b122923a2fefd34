# unordered
"""`Task.map`: lengths, unmapped arguments, futures, and what it refuses."""
from prefect import flow, task, unmapped


@task
def one(x):
    return x


@task
def two(x, y):
    return x, y


@flow
def main():
    def results(futures):
        return [future.result() for future in futures]

    print(results(one.map("abc")), results(one.map((1, 2))), results(one.map(range(2))))
    print(results(two.map([1, 2], unmapped(9))), results(two.map(unmapped([0]), y=[1, 2])))
    print(results(one.map(one.submit([5, 6]))), results(one.map([one.submit(7), 8])))
    print(results(one.map(x for x in "xy")), one.map([]), len(two.map(unmapped(1), unmapped(2))))
    print(one.map([1, 2], return_state=True))
    for call in (
        lambda: two.map([1, 2], [1]),
        lambda: one.map([1], z=2),
        lambda: two.map([1]),
    ):
        try:
            print(call())
        except Exception as exc:
            print(type(exc).__name__, exc)
    return 1


main()
