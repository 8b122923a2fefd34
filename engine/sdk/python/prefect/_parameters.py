"""A flow's parameters: binding a call, checking the values, and giving them back as arguments.

Built for every flow, so building looks only at the code object; annotations are read at the first
validation, and `inspect` is loaded only to word an error.
"""

from __future__ import annotations

from ._signature import (
    KEYWORD_ONLY,
    POSITIONAL,
    POSITIONAL_ONLY,
    VAR_KEYWORD,
    VAR_POSITIONAL,
    Missing,
    Parameter,
    scope_of,
    signature_parameters,
)
from .exceptions import ParameterBindError, ParameterTypeError, SignatureMismatchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Check = Callable[[Any], Any]


class ParameterModel:
    """What a function takes, and the rules for values given to it.

    Raises TypeError when a default can't be written as JSON, since a deployment has to store it;
    `validate=False` leaves values as they are given.
    """

    def __init__(self, fn: Callable[..., Any], validate: bool = True) -> None:
        self.fn = fn
        self.parameters = signature_parameters(fn)
        self._by_name = {p.name: p for p in self.parameters}
        self._validates = validate
        self._checks: dict[str, Check | None] | None = None
        for parameter in self.parameters:
            if type(parameter.default) not in _PLAIN:
                _check_default(fn, parameter)
            if validate and parameter.name in _TAKEN:
                raise ValueError(
                    "Flow function is not compatible with `validate_parameters`. Disable "
                    "validation or change the argument names."
                )
            if type(parameter.annotation) is not type and _is_callable(parameter.annotation):
                import warnings

                warnings.warn(
                    f"Callable {parameter.name} was excluded from schema since JSON schema has no "
                    "equivalent type.",
                    stacklevel=1,
                )

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The parameters of a call by name, defaults included.

        Raises ParameterBindError where the arguments don't fit.
        """
        found = self._bind_simple(args, kwargs)
        return self._bind_slowly(args, kwargs) if found is None else found

    def _bind_simple(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
        """Binds the usual call; None where something is unusual or wrong."""
        found: dict[str, Any] = {}
        given = len(args)
        used = 0
        for i, parameter in enumerate(self.parameters):
            if parameter.kind != POSITIONAL and parameter.kind != KEYWORD_ONLY:
                return None
            name = parameter.name
            if i < given:
                if parameter.kind == KEYWORD_ONLY or name in kwargs:
                    return None
                found[name] = args[i]
            elif name in kwargs:
                found[name] = kwargs[name]
                used += 1
            elif parameter.default is Missing:
                return None
            else:
                found[name] = parameter.default
        return None if given > len(self.parameters) or used != len(kwargs) else found

    def _bind_slowly(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        import inspect

        signature = inspect.signature(self.fn)
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as exc:
            from prefect._frames import install_hook

            install_hook()  # the flow that would have done it does not run
            raise ParameterBindError.from_bind_failure(self.fn, exc, args, kwargs) from None
        bound.apply_defaults()
        return dict(bound.arguments)

    def validate(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The values a run gets: those given and the defaults of the others, read as annotated.

        Raises SignatureMismatchError for a name the function doesn't have, then ParameterTypeError
        with every value that is missing or doesn't fit.
        """
        if any(name not in self._by_name for name in parameters):
            raise SignatureMismatchError.from_bad_params(list(self._by_name), list(parameters))
        if not self._validates:
            return {**self._defaults(parameters), **parameters}
        found: dict[str, Any] = {}
        problems: list[str] = []
        for parameter in self.parameters:
            self._validate_one(parameter, parameters, found, problems)
        problems += self._duplicates(parameters)
        if problems:
            raise ParameterTypeError(
                "Flow run received invalid parameters:\n" + "\n".join(problems)
            )
        return found

    def _validate_one(
        self,
        parameter: Parameter,
        given: dict[str, Any],
        found: dict[str, Any],
        problems: list[str],
    ) -> None:
        name = parameter.name
        if name not in given:
            if parameter.required:
                problems.append(f" - {name}: field required")
            if parameter.default is Missing:
                return  # required, or *args and **kwargs that got nothing
        value = given.get(name, parameter.default)
        check = self._check(name)
        if check is None:
            found[name] = value
            return
        from ._coerce_scalars import Invalid

        try:
            found[name] = check(value)
        except Invalid as exc:
            if name in given:
                problems += [f" - {name}: {message}" for message in exc.messages]
            else:
                found[name] = value  # 2.1.1 runs a deployment with such a default, and so do we

    def _check(self, name: str) -> Check | None:
        if self._checks is None:
            self._checks = _compile_checks(self.fn, self.parameters)
        return self._checks[name]

    def _defaults(self, given: dict[str, Any]) -> dict[str, Any]:
        return {
            p.name: p.default
            for p in self.parameters
            if p.default is not Missing and p.name not in given
        }

    def _duplicates(self, given: dict[str, Any]) -> list[str]:
        """What is wrong with a **kwargs parameter that holds a name the function takes otherwise."""
        for parameter in self.parameters:
            extra = given.get(parameter.name)
            if parameter.kind == VAR_KEYWORD and isinstance(extra, dict):
                names = [
                    n
                    for n, p in self._by_name.items()
                    if n in extra and p.kind in (POSITIONAL, KEYWORD_ONLY)
                ]
                if names:
                    plural = "s" if len(names) > 1 else ""
                    listed = ", ".join(repr(n) for n in names)
                    return [
                        f" - v__duplicate_kwargs: multiple values for argument{plural}: {listed}"
                    ]
        return []

    def call_args(self, parameters: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Parameters as the arguments of a call: `fn(*args, **kwargs)`."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        by_position = True
        for parameter in self.parameters:
            name, kind = parameter.name, parameter.kind
            if name not in parameters:
                by_position = False  # what follows has to be named; *args can't be given any more
            elif kind == VAR_POSITIONAL:
                args.extend(parameters[name] if by_position else ())
            elif kind == VAR_KEYWORD:
                kwargs.update(parameters[name])
            elif kind == POSITIONAL_ONLY or (kind == POSITIONAL and by_position):
                args.append(parameters[name])
            else:
                kwargs[name] = parameters[name]
        return tuple(args), kwargs


# Names that validation gives to what stands for arguments that fit no parameter.
_TAKEN = frozenset(["v__args", "v__kwargs", "v__positional_only", "v__duplicate_kwargs"])
# Types of defaults that JSON can surely hold; the rest needs a look.
_PLAIN = frozenset([type(Missing), type(None), type(...), str, int, float, bool])


def _is_callable(annotation: Any) -> bool:
    """Whether an annotation, which may still be text, is `Callable` or `Callable[...]`."""
    return annotation is not Missing and str(annotation).split("[")[0].strip("'>").endswith(
        "Callable"
    )


def _check_default(fn: Callable[..., Any], parameter: Parameter) -> None:
    """Refuses a default that JSON can't hold, with the error 2.1.1 gives when the flow is defined."""
    from . import _schema

    _schema.check_default(fn, parameter)


def _compile_checks(fn: Callable[..., Any], parameters: list[Parameter]) -> dict[str, Check | None]:
    checks: dict[str, Check | None] = {}
    scope: dict[str, Any] | None = None
    for parameter in parameters:
        kind = parameter.kind
        if parameter.annotation is Missing and kind not in (VAR_POSITIONAL, VAR_KEYWORD):
            checks[parameter.name] = None
            continue
        from . import _coerce

        scope = scope_of(fn) if scope is None else scope
        annotation = object if parameter.annotation is Missing else parameter.annotation
        if kind in (VAR_POSITIONAL, VAR_KEYWORD):
            checks[parameter.name] = _coerce.compile_variadic(
                annotation, scope, kind == VAR_POSITIONAL
            )
        else:
            checks[parameter.name] = _coerce.compile_annotation(
                annotation, scope, parameter.default is None
            )
    return checks
