"""The exceptions a flow script can meet, by the names Prefect 2.1 gave them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from typing_extensions import Self


class PrefectException(Exception):
    """Base of every error this package raises on purpose."""


class PrefectSignal(BaseException):
    """Base of the control-flow exceptions that are no errors."""


class Abort(PrefectSignal):
    """Raised where a run is refused by its supervisor; the run isn't executed."""


class MissingContextError(PrefectException, RuntimeError):
    """Raised where a run context is needed and there is none."""


class MissingFlowError(PrefectException):
    """Raised when a script has no flow of the wanted name."""


class UnspecifiedFlowError(PrefectException):
    """Raised when a script has several flows and none was named."""


class MissingProfileError(PrefectException, ValueError):
    """Raised for a profile name that is not in ``profiles.toml``."""


class ScriptError(PrefectException):
    """Raised when a script could not be loaded.

    ``user_exc`` is the exception of the script, ``path`` the script's file.
    """

    def __init__(self, user_exc: BaseException, path: str) -> None:
        super().__init__(f"Script at {str(path)!r} encountered an exception")
        self.user_exc = user_exc
        self.path = path


class FlowScriptError(PrefectException):
    """Raised when a script holding a flow could not be executed."""

    def __init__(self, user_exc: BaseException, script_path: str) -> None:
        super().__init__(f"Flow script at {str(script_path)!r} encountered an exception")
        self.user_exc = user_exc
        self.script_path = script_path


class ParameterTypeError(PrefectException):
    """Raised when parameters don't validate against the flow's annotations."""

    @classmethod
    def from_validation_error(cls, exc: Any) -> Self:
        """The error for one of pydantic's."""
        found = [f" - {error['loc'][0]}: {error['msg']}" for error in exc.errors()]
        return cls("\n".join(["Flow run received invalid parameters:", *found]))


class ParameterBindError(TypeError, PrefectException):
    """Raised when arguments don't fit a function's signature."""

    @classmethod
    def from_bind_failure(
        cls, fn: Any, exc: Exception, call_args: Any, call_kwargs: Dict[str, Any]
    ) -> Self:
        """The error for the `TypeError` that binding the arguments of a call raised."""
        from inspect import signature

        name = fn.__name__
        return cls(
            f"Error binding parameters for function '{name}': {exc}.\nFunction '{name}' has "
            f"signature '{str(signature(fn)).strip('()')}' but received args: {call_args} and "
            f"kwargs: {call_kwargs}."
        )


class SignatureMismatchError(PrefectException, TypeError):
    """Raised when parameters are given that the function doesn't have."""

    @classmethod
    def from_bad_params(cls, expected_params: List[str], provided_params: List[str]) -> Self:
        """The error for the names a function has, and those it was given."""
        return cls(
            f"Function expects parameters {expected_params} but was provided with parameters "
            f"{provided_params}"
        )


class ReservedArgumentError(PrefectException, TypeError):
    """Raised for a task with a parameter whose name the task's own call uses."""


class MappingLengthMismatch(PrefectException):
    """Raised by ``Task.map`` when its arguments differ in length."""


class UpstreamTaskError(PrefectException):
    """Raised when a task waits for one that did not complete."""


class InvalidNameError(PrefectException, ValueError):
    """Raised for a name holding a character that names may not have."""


class ObjectNotFound(PrefectException):
    """Raised when a look-up by id or name finds nothing.

    ``http_exc`` is the underlying error where there was one; nothing here speaks HTTP.
    """

    def __init__(self, http_exc: Any = None, *args: Any, **kwargs: Any) -> None:
        self.http_exc = http_exc
        super().__init__(*([http_exc] if isinstance(http_exc, str) else []), *args, **kwargs)


class ObjectAlreadyExists(PrefectException):
    """Raised when something of the same name exists already."""

    def __init__(self, http_exc: Any = None, *args: Any, **kwargs: Any) -> None:
        self.http_exc = http_exc
        super().__init__(*([http_exc] if isinstance(http_exc, str) else []), *args, **kwargs)


class PrefectHTTPStatusError(PrefectException):
    """Known for its name only: nothing here speaks HTTP, so it is never raised."""
