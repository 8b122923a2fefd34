"""Tasks: functions whose calls within a flow are recorded, retried, cached and run side by side."""

from __future__ import annotations

from prefect._binding import (
    Namesakes,
    check_reserved,
    is_async,
    key_of,
    short_hash,
    update_wrapper,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from typing import Any, Callable, Dict, Iterable, List, Optional

    from prefect.context import TaskRunContext

__all__ = ["Task", "task", "task_input_hash"]

_namesakes = Namesakes("task")


def task_input_hash(context: TaskRunContext, arguments: Dict[str, Any]) -> Optional[str]:
    """A cache key made of the task, its code and its arguments; None where they can't be hashed."""
    from prefect.utilities.hashing import hash_objects

    code = getattr(context.task.fn, "__code__", None)
    return hash_objects(
        context.task.task_key, code.co_code if code is not None else None, arguments
    )


class Task:
    """A task, made by the decorator `task`.

    ``retry_delay_seconds`` and ``cache_expiration`` are waited and kept in full. A task can only
    be called within a flow; ``fn`` is the plain function.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        name: Optional[str] = None,
        description: Optional[str] = None,
        tags: Optional[Iterable[str]] = None,
        version: Optional[str] = None,
        cache_key_fn: Optional[Callable[[TaskRunContext, Dict[str, Any]], Optional[str]]] = None,
        cache_expiration: Optional[datetime.timedelta] = None,
        retries: int = 0,
        retry_delay_seconds: float = 0,
    ) -> None:
        if not callable(fn):
            raise TypeError("'fn' must be callable")
        self.name = name or fn.__name__
        self.description = description or _doc(fn)
        update_wrapper(self, fn)
        self.fn = fn
        self.isasync = is_async(fn)
        check_reserved(fn, ("return_state", "wait_for"))
        self.tags = set(tags if tags else ())
        self.task_key = key_of(fn)
        self.version = version
        self.cache_key_fn = cache_key_fn
        self.cache_expiration = cache_expiration
        self.retries = retries
        self.retry_delay_seconds = retry_delay_seconds
        self._binder: Any = None
        self._prefix = ""
        _namesakes.add(self.name, fn, self)

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def with_options(
        self,
        *,
        name: Optional[str] = None,
        description: Optional[str] = None,
        tags: Optional[Iterable[str]] = None,
        cache_key_fn: Optional[Callable[[TaskRunContext, Dict[str, Any]], Optional[str]]] = None,
        cache_expiration: Optional[datetime.timedelta] = None,
        retries: Optional[int] = None,
        retry_delay_seconds: Optional[float] = None,
    ) -> Task:
        """A copy of the task with the given options changed."""
        return Task(
            fn=self.fn,
            name=self.name if name is None else name,
            description=self.description if description is None else description,
            tags=self.tags.copy() if tags is None else tags,
            version=self.version,
            cache_key_fn=self.cache_key_fn if cache_key_fn is None else cache_key_fn,
            cache_expiration=self.cache_expiration
            if cache_expiration is None
            else cache_expiration,
            retries=self.retries if retries is None else retries,
            retry_delay_seconds=(
                self.retry_delay_seconds if retry_delay_seconds is None else retry_delay_seconds
            ),
        )

    def __call__(
        self, *args: Any, return_state: bool = False, wait_for: Any = None, **kwargs: Any
    ) -> Any:
        """Run the task now and give its result, or its final state with ``return_state=True``.

        An async task gives a coroutine in an async flow, and its result in a sync flow.
        """
        from prefect._task_engine import call

        return call(self, self._bind(args, kwargs), wait_for, return_state)

    def _run(self, *args: Any, wait_for: Any = None, **kwargs: Any) -> Any:
        """The final state of a run, never its exception."""
        return self(*args, return_state=True, wait_for=wait_for, **kwargs)

    def submit(
        self, *args: Any, return_state: bool = False, wait_for: Any = None, **kwargs: Any
    ) -> Any:
        """Hand the task to the flow's task runner and give a future, or its final state.

        An async task gives a coroutine of the future in an async flow.
        """
        from prefect._task_engine import submit

        return submit(self, self._bind(args, kwargs), wait_for, return_state)

    def map(
        self, *args: Any, return_state: bool = False, wait_for: Any = None, **kwargs: Any
    ) -> Any:
        """Submit the task once for each item of its arguments, which must be of one length.

        What must be the same for every run is wrapped in `unmapped`; a value without a length
        is taken as that too.
        """
        from prefect._task_engine import map_task

        return map_task(self, self._bind(args, kwargs), wait_for, return_state)

    def _bind(self, args: Any, kwargs: Any) -> Dict[str, Any]:
        binder = self._binder
        if binder is None or binder.fn is not self.fn:
            from prefect._binding import Binder

            binder = self._binder = Binder(self.fn)
        return binder.bind(args, kwargs)

    def _parameter_names(self) -> List[str]:
        from prefect._signature import signature_parameters

        return [parameter.name for parameter in signature_parameters(self.fn)]

    def _run_prefix(self) -> str:
        """What the names of the task's runs begin with."""
        if not self._prefix:
            self._prefix = f"{self.name}-{short_hash(self.task_key)}-"
        return self._prefix


def task(
    __fn: Optional[Callable[..., Any]] = None,
    /,
    *,
    name: Optional[str] = None,
    description: Optional[str] = None,
    tags: Optional[Iterable[str]] = None,
    version: Optional[str] = None,
    cache_key_fn: Optional[Callable[[TaskRunContext, Dict[str, Any]], Optional[str]]] = None,
    cache_expiration: Optional[datetime.timedelta] = None,
    retries: int = 0,
    retry_delay_seconds: float = 0,
) -> Any:
    """Make a task of a function, as ``@task`` or ``@task(...)``.

    ``cache_key_fn(context, arguments)`` gives a key; a run with the key of a completed one, not
    older than ``cache_expiration``, takes its result. ``retries`` is how often a failed run is
    tried again, ``retry_delay_seconds`` the pause before.
    """

    def make(fn: Callable[..., Any]) -> Task:
        return Task(
            fn=fn,
            name=name,
            description=description,
            tags=tags,
            version=version,
            cache_key_fn=cache_key_fn,
            cache_expiration=cache_expiration,
            retries=retries,
            retry_delay_seconds=retry_delay_seconds,
        )

    return make if __fn is None else make(__fn)


def _doc(fn: Callable[..., Any]) -> Optional[str]:
    if not fn.__doc__:
        return None
    from prefect._binding import clean_doc

    return clean_doc(fn.__doc__)
