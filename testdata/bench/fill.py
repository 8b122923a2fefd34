#!/usr/bin/env python3
"""Fill a database with many deployments, flow runs and log lines, to measure commands on it.

    PREFECT_HOME=DIR prefect deployment ls             # makes the database
    python3 testdata/bench/fill.py DIR/prefect.db [--deployments N] [--runs N] [--logs N]

The default is 10,000 deployments, 1,000,000 flow runs and 5,000,000 log lines, which takes a few
minutes and about 2 GB. The rows are plain: finished runs, spread over the last 100 days.
"""

from __future__ import annotations

import argparse
import sqlite3
import time

ID = "printf('%08x-0000-4000-8000-%012x', {kind}, {n})"
DEPLOYMENT = """
insert into deployment (id, created, updated, flow_id, name, version, work_queue_name, tags, parameters, infra_overrides,
    infrastructure, infrastructure_document_id, path, entrypoint, parameter_openapi_schema)
select {id}, {now} - n, {now} - n, {flow}, 'deployment-' || n, 'v1', 'fill-' || (n % 10), '[]', '{{}}', '{{}}',
    '{{"type": "process"}}', {id}, '/nowhere', 'flow.py:flow', '{{}}'
from (with recursive c(n) as (select 1 union all select n + 1 from c where n < {deployments}) select n from c)"""
RUN = """
insert into flow_run (id, created, updated, name, flow_id, deployment_id, work_queue_name, parameters, tags,
    expected_start_time, start_time, end_time, run_count, state_id, state_type, state_name, state_timestamp)
select {id}, at, at + 2000000, 'run-' || n, {flow}, {deployment}, 'fill-' || (n % 10), '{{}}', '[]',
    at, at + 1000000, at + 2000000, 1, {id},
    case when n % 10 = 0 then 'FAILED' else 'COMPLETED' end, case when n % 10 = 0 then 'Failed' else 'Completed' end,
    at + 2000000
from (with recursive c(n) as (select {low} union all select n + 1 from c where n < {high})
    select n, {now} - ({runs} - n) * {step} as at from c)"""
LOG = """
insert into log (flow_run_id, source, level, logger, label, message, timestamp)
select {run}, 'log', 20, 'prefect.flow_runs', 'Flow run ''run-' || (1 + n % {runs}) || '''', 'line ' || n || ' of the log', {now}
from (with recursive c(n) as (select {low} union all select n + 1 from c where n < {high}) select n from c)"""
FLOWS = 100
CHUNK = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("database")
    parser.add_argument("--deployments", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--logs", type=int, default=5_000_000)
    given = parser.parse_args()
    db = sqlite3.connect(given.database, isolation_level=None)
    db.execute("pragma synchronous = off")
    db.execute("pragma ignore_check_constraints = on")  # an older SQLite finds fault with nulls
    db.execute("pragma cache_size = -500000")
    names = {
        "now": time.time_ns() // 1000,
        "deployments": given.deployments,
        "runs": given.runs,
        "step": 100 * 86400 * 1_000_000 // max(given.runs, 1),
    }
    flow = ID.format(kind=1, n=f"n % {FLOWS}")
    db.execute("begin")
    for n in range(FLOWS):
        flow_id = f"{1:08x}-0000-4000-8000-{n:012x}"
        db.execute(
            "insert into flow (id, created, updated, name) values (?, ?, ?, ?)",
            (flow_id, names["now"], names["now"], f"flow-{n}"),
        )
    db.execute(DEPLOYMENT.format(id=ID.format(kind=2, n="n"), flow=flow, **names))
    db.execute("commit")
    deployment = ID.format(kind=2, n=f"1 + n % {given.deployments}")
    run = ID.format(kind=3, n="n")
    for low in range(1, given.runs + 1, CHUNK):
        high = min(low + CHUNK - 1, given.runs)
        text = RUN.format(id=run, flow=flow, deployment=deployment, low=low, high=high, **names)
        db.execute(text)
        print(f"\r{high:,} flow runs", end="", flush=True)
    print()
    of_run = ID.format(kind=3, n=f"1 + n % {given.runs}")
    for low in range(1, given.logs + 1, CHUNK * 5):
        high = min(low + CHUNK * 5 - 1, given.logs)
        db.execute(LOG.format(run=of_run, low=low, high=high, **names))
        print(f"\r{high:,} log lines", end="", flush=True)
    print()
    db.execute("pragma optimize")
    db.close()


if __name__ == "__main__":
    main()
