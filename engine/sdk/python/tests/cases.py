"""Flow scripts with what real Prefect 2.1.1 printed: running them, and comparing.

The cases are in ``testdata/sdk``. ``python tests/cases.py record PYTHON`` writes what PYTHON's
installed Prefect prints as the expected output; Python 3.11 was used. A script whose first line is
``# unordered`` runs work side by side: its log records are compared sorted. ``# requires: MODULE``
names what a script imports besides the standard library; pydantic is that of Prefect 2.1, version 1.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Dict, List

SDK = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(SDK, "..", "..", "..", "testdata", "sdk")
CASES = os.path.join(FOLDER, "cases")
EXPECTED = os.path.join(FOLDER, "expected")

_STAMP = re.compile(r"^\d\d:\d\d:\d\d\.\d{3} \| ")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME = re.compile(r"(?:Created (?:sub)?flow run |\| Flow run )'([^']+)'")
_FRAME = re.compile(r'  File "([^"]+)", line (\d+), in (.*)')
_WARNING = re.compile(r"(\S+):\d+: (\w+Warning): (.*)")
_CHAINS = (
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)


def names() -> List[str]:
    """The cases by name."""
    return sorted(name[:-3] for name in os.listdir(CASES) if name.endswith(".py"))


def missing(name: str) -> List[str]:
    """The modules that a case needs and that aren't here."""
    with open(os.path.join(CASES, name + ".py"), encoding="utf-8") as file:
        needs = re.findall(r"(?m)^# requires: (\w+)", file.read(200))
    return [module for module in needs if not _has(module)]


def _has(module: str) -> bool:
    try:
        found = __import__(module)
    except ImportError:
        return False
    return module != "pydantic" or str(found.VERSION).startswith("1")


def run(name: str, python: str, env: Dict[str, str]) -> str:
    """What a case prints and how it exits, without what differs from run to run."""
    source = os.path.join(CASES, name + ".py")
    with tempfile.TemporaryDirectory(prefix="prefect-case-") as folder:
        script = shutil.copy(source, folder)
        keep = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PREFECT", "PYTHON"))
        }
        keep.update(
            PREFECT_HOME=os.path.join(folder, "home"),
            PYTHONHASHSEED="0",
            PYTHONIOENCODING="utf-8",
            TZ="UTC",
            **env,
        )
        done = subprocess.run(
            [python, script],
            cwd=folder,
            env=keep,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=600,
            check=False,
        )
    with open(source, encoding="utf-8") as file:
        unordered = file.readline().startswith("# unordered")
    stdout = _common(done.stdout.decode("utf-8"), folder)
    stderr = _log(done.stderr.decode("utf-8"), os.path.basename(script), unordered)
    return f"--- stdout\n{stdout}--- stderr\n{_common(stderr, folder)}exit {done.returncode}\n"


def _common(text: str, folder: str) -> str:
    return _UUID.sub("UUID", text).replace(os.path.realpath(folder), "F").replace(folder, "F")


def _log(text: str, script: str, unordered: bool) -> str:
    """The records of a log: times and run names stand for themselves, frames are the script's."""
    records: List[List[str]] = []
    for line in text.splitlines():
        if _STAMP.match(line) or not records or line.startswith("Traceback") and _ended(records):
            records.append([])
        records[-1].append(_STAMP.sub("T | ", line))
    known: List[str] = []
    for name in _NAME.findall(text):
        if name not in known:
            known.append(name)
    blocks = ["\n".join(_record(record, script)) for record in records]
    for at, name in enumerate(known, 1):
        alias = "'RUN'" if unordered else f"'RUN{at}'"
        blocks = [block.replace(f"'{name}'", alias) for block in blocks]
    return "".join(block + "\n" for block in (sorted(blocks) if unordered else blocks) if block)


def _ended(records: List[List[str]]) -> bool:
    """Whether a traceback stands on its own: it doesn't follow a record's line or a chain."""
    last = records[-1]
    return len(last) > 1 and last[-1] != ""


def _record(lines: List[str], script: str) -> List[str]:
    """A record with the script's frames only; tracebacks before it that have none are dropped."""
    kept: List[str] = []
    start = own = 0
    ours = warned = dropped = False
    for line in lines:
        frame, warning = _FRAME.match(line), _WARNING.match(line)
        if "| prefect.client - " in line:
            return []  # how a client reaches its server is not the script's doing
        if line.startswith("Traceback"):
            start, own = len(kept), 0
        if frame:
            ours = os.path.basename(frame.group(1)) == script
            own += ours
            if ours:
                kept.append(f"  line {frame.group(2)}, in {frame.group(3)}")
        elif warning and os.path.basename(warning.group(1)) != script:
            kept.append(f"{warning.group(2)}: {warning.group(3)}")
            warned = True
        elif line.startswith("    "):
            if ours and not re.match(r"\s*[~^]+\s*$", line):
                kept.append(line)
        elif warned and line.startswith("  "):
            warned = False  # the line of the library's that warns ends the message
        elif line or not dropped:
            ours = False
            kept.append(line)
        if line in _CHAINS and not own:
            del kept[start:]
            dropped = True
        elif line:
            dropped = False
    return kept


def expected(name: str) -> str:
    with open(os.path.join(EXPECTED, name + ".txt"), encoding="utf-8") as file:
        return file.read()


def main() -> None:
    if len(sys.argv) < 3 or sys.argv[1] != "record":
        sys.exit("usage: python cases.py record PYTHON [NAME...]")
    for name in sys.argv[3:] or names():
        text = run(name, sys.argv[2], {})
        with open(os.path.join(EXPECTED, name + ".txt"), "w", encoding="utf-8") as file:
            file.write(text)
        print(name)


if __name__ == "__main__":
    main()
