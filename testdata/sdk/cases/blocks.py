"""Blocks in blocks, what is shown of them before and after they are saved, and names."""

from prefect.blocks.core import Block
from typing import Optional, List, Dict


class Cube(Block):
    edge: float


class Nested(Block):
    cube: Cube
    many: Optional[List[int]] = None


class Deep(Block):
    n: Nested
    cubes: List[Cube] = []
    by: Dict[str, Cube] = {}
    opt: Optional[Cube] = None


c = Cube(edge=2)
print(c)
print(repr(c))
print(c.dict())
print(c.json())
print(dict(c))
print(list(c))
n = Nested(cube=c)
print(n)
print(repr(n))
print(n.dict())
print(n.json())
n2 = Nested(cube={"edge": 3})
print(n2, type(n2.cube).__name__)
d = Deep(n=n, cubes=[{"edge": 1}, c], by={"k": {"edge": 4}}, opt=c)
print(d)
print(type(d.cubes[0]).__name__, type(d.by["k"]).__name__)
print(d.dict())
try:
    Nested(cube={"edge": "x"})
except Exception as e:
    print(type(e).__name__, e)
try:
    Nested(cube=5)
except Exception as e:
    print(type(e).__name__, e)
r = c.save("one")
print(type(r).__name__)
print(c)
print(repr(c))
print(c.dict())
print(c.json())
print(c.edge, c._block_document_name, c._is_anonymous)
l = Cube.load("one")
print(l)
print(repr(l))
print(l.dict())
print(l == c, l == Cube(edge=2), Cube(edge=1) == Cube(edge=1))
n.save("n")
print(n)
m = Nested.load("n")
print(m)
print(m.dict())
print(m.cube, type(m.cube).__name__)
c.edge = 5
c.save("one", overwrite=True)
print(Nested.load("n").cube.edge, Cube.load("one").edge)
k = Nested(cube=Cube(edge=9))
k.save("k")
print(Nested.load("k").cube.edge)
print(c.copy() == c, c.copy(update={"edge": 7}).edge)
try:
    c.nope
except AttributeError as e:
    print(type(e).__name__, e)
c.new = 3
print(c.new)
print(Cube(edge=1, unknown=5))

for n in (None, ""):
    try:
        Cube(edge=1).save(n)
    except Exception as e:
        print(repr(n), type(e).__name__, e)
for load in (
    lambda: Cube.load("BLOCK_NAME"),
    lambda: Block.load("nope/one"),
    lambda: Block.load("cube/none"),
):
    try:
        load()
    except Exception as e:
        print(type(e).__name__, e)
print(Block.load("cube/one").edge)
