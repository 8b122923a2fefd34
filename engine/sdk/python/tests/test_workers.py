"""The threads of submitted tasks: as many as have to wait at once, and no more."""

from __future__ import annotations

import threading
import time
import unittest
from typing import Any, List

from prefect._workers import MAX_THREADS, Workers


class WorkersTest(unittest.TestCase):
    def test_jobs_that_wait_for_each_other_all_run(self) -> None:
        together = threading.Barrier(100)
        ended = threading.Semaphore(0)
        workers = Workers()

        def job() -> None:
            together.wait(60)
            ended.release()

        for _ in range(100):
            self.assertTrue(workers.submit(job))
        for _ in range(100):
            self.assertTrue(ended.acquire(timeout=60), "a job never ran beside the others")

    def test_more_jobs_than_threads_run_in_their_order(self) -> None:
        gate = threading.Event()
        order: List[int] = []
        workers = Workers()
        done = threading.Event()
        for _ in range(MAX_THREADS):
            workers.submit(lambda: gate.wait(60))
        while workers._active < MAX_THREADS:
            time.sleep(0.01)

        def note(number: int) -> Any:
            return lambda: order.append(number)

        for number in range(20):
            self.assertFalse(workers.submit(note(number)), "it has to wait, which was not said")
        workers.submit(done.set)
        self.assertEqual(order, [])
        gate.set()
        self.assertTrue(done.wait(60))
        while len(order) < 20:
            time.sleep(0.01)
        self.assertEqual(sorted(order), list(range(20)))

    def test_none_is_forgotten(self) -> None:
        # jobs come while the last thread parks and while the one that looks after them ends
        workers = Workers()
        for number in range(3000):
            done = threading.Semaphore(0)
            jobs = 1 + number % 3
            for _ in range(jobs):
                workers.submit(done.release)
            for _ in range(jobs):
                self.assertTrue(done.acquire(timeout=30), f"round {number}")
            if number % 100 == 0:
                time.sleep(0.002)

    def test_a_job_that_raises_harms_no_other(self) -> None:
        workers = Workers()
        done = threading.Event()

        def bad() -> None:
            raise SystemExit(1)

        workers.submit(bad)
        workers.submit(done.set)
        self.assertTrue(done.wait(30))

    def test_short_jobs_are_left_to_few_threads(self) -> None:
        workers = Workers()
        threads = set()
        done = threading.Event()
        for _ in range(5000):
            workers.submit(lambda: threads.add(threading.get_ident()))
        workers.submit(done.set)
        self.assertTrue(done.wait(60))
        self.assertLess(len(threads), 50)
