import asyncio

from prefect import flow, get_run_logger, task
from prefect.client import get_client


@task
def speak():
    get_run_logger().info("in the task")


@task
def fail():
    raise ValueError("no")


@flow
def child():
    get_run_logger().debug("not shown")
    get_run_logger().warning("in the subflow")


@flow
def parent():
    get_run_logger().info("sent")
    get_run_logger().info("printed only", extra={"send_to_orion": False})
    speak()
    child()
    fail(return_state=True)


parent(return_state=True)


async def main():
    async with get_client() as client:
        for log in await client.read_logs():
            first = log.message.splitlines()[0].split(" run ")[0]
            print(log.level, log.name, first, log.flow_run_id is not None, log.task_run_id is not None)


asyncio.run(main())
