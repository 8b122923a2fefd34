"""Loads a flow's script by its path, as a module named `__prefect_loader__`."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

MODULE = "__prefect_loader__"


def load_script(path: str, root: str | None = None) -> ModuleType:
    """Runs the script and returns its module; what the script raises is passed on as it is.

    The script's folder comes first on `sys.path`, then `root`, so that modules beside the script and
    modules of the project are found from any working directory. A script inside a package (a folder
    with `__init__.py`) may also use relative imports.
    """
    path = os.path.abspath(path)
    package, top = _package(os.path.dirname(path))
    _extend_path([os.path.dirname(path), root, top])
    with open(path, "rb") as file:
        source = file.read()
    module = type(sys)(MODULE)
    module.__file__ = path
    module.__package__ = package
    module.__dict__["__builtins__"] = __builtins__
    sys.modules[MODULE] = module  # dataclasses and pickle look their classes' module up
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    return module


def _package(folder: str) -> tuple[str, str | None]:
    """The dotted name of the package a folder is, and the folder that its outermost package is in."""
    names: list[str] = []
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        names.insert(0, name)
        if not name:
            break
    return ".".join(names), folder if names else None


def _extend_path(folders: list[str | None]) -> None:
    """Puts folders in front of `sys.path`, in their order."""
    at = 0
    for folder in folders:
        if folder is None or folder in sys.path[:at]:
            continue
        sys.path.insert(at, folder)
        at += 1
