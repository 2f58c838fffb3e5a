"""Bearer tokens of an OpenID Connect issuer: who is behind one, and what they may do (RFC 7519, RFC 9068, RFC 8725).

- A token is a JWT, signed with a public key of the issuer. Which algorithms a key takes follows from its type (and its
  `alg`), never from the token: `none` and HMAC are not known here. Keys named by the token itself are not looked at.
- `iss` and `aud` must be those that are configured, `exp` must be there; clocks may differ by `LEEWAY` seconds.
- The issuer's keys are asked for over the guarded client (`registry.net`), at the address that its configuration names, and
  kept: asked anew after `STALE` seconds, and for a key that is not known at most once in `AGAIN` seconds, whatever is sent.
- A scope of the registry is had by a value in a claim; the highest one counts. Claims are never believed to be names of
  keys: who comes with a token is called `oidc:` and a claim.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWS
from jwt.utils import base64url_decode

from byte.model.errors import ByteError
from byte.registry.actors import Actor
from byte.registry.clock import SECOND, Clock
from byte.registry.errors import ForbiddenError, IssuerError, UnauthenticatedError
from byte.registry.faults import NAME, NAME_LENGTH
from byte.registry.net import Limits, NetError
from byte.registry.records import SCOPES, Scope

log: Final = logging.getLogger(__name__)

LEEWAY: Final = 60
"""Seconds by which clocks may differ."""
AGAIN: Final = 60.0
"""Seconds between two questions for a key that is not known."""
SOON: Final = 5.0
"""Seconds between two questions while there are no keys at all."""
STALE: Final = 3_600.0
"""Seconds after which the keys are asked for anew, while those that are known go on being used."""
TOO_OLD: Final = 86_400.0
"""Seconds after which keys are no longer used though the issuer does not answer: one of them may have been withdrawn."""
LIMITS: Final = Limits(seconds=10, body=256 << 10, redirects=1)
LONGEST: Final = 16_384
_KEYS: Final = 100
_TYPES: Final = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
_ALGORITHMS: Final[Mapping[str, tuple[str, ...]]] = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "EC P-256": ("ES256",),
    "EC P-384": ("ES384",),
    "EC P-521": ("ES512",),
    "OKP Ed25519": ("EdDSA",),
}
"""What a key may have signed with, by its type and curve."""
_RSA_BITS: Final = (2_048, 8_192)
_NAME: Final = re.compile(NAME)
_DISCOVERY: Final = "/.well-known/openid-configuration"

SCOPE_VALUES: Final[Mapping[str, Scope]] = {f"byte:{scope}": scope for scope in SCOPES}
"""Which value gives which scope unless it is said otherwise."""

Fetch = Callable[[str], Awaitable[bytes]]
"""The body of an answer with 200. Raises `NetError`."""


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """Whose tokens are taken, and what in them says what.

    `jwks_url`: where its keys are, None to ask its configuration. `scope_claim`, `owner_claim` and `name_claim` are names of
    claims, or JSON pointers ("/realm_access/roles"). `scopes`: which value of the first gives which scope.
    """

    issuer: str
    audience: str
    jwks_url: str | None = None
    scope_claim: str = "scope"
    scopes: Mapping[str, Scope] = msgspec.field(default_factory=lambda: SCOPE_VALUES)
    owner_claim: str = "byte_owner"
    name_claim: str = "sub"


class _Claims(msgspec.Struct, frozen=True):
    """What every token says, in the types that it must have."""

    iss: str
    sub: str
    aud: str | list[str]
    exp: float
    nbf: float | None = None
    iat: float | None = None


class _Header(msgspec.Struct, frozen=True):
    alg: str
    kid: str = ""
    typ: str = ""
    crit: Any = None


class _Known(msgspec.Struct, frozen=True):
    """A key of the issuer, and what it may have signed with."""

    key: Any
    algorithms: tuple[str, ...]


class Tokens:
    """The tokens of one issuer. To be used in one event loop."""

    def __init__(
        self, issuer: Issuer, fetch: Fetch, *, clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer, self._fetch, self._clock, self._monotonic = issuer, fetch, clock, monotonic
        self._keys: dict[str, _Known] = {}
        self._fresh = self._tried = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    async def actor(self, token: str) -> Actor:
        """Who is behind a token. Raises `UnauthenticatedError`, `ForbiddenError` for one without a scope, and `IssuerError`
        where the issuer's keys cannot be had.
        """
        header = _header(token)
        known = await self._key(header.kid)
        if known is None:
            raise UnauthenticatedError("The token is signed with a key that its issuer does not have.")
        if header.alg not in known.algorithms:
            raise UnauthenticatedError("The token is signed in a way that the key of its issuer is not for.")
        try:
            payload = PyJWS(algorithms=[header.alg]).decode(token, known.key, algorithms=[header.alg])
        except (jwt.PyJWTError, ValueError):
            raise UnauthenticatedError("The signature of the token does not hold.") from None
        return self._judged(payload)

    # --- claims --------------------------------------------------------------------------------

    def _judged(self, payload: bytes) -> Actor:
        try:
            claims = msgspec.json.decode(payload, type=_Claims)
            said: dict[str, Any] = msgspec.json.decode(payload)
        except (msgspec.DecodeError, RecursionError):
            raise UnauthenticatedError(
                "The token lacks a claim (`iss`, `sub`, `aud`, `exp`), or has one of another type."
            ) from None
        issuer, now = self._issuer, self._clock() / SECOND
        if claims.iss != issuer.issuer:
            raise UnauthenticatedError("The token is of another issuer.")
        if issuer.audience not in ([claims.aud] if isinstance(claims.aud, str) else claims.aud):
            raise UnauthenticatedError("The token is not for this registry: its audience is another.")
        if claims.exp + LEEWAY <= now:
            raise UnauthenticatedError("The token has expired: ask its issuer for a new one.")
        if max(claims.nbf or 0, claims.iat or 0) - LEEWAY > now:
            raise UnauthenticatedError("The token does not hold yet: a clock is wrong.")
        held = {issuer.scopes[value] for value in _values(_claim(said, issuer.scope_claim)) if value in issuer.scopes}
        if not held:
            raise ForbiddenError("The token has none of the scopes that this registry knows.")
        owner, name = _claim(said, issuer.owner_claim), _claim(said, issuer.name_claim)
        shown = name if isinstance(name, str) and name else claims.sub
        return Actor(f"oidc:{_line(shown)}", max(held, key=SCOPES.index), _owner(owner), subject=claims.sub)

    # --- keys ----------------------------------------------------------------------------------

    async def _key(self, kid: str) -> _Known | None:
        now = self._monotonic()
        if self._keys and now - self._fresh > STALE and now - self._tried >= AGAIN:
            self._ask()  # nobody waits for it
        known = self._of(kid) if now - self._fresh <= TOO_OLD else None
        if known is not None:
            return known
        if self._asking is None and now - self._tried >= (AGAIN if self._keys else SOON):
            self._ask()
        if self._asking is not None:
            await asyncio.shield(self._asking)
        if not self._keys or self._monotonic() - self._fresh > TOO_OLD:
            raise IssuerError("The keys of the issuer of tokens cannot be had: the log says why. Ask again later.")
        return self._of(kid)

    def _of(self, kid: str) -> _Known | None:
        if not kid and len(self._keys) == 1:
            return next(iter(self._keys.values()))  # an issuer with one key need not name it
        return self._keys.get(kid)

    def _ask(self) -> None:
        if self._asking is None:
            self._tried = self._monotonic()
            self._asking = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        try:
            url = self._issuer.jwks_url or await self._discovered()
            found = _keys(await self._fetch(url))
            if not found:
                raise NetError(f"`{url}` has no key that is known here.")
            self._keys, self._fresh = found, self._monotonic()
        except ByteError as error:
            log.warning("the keys of the issuer of tokens cannot be had: %s", error)
        finally:
            self._asking = None

    async def _discovered(self) -> str:
        url = self._issuer.issuer.rstrip("/") + _DISCOVERY
        try:
            said = msgspec.json.decode(await self._fetch(url), type=_Configuration)
        except (msgspec.DecodeError, RecursionError):
            raise NetError(f"`{url}` is no configuration of OpenID Connect.") from None
        if said.issuer != self._issuer.issuer:
            raise NetError(f"`{url}` is of another issuer.")
        return said.jwks_uri


class _Configuration(msgspec.Struct, frozen=True):
    issuer: str
    jwks_uri: str


def _header(token: str) -> _Header:
    wrong = "`Authorization` has neither a key (`byte_<id>_<secret>`) nor a token (a JWT)."
    if len(token) > LONGEST or token.count(".") != 2:
        raise UnauthenticatedError(wrong)
    try:
        # The signature is not looked at before the key is known.
        header = msgspec.json.decode(base64url_decode(token.partition(".")[0]), type=_Header)
    except (ValueError, RecursionError):
        raise UnauthenticatedError(wrong) from None
    if header.crit is not None or header.typ.lower() not in _TYPES:
        raise UnauthenticatedError("The token is of a kind that is not known here.")
    return header


def _keys(data: bytes) -> dict[str, _Known]:
    """The keys of a set (RFC 7517) that signatures can be checked with; others are passed over."""
    try:
        given = msgspec.json.decode(data, type=_Set).keys
    except (msgspec.DecodeError, RecursionError):
        raise NetError("What the issuer of tokens gives is no set of keys.") from None
    found: dict[str, _Known] = {}
    for one in given[:_KEYS]:
        known = _known(one) if isinstance(one, dict) else None
        if known is not None:
            found[str(one.get("kid", ""))] = known
    return found


class _Set(msgspec.Struct, frozen=True):
    keys: list[Any]


def _known(given: Mapping[str, Any]) -> _Known | None:
    kind = str(given.get("kty"))
    algorithms = _ALGORITHMS.get(kind if kind == "RSA" else f"{kind} {given.get('crv')}", ())
    if "alg" in given:
        algorithms = tuple(name for name in algorithms if name == given["alg"])
    operations = given.get("key_ops", ["verify"])
    verifies = isinstance(operations, list) and "verify" in operations
    if not algorithms or given.get("use", "sig") != "sig" or not verifies:
        return None
    try:
        key = PyJWK(dict(given), algorithms[0]).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if "d" in given or (isinstance(key, RSAPublicKey) and not _RSA_BITS[0] <= key.key_size <= _RSA_BITS[1]):
        return None
    return _Known(key, algorithms)


def _claim(said: Mapping[str, Any], name: str) -> Any:
    """The value of a claim, by its name or a JSON pointer."""
    if not name.startswith("/"):
        return said.get(name)
    found: Any = said
    for part in name[1:].split("/"):
        found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found


def _values(value: Any) -> list[str]:
    """What a claim lists: words of a text, or texts."""
    if isinstance(value, str):
        return value.split()
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _owner(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= NAME_LENGTH and _NAME.fullmatch(value) else None


def _line(text: str) -> str:
    """A claim as a name in the audit: one line, no longer than a name."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text[: NAME_LENGTH - len("oidc:")])
