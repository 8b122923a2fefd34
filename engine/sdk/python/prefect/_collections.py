"""Finding futures and states in the arguments of a call, and putting their results in place."""

from __future__ import annotations

from prefect.exceptions import UpstreamTaskError
from prefect.futures import PrefectFuture
from prefect.orion.schemas.states import State, StateType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Set

# types that hold no future: most arguments are of these, and cost one look
PLAIN = frozenset([int, str, float, bool, type(None), bytes, complex, range])


class Quote:
    """A value that futures and states are not looked for in; made by `quote`."""

    def __init__(self, expr: Any) -> None:
        self.expr = expr

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def unquote(self) -> Any:
        return self.expr

    def __repr__(self) -> str:
        return f"Quote({self.expr!r})"


_RUNS = (PrefectFuture, State)
_RUNS_AND_QUOTES = (PrefectFuture, State, Quote)


def find_runs(value: Any, quotes: bool = False) -> List[Any]:
    """The futures and states in ``value``: in lists, tuples, sets, dicts, dataclasses, models.

    With ``quotes`` also the quoted values, which a call's arguments are to be given without it.
    """
    if type(value) in PLAIN:
        return []
    found: List[Any] = []
    _find(value, found, None, _RUNS_AND_QUOTES if quotes else _RUNS)
    return found


def _find(value: Any, found: List[Any], seen: Optional[Set[int]], wanted: Any) -> None:
    kind = type(value)
    if kind in PLAIN:
        return
    if kind in wanted:
        found.append(value)
        return
    children = _children(value, kind)
    if children is None or PLAIN.issuperset(map(type, children)):
        return
    seen = set() if seen is None else seen
    if id(value) in seen:
        return
    seen.add(id(value))
    for child in children:
        _find(child, found, seen, wanted)


def _children(value: Any, kind: type) -> Any:
    """What ``value`` is made of, or None where nobody looks into it."""
    if kind is list or kind is tuple or kind is set:
        return value
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if "__dataclass_fields__" in kind.__dict__ or hasattr(kind, "__dataclass_fields__"):
        return [getattr(value, name, None) for name in kind.__dataclass_fields__]  # type: ignore
    if _is_model(kind):
        return [item for name, item in vars(value).items() if not name.startswith("_")]
    return None


def _is_model(kind: type) -> bool:
    return hasattr(kind, "__fields_set__") or hasattr(kind, "model_fields")


def run_id(one: Any) -> Optional[str]:
    """The id of the task run behind a future or state; None for a state that no run made."""
    if type(one) is PrefectFuture:
        return one.task_run._id
    if type(one) is Quote:
        return None
    details = one._details
    return details._task_run_id and str(details._task_run_id) if details is not None else None


def result_of(one: Any) -> Any:
    """The result of a finished future or of a state; `UpstreamTaskError` if it isn't completed."""
    if type(one) is Quote:
        return one.expr
    state = one._final_state if type(one) is PrefectFuture else one
    if state is None or state.type is not StateType.COMPLETED:
        raise UpstreamTaskError(
            f"Upstream task run '{run_id(one)}' did not reach a 'COMPLETED' state."
        )
    return state.result(raise_on_failure=False)


def replace_runs(value: Any, by_id: Dict[int, Any]) -> Any:
    """``value`` with the objects whose ids are in ``by_id`` replaced; what has none is kept."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if id(value) in by_id:
        return by_id[id(value)]
    if not find_runs(value, quotes=True):
        return value
    if kind is list or kind is tuple or kind is set:
        return kind(replace_runs(item, by_id) for item in value)
    if isinstance(value, dict):
        pairs = [(replace_runs(k, by_id), replace_runs(v, by_id)) for k, v in value.items()]
        return kind(pairs) if kind is not dict else dict(pairs)
    if hasattr(kind, "__dataclass_fields__"):
        names = [name for name, field in kind.__dataclass_fields__.items() if field.init]
        return kind(**{name: replace_runs(getattr(value, name), by_id) for name in names})
    copy = getattr(value, "model_copy", None) or value.copy
    fields = {n: replace_runs(v, by_id) for n, v in vars(value).items() if not n.startswith("_")}
    return copy(update=fields)


def own_copy(value: Any, made: Optional[Dict[int, Any]] = None) -> Any:
    """A list, dict, set, dataclass or model for one task alone; other values are as they are.

    What a task does to its arguments must not be seen by its flow or by tasks beside it.
    """
    kind = type(value)
    if kind is list or kind is set:
        if PLAIN.issuperset(map(type, value)):
            return value.copy()
    elif kind is dict:
        if PLAIN.issuperset(map(type, value.values())):
            return value.copy()
    elif kind is not tuple:
        return _own_record(value, kind, made)
    elif PLAIN.issuperset(map(type, value)):
        return value
    made = {} if made is None else made  # a list may hold itself
    if id(value) in made:
        return made[id(value)]
    if kind is dict:
        new: Any = {}
        made[id(value)] = new
        new.update((key, own_copy(item, made)) for key, item in value.items())
    elif kind is list:
        new = made[id(value)] = []
        new.extend(own_copy(item, made) for item in value)
    elif kind is set:
        new = value.copy()  # what is in a set can't change
    else:
        new = tuple(own_copy(item, made) for item in value)
    return new


def _own_record(value: Any, kind: type, made: Optional[Dict[int, Any]]) -> Any:
    """A dataclass's or model's instance with fields of its own, made without calling its class."""
    if not (hasattr(kind, "__dataclass_fields__") or _is_model(kind)) or isinstance(value, type):
        return value
    from copy import copy

    try:
        new = copy(value)
    except Exception:
        return value  # it doesn't want to be copied
    for name in getattr(kind, "__dataclass_fields__", None) or vars(value):
        field = getattr(value, name, None)
        if type(field) not in PLAIN:
            own = own_copy(field, made)
            if own is not field:
                object.__setattr__(new, name, own)
    return new


def is_iterator(value: Any) -> bool:
    """Whether a value gives its items once only: a generator, a `map`, an open file."""
    kind = type(value)
    return hasattr(kind, "__next__") and hasattr(kind, "__iter__")


def collected(value: Any) -> Any:
    """``value`` with the generators in it, in lists and the like, run to their ends as lists."""
    kind = type(value)
    if kind.__name__ == "generator":
        return [collected(item) for item in value]
    if kind is list or kind is tuple or kind is set:
        return kind(collected(item) for item in value)
    return value
