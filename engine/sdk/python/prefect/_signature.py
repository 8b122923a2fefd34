"""The parameters of a function, read from its code object without importing `inspect`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

POSITIONAL_ONLY, POSITIONAL, VAR_POSITIONAL, KEYWORD_ONLY, VAR_KEYWORD = range(5)


class _Missing:
    """Stands where a parameter has no default or no annotation."""


Missing: Any = _Missing()


class Parameter:
    """One parameter of a function; `default` and `annotation` are `Missing` where there is none."""

    __slots__ = ("annotation", "default", "kind", "name")

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


def signature_parameters(fn: Callable[..., Any]) -> list[Parameter]:
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


def _annotations_of(fn: Callable[..., Any]) -> dict[str, Any]:
    try:
        return fn.__annotations__
    except NameError:  # Python 3.14: a name that isn't defined yet, or only for type checkers
        from ._coerce_records import annotations_of

        return annotations_of(fn)


def _inspected(fn: Callable[..., Any]) -> list[Parameter]:
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


def scope_of(fn: Callable[..., Any]) -> dict[str, Any]:
    """The names a function's string annotations may use: its globals, and what it closes over."""
    while hasattr(fn, "__wrapped__"):
        fn = fn.__wrapped__
    fn = getattr(fn, "func", fn)  # functools.partial
    scope: dict[str, Any] = getattr(fn, "__globals__", {})
    names = getattr(getattr(fn, "__code__", None), "co_freevars", ())
    if not names:
        return scope
    return {
        **scope,
        **{n: c.cell_contents for n, c in zip(names, fn.__closure__ or ()) if _is_filled(c)},
    }


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False
