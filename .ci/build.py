"""What .ci/release and .ci/wheel have in common.

Both make the same bytes from the same source whenever and wherever they run: times are that of
the last commit, owners are nobody in particular, and Go is told to leave paths out.
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = Path(os.environ.get("DIST", str(ROOT / "dist")))
TARGETS = [(system, arch) for system in ("linux", "darwin", "windows") for arch in ("amd64", "arm64")]
# The command library can write its own documentation, which nothing here asks for, and what that needs
# costs every start of the program a third of a millisecond.
TAGS = "urfave_cli_no_docs"
VERSION = re.compile(r"[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?")


def arguments() -> tuple[str, list[tuple[str, str]]]:
    """The version, and the targets if one is named."""
    args = sys.argv[1:]
    if len(args) not in (1, 3) or not VERSION.fullmatch(args[0]):
        sys.exit(f"usage: {sys.argv[0]} VERSION [GOOS GOARCH]    where VERSION is as 1.2.3 or 1.2.3rc1")
    if len(args) == 1:
        return args[0], []
    target = (args[1], args[2])
    if target not in TARGETS:
        sys.exit(f"{sys.argv[0]}: no such target; there are {', '.join('/'.join(t) for t in TARGETS)}")
    return args[0], [target]


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{sys.argv[0]}: {' '.join(command)} failed")
    return done.stdout


def source_time() -> int:
    """When the source was committed, in seconds since 1970."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct"))


def native() -> tuple[str, str]:
    """The target that is this machine."""
    system, arch = run("go", "env", "GOHOSTOS", "GOHOSTARCH").split()
    return system, arch


@functools.lru_cache(maxsize=None)
def program(version: str, target: tuple[str, str]) -> bytes:
    """The program for a target."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "prefect")
        flags = f"-s -w -X prefect/cli.release={version}"
        run(
            "go", "build", "-trimpath", "-buildvcs=true", "-tags", TAGS, "-ldflags", flags, "-o", str(path), ".",
            GOOS=target[0], GOARCH=target[1], CGO_ENABLED="0",
        )  # fmt: skip
        return path.read_bytes()


def ask(binary: bytes, *args: str, home: Path) -> str:
    """What the program for this machine prints, with a PREFECT_HOME of its own."""
    path = home / "prefect"
    path.write_bytes(binary)
    path.chmod(0o700)
    return run(str(path), *args, PREFECT_HOME=str(home / "home"))


def licenses(target: tuple[str, str]) -> bytes:
    """The licences of what is linked into the program, which ask to be handed on with it."""
    found = {}
    listing = run("go", "list", "-deps", "-tags", TAGS, "-json=Module", ".", GOOS=target[0], GOARCH=target[1], CGO_ENABLED="0")
    decoder = json.JSONDecoder()
    while listing := listing.lstrip():
        package, end = decoder.raw_decode(listing)
        listing = listing[end:]
        module = package.get("Module", {})
        if module and not module.get("Main"):
            found[f"{module['Path']} {module['Version']}"] = Path(module["Dir"])
    version, root = run("go", "env", "GOVERSION", "GOROOT").splitlines()
    found[f"the Go standard library, {version}"] = Path(root)
    texts = []
    wanted = re.compile(r"(LICEN[SC]E|COPYING|NOTICE)", re.IGNORECASE)
    for name in sorted(found):
        files = sorted(file for file in found[name].iterdir() if wanted.match(file.name))
        if not files:
            sys.exit(f"{sys.argv[0]}: {name} has no licence")
        text = "\n".join(file.read_text(encoding="utf-8").strip() for file in files)
        texts.append(f"{'=' * 78}\n{name}\n{'=' * 78}\n\n{text}\n")
    return "\n".join(texts).encode()
