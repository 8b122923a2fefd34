"""Python's start, and Prefect imported with what every script takes from it."""

from prefect import flow, task  # noqa: F401
