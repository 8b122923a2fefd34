"""Running scripts against the package, with a recorder or a supervisor at the channel's other end."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Dict, List, Optional

SDK = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RUN_ID = "11111111-1111-4111-8111-111111111111"

# Stands where the binary's `flow-run record` stands: keeps every event, and answers questions
# about cached results and concurrency slots from memory and from the file `answers`.
RECORDER = """#!{python}
import json, os, sys
fd = int(os.environ["PREFECT__CHANNEL_FD"])
read, write = os.fdopen(os.dup(fd), "rb"), os.fdopen(fd, "wb", buffering=0)
def say(message):
    write.write(json.dumps(message).encode() + b"\\n")
log, store, taken = open({log!r}, "ab", buffering=0), {store!r}, 0
cache = json.load(open(store)) if os.path.exists(store) else {{}}
for line in read:
    log.write(line)
    message = json.loads(line)
    kind = message["k"]
    if kind == "hello":
        say({{"k": "ready", "v": 1}})
    elif kind == "cache_put":
        cache[message["key"]] = message["value"]
        json.dump(cache, open(store, "w"))
    elif kind == "cache_get":
        found = message["key"] in cache
        say({{"n": message["n"], "ok": True, "found": found, "value": cache.get(message["key"])}})
    elif kind == "limit_take":
        taken += 1
        say({{"n": message["n"], "ok": True, "granted": taken > 2, "tag": message["tags"][0]}})
    elif kind == "read":
        say({{"n": message["n"], "ok": True, "value": None}})
    elif kind == "end":
        say({{"k": "ended"}})
        break
"""


class Outcome:
    """What a script printed, how it exited, and what it told its recorder."""

    def __init__(self, done: Any, events: List[Dict[str, Any]]) -> None:
        self.stdout = done.stdout.decode("utf-8", "replace")
        self.stderr = done.stderr.decode("utf-8", "replace")
        self.code = done.returncode
        self.events = events

    def of(self, kind: str) -> List[Dict[str, Any]]:
        return [event for event in self.events if event["k"] == kind]

    def states(self, run_id: str) -> List[str]:
        return [
            event["state"]["name"] if "state" in event else "Pending"
            for event in self.events
            if event["k"] in ("flow_state", "task_run", "task_state") and event["id"] == run_id
        ]

    def logs(self) -> List[str]:
        return [f"{event['label']} - {event['message']}" for event in self.of("log")]


class ScriptTest(unittest.TestCase):
    """A test with a folder of its own, for scripts, a home and a recorder's log."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="prefect-sdk-")
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        self.log = os.path.join(self.folder, "events.jsonl")

    def env(self, **more: str) -> Dict[str, str]:
        env = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT")}
        env.update(
            PYTHONPATH=SDK,
            PYTHONDONTWRITEBYTECODE="1",
            PYTHONIOENCODING="utf-8",
            PREFECT_HOME=os.path.join(self.folder, "home"),
            PREFECT_UNTRACKED="1",
            TZ="UTC",
        )
        env.update(more)
        return env

    def write(self, name: str, text: str) -> str:
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_script(self, text: str, name: str = "script.py", **env: str) -> Outcome:
        """Run a script that nobody records."""
        return self._run(self.write(name, text), self.env(**env))

    def run_recorded(self, text: str, **env: str) -> Outcome:
        """Run a script with a recorder."""
        if not hasattr(socket, "AF_UNIX"):
            self.skipTest("the stand-in for the recorder needs Unix sockets")
        binary = self.write(
            "recorder",
            RECORDER.format(
                python=sys.executable, log=self.log, store=os.path.join(self.folder, "cache.json")
            ),
        )
        os.chmod(binary, stat.S_IRWXU)
        env.setdefault("PREFECT_BINARY", binary)
        env.setdefault("PREFECT_UNTRACKED", "")
        return self._run(self.write("script.py", text), self.env(**env))

    def _run(self, path: str, env: Dict[str, str]) -> Outcome:
        done = subprocess.run(
            [sys.executable, path],
            cwd=self.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Outcome(done, self.recorded())

    def recorded(self) -> List[Dict[str, Any]]:
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def supervise(
        self,
        text: str,
        parameters: Optional[Dict[str, Any]] = None,
        entrypoint: str = "flow.py:main",
    ) -> Outcome:
        """Run a flow as `prefect flow-run execute` does, from the other end of the channel."""
        if not hasattr(socket, "AF_UNIX"):
            self.skipTest("the stand-in for the supervisor needs Unix sockets")
        self.write(entrypoint.rpartition(":")[0], text)
        ours, theirs = socket.socketpair()
        env = self.env(PREFECT__CHANNEL_FD=str(theirs.fileno()))
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect.engine"],
            cwd=self.folder,
            env=env,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        theirs.close()
        events = self._converse(ours, parameters or {}, entrypoint)
        stdout, stderr = process.communicate(timeout=60)
        done = subprocess.CompletedProcess([], process.returncode, stdout, stderr)
        return Outcome(done, events)

    def _converse(
        self, ours: socket.socket, parameters: Dict[str, Any], entrypoint: str
    ) -> List[Dict[str, Any]]:
        order = {
            "k": "run",
            "flow_run_id": RUN_ID,
            "name": "calm-otter",
            "flow_name": "main",
            "deployment_id": RUN_ID,
            "deployment_name": "test",
            "path": self.folder,
            "entrypoint": entrypoint,
            "parameters": parameters,
            "tags": [],
            "run_count": 0,
        }
        events = []
        with ours, ours.makefile("rw", encoding="utf-8") as channel:
            for line in channel:
                event = json.loads(line)
                events.append(event)
                if event["k"] == "hello":
                    channel.write(json.dumps(order) + "\n")
                    channel.flush()
                elif event["k"] == "end":
                    channel.write('{"k":"ended"}\n')
                    channel.flush()
        return events
