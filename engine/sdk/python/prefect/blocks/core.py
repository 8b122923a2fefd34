"""Blocks: typed configuration that is saved under a name and loaded in a flow.

A block is a class with annotated fields. Saved blocks are files below ``PREFECT_HOME/blocks``,
readable by their owner only, since they can hold secrets.
"""

from __future__ import annotations

from prefect._model import Model, Shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple, Type, TypeVar

    B = TypeVar("B", bound="Block")


class Block(Shown, Model):
    """Base of the block types. Values are checked and coerced as pydantic 1 does.

    `ValueError` is raised for values that don't fit.
    """

    _block_type_name: Optional[str] = None
    _block_type_slug: Optional[str] = None
    _block_document_name: Optional[str] = None
    _block_document_id: Any = None
    _is_anonymous: Optional[bool] = None

    def __init__(self, **values: Any) -> None:
        from prefect.blocks._fields import read_values

        self.__dict__.update(read_values(type(self), values))
        self.block_initialization()

    def block_initialization(self) -> None:
        """For subclasses: called when the fields are set."""

    @classmethod
    def _read(cls, value: Any) -> Any:
        """A block where one is a field of another: itself, or its fields as a dict."""
        from prefect._coerce_scalars import Invalid

        if isinstance(value, cls):
            return value
        if not isinstance(value, dict):
            raise Invalid("value is not a valid dict")
        try:
            return cls(**value)
        except ValueError as exc:
            errors: List[Dict[str, Any]] = getattr(exc, "errors", list)()
            invalid = Invalid(*[one["msg"] for one in errors] or [str(exc)])
            invalid.places = tuple(" -> ".join(map(str, one["loc"])) for one in errors)
            raise invalid from None

    @classmethod
    def __get_validators__(cls) -> Any:
        """How pydantic 1 reads such a field."""
        yield cls._validated

    @classmethod
    def _validated(cls, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        if not isinstance(value, dict):
            raise TypeError("value is not a valid dict")
        return cls(**value)

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
        """The names of what `dict` gives: the fields, and whatever else was set on the block."""
        return tuple(self.__dict__)

    def __iter__(self) -> Iterator[Tuple[str, Any]]:
        return iter(list(self.__dict__.items()))

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
        from prefect.blocks._fields import fields
        from prefect.blocks._store import awaitable, save

        if name is None:
            name = self._block_document_name
        if name is None:
            raise ValueError(
                "You're attempting to save a block document without a name. Please "
                "either save a block document with a name or set is_anonymous to True."
            )
        if not name:
            raise ValueError("No name provided, either as an argument or on the block.")
        document_id = save(
            self.get_block_type_slug(),
            name,
            self._values(),
            overwrite,
            self.get_block_type_name(),
            secrets=[key for key in fields(type(self)) if _is_secret(getattr(self, key))],
        )
        self._is_anonymous, self._block_document_name = False, name
        self._block_document_id = document_id
        return awaitable(self._block_document_id)

    @classmethod
    def load(cls: Type[B], name: str) -> Any:
        """The block saved under a name; `ValueError` if there is none."""
        from prefect.blocks._store import awaitable

        return awaitable(cls._load(name))

    @classmethod
    def _load(cls, name: str) -> Any:
        from prefect.blocks._store import load

        slug, _, short = name.rpartition("/")
        document = load(slug or cls.get_block_type_slug(), short)
        kind = cls if cls is not Block else _type_of(slug)
        block = kind(**kind._from_saved(_resolved(document["values"])))
        block._block_document_id = document["id"]
        block._block_document_name = short
        block._is_anonymous = bool(document.get("is_anonymous"))
        return block

    def _values(self) -> Dict[str, Any]:
        """The fields as they are saved: secrets in clear, in a file that only its owner reads."""
        from prefect.blocks._fields import fields

        return {name: _in_clear(getattr(self, name)) for name in fields(type(self))}

    @classmethod
    def _from_saved(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        return values

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.dict() == other.dict()  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def _shown(self) -> Dict[str, Any]:
        return dict(self)


def _in_clear(value: Any) -> Any:
    """A value with the secrets of pydantic in it as plain text."""
    if hasattr(value, "get_secret_value"):
        return value.get_secret_value()
    if isinstance(value, dict):
        return {key: _in_clear(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_in_clear(item) for item in value]
    if isinstance(value, Block):
        if value._block_document_name and not value._is_anonymous:
            # as in 2.1, a block that is saved itself is loaded anew with the one it is in
            return {_REFERENCE: f"{value.get_block_type_slug()}/{value._block_document_name}"}
        return value._values()
    return value


# the one key of what stands for a block that is saved by itself
_REFERENCE = "$block"


def _resolved(value: Any) -> Any:
    """Saved values with the blocks that are only named in them."""
    if isinstance(value, dict):
        if list(value) == [_REFERENCE]:
            return Block._load(value[_REFERENCE])
        return {key: _resolved(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item) for item in value]
    return value


def _is_secret(value: Any) -> bool:
    """Whether there is a secret of pydantic in a value."""
    if isinstance(value, dict):
        return any(_is_secret(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_is_secret(item) for item in value)
    if isinstance(value, Block):
        return any(_is_secret(item) for _, item in value)
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


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has Block")


__all__ = ["Block"]
