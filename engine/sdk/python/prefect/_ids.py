"""Ids and names of runs, made without waiting for anyone.

``uuid`` is only imported when a script looks at an id: a run's id is its text, and the bytes
come from the system's random source, a page at a time.
"""

from __future__ import annotations

import os
from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from uuid import UUID

_PAGE = 4096
_lock = allocate_lock()
_page = ""
_at = 0
_words: list = []


def new_id() -> str:
    """A random (version 4) UUID as text."""
    global _page, _at
    with _lock:
        if _at >= len(_page):
            _page = os.urandom(_PAGE).hex()
            _at = 0
        h = _page[_at : _at + 32]
        _at += 32
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{'89ab'[int(h[16], 16) & 3]}{h[17:20]}-{h[20:]}"


def forget_randomness() -> None:
    """Drop the page of random bytes; a forked child must not hand out its parent's ids."""
    global _page, _lock
    _page = ""
    _lock = allocate_lock()


def as_uuid(text: str) -> UUID:
    """The ``uuid.UUID`` of an id's text."""
    from uuid import UUID

    return UUID(text)


def new_name() -> str:
    """A run name of an adjective and an animal, such as ``calm-otter``."""
    if not _words:
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "words.txt")
        with open(path, encoding="ascii") as file:
            _words.extend(line.split() for line in file if line.strip())
    adjectives, animals = _words[0], _words[1]
    number = int.from_bytes(os.urandom(4), "big")
    return f"{adjectives[number % len(adjectives)]}-{animals[(number >> 12) % len(animals)]}"


os.register_at_fork(after_in_child=forget_randomness) if hasattr(os, "register_at_fork") else None
