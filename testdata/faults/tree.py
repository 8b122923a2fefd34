"""Starts a tree of processes that is hard to end, and writes their numbers to the file tree.

A child, a grandchild, one that was forked twice and leads a session of its own, and one that
ignores SIGTERM. `python tree.py ignore` makes the last one a part of it.
"""

import os
import signal
import sys
import time


def note(name: str) -> None:
    with open("tree", "a") as file:
        file.write(f"{name} {os.getpid()}\n")


def stay(name: str) -> None:
    note(name)
    time.sleep(600)
    os._exit(0)


def grandchild() -> None:
    if os.fork() == 0:
        stay("grandchild")
    stay("child")


def daemon() -> None:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            stay("daemon")
        os._exit(0)
    os.wait()
    os._exit(0)


def deaf() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stay("deaf")


parts = [grandchild, daemon] + ([deaf] if "ignore" in sys.argv else [])
for part in parts:
    if os.fork() == 0:
        part()
stay("root")
