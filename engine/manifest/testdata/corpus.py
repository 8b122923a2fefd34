"""Print random deployments and the files that Prefect 2.1 writes for them, one JSON object a line.

Usage: PREFECT_HOME=$(mktemp -d) python corpus.py SEED COUNT > corpus.jsonl   (needs prefect 2.1.1)
"""

import asyncio
import inspect
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import prefect.cli  # noqa: F401  (sets up how texts are written)
from prefect.deployments import Deployment
from prefect.infrastructure import Process
from prefect.orion.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

WORDS = [
    "hello",
    "a",
    "x: y",
    " #c",
    "\n",
    "\n  ",
    "'",
    '"',
    "\\",
    "\t",
    "-",
    ": ",
    "true",
    "12:30:45",
    "017",
]
WORDS += [
    "1e3",
    "2020-01-01",
    "~",
    "=",
    "<<",
    "\u00e4",
    "\U0001f680",
    "\r",
    "\x85",
    "\u2028",
    "\x7f",
    "long text " * 9,
]
NAME = [w for w in WORDS if w.isprintable()]


def text(words: Any = WORDS) -> str:
    return (
        "".join(random.choice(words) for _ in range(random.randint(1, 4))).rstrip("\n") or "empty"
    )


def value(depth: int = 0) -> Any:
    dice = random.random()
    if dice < 0.5 or depth > 2:
        return text()
    if dice < 0.7:
        return random.choice([1, -5, 10**20, 1.5, 90.0, 1e30, 1e-7, True, False, None])
    if dice < 0.85:
        return [value(depth + 1) for _ in range(random.randint(0, 3))]
    return {text(): value(depth + 1) for _ in range(random.randint(0, 3))}


def texts() -> Any:
    return {text(): text() for _ in range(random.randint(0, 2))}


def schedule() -> Any:
    zone = random.choice([None, "UTC", "Europe/Berlin"])
    anchor = "2022-08-22T01:02:03+00:00"
    return random.choice(
        [
            None,
            {"cron": random.choice(["0 5 * * *", "*/5 * * * 1", "@daily"]), "timezone": zone},
            {"interval": random.choice([60, 0.5, 86400]), "anchor_date": anchor, "timezone": "UTC"},
            {"rrule": "FREQ=HOURLY;COUNT=3", "timezone": "UTC"},
        ]
    )


def fields() -> Any:
    return {
        "name": text(NAME),
        "description": random.choice([None, "", text(), text()]),
        "version": random.choice([None, "1.0", text()]),
        "work_queue_name": random.choice([None, "default", text(NAME)]),
        "tags": [text() for _ in range(random.randint(0, 2))],
        "parameters": {text(): value() for _ in range(random.randint(0, 3))},
        "schedule": schedule(),
        "infra_overrides": texts(),
        "infrastructure": {
            "env": texts(),
            "labels": texts(),
            "name": random.choice([None, text()]),
            "command": random.choice([["python", "-m", "prefect.engine"], [text(), text()]]),
            "stream_output": random.choice([True, False]),
        },
        "flow_name": text(NAME),
        "path": random.choice(["/home/me/flows", text()]),
        "entrypoint": text() + ":f",
    }


async def written(d: Any) -> str:
    kinds = {"cron": CronSchedule, "interval": IntervalSchedule, "rrule": RRuleSchedule}
    given = d["schedule"]
    made = dict(
        d,
        schedule=given and kinds[next(iter(given))](**given),
        infrastructure=Process(**d["infrastructure"]),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "d.yaml")
        done = Deployment(**made).to_yaml(path)
        if inspect.isawaitable(done):
            await done
        return path.read_text(encoding="utf-8")


def main() -> None:
    random.seed(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        d = fields()
        print(json.dumps({"deployment": d, "yaml": asyncio.run(written(d))}))


main()
