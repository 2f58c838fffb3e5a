"""Owners in the store: the teams that services belong to."""

from typing import Final

from sqlalchemy import bindparam, select

from byte.registry.errors import InUseError
from byte.registry.records import Owner, Page
from byte.registry.store import tables
from byte.registry.store.connection import Read, Write
from byte.registry.store.kept import Kept, Listing

_KEPT: Final = Kept(Owner, tables.owners, "owner")
_LISTING: Final = Listing("owners", _KEPT.shape, {"name": [tables.owners.c.name]}, {})
_SERVICE: Final = select(tables.services.c.name).where(tables.services.c.owner == bindparam("owner")).limit(1)
_KEY: Final = select(tables.keys.c.id).where(tables.keys.c.owner == bindparam("owner")).limit(1)


def find(read: Read, name: str) -> Owner | None:
    """An owner, None where there is none."""
    return _KEPT.find(read, name)


def get(read: Read, name: str) -> Owner:
    """An owner. Raises `NotFoundError`."""
    return _KEPT.get(read, name)


def lock(write: Write, name: str) -> Owner:
    """An owner that nobody else edits before this transaction ends. Raises `NotFoundError`."""
    return _KEPT.lock(write, name)


def page(read: Read, sort: str = "name", limit: int = 50, cursor: str | None = None) -> Page[Owner]:
    """Owners by `name` or `-name`."""
    return _LISTING.page(read, {}, sort, limit, cursor)


def add(write: Write, owner: Owner) -> Owner:
    """A new owner, as it is kept. Raises `ExistsError`."""
    return _KEPT.add(write, owner)


def replace(write: Write, owner: Owner, expected: int | None = None) -> Owner:
    """An edited owner, as it is kept. Raises `NotFoundError` and `StaleError`."""
    return _KEPT.replace(write, owner, expected)


def remove(write: Write, name: str, expected: int | None = None) -> Owner:
    """Removes an owner. Raises `NotFoundError`, `StaleError`, and `InUseError` while services or keys are theirs."""
    _KEPT.at(write, (name,), expected)
    for statement, noun in ((_SERVICE, "service"), (_KEY, "key")):
        used = write.value(statement, {"owner": name})
        if used is not None:
            raise InUseError(f"The owner `{name}` still has the {noun} `{used}`: transfer or remove it first.")
    return _KEPT.remove(write, (name,), expected)
