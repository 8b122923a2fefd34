"""Record what Rich and pendulum print, as goldens for the tests of this folder.

Run with an interpreter that has Prefect 2.1.1 installed:

    python record.py inspect > inspect.jsonl
    python record.py relative > relative.tsv
"""

from __future__ import annotations

import json
import random
import string
import sys
from typing import Any, Iterator

PIECES = (
    "a b Z ' \" \\ \n \t é 日本 🚀 ж \u200d \x1b \u202e \x00 \x7f \xa0 word - / . { } 한 \ufeff"
)


def record_inspect(rng: random.Random) -> None:
    """Print random values with the text rich.pretty makes of them.

    An object is written as {"$class": NAME, "fields": [[key, value], ...]}.
    """
    from rich.pretty import pretty_repr

    for _ in range(250):
        value, described = random_value(rng, rng.randint(0, 4))
        width = rng.choice([20, 40, 60, 80, 100, 100, 120])
        want = pretty_repr(value, max_width=width)
        print(json.dumps({"width": width, "value": described, "want": want}))


def random_value(rng: random.Random, depth: int) -> tuple[Any, Any]:
    """Return a value and how it is described in JSON."""
    kind = rng.random()
    if depth <= 0 or kind < 0.45:
        scalar = random_scalar(rng)
        return scalar, scalar
    parts = [random_value(rng, depth - 1) for _ in range(rng.choice([0, 1, 1, 2, 3, 5]))]
    if kind < 0.65:
        return [p[0] for p in parts], [p[1] for p in parts]
    if kind < 0.88:
        keys = [random_word(rng) if rng.random() < 0.8 else random_text(rng) for _ in parts]
        return (
            {k: p[0] for k, p in zip(keys, parts)},
            {k: p[1] for k, p in zip(keys, parts)},
        )
    fields = [(random_word(rng), p) for p in parts]
    name = random_word(rng).title()
    shown = make_object(name, [(k, p[0]) for k, p in fields])
    return shown, {"$class": name, "fields": [[k, p[1]] for k, p in fields]}


def make_object(name: str, fields: list[tuple[str, Any]]) -> Any:
    """Return an instance of a new class that shows itself as name(key=value, ...)."""

    def rich_repr(self: Any) -> Iterator[tuple[str, Any]]:
        yield from fields

    return type(name, (), {"__rich_repr__": rich_repr})()


def random_scalar(rng: random.Random) -> Any:
    return rng.choice(
        [
            None,
            True,
            False,
            rng.randint(-(10**6), 10**6),
            rng.randint(0, 10**24),
            rng.random(),
            float(rng.randint(-50, 50)),
            10.0 ** rng.randint(-20, 20),
            random_word(rng),
            random_word(rng),
            random_word(rng),
            random_text(rng),
        ]
    )


def random_word(rng: random.Random) -> str:
    return "".join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(1, 14)))


def random_text(rng: random.Random) -> str:
    pieces = PIECES.split(" ") + [" "]
    return "".join(rng.choice(pieces) for _ in range(rng.choice([0, 1, 2, 3, 5, 8, 20])))


def record_relative(rng: random.Random) -> None:
    """Print now, a moment (both in microseconds since the epoch) and the distance in words."""
    import pendulum

    for _ in range(400):
        now = pendulum.datetime(2024, 2, 29, 12).add(seconds=rng.randint(0, 4 * 365 * 86400))
        span = rng.choice([20, 120, 4000, 90000, 864000, 40 * 86400, 400 * 86400, 3000 * 86400])
        moment = now.add(seconds=rng.randint(-span, span), microseconds=rng.randint(0, 999999))
        pendulum.set_test_now(now)
        micro = moment.int_timestamp * 1000000 + moment.microsecond
        print(now.int_timestamp * 1000000, micro, moment.diff_for_humans(), sep="\t")


if __name__ == "__main__":
    {"inspect": record_inspect, "relative": record_relative}[sys.argv[1]](random.Random(20))
