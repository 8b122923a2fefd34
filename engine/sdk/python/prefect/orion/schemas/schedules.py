"""Schedules, to be given to a `Deployment`."""

from __future__ import annotations

from prefect._model import Shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from typing import Any, Optional

__all__ = ["CronSchedule", "IntervalSchedule", "RRuleSchedule"]


class _Schedule(Shown):
    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


class IntervalSchedule(_Schedule):
    """Every ``interval`` (a `timedelta` or seconds), counted from ``anchor_date``."""

    def __init__(
        self,
        interval: Any,
        anchor_date: Optional[datetime.datetime] = None,
        timezone: Optional[str] = None,
    ) -> None:
        from datetime import timedelta

        if not isinstance(interval, timedelta):
            interval = timedelta(seconds=float(interval))
        if interval <= timedelta(0):
            raise ValueError("The interval must be positive")
        self.interval = interval
        self.anchor_date = anchor_date
        self.timezone = timezone


class CronSchedule(_Schedule):
    """When a cron expression says, in ``timezone``."""

    def __init__(self, cron: str, timezone: Optional[str] = None, day_or: bool = True) -> None:
        if len(cron.split()) not in (5, 6) and not cron.startswith("@"):
            raise ValueError(f'Invalid cron string: "{cron}"')
        self.cron = cron
        self.timezone = timezone
        self.day_or = day_or


class RRuleSchedule(_Schedule):
    """When an iCalendar recurrence rule says."""

    def __init__(self, rrule: str, timezone: Optional[str] = None) -> None:
        self.rrule = rrule
        self.timezone = timezone
