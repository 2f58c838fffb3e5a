"""Overrides in the store: added and ended, never edited."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import bindparam, select

from byte.registry.records import Override, Page
from byte.registry.store.connection import Read, Write
from byte.registry.store.kept import Kept, Listing
from byte.registry.store.tables import overrides

_KEPT: Final = Kept(Override, overrides, "override", key=("id",))
_LISTING: Final = Listing(
    "overrides",
    _KEPT.shape,
    {"created_at": [overrides.c.created_at, overrides.c.id]},
    {"service": overrides.c.service == bindparam("service")},
)
_LIVE: Final = (
    select(*_KEPT.shape.columns)
    .where(overrides.c.service == bindparam("of"), overrides.c.until > bindparam("now"))
    .order_by(overrides.c.created_at, overrides.c.id)
)
_PAGE: Final = 200


def find(read: Read, id: str) -> Override | None:
    """An override, None where there is none."""
    return _KEPT.find(read, id)


def get(read: Read, id: str) -> Override:
    """An override. Raises `NotFoundError`."""
    return _KEPT.get(read, id)


def page(
    read: Read, service: str | None = None, sort: str = "-created_at", limit: int = 50, cursor: str | None = None
) -> Page[Override]:
    """Overrides by `created_at`, the newest first unless told otherwise. Raises `InvalidError` (sort, cursor)."""
    return _LISTING.page(read, {"service": service}, sort, limit, cursor)


def live(read: Read, service: str) -> tuple[Override, ...]:
    """The overrides of a service that have not ended, the oldest first."""
    rows = read.rows(_LIVE, {"of": service, "now": read.now})
    return tuple(map(_KEPT.shape.load, rows))


def all_of(read: Read) -> Iterator[Override]:
    """All overrides, the oldest first."""
    cursor: str | None = None
    while True:
        found = page(read, None, "created_at", _PAGE, cursor)
        yield from found.items
        cursor = found.next
        if cursor is None:
            return


def add(write: Write, override: Override) -> Override:
    """Keeps an override, as it is kept. Raises `ExistsError`."""
    return _KEPT.add(write, override)


def remove(write: Write, id: str) -> Override:
    """Removes an override. Raises `NotFoundError`."""
    return _KEPT.remove(write, (id,), None)
