#!/usr/bin/env python3
"""Time the package beside bare Python and, where there is one, beside real Prefect.

    run.py --prefect BINARY [--reference DIR] [--python PYTHON] [--rounds N] [--only WORD]

BINARY is the `prefect` program, whose package runs the scripts and which records them. DIR is the
virtual environment of a real Prefect 2.1; its interpreter then runs all three. Each figure is the
best of some rounds, taken in turn, so that what else the machine does touches all alike. The exit
code is 1 where a figure is over its limit.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))

# name, scripts bare and ours, argument, the reference's argument (it is slow), unit, what is judged
CASES = [
    ("sequential tasks", "calls_bare", "calls_tasks", 1000, 50, "us a task", ("over", 60)),
    ("submitted tasks", "calls_bare", "calls_submit", 1000, 50, "us a task", ("over", 150)),
    ("mapped tasks", "calls_bare", "calls_map", 1000, 50, "us a task", ("over", 150)),
    ("import prefect", "start_bare", "start_import", 0, 0, "ms", ("over", 15)),
    ("100,000 log lines", "lines_bare", "lines_flow", 100000, 1000, "us a line", ("times", 2)),
    ("10,000 tasks, memory", None, "memory_tasks", 10000, 200, "MB", ("most", 100)),
]


class Side:
    """An interpreter and an environment, with a home of its own."""

    def __init__(self, python, folder, **env):
        self.python = python
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "PYTHON"))}
        self.env.update(PREFECT_HOME=folder, **env)

    def measure(self, script, argument):
        """The script's figure: per item in microseconds, megabytes, or its run in milliseconds."""
        path = os.path.join(HERE, script + ".py")
        with tempfile.TemporaryFile() as log:
            started = time.perf_counter()
            done = subprocess.run(
                [self.python, path, str(argument)],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                check=False,
            )
            took = time.perf_counter() - started
            if done.returncode:
                log.seek(0)
                sys.exit(f"{script} failed:\n{log.read().decode()[-2000:]}")
        if not argument:
            return took * 1e3
        figures = json.loads(done.stdout.decode().splitlines()[-1])
        return figures.get("megabytes") or figures["seconds"] / argument * 1e6


def run_case(case, sides, rounds):
    """The best figure of each side; None for a side that isn't there."""
    name, bare, ours, count, fewer, unit, rule = case
    found = {"bare": [], "ours": [], "reference": []}
    for number in range(rounds):
        if bare:
            found["bare"].append(sides["bare"].measure(bare, count))
        found["ours"].append(sides["ours"].measure(ours, count))
        if sides["reference"] and number < 2:
            found["reference"].append(sides["reference"].measure(ours, fewer))
    return {side: min(figures) if figures else None for side, figures in found.items()}


def judge(rule, best):
    """What the limit is about, as text, and whether it holds."""
    kind, limit = rule
    if kind == "over":
        over = best["ours"] - best["bare"]
        return f"{over:.1f} over bare, at most {limit}", over <= limit
    if kind == "times":
        times = best["ours"] / best["bare"]
        return f"{times:.2f} times bare, at most {limit}", times <= limit
    return f"at most {limit}", best["ours"] <= limit


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prefect", required=True)
    parser.add_argument("--reference")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only")
    options = parser.parse_args()
    python = options.python
    if options.reference:
        python = os.path.join(options.reference, "bin", "python")
    binary = os.path.abspath(options.prefect)
    top = tempfile.mkdtemp(prefix="prefect-bench-")
    good = True
    try:
        home = os.path.join(top, "ours")
        package = subprocess.run(
            [binary, "sdk", "path"],
            env=dict(os.environ, PREFECT_HOME=home),
            stdout=subprocess.PIPE,
            check=True,
        )
        sides = {
            "bare": Side(python, os.path.join(top, "bare")),
            "ours": Side(
                python, home, PYTHONPATH=package.stdout.decode().strip(), PREFECT_BINARY=binary
            ),
            "reference": None,
        }
        if options.reference:
            sides["reference"] = Side(python, os.path.join(top, "reference"))
            sides["reference"].measure("calls_tasks", 1)  # it makes its database
        print(f"{'':22} {'bare':>9} {'ours':>9} {'reference':>10} {'ratio':>7}")
        for case in CASES:
            if options.only and options.only not in case[0]:
                continue
            best = run_case(case, sides, options.rounds)
            text, holds = judge(case[6], best)
            good = good and holds
            print(row(case, best) + f"  {text}{'' if holds else '  OVER'}", flush=True)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    return 0 if good else 1


def row(case, best):
    cells = [f"{case[0]:22}"]
    for side, width in (("bare", 9), ("ours", 9), ("reference", 10)):
        figure = best[side]
        cells.append(f"{'' if figure is None else f'{figure:.1f}':>{width}}")
    ratio = f"{best['reference'] / best['ours']:.0f}x" if best["reference"] else ""
    return " ".join(cells) + f" {ratio:>7}  {case[5]:9}"


if __name__ == "__main__":
    sys.exit(main())
