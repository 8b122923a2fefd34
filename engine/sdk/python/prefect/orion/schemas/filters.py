"""Filters for `OrionClient.read_flow_runs` and the like: ``FlowRunFilter(name={"any_": ["x"]})``.

A filter's class is made when it is first asked for. Its fields are filters themselves, or lists and
bounds such as ``any_`` and ``before_``.
"""

from __future__ import annotations

from prefect._model import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

# by the name of a filter its criteria, each with what may be tested of it
_STATE = {"type": "any_", "name": "any_"}
_RUN: Dict[str, Any] = {
    "id": "any_", "name": "any_ like_", "tags": "operator all_ is_null_", "state": _STATE,
    "start_time": "before_ after_ is_null_",
}  # fmt: skip
_KINDS: Dict[str, Dict[str, Any]] = {
    "FlowFilter": {"id": "any_", "name": "any_ like_", "tags": "operator all_ is_null_"},
    "FlowRunFilter": {
        **_RUN,
        "id": "any_ not_any_",
        "deployment_id": "operator any_ is_null_",
        "work_queue_name": "operator any_ is_null_",
        "flow_version": "any_",
        "expected_start_time": "before_ after_",
        "next_scheduled_start_time": "before_ after_",
        "parent_task_run_id": "operator any_ is_null_",
    },
    "TaskRunFilter": {**_RUN, "subflow_runs": "exists_"},
    "DeploymentFilter": {
        "id": "any_", "name": "any_ like_", "is_schedule_active": "eq_",
        "tags": "operator all_ is_null_", "work_queue_name": "any_",
    },
    "LogFilter": {
        "name": "any_", "level": "ge_ le_", "timestamp": "before_ after_", "flow_run_id": "any_",
        "task_run_id": "any_",
    },
}  # fmt: skip


class Filter(Model):
    """Criteria by field; `ValueError` for one that the filter doesn't have."""

    __slots__ = ("__dict__",)
    _inner: Dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, **fields: Any) -> None:
        for name in self.__fields__:
            value = fields.pop(name, "and_" if name == "operator" else None)
            kind = self._inner.get(name)
            self.__dict__[name] = kind(**value) if kind and isinstance(value, dict) else value
        if fields:
            unknown = "\n".join(f"{name}\n  extra fields not permitted" for name in fields)
            raise ValueError(
                f"{len(fields)} validation error{'s' if len(fields) > 1 else ''} for "
                f"{type(self).__name__}\n{unknown}"
            )

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({shown})"


def _make(name: str, criteria: Any) -> Any:
    """The class of a filter, and those of its criteria."""
    inner: Dict[str, Any] = {}
    if isinstance(criteria, str):
        fields: List[str] = criteria.split()
    else:
        for field, tests in criteria.items():
            part = "".join(word.title() for word in field.split("_"))
            inner[field] = _make(name + part, tests)
        fields = ["operator", *criteria]
    body = {"__slots__": (), "__fields__": tuple(fields), "_inner": inner, "__module__": __name__}
    made = globals()[name] = type(name, (Filter,), body)
    return made


def __getattr__(name: str) -> Any:
    if name == "__all__":  # `import *` wants all of them
        for kind, criteria in _KINDS.items():
            globals().get(kind) or _make(kind, criteria)
        return [one for one, made in globals().items() if isinstance(made, type) and one[0] != "_"]
    for kind, criteria in _KINDS.items():
        if name.startswith(kind) and kind not in globals():
            _make(kind, criteria)
            if name in globals():
                return globals()[name]
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}; it has {', '.join(_KINDS)}"
    )
