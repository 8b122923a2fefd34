import datetime
from typing import (
    Any,
    Callable,
    Coroutine,
    Dict,
    Generic,
    Iterable,
    List,
    Optional,
    Set,
    TypeVar,
    overload,
)

from typing_extensions import Literal, ParamSpec, TypeAlias

from prefect.context import TaskRunContext
from prefect.futures import PrefectFuture
from prefect.orion.schemas.states import State

_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T")
CacheKeyFn: TypeAlias = Callable[[TaskRunContext, Dict[str, Any]], Optional[str]]

def task_input_hash(context: TaskRunContext, arguments: Dict[str, Any]) -> Optional[str]: ...

class Task(Generic[_P, _R]):
    fn: Callable[_P, _R]
    name: str
    description: Optional[str]
    tags: Set[str]
    version: Optional[str]
    task_key: str
    isasync: bool
    cache_key_fn: Optional[CacheKeyFn]
    cache_expiration: Optional[datetime.timedelta]
    retries: int
    retry_delay_seconds: float
    _binder: Any

    def __init__(
        self,
        fn: Callable[_P, _R],
        name: Optional[str] = None,
        description: Optional[str] = None,
        tags: Optional[Iterable[str]] = None,
        version: Optional[str] = None,
        cache_key_fn: Optional[CacheKeyFn] = None,
        cache_expiration: Optional[datetime.timedelta] = None,
        retries: int = 0,
        retry_delay_seconds: float = 0,
    ) -> None: ...
    def with_options(
        self,
        *,
        name: Optional[str] = None,
        description: Optional[str] = None,
        tags: Optional[Iterable[str]] = None,
        cache_key_fn: Optional[CacheKeyFn] = None,
        cache_expiration: Optional[datetime.timedelta] = None,
        retries: Optional[int] = None,
        retry_delay_seconds: Optional[float] = None,
    ) -> Task[_P, _R]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, *args: Any, return_state: Literal[True], wait_for: Any = None, **kwargs: Any
    ) -> Any: ...
    @overload
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R: ...
    @overload
    def submit(self: Task[_P, Coroutine[Any, Any, _T]], *args: Any, **kwargs: Any) -> Any: ...
    @overload
    def submit(  # type: ignore[overload-overlap]
        self, *args: Any, return_state: Literal[True], wait_for: Any = None, **kwargs: Any
    ) -> State: ...
    @overload
    def submit(self, *args: _P.args, **kwargs: _P.kwargs) -> PrefectFuture[_R]: ...
    @overload
    def map(self: Task[_P, Coroutine[Any, Any, _T]], *args: Any, **kwargs: Any) -> Any: ...
    @overload
    def map(
        self, *args: Any, return_state: Literal[True], wait_for: Any = None, **kwargs: Any
    ) -> List[State]: ...
    @overload
    def map(self, *args: Any, wait_for: Any = None, **kwargs: Any) -> List[PrefectFuture[_R]]: ...
    def _run(self, *args: Any, wait_for: Any = None, **kwargs: Any) -> Any: ...
    def _bind(self, args: Any, kwargs: Any) -> Dict[str, Any]: ...
    def _run_prefix(self) -> str: ...

@overload
def task(__fn: Callable[_P, _R], /) -> Task[_P, _R]: ...
@overload
def task(
    *,
    name: Optional[str] = None,
    description: Optional[str] = None,
    tags: Optional[Iterable[str]] = None,
    version: Optional[str] = None,
    cache_key_fn: Optional[CacheKeyFn] = None,
    cache_expiration: Optional[datetime.timedelta] = None,
    retries: int = 0,
    retry_delay_seconds: float = 0,
) -> Callable[[Callable[_P, _R]], Task[_P, _R]]: ...
