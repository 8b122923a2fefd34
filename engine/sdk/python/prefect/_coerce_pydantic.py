"""Lets pydantic read what is annotated with its own models and constrained types (see `_coerce`).

A script that annotates with pydantic has loaded it, so it is only ever taken from `sys.modules`.
"""

from __future__ import annotations

import sys

from ._coerce_scalars import NOT_NONE, Invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Check = Callable[[Any], Any]


def reader(annotation: Any) -> Check:
    """The check for an annotation of pydantic 1 or 2, or of a class that only follows its protocol."""
    if is_v2(annotation):
        return _v2(annotation)
    pydantic = v1_module(annotation)
    if pydantic is None:
        return _validators(annotation)
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return _guarded(_not_none(annotation.validate))  # type: ignore[attr-defined]
    return _v1_field(pydantic, annotation)


def is_v2(annotation: Any) -> bool:
    """Whether pydantic 2 made this: its models keep the old protocol's names, so look for the new."""
    if hasattr(annotation, "__metadata__"):
        return not _is_v1(sys.modules.get("pydantic")) and not any(
            type(note).__module__.startswith("pydantic.v1") for note in annotation.__metadata__
        )
    names = ("__pydantic_core_schema__", "__get_pydantic_core_schema__", "__pydantic_validator__")
    return any(hasattr(annotation, name) for name in names)


def _is_v1(module: Any) -> bool:
    return str(getattr(module, "VERSION", "2")).startswith("1")


def v1_module(annotation: Any) -> Any:
    """The pydantic 1 that is loaded: the package itself or the copy inside pydantic 2; None without."""
    if _is_v1(sys.modules.get("pydantic")):
        return sys.modules["pydantic"]
    return sys.modules.get("pydantic.v1")


def _not_none(validate: Check) -> Check:
    def read(value: Any) -> Any:
        if value is None:
            raise ValueError(NOT_NONE)
        return validate(value)

    return read


def _guarded(validate: Check) -> Check:
    """Turns pydantic's errors into ours: only the messages count, one a line."""

    def read(value: Any) -> Any:
        try:
            return validate(value)
        except (ValueError, TypeError, AssertionError) as exc:
            raise Invalid(*_messages(exc)) from None

    return read


def _messages(exc: Exception) -> list[str]:
    errors = getattr(exc, "errors", None)
    return [str(error["msg"]) for error in errors()] if callable(errors) else [str(exc)]


def _v2(annotation: Any) -> Check:
    if isinstance(annotation, type) and hasattr(annotation, "model_validate"):
        return _guarded(annotation.model_validate)
    return _guarded(sys.modules["pydantic"].TypeAdapter(annotation).validate_python)


def _v1_field(pydantic: Any, annotation: Any) -> Check:
    model = v1_holder(pydantic, annotation)
    return _guarded(lambda value: model(field=value).field)


def v1_holder(pydantic: Any, annotation: Any) -> Any:
    """A model with one required field of the annotation, so that pydantic 1 reads and describes it."""
    config = type("Config", (pydantic.BaseConfig,), {"arbitrary_types_allowed": True})
    return pydantic.create_model("Parameter", __config__=config, field=(annotation, ...))


def _validators(annotation: Any) -> Check:
    """Runs `__get_validators__` of a class that was written for pydantic where there is none."""
    steps = list(annotation.__get_validators__())

    def run(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return _guarded(run)
