import prefect
from prefect import flow, get_run_logger, task


@task
def log_task(name):
    logger = get_run_logger()
    logger.info("Hello %s!", name)
    logger.info("Prefect Version = %s 🚀", prefect.__version__)


@flow()
def log_flow(name: str):
    log_task(name)


if __name__ == "__main__":
    log_flow("Marvin")
