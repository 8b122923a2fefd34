"""What the API's objects share: their fields as a dict, as JSON, and copied."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Container, Dict, List, Mapping, Optional, Tuple

    from typing_extensions import Self


class Shown:
    """Shows its fields as pydantic's models do: with the name of the class in repr, without in str."""

    __slots__ = ()

    def _shown(self) -> Mapping[str, Any]:
        return vars(self)

    def _texts(self) -> List[str]:
        return [f"{name}={value!r}" for name, value in self._shown().items()]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._texts())})"

    def __str__(self) -> str:
        return " ".join(self._texts())


class Model:
    """An object with named fields, read and written as pydantic 1's models are in 2.1."""

    __slots__ = ()
    __fields__: Tuple[str, ...] = ()

    @classmethod
    def parse_obj(cls, fields: Dict[str, Any]) -> Self:
        """The object of a dict of its fields."""
        return cls(**fields)

    @classmethod
    def construct(cls, _fields_set: Any = None, **fields: Any) -> Self:
        """As `parse_obj`: nothing here is costly to check."""
        return cls(**fields)

    def dict(
        self,
        *,
        include: Optional[Container[str]] = None,
        exclude: Optional[Container[str]] = None,
        exclude_none: bool = False,
        json_compatible: bool = False,
        shallow: bool = False,
        **options: Any,
    ) -> Dict[str, Any]:
        """The fields by name; plain JSON data with ``json_compatible``.

        Objects in fields are given as dicts too, unless ``shallow`` is set.
        """
        found = {
            name: getattr(self, name, None)
            for name in self.__fields__
            if (include is None or name in include) and (exclude is None or name not in exclude)
        }
        if exclude_none:
            found = {name: value for name, value in found.items() if value is not None}
        if not shallow:
            found = {name: _deep(value) for name, value in found.items()}
        return _plain(found) if json_compatible else found

    def json(self, **options: Any) -> str:
        """The fields as a JSON text; ``include`` and ``exclude`` as for `dict`."""
        import json

        from prefect._json import encode

        indent = options.pop("indent", None)
        return json.dumps(self.dict(**options), default=encode, indent=indent)


def _deep(value: Any) -> Any:
    if isinstance(value, Model):
        return value.dict()
    if type(value) is dict:
        return {key: _deep(item) for key, item in value.items()}
    if type(value) is list:
        return [_deep(item) for item in value]
    return value


def _plain(value: Any) -> Any:
    from prefect._json import dumps, loads

    return loads(dumps(value))
