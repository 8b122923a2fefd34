# requires: pydantic
"""Blocks with what pydantic has: fields, validators and secrets."""

from prefect.blocks.core import Block
from prefect.blocks.system import *
import pydantic
from typing import List, Optional


class V(Block):
    x: int
    y: int = pydantic.Field(default=3, gt=2, description="yy")
    z: List[str] = pydantic.Field(default_factory=list)

    @pydantic.validator("x")
    def even(cls, v):
        if v % 2:
            raise ValueError("odd")
        return v * 10

    @pydantic.root_validator
    def r(cls, values):
        values["y"] = values.get("y", 0) + 1
        return values

    def block_initialization(self):
        print("init", self.x, self.y)
        self._p = 4


v = V(x=2)
print(v, v._p, v.z)
for kw in (dict(x=3), dict(x="a"), dict(x=2, y=1), dict()):
    try:
        print(V(**kw))
    except Exception as e:
        print(type(e).__name__, e)
v.save("v")
print(V.load("v"))


class Extra(Block):
    x: int

    class Config:
        extra = "forbid"


try:
    Extra(x=1, y=2)
except Exception as e:
    print(type(e).__name__, e)
s = Secret(value="x")
print(s, repr(s), s.dict(), s.json())
s.save("s")
print(s, Secret.load("s"), Secret.load("s").get())


class Creds(Block):
    user: str
    password: pydantic.SecretStr
    opt: Optional[pydantic.SecretStr] = None


c = Creds(user="u", password="p")
print(c, c.password.get_secret_value(), c.json(), c.dict())
c.save("c")
d = Creds.load("c")
print(d.password.get_secret_value(), d)
j = JSON(value={"a": 1})
print(j, j.json(), j.dict())
try:
    JSON(value=object())
except Exception as e:
    print(type(e).__name__, e)
try:
    JSON()
except Exception as e:
    print(type(e).__name__, e)
try:
    String(value=None)
except Exception as e:
    print(type(e).__name__, e)
print(String(value=5), DateTime(value="2022-01-01T00:00:00"))
try:
    DateTime(value="x")
except Exception as e:
    print(type(e).__name__, e)


class Al(Block):
    name: str = pydantic.Field(..., alias="theName")


print(Al(theName="q"))
