"""API keys: issued once, kept as a hash, expiring, revocable.

A key is `byte_<id>_<secret>`. The secret is 32 random bytes, so one round of SHA-256 is enough to keep it: nobody can try
2**256 of them, and a slow hash (against the guessing of passwords, which people choose) would only cost every request.
"""

import hashlib
import hmac
import re
import secrets
from typing import Final

from byte.registry.actors import SYSTEM, Actor
from byte.registry.clock import SECOND
from byte.registry.faults import NAME, NAME_LENGTH, Faults
from byte.registry.records import SCOPES, Event, Key, Page, Scope
from byte.registry.store import Store, Write, events, leases
from byte.registry.store import keys as kept
from byte.registry.store.steps import Steps

_TOKEN: Final = re.compile(r"byte_([0-9a-f]{16})_([A-Za-z0-9_-]{43})\Z")


def issue(
    store: Store, who: Actor, name: str, scope: Scope, *, owner: str | None = None, expires_at: int | None = None
) -> tuple[Key, str]:
    """Make a key: its record, and the token, which is shown this once. Raises `ForbiddenError`, `InvalidError`."""
    who.must("admin")
    with store.writing() as write:
        return _issue(write, who, name, scope, owner, expires_at)


def first(store: Store) -> str | None:
    """The token of a first admin key, made where there has never been a key; None where there has."""
    with store.reading() as read:
        if not kept.none(read):
            return None
    with store.writing() as write:
        # Replicas that start together on an empty store take turns here; the second sees the key of the first.
        leases.acquire(write, "first key", "byte", SECOND)
        if not kept.none(write):
            return None
        return _issue(write, SYSTEM, "first admin", "admin", None, None)[1]


def revoke(store: Store, who: Actor, key_id: str) -> Key:
    """End a key for good; once revoked it stays so. Raises `ForbiddenError`, `NotFoundError`."""
    who.must("admin")
    with store.writing() as write:
        key = kept.get(write, key_id)
        if key.revoked_at is not None:
            return key
        key = kept.revoke(write, key_id)
        events.append(write, _event("key.revoked", key, who))
    return key


def get(store: Store, who: Actor, key_id: str) -> Key:
    """One key, without its secret. Raises `ForbiddenError`, `NotFoundError`."""
    who.must("admin")
    with store.reading() as read:
        return kept.get(read, key_id)


def page(store: Store, who: Actor, *, limit: int, cursor: str | None) -> Page[Key]:
    """Keys in the order of their ids, revoked ones too. Raises `ForbiddenError`."""
    who.must("admin")
    with store.reading() as read:
        return kept.page(read, limit=limit, cursor=cursor)


def verify(store: Store, token: str) -> Key | None:
    """The key of a token, revoked and expired ones too; None where the token is none of ours."""
    with store.reading() as read:
        return read.take(verify_steps(token))


def is_token(token: str) -> bool:
    """Whether a text looks like a token: nothing else needs to be asked for."""
    return _TOKEN.match(token) is not None


def verify_steps(token: str) -> Steps[Key | None]:
    """`verify` as a read."""
    found = _TOKEN.match(token)
    if found is None:
        return None
    known = yield from kept.by_id_steps(found[1])
    if known is None:
        return None
    key, expected = known
    return key if hmac.compare_digest(_hash(found[2]), expected) else None


def touch(store: Store, used: dict[str, int]) -> None:
    """Write down when keys were last used (their ids, and when)."""
    if used:
        with store.writing() as write:
            kept.touch(write, used)


def _issue(
    write: Write, who: Actor, name: str, scope: Scope, owner: str | None, expires_at: int | None
) -> tuple[Key, str]:
    _check(name, scope, owner, expires_at, write.now)
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    key = Key(id=key_id, name=name, scope=scope, owner=owner, expires_at=expires_at, created_at=write.now)
    kept.add(write, key, _hash(secret))
    events.append(write, _event("key.issued", key, who))
    return key, f"byte_{key_id}_{secret}"


def _check(name: str, scope: str, owner: str | None, expires_at: int | None, now: int) -> None:
    faults = Faults()
    if not name:
        faults.add("/name", "A key needs a name: whose it is, or what for.")
    faults.line("/name", name, NAME_LENGTH)
    faults.one_of("/scope", scope, SCOPES)
    if owner is not None:
        faults.matches("/owner", owner, NAME, NAME_LENGTH)
    elif scope == "publish":
        faults.add("/owner", "A key that publishes needs the owner whose services it publishes.")
    if expires_at is not None and expires_at <= now:
        faults.add("/expires_at", "It would have expired already.")
    faults.settle("key")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _event(kind: str, key: Key, who: Actor) -> Event:
    data = {"name": key.name, "scope": key.scope, "owner": key.owner}
    return Event(type=kind, subject=key.id, actor=who.name, data=data)
