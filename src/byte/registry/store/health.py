"""Health checks in the store: each one for a while, and their sums by the hour for longer."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Select, bindparam, case, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from byte.registry.clock import SECOND
from byte.registry.records import HealthCheck, HealthState, Page
from byte.registry.store.connection import Read, Write
from byte.registry.store.kept import Listing
from byte.registry.store.shapes import Shape
from byte.registry.store.tables import health_checks, health_hours, services

HOUR: Final = 3_600 * SECOND
_SHAPE: Final = Shape(HealthCheck, health_checks)
_LISTING: Final = Listing(
    "health checks",
    _SHAPE,
    {"at": [health_checks.c.at, health_checks.c.id]},
    {
        "service": health_checks.c.service == bindparam("service"),
        "since": health_checks.c.at >= bindparam("since"),
        "until": health_checks.c.at < bindparam("until"),
    },
)
_ADD: Final = insert(health_checks)
_NEW: Final = upsert(health_hours)
_SUMS: Final = ("checks", "timed", "latency_sum")
_COUNT: Final = _NEW.on_conflict_do_update(
    index_elements=[health_hours.c.service, health_hours.c.hour, health_hours.c.state],
    set_={
        **{name: health_hours.c[name] + _NEW.excluded[name] for name in _SUMS},
        "latency_max": case(
            (health_hours.c.latency_max < _NEW.excluded.latency_max, _NEW.excluded.latency_max),
            else_=health_hours.c.latency_max,
        ),
    },
)
_OF_HOURS: Final = (
    select(
        health_hours.c.state,
        func.sum(health_hours.c.checks),
        func.sum(health_hours.c.timed),
        func.sum(health_hours.c.latency_sum),
        func.max(health_hours.c.latency_max),
    )
    .where(
        health_hours.c.service == bindparam("service"),
        health_hours.c.hour >= bindparam("since"),
        health_hours.c.hour < bindparam("until"),
    )
    .group_by(health_hours.c.state)
)
_OF_CHECKS: Final = (
    select(
        health_checks.c.state,
        func.count(),
        func.count(health_checks.c.latency_ms),
        func.coalesce(func.sum(health_checks.c.latency_ms), 0.0),
        func.coalesce(func.max(health_checks.c.latency_ms), 0.0),
    )
    .where(
        health_checks.c.service == bindparam("service"),
        health_checks.c.at >= bindparam("since"),
        health_checks.c.at < bindparam("until"),
    )
    .group_by(health_checks.c.state)
)
_NEWEST: Final = (
    select(health_checks.c.id)
    .where(health_checks.c.service == services.c.name)
    .order_by(health_checks.c.at.desc(), health_checks.c.id.desc())
    .limit(1)
    .correlate(services)
    .scalar_subquery()
)
_LATEST: Final = select(*_SHAPE.columns).select_from(services).join(health_checks, health_checks.c.id == _NEWEST)
_LATENCIES: Final = (
    select(health_checks.c.at, health_checks.c.latency_ms)
    .where(
        health_checks.c.service == bindparam("service"),
        health_checks.c.at >= bindparam("since"),
        health_checks.c.at < bindparam("until"),
        health_checks.c.latency_ms.is_not(None),
    )
    .order_by(health_checks.c.at.desc(), health_checks.c.id.desc())
    .limit(bindparam("limit"))
)
_OLD: Final = (
    select(health_checks.c.id)
    .where(health_checks.c.at < bindparam("before"))
    .order_by(health_checks.c.at)
    .limit(bindparam("limit"))
)
_FORGET: Final = delete(health_checks).where(health_checks.c.id.in_(_OLD))
_FORGET_HOURS: Final = delete(health_hours).where(health_hours.c.hour < bindparam("before"))


class Sum(msgspec.Struct, frozen=True):
    """Checks of one state in a window: how many, and of those that were answered the latency in milliseconds."""

    checks: int = 0
    timed: int = 0
    latency_sum: float = 0.0
    latency_max: float = 0.0


def add(write: Write, *checks: HealthCheck) -> None:
    """Keeps checks, and adds them to the sums of their hours."""
    write.run(_ADD, [_SHAPE.dump(check) for check in checks])
    write.run(_COUNT, [_hour(check) for check in sorted(checks, key=lambda check: (check.service, check.at))])


def _hour(check: HealthCheck) -> dict[str, Any]:
    latency = check.latency_ms
    return {
        "service": check.service,
        "hour": check.at // HOUR * HOUR,
        "state": check.state,
        "checks": 1,
        "timed": 0 if latency is None else 1,
        "latency_sum": latency or 0.0,
        "latency_max": latency or 0.0,
    }


def page(
    read: Read,
    service: str | None = None,
    since: int | None = None,
    until: int | None = None,
    sort: str = "-at",
    limit: int = 50,
    cursor: str | None = None,
) -> Page[HealthCheck]:
    """Checks of a window by `at`, the newest first unless told otherwise. Raises `InvalidError` (sort, cursor)."""
    return _LISTING.page(read, {"service": service, "since": since, "until": until}, sort, limit, cursor)


def latest(read: Read) -> Mapping[str, HealthCheck]:
    """The newest check of every service that has one."""
    return {check.service: check for check in map(_SHAPE.load, read.rows(_LATEST))}


def latencies(read: Read, service: str, since: int, until: int, limit: int = 10_000) -> list[tuple[int, float]]:
    """When and how fast (milliseconds) the checks of a window were answered, the newest first: for percentiles."""
    given = {"service": service, "since": since, "until": until, "limit": limit}
    return [(row[0], row[1]) for row in read.rows(_LATENCIES, given)]


def sums(read: Read, service: str, since: int, until: int) -> Mapping[HealthState, Sum]:
    """What the checks of a window add up to, by state: whole hours from their sums, the edges from the checks.

    An edge that retention has taken counts as the part of its window that is kept.
    """
    first, last = -(-since // HOUR) * HOUR, until // HOUR * HOUR
    if first >= last:
        return _added(_found(read, _OF_CHECKS, service, since, until))
    return _added(
        [
            *_found(read, _OF_CHECKS, service, since, first),
            *_found(read, _OF_HOURS, service, first, last),
            *_found(read, _OF_CHECKS, service, last, until),
        ]
    )


def _found(read: Read, statement: Select[Any], service: str, since: int, until: int) -> Sequence[Any]:
    if since >= until:
        return ()
    return read.rows(statement, {"service": service, "since": since, "until": until})


def _added(rows: Sequence[Any]) -> Mapping[HealthState, Sum]:
    found: dict[HealthState, Sum] = {}
    for state, checks, timed, latency, slowest in rows:
        before = found.get(state, Sum())
        found[state] = Sum(
            before.checks + int(checks),
            before.timed + int(timed),
            before.latency_sum + latency,
            max(before.latency_max, slowest),
        )
    return found


def forget(write: Write, before: int, limit: int = 10_000) -> int:
    """Removes up to `limit` of the checks from before a time, oldest first; how many. Their hours' sums stay."""
    return write.run(_FORGET, {"before": before, "limit": limit})


def forget_hours(write: Write, before: int) -> int:
    """Removes the sums of the hours that began before a time; how many."""
    return write.run(_FORGET_HOURS, {"before": before})
