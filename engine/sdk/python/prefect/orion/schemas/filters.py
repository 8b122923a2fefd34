"""Filters for `OrionClient.read_flow_runs` and the like: ``FlowRunFilter(name={"any_": ["x"]})``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict


class Filter:
    """Criteria by field; each a dict such as ``{"any_": [...]}``, or another filter."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def dict(self, **options: Any) -> Dict[str, Any]:
        return dict(vars(self))


def __getattr__(name: str) -> Any:
    if "Filter" not in name or name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = type(name, (Filter,), {})
    globals()[name] = made
    return made
