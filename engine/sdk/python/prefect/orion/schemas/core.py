"""The runs and what goes with them, under the names of Prefect's API schemas."""

from __future__ import annotations

from prefect._ids import as_uuid, new_id
from prefect._model import Model, Shown
from prefect.exceptions import InvalidNameError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from typing import Any, Dict, List, Optional, Tuple
    from uuid import UUID

    from typing_extensions import Self

    from prefect.orion.schemas.states import State, StateType

INVALID_CHARACTERS = ["/", "%", "&", ">", "<"]


def raise_on_invalid_name(name: str) -> None:
    """Refuse a name that no URL of the API could hold; raises `InvalidNameError`."""
    if any(char in name for char in INVALID_CHARACTERS):
        raise InvalidNameError(
            f"Name {name!r} contains an invalid character. "
            f"Must not contain any of: {INVALID_CHARACTERS}."
        )


class Record(Shown, Model):
    """An object with an id and fields, as the API gives them."""

    __fields__: Tuple[str, ...] = ("id",)

    def __init__(self, **fields: Any) -> None:
        given = fields.pop("id", None)
        self._id = str(given) if given else new_id()
        self.__dict__.update(fields)

    @property
    def id(self) -> UUID:
        return as_uuid(self._id)

    def copy(self, *, update: Optional[Dict[str, Any]] = None, **options: Any) -> Self:
        """A copy with the fields in ``update`` replaced."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        for name, value in (update or {}).items():
            if name == "id":
                new._id = str(value)
            else:
                setattr(new, name, value)
        return new

    @classmethod
    def from_api(cls, fields: Dict[str, Any]) -> Record:
        """The record of a JSON object of the API: ids and times become their Python types."""
        return cls(**{key: _typed(key, value) for key, value in fields.items()})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and type(self) is type(other) and self._id == other._id

    def __hash__(self) -> int:
        return hash(self._id)

    def _shown(self) -> Dict[str, Any]:
        # when a row was written says nothing of the object, so 2.1 leaves it out
        hidden = ("created", "updated")
        return {n: getattr(self, n, None) for n in self.__fields__ if n not in hidden}


def _typed(key: str, value: Any) -> Any:
    if value is None:
        return None
    if key == "state" and isinstance(value, dict):
        return state_from_api(value)
    if key == "state_type":
        from prefect.orion.schemas.states import StateType

        return StateType(value)
    if key.endswith("_id") and isinstance(value, str):
        try:
            return as_uuid(value)
        except ValueError:
            return value
    if isinstance(value, str) and (
        key.endswith("_time") or key in ("created", "updated", "timestamp")
    ):
        return parse_time(value)
    if isinstance(value, (int, float)) and key in ("total_run_time", "estimated_run_time"):
        from datetime import timedelta

        return timedelta(seconds=value)
    return value


def parse_time(text: str) -> Any:
    """A time of the API, as an aware `datetime`; the text itself where it isn't one."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return text


def state_from_api(fields: Dict[str, Any]) -> State:
    """The state of a JSON object of the API."""
    from prefect.orion.schemas.states import State

    details = {
        key: _typed(key, value) for key, value in (fields.get("state_details") or {}).items()
    }
    timestamp = fields.get("timestamp")
    return State(
        id=fields.get("id"),
        type=fields.get("type"),
        name=fields.get("name"),
        message=fields.get("message"),
        timestamp=parse_time(timestamp) if isinstance(timestamp, str) else timestamp,
        state_details=details,
    )


class Run(Record):
    """What flow runs and task runs share. Times are aware, in UTC; durations are `timedelta`."""

    name: str
    state: Optional[State] = None
    tags: List[str]
    run_count: int = 0
    retries: int = 0
    retry_delay_seconds: float = 0
    states: Optional[List[State]] = None
    _created: int = 0
    _started: int = 0
    _ended: int = 0

    @property
    def state_name(self) -> Optional[str]:
        return self.state.name if self.state is not None else None

    @property
    def state_type(self) -> Optional[StateType]:
        return self.state.type if self.state is not None else None

    @property
    def state_id(self) -> Optional[UUID]:
        return self.state.id if self.state is not None else None

    @property
    def created(self) -> Any:
        return _when(self._created)

    @property
    def expected_start_time(self) -> Any:
        return self.__dict__.get("_expected") or _when(self._created)

    @property
    def start_time(self) -> Any:
        return _when(self._started)

    @property
    def end_time(self) -> Any:
        return _when(self._ended)

    @property
    def updated(self) -> Any:
        return _when(self._ended or self._started or self._created)

    @property
    def total_run_time(self) -> datetime.timedelta:
        from datetime import timedelta

        if not self._started or not self._ended:
            return timedelta(0)
        return timedelta(microseconds=self._ended - self._started)

    @property
    def estimated_run_time(self) -> datetime.timedelta:
        """The time the run has taken so far."""
        from prefect._record import now

        if self._started and not self._ended:
            from datetime import timedelta

            return timedelta(microseconds=max(0, now() - self._started))
        return self.total_run_time

    @property
    def estimated_start_time_delta(self) -> datetime.timedelta:
        """How much later than expected the run started."""
        from datetime import timedelta

        if not self._started:
            return timedelta(0)
        return timedelta(microseconds=max(0, self._started - self._created))

    def moved(self, state: State) -> None:
        """Take a new state; times and run counts follow from it."""
        self.state = state
        kind = state.type.value
        if kind == "RUNNING":
            self.run_count += 1
            self._started = self._started or state._at
        elif state.is_final():
            self._ended = state._at
        if self.states is not None:
            self.states.append(state)


# what follows from a run's state and its times, and can't be given
_DERIVED = (
    "state_type", "state_name", "state_id", "created", "updated", "start_time", "end_time",
    "expected_start_time", "total_run_time", "estimated_run_time", "estimated_start_time_delta",
    "empirical_policy", "context",
)  # fmt: skip


def _stored(fields: Dict[str, Any]) -> Dict[str, Any]:
    """The fields of a run that are kept as they are given."""
    from prefect.orion.schemas.states import _micros

    kept = {name: value for name, value in fields.items() if name not in _DERIVED}
    for name, own in (("created", "_created"), ("start_time", "_started"), ("end_time", "_ended")):
        if hasattr(fields.get(name), "tzinfo"):
            kept[own] = _micros(fields[name])
    if hasattr(fields.get("expected_start_time"), "tzinfo"):
        kept["_expected"] = fields["expected_start_time"]
    return kept


def _seconds(run: Run) -> float:
    return float(run.retry_delay_seconds) if run._created else run.retry_delay_seconds


class _RunPolicy(Model):
    """How often a run is tried again, and how many seconds are waited before."""

    __slots__ = __fields__ = ("max_retries", "retry_delay_seconds")

    def __init__(self, max_retries: int = 0, retry_delay_seconds: float = 0) -> None:
        self.max_retries = max_retries
        self.retry_delay_seconds = retry_delay_seconds

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.dict() == other.dict()  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"max_retries={self.max_retries} retry_delay_seconds={self.retry_delay_seconds}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self).replace(' ', ', ')})"


class FlowRunPolicy(_RunPolicy):
    """The retries of a flow run."""

    __slots__ = ()


class TaskRunPolicy(_RunPolicy):
    """The retries of a task run."""

    __slots__ = ()


def _when(micros: int) -> Any:
    from prefect.orion.schemas.states import _datetime

    return _datetime(micros) if micros else None


def flow_id_of(name: str) -> UUID:
    """A flow's id in this process; it has no row until the supervisor makes one."""
    from uuid import NAMESPACE_OID, uuid5

    return uuid5(NAMESPACE_OID, name)


class FlowRun(Run):
    """A run of a flow. ``parameters`` are those the run was given, ``run_count`` starts at 1."""

    __fields__ = (
        "id", "created", "updated", "name", "flow_id", "state_id", "deployment_id",
        "work_queue_name", "flow_version", "parameters", "idempotency_key", "context",
        "empirical_policy", "tags", "parent_task_run_id", "state_type", "state_name", "run_count",
        "expected_start_time", "next_scheduled_start_time", "start_time", "end_time",
        "total_run_time", "estimated_run_time", "estimated_start_time_delta", "auto_scheduled",
        "infrastructure_document_id", "state",
    )  # fmt: skip
    deployment_id: Any = None
    work_queue_name: Optional[str] = None
    idempotency_key: Optional[str] = None
    auto_scheduled = False
    infrastructure_document_id: Any = None
    next_scheduled_start_time: Any = None
    flow_version: Optional[str] = None

    def __init__(self, **fields: Any) -> None:
        parent = fields.pop("parent_task_run_id", None)
        super().__init__(**_stored(fields))
        self._parent_task_run_id = parent
        for name in ("parameters", "tags"):
            if self.__dict__.get(name) is None:
                setattr(self, name, {} if name == "parameters" else [])
        if "name" not in self.__dict__:
            from prefect._ids import new_name

            self.name = new_name()

    @property
    def empirical_policy(self) -> FlowRunPolicy:
        return FlowRunPolicy(self.retries, _seconds(self))

    @property
    def parent_task_run_id(self) -> Optional[UUID]:
        parent = self._parent_task_run_id
        return as_uuid(parent) if isinstance(parent, str) else parent

    @property
    def flow_id(self) -> Any:
        given = self.__dict__.get("_flow_id")
        return flow_id_of(self.__dict__.get("flow_name") or "") if given is None else given

    @flow_id.setter
    def flow_id(self, value: Any) -> None:
        self.__dict__["_flow_id"] = value

    @property
    def context(self) -> Dict[str, Any]:
        return {}


class TaskRun(Run):
    """A run of a task. ``dynamic_key`` counts the runs of one task within its flow run."""

    __fields__ = (
        "id", "created", "updated", "name", "flow_run_id", "task_key", "dynamic_key", "cache_key",
        "cache_expiration", "task_version", "empirical_policy", "tags", "state_id", "task_inputs",
        "state_type", "state_name", "run_count", "expected_start_time",
        "next_scheduled_start_time", "start_time", "end_time", "total_run_time",
        "estimated_run_time", "estimated_start_time_delta", "state",
    )  # fmt: skip
    task_key: str
    dynamic_key: str
    _inputs: Any = None
    _task: Any = None
    cache_key: Optional[str] = None
    cache_expiration: Any = None
    task_version: Optional[str] = None
    next_scheduled_start_time: Any = None

    def __init__(self, **fields: Any) -> None:
        flow_run = fields.pop("flow_run_id", None)
        super().__init__(**_stored(fields))
        self._flow_run_id = flow_run
        if self.__dict__.get("tags") is None:
            self.tags = []
        if "name" not in self.__dict__:
            from prefect._ids import new_name

            self.name = new_name()

    @property
    def empirical_policy(self) -> TaskRunPolicy:
        return TaskRunPolicy(self.retries, _seconds(self))

    @property
    def flow_run_id(self) -> Optional[UUID]:
        given = self._flow_run_id
        return as_uuid(given) if isinstance(given, str) else given

    @property
    def task_inputs(self) -> Dict[str, List[TaskRunResult]]:
        """By parameter, the task runs whose results it holds."""
        given = self.__dict__.get("_inputs") or {}
        if not given and self._task is not None:
            return {name: [] for name in self._task._parameter_names()}
        return {name: [TaskRunResult(id=one) for one in ids] for name, ids in given.items()}

    @task_inputs.setter
    def task_inputs(self, value: Any) -> None:
        self.__dict__["_inputs"] = {
            name: [one["id"] if isinstance(one, dict) else one._id for one in ones if "id" in one]
            for name, ones in (value or {}).items()
        }


def as_created(run: TaskRun) -> TaskRun:
    """A task run in the state it had before it began to run; what its context shows, as in 2.1."""
    from prefect.orion.schemas.states import StateDetails, StateType, make_state

    if not run.run_count:
        return run
    new: TaskRun = object.__new__(TaskRun)
    new.__dict__.update(run.__dict__)
    details = StateDetails(run._flow_run_id, run._id)
    new.state = make_state(StateType.PENDING, "Pending", None, None, run._created, details)
    new.run_count = new._started = new._ended = 0
    return new


class TaskRunResult(Record):
    """An input of a task run: another task run's result."""

    __fields__ = ("input_type", "id")
    input_type = "task_run"

    def __contains__(self, name: str) -> bool:
        return name == "id"

    def __repr__(self) -> str:
        return f"TaskRunResult(input_type='task_run', id={self.id!r})"


class Flow(Record):
    """A flow, as the database knows it: ``name`` and ``tags``."""

    __fields__ = ("id", "created", "updated", "name", "tags")
    tags: List[str] = []  # noqa: RUF012


class Deployment(Record):
    """A deployment, as the database knows it."""

    __fields__ = (
        "id", "created", "updated", "name", "version", "description", "flow_id", "schedule",
        "is_schedule_active", "infra_overrides", "parameters", "tags", "work_queue_name",
        "parameter_openapi_schema", "path", "entrypoint", "manifest_path", "storage_document_id",
        "infrastructure_document_id",
    )  # fmt: skip


class WorkQueue(Record):
    """A work queue, as the database knows it."""

    __fields__ = (
        "id", "created", "updated", "name", "description", "is_paused", "concurrency_limit",
        "filter",
    )  # fmt: skip


class ConcurrencyLimit(Record):
    """How many task runs with a tag may run at a time; ``active_slots`` are those that do."""

    __fields__ = ("id", "created", "updated", "tag", "concurrency_limit", "active_slots")


class Log(Record):
    """A log record: ``name``, ``level``, ``message``, ``timestamp`` and the ids of its run."""

    __fields__ = (
        "id", "created", "updated", "name", "level", "message", "timestamp", "flow_run_id",
        "task_run_id",
    )  # fmt: skip
