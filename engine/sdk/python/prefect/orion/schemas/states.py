"""States of flow runs and task runs: types, constructors, predicates and results."""

from __future__ import annotations

import time

from prefect._enum import AutoEnum
from prefect._ids import as_uuid, new_id
from prefect._model import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from typing import Any, Dict, Optional
    from uuid import UUID

_KEEP: Any = object()
# what a state holds that was made without data; a run that returned None holds None
_NOTHING: Any = object()


class StateType(AutoEnum):
    """The seven kinds of state; a state's name may say more than its type."""

    SCHEDULED = "SCHEDULED"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    CRASHED = "CRASHED"


TERMINAL_STATES = {
    StateType.COMPLETED,
    StateType.CANCELLED,
    StateType.FAILED,
    StateType.CRASHED,
}
_DEFAULT_NAMES = {kind: kind.value.title() for kind in StateType}


class StateDetails(Model):
    """What a state belongs to: run ids, schedule and cache key. Ids are `uuid.UUID`."""

    __fields__ = (
        "flow_run_id",
        "task_run_id",
        "child_flow_run_id",
        "scheduled_time",
        "cache_key",
        "cache_expiration",
    )
    __slots__ = ("_flow_run_id", "_task_run_id", "_child_flow_run_id") + __fields__[3:]

    def __init__(
        self,
        flow_run_id: Any = None,
        task_run_id: Any = None,
        child_flow_run_id: Any = None,
        scheduled_time: Optional[datetime.datetime] = None,
        cache_key: Optional[str] = None,
        cache_expiration: Optional[datetime.datetime] = None,
    ) -> None:
        self._flow_run_id = flow_run_id
        self._task_run_id = task_run_id
        self._child_flow_run_id = child_flow_run_id
        self.scheduled_time = scheduled_time
        self.cache_key = cache_key
        self.cache_expiration = cache_expiration

    @property
    def flow_run_id(self) -> Optional[UUID]:
        return _uuid(self._flow_run_id)

    @property
    def task_run_id(self) -> Optional[UUID]:
        return _uuid(self._task_run_id)

    @property
    def child_flow_run_id(self) -> Optional[UUID]:
        return _uuid(self._child_flow_run_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StateDetails) and self.dict() == other.dict()

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return " ".join(f"{name}={getattr(self, name)!r}" for name in self.__fields__)

    def __repr__(self) -> str:
        return f"StateDetails({', '.join(f'{n}={getattr(self, n)!r}' for n in self.__fields__)})"


def _uuid(value: Any) -> Any:
    return as_uuid(value) if isinstance(value, str) else value


_WITH_DATA = (StateType.COMPLETED, StateType.FAILED, StateType.CRASHED)


class State(Model):
    """The state of a run.

    ``type`` is a `StateType`, ``name`` defaults to the type's name, ``data`` is the value or the
    exception that the run gave, as a `DataDocument`. Times are in UTC.
    """

    __slots__ = ("__weakref__", "_at", "_data", "_details", "_id", "message", "name", "type")
    __fields__ = ("id", "type", "name", "timestamp", "message", "data", "state_details")

    def __init__(
        self,
        *,
        type: Any = _KEEP,
        name: Optional[str] = None,
        message: Optional[str] = None,
        data: Any = None,
        timestamp: Optional[datetime.datetime] = None,
        state_details: Any = None,
        id: Any = None,
        **unknown: Any,
    ) -> None:
        if type is _KEEP or type is None:
            from prefect._validation import validation_error

            problem = "field required" if type is _KEEP else "none is not an allowed value"
            raise validation_error("State", [("type", problem)])
        self.type = type if isinstance(type, StateType) else _state_type(type)
        self.name = name if name is not None else _DEFAULT_NAMES[self.type]
        self.message = message
        self._data = _NOTHING if data is None else data
        self._at = _micros(timestamp) if timestamp is not None else time.time_ns() // 1000
        self._id = str(id) if id is not None else new_id()
        if isinstance(state_details, dict):
            state_details = StateDetails(**state_details)
        self._details = state_details
        if self.type is StateType.SCHEDULED and self.state_details.scheduled_time is None:
            self.state_details.scheduled_time = self.timestamp

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    @property
    def id(self) -> UUID:
        return as_uuid(self._id)

    @property
    def timestamp(self) -> datetime.datetime:
        return _datetime(self._at)

    @property
    def data(self) -> Any:
        """What the run gave, as a `DataDocument`; None where there is nothing."""
        data = self._data
        if data is _NOTHING or (data is None and self.type not in _WITH_DATA):
            return None
        if data.__class__.__name__ == "DataDocument":
            return data
        from prefect.orion.schemas.data import DataDocument

        return DataDocument("cloudpickle", _data=data)

    @data.setter
    def data(self, data: Any) -> None:
        self._data = _NOTHING if data is None else data

    def _value(self) -> Any:
        data = self._data
        if data is _NOTHING:
            return None
        return data.decode() if data.__class__.__name__ == "DataDocument" else data

    @property
    def state_details(self) -> StateDetails:
        if self._details is None:
            self._details = StateDetails()
        return self._details

    @state_details.setter
    def state_details(self, details: StateDetails) -> None:
        self._details = details

    def is_scheduled(self) -> bool:
        return self.type is StateType.SCHEDULED

    def is_pending(self) -> bool:
        return self.type is StateType.PENDING

    def is_running(self) -> bool:
        return self.type is StateType.RUNNING

    def is_completed(self) -> bool:
        return self.type is StateType.COMPLETED

    def is_failed(self) -> bool:
        return self.type is StateType.FAILED

    def is_crashed(self) -> bool:
        return self.type is StateType.CRASHED

    def is_cancelled(self) -> bool:
        return self.type is StateType.CANCELLED

    def is_final(self) -> bool:
        return self.type in TERMINAL_STATES

    def result(self, raise_on_failure: bool = True) -> Any:
        """What the run returned; for a failed or crashed run, its exception is raised.

        With ``raise_on_failure=False`` the exception is returned. `TypeError` is raised for a
        failed state that holds no exception.
        """
        data = self._value()
        if raise_on_failure and (self.type is StateType.FAILED or self.type is StateType.CRASHED):
            from prefect.states import raise_failure

            return raise_failure(self, data)
        return data

    def copy(self, *, update: Optional[Dict[str, Any]] = None, reset_fields: bool = False) -> State:
        """A copy of now with the fields in ``update`` replaced; ``reset_fields`` gives it an id."""
        new = self._clone()
        new._at = time.time_ns() // 1000
        if reset_fields:
            new._id = new_id()
        for field, value in (update or {}).items():
            if field == "id":
                new._id = str(value)
            elif field == "timestamp":
                new._at = _micros(value)
            else:
                setattr(new, field, value)
        return new

    def _clone(self) -> State:
        new: State = object.__new__(State)
        for slot in ("type", "name", "message", "_data", "_at", "_id", "_details"):
            setattr(new, slot, getattr(self, slot))
        return new

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        return self._id == other._id and self.dict() == other.dict()

    def __hash__(self) -> int:
        return hash(self._id)

    def __str__(self) -> str:
        """`Completed('message')`, and the type where the name doesn't tell it."""
        message = repr(self.message) if self.message else ""
        if self.name.lower() != self.type.value.lower():
            message += f", type={self.type}"
        return f"{self.name}({message})"

    def __repr__(self) -> str:
        return f"{self.name}(message={self.message!r}, type={self.type}, result={self._value()!r})"


def make_state(
    kind: StateType, name: str, message: Optional[str], data: Any, at: int, details: Any
) -> State:
    """A state without the checks of its constructor; ``at`` is microseconds since the epoch."""
    state: State = object.__new__(State)
    state.type = kind
    state.name = name
    state.message = message
    state._data = data
    state._at = at
    state._id = new_id()
    state._details = details
    return state


def _state_type(value: Any) -> StateType:
    try:
        return StateType(value)
    except ValueError:
        from prefect._validation import validation_error

        permitted = ", ".join(repr(kind.value) for kind in StateType)
        problem = f"value is not a valid enumeration member; permitted: {permitted}"
        raise validation_error("State", [("type", problem)]) from None


def _datetime(micros: int) -> datetime.datetime:
    from datetime import datetime, timedelta, timezone

    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=micros)


def _micros(when: datetime.datetime) -> int:
    from datetime import datetime, timedelta, timezone

    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    return (when - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)


def _scheduled(scheduled_time: Any, fields: Dict[str, Any]) -> Dict[str, Any]:
    if scheduled_time is not None:
        details = fields.get("state_details")
        if details is None or isinstance(details, dict):
            details = StateDetails(**(details or {}))
        if details.scheduled_time is not None:
            raise ValueError("An extra scheduled_time was provided in state_details")
        details.scheduled_time = scheduled_time
        fields["state_details"] = details
    return fields


def Scheduled(scheduled_time: Optional[datetime.datetime] = None, **kwargs: Any) -> State:
    """A run that will start at ``scheduled_time`` (now if None)."""
    return State(type=StateType.SCHEDULED, **_scheduled(scheduled_time, kwargs))


def Completed(**kwargs: Any) -> State:
    return State(type=StateType.COMPLETED, **kwargs)


def Running(**kwargs: Any) -> State:
    return State(type=StateType.RUNNING, **kwargs)


def Failed(**kwargs: Any) -> State:
    return State(type=StateType.FAILED, **kwargs)


def Crashed(**kwargs: Any) -> State:
    return State(type=StateType.CRASHED, **kwargs)


def Cancelled(**kwargs: Any) -> State:
    return State(type=StateType.CANCELLED, **kwargs)


def Pending(**kwargs: Any) -> State:
    return State(type=StateType.PENDING, **kwargs)


def Retrying(**kwargs: Any) -> State:
    """Running again, after a failure."""
    return State(type=StateType.RUNNING, name="Retrying", **kwargs)


def AwaitingRetry(scheduled_time: Optional[datetime.datetime] = None, **kwargs: Any) -> State:
    """Failed, and to be run again at ``scheduled_time``."""
    return Scheduled(scheduled_time, name="AwaitingRetry", **kwargs)


def Late(scheduled_time: Optional[datetime.datetime] = None, **kwargs: Any) -> State:
    """Scheduled for a time that has passed without the run being started."""
    return Scheduled(scheduled_time, name="Late", **kwargs)
