"""Reads classes with named fields: dataclasses, NamedTuples and TypedDicts (see `_coerce`)."""

from __future__ import annotations

import sys

from . import _annotations
from ._coerce_scalars import Invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Check = Callable[[Any], Any]


def reader(cls: Any) -> Check | None:
    """The check for a record class, or None where the class is none."""
    if _annotations.is_block(cls):
        read: Check = cls._read
        return read
    if is_dataclass(cls):
        return _dataclass(cls)
    if is_namedtuple(cls):
        return _namedtuple(cls)
    if is_typeddict(cls):
        return _typeddict(cls)
    return None


def is_dataclass(cls: Any) -> bool:
    """A class that `dataclasses.dataclass` made itself, not one derived from such."""
    return "__dataclass_fields__" in vars(cls)


def is_namedtuple(cls: Any) -> bool:
    """A class made with `NamedTuple` or `namedtuple`."""
    return issubclass(cls, tuple) and hasattr(cls, "_fields")


def is_typeddict(cls: Any) -> bool:
    """A class made with `TypedDict`."""
    return issubclass(cls, dict) and hasattr(cls, "__total__")


def scope_of(cls: Any) -> dict[str, Any]:
    """The names a class's string annotations may use: its module's globals, and its own name."""
    scope = vars(sys.modules.get(cls.__module__, sys.modules["builtins"]))
    return scope if scope.get(cls.__name__) is cls else {**scope, cls.__name__: cls}


def field_annotations(cls: Any) -> dict[str, Any]:
    """The annotations of a record class by field, those of its bases first.

    A plain namedtuple has none: each of its fields may be anything.
    """
    if is_namedtuple(cls):
        return {name: annotations_of(cls).get(name, object) for name in cls._fields}
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        found.update(annotations_of(base))
    return found


def annotations_of(thing: Any) -> dict[str, Any]:
    """The annotations written on a class or function itself, unevaluated names left as they are."""
    if isinstance(thing, type) and sys.version_info < (3, 10):
        return vars(thing).get("__annotations__", {})
    try:
        return getattr(thing, "__annotations__", None) or {}
    except NameError:  # Python 3.14 evaluates them only now
        return _forward_annotations(thing)


def _forward_annotations(thing: Any) -> dict[str, Any]:
    import annotationlib  # type: ignore[import-not-found]

    return dict(annotationlib.get_annotations(thing, format=annotationlib.Format.FORWARDREF))


def required_keys(cls: Any) -> Any:
    """The keys a TypedDict can't do without."""
    keys = getattr(cls, "__required_keys__", None)
    if keys is not None:
        return keys
    return set(field_annotations(cls)) if cls.__total__ else set()  # Python 3.8


def _checks(cls: Any) -> Callable[[], dict[str, Check | None]]:
    """The checks of a record's fields, made at first use since a record may contain itself."""
    made: dict[str, Check | None] = {}

    def checks() -> dict[str, Check | None]:
        if not made:
            from . import _coerce

            fields = getattr(cls, "__dataclass_fields__", {})
            for name, annotation in field_annotations(cls).items():
                optional = name in fields and fields[name].default is None
                made[name] = _coerce.compile_annotation(annotation, scope_of(cls), optional)
        return made

    return checks


def _dataclass(cls: Any) -> Check:
    checks = _checks(cls)

    def make(value: Any) -> Any:
        try:
            if isinstance(value, dict):
                if any(not isinstance(key, str) for key in value):
                    raise Invalid("keywords must be strings")
                known = cls.__dataclass_fields__
                return cls(**{key: item for key, item in value.items() if key in known})
            return cls(*value)
        except (TypeError, ValueError) as exc:
            raise Invalid(str(exc)) from None

    def read(value: Any) -> Any:
        if isinstance(value, cls):
            import copy

            record = copy.copy(value)
        elif isinstance(value, (list, tuple, dict)):
            record = make(value)
        else:
            raise Invalid(f"instance of {cls.__name__}, tuple or dict expected")
        for name, item in _fields(checks(), vars_of(record, cls)).items():
            object.__setattr__(record, name, item)
        return record

    return read


def vars_of(record: Any, cls: Any) -> dict[str, Any]:
    """A dataclass instance's fields by name, also where it has slots instead of a dictionary."""
    return {
        name: getattr(record, name) for name in cls.__dataclass_fields__ if hasattr(record, name)
    }


def _fields(checks: dict[str, Check | None], values: dict[str, Any]) -> dict[str, Any]:
    from . import _coerce_collections

    known = [name for name in checks if name in values]
    return dict(
        zip(known, _coerce_collections.each((checks[name], values[name]) for name in known))
    )


def _namedtuple(cls: Any) -> Check:
    checks = _checks(cls)
    names = cls._fields

    def read(value: Any) -> Any:
        from . import _coerce_collections

        if not _coerce_collections.sequence_like(value):
            raise Invalid("value is not a valid tuple")
        values = list(value)
        if len(values) > len(names):
            raise Invalid(f"ensure this value has at most {len(names)} items")
        given = dict(zip(names, values))
        return cls(**_whole(checks(), given, set(names)))

    return read


def _typeddict(cls: Any) -> Check:
    checks = _checks(cls)

    def read(value: Any) -> Any:
        from . import _coerce_collections

        try:
            values = _coerce_collections.as_dict(value)
        except Invalid:
            raise Invalid(f"{cls.__name__} expected dict not {type(value).__name__}") from None
        if any(not isinstance(key, str) for key in values):
            raise Invalid("keywords must be strings")
        return _whole(checks(), values, required_keys(cls))

    return read


def _whole(
    checks: dict[str, Check | None], values: dict[str, Any], required: Any
) -> dict[str, Any]:
    """Every field checked, with what is missing or unknown told as well, in the order of the fields."""
    found: dict[str, Any] = {}
    messages: list[str] = []
    for name, check in checks.items():
        if name in values:
            try:
                found[name] = values[name] if check is None else check(values[name])
            except Invalid as exc:
                messages += exc.messages
        elif name in required:
            messages.append("field required")
    messages += ["extra fields not permitted" for name in values if name not in checks]
    if messages:
        raise Invalid(*messages)
    return found
