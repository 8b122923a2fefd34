"""Flows: functions whose calls are runs, with parameters, states, tasks and subflows."""

from __future__ import annotations

from prefect._binding import (
    Namesakes,
    check_reserved,
    clean_doc,
    is_async,
    key_of,
    update_wrapper,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List, Optional, Type, Union

    from prefect.task_runners import BaseTaskRunner

__all__ = ["Flow", "flow", "load_flow_from_script", "load_flows_from_script", "select_flow"]

_namesakes = Namesakes("flow")


class Flow:
    """A flow, made by the decorator `flow`.

    ``timeout_seconds`` and ``retry_delay_seconds`` are seconds. ``task_runner`` is a task runner or
    its class; `ConcurrentTaskRunner` if None. ``fn`` is the plain function.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        name: Optional[str] = None,
        version: Optional[str] = None,
        retries: int = 0,
        retry_delay_seconds: float = 0,
        task_runner: Union[Type[BaseTaskRunner], BaseTaskRunner, None] = None,
        description: Optional[str] = None,
        timeout_seconds: Optional[float] = None,
        validate_parameters: bool = True,
    ) -> None:
        if not callable(fn):
            raise TypeError("'fn' must be callable")
        self.name = name or fn.__name__.replace("_", "-")
        _check_name(self.name)
        _check_code(fn, self.name)
        self._task_runner = task_runner() if isinstance(task_runner, type) else task_runner
        self.description = description or (clean_doc(fn.__doc__) if fn.__doc__ else None)
        update_wrapper(self, fn)
        self.fn = fn
        self.isasync = is_async(fn)
        check_reserved(fn, ("return_state",))
        self._version = version
        self.timeout_seconds = float(timeout_seconds) if timeout_seconds else None
        self.retries = retries
        self.retry_delay_seconds = retry_delay_seconds
        self.should_validate_parameters = validate_parameters
        from prefect._parameters import ParameterModel

        # made now, so that a parameter no deployment could hold is refused where it is written
        self._model = ParameterModel(fn, validate=validate_parameters)
        _namesakes.add(self.name, fn, self)

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    @property
    def task_runner(self) -> BaseTaskRunner:
        """Where the flow's submitted tasks run."""
        if self._task_runner is None:
            from prefect.task_runners import ConcurrentTaskRunner

            self._task_runner = ConcurrentTaskRunner()
        return self._task_runner

    @task_runner.setter
    def task_runner(self, runner: BaseTaskRunner) -> None:
        self._task_runner = runner

    @property
    def version(self) -> Optional[str]:
        """The version given, else the MD5 of the flow's file; None for a flow without a file."""
        if self._version is None:
            self._version = _file_hash(self.fn) or ""
        return self._version or None

    @version.setter
    def version(self, version: Optional[str]) -> None:
        self._version = version

    @property
    def flow_key(self) -> str:
        return key_of(self.fn)

    @property
    def parameters(self) -> Any:
        """The flow's parameter schema."""
        from prefect.utilities.callables import parameter_schema

        return parameter_schema(self.fn)

    def with_options(
        self,
        *,
        name: Optional[str] = None,
        version: Optional[str] = None,
        retries: Optional[int] = None,
        retry_delay_seconds: Optional[float] = None,
        task_runner: Union[Type[BaseTaskRunner], BaseTaskRunner, None] = None,
        description: Optional[str] = None,
        timeout_seconds: Optional[float] = None,
        validate_parameters: Optional[bool] = None,
    ) -> Flow:
        """A copy of the flow with the given options changed."""

        def either(new: Any, old: Any) -> Any:
            return old if new is None else new

        return Flow(
            fn=self.fn,
            name=either(name, self.name),
            version=either(version, self._version),
            retries=either(retries, self.retries),
            retry_delay_seconds=either(retry_delay_seconds, self.retry_delay_seconds),
            task_runner=either(task_runner, self._task_runner),
            description=either(description, self.description),
            timeout_seconds=either(timeout_seconds, self.timeout_seconds),
            validate_parameters=either(validate_parameters, self.should_validate_parameters),
        )

    def validate_parameters(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        """The parameters as the flow takes them: coerced to its annotations.

        `ParameterTypeError` where a value doesn't fit, `SignatureMismatchError` for a name that
        the flow doesn't have.
        """
        valid = self._model.validate(parameters)
        return {name: value for name, value in valid.items() if name in parameters}

    def serialize_parameters(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        """The parameters as plain JSON data; ``<type>`` for a value that JSON has no form for."""
        from prefect._schema_defaults import encode

        plain: Dict[str, Any] = {}
        for name, value in parameters.items():
            try:
                plain[name] = encode(value)
            except Exception:
                plain[name] = f"<{type(value).__name__}>"
        return plain

    def __call__(self, *args: Any, return_state: bool = False, **kwargs: Any) -> Any:
        """Run the flow and give its result, or its final state with ``return_state=True``.

        An async flow gives a coroutine. `ParameterBindError` is raised before there is a run.
        """
        from prefect._flow_engine import enter

        return enter(self, self._model.bind(args, kwargs), return_state)

    def _run(self, *args: Any, **kwargs: Any) -> Any:
        """The final state of a run, never its exception."""
        return self(*args, return_state=True, **kwargs)


def flow(
    __fn: Optional[Callable[..., Any]] = None,
    /,
    *,
    name: Optional[str] = None,
    version: Optional[str] = None,
    retries: int = 0,
    retry_delay_seconds: float = 0,
    task_runner: Any = None,
    description: Optional[str] = None,
    timeout_seconds: Optional[float] = None,
    validate_parameters: bool = True,
) -> Any:
    """Make a flow of a function, as ``@flow`` or ``@flow(...)``.

    ``name`` defaults to the function's, with ``-`` for ``_``; ``version`` to the MD5 of its file;
    ``description`` to its docstring. A run that takes longer than ``timeout_seconds`` fails.
    """

    def make(fn: Callable[..., Any]) -> Flow:
        return Flow(
            fn=fn,
            name=name,
            version=version,
            retries=retries,
            retry_delay_seconds=retry_delay_seconds,
            task_runner=task_runner,
            description=description,
            timeout_seconds=timeout_seconds,
            validate_parameters=validate_parameters,
        )

    return make if __fn is None else make(__fn)


def _check_name(name: str) -> None:
    if any(char in name for char in "/%&><") and name != "<lambda>":
        from prefect.orion.schemas.core import raise_on_invalid_name

        raise_on_invalid_name(name)


def _check_code(fn: Callable[..., Any], name: str) -> None:
    """Refuse what has no code to describe, and async generators, which nothing could collect."""
    code = getattr(fn, "__code__", None)
    if code is None and not hasattr(fn, "__func__"):
        raise TypeError(
            "module, class, method, function, traceback, frame, or code object was expected, "
            f"got {type(fn).__name__}"
        )
    if code is not None and code.co_flags & 0x200:
        raise TypeError(
            f"Flow {name!r} is an async generator, which has no result; return a list instead"
        )


def _file_hash(fn: Callable[..., Any]) -> Optional[str]:
    code = getattr(fn, "__code__", None)
    try:
        with open(code.co_filename, "rb") as file:  # type: ignore[union-attr]
            content = file.read()
    except (OSError, AttributeError):
        return None
    try:
        from _md5 import md5  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import md5
    return md5(content).hexdigest()


def select_flow(
    flows: Iterable[Flow], flow_name: Optional[str] = None, from_message: Optional[str] = None
) -> Flow:
    """The one flow, or the one called ``flow_name``.

    `MissingFlowError` where there is none, `UnspecifiedFlowError` where there are several.
    """
    from prefect.exceptions import MissingFlowError, UnspecifiedFlowError

    by_name = {one.name: one for one in flows}
    place = f" {from_message}" if from_message else ""
    if not by_name:
        raise MissingFlowError(f"No flows found{place}.")
    if flow_name:
        if flow_name not in by_name:
            listed = " ".join(repr(name) for name in by_name)
            raise MissingFlowError(
                f"Flow {flow_name!r} not found{place}. Found the following flows: {listed}"
            )
        return by_name[flow_name]
    if len(by_name) > 1:
        listed = " ".join(sorted(repr(name) for name in by_name))
        raise UnspecifiedFlowError(
            f"Found {len(by_name)} flows{place}: {listed}. Specify a flow name to select a flow."
        )
    return next(iter(by_name.values()))


def load_flows_from_script(path: str) -> List[Flow]:
    """All flows of a script, which is executed. `ScriptError` where it raises."""
    from prefect.utilities.importtools import objects_from_script

    return [one for one in objects_from_script(path).values() if isinstance(one, Flow)]


def load_flow_from_script(path: str, flow_name: Optional[str] = None) -> Flow:
    """The flow of a script, by name where it has several."""
    return select_flow(load_flows_from_script(path), flow_name, f"in script '{path}'")
