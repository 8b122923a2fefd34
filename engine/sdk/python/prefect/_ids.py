"""Ids and names of runs, made without waiting for anyone.

``uuid`` is only imported when a script looks at an id: a run's id is its text, made from the
system's random source in batches.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from uuid import UUID

_BATCH = 128
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4))
# ids made ahead; `list.pop` is atomic, so threads need no lock
_ready: list = []
_words: list = []
_names: set = set()  # given by this process


def new_id() -> str:
    """A random (version 4) UUID as text."""
    try:
        return _ready.pop()
    except IndexError:
        h = os.urandom(16 * _BATCH).hex()
        made = [
            f"{h[i : i + 8]}-{h[i + 8 : i + 12]}-4{h[i + 13 : i + 16]}-"
            f"{_VARIANT[h[i + 16]]}{h[i + 17 : i + 20]}-{h[i + 20 : i + 32]}"
            for i in range(0, len(h), 32)
        ]
        _ready.extend(made[1:])
        return made[0]


def forget_randomness() -> None:
    """Drop the ids made ahead; a forked child must not use its parent's."""
    _ready.clear()


def as_uuid(text: str) -> UUID:
    """The ``uuid.UUID`` of an id's text."""
    from uuid import UUID

    return UUID(text)


def new_name() -> str:
    """A run name of an adjective and an animal, such as ``calm-otter``.

    A process gives each name once, while there are enough: its log would be hard to read else.
    """
    if not _words:
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "words.txt")
        with open(path, encoding="ascii") as file:
            _words.extend(line.split() for line in file if line.strip())
    adjectives, animals = _words[0], _words[1]
    for _ in range(8):
        number = int.from_bytes(os.urandom(4), "big")
        name = f"{adjectives[number % len(adjectives)]}-{animals[(number >> 12) % len(animals)]}"
        if name not in _names:
            break
    _names.add(name)
    return name


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_randomness)
