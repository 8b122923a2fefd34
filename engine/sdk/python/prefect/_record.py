"""Telling the supervisor, and the person at the terminal, what happens to runs.

One object for the process. Every step of a run makes one text of event lines and one of printed
lines, and each goes out in one write, from the thread that took the step.
"""

from __future__ import annotations

import os
import sys
import time
from _thread import allocate_lock

from prefect import _history
from prefect._json import dumps, quote
from prefect._outlet import Outlet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

    from prefect._channel import Channel
    from prefect.orion.schemas.core import FlowRun, TaskRun
    from prefect.orion.schemas.states import State

LEVEL_NAMES = {
    10: "DEBUG  ",
    20: "INFO   ",
    30: "WARNING",
    40: "ERROR  ",
    50: "CRITICAL",
}


def now() -> int:
    """Microseconds since the Unix epoch, UTC."""
    return time.time_ns() // 1000


class Recorder:
    """The process's one way out for events and log lines.

    ``channel`` is None where nothing records. ``prints`` is false under an engine, whose
    supervisor prints the log lines.
    """

    def __init__(self) -> None:
        self.channel: Optional[Channel] = None
        self.prints = True
        self.started = False
        self._lock = allocate_lock()
        self._printer = Outlet(_print, "")
        self._second = 0
        self._clock = ""

    def start(self) -> None:
        """Find or start the recorder; only the first call does anything."""
        if self.started:
            return
        with self._lock:
            if self.started:
                return
            self.started = True
            if not os.environ.get("PREFECT_UNTRACKED"):
                self.channel = self._open()
            if self.channel is not None:
                import atexit

                atexit.register(self.finish)
                if hasattr(os, "register_at_fork"):
                    os.register_at_fork(after_in_child=self._forked)

    def attach(self, channel: Channel) -> None:
        """Use the channel of an engine's supervisor, which also prints."""
        self.started = True
        self.channel = channel
        self.prints = False

    def _open(self) -> Optional[Channel]:
        from prefect import _channel

        binary = _channel.find_binary()
        if binary is None:
            self._warn("no prefect binary found, so this run is not recorded")
            return None
        try:
            return _channel.start_recorder(binary)
        except OSError as exc:
            self._warn(f"cannot start {binary} ({exc}), so this run is not recorded")
            return None

    def _forked(self) -> None:
        # the channel belongs to the parent; two writers would tear each other's lines
        self.channel = None
        self._lock = allocate_lock()
        self._printer = Outlet(_print, "")

    def emit(self, events: str, printed: str = "", at_once: bool = True) -> None:
        """Send events (whole lines) and print log lines.

        Without ``at_once`` another thread that is about it takes them along: for steps of the
        engine itself, where the user's code doesn't come to a line of its own right after.
        """
        if _history.enabled:
            _history.remember_logs(events)
        channel = self.channel
        if channel is not None:
            try:
                channel.send(events, at_once)
            except OSError as exc:
                self._lost(exc)
        if printed and self.prints:
            self._printer.put(printed, at_once)

    def leave(self, events: str, printed: str) -> None:
        """Leave events and log lines to the thread that is about to emit something."""
        if _history.enabled:
            _history.remember_logs(events)
        channel = self.channel
        if channel is not None:
            channel.outlet.leave(events.encode("utf-8", "backslashreplace"))
        if self.prints:
            self._printer.leave(printed)

    def drain(self) -> None:
        """Send and print what was left, where that thread has still to wait."""
        channel = self.channel
        if channel is not None:
            try:
                channel.outlet.drain()
            except OSError as exc:
                self._lost(exc)
        self._printer.drain()

    def write(self, text: str) -> None:
        """Write whole lines to stderr, in one piece."""
        self._printer.put(text, True)

    def ask(self, question: str) -> Optional[Dict[str, Any]]:
        """The supervisor's answer, or None where nobody answers."""
        channel = self.channel
        if channel is None:
            return None
        try:
            answer = channel.ask(question)
        except OSError as exc:
            self._lost(exc)
            return None
        return answer if answer.get("ok") else None

    def finish(self) -> None:
        """Wait until everything sent is stored; called at exit."""
        channel, self.channel = self.channel, None
        if channel is None:
            return
        try:
            error = channel.end()
            if error:
                self._warn(f"the run could not be recorded: {error}")
        except OSError as exc:
            if self.prints:
                self._lost(exc)
        channel.close()
        from prefect._channel import reap

        reap()

    def _lost(self, exc: BaseException) -> None:
        self.channel = None
        if self.prints:
            self._warn(f"the recorder is gone ({exc}), so what follows is not recorded")
        else:
            # an engine without its supervisor has nobody to run for
            self.write("prefect: the supervisor of this flow run is gone, stopping\n")
            os._exit(1)

    def _warn(self, text: str) -> None:
        self.write(f"prefect: {text}\n")

    def stamp(self, at: int) -> str:
        """`HH:MM:SS.mmm`, local time."""
        second, rest = divmod(at, 1000000)
        if second != self._second:
            clock = time.strftime("%H:%M:%S", time.localtime(second))
            self._clock, self._second = clock, second
            return f"{clock}.{rest // 1000:03d}"
        return f"{self._clock}.{rest // 1000:03d}"

    def line(self, at: int, level: int, label: str, message: str) -> str:
        """A printed log line."""
        name = LEVEL_NAMES.get(level) or f"Level {level}"
        return f"{self.stamp(at)} | {name} | {label} - {message}\n"


def _print(text: str) -> None:
    stream = sys.stderr
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except UnicodeEncodeError:
        encoding = getattr(stream, "encoding", None) or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except (OSError, ValueError):
        pass  # a closed terminal must not fail a flow


recorder = Recorder()


def state_json(state: State) -> str:
    """A state as the channel writes it."""
    message = "null" if state.message is None else quote(str(state.message))
    return (
        f'{{"id":"{state._id}","type":"{state.type._value_}","name":{quote(state.name)},'
        f'"message":{message},"at":{state._at}}}'
    )


def flow_state_event(run_id: str, state: State, run_count: int) -> str:
    return (
        f'{{"k":"flow_state","id":"{run_id}","state":{state_json(state)},'
        f'"run_count":{run_count}}}\n'
    )


def task_state_event(run_id: str, state: State, run_count: int) -> str:
    return (
        f'{{"k":"task_state","id":"{run_id}","state":{state_json(state)},'
        f'"run_count":{run_count}}}\n'
    )


def flow_run_event(run: FlowRun, flow_name: str, parameters: Dict[str, Any]) -> str:
    parent = run._parent_task_run_id
    version = run.flow_version
    return (
        f'{{"k":"flow_run","id":"{run._id}","name":{quote(run.name)},'
        f'"flow_name":{quote(flow_name)},"flow_version":{quote(version) if version else "null"},'
        f'"parent_task_run_id":{quote(parent) if parent else "null"},'
        f'"parameters":{dumps(parameters) if parameters else "{}"},'
        f'"tags":{tags_json(run.tags)},"at":{run._created}}}\n'
    )


def task_run_event(run: TaskRun, pending: State, inputs: str) -> str:
    """A new task run, in its first state. ``inputs`` is a JSON object's text."""
    return (
        f'{{"k":"task_run","id":"{run._id}","state_id":"{pending._id}",'
        f'"flow_run_id":"{run._flow_run_id}","name":{quote(run.name)},'
        f'"task_key":{quote(run.task_key)},"dynamic_key":"{run.dynamic_key}",'
        f'"tags":{tags_json(run.tags)},"inputs":{inputs},"at":{run._created}}}\n'
    )


def tags_json(tags: Any) -> str:
    return "[" + ",".join(quote(str(tag)) for tag in tags) + "]" if tags else "[]"
