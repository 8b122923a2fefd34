"""A retried flow keeps what completed and runs the rest again."""
from prefect import flow, task
from prefect.context import get_run_context


@task(retries=1)
def bad():
    print("bad runs")
    raise ValueError("bad")


@task
def good():
    print("good runs")
    return 1


@flow
def done():
    print("done runs")
    return "done"


@flow
def sometimes():
    print("sometimes runs")
    if runs[0] == 1:
        raise KeyError("first")
    return "ok"


runs = [0]


@flow(retries=1)
def main():
    runs[0] += 1
    print("run", get_run_context().flow_run.run_count)
    good(), done()
    state = sometimes(return_state=True)
    failed = bad(return_state=True)
    if runs[0] == 1:
        raise RuntimeError("first")
    return state, failed


print(repr(main(return_state=True)))
