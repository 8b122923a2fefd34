from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Dict, List, Optional, Set, Tuple, Union
from uuid import UUID

from prefect import flow
from pydantic import BaseModel, conint
from typing_extensions import Literal


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int = 3
    tags: List[str] = []


class Team(BaseModel):
    lead: Person
    members: List[Person] = []


@flow
def plain():
    pass


@flow
def documented():
    """First line.

    Second paragraph with 'quotes': and a colon.
        indented
    """


@flow
def typed(
    s: str,
    f: float,
    i: int = 3,
    b: bool = True,
    o: Optional[int] = None,
    when: datetime = datetime(2022, 8, 22, 1, 2, 3),
    day: date = date(2022, 8, 22),
    clock: time = time(1, 2, 3),
    td: timedelta = timedelta(seconds=90),
    color: Color = Color.RED,
    lit: Literal["a", "b"] = "a",
    u: Union[int, str] = 5,
    big: float = 1e30,
    path: Path = Path("x/y"),
    uid: Optional[UUID] = None,
    money: Decimal = Decimal("1.50"),
    raw: bytes = b"x",
    anyp: Any = None,
    untyped="zz",
    text: str = "two\nlines",
    few: conint(gt=0, le=5) = 2,
):
    pass


@flow(name="Custom Näme", version="2.7", description="given: yes")
def named(x: int = 0):
    pass


@flow
def collections(
    names: List[str],
    d: Dict[str, int] = {"x": 1},
    pair: Tuple[int, str] = (1, "a"),
    some: Set[int] = {1},
    nested: Dict[str, List[Optional[int]]] = {},
    bare: list = [],
    raw: dict = {},
    *args: int,
    **kwargs: str,
):
    pass


@flow
def models(team: Team, person: Person = Person(name="Ford"), colors: List[Color] = [Color.BLUE]):
    pass


@flow
async def asynchronous(x: int = 1):
    """Waits."""
