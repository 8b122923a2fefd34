# ruff: noqa: FA100, UP006, UP007, UP035, UP045  (pydantic 1 reads these annotations at run time)
"""Print parameter schemas, values for them and what Prefect 2.1 says, one JSON object a line.

Usage: PREFECT_HOME=$(mktemp -d) python corpus.py SEED COUNT > corpus.jsonl   (needs prefect 2.1.1)
"""

import datetime
import decimal
import enum
import json
import pathlib
import random
import sys
import uuid
import warnings
from typing import Any, Dict, FrozenSet, List, Literal, Optional, Set, Tuple, Union

from prefect import flow
from prefect.utilities.callables import parameter_schema
from pydantic import BaseModel, Field, conint, conlist, constr


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Number(enum.IntEnum):
    ONE = 1
    TWO = 2


class Word(str, enum.Enum):
    A = "a"
    B = "b"


class Person(BaseModel):
    name: str
    age: int = 3
    tags: List[str] = []
    color: Optional[Color] = None


class Strict(BaseModel):
    x: int

    class Config:
        extra = "forbid"


class Tree(BaseModel):
    v: float = Field(1.5, gt=0)
    children: List["Tree"] = []


Tree.update_forward_refs()

KINDS: List[Any] = [
    str,
    int,
    float,
    bool,
    bytes,
    Any,
    list,
    dict,
    Person,
    Strict,
    Tree,
    Color,
    Number,
    Word,
]
KINDS += [
    datetime.datetime,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    uuid.UUID,
    pathlib.Path,
]
KINDS += [
    decimal.Decimal,
    List[int],
    List[Person],
    List[List[bool]],
    Dict[str, int],
    Dict[str, Person],
]
KINDS += [
    Set[int],
    FrozenSet[str],
    Tuple[int, str],
    Tuple[Color, ...],
    Union[int, str],
    Union[Person, int],
]
KINDS += [
    Union[List[int], Dict[str, int]],
    Optional[int],
    Optional[Person],
    Literal["a", "b"],
    Literal[1, "x"],
]
KINDS += [
    conint(gt=0, le=5),
    conint(ge=1, lt=10, multiple_of=3),
    conlist(int, min_items=2, max_items=3),
]
KINDS += [constr(min_length=2, max_length=3)]

SCALARS: List[Any] = [
    0,
    1,
    2,
    3,
    6,
    7,
    -1,
    10**20,
    1.0,
    3.9,
    0.5,
    -2.5,
    True,
    False,
    "",
    "a",
    "b",
    "x",
    "abc",
    "red",
    "blue",
]
SCALARS += [
    "1",
    " 3 ",
    "+5",
    "1_000",
    "3.0",
    "1.5e3",
    "inf",
    "nan",
    "yes",
    "Off",
    "TRUE",
    "2",
    "green",
    "abcd",
    "é",
]
SCALARS += [
    "2022-08-22",
    "2022-08-22T01:02:03",
    "2022-08-22 01:02:03.5+02:00",
    "2022-08-22T01:02Z",
    "2022-13-45T00:00:00",
]
SCALARS += [
    "10:00",
    "10:00:01.5",
    "90",
    "01:30:00",
    "1 02:00:00",
    "P1DT2H",
    "-PT5M",
    "2 days, 01:00:00",
    "soon",
]
SCALARS += ["12345678-1234-5678-1234-567812345678", "{12345678123456781234567812345678}", "/tmp/x"]


def value(depth: int = 0) -> Any:
    dice = random.random()
    if depth > 2 or dice < 0.55:
        return random.choice(SCALARS)
    if dice < 0.75:
        return [value(depth + 1) for _ in range(random.randint(0, 3))]
    names = ["name", "age", "tags", "color", "x", "v", "children", "other"]
    return {random.choice(names): value(depth + 1) for _ in range(random.randint(0, 3))}


def main() -> None:
    warnings.simplefilter("ignore")
    random.seed(int(sys.argv[1]))
    for i in range(int(sys.argv[2])):
        kind = KINDS[i % len(KINDS)]

        def f(x: Any) -> None: ...

        f.__annotations__ = {"x": kind}
        given = value()
        line = {
            "kind": str(kind),
            "schema": parameter_schema(f).dict(),
            "value": given,
            "problems": [],
        }
        try:
            flow(f, name="f").validate_parameters({"x": given})
        except Exception as error:  # noqa: BLE001
            line["problems"] = [part[6:] for part in str(error).splitlines()[1:]] or [str(error)]
        print(json.dumps(line))


main()
