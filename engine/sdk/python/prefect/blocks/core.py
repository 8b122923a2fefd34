"""Blocks: typed configuration that is saved under a name and loaded in a flow.

A block is a class with annotated fields. Saved blocks are files below ``PREFECT_HOME/blocks``,
readable by their owner only, since they can hold secrets.
"""

from __future__ import annotations

from prefect._model import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple, Type, TypeVar

    B = TypeVar("B", bound="Block")


class Block(Model):
    """Base of the block types. Values are checked and coerced as pydantic 1 does.

    `ValueError` is raised for values that don't fit.
    """

    _block_type_name: Optional[str] = None
    _block_type_slug: Optional[str] = None
    _block_document_name: Optional[str] = None
    _block_document_id: Any = None
    _is_anonymous: Optional[bool] = None

    def __init__(self, **values: Any) -> None:
        problems: List[Tuple[str, str]] = []
        for name, annotation in _fields(type(self)).items():
            self._set(name, annotation, values, problems)
        if problems:
            from prefect._validation import validation_error

            raise validation_error(type(self).__name__, problems)
        self.block_initialization()

    def block_initialization(self) -> None:
        """For subclasses: called when the fields are set."""

    def _set(
        self, name: str, annotation: Any, values: Dict[str, Any], problems: List[Tuple[str, str]]
    ) -> None:
        default = _default(type(self), name)
        if name in values:
            value = values[name]
        elif default is ...:
            problems.append((name, "field required"))
            return
        else:
            self.__dict__[name] = default
            return
        from prefect._coerce_scalars import Invalid

        check = _check(type(self), annotation, nullable=default is None)
        try:
            self.__dict__[name] = check(value) if check is not None else value
        except Invalid as exc:
            problems += [(name, message) for message in exc.messages]

    @classmethod
    def get_block_type_slug(cls) -> str:
        """The type's name in lower case with dashes, as it stands in `type/name`."""
        name = cls._block_type_slug or cls._block_type_name or cls.__name__
        return name.lower().replace(" ", "-").replace("_", "-")

    @classmethod
    def get_block_type_name(cls) -> str:
        """The type's name as it is shown."""
        return cls._block_type_name or cls.__name__

    @classmethod
    def get_description(cls) -> Optional[str]:
        """What the type is for: the first paragraph of its docstring."""
        from prefect._binding import clean_doc

        own = cls.__dict__.get("_description") or cls.__doc__
        return clean_doc(own).split("\n\n")[0] if own else None

    @classmethod
    def register_type_and_schema(cls, **options: Any) -> Any:
        """Nothing has to be registered here: a type is known by its class."""
        from prefect.blocks._store import awaitable

        return awaitable(None)

    @staticmethod
    def is_block_class(block: Any) -> bool:
        return isinstance(block, type) and issubclass(block, Block)

    @property
    def __fields__(self) -> Tuple[str, ...]:  # type: ignore[override]
        return tuple(_fields(type(self)))

    def copy(self, *, update: Optional[Dict[str, Any]] = None, **options: Any) -> Any:
        """A copy with the fields in ``update`` replaced."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.__dict__.update(update or {})
        return new

    def save(self, name: Optional[str] = None, overwrite: bool = False) -> Any:
        """Save under a name of lower-case letters, digits and dashes.

        `ValueError` where the name is taken, unless ``overwrite`` is set.
        """
        from prefect.blocks._store import awaitable, save

        name = name or self._block_document_name
        if not name:
            raise ValueError("You're attempting to save a block document without a name.")
        document_id = save(
            self.get_block_type_slug(),
            name,
            self._values(),
            overwrite,
            self.get_block_type_name(),
            secrets=[key for key in _fields(type(self)) if _is_secret(getattr(self, key))],
        )
        self._is_anonymous, self._block_document_name = False, name
        self._block_document_id = document_id
        return awaitable(self._block_document_id)

    @classmethod
    def load(cls: Type[B], name: str) -> Any:
        """The block saved under a name; `ValueError` if there is none."""
        from prefect.blocks._store import awaitable, load

        slug, _, short = name.rpartition("/")
        document = load(slug or cls.get_block_type_slug(), short)
        kind = cls if cls is not Block else _type_of(slug)
        block = kind(**kind._from_saved(document["values"]))
        block._block_document_id = document["id"]
        block._block_document_name = short
        block._is_anonymous = bool(document.get("is_anonymous"))
        return awaitable(block)

    def _values(self) -> Dict[str, Any]:
        """The fields as they are saved: secrets in clear, in a file that only its owner reads."""
        return {name: _in_clear(getattr(self, name)) for name in _fields(type(self))}

    @classmethod
    def _from_saved(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        return values

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.dict() == other.dict()  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def _shown(self) -> List[str]:
        shown = [f"{name}={value!r}" for name, value in self.dict().items()]
        for name in self.__dict__:
            if name in ("_block_document_id", "_block_document_name", "_is_anonymous"):
                shown.append(f"{name}={self.__dict__[name]!r}")
        return shown

    def __str__(self) -> str:
        return " ".join(self._shown())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._shown())})"


def _in_clear(value: Any) -> Any:
    """A value with the secrets of pydantic in it as plain text."""
    if hasattr(value, "get_secret_value"):
        return value.get_secret_value()
    if isinstance(value, dict):
        return {key: _in_clear(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_in_clear(item) for item in value]
    if isinstance(value, Block):
        return value._values()
    return value


def _is_secret(value: Any) -> bool:
    """Whether there is a secret of pydantic in a value."""
    if isinstance(value, dict):
        return any(_is_secret(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_is_secret(item) for item in value)
    if isinstance(value, Block):
        return any(_is_secret(getattr(value, key)) for key in _fields(type(value)))
    return hasattr(value, "get_secret_value")


def _type_of(slug: str) -> Any:
    """The class of a block type, among those that are built in and those that were imported."""
    import prefect.blocks.system
    import prefect.filesystems  # noqa: F401

    left = list(Block.__subclasses__())
    while left:
        kind = left.pop()
        if kind.get_block_type_slug() == slug:
            return kind
        left += kind.__subclasses__()
    raise ValueError(
        f"no class of the block type {slug!r} was imported; load the block with the class's own load"
    )


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
