#!/usr/bin/env python3
"""Time the commands of the tutorial as whole processes, side by side in one run.

    python3 testdata/bench/commands.py --prefect ./prefect [--reference DIR] [--runs N]

--prefect    the binary to measure
--reference  the folder of a virtual environment with Prefect 2.1.1, to compare with
--python     the interpreter that flows run with (default: the reference's, else this one)

Every figure is the median of N runs (default 15; the reference gets N // 4), the commands taken in
turn, so that a machine that slows down slows all of them. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

FLOW = '''\
import os
import time

from prefect import flow, get_run_logger, task


@task
def log_task(name):
    get_run_logger().info("Hello %s!", name)


@flow()
def log_flow(name: str = "Marvin"):
    marker = os.environ["BENCH_MARKER"]
    with open(marker + ".tmp", "w") as file:
        file.write(str(time.time_ns()))
    os.replace(marker + ".tmp", marker)
    log_task(name)
'''


class Bench:
    def __init__(self, options: argparse.Namespace) -> None:
        self.top = tempfile.mkdtemp(prefix="prefect-bench-")
        self.ours = os.path.abspath(options.prefect)
        self.reference = options.reference and os.path.abspath(options.reference)
        self.python = options.python or (
            os.path.join(self.reference, "bin", "python") if self.reference else sys.executable
        )
        self.runs = options.runs
        self.rows: list = []
        self.env = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PREFECT", "PYTHON")) and key != "VIRTUAL_ENV"
        }
        self.env.update(HOME=self.top, NO_COLOR="1", COLUMNS="100", PREFECT_PYTHON=self.python)
        # Prefect runs a flow in a copy of its folder, so the flow is told where to leave its mark.
        self.marker = os.path.join(self.top, "first-line")
        self.env["BENCH_MARKER"] = self.marker
        self.work = self.folder("ours")
        self.ref_work = self.folder("reference")

    def folder(self, name: str) -> str:
        path = os.path.join(self.top, name)
        os.mkdir(path)
        with open(os.path.join(path, "log_flow.py"), "w") as file:
            file.write(FLOW)
        return path

    def command(self, *args: str) -> list:
        return [self.ours, *args]

    def ref_command(self, *args: str) -> list:
        return [os.path.join(self.reference, "bin", "prefect"), *args]

    def ref_env(self) -> dict:
        path = os.path.join(self.reference, "bin") + os.pathsep + self.env.get("PATH", "")
        return dict(self.env, PREFECT_HOME=os.path.join(self.top, "reference-home"), PATH=path)

    def seconds(self, argv: list, cwd: str, env: dict) -> float:
        start = time.perf_counter()
        done = subprocess.run(
            argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        took = time.perf_counter() - start
        if done.returncode != 0:
            sys.exit(f"{argv} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
        return took

    def compare(self, name: str, args: list, over_python: bool = False) -> None:
        """One command, ours and the reference's, and a bare Python in turn."""
        ours, bare, ref = [], [], []
        for number in range(self.runs + 1):
            took = self.seconds(self.command(*args), self.work, self.env)
            start = self.seconds([self.python, "-c", "pass"], self.work, self.env)
            if number:
                ours.append(took)
                bare.append(start)
            if self.reference and number <= max(2, self.runs // 4):
                took = self.seconds(self.ref_command(*args), self.ref_work, self.ref_env())
                if number:
                    ref.append(took)
        self.row(name, ours, bare if over_python else None, ref)

    def row(self, name: str, ours: list, bare: list | None, ref: list) -> None:
        mine, ratio, theirs, over = statistics.median(ours), "", "", ""
        if bare:
            over = f"{(mine - statistics.median(bare)) * 1000:.0f} ms"
        if ref:
            theirs = f"{statistics.median(ref) * 1000:.0f} ms"
            ratio = f"{statistics.median(ref) / mine:.0f}"
        self.rows.append((name, f"{mine * 1000:.1f} ms", over, theirs, ratio))

    def prepare(self) -> None:
        build = ["deployment", "build", "./log_flow.py:log_flow", "-n", "bench", "-q", "bench"]
        apply = ["deployment", "apply", "log_flow-deployment.yaml"]
        for args in (build, apply):
            self.seconds(self.command(*args), self.work, self.env)
            if self.reference:
                self.seconds(self.ref_command(*args), self.ref_work, self.ref_env())

    def commands(self) -> None:
        self.compare("`version`", ["version"])
        self.compare("`deployment ls`", ["deployment", "ls"])
        self.compare("`deployment inspect`", ["deployment", "inspect", "log-flow/bench"])
        self.compare("`deployment apply`", ["deployment", "apply", "log_flow-deployment.yaml"])
        self.compare("`deployment run`", ["deployment", "run", "log-flow/bench"])
        self.compare(
            "`deployment build`",
            ["deployment", "build", "./log_flow.py:log_flow", "-n", "bench", "-q", "bench"],
            over_python=True,
        )

    def latency(self) -> None:
        """From the start of `deployment run` to the flow's first line, with an idle agent."""
        self.seconds(self.command("deployment", "apply", "log_flow-deployment.yaml"), self.work, self.env)
        agent = self.start_agent(self.command("agent", "start", "-q", "bench"), self.work, self.env)
        ours, bare = [], []
        try:
            self.settle(agent)
            for number in range(self.runs + 1):
                took = self.first_line(self.command, self.work, self.env)
                start = self.seconds([self.python, "-c", "pass"], self.work, self.env)
                if number:
                    ours.append(took)
                    bare.append(start)
            self.idle(agent)
        finally:
            self.stop(agent)
        ref = []
        if self.reference:
            agent = self.start_agent(
                self.ref_command("agent", "start", "-q", "bench"), self.ref_work, self.ref_env()
            )
            try:
                time.sleep(8)
                for _ in range(3):
                    ref.append(self.first_line(self.ref_command, self.ref_work, self.ref_env()))
            finally:
                self.stop(agent)
        self.row("`deployment run` to the flow's first line", ours, bare, ref)

    def start_agent(self, argv: list, cwd: str, env: dict) -> subprocess.Popen:
        return subprocess.Popen(
            argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def settle(self, agent: subprocess.Popen) -> None:
        """Let the agent work off what `deployment run` has left; its first runs are the warm-up."""
        marker = self.marker
        while not os.path.exists(marker):
            time.sleep(0.05)
        last = -1.0
        while os.path.getmtime(marker) != last:
            last = os.path.getmtime(marker)
            time.sleep(2)

    def first_line(self, command, cwd: str, env: dict) -> float:
        marker = self.marker
        if os.path.exists(marker):
            os.remove(marker)
        start = time.time_ns()
        self.seconds(command("deployment", "run", "log-flow/bench"), cwd, env)
        end = time.time() + 60
        while not os.path.exists(marker):
            if time.time() > end:
                sys.exit("the flow did not start within a minute")
            time.sleep(0.001)
        with open(marker) as file:
            first = int(file.read())
        time.sleep(0.3)
        return (first - start) / 1e9

    def idle(self, agent: subprocess.Popen) -> None:
        """Memory and processor time of an agent that has nothing to do (Linux)."""
        if not os.path.exists("/proc/self/stat"):
            return
        time.sleep(2)
        before = self.cpu(agent.pid)
        time.sleep(20)
        used = (self.cpu(agent.pid) - before) / 20 * 100
        with open(f"/proc/{agent.pid}/status") as file:
            rss = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
        self.note = (
            f"Idle agent: {rss / 1024:.0f} MB of memory, {used:.2f} % of a core. "
            f"Binary: {os.path.getsize(self.ours) / 1e6:.1f} MB."
        )

    def cpu(self, pid: int) -> float:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, agent: subprocess.Popen) -> None:
        os.killpg(agent.pid, signal.SIGTERM)
        try:
            agent.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(agent.pid, signal.SIGKILL)

    def print(self) -> None:
        print("| command | prefect | over a bare Python | Prefect 2.1.1 | times faster |")
        print("|---|---:|---:|---:|---:|")
        for row in self.rows:
            print("| " + " | ".join(row) + " |")
        print("\n" + self.note)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prefect", required=True)
    parser.add_argument("--reference")
    parser.add_argument("--python")
    parser.add_argument("--runs", type=int, default=15)
    bench = Bench(parser.parse_args())
    try:
        bench.prepare()
        bench.commands()
        bench.latency()
        bench.print()
    finally:
        shutil.rmtree(bench.top, ignore_errors=True)


if __name__ == "__main__":
    main()
