"""API keys in the store: the hash of each secret, never the secret."""

from collections.abc import Mapping
from typing import Final

import msgspec
from sqlalchemy import bindparam, select, update

from byte.registry.errors import InvalidError, NotFoundError
from byte.registry.records import Key, Page
from byte.registry.store import owners, steps
from byte.registry.store.connection import Read, Write
from byte.registry.store.kept import Kept, Listing
from byte.registry.store.steps import Steps
from byte.registry.store.tables import keys

_KEPT: Final = Kept(Key, keys, "key", key=("id",))
_LISTING: Final = Listing("keys", _KEPT.shape, {"id": [keys.c.id]}, {"owner": keys.c.owner == bindparam("owner")})
_HASHED: Final = select(*_KEPT.shape.columns, keys.c.hash).where(keys.c.id == bindparam("id"))
_ANY: Final = select(keys.c.id).limit(1)
_TOUCH: Final = (
    update(keys)
    .where(keys.c.id == bindparam("key"), (keys.c.last_used_at.is_(None)) | (keys.c.last_used_at < bindparam("used")))
    .values(last_used_at=bindparam("used"))
)
_REVOKE: Final = update(keys).where(keys.c.id == bindparam("key")).values(revoked_at=bindparam("revoked"))


def by_id(read: Read, id: str) -> tuple[Key, bytes] | None:
    """A key and the hash of its secret; None where there is none."""
    return read.take(by_id_steps(id))


def by_id_steps(id: str) -> Steps[tuple[Key, bytes] | None]:
    """`by_id` as the last steps of a read."""
    row = yield from steps.row(_HASHED, {"id": id}, last=True)
    return None if row is None else (_KEPT.shape.load(row), row[-1])


def get(read: Read, id: str) -> Key:
    """A key. Raises `NotFoundError`."""
    return _KEPT.get(read, id)


def page(read: Read, owner: str | None = None, limit: int = 50, cursor: str | None = None) -> Page[Key]:
    """Keys by id, revoked ones too. Raises `InvalidError` (cursor)."""
    return _LISTING.page(read, {"owner": owner}, "id", limit, cursor)


def none(read: Read) -> bool:
    """Whether no key was ever made: the store is new."""
    return read.value(_ANY) is None


def add(write: Write, key: Key, hashed: bytes) -> Key:
    """A new key with the hash of its secret. Raises `ExistsError`, and `InvalidError` for an owner that is none."""
    if key.owner is not None and owners.find(write, key.owner) is None:
        raise InvalidError(f"There is no owner `{key.owner}`: make it first.")
    return _KEPT.add(write, key, {"hash": hashed})


def touch(write: Write, used: Mapping[str, int]) -> None:
    """Keeps when keys (by id) were last used; an older time changes nothing."""
    write.run(_TOUCH, [{"key": id, "used": used[id]} for id in sorted(used)])


def revoke(write: Write, id: str, at: int | None = None) -> Key:
    """Ends a key now, or at a time; the first end stays. Raises `NotFoundError`."""
    key = _KEPT.lock(write, id)
    if key.revoked_at is not None:
        return key
    revoked = at or write.now
    if not write.run(_REVOKE, {"key": id, "revoked": revoked}):
        raise NotFoundError(f"There is no key `{id}`.")
    return msgspec.structs.replace(key, revoked_at=revoked)
