"""What operations, parameters and properties announce of themselves: the day of their sunset, how stable they are."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

NO_DATE: Final = "there is no day to measure it by"
"""Why a rule about a sunset date cannot be decided."""
SUNSET: Final = "x-sunset"
"""The extension that holds a day."""
STABILITY: Final = "x-stability-level"
"""The extension that holds one of `STABILITIES`."""
STABILITIES: Final = ("draft", "alpha", "beta", "stable")
"""The levels, the least stable first."""
PROMISED: Final = 2
"""From `beta` on clients may rely on something; below it, changes are no news."""

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_MOMENT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})([.,]\d+)?(Z|[+-]\d{2}:\d{2})\Z")


def day_of(value: Any) -> date | None:
    """A full-date or date-time of RFC 3339 as its day; None where it is neither."""
    if not isinstance(value, str):
        return None
    moment = _MOMENT.match(value)
    if moment is not None and not (int(moment[2]) < 24 and int(moment[3]) < 60 and int(moment[4]) < 60):
        return None
    found = moment[1] if moment is not None else value
    if not _DAY.match(found) or not found.isascii():
        return None
    try:
        return date.fromisoformat(found)
    except ValueError:
        return None


def stability(holder: Mapping[str, Any]) -> int | None:
    """How stable something is said to be, by its place in `STABILITIES`; stable where nothing is said.

    None where what is said is not one of the levels.
    """
    value = holder.get(STABILITY)
    if value is None:
        return len(STABILITIES) - 1
    return STABILITIES.index(value) if isinstance(value, str) and value in STABILITIES else None
