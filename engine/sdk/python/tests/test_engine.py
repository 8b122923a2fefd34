"""The engine of deployed runs: what the supervisor hears, and how the process ends."""

from __future__ import annotations

import unittest

from support import RUN_ID, ScriptTest

FLOW = """
import os, sys
from prefect import flow, get_run_logger, task

@task
def log_task(name):
    get_run_logger().info("Hello %s!", name)

@flow
def main(name: str):
    print("module", __name__)
    log_task(name)
"""


class Engine(ScriptTest):
    def test_flow_runs_with_the_given_parameters(self) -> None:
        done = self.supervise(FLOW, {"name": "Marvin"})
        self.assertEqual((done.code, done.stderr), (0, ""))
        self.assertEqual(done.stdout, "module __prefect_loader__\n")
        self.assertEqual(done.states(RUN_ID), ["Running", "Completed"])
        self.assertEqual(done.of("task_run")[0]["name"], "log_task-99465d2b-0")
        self.assertIn("Task run 'log_task-99465d2b-0' - Hello Marvin!", done.logs())

    def test_channel_is_not_left_in_the_environment(self) -> None:
        done = self.supervise(
            "import os\nfrom prefect import flow\n"
            "@flow\ndef main(): print([k for k in os.environ if k.startswith('PREFECT__')])\n"
        )
        self.assertEqual(done.stdout, "[]\n")

    def test_invalid_parameters_fail_the_run_before_it_starts(self) -> None:
        done = self.supervise(FLOW, {"nome": "x"})
        self.assertEqual(done.code, 0)
        self.assertEqual(done.states(RUN_ID), ["Failed"])
        self.assertIn("Function expects parameters ['name']", done.logs()[0])

    def test_script_that_cannot_be_loaded_shows_the_users_frames(self) -> None:
        done = self.supervise("from prefect import flow\nimport helper\n")
        self.assertEqual(done.code, 0)
        state = done.of("flow_state")[-1]["state"]
        self.assertEqual(
            (state["name"], state["message"]),
            ("Failed", "Flow could not be retrieved from deployment."),
        )
        log = done.logs()[0]
        self.assertIn("import helper", log)
        self.assertIn("ModuleNotFoundError: No module named 'helper'", log)
        self.assertNotIn("_loader.py", log)

    def test_modules_beside_the_script_and_of_the_root_are_found(self) -> None:
        self.write("flows/beside.py", "VALUE = 1\n")
        self.write("lib/__init__.py", "VALUE = 2\n")
        done = self.supervise(
            "from prefect import flow\nimport beside, lib\n"
            "@flow\ndef main(): print(beside.VALUE + lib.VALUE)\n",
            entrypoint="flows/flow.py:main",
        )
        self.assertEqual(done.stdout, "3\n", done.logs())

    def test_flow_called_at_module_level_is_skipped_with_a_warning(self) -> None:
        done = self.supervise(FLOW + "\nmain('at import')\n", {"name": "once"})
        self.assertEqual(done.stdout.count("module"), 1)
        self.assertEqual(done.of("log")[0]["level"], 30)
        self.assertIn("flow 'main' will not be executed", done.logs()[0])

    def test_failed_flow_is_a_process_that_went_well(self) -> None:
        done = self.supervise(
            "from prefect import flow\n@flow\ndef main():\n    raise ValueError('no')\n"
        )
        self.assertEqual(done.code, 0)
        self.assertEqual(done.states(RUN_ID), ["Running", "Failed"])
        self.assertEqual(done.stderr, "")

    def test_exit_in_the_flow_is_the_exit_of_the_process(self) -> None:
        done = self.supervise(
            "import sys\nfrom prefect import flow\n@flow\ndef main():\n    sys.exit(3)\n"
        )
        self.assertEqual(done.code, 3)
        self.assertEqual(done.states(RUN_ID), ["Running", "Crashed"])
        self.assertIn("interrupted by base exception", done.logs()[-1])

    def test_async_flow_and_subflow(self) -> None:
        done = self.supervise(
            "from prefect import flow, task\n"
            "@task\nasync def t(): return 1\n"
            "@flow\nasync def child(): return await t()\n"
            "@flow\nasync def main(): return await child()\n"
        )
        self.assertEqual(done.code, 0)
        self.assertEqual(done.states(RUN_ID), ["Running", "Completed"])
        self.assertEqual(done.states(done.of("flow_run")[0]["id"])[-1], "Completed")

    def test_started_by_hand_it_says_who_starts_it(self) -> None:
        done = self.run_script("import prefect.engine as e; raise SystemExit(e.main())")
        self.assertEqual(done.code, 2)
        self.assertIn("prefect flow-run execute", done.stderr)


if __name__ == "__main__":
    unittest.main()
