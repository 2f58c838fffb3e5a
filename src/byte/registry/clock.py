"""The time, where the registry needs one: microseconds since 1970-01-01 UTC, as all of its tables keep it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

Clock = Callable[[], int]
"""Microseconds since the epoch, UTC."""

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> int:
    """The time of this machine."""
    return time.time_ns() // 1_000


def shown(at: int) -> str:
    """A time as RFC 3339 in UTC, with microseconds: as the API writes it."""
    return moment(at).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(at: int) -> datetime:
    """A time as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=at)


def of(value: datetime) -> int:
    """A datetime (with a time zone) as microseconds."""
    return (value - _EPOCH) // timedelta(microseconds=1)
