"""What the process is doing with flows at the moment.

``describing`` is set while ``prefect deployment build`` loads a script to look at its flow, and
``loading`` while the engine loads the script of a deployment it is about to run. A flow called at
module level must not run in either case.
"""

from __future__ import annotations

describing = False
loading = False


def only_loaded() -> bool:
    """Whether the script is looked at, or loaded for a run: it must change nothing by that."""
    return describing or loading


def skipped(name: str, function: str) -> None:
    """Say that a flow called while its script is loaded was not run."""
    import logging

    logging.getLogger("prefect.engine").warning(
        f"Script loading is in progress, flow {name!r} will not be executed. The call at module "
        "level was skipped; keep it for the script run by hand with:\n\n"
        f'\tif __name__ == "__main__":\n\t\t{function}()'
    )
