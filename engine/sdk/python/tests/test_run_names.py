"""Ids and names of runs."""

from __future__ import annotations

import unittest

from prefect._ids import new_name


class Names(unittest.TestCase):
    def test_a_process_gives_each_name_once(self) -> None:
        names = [new_name() for _ in range(5_000)]  # chance alone would give some hundred twice
        self.assertEqual(len(set(names)), len(names))


if __name__ == "__main__":
    unittest.main()
