"""Blocks: typed configuration that is saved under a name and loaded in a flow.

A block is a class with annotated fields. Saved blocks are files below ``PREFECT_HOME/blocks``,
readable by their owner only, since they can hold secrets.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Type, TypeVar

    B = TypeVar("B", bound="Block")

_EXISTS = (
    "You are attempting to save values with a name that is already in use for this block type. If "
    "you would like to overwrite the values that are saved, then save with `overwrite=True`."
)


class Block:
    """Base of the block types. Values are checked and coerced as pydantic 1 does.

    `ValueError` is raised for values that don't fit.
    """

    _block_type_name: Optional[str] = None
    _block_type_slug: Optional[str] = None
    _block_document_name: Optional[str] = None
    _block_document_id: Any = None
    _is_anonymous: Optional[bool] = None

    def __init__(self, **values: Any) -> None:
        problems: List[str] = []
        for name, annotation in _fields(type(self)).items():
            self._set(name, annotation, values, problems)
        if problems:
            count = len(problems)
            title = f"{count} validation error{'s' if count > 1 else ''} for {type(self).__name__}"
            raise ValueError(title + "\n" + "\n".join(problems))
        self.block_initialization()

    def block_initialization(self) -> None:
        """For subclasses: called when the fields are set."""

    def _set(self, name: str, annotation: Any, values: Dict[str, Any], problems: List[str]) -> None:
        default = _default(type(self), name)
        if name in values:
            value = values[name]
        elif default is ...:
            problems.append(f"{name}\n  field required (type=value_error.missing)")
            return
        else:
            self.__dict__[name] = default
            return
        from prefect._coerce_scalars import Invalid

        check = _check(type(self), annotation, nullable=default is None)
        try:
            self.__dict__[name] = check(value) if check is not None else value
        except Invalid as exc:
            problems += [f"{name}\n  {message}" for message in exc.messages]

    @classmethod
    def get_block_type_slug(cls) -> str:
        """The type's name in lower case with dashes, as it stands in `type/name`."""
        name = cls._block_type_slug or cls._block_type_name or cls.__name__
        return name.lower().replace(" ", "-").replace("_", "-")

    def dict(self, **options: Any) -> Dict[str, Any]:
        """The fields' values."""
        return {name: getattr(self, name) for name in _fields(type(self))}

    def save(self, name: Optional[str] = None, overwrite: bool = False) -> Any:
        """Save under a name of lower-case letters, digits and dashes.

        `ValueError` where the name is taken, unless ``overwrite`` is set.
        """
        from prefect.blocks._store import awaitable, save

        name = name or self._block_document_name
        if not name:
            raise ValueError("You're attempting to save a block document without a name.")
        self._block_document_id = save(self.get_block_type_slug(), name, self._values(), overwrite)
        self._block_document_name, self._is_anonymous = name, False
        return awaitable(self._block_document_id)

    @classmethod
    def load(cls: Type[B], name: str) -> Any:
        """The block saved under a name; `ValueError` if there is none."""
        from prefect.blocks._store import awaitable, load

        slug, _, short = name.rpartition("/")
        document = load(slug or cls.get_block_type_slug(), short)
        block = cls(**cls._from_saved(document["values"]))
        block._block_document_id = document["id"]
        block._block_document_name, block._is_anonymous = short, False
        return awaitable(block)

    def _values(self) -> Dict[str, Any]:
        """The fields as they are saved."""
        return self.dict()

    @classmethod
    def _from_saved(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        return values

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name not in _fields(type(self)):
            raise ValueError(f'"{type(self).__name__}" object has no field "{name}"')
        object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.dict() == other.dict()  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def _shown(self) -> List[str]:
        shown = [f"{name}={value!r}" for name, value in self.dict().items()]
        for name in ("_block_document_id", "_block_document_name", "_is_anonymous"):
            if name in self.__dict__:
                shown.append(f"{name}={self.__dict__[name]!r}")
        return shown

    def __str__(self) -> str:
        return " ".join(self._shown())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._shown())})"


def _fields(cls: type) -> Dict[str, Any]:
    """The annotations of a block type's public fields, those of its bases first."""
    found = cls.__dict__.get("_own_fields")
    if found is None:
        from prefect._coerce_records import field_annotations

        found = {
            name: annotation
            for name, annotation in field_annotations(cls).items()
            if not name.startswith("_") and "ClassVar" not in str(annotation)
        }
        cls._own_fields = found  # type: ignore[attr-defined]
    return found


def _default(cls: type, name: str) -> Any:
    """A field's default, or `...` where it has none; pydantic's `Field(...)` is understood."""
    default: Any = getattr(cls, name, ...)
    factory = getattr(default, "default_factory", None)
    if callable(factory):
        return factory()
    if type(default).__name__ == "FieldInfo":
        inner = default.default
        return ... if type(inner).__name__ in ("UndefinedType", "PydanticUndefinedType") else inner
    import copy

    return copy.copy(default) if isinstance(default, (list, dict, set)) else default


def _check(cls: type, annotation: Any, nullable: bool) -> Any:
    from prefect._coerce import compile_annotation
    from prefect._coerce_records import scope_of

    if isinstance(annotation, type) and issubclass(annotation, Block):
        return lambda value: annotation(**value) if isinstance(value, dict) else value
    return compile_annotation(annotation, scope_of(cls), nullable)


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has Block")


__all__ = ["Block"]
