"""How the arguments of `Task.map` become the arguments of its runs."""

from __future__ import annotations

from prefect.exceptions import MappingLengthMismatch
from prefect.utilities.annotations import unmapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List


def calls_of_map(parameters: Dict[str, Any]) -> List[Dict[str, Any]]:
    """The parameters of each run.

    `MappingLengthMismatch` is raised where the parameters differ in length. A value without a
    length, such as a number, is the same for every run, as if it were wrapped in `unmapped`.
    """
    mapped: Dict[str, Any] = {}
    fixed: Dict[str, Any] = {}
    for name, value in parameters.items():
        if isinstance(value, unmapped):
            fixed[name] = value.value
        elif hasattr(value, "__len__"):
            mapped[name] = value
        elif hasattr(value, "__next__") or hasattr(value, "__iter__"):
            mapped[name] = list(value)
        else:
            fixed[name] = value
    lengths = {name: len(value) for name, value in mapped.items()}
    if len(set(lengths.values())) > 1:
        raise MappingLengthMismatch(
            "Received parameters with different lengths. Parameters for map must all be the same "
            f"length. Got lengths: {lengths}"
        )
    count = next(iter(lengths.values()), 1)
    return [
        {name: mapped[name][i] if name in mapped else fixed[name] for name in parameters}
        for i in range(count)
    ]
