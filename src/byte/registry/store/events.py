"""Events in the store: what happened, numbered in the order of the commits.

Whoever has read all events up to a number has missed none before it, although transactions commit in another order than
they begin. A transaction's events wait until its end; only then they get their numbers, under a lock that it holds until
its commit: the row of the counter. (A sequence would number without the lock, and a poller that sees 8 before 7 is
committed would never see 7. An advisory lock would do as well, but the counter must outlive the events anyway.)
"""

from collections.abc import Sequence
from heapq import merge
from itertools import islice
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update

from byte.registry.errors import UnavailableError
from byte.registry.records import Event
from byte.registry.store.connection import Read, Write
from byte.registry.store.shapes import Shape
from byte.registry.store.tables import counters, events

_SHAPE: Final = Shape(Event, events)
_ADD: Final = insert(events)
_COUNT: Final = (
    update(counters)
    .where(counters.c.name == "events")
    .values(value=counters.c.value + bindparam("more"))
    .returning(counters.c.value)
)
_LAST: Final = select(counters.c.value).where(counters.c.name == "events")
_FIRST: Final = select(func.min(events.c.number))
_GET: Final = select(*_SHAPE.columns).where(events.c.number == bindparam("number"))
_AFTER: Final = (
    select(*_SHAPE.columns)
    .where(events.c.number > bindparam("after"))
    .order_by(events.c.number)
    .limit(bindparam("limit"))
)
_OF_TYPE: Final = events.c.type == bindparam("type")
_OF_SERVICE: Final = events.c.service == bindparam("service")
_BY: Final = {
    (False, False): _AFTER,
    (False, True): _AFTER.where(_OF_TYPE),
    (True, False): _AFTER.where(_OF_SERVICE),
    (True, True): _AFTER.where(_OF_SERVICE, _OF_TYPE),
}
_OLD: Final = select(func.max(events.c.number)).where(events.c.at < bindparam("before"))
_FORGET: Final = delete(events).where(
    events.c.number.in_(
        select(events.c.number)
        .where(events.c.number <= bindparam("upto"))
        .order_by(events.c.number)
        .limit(bindparam("limit"))
    )
)


def append(write: Write, *happened: Event) -> None:
    """Events of a transaction: numbered and kept when it commits (`write.numbers` has the numbers then).

    Events without a time get the store's.
    """
    now = write.now
    write.events.extend(event if event.at else msgspec.structs.replace(event, at=now) for event in happened)


def number(write: Write) -> None:
    """Numbers and keeps the events that wait: the last thing that a transaction does."""
    if not write.events:
        return
    last = write.value(_COUNT, {"more": len(write.events)})
    if last is None:
        raise UnavailableError("The store has lost its counter of events: restore it from a backup.")
    write.numbers = tuple(range(last - len(write.events) + 1, last + 1))
    numbered = zip(write.numbers, write.events, strict=True)
    write.run(_ADD, [_SHAPE.dump(msgspec.structs.replace(event, number=at)) for at, event in numbered])


def after(
    read: Read, number: int, limit: int, types: Sequence[str] = (), service: str | None = None
) -> tuple[Event, ...]:
    """Up to `limit` events after a number, in order; of some types (none: of all), of a service (None: of all)."""
    if number >= 2**63:
        return ()
    given = {"after": max(number, -1), "limit": limit, "service": service}
    statement = _BY[service is not None, bool(types)]
    # One look at the index a type, and none at the events between.
    looks = [{**given, "type": one} for one in sorted(set(types))] or [given]
    found = [map(_SHAPE.load, read.rows(statement, look)) for look in looks]
    return tuple(islice(merge(*found, key=_number_of), limit))


def _number_of(event: Event) -> int:
    return event.number


def get(read: Read, number: int) -> Event | None:
    """The event of a number, None where there is none (any more)."""
    row = read.row(_GET, {"number": number}) if 0 < number < 2**63 else None
    return None if row is None else _SHAPE.load(row)


def last(read: Read) -> int:
    """The number of the last event that was ever kept, 0 before the first."""
    return read.value(_LAST) or 0


def first(read: Read) -> int | None:
    """The number of the first event that is still kept: who comes from before it has missed some."""
    found: int | None = read.value(_FIRST)
    return found


def forget(write: Write, before: int, limit: int = 10_000) -> int:
    """Removes up to `limit` of the events from before a time, oldest first; how many."""
    upto = write.value(_OLD, {"before": before})
    return 0 if upto is None else write.run(_FORGET, {"upto": upto, "limit": limit})
