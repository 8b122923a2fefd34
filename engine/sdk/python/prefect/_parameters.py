"""A flow's parameters: binding a call, checking the values, and giving them back as arguments.

Built for every flow, so building looks only at the code object; annotations are read at the first
validation, and `inspect` is loaded only to word an error.
"""

from __future__ import annotations

from .exceptions import ParameterBindError, ParameterTypeError, SignatureMismatchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

    Check = Callable[[Any], Any]

POSITIONAL_ONLY, POSITIONAL, VAR_POSITIONAL, KEYWORD_ONLY, VAR_KEYWORD = range(5)


class _Missing:
    """Stands where a parameter has no default or no annotation."""


Missing: Any = _Missing()


class Parameter:
    """One parameter of a function; `default` and `annotation` are `Missing` where there is none."""

    __slots__ = ("name", "kind", "default", "annotation")

    def __init__(
        self, name: str, kind: int, default: Any = Missing, annotation: Any = Missing
    ) -> None:
        self.name = name
        self.kind = kind
        self.default = default
        self.annotation = annotation

    @property
    def required(self) -> bool:
        """Whether a call must give it a value. A default of `...` counts as none, as pydantic has it."""
        return (self.default is Missing or self.default is ...) and self.kind not in (
            VAR_POSITIONAL,
            VAR_KEYWORD,
        )


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
        self._checks: Optional[Dict[str, Optional[Check]]] = None
        for parameter in self.parameters:
            if type(parameter.default) not in _PLAIN:
                _check_default(fn, parameter)

    def bind(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Dict[str, Any]:
        """The parameters of a call by name, defaults included.

        Raises ParameterBindError where the arguments don't fit.
        """
        found = self._bind_simple(args, kwargs)
        return self._bind_slowly(args, kwargs) if found is None else found

    def _bind_simple(
        self, args: Tuple[Any, ...], kwargs: Dict[str, Any]
    ) -> Optional[Dict[str, Any]]:
        """Binds the usual call; None where something is unusual or wrong."""
        found: Dict[str, Any] = {}
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

    def _bind_slowly(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Dict[str, Any]:
        import inspect

        signature = inspect.signature(self.fn)
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as exc:
            name = self.fn.__name__
            raise ParameterBindError(
                f"Error binding parameters for function '{name}': {exc}.\nFunction '{name}' has signature "
                f"'{str(signature).strip('()')}' but received args: {args} and kwargs: {kwargs}."
            ) from None
        bound.apply_defaults()
        return dict(bound.arguments)

    def validate(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        """The values a run gets: those given and the defaults of the others, read as annotated.

        Raises SignatureMismatchError for a name the function doesn't have, then ParameterTypeError
        with every value that is missing or doesn't fit.
        """
        if any(name not in self._by_name for name in parameters):
            raise SignatureMismatchError(
                f"Function expects parameters {list(self._by_name)} "
                f"but was provided with parameters {list(parameters)}"
            )
        if not self._validates:
            return {**self._defaults(parameters), **parameters}
        found: Dict[str, Any] = {}
        problems: List[str] = []
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
        given: Dict[str, Any],
        found: Dict[str, Any],
        problems: List[str],
    ) -> None:
        name = parameter.name
        if name not in given:
            if parameter.required:
                problems.append(f" - {name}: field required")
            if parameter.default is Missing:
                return  # required, or *args and **kwargs that got nothing
        value = given[name] if name in given else parameter.default
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

    def _check(self, name: str) -> Optional[Check]:
        if self._checks is None:
            self._checks = _compile_checks(self.fn, self.parameters)
        return self._checks[name]

    def _defaults(self, given: Dict[str, Any]) -> Dict[str, Any]:
        return {
            p.name: p.default
            for p in self.parameters
            if p.default is not Missing and p.name not in given
        }

    def _duplicates(self, given: Dict[str, Any]) -> List[str]:
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

    def call_args(self, parameters: Dict[str, Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
        """Parameters as the arguments of a call: `fn(*args, **kwargs)`."""
        args: List[Any] = []
        kwargs: Dict[str, Any] = {}
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


# Types of defaults that JSON can surely hold; the rest needs a look.
_PLAIN = frozenset([_Missing, type(None), type(...), str, int, float, bool])


def _check_default(fn: Callable[..., Any], parameter: Parameter) -> None:
    """Refuses a default that JSON can't hold, with the error 2.1.1 gives when the flow is defined."""
    from . import _schema

    _schema.check_default(fn, parameter)


def signature_parameters(fn: Callable[..., Any]) -> List[Parameter]:
    """The parameters of a function, in order; of a decorated one those of the function inside."""
    seen = 0
    while hasattr(fn, "__wrapped__") and not hasattr(fn, "__signature__") and seen < 100:
        fn = fn.__wrapped__
        seen += 1
    code = getattr(fn, "__code__", None)
    if code is None or hasattr(fn, "__signature__") or hasattr(fn, "__self__"):
        return _inspected(fn)
    names = code.co_varnames
    count = code.co_argcount
    annotations = _annotations_of(fn)
    defaults = fn.__defaults__ or ()
    found = []
    for i, name in enumerate(names[:count]):
        kind = POSITIONAL_ONLY if i < code.co_posonlyargcount else POSITIONAL
        default = defaults[i - count + len(defaults)] if i >= count - len(defaults) else Missing
        found.append(Parameter(name, kind, default, annotations.get(name, Missing)))
    named = count + code.co_kwonlyargcount
    rest = named
    if code.co_flags & 0x04:
        found.append(
            Parameter(names[rest], VAR_POSITIONAL, Missing, annotations.get(names[rest], Missing))
        )
        rest += 1
    keyword_defaults = fn.__kwdefaults__ or {}
    for name in names[count:named]:
        default = keyword_defaults.get(name, Missing)
        found.append(Parameter(name, KEYWORD_ONLY, default, annotations.get(name, Missing)))
    if code.co_flags & 0x08:
        found.append(
            Parameter(names[rest], VAR_KEYWORD, Missing, annotations.get(names[rest], Missing))
        )
    return found


def _annotations_of(fn: Callable[..., Any]) -> Dict[str, Any]:
    try:
        return fn.__annotations__
    except NameError:  # Python 3.14: a name that isn't defined yet, or only for type checkers
        from ._coerce_records import annotations_of

        return annotations_of(fn)


def _inspected(fn: Callable[..., Any]) -> List[Parameter]:
    """Parameters of what is no plain function: a partial, a bound method, an object that can be called."""
    import inspect

    missing = inspect.Parameter.empty
    return [
        Parameter(
            p.name,
            int(p.kind),
            Missing if p.default is missing else p.default,
            Missing if p.annotation is missing else p.annotation,
        )
        for p in inspect.signature(fn).parameters.values()
    ]


def scope_of(fn: Callable[..., Any]) -> Dict[str, Any]:
    """The names a function's string annotations may use: its globals, and what it closes over."""
    while hasattr(fn, "__wrapped__"):
        fn = fn.__wrapped__
    fn = getattr(fn, "func", fn)  # functools.partial
    scope: Dict[str, Any] = getattr(fn, "__globals__", {})
    names = getattr(getattr(fn, "__code__", None), "co_freevars", ())
    if not names:
        return scope
    return {
        **scope,
        **{n: c.cell_contents for n, c in zip(names, fn.__closure__ or ()) if _is_filled(c)},
    }


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents
    except ValueError:
        return False
    return True


def _compile_checks(
    fn: Callable[..., Any], parameters: List[Parameter]
) -> Dict[str, Optional[Check]]:
    checks: Dict[str, Optional[Check]] = {}
    scope: Optional[Dict[str, Any]] = None
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
