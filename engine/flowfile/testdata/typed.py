import enum
from datetime import datetime, timedelta
from typing import Dict, List, Literal, Optional, Tuple, Union

from prefect import flow


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@flow(name="Typed Flow", version="v-1.2", description="given description")
def typed(
    zeta: str,
    alpha: List[float],
    color: Color = Color.RED,
    o: Optional[int] = None,
    when: datetime = datetime(2022, 8, 22, 1, 2, 3),
    lit: Literal["b", "a"] = "a",
    d: Dict[str, int] = {"y": 1, "x": 2},
    u: Union[int, str] = 5,
    t: Tuple[int, str] = (1, "a"),
    big: float = 1e30,
    td: timedelta = timedelta(seconds=90),
    *args,
):
    pass
