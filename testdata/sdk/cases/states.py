"""States: their constructors, predicates, fields and how they show."""

import datetime
from uuid import UUID
from prefect.orion.schemas.states import *
from prefect.orion.schemas.states import TERMINAL_STATES, State, StateType, StateDetails
from prefect.states import *
import prefect.states as ps

for make in (
    Scheduled,
    Completed,
    Running,
    Failed,
    Crashed,
    Cancelled,
    Pending,
    Retrying,
    AwaitingRetry,
    Late,
):
    s = make()
    print(
        make.__name__,
        str(s),
        repr(s),
        s.name,
        s.type,
        s.message,
        s.is_final(),
        s.is_running(),
        s.is_scheduled(),
        s.is_pending(),
        s.is_completed(),
        s.is_failed(),
        s.is_crashed(),
        s.is_cancelled(),
    )
    print("  ", s.state_details.scheduled_time is not None, s.data)
s = Completed(message="hi", name="Great")
print(s, repr(s))
print(Completed(message=""), repr(Completed(message="")))
print(Failed(message="it's"), Failed(message='a "b"'), Failed(message="x\ny"))
print(State(type="RUNNING"), State(type=StateType.PENDING, name="pending"))
print(sorted(TERMINAL_STATES))
print(
    [t for t in StateType],
    StateType.RUNNING,
    repr(StateType.RUNNING),
    StateType.RUNNING == "RUNNING",
    StateType("FAILED"),
    f"{StateType.CRASHED}",
    StateType.CRASHED.value,
    StateType.CRASHED.name,
)
for bad in (dict(type="x"), dict(), dict(type=None)):
    try:
        print(State(**bad))
    except Exception as e:
        print(type(e).__name__, e)
a = Completed()
b = a.copy()
print(a == b, a is b, a.id == b.id, a.copy(reset_fields=True) == a, a.copy(update={"message": "m"}))
print(a == Completed(), a != Completed(), a == 5)
print(type(a.id), type(a.timestamp).__mro__[1].__name__ if 0 else a.timestamp.tzinfo is not None)
print(StateDetails(), repr(StateDetails()))
print(
    a.state_details.flow_run_id,
    StateDetails(flow_run_id="11111111-1111-4111-8111-111111111111").flow_run_id,
)
when = datetime.datetime(2031, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
s = Scheduled(scheduled_time=when)
print(s.state_details.scheduled_time.isoformat(), s)
print(
    AwaitingRetry(scheduled_time=when).state_details.scheduled_time.isoformat(),
    Late(scheduled_time=when).name,
)
print(
    sorted(a.dict()),
    a.dict(include={"name", "message"}),
    a.dict(exclude={"id", "timestamp", "state_details", "data"}),
)
print(a.json(include={"name", "type", "message"}))
for bad in (dict(scheduled_time=when, state_details=StateDetails(scheduled_time=when)),):
    try:
        print(Scheduled(**bad))
    except Exception as e:
        print(type(e).__name__, e)
print(
    ps.is_state(a),
    ps.is_state(1),
    ps.is_state(State),
    ps.is_state_iterable([a]),
    ps.is_state_iterable([]),
    ps.is_state_iterable({1: a}),
    ps.is_state_iterable((a, 1)),
    ps.is_state_iterable("x"),
    ps.is_state_iterable(a),
)
try:
    print(hash(a) is not None)
except Exception as e:
    print(type(e).__name__, e)
