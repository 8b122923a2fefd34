"""What a script shows when it ends by an exception: the frames of its own files."""

from __future__ import annotations

import unittest

from support import ScriptTest

SCRIPT = """
from prefect import flow, task

@task
def one(x): return x

@flow
def main(x: int): return one(x)

"""


class Tracebacks(ScriptTest):
    def test_calls_that_start_no_flow_show_no_frames_of_the_package(self) -> None:
        for call, error in {
            "main()": "prefect.exceptions.ParameterBindError: ",
            "one(1)": "RuntimeError: Tasks cannot be run outside of a flow.",
            "main('a')": "prefect.exceptions.ParameterTypeError: ",
        }.items():
            with self.subTest(call):
                done = self.run_script(SCRIPT + call + "\n")
                self.assertEqual(done.code, 1)
                self.assertIn(error, done.stderr)
                self.assertEqual(done.stderr.count('  File "'), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
