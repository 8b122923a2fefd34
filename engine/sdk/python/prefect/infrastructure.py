"""Where flow runs run: in local processes, whatever infrastructure is named elsewhere."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__: list = []


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise ImportError(
        f"{name} is not available: flow runs are local processes here. Their environment and "
        "command are set with `prefect deployment build --override`, or in the deployment's YAML."
    )
