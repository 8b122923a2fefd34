"""`get_run_logger` for the code of flows and tasks, `get_logger` for everything else."""

from __future__ import annotations

import logging

from prefect._json import quote
from prefect._log import RunLog, is_plain, task_logger
from prefect._record import now, recorder
from prefect.context import FlowRunContext, RunContext, TaskRunContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, MutableMapping, Optional, Tuple

    from prefect.flows import Flow
    from prefect.orion.schemas.core import FlowRun, TaskRun
    from prefect.tasks import Task

    _Adapter = logging.LoggerAdapter[logging.Logger]
else:
    _Adapter = logging.LoggerAdapter


class PrefectLogAdapter(_Adapter):
    """A logger that says with each record which run it belongs to.

    ``extra`` given with a record is added to the run's. A record without any takes a short way
    past `logging`, unless someone has changed the run's logger.
    """

    def __init__(self, logger: logging.Logger, extra: Any, log: Optional[RunLog] = None) -> None:
        self._extra: Any = None
        super().__init__(logger, None if callable(extra) else extra)
        self._make_extra = extra if callable(extra) else None
        self._head = log.head if log is not None else ""
        self._middle = log.middle if log is not None else ""
        self._label = log.label if log is not None else ""

    @property
    def extra(self) -> Dict[str, Any]:  # type: ignore[override]
        """What every record carries; made when it is first asked for."""
        if self._extra is None:
            self._extra = self._make_extra() if self._make_extra is not None else {}
        return self._extra

    @extra.setter
    def extra(self, value: Any) -> None:
        self._extra = value

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> Tuple[Any, Any]:
        kwargs["extra"] = {**(self.extra or {}), **(kwargs.get("extra") or {})}
        return msg, kwargs

    def log(self, level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
        self._log_at(level, msg, args, kwargs)

    def debug(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self._log_at(10, msg, args, kwargs)

    def info(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self._log_at(20, msg, args, kwargs)

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self._log_at(30, msg, args, kwargs)

    def error(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self._log_at(40, msg, args, kwargs)

    def critical(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self._log_at(50, msg, args, kwargs)

    def exception(self, msg: Any, *args: Any, exc_info: Any = True, **kwargs: Any) -> None:
        self._log_at(40, msg, args, {**kwargs, "exc_info": exc_info})

    def _log_at(self, level: int, msg: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> None:
        logger = self.logger
        if not logger.isEnabledFor(level):
            return
        if kwargs or not is_plain(logger) or not self._write(level, msg, args):
            # the caller of the method that called this
            kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 2
            msg, more = self.process(msg, kwargs)
            logger.log(level, msg, *args, **more)

    def getChild(self, suffix: str, extra: Optional[Dict[str, Any]] = None) -> PrefectLogAdapter:
        """A logger of the same run with a longer name."""
        return PrefectLogAdapter(
            self.logger.getChild(suffix), {**(self.extra or {}), **(extra or {})}
        )

    def _write(self, level: int, msg: Any, args: Tuple[Any, ...]) -> bool:
        """Write a plain record; False where only `logging` knows how to word it."""
        if not self._head and not self._prepare():
            return False
        message = str(msg)
        if args:
            if len(args) == 1 and isinstance(args[0], dict) and args[0]:
                args = args[0]  # type: ignore[assignment]  # as `logging` does: %(name)s
            try:
                message = message % args
            except Exception:
                return False  # `logging` reports a record that can't be formatted
        at = now()
        head, middle = self._head, self._middle
        event = f'{head}{level}{middle}{quote(message)},"at":{at}}}\n'
        recorder.emit(event, recorder.line(at, level, self._label, message))
        return True

    def _prepare(self) -> bool:
        extra: Any = self.extra or {}
        label = run_label(extra)
        if label is None:
            return False
        task = extra.get("task_run_id")
        self._label = label
        self._head = (
            f'{{"k":"log","flow_run_id":{_id(extra.get("flow_run_id"))},'
            f'"task_run_id":{_id(task)},"level":'
        )
        self._middle = f',"logger":{quote(self.logger.name)},"label":{quote(label)},"message":'
        return True


def _id(value: Any) -> str:
    return quote(str(value)) if value else "null"


def run_label(extra: Any) -> Optional[str]:
    """What stands before the message of a run's record: `Task run 'name'` or `Flow run 'name'`."""
    if extra.get("task_run_name"):
        return f"Task run {extra['task_run_name']!r}"
    if extra.get("flow_run_name"):
        return f"Flow run {extra['flow_run_name']!r}"
    return None


def get_logger(name: Optional[str] = None) -> logging.Logger:
    """The logger `prefect`, or `prefect.NAME`."""
    parent = logging.getLogger("prefect")
    if not name:
        return parent
    return parent.getChild(name) if not name.startswith("prefect.") else logging.getLogger(name)


def get_run_logger(context: Optional[RunContext] = None, **kwargs: Any) -> PrefectLogAdapter:
    """The logger of the task run or flow run that this is called in.

    ``kwargs`` are added to every record's ``extra``. `RuntimeError` is raised outside of runs.
    """
    flow_context = FlowRunContext.get()
    task_context = TaskRunContext.get()
    if isinstance(context, TaskRunContext):
        task_context = context
    elif isinstance(context, FlowRunContext):
        flow_context, task_context = context, None
    elif context is not None:
        raise TypeError(
            f"Received unexpected type {type(context).__name__!r} for context. "
            "Expected one of 'None', 'FlowRunContext', or 'TaskRunContext'."
        )
    if task_context is not None:
        if task_context.log is not None and not kwargs:
            return PrefectLogAdapter(
                task_logger, lambda: _extra_of(task_context, flow_context), task_context.log
            )
        return task_run_logger(
            task_context.run,
            task_context.task,
            flow_context.flow_run if flow_context else None,
            flow_context.flow if flow_context else None,
            **kwargs,
        )
    if flow_context is not None:
        return flow_run_logger(flow_context.flow_run, flow_context.flow, **kwargs)
    raise RuntimeError("There is no active flow or task run context.")


def _extra_of(task: TaskRunContext, flow: Optional[FlowRunContext]) -> Dict[str, Any]:
    return task_extra(
        task.run, task.task, flow.flow_run if flow else None, flow.flow if flow else None
    )


def flow_run_logger(
    flow_run: FlowRun, flow: Optional[Flow] = None, **kwargs: Any
) -> PrefectLogAdapter:
    """The logger of a flow run."""
    extra = flow_extra(flow_run, flow)
    return PrefectLogAdapter(logging.getLogger("prefect.flow_runs"), {**extra, **kwargs})


def flow_extra(flow_run: FlowRun, flow: Optional[Flow]) -> Dict[str, Any]:
    return {
        "flow_run_name": flow_run.name,
        "flow_run_id": flow_run._id,
        "flow_name": flow.name if flow else "<unknown>",
    }


def task_run_logger(
    task_run: TaskRun,
    task: Optional[Task] = None,
    flow_run: Optional[FlowRun] = None,
    flow: Optional[Flow] = None,
    **kwargs: Any,
) -> PrefectLogAdapter:
    """The logger of a task run."""
    extra = task_extra(task_run, task, flow_run, flow)
    return PrefectLogAdapter(logging.getLogger("prefect.task_runs"), {**extra, **kwargs})


def task_extra(task_run: Any, task: Any, flow_run: Any, flow: Any) -> Dict[str, Any]:
    return {
        "task_run_id": task_run._id,
        "flow_run_id": str(task_run._flow_run_id),
        "task_run_name": task_run.name,
        "task_name": task.name if task else "<unknown>",
        "flow_run_name": flow_run.name if flow_run else "<unknown>",
        "flow_name": flow.name if flow else "<unknown>",
    }
