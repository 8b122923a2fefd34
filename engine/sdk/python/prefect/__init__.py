"""The `prefect` package of the Go implementation: flows and tasks as in Prefect 2.1."""
