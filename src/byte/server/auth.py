"""Who asks: `Authorization: Bearer`, and a key (`byte_<id>_<secret>`), or a token of an issuer where one is configured.

The store is asked at most once a second for each key. Tokens are checked each time: that takes a tenth of a millisecond.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Annotated, Final, TypeVar

import msgspec
from fastapi import Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from byte.registry import keys
from byte.registry.actors import ANYONE, Actor
from byte.registry.clock import Clock
from byte.registry.errors import UnauthenticatedError
from byte.registry.oidc import Tokens
from byte.registry.records import Key
from byte.server.near import Reads

FRESH: Final = 1.0
"""Seconds that an answer of the store about a key holds: a revoked key works no longer than this on any replica."""

_OLD: Final = 0.5
"""Seconds after which it is asked again, if somebody comes, while it still holds."""
BEARER_FRESH: Final = 60.0
"""Seconds for which requests with a token that was found valid count for its subject, not for their address."""

T = TypeVar("T")
_KNOWN: Final = 10_000
"""Tokens that are remembered; those of strangers push each other out, not the memory's bounds."""


class _Entry(msgspec.Struct):
    key: Key | None
    at: float


class Keyring:
    """The keys that were seen lately. Tokens are remembered by their digest: no secret stays in memory."""

    def __init__(
        self,
        reads: Reads,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        tokens: Tokens | None = None,
    ) -> None:
        self._reads = reads
        self._tokens = tokens
        self._bearers: OrderedDict[bytes, tuple[str, float]] = OrderedDict()
        self._clock = clock
        self._monotonic = monotonic
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._asked: dict[bytes, asyncio.Task[Key | None]] = {}
        self._used: dict[str, int] = {}

    def identity(self, header: str | None) -> str | None:
        """Who is behind a header, where it was found valid lately: for rate limits, never for permission."""
        if not header:
            return None
        digest = _digest(header)
        entry = self._entries.get(digest)
        if entry is not None:
            return entry.key.id if entry.key is not None else None
        bearer, until = self._bearers.get(digest, (None, 0.0))
        return bearer if self._monotonic() < until else None

    async def actor(self, header: str | None, *, open_read: bool) -> Actor:
        """Who asks with this `Authorization`. Raises `UnauthenticatedError`."""
        if header is None:
            if open_read:
                return ANYONE
            raise UnauthenticatedError("No key was sent: add `Authorization: Bearer byte_<id>_<secret>`.")
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthenticatedError("`Authorization` is not of the kind `Bearer`.")
        token = token.strip()
        if self._tokens is not None and not keys.is_token(token):
            actor = await self._tokens.actor(token)
            _remember(self._bearers, _digest(header), (actor.id, self._monotonic() + BEARER_FRESH))
            return actor
        key = await self._key(_digest(header), token)
        now = self._clock()
        if key is None or key.revoked_at is not None:
            raise UnauthenticatedError("The key is unknown or revoked.")
        if key.expires_at is not None and key.expires_at <= now:
            raise UnauthenticatedError("The key has expired: ask an admin for a new one.")
        self._used[key.id] = now
        return Actor(key.name, key.scope, key.owner, key.id)

    async def _key(self, digest: bytes, token: str) -> Key | None:
        entry = self._entries.get(digest)
        age = self._monotonic() - entry.at if entry is not None else FRESH
        if entry is not None and age < FRESH:
            if age > _OLD:
                # Who comes now is answered by what is known; who comes later need not wait.
                self._task(digest, token)
            return entry.key
        return await asyncio.shield(self._task(digest, token))

    def _task(self, digest: bytes, token: str) -> asyncio.Task[Key | None]:
        # However many requests wait for the same key, the store is asked once.
        task = self._asked.get(digest)
        if task is None:
            task = asyncio.create_task(self._ask(digest, token))
            self._asked[digest] = task
            task.add_done_callback(partial(self._answered, digest))
        return task

    def _answered(self, digest: bytes, task: asyncio.Task[Key | None]) -> None:
        del self._asked[digest]
        if not task.cancelled():
            task.exception()  # where nobody waited for it, the next one to ask is told

    async def _ask(self, digest: bytes, token: str) -> Key | None:
        # The time before the question: what is revoked while it is asked is seen a second after at the latest.
        at = self._monotonic()
        key = await self._reads.take(partial(keys.verify_steps, token)) if keys.is_token(token) else None
        _remember(self._entries, digest, _Entry(key, at))
        return key

    def used(self) -> dict[str, int]:
        """When each key was used since this was asked last; the store is told now and then, not with each request."""
        used, self._used = self._used, {}
        return used


def _remember(known: OrderedDict[bytes, T], digest: bytes, value: T) -> None:
    known[digest] = value
    known.move_to_end(digest)
    if len(known) > _KNOWN:
        known.popitem(last=False)


def _digest(header: str) -> bytes:
    return hashlib.sha256(header.encode("utf-8", "surrogatepass")).digest()


class _Bearer(SecurityBase):
    """The security scheme of the API document. `routing.Route` has found out who asks before this hands it over."""

    def __init__(self) -> None:
        self.scheme_name = "key"
        self.model = HTTPBearer(
            bearerFormat="byte_<id>_<secret>",
            description="A key of the registry (or a token of the issuer that it is set to). Its scope is `read`, `publish` (the services of its owner) or `admin`; "
            "each includes the ones before it.",
        )

    async def __call__(self, request: Request) -> Actor:
        actor = request.scope["byte.actor"]
        assert isinstance(actor, Actor)
        return actor


BEARER: Final = _Bearer()

Reader = Annotated[Actor, Security(BEARER, scopes=["read"])]
"""An endpoint's parameter: who asks, allowed to read."""
Publisher = Annotated[Actor, Security(BEARER, scopes=["publish"])]
"""An endpoint's parameter: who asks, allowed to publish (for their own team: the use case looks at the owner)."""
Administrator = Annotated[Actor, Security(BEARER, scopes=["admin"])]
"""An endpoint's parameter: who asks, allowed everything."""
