"""What a script tells the recorder: every run, state and log line, in order, none lost."""

from __future__ import annotations

import os
import unittest

from support import ScriptTest

TUTORIAL = """
from prefect import flow, get_run_logger, tags, task

@task(tags=["t"])
def double(x):
    get_run_logger().info("doubling %d", x)
    return 2 * x

@flow(version="7")
def main(x: int):
    return double(x)

with tags("outer"):
    main("4")
"""


class Recording(ScriptTest):
    def test_run_with_its_task_is_told_in_order(self) -> None:
        done = self.run_recorded(TUTORIAL.replace('(tags=["t"])', ""))
        self.assertEqual(done.code, 0, done.stderr)
        hello, flow_run = done.events[0], done.of("flow_run")[0]
        self.assertEqual((hello["k"], hello["v"], hello["role"]), ("hello", 1, "script"))
        self.assertEqual(flow_run["flow_name"], "main")
        self.assertEqual(flow_run["flow_version"], "7")
        self.assertEqual(flow_run["parameters"], {"x": 4})
        self.assertEqual(flow_run["tags"], ["outer"])
        self.assertEqual(done.states(flow_run["id"]), ["Pending", "Running", "Completed"])
        task_run = done.of("task_run")[0]
        self.assertEqual(task_run["flow_run_id"], flow_run["id"])
        self.assertEqual(task_run["task_key"], "__main__.double")
        self.assertEqual(done.states(task_run["id"]), ["Pending", "Running", "Completed"])
        self.assertIn(f"Task run '{task_run['name']}' - doubling 4", done.logs())
        self.assertEqual(done.events[-1]["k"], "end")

    def test_subflow_is_a_task_run_of_its_parent(self) -> None:
        done = self.run_recorded(
            "from prefect import flow\n"
            "@flow\ndef child(x): return x\n"
            "@flow\ndef main(): return child(1)\n"
            "main()\n"
        )
        parent, child = done.of("flow_run")
        task_run = done.of("task_run")[0]
        self.assertEqual(child["parent_task_run_id"], task_run["id"])
        self.assertEqual(task_run["flow_run_id"], parent["id"])
        self.assertEqual(done.states(task_run["id"])[-1], "Completed")

    def test_inputs_name_the_runs_they_come_from(self) -> None:
        done = self.run_recorded(
            "from prefect import flow, task\n"
            "@task\ndef one(): return [1]\n"
            "@task\ndef two(x, y): return x\n"
            "@flow\ndef main():\n"
            "    a = one.submit()\n"
            "    two({'deep': [a]}, one())\n"
            "main()\n"
        )
        first, second, last = done.of("task_run")
        self.assertEqual(
            {name: [one["id"] for one in ones] for name, ones in last["inputs"].items()},
            {"x": [first["id"]], "y": [second["id"]]},
        )

    def test_nothing_is_lost_when_the_process_dies(self) -> None:
        done = self.run_recorded(
            "import os\n"
            "from prefect import flow, get_run_logger\n"
            "@flow\ndef main():\n"
            "    for i in range(500): get_run_logger().info('line %d', i)\n"
            "    os._exit(9)\n"
            "main()\n"
        )
        self.assertEqual(done.code, 9)
        lines = [line for line in done.logs() if " - line " in line]
        self.assertEqual([int(line.rpartition(" ")[2]) for line in lines], list(range(500)))

    def test_lines_of_threads_are_whole_and_complete(self) -> None:
        done = self.run_recorded(
            "from prefect import flow, get_run_logger, task\n"
            "@task\ndef talk(i):\n"
            "    for n in range(50): get_run_logger().info('%d/%d %s', i, n, 'x' * 200)\n"
            "@flow\ndef main(): talk.map(list(range(20)))\n"
            "main()\n"
        )
        self.assertEqual(done.code, 0, done.stderr)
        told = [line.split(" - ")[1].split()[0] for line in done.logs() if "x" * 200 in line]
        self.assertEqual(len(told), 1000)
        self.assertEqual(len(set(told)), 1000)

    def test_odd_parameters_and_messages_travel(self) -> None:
        done = self.run_recorded(
            "from prefect import flow, get_run_logger\n"
            "@flow\ndef main(a=None):\n"
            "    get_run_logger().info('caf\\u00e9 \\U0001f680 \\ud800 \\x00 \"quoted\"\\nsecond')\n"
            "main({'nan': float('nan'), 'set': {1}, 3: object, 'self': main})\n"
        )
        self.assertEqual(done.code, 0, done.stderr)
        parameters = done.of("flow_run")[0]["parameters"]
        self.assertEqual(parameters["a"]["set"], [1])
        messages = [event["message"] for event in done.of("log")]
        message = next(one for one in messages if "quoted" in one)
        self.assertEqual(message, 'caf\u00e9 \U0001f680 \ud800 \x00 "quoted"\nsecond')

    def test_cached_result_is_found_by_the_next_process(self) -> None:
        script = (
            "from prefect import flow, task\n"
            "from prefect.tasks import task_input_hash\n"
            "@task(cache_key_fn=task_input_hash)\n"
            "def slow(x): print('ran'); return {'value': x}\n"
            "@flow\ndef main(): return slow(3)\n"
            "print(main())\n"
        )
        first = self.run_recorded(script)
        second = self.run_recorded(script)
        self.assertEqual(first.stdout, "ran\n{'value': 3}\n")
        self.assertEqual(second.stdout, "{'value': 3}\n")
        self.assertIn("Finished in state Cached", second.stderr)

    def test_tagged_task_waits_for_its_slot(self) -> None:
        done = self.run_recorded(TUTORIAL)
        task_run = done.of("task_run")[0]
        self.assertEqual(task_run["tags"], ["outer", "t"])
        asked = done.of("limit_take")
        self.assertEqual(len(asked), 3)  # the recorder of these tests grants the third request
        self.assertEqual(asked[0]["task_run_id"], task_run["id"])
        self.assertEqual(done.states(task_run["id"]), ["Pending", "Running", "Completed"])

    def test_forked_child_leaves_the_channel_alone(self) -> None:
        if not hasattr(os, "fork"):
            self.skipTest("no fork on this system")
        done = self.run_recorded(
            "import os\n"
            "from prefect import flow, get_run_logger\n"
            "@flow\ndef main():\n"
            "    pid = os.fork()\n"
            "    if pid == 0:\n"
            "        get_run_logger().info('from the child')\n"
            "        os._exit(0)\n"
            "    os.waitpid(pid, 0)\n"
            "main()\n"
        )
        self.assertEqual(done.code, 0, done.stderr)
        self.assertNotIn("from the child", "".join(done.logs()))
        self.assertIn("from the child", done.stderr)


class Untracked(ScriptTest):
    def test_flow_runs_with_one_warning_without_a_binary(self) -> None:
        path = self.write("bin/prefect", "#!/usr/bin/env python3\nprint('a real Prefect')\n")
        os.chmod(path, 0o700)
        done = self.run_script(
            TUTORIAL, PREFECT_UNTRACKED="", PATH=os.path.dirname(path), PREFECT_BINARY=""
        )
        self.assertEqual(done.code, 0, done.stderr)
        warnings = [line for line in done.stderr.splitlines() if line.startswith("prefect: ")]
        self.assertEqual(len(warnings), 1)
        self.assertIn("doubling 4", done.stderr)

    def test_flow_goes_on_when_the_recorder_is_none(self) -> None:
        path = self.write("notrecorder", "#!/bin/sh\nexit 2\n")
        os.chmod(path, 0o700)
        done = self.run_script(TUTORIAL, PREFECT_UNTRACKED="", PREFECT_BINARY=path)
        self.assertEqual(done.code, 0, done.stderr)
        warnings = [line for line in done.stderr.splitlines() if line.startswith("prefect: ")]
        self.assertEqual(len(warnings), 1, done.stderr)
        self.assertIn("Finished in state Completed", done.stderr)


if __name__ == "__main__":
    unittest.main()
