"""The contexts of the code that runs: which flow run, which task run, which tags."""

from __future__ import annotations

from _weakref import ref
from contextlib import contextmanager
from contextvars import ContextVar

from prefect.exceptions import MissingContextError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from typing import Any, Dict, Iterator, List, Optional, Set, Type, TypeVar, Union

    from typing_extensions import Self

    from prefect._log import RunLog
    from prefect.flows import Flow
    from prefect.orion.schemas.core import FlowRun, TaskRun
    from prefect.task_runners import BaseTaskRunner
    from prefect.tasks import Task

    C = TypeVar("C", bound="ContextModel")


class ContextModel:
    """Base of the contexts: each is entered with ``with`` and found again with ``get()``."""

    __var__: ContextVar
    _token: Any = None

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __enter__(self) -> Self:
        if self._token is not None:
            raise RuntimeError("Context already entered. Context enter calls cannot be nested.")
        self._token = self.__var__.set(self)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._token is None:
            raise RuntimeError("Asymmetric use of context. Context exit called without an enter.")
        self.__var__.reset(self._token)
        self._token = None

    @classmethod
    def get(cls: Type[C]) -> Optional[C]:
        """The context that is active here, or None."""
        return cls.__var__.get(None)

    def copy(self, **fields: Any) -> Self:
        """A copy of the context that has not been entered."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.__dict__.pop("_token", None)
        new.__dict__.update(fields)
        return new


class RunContext(ContextModel):
    """Base of the two run contexts; ``start_time`` is an aware `datetime` in UTC."""

    start_at: int = 0

    @property
    def start_time(self) -> datetime.datetime:
        from prefect.orion.schemas.states import _datetime

        return _datetime(self.start_at)


class FlowRunContext(RunContext):
    """The flow run that the code belongs to."""

    __var__ = ContextVar("flow_run")

    flow: Flow
    flow_run: FlowRun
    task_runner: BaseTaskRunner
    task_run_futures: List[Any]  # in the order of the calls; a direct call leaves its state
    subflow_states: List[Any]
    task_run_dynamic_keys: Dict[str, int]
    run_id: str
    log: RunLog
    results: Dict[int, Any]  # by id of a value, the task run it came from and the value
    crashed: List[Any]
    interruption: Optional[BaseException]  # what a task raised to end the process
    known: Optional[Dict[Any, Any]]  # the runs of earlier attempts, where the flow is retried
    keep_states: bool
    client: Any = None


class TaskRunContext(RunContext):
    """The task run that the code belongs to."""

    __var__ = ContextVar("task_run")
    client: Any = None
    log: Any = None

    def __init__(self, task: Task, task_run: TaskRun, start_at: int = 0, **fields: Any) -> None:
        self.task = task
        self.run = task_run
        self.start_at = start_at
        if fields:
            self.__dict__.update(fields)

    @property
    def task_run(self) -> TaskRun:
        """The task run as it was when it was created, before it began to run."""
        from prefect.orion.schemas.core import as_created

        return as_created(self.run)


class TagsContext(ContextModel):
    """The tags that runs created here get."""

    __var__ = ContextVar("tags")

    def __init__(self, current_tags: Any = frozenset()) -> None:
        # by way of a list: the order in which a set shows depends on how it was made
        self.current_tags: Set[str] = set(list(current_tags))  # noqa: C414

    @classmethod
    def get(cls) -> TagsContext:
        """The active context; one without tags where there is none."""
        return cls.__var__.get(None) or TagsContext()


class PrefectObjectRegistry(ContextModel):
    """The flows and tasks that are defined while it is active.

    With ``block_code_execution`` a flow that is called does not run.
    """

    __var__ = ContextVar("object_registry")

    def __init__(
        self, block_code_execution: bool = False, capture_failures: bool = False, **fields: Any
    ) -> None:
        self.start_at = 0
        self.block_code_execution = block_code_execution
        self.capture_failures = capture_failures
        self._instances: List[Any] = []
        self.__dict__.update(fields)

    @classmethod
    def get(cls) -> PrefectObjectRegistry:
        """The active registry; the process's own where no other has been entered."""
        return cls.__var__.get(None) or _process_registry

    def register_instance(self, instance: Any) -> None:
        # weakly: a script may make options of a task in a loop, and keep none of them
        self._instances.append(ref(instance))

    def get_instances(self, kind: Type[Any]) -> List[Any]:
        """The flows or tasks that were defined and are still there, in their order."""
        return [one for one in (held() for held in self._instances) if isinstance(one, kind)]


_process_registry = PrefectObjectRegistry()


class SettingsContext(ContextModel):
    """The settings in force and the profile they came from."""

    __var__ = ContextVar("settings")

    def __init__(self, profile: Any = None, settings: Any = None) -> None:
        self.profile = profile
        self.settings = settings


def get_run_context() -> Union[FlowRunContext, TaskRunContext]:
    """The task run's context where there is one, else the flow run's.

    `MissingContextError` (a `RuntimeError`) is raised outside of runs.
    """
    context = TaskRunContext.__var__.get(None) or FlowRunContext.__var__.get(None)
    if context is None:
        raise MissingContextError(
            "No run context available. You are not in a flow or task run context."
        )
    return context


def get_settings_context() -> SettingsContext:
    """The settings context in force: the profile in use and the settings."""
    from prefect.settings import _root_context

    return SettingsContext.get() or _root_context()  # type: ignore[no-any-return]


@contextmanager
def use_profile(
    profile: Any, override_environment_variables: bool = False, include_current_context: bool = True
) -> Iterator[SettingsContext]:
    """Use a `Profile`, or the one of that name, within the block.

    What the environment has stands above the profile, unless ``override_environment_variables``
    is set. Without ``include_current_context`` nothing else of the settings in force is kept.
    """
    from prefect import _environment
    from prefect._profiles import Profile, load_profiles
    from prefect.settings import SETTING_VARIABLES, get_current_settings, get_settings_from_env

    if isinstance(profile, str):
        profile = load_profiles()[profile]
    if not isinstance(profile, Profile):
        raise TypeError(
            f"Unexpected type {type(profile).__name__!r} for `profile`. "
            "Expected 'str' or 'Profile'."
        )
    updates = dict(profile.settings)
    if not override_environment_variables:
        for name in _environment.PREFECT:
            updates.pop(SETTING_VARIABLES.get(name), None)  # type: ignore[arg-type]
    base = get_current_settings() if include_current_context else get_settings_from_env()
    with SettingsContext(profile, base.copy_with_update(updates)) as context:
        yield context


def registry_from_script(
    path: str, block_code_execution: bool = True, capture_failures: bool = True
) -> PrefectObjectRegistry:
    """The flows and tasks that a script defines; the script is run, its flow calls are not."""
    from prefect._loader import load_script

    with PrefectObjectRegistry(block_code_execution, capture_failures) as registry:
        registry.module = load_script(path)  # type: ignore[attr-defined]
    return registry


@contextmanager
def tags(*new_tags: str) -> Iterator[Set[str]]:
    """Add tags to the flow and task runs created within the block; gives all tags in force."""
    all_tags = TagsContext.get().current_tags.union(new_tags)
    with TagsContext(all_tags):
        yield all_tags


def root_settings_context() -> SettingsContext:
    """The settings of the process: the active profile, below what the environment has."""
    from prefect.settings import _root_context

    return _root_context()  # type: ignore[no-any-return]


def __getattr__(name: str) -> Any:
    if name == "GLOBAL_SETTINGS_CONTEXT":
        return root_settings_context()
    if name == "GLOBAL_OBJECT_REGISTRY":
        return _process_registry
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
