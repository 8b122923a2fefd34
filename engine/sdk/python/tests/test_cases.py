"""Every case in ``testdata/sdk`` gives what real Prefect 2.1.1 gave."""

from __future__ import annotations

import sys
import unittest

import cases

ENV = {"PYTHONPATH": cases.SDK, "PYTHONDONTWRITEBYTECODE": "1", "PREFECT_UNTRACKED": "1"}


class Cases(unittest.TestCase):
    maxDiff = None

    def test_cases(self) -> None:
        if sys.version_info < (3, 9):
            self.skipTest("older Pythons word some tracebacks otherwise")
        for name in cases.names():
            if cases.missing(name):
                continue
            with self.subTest(case=name):
                self.assertEqual(cases.run(name, sys.executable, ENV), cases.expected(name))


if __name__ == "__main__":
    unittest.main()
