"""Tells `prefect deployment build` what `file.py:flow` is; started by the engine, not by people.

Arguments: the script, the flow's variable, the deployment's root, and the file to write the answer to.
The answer is one JSON object: {"ok": true, "flow": {..}, "python": {..}} or {"ok": false, "error": {..}}.
Imports are few on purpose: this is most of what `deployment build` takes.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CO_COROUTINE = 0x80
CO_ASYNC_GENERATOR = 0x200


class Refused(Exception):
    """What was asked for can't be described; `error` is the answer's error object."""

    def __init__(self, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.error = {"kind": kind, "message": message, **more}


def main() -> None:
    """Describes the flow and ends the process, also where the script left threads running."""
    file, function, root, out = sys.argv[1:5]
    sys.argv = [file]
    answer = describe(file, function, root)
    with open(out, "w", encoding="utf-8") as target:
        target.write(json_text(answer))
    _leave()


def _leave() -> None:
    import atexit

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            continue
    os._exit(0)


def describe(file: str, function: str, root: str) -> dict[str, Any]:
    """The answer for a flow, whatever its script does."""
    python = {"executable": sys.executable, "version": ".".join(map(str, sys.version_info[:3]))}
    try:
        return {"ok": True, "flow": _flow(_load(file, root), file, function), "python": python}
    except Refused as refused:
        return {"ok": False, "error": refused.error, "python": python}


def _load(file: str, root: str) -> Any:
    from . import _loader, _mode

    _mode.describing = True  # a flow called at module level returns without running
    try:
        return _loader.load_script(file, root)
    except KeyboardInterrupt:
        raise
    except BaseException as exc:
        from . import _describe_errors

        raise Refused(**_describe_errors.error_of(exc, file)) from None


def _flow(module: Any, file: str, function: str) -> dict[str, Any]:
    name = os.path.basename(file)
    found = getattr(module, function, module)
    if found is module:
        raise Refused("not_found", f"{function!r} not found in {name!r}.", names=flow_names(module))
    if not _is_flow(found):
        kind = type(found).__name__
        message = f"Found object of unexpected type {kind!r}. Expected 'Flow'."
        raise Refused("not_a_flow", message, type=kind, names=flow_names(module))
    return {
        "name": found.name,
        "function": function,
        "version": _text(found.version),
        "description": _text(found.description),
        "is_async": bool(
            _code(found.fn) and _code(found.fn).co_flags & (CO_COROUTINE | CO_ASYNC_GENERATOR)
        ),
        "source": getattr(_code(found.fn), "co_filename", file),
        "parameter_openapi_schema": _schema_of(found, file),
    }


def _schema_of(flow: Any, file: str) -> dict[str, Any]:
    from . import _schema

    try:
        return _schema.parameter_schema(flow.fn)
    except Exception as exc:
        from . import _describe_errors

        raise Refused(**{**_describe_errors.error_of(exc, file), "kind": "schema"}) from None


def _code(fn: Any) -> Any:
    while hasattr(fn, "__wrapped__"):
        fn = fn.__wrapped__
    return getattr(fn, "__code__", None)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _is_flow(value: Any) -> bool:
    flow = getattr(sys.modules.get("prefect.flows"), "Flow", None)
    return flow is not None and isinstance(value, flow)


def flow_names(module: Any) -> list[str]:
    """The variables of a script that hold flows, for a hint at what was meant."""
    return [name for name, value in vars(module).items() if _is_flow(value)]


def json_text(value: Any) -> str:
    """JSON without importing `json`, which costs as much as the rest; infinite numbers become text."""
    from ._json import quote

    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return float.__repr__(value) if value - value == 0 else quote(float.__repr__(value))
    if isinstance(value, dict):
        pairs = ",".join(f"{quote(str(k))}:{json_text(v)}" for k, v in value.items())
        return "{" + pairs + "}"
    return "[" + ",".join(map(json_text, value)) + "]"
