"""What the environment said of Prefect's settings when `prefect` was imported.

As in 2.1, a change of the environment after that has no effect on this process.
"""

from __future__ import annotations

import os

PREFECT = {name: value for name, value in os.environ.items() if name.startswith("PREFECT_")}
