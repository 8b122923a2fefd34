from typing import Any, Callable, Dict, Generic, Iterable, List, Optional, Type, TypeVar, overload

from typing_extensions import Literal, ParamSpec

from prefect.task_runners import BaseTaskRunner

_P = ParamSpec("_P")
_R = TypeVar("_R")

class Flow(Generic[_P, _R]):
    fn: Callable[_P, _R]
    name: str
    description: Optional[str]
    isasync: bool
    retries: int
    retry_delay_seconds: float
    timeout_seconds: Optional[float]
    should_validate_parameters: bool
    task_runner: BaseTaskRunner
    version: Optional[str]
    _model: Any

    def __init__(
        self,
        fn: Callable[_P, _R],
        name: Optional[str] = None,
        version: Optional[str] = None,
        retries: int = 0,
        retry_delay_seconds: float = 0,
        task_runner: Type[BaseTaskRunner] | BaseTaskRunner | None = None,
        description: Optional[str] = None,
        timeout_seconds: Optional[float] = None,
        validate_parameters: bool = True,
    ) -> None: ...
    @property
    def flow_key(self) -> str: ...
    @property
    def parameters(self) -> Any: ...
    def with_options(
        self,
        *,
        name: Optional[str] = None,
        version: Optional[str] = None,
        retries: Optional[int] = None,
        retry_delay_seconds: Optional[float] = None,
        task_runner: Type[BaseTaskRunner] | BaseTaskRunner | None = None,
        description: Optional[str] = None,
        timeout_seconds: Optional[float] = None,
        validate_parameters: Optional[bool] = None,
    ) -> Flow[_P, _R]: ...
    def validate_parameters(self, parameters: Dict[str, Any]) -> Dict[str, Any]: ...
    def serialize_parameters(self, parameters: Dict[str, Any]) -> Dict[str, Any]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, *args: Any, return_state: Literal[True], **kwargs: Any
    ) -> Any: ...
    @overload
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R: ...
    def _run(self, *args: Any, **kwargs: Any) -> Any: ...

@overload
def flow(__fn: Callable[_P, _R], /) -> Flow[_P, _R]: ...
@overload
def flow(
    *,
    name: Optional[str] = None,
    version: Optional[str] = None,
    retries: int = 0,
    retry_delay_seconds: float = 0,
    task_runner: Type[BaseTaskRunner] | BaseTaskRunner | None = None,
    description: Optional[str] = None,
    timeout_seconds: Optional[float] = None,
    validate_parameters: bool = True,
) -> Callable[[Callable[_P, _R]], Flow[_P, _R]]: ...
def select_flow(
    flows: Iterable[Flow[Any, Any]],
    flow_name: Optional[str] = None,
    from_message: Optional[str] = None,
) -> Flow[Any, Any]: ...
def load_flows_from_script(path: str) -> List[Flow[Any, Any]]: ...
def load_flow_from_script(path: str, flow_name: Optional[str] = None) -> Flow[Any, Any]: ...
