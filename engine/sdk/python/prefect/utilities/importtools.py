"""Loading scripts, and names of objects."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict


def to_qualified_name(obj: Any) -> str:
    """`module.qualname` of a class or function."""
    return f"{obj.__module__}.{obj.__qualname__}"


def from_qualified_name(name: str) -> Any:
    """The object of a qualified name; `ModuleNotFoundError` or `AttributeError` if there is none."""
    from importlib import import_module

    module, _, attribute = name.rpartition(".")
    if not module:
        return import_module(name)
    try:
        return import_module(name)
    except ImportError:
        return getattr(import_module(module), attribute)


def objects_from_script(path: str) -> Dict[str, Any]:
    """The globals of a script, which is executed without running the flows it calls.

    `ScriptError` where the script raises.
    """
    return vars(load_script_as_module(path))


def load_script_as_module(path: str) -> Any:
    """A script as a module named ``__prefect_loader__``; `ScriptError` where it raises."""
    from prefect._loader import load_script
    from prefect.context import PrefectObjectRegistry
    from prefect.exceptions import ScriptError

    with PrefectObjectRegistry(block_code_execution=True):
        try:
            return load_script(path)
        except Exception as exc:
            raise ScriptError(user_exc=exc, path=path) from exc


def import_object(import_path: str) -> Any:
    """The object of `file.py:name` or `module.name`."""
    if ".py:" in import_path:
        path, _, name = import_path.rpartition(":")
        return getattr(load_script_as_module(path), name)
    if ":" in import_path:
        import_path = import_path.replace(":", ".")
    return from_qualified_name(import_path)
