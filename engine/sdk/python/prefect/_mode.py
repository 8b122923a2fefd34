"""What the process is doing with flows at the moment.

``describing`` is set while ``prefect deployment build`` loads a script to look at its flow, and
``loading`` while the engine loads the script of a deployment it is about to run. A flow called at
module level must not run in either case.
"""

from __future__ import annotations

describing = False
loading = False
