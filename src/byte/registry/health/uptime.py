"""Uptime and latency of a service over windows of time, from what its probes said.

Uptime is the part of the probes that were answered as they should (`up` or `degraded`) of all that could be judged;
probes that were not made (`not-probed`) count neither way. Percentiles are those of the nearest rank.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from byte.registry.clock import DAY, SECOND
from byte.registry.records import HealthState
from byte.registry.store import Read, health
from byte.registry.store.health import Sum

WINDOWS: Final[Mapping[str, int]] = {"1h": 3_600 * SECOND, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
"""The windows that are told of, in microseconds."""
EXACT: Final = DAY
"""Windows up to this one have percentiles: they come from single probes, the others from sums by the hour."""
_MOST: Final = 10_000

_GOOD: Final[tuple[HealthState, ...]] = ("up", "degraded")
_JUDGED: Final[tuple[HealthState, ...]] = (*_GOOD, "down")


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds until the headers of an answer were there. None where nothing was answered, or it is not known."""

    mean: float | None = None
    max: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What the probes of a window say. `uptime` from 0 to 1, None without a probe that could be judged."""

    window: str
    checks: int
    uptime: float | None
    latency: Latency


def windows(read: Read, service: str, now: int) -> tuple[Window, ...]:
    """All windows of a service that end now, the shortest first."""
    latencies = health.latencies(read, service, now - EXACT, now + 1, _MOST)
    found = []
    for name, length in WINDOWS.items():
        since = now - length
        exact = [latency for at, latency in latencies if at >= since] if length <= EXACT else []
        found.append(window(name, health.sums(read, service, since, now + 1), exact))
    return tuple(found)


def window(name: str, sums: Mapping[HealthState, Sum], latencies: Sequence[float]) -> Window:
    """One window, from the sums of its probes by state and the latencies of those that were answered."""
    judged = sum(sums[state].checks for state in _JUDGED if state in sums)
    good = sum(sums[state].checks for state in _GOOD if state in sums)
    timed = sum(one.timed for one in sums.values())
    ordered = sorted(latencies)
    latency = Latency(
        mean=round(sum(one.latency_sum for one in sums.values()) / timed, 3) if timed else None,
        max=max(one.latency_max for one in sums.values()) if timed else None,
        p50=percentile(ordered, 50),
        p95=percentile(ordered, 95),
        p99=percentile(ordered, 99),
    )
    return Window(window=name, checks=judged, uptime=round(good / judged, 6) if judged else None, latency=latency)


def percentile(ordered: Sequence[float], part: int) -> float | None:
    """The value that this part (in percent) of the values does not exceed; None without values."""
    return ordered[max(math.ceil(len(ordered) * part / 100), 1) - 1] if ordered else None
