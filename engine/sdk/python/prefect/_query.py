"""Finding records by the filters of 2.1, and putting them in order."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List


def plain(value: Any) -> Any:
    """Filters as plain data, whatever class they came in."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, (str, int, float, bool)) or value is None:
        return getattr(value, "value", value)
    if hasattr(value, "dict"):
        return plain(value.dict())
    return value if hasattr(value, "tzinfo") else str(value)


def chosen(
    rows: List[Any], tests: Dict[str, Callable[[Any], Any]], options: Dict[str, Any]
) -> List[Any]:
    """The rows that pass the filters in ``options``, in its order, from ``offset``, ``limit`` long.

    ``tests`` gives by the name of a filter, without `_filter`, what of a row it is about.
    """
    rest = dict(options)
    limit, offset, sort = rest.pop("limit", None), rest.pop("offset", None), rest.pop("sort", None)
    for name, criteria in rest.items():
        if criteria is None:
            continue
        part = tests.get(name[: -len("_filter")] if name.endswith("_filter") else name.rstrip("s"))
        if part is None:
            raise TypeError(f"there is no filter {name!r} here; there are those of {list(tests)}")
        wanted = plain(criteria)
        rows = [row for row in rows if passes(part(row), wanted)]
    if sort is not None:
        rows = in_order(rows, str(getattr(sort, "value", sort)))
    return rows[offset or 0 :][:limit]


def passes(record: Any, criteria: Dict[str, Any]) -> bool:
    """Whether a record passes the criteria of one filter."""
    if record is None:
        return False
    results = [
        _passes(record, field, test) for field, test in criteria.items() if field != "operator"
    ]
    either = str(criteria.get("operator", "and_")).rstrip("_") == "or"
    return any(results) if either and results else all(results)


def _passes(record: Any, field: str, test: Dict[str, Any]) -> bool:
    if field == "state":
        return record.state is not None and passes(record.state, test)
    if field == "subflow_runs":
        child = record.state is not None and record.state.state_details.child_flow_run_id
        return bool(child) is test.get("exists_", bool(child))
    value = getattr(record, field, None)
    return all(
        _TESTS[kind](value, limit)
        for kind, limit in test.items()
        if kind in _TESTS and limit is not None
    )


def _text(value: Any) -> str:
    return str(getattr(value, "value", value))


_TESTS: Dict[str, Callable[[Any, Any], bool]] = {
    "any_": lambda value, limit: _text(value) in [_text(one) for one in limit],
    "not_any_": lambda value, limit: _text(value) not in [_text(one) for one in limit],
    "all_": lambda value, limit: set(limit) <= set(value or ()),
    "like_": lambda value, limit: limit.lower() in _text(value).lower(),
    "is_null_": lambda value, limit: (not value) is limit,
    "eq_": lambda value, limit: value == limit,
    "ge_": lambda value, limit: value >= limit,
    "le_": lambda value, limit: value <= limit,
    "before_": lambda value, limit: value is not None and value <= _time(limit),
    "after_": lambda value, limit: value is not None and value >= _time(limit),
}


def _time(value: Any) -> Any:
    from datetime import timezone

    if isinstance(value, str):
        from prefect.orion.schemas.core import parse_time

        value = parse_time(value)
    return value if value.tzinfo else value.replace(tzinfo=timezone.utc)


def in_order(rows: List[Any], order: str) -> List[Any]:
    """Rows by a field, as `NAME_ASC` or `START_TIME_DESC` say; those without a value come last."""
    field, _, direction = order.rpartition("_")
    field = field.lower()
    having = [row for row in rows if getattr(row, field, None) is not None]
    having.sort(key=lambda row: getattr(row, field), reverse=direction == "DESC")
    return having + [row for row in rows if getattr(row, field, None) is None]
