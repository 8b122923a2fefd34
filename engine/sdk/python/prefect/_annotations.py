"""What an annotation asks for, told without importing `typing`.

`shape` sorts any annotation into one of a few kinds; `_coerce` and `_schema` work on those. Nothing
here imports a module the script hasn't: an annotation made with `typing`, `enum` or pydantic can only
exist once its module is loaded, so looking at the object itself is enough.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # type checkers take this name for True; `typing` stays unloaded
if TYPE_CHECKING:
    from typing import Any

NONE_TYPE = type(None)


class Shape:
    """An annotation sorted: its kind, what the kind is about, and whether None passes.

    Kinds and their args: any (), none (), union (Shape..), literal (values..), callable (),
    type (class or None), list/set/frozenset/deque/sequence/iterable (item Shape), tuple (Shape..),
    tuple_of (item Shape), dict/mapping/counter/defaultdict (key Shape, value Shape),
    class (the class), pydantic (the annotation).
    """

    __slots__ = ("args", "kind", "nullable")

    def __init__(self, kind: str, args: tuple[Any, ...] = (), nullable: bool = False) -> None:
        self.kind = kind
        self.args = args
        self.nullable = nullable


# By full name, since `collections` and its `abc` cost an import that most flows don't need.
_ITEM_KINDS = {
    "builtins.list": "list",
    "builtins.set": "set",
    "builtins.frozenset": "frozenset",
    "collections.deque": "deque",
    "collections.abc.Sequence": "sequence",
    "collections.abc.MutableSequence": "sequence",
    "collections.abc.Iterable": "iterable",
}
_PAIR_KINDS = {
    "builtins.dict": "dict",
    "collections.defaultdict": "defaultdict",
    "collections.Counter": "counter",
    "collections.OrderedDict": "mapping",
    "collections.abc.Mapping": "mapping",
    "collections.abc.MutableMapping": "mapping",
}


def _full_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def evaluate(text: str, scope: dict[str, Any]) -> Any:
    """The object a string annotation names; Any where it can't be known at run time.

    A name that only a type checker sees (`if TYPE_CHECKING:`) must not stop a flow from running.
    """
    try:
        return eval(text, scope)
    except Exception:
        return _evaluate_newer(text, scope)


def _evaluate_newer(text: str, scope: dict[str, Any]) -> Any:
    """Reads `int | None` and `list[int]` on the Pythons that can't, for postponed annotations."""
    import typing

    if sys.version_info >= (3, 10):
        return typing.Any
    import ast

    class Rewrite(ast.NodeTransformer):
        def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
            self.generic_visit(node)
            if not isinstance(node.op, ast.BitOr):
                return node
            pair = ast.Tuple([node.left, node.right], ast.Load())
            index: ast.AST = pair if sys.version_info >= (3, 9) else ast.Index(pair)
            return ast.Subscript(ast.Name("__Union", ast.Load()), index, ast.Load())

        def visit_Name(self, node: ast.Name) -> ast.AST:
            generic = (
                sys.version_info < (3, 9) and node.id in _OLD_GENERICS and node.id not in scope
            )
            return (
                ast.copy_location(ast.Name(f"__{node.id}", ast.Load()), node) if generic else node
            )

    try:
        tree = ast.fix_missing_locations(Rewrite().visit(ast.parse(text, mode="eval")))
        names = {f"__{old}": getattr(typing, new) for old, new in _OLD_GENERICS.items()}
        return eval(
            compile(tree, "<annotation>", "eval"), {**scope, **names, "__Union": typing.Union}
        )
    except Exception:
        return typing.Any


_OLD_GENERICS = {
    "list": "List",
    "dict": "Dict",
    "tuple": "Tuple",
    "set": "Set",
    "frozenset": "FrozenSet",
    "type": "Type",
}


def shape(annotation: Any, scope: dict[str, Any]) -> Shape:
    """Sorts an annotation; names in strings are looked up in `scope` (the function's globals)."""
    if isinstance(annotation, str):
        return shape(evaluate(annotation, scope), scope)
    if annotation is None or annotation is NONE_TYPE:
        return Shape("none", (), True)
    if annotation is object:
        return Shape("any", (), True)
    if is_pydantic(annotation):
        return Shape("pydantic", (annotation,))
    origin = getattr(annotation, "__origin__", None)
    if origin is not None:
        return _generic(annotation, origin, scope)
    if isinstance(annotation, type):
        return _class(annotation)
    return _special(annotation, scope)


def _class(cls: type) -> Shape:
    name = _full_name(cls)
    if name == "typing.Any":  # a class since Python 3.11
        return Shape("any", (), True)
    if cls is type:
        return Shape("type", (None,))
    return _abstract(name) or Shape("class", (cls,))


def _abstract(name: str) -> Shape | None:
    """A bare class of collections.abc means what it means in `typing`."""
    if name == "collections.abc.Callable":
        return Shape("callable")
    if not name.startswith("collections.abc."):
        return None
    if name in _ITEM_KINDS:
        return Shape(_ITEM_KINDS[name], (Shape("any", (), True),))
    if name in _PAIR_KINDS:
        return Shape(_PAIR_KINDS[name], (Shape("any", (), True), Shape("any", (), True)))
    return None


def _special(annotation: Any, scope: dict[str, Any]) -> Shape:
    """The annotations that are neither classes nor subscripted."""
    name = type(annotation).__name__
    if name == "ForwardRef":
        return shape(annotation.__forward_arg__, scope)
    if name in ("UnionType", "Union"):
        return _union(annotation.__args__, scope)
    if name == "TypeVar":
        if annotation.__constraints__:
            return _union(annotation.__constraints__, scope)
        bound = annotation.__bound__
        return Shape("any", (), True) if bound is None else shape(bound, scope)
    if hasattr(annotation, "__supertype__"):  # NewType
        return shape(annotation.__supertype__, scope)
    if name == "TypeAliasType":
        return shape(annotation.__value__, scope)
    return Shape("any", (), True)


def _generic(annotation: Any, origin: Any, scope: dict[str, Any]) -> Shape:
    if hasattr(annotation, "__metadata__"):  # Annotated: what isn't pydantic's is only a note
        return shape(origin, scope)
    if not isinstance(origin, type) or origin.__module__ == "typing":
        return _typing_form(annotation, origin, scope)
    args = () if getattr(annotation, "_special", False) else getattr(annotation, "__args__", ())
    name = _full_name(origin)
    if origin is tuple:
        bare = not hasattr(annotation, "__args__") or getattr(annotation, "_special", False)
        return Shape("tuple_of", (Shape("any", (), True),)) if bare else _tuple(args, scope)
    if name in _ITEM_KINDS:
        return Shape(_ITEM_KINDS[name], (_argument(args, 0, scope),))
    if name == "collections.Counter":
        return Shape("counter", (_argument(args, 0, scope), Shape("class", (int,))))
    if name in _PAIR_KINDS or issubclass(origin, dict):
        pair = (_argument(args, 0, scope), _argument(args, 1, scope))
        return Shape(_PAIR_KINDS.get(name, "dict"), pair)
    if origin is type:
        return Shape("type", (_bound_class(args, scope),))
    return _abstract(name) or Shape("class", (origin,))


def _typing_form(annotation: Any, origin: Any, scope: dict[str, Any]) -> Shape:
    """Union, Literal, Final and the like, told by name so that `typing` need not be loaded."""
    name = getattr(origin, "_name", None) or getattr(origin, "__name__", "")
    if name in ("Union", "Optional"):
        return _union(annotation.__args__, scope)
    if name == "Literal":
        values = _literal_values(annotation)
        return Shape("literal", values, any(value is None for value in values))
    if name in ("Final", "ClassVar", "Required", "NotRequired", "ReadOnly"):
        return shape(annotation.__args__[0], scope)
    return Shape("any", (), True)


def _literal_values(annotation: Any) -> tuple[Any, ...]:
    """The permitted values, with nested Literals opened."""
    found: tuple[Any, ...] = ()
    for value in annotation.__args__:
        found += _literal_values(value) if hasattr(value, "__origin__") else (value,)
    return found


def _union(members: tuple[Any, ...], scope: dict[str, Any]) -> Shape:
    shapes = [shape(m, scope) for m in members]
    nullable = any(s.kind == "none" or s.nullable for s in shapes)
    shapes = [s for s in shapes if s.kind != "none"]
    if len(shapes) == 1:
        return Shape(shapes[0].kind, shapes[0].args, True)
    return Shape("union", tuple(shapes), nullable)


def _tuple(args: tuple[Any, ...], scope: dict[str, Any]) -> Shape:
    if args and args[-1] is ...:
        return Shape("tuple_of", (shape(args[0], scope),))
    return Shape("tuple", tuple(shape(a, scope) for a in args if a != ()))


def _argument(args: tuple[Any, ...], index: int, scope: dict[str, Any]) -> Shape:
    return shape(args[index], scope) if index < len(args) else Shape("any", (), True)


def _bound_class(args: tuple[Any, ...], scope: dict[str, Any]) -> type | None:
    """The class that Type[..] names, or None where any class will do."""
    inner = _argument(args, 0, scope)
    return inner.args[0] if inner.kind == "class" else None


def is_block(annotation: Any) -> bool:
    """Whether it is one of our block types, which only look like classes of pydantic."""
    blocks = sys.modules.get("prefect.blocks.core")
    return (
        blocks is not None and isinstance(annotation, type) and issubclass(annotation, blocks.Block)
    )


def is_pydantic(annotation: Any) -> bool:
    """Whether pydantic (or a class made for it) is to read and describe this annotation itself."""
    if is_block(annotation):
        return False
    if isinstance(annotation, type) and not hasattr(annotation, "__metadata__"):
        if annotation.__module__.startswith("pydantic."):
            return True
        names = ("__get_validators__", "__get_pydantic_core_schema__", "__pydantic_core_schema__")
        return any(hasattr(annotation, name) for name in names)
    return any(
        type(note).__module__.partition(".")[0] in ("pydantic", "annotated_types", "pydantic_core")
        for note in getattr(annotation, "__metadata__", ())
    )
