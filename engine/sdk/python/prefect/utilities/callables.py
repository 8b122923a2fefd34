"""The parameters of functions."""

from __future__ import annotations

from prefect._model import Shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple


def get_call_parameters(
    fn: Callable[..., Any], call_args: Tuple[Any, ...], call_kwargs: Dict[str, Any]
) -> Dict[str, Any]:
    """The parameters of a call by name; `ParameterBindError` where the arguments don't fit."""
    from prefect._binding import Binder

    return Binder(fn).bind(call_args, call_kwargs)


def parameters_to_args_kwargs(
    fn: Callable[..., Any], parameters: Dict[str, Any]
) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
    """Parameters as the arguments of a call; `SignatureMismatchError` for names it doesn't have."""
    from prefect._binding import Binder
    from prefect.exceptions import SignatureMismatchError

    model = Binder(fn)._general()
    names = list(model._by_name)
    if any(name not in names for name in parameters):
        raise SignatureMismatchError.from_bad_params(names, list(parameters))
    return model.call_args(parameters)


def call_with_parameters(fn: Callable[..., Any], parameters: Dict[str, Any]) -> Any:
    """Call a function with its parameters."""
    args, kwargs = parameters_to_args_kwargs(fn, parameters)
    return fn(*args, **kwargs)


def raise_for_reserved_arguments(fn: Callable[..., Any], reserved_arguments: Any) -> None:
    """`ReservedArgumentError` where the function has a parameter of one of the names."""
    from prefect._binding import check_reserved

    check_reserved(fn, reserved_arguments)


class ParameterSchema(Shown):
    """A function's parameters as a JSON schema."""

    def __init__(
        self,
        title: str = "Parameters",
        type: str = "object",
        properties: Optional[Dict[str, Any]] = None,
        required: Optional[List[str]] = None,
        definitions: Optional[Dict[str, Any]] = None,
    ) -> None:
        self.title = title
        self.type = type
        self.properties = properties or {}
        self.required = required
        self.definitions = definitions

    def dict(self, *, exclude_none: bool = True) -> Dict[str, Any]:
        """The schema, without what it doesn't have."""
        return {k: v for k, v in vars(self).items() if v is not None or not exclude_none}

    def json(self) -> str:
        import json

        return json.dumps(vars(self))

    def __eq__(self, other: object) -> bool:
        theirs = other if isinstance(other, dict) else getattr(other, "__dict__", None)
        return vars(self) == theirs

    __hash__ = None  # type: ignore[assignment]


def parameter_schema(fn: Callable[..., Any]) -> ParameterSchema:
    """The schema of a function's parameters, as a deployment has it."""
    from prefect import _schema

    return ParameterSchema(**_schema.parameter_schema(fn))
