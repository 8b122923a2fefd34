# requires: pydantic
"""Blocks: fields, saving, loading, secrets."""

from typing import Optional, List, Dict
from pydantic import SecretStr, Field, ValidationError
from prefect import flow, task
from prefect.blocks.core import Block
from prefect.blocks.system import JSON, Secret, String, DateTime
from prefect.filesystems import LocalFileSystem


class Cube(Block):
    """A cube.

    More text.
    """

    edge: float
    name: str = "c"
    tags: List[str] = []
    _block_type_name = "Cube Block"

    def volume(self):
        return self.edge**3


class Cred(Block):
    user: str
    password: SecretStr
    extra: Optional[Dict[str, int]] = None


c = Cube(edge="2")
print(
    c, repr(c), c.volume(), c.dict(), c.json(), c.get_block_type_slug(), Cube.get_block_type_name()
)
for bad in (
    lambda: Cube(),
    lambda: Cube(edge="x"),
    lambda: Cube(edge=1, tags=5),
    lambda: Cred(user="a"),
):
    try:
        print(bad())
    except ValidationError as e:
        print(type(e).__name__, e)
print(c.save("my-cube") is not None)
d = Cube.load("my-cube")
print(d.edge, d.volume(), d == c, d._block_document_name, d._is_anonymous)
for bad in (lambda: c.save("my-cube"), lambda: Cube.load("nope")):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, str(e).split("\n")[0])
Cube(edge=5).save("my-cube", overwrite=True)
print(Cube.load("my-cube").edge)
k = Cred(user="u", password="p", extra={"a": "1"})
print(k, k.password.get_secret_value())
k.save("cred")
l = Cred.load("cred")
print(l.password, l.password.get_secret_value(), l.extra)
s = Secret(value="shh")
print(s, repr(s.value), s.get())
s.save("sec")
print(Secret.load("sec").get())
j = JSON(value={"a": [1, None]})
j.save("js")
print(JSON.load("js").value, j)
String(value="x").save("st")
print(String.load("st").value, String.load("st"))
import datetime

dt = DateTime(value="2020-01-02T03:04:05+00:00")
dt.save("dt")
print(DateTime.load("dt").value.isoformat())


@flow
def f():
    return Cube.load("my-cube").volume(), Secret.load("sec").get()


print(f())


@task
def takes(b):
    return b.edge


@flow
def g(b: Cube):
    return takes(b)


print(g(Cube(edge=3)))
