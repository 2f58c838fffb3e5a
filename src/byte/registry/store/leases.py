"""Leases in the store: which of several replicas does a work that only one may do."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from byte.registry.store.connection import Read, Write
from byte.registry.store.tables import leases

_ROOM: Final = 512 << 10
_NEW: Final = insert(leases)
_ACQUIRE: Final = _NEW.on_conflict_do_update(
    index_elements=[leases.c.name],
    set_={"holder": _NEW.excluded.holder, "until": _NEW.excluded.until},
    where=or_(
        leases.c.holder == _NEW.excluded.holder,
        leases.c.until <= bindparam("now"),
        leases.c.until > bindparam("latest"),
    ),
)
_RELEASE: Final = delete(leases).where(leases.c.name == bindparam("name"), leases.c.holder == bindparam("holder"))
_TRIAL: Final = "room "
_CLEAR: Final = delete(leases).where(leases.c.name.startswith(_TRIAL))
_HOLDER: Final = select(leases.c.holder).where(leases.c.name == bindparam("name"), leases.c.until > bindparam("now"))


def acquire(write: Write, name: str, holder: str, ttl: int) -> bool:
    """Takes a lease for `ttl` microseconds, or holds it for as long again; False while another one has it.

    Who asks for a lease asks for the same time as all others. Times are those of the asking machines' clocks: these must
    agree to within the lease's time. A lease that ends later than two of these is of a clock that has been set back since,
    and over.
    """
    now = write.now
    given = {"name": name, "holder": holder, "until": now + ttl, "now": now, "latest": now + 2 * ttl}
    return write.run(_ACQUIRE, given) > 0


def release(write: Write, name: str, holder: str) -> None:
    """Gives a lease back; nothing where another one has it."""
    write.run(_RELEASE, {"name": name, "holder": holder})


def holder(read: Read, name: str) -> str | None:
    """Who has a lease, None when nobody does."""
    found: str | None = read.value(_HOLDER, {"name": name, "now": read.now})
    return found


def try_room(writing: Callable[[], AbstractContextManager[Write]]) -> None:
    """Writes half a megabyte that does not compress, and removes it again. Raises `UnavailableError` where that fails."""
    with writing() as write:
        acquire(write, f"{_TRIAL}{secrets.token_hex(8)}", secrets.token_hex(_ROOM // 2), 1)
    with writing() as write:
        write.run(_CLEAR)
