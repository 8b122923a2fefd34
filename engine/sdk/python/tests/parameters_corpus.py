"""The signatures, annotations and values that parameters_golden.json.gz was recorded with.

`record_parameters.py` runs them through real Prefect 2.1.1; `test_parameters_golden.py` runs the same
ones through this package and compares.
"""

from __future__ import annotations

import random
import re
from typing import Any, Callable

PRELUDE = '''
import collections, dataclasses, datetime, decimal, enum, ipaddress, pathlib, re, uuid
from collections import OrderedDict, defaultdict, deque, namedtuple
from datetime import date, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import *
from typing import Pattern
from uuid import UUID

class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"

class Size(enum.IntEnum):
    """How large."""
    SMALL = 1
    LARGE = 2

class Tone(str, enum.Enum):
    LOW = "low"
    HIGH = "high"

class Mixed(enum.Enum):
    ONE = 1
    TWO = "two"
    NONE = None

class Name(str):
    pass

class Point(NamedTuple):
    x: int
    y: float = 0.5

Pair = namedtuple("Pair", "left right")

@dataclasses.dataclass
class Box:
    """A box."""
    width: int
    height: float = 2.0
    labels: List[str] = dataclasses.field(default_factory=list)

@dataclasses.dataclass
class Crate:
    box: Box
    more: List[Box] = dataclasses.field(default_factory=list)

@dataclasses.dataclass
class Flat:  # never an annotation itself: that would change what 2.1.1 makes of Tall
    width: int

@dataclasses.dataclass
class Tall(Flat):
    depth: Optional[int] = None
    tone: Tone = Tone.LOW
    size: Size = Size.SMALL
    on_done: Callable = print

@dataclasses.dataclass
class Node:
    value: int
    next: Optional["Node"] = None
    children: List["Node"] = dataclasses.field(default_factory=list)

UserId = NewType("UserId", int)
Anything = TypeVar("Anything")
Bounded = TypeVar("Bounded", bound=int)
Either = TypeVar("Either", int, str)

class Movie(TypedDict):
    title: str
    year: int

class Sequel(Movie, total=False):
    box: Box
    colours: List[Color]

class Partial(TypedDict, total=False):
    title: str
    year: int
'''

# What only an interpreter with pydantic 1 can run.
PYDANTIC_PRELUDE = '''
import pydantic
from pydantic import BaseModel, Field, conint, constr, confloat, conlist, SecretStr, PositiveInt, Json

class Inner(BaseModel):
    """Inner doc."""
    v: float = Field(1.5, description="the v", gt=0)

class Outer(BaseModel):
    inner: Inner = Inner()
    many: List[Inner]
    byname: Dict[str, Inner] = {}
    colour: Color = Color.RED
'''

# Annotations, each tried with every value below.
ANNOTATIONS = [
    "int",
    "float",
    "str",
    "bytes",
    "bool",
    "complex",
    "object",
    "Any",
    "list",
    "dict",
    "tuple",
    "set",
    "frozenset",
    "deque",
    "OrderedDict",
    "List",
    "Dict",
    "Tuple",
    "Set",
    "FrozenSet",
    "Deque",
    "Sequence",
    "Iterable",
    "Mapping",
    "Type",
    "Callable",
    "Pattern",
    "List[int]",
    "List[Any]",
    "List[Optional[int]]",
    "List[str]",
    "List[List[int]]",
    "list[int]",
    "list[list[float]]",
    "Dict[str,int]",
    "Dict[int,float]",
    "Dict[str,List[int]]",
    "dict[str,int]",
    "Dict[Color,int]",
    "Dict[str,Any]",
    "Mapping[str,int]",
    "DefaultDict[str,int]",
    "Counter[str]",
    "Tuple[int,str]",
    "Tuple[int,...]",
    "Tuple[()]",
    "tuple[int,str]",
    "tuple[int,...]",
    "Tuple[int]",
    "Tuple[Any,...]",
    "Set[int]",
    "Set[str]",
    "FrozenSet[int]",
    "set[int]",
    "frozenset[str]",
    "Deque[int]",
    "Sequence[int]",
    "Sequence[str]",
    "Iterable[int]",
    "Iterable[str]",
    "Optional[int]",
    "Optional[str]",
    "Optional[List[int]]",
    "Optional[bool]",
    "Union[int,str]",
    "Union[str,int]",
    "Union[float,bool]",
    "Union[int,float,None]",
    "Union[List[int],str]",
    "Union[datetime.datetime,date]",
    "Union[bool,int]",
    "Union[Dict[str,int],List[int]]",
    "int|str",
    "int|None",
    "list[int]|None",
    "Union[int]",
    "Union[int,Optional[str]]",
    "List[Union[int,str]]",
    "Dict[str,Union[int,List[int]]]",
    "Optional[Dict[str,Optional[int]]]",
    'Literal["a","b"]',
    "Literal[1,2]",
    'Literal["a",1,None]',
    "Literal[True]",
    'Optional[Literal["a"]]',
    'List[Literal["a","b"]]',
    "Color",
    "Size",
    "Tone",
    "Mixed",
    "enum.Enum",
    "List[Color]",
    "Optional[Color]",
    "Union[Color,int]",
    "datetime.datetime",
    "date",
    "time",
    "timedelta",
    "Optional[datetime.datetime]",
    "List[date]",
    "Union[date,datetime.datetime,str]",
    "UUID",
    "Path",
    "Decimal",
    "List[Decimal]",
    "Optional[UUID]",
    "ipaddress.IPv4Address",
    "ipaddress.IPv6Address",
    "ipaddress.IPv4Network",
    "ipaddress.IPv4Interface",
    "Callable[[int],str]",
    "Type[int]",
    "Type[Color]",
    "type",
    "Pattern[str]",
    "re.Pattern",
    "Hashable",
    "Name",
    "UserId",
    "Anything",
    "Bounded",
    "Either",
    "List[UserId]",
    "Point",
    "Pair",
    "List[Point]",
    "Box",
    "Crate",
    "List[Box]",
    "Dict[str,Box]",
    "Optional[Box]",
    "Movie",
    "Partial",
    "List[Movie]",
    "Tall",
    "Node",
    "List[Node]",
    "Sequel",
    "Optional[Tall]",
    "Dict[str,Tall]",
    "Union[Box,Tall,int]",
    "Tuple[Box,Color]",
    "Union[Movie,Box]",
    "Optional[Callable]",
    "List[Callable]",
    "Dict[str,Callable]",
    "Union[Callable,int]",
    "Tuple[Callable,int]",
    "MutableSequence[int]",
    "MutableMapping[str,int]",
    "collections.OrderedDict[str,int]",
    "collections.abc.Sequence[int]",
    "collections.abc.Mapping[str,int]",
    "collections.abc.Iterable[int]",
    "collections.deque[int]",
    "Union[str,None,int]",
    "Optional[Any]",
    "Literal[Color.RED]",
    'Literal["a",Literal[1]]',
    'Literal[b"x"]',
    "List[Any]",
    "Union[Any,int]",
    "Dict[str,Dict[str,List[Optional[int]]]]",
    "List[Tuple[int,str]]",
    "Tuple[Tuple[int,int],...]",
    "Set[Tuple[int,int]]",
    "FrozenSet[Color]",
    "List[Dict[str,Any]]",
    'Union[Literal["a"],int]',
    "Union[Color,Size]",
    "Union[UUID,Path,str]",
    "Union[time,timedelta]",
    "List[Path]",
    "Dict[date,Decimal]",
    "Union[str,bytes]",
    "Union[dict,list]",
    "Union[Tuple[int,int],List[str]]",
    '"Box"',
    'List["Box"]',
    'Optional["Color"]',
    '"int|None"',
    "Type[Box]",
    'Type["Box"]',
    "type[int]",
    'Annotated[int,"meta"]',
    'Optional[Annotated[int,"meta"]]',
    '"int"',
    '"Optional[List[int]]"',
    'List["int"]',
]

PYDANTIC_ANNOTATIONS = [
    "Inner",
    "Outer",
    "List[Inner]",
    "Dict[str,Inner]",
    "Optional[Inner]",
    "Union[Inner,int]",
    "Union[int,Inner]",
    "Tuple[Inner,int]",
    "conint(gt=0,le=5)",
    'constr(min_length=2,regex="^a")',
    "confloat(ge=0)",
    "conlist(int,min_items=1)",
    "List[conint(gt=0)]",
    "PositiveInt",
    "SecretStr",
    "Optional[PositiveInt]",
    "Json",
]

VALUES = [
    # words and numbers
    "None", "True", "False", "0", "1", "2", "-3", "5", "3.9", "2.0", "-0.5", "1e30", "10**20", "1j",
    "''", "'3'", "' 3 '", "'3.9'", "'1_000'", "'1e3'", "'abc'", "'a'", "'b'", "'yes'", "'off'", "'TRUE'",
    "'red'", "'RED'", "'low'", "'two'", "b'3'", "b'yes'", "b'\\xff'", "bytearray(b'ab')",
    # times
    "'2020-01-02'", "'2020-01-02T03:04:05'", "'2020-01-02 03:04'", "'2020-1-2T3:04:05.123456789Z'",
    "'2020-01-02T03:04:05+02:30'", "'2020-01-02T03:04:05-0230'", "'2020-01-02T25:04:05'", "'2020-13-02'",
    "'03:04'", "'03:04:05.5'", "'03:04:05+01'", "'25:00'", "'1494012444'", "1494012444", "1494012444000", "1494012444.25",
    "'P1DT2H3M4.5S'", "'-PT5M'", "'1 02:03:04'", "'-1 02:03:04.5'", "'15:30'", "'30'", "'PT'", "86399.5", "86400",
    "datetime.datetime(2020, 1, 2, 3, 4, 5)", "datetime.datetime(2020, 1, 2, tzinfo=timezone.utc)", "date(2020, 1, 2)",
    "time(3, 4)", "timedelta(days=1, seconds=2)", "b'2020-01-02'", "b'03:04'",
    # other scalars
    "'12345678-1234-5678-1234-567812345678'", "b'1234567812345678'", "UUID(int=7)", "Path('/tmp/x')", "Decimal('1.50')",
    "Decimal('NaN')", "float('inf')", "'10.0.0.1'", "'::1'", "'10.0.0.0/8'", "ipaddress.IPv4Address('10.0.0.1')",
    "'['", "re.compile('a')", "Color.RED", "Size.LARGE", "Tone.LOW", "Name('n')", "int", "str", "Color", "len", "object",
    # collections
    "[]", "[1, 2]", "['1', '2.5', None]", "['x', 'y', 1]", "[1, 'a']", "(1, 2)", "('3', 4)", "(1,)", "{3}", "frozenset([3])",
    "deque([1, '2'], maxlen=3)", "range(3)", "(i for i in ['1', 2])", "iter([1])", "[[1, '2'], [3]]", "[['x'], 4]",
    "{}", "{'a': 1}", "{'a': '2', 'b': 'x'}", "{1: 2}", "{'1': '2.5'}", "{'a': [1, '2']}", "{'a': None}",
    "OrderedDict(a='1')", "defaultdict(int, a=1)", "[('a', 1)]", "[('a', '1', 2)]", "{'red': 1}", "['red', 'blue']",
    "['2020-01-02', 0]",
    # records
    "Point(1, 2.0)", "Pair('1', 2)", "(1, 2, 3)", "{'x': 1}", "Box(1)", "Box('2', '3', [4])", "Box('x')", "{'width': '4'}",
    "{'width': 'x', 'height': 'y'}", "{'height': 1}", "{'width': 1, 'depth': 2}", "{'box': {'width': 1}}", "Crate(Box('3'))",
    "{'box': {'width': 'q'}, 'more': [{'width': 2}]}", "[{'width': 1}, Box(2)]", "{'b': {'width': 1}}",
    "{'title': 't', 'year': '1999'}", "{'title': 't'}", "{'title': 1, 'year': 'x', 'extra': 3}", "[{'title': 't', 'year': 1}]",
]  # fmt: skip

PYDANTIC_VALUES = VALUES[:28] + [
    "Inner()", "Inner(v=2)", "{'v': '3.5'}", "{'v': -1}", "{'v': 'x', 'w': 2}", "[{'v': 1}]", "{'i': {'v': 1}}", "{}", "[]",
    "{'many': [{'v': 1}], 'colour': 'blue'}", "{'many': [{'v': 'x'}, 3], 'colour': 'green'}", "Outer(many=[])",
    "[1, 2]", "[-1, 'x']", "'abcd'", "'[1]'", "({'v': 2}, '3')",
]  # fmt: skip

# Defaults that are tried with an annotation in a random signature; most fit, some don't.
DEFAULTS: dict[str, list[str]] = {
    "": ["3", "'zz'", "None", "[1, 'a']", "{'k': {'n': None}}", "True", "(1, 2)", "Color.RED", "date(2020, 1, 2)"],
    "int": ["3", "-1", "'5'", "None", "10**20"],
    "float": ["1.5", "1e30", "2", "None"],
    "str": ["'x'", "''", "\"a: 'b' #c\\nline2\"", "5", "None"],
    "bool": ["True", "False", "'yes'"],
    "bytes": ["b'x'", "None"],
    "list": ["[]", "(1, 2)", "None"],
    "dict": ["{}", "{'a': [1]}"],
    "List[int]": ["[1, 2]", "None", "('3',)"],
    "List[str]": ["['a']"],
    "Dict[str,int]": ["{'x': 1}", "{}", "None"],
    "Set[int]": ["{1}", "set()"],
    "Tuple[int,str]": ["(1, 'a')"],
    "Optional[int]": ["None", "4"],
    "Optional[str]": ["None", "'s'"],
    "Union[int,str]": ["5", "'t'"],
    "int|None": ["None", "1"],
    "Literal[\"a\",\"b\"]": ["'a'", "'c'"],
    "Color": ["Color.RED", "'blue'", "None"],
    "Size": ["Size.LARGE", "2"],
    "Tone": ["Tone.LOW"],
    "List[Color]": ["[Color.RED]", "['blue']"],
    "datetime.datetime": ["datetime.datetime(2022, 8, 22, 1, 2, 3)", "datetime.datetime(2020, 1, 2, 3, 4, 5, 678, tzinfo=timezone.utc)", "'2020-01-02'"],
    "date": ["date(2020, 1, 2)", "None"],
    "time": ["time(3, 4, 5)"],
    "timedelta": ["timedelta(seconds=90)", "timedelta(days=-1, microseconds=1)"],
    "UUID": ["UUID(int=7)", "None"],
    "Path": ["Path('/tmp')", "'x/y'"],
    "Decimal": ["Decimal('1.5')", "Decimal('3')", "Decimal('1e3')"],
    "Box": ["Box(1)", "None"],
    "Tall": ["Tall(1, tone=Tone.HIGH, on_done=None)", "None"],
    "Node": ["Node(1, Node(2))"],
    "Dict[str,Box]": ["{'a': Box(1)}"],
    "Tuple[int,...]": ["(1, 2)", "()"],
    "FrozenSet[str]": ["frozenset({'a'})"],
    "Deque[int]": ["deque([1])"],
    "Optional[Color]": ["Color.BLUE", "None"],
    "Union[Color,int]": ["Color.BLUE", "3"],
    "Mapping[str,float]": ["{'a': 1}"],
    "object": ["None", "3"],
    "Counter[str]": ["{'a': 1}"],
    "Point": ["Point(1, 2.0)", "(1, 2)"],
    "Movie": ["{'title': 't', 'year': 1}"],
    "Any": ["None", "{'z': [1]}", "3"],
    "Pattern": ["re.compile('a')"],
    "Callable": ["None", "len"],
    "ipaddress.IPv4Address": ["ipaddress.IPv4Address('10.0.0.1')"],
    "Sequence[int]": ["[1]", "(2, '3')"],
    "Optional[List[Optional[Box]]]": ["None"],
}  # fmt: skip


def random_signatures(seed: int, count: int) -> list[dict[str, Any]]:
    """Functions as source text, with calls to try on each; the same for the same seed."""
    rng = random.Random(seed)
    return [_random_signature(rng) for _ in range(count)]


def _random_signature(rng: random.Random) -> dict[str, Any]:
    names = rng.sample(
        ["a", "b", "c", "data", "when", "size", "flag", "person_name", "n2", "Total"],
        rng.randint(1, 6),
    )
    parts: list[str] = []
    had_default = False
    positional_only = rng.randint(1, len(names)) if rng.random() < 0.2 else 0
    keyword_only = rng.randint(0, len(names)) if rng.random() < 0.3 else len(names)
    given: dict[str, str] = {}
    for i, name in enumerate(names):
        if i == positional_only and 0 < i <= keyword_only:
            parts.append("/")
        if i == keyword_only:
            parts.append("*" if rng.random() < 0.5 else rng.choice(["*rest", "*rest: int"]))
            had_default = False
        annotation = rng.choice(list(DEFAULTS))
        text = name if not annotation else f"{name}: {annotation}"
        if had_default or rng.random() < 0.5:
            text += " = " + rng.choice(DEFAULTS[annotation])
            had_default = True
        parts.append(text)
        if rng.random() < 0.7:
            given[name] = rng.choice(DEFAULTS[annotation] + VALUES[:30])
    if rng.random() < 0.2:
        parts.append(rng.choice(["**options", "**options: float"]))
    if rng.random() < 0.05:
        given["bogus"] = "1"
    call = "dict({})".format(", ".join(f"{k}={v}" for k, v in given.items()))
    return {"source": "def f({}): pass".format(", ".join(parts)), "calls": ["{}", call]}


def run(source: str, scope: dict[str, Any]) -> None:
    """Runs source as a script would be: without this file's own `__future__` imports."""
    exec(compile(source, "<corpus>", "exec", dont_inherit=True), scope)


def outcome(call: Callable[..., Any], *args: Any) -> str:
    """What a call gave, as text that is the same on every run."""
    try:
        return "ok " + stable(call(*args))
    except Exception as exc:
        return _strip(f"{type(exc).__name__}: {exc}")


def stable(value: Any) -> str:
    """The value with its type, looking into collections and iterators."""
    name = type(value).__name__
    if isinstance(value, dict):
        inside = ", ".join(f"{stable(k)}: {stable(v)}" for k, v in value.items())
        return f"{name}{{{inside}}}"
    if isinstance(value, (set, frozenset)):
        return f"{name}({sorted(map(stable, value))})"
    if hasattr(value, "__next__"):
        return f"iterator<{', '.join(map(stable, value))}>"
    if isinstance(value, (list, tuple)) or name == "deque":
        return f"{name}({', '.join(map(stable, value))})"
    if hasattr(value, "__dataclass_fields__"):
        return f"{name}({', '.join(f'{k}={stable(v)}' for k, v in vars(value).items() if not k.startswith('__'))})"
    return _strip(f"{name} {value!r}")


def _strip(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "0xADDR", text)
