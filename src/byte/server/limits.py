"""How much one client may ask: a bucket of tokens for each key, and for each address without one."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from byte.server import problems
from byte.server.edge import relative

_FREE: Final = ("/health/", "/metrics")
_KEPT: Final = 20_000
"""Buckets that are kept; who has not asked for longest is forgotten first, and starts with a full one."""


class Verdict(msgspec.Struct, frozen=True):
    """Whether a request may pass, how many more may at once, and the seconds until there is room."""

    allowed: bool
    left: int
    wait: float


class Buckets:
    """Token buckets: `rate` a second, `burst` at once."""

    def __init__(self, rate: float, burst: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.burst = burst
        self._monotonic = monotonic
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str) -> Verdict:
        """Take one token of somebody's bucket, if there is one."""
        now = self._monotonic()
        level, at = self._levels.get(who, (self.burst, now))
        level = min(self.burst, level + (now - at) * self.rate)
        allowed = level >= 1
        if allowed:
            level -= 1
        self._levels[who] = (level, now)
        self._levels.move_to_end(who)
        if len(self._levels) > _KEPT:
            self._levels.popitem(last=False)
        return Verdict(allowed, int(level), 0.0 if allowed else (1 - level) / self.rate)


class RateLimit:
    """Refuses with 429 what is more than a client may ask for; probes and figures are never refused.

    `identity` tells the id of a valid key from an `Authorization` header. A key that is not known to be valid counts for
    its address: else every invented key would bring a bucket of its own.
    """

    def __init__(
        self, app: ASGIApp, *, rate: float, anonymous: float, identity: Callable[[Any, str | None], str | None]
    ) -> None:
        self._app = app
        self._identity = identity
        self._keys = Buckets(rate, max(1.0, 2 * rate)) if rate else None
        self._addresses = Buckets(anonymous, max(1.0, 2 * anonymous)) if anonymous else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or relative(scope).startswith(_FREE):
            await self._app(scope, receive, send)
            return
        key = self._identity(scope["app"], _authorization(scope))
        buckets = self._keys if key is not None else self._addresses
        if buckets is None:
            await self._app(scope, receive, send)
            return
        verdict = buckets.take(key if key is not None else _address(scope))
        headers = [
            (b"ratelimit-policy", f'"default";q={int(buckets.burst)};w={max(1, round(buckets.burst / buckets.rate))}'),
            (b"ratelimit", f'"default";r={verdict.left};t={math.ceil(verdict.wait)}'),
        ]
        extra = [(name, text.encode()) for name, text in headers]

        async def deliver(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        if verdict.allowed:
            await self._app(scope, receive, deliver)
            return
        seconds = max(1, math.ceil(verdict.wait))
        refusal = problems.answer(
            scope,
            problems.KINDS["rate-limited"],
            f"More than {buckets.rate:g} requests a second: wait {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )
        await refusal(scope, receive, deliver)


def _authorization(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return bytes(value).decode("latin-1")
    return None


def _address(scope: Scope) -> str:
    client = scope.get("client")
    text = client[0] if client else ""
    if ":" not in text:
        return str(text)
    try:
        address = ip_address(text)
    except ValueError:
        return str(text)
    # Whoever has one address of version 6 has 2**64 of them.
    return text if not isinstance(address, IPv6Address) else str(int(address) >> 64)
