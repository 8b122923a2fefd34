"""Cached results by key: the supervisor's across runs, and this process's own."""

from __future__ import annotations

from prefect._json import quote
from prefect._record import now, recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from typing import Any, Dict, Optional, Tuple

# what was put in this process, with its expiry in microseconds: also all there is when untracked
_own: Dict[str, Any] = {}


def find(key: str) -> Optional[Tuple[Any]]:
    """The cached value, in a tuple, or None."""
    if key in _own:
        value, expires = _own[key]
        if expires is None or expires > now():
            return (value,)
    answer = recorder.ask(f'"k":"cache_get","key":{quote(key)},"at":{now()}}}')
    if not answer or not answer.get("found"):
        return None
    try:
        return (_decode(answer["value"]),)
    except Exception:
        return None  # written by a script whose classes aren't here, or are no longer the same


def put(key: str, value: Any, expires: Optional[datetime.datetime], task_run_id: str) -> None:
    """Keep a completed run's value; one that can't be pickled is kept for this process only."""
    until = None
    if expires is not None:
        from prefect.orion.schemas.states import _micros

        until = _micros(expires)
    _own[key] = (value, until)
    if recorder.channel is None:
        return
    try:
        text = _encode(value)
    except Exception:
        return
    recorder.emit(
        f'{{"k":"cache_put","key":{quote(key)},"value":{quote(text)},'
        f'"expires":{"null" if until is None else until},"task_run_id":"{task_run_id}",'
        f'"at":{now()}}}\n'
    )


def _encode(value: Any) -> str:
    from base64 import b64encode
    from pickle import dumps

    return b64encode(dumps(value, protocol=4)).decode("ascii")


def _decode(text: str) -> Any:
    from base64 import b64decode
    from pickle import loads

    return loads(b64decode(text))
