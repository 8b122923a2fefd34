"""What flows and tasks need to know of the functions they are made of."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Tuple

_CO_COROUTINE = 0x80
_CO_ASYNC_GENERATOR = 0x200


def is_async(fn: Callable[..., Any]) -> bool:
    """Whether calling ``fn`` gives a coroutine."""
    code = getattr(fn, "__code__", None)
    return code is not None and bool(code.co_flags & _CO_COROUTINE)


def key_of(fn: Callable[..., Any]) -> str:
    """`module.qualname`: what a function's runs are counted by."""
    return f"{fn.__module__}.{fn.__qualname__}"


def short_hash(key: str) -> str:
    """The first 8 hex digits of the MD5 of a key, as the names of task runs have them."""
    try:
        from _md5 import md5  # type: ignore[import-not-found]  # `hashlib` takes 3 ms to import
    except ImportError:
        from hashlib import md5
    return md5(key.encode()).hexdigest()[:8]


def check_reserved(fn: Callable[..., Any], names: Iterable[str]) -> None:
    """Refuse parameters that the call of a flow or task has itself; `ReservedArgumentError`."""
    code = getattr(fn, "__code__", None)
    if code is None:
        return
    own = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    for name in names:
        if name in own:
            from prefect.exceptions import ReservedArgumentError

            raise ReservedArgumentError(f"{name!r} is a reserved argument name and cannot be used.")


def update_wrapper(wrapper: Any, fn: Callable[..., Any]) -> None:
    """Make a flow or task look like its function, as `functools.update_wrapper` does."""
    # the annotations of Python 3.14 are made when they are first read, which is not yet
    lazily = "__annotate__" if sys.version_info >= (3, 14) else "__annotations__"
    for name in ("__module__", "__name__", "__qualname__", "__doc__", lazily):
        try:
            setattr(wrapper, name, getattr(fn, name))
        except AttributeError:
            pass
    wrapper.__dict__.update(getattr(fn, "__dict__", {}))
    wrapper.__wrapped__ = fn


def clean_doc(text: str) -> str:
    """A docstring without its indentation, as `inspect.getdoc` gives it."""
    lines = text.expandtabs().split("\n")
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins) if margins else 0
    cleaned = [lines[0].lstrip()] + [line[margin:] for line in lines[1:]]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    while cleaned and not cleaned[0]:
        cleaned.pop(0)
    return "\n".join(cleaned)


class Namesakes:
    """The flows or tasks of this process by name, to warn of different ones with one name."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def add(self, name: str, fn: Callable[..., Any], made: Any) -> None:
        """Register; a `UserWarning` tells of a name that another function has."""
        names = self._names(made)
        known = names.setdefault(name, fn)
        if known is fn:
            return
        names[name] = None  # several: every further one is warned of
        code = getattr(fn, "__code__", None)
        place = f"{code.co_filename}:{code.co_firstlineno}" if code is not None else "<unknown>"
        import warnings

        warnings.warn(
            f"A {self.kind} named {name!r} and defined at {place!r} conflicts with another "
            f"{self.kind}. Consider specifying a unique `name` parameter in the {self.kind} "
            f"definition:\n\n `@{self.kind}(name='my_unique_name', ...)`",
            stacklevel=1,
        )

    def _names(self, made: Any) -> Dict[str, Any]:
        """The names of the registry that is active: a script's that is being loaded, or our own."""
        from prefect.context import PrefectObjectRegistry

        registry = PrefectObjectRegistry.get()
        registry.register_instance(made)
        return registry.__dict__.setdefault(f"_{self.kind}_names", {})


class Binder:
    """The arguments of a task's calls by parameter name, and back. Tasks validate nothing."""

    def __init__(self, fn: Callable[..., Any]) -> None:
        self.fn = fn
        self._model: Any = None
        code = getattr(fn, "__code__", None)
        simple = (
            code is not None
            and not code.co_flags & 0x0C
            and not code.co_kwonlyargcount
            and not code.co_posonlyargcount
            and not hasattr(fn, "__self__")
            and not hasattr(fn, "__wrapped__")
        )
        names: Any = code.co_varnames[: code.co_argcount] if code is not None else None
        self._names = names if simple else None

    def bind(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Dict[str, Any]:
        """The parameters by name, defaults included; `ParameterBindError` where they don't fit."""
        names = self._names
        if names is not None and not kwargs and len(args) == len(names):
            return dict(zip(names, args)) if names else {}
        return self._general().bind(args, kwargs)

    def call(self, parameters: Dict[str, Any]) -> Any:
        """Call the function with its parameters."""
        if self._names is not None:
            return self.fn(**parameters)
        args, kwargs = self._general().call_args(parameters)
        return self.fn(*args, **kwargs)

    def _general(self) -> Any:
        if self._model is None:
            from prefect._parameters import ParameterModel, signature_parameters

            model = object.__new__(ParameterModel)
            model.fn = self.fn
            model.parameters = signature_parameters(self.fn)
            model._by_name = {one.name: one for one in model.parameters}
            model._validates = False
            model._checks = None
            self._model = model
        return self._model
