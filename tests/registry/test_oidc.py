"""Tokens of an issuer: who is believed, and every way in which somebody might try to be believed."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from byte.registry import oidc
from byte.registry.actors import Actor
from byte.registry.clock import SECOND
from byte.registry.errors import ForbiddenError, IssuerError, UnauthenticatedError
from byte.registry.net import NetError
from byte.registry.oidc import Issuer, Tokens
from tests.registry.world import START

NOW = START // SECOND
ISSUER = Issuer(issuer="https://login.example.com", audience="registry", jwks_url="https://login.example.com/keys")
RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
OTHER = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
SHORT = rsa.generate_private_key(public_exponent=65_537, key_size=1_024)
EC = ec.generate_private_key(ec.SECP256R1())


def public(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    """A key as an issuer publishes it."""
    kind = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**kind.to_jwk(key.public_key(), as_dict=True), "kid": kid, **more}


KEYS = [public(RSA, "r", use="sig"), public(EC, "e", alg="ES256")]


def signed(
    key: Any = RSA, alg: str = "RS256", kid: str | None = "r", head: dict[str, Any] | None = None, **claims: Any
):
    """A token; a claim that is None is left out."""
    said = {"iss": ISSUER.issuer, "sub": "ann", "aud": "registry", "exp": NOW + 300, "scope": "openid byte:publish"}
    said = {name: value for name, value in {**said, **claims}.items() if value is not None}
    headers = {**({"kid": kid} if kid is not None else {}), **(head or {})}
    return jwt.PyJWS().encode(json.dumps(said).encode(), key, algorithm=alg, headers=headers)


class World:
    """An issuer that answers, or does not, and a time that stands until it is moved."""

    def __init__(self, issuer: Issuer = ISSUER, keys: list[dict[str, Any]] | None = None) -> None:
        self.keys: Any = {"keys": KEYS if keys is None else keys}
        self.configuration: Any = {"issuer": issuer.issuer, "jwks_uri": "https://login.example.com/k2"}
        self.asked: list[str] = []
        self.down = False
        self.passed = 0.0
        self.tokens = Tokens(issuer, self.fetch, clock=lambda: START, monotonic=lambda: self.passed)

    async def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        await asyncio.sleep(0)
        if self.down:
            raise NetError("It does not answer.")
        return msgspec.json.encode(self.configuration if "well-known" in url else self.keys)


def who(token: str, issuer: Issuer = ISSUER, keys: list[dict[str, Any]] | None = None) -> Actor:
    return asyncio.run(World(issuer, keys).tokens.actor(token))


# --- who is believed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key, alg, kid", [(RSA, "RS256", "r"), (RSA, "RS512", "r"), (RSA, "PS256", "r"), (EC, "ES256", "e")]
)
def test_a_token_of_the_issuer_says_who_asks(key, alg, kid):
    assert who(signed(key, alg, kid)) == Actor("oidc:ann", "publish", None, subject="ann")


def test_a_token_for_several_audiences_is_for_this_one_too():
    assert who(signed(aud=["other", "registry"])).name == "oidc:ann"


def test_an_issuer_with_one_key_need_not_name_it():
    assert who(signed(kid=None), keys=[public(RSA, "")]).name == "oidc:ann"
    with pytest.raises(UnauthenticatedError, match="a key that its issuer does not have"):
        who(signed(kid=None))


@pytest.mark.parametrize("head", [{"typ": "at+jwt"}, {"typ": "JWT"}, {"typ": "application/AT+JWT"}])
def test_access_tokens_are_taken_however_their_type_is_written(head):
    assert who(signed(head=head)).name == "oidc:ann"


@pytest.mark.parametrize("claims", [{"exp": NOW - 59}, {"nbf": NOW + 60}, {"iat": NOW + 60}])
def test_clocks_may_differ_by_a_minute(claims):
    assert who(signed(**claims)).name == "oidc:ann"


# --- who is not --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims, said",
    [
        ({"iss": "https://login.example.com/"}, "another issuer"),
        ({"iss": "https://evil.example.com"}, "another issuer"),
        ({"aud": "registry2"}, "audience"),
        ({"aud": ["other"]}, "audience"),
        ({"aud": []}, "audience"),
        ({"exp": NOW - 60}, "expired"),
        ({"exp": -1}, "expired"),
        ({"nbf": NOW + 61}, "does not hold yet"),
        ({"iat": NOW + 61}, "does not hold yet"),
        ({"iss": None}, "lacks a claim"),
        ({"sub": None}, "lacks a claim"),
        ({"aud": None}, "lacks a claim"),
        ({"exp": None}, "lacks a claim"),
        ({"exp": str(NOW + 300)}, "lacks a claim"),
        ({"exp": True}, "lacks a claim"),
        ({"sub": ["ann"]}, "lacks a claim"),
        ({"aud": {"registry": 1}}, "lacks a claim"),
    ],
)
def test_a_token_with_wrong_claims_is_refused(claims, said):
    with pytest.raises(UnauthenticatedError, match=said):
        who(signed(**claims))


def parts(token: str) -> list[str]:
    return token.split(".")


def encoded(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(alg: str) -> str:
    _, payload, _ = parts(signed())
    return f"{encoded({'alg': alg, 'kid': 'r'})}.{payload}."


def by_hmac() -> str:
    """Signed with the issuer's public key as if it were a secret: what everybody has."""
    _, payload, _ = parts(signed())
    content = f"{encoded({'alg': 'HS256', 'kid': 'r'})}.{payload}"
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return f"{content}.{encoded(hmac.digest(pem, content.encode(), hashlib.sha256))}"


def forged() -> str:
    """Another subject under a signature that holds."""
    head, payload, signature = parts(signed())
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{head}.{encoded({**said, 'sub': 'root'})}.{signature}"


TRIES: dict[str, tuple[Callable[[], str], str]] = {
    "no algorithm": (lambda: unsigned("none"), "a way that the key"),
    "no algorithm, shouted": (lambda: unsigned("NONE"), "a way that the key"),
    "a public key as a secret": (by_hmac, "a way that the key"),
    "another subject": (forged, "signature"),
    "no signature": (lambda: ".".join([*parts(signed())[:2], ""]), "signature"),
    "another's key": (lambda: signed(OTHER), "signature"),
    "a key of another type": (lambda: signed(EC, "ES256", "r"), "a way that the key"),
    "another algorithm than the key's": (lambda: signed(RSA, "RS256", "e"), "a way that the key"),
    "an unknown key": (lambda: signed(OTHER, kid="mine"), "does not have"),
    "its own key": (
        lambda: signed(OTHER, head={"jwk": public(OTHER, "r"), "jku": "https://evil.example.com"}),
        "signature",
    ),
    "something critical": (lambda: signed(head={"crit": ["b64"], "b64": True}), "a kind that is not known"),
    "the token of a logout": (lambda: signed(head={"typ": "logout+jwt"}), "a kind that is not known"),
    "two parts": (lambda: ".".join(parts(signed())[:2]), "neither a key"),
    "five parts": (lambda: "a.b.c.d.e", "neither a key"),
    "nothing": (lambda: "..", "neither a key"),
    "no base64": (lambda: "é.é.é", "neither a key"),
    "no JSON": (lambda: f"{encoded(b'{')}.a.b", "neither a key"),
    "a list": (lambda: f"{encoded([])}.a.b", "neither a key"),
    "depth": (lambda: f"{encoded(b'[' * 12_000)}.a.b", "neither a key"),
    "too long": (lambda: signed(more="x" * 20_000), "neither a key"),
    "a name that is none": (lambda: f"{encoded({'alg': 'RS256', 'kid': 7})}.a.b", "neither a key"),
}


@pytest.mark.parametrize("name", TRIES)
def test_a_token_that_is_none_is_refused(name):
    made, said = TRIES[name]
    with pytest.raises(UnauthenticatedError, match=said):
        who(made())


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize(
    "key",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "r", "alg": "HS256"},
        public(SHORT, "r"),
        public(RSA, "r", use="enc"),
        public(RSA, "r", key_ops=["encrypt"]),
        public(RSA, "r", key_ops=5),
        public(RSA, "r", alg="HS256"),
        {**public(RSA, "r"), "n": "AQAB"},
        {**public(EC, "r"), "crv": "secp256k1"},
        {**public(EC, "r"), "x": "!"},
        {**RSAAlgorithm.to_jwk(RSA, as_dict=True), "kid": "r"},
        {"kty": ["RSA"], "kid": "r"},
        "r",
        None,
    ],
)
def test_keys_that_are_not_to_be_trusted_are_passed_over(key):
    with pytest.raises(UnauthenticatedError, match="does not have"):
        who(signed(SHORT if key == public(SHORT, "r") else RSA), keys=[key, public(OTHER, "o"), public(EC, "e")])


# --- what they may do --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims, more, scope",
    [
        ({"scope": "byte:read"}, {}, "read"),
        ({"scope": "byte:admin byte:read"}, {}, "admin"),
        ({"scope": ["byte:read", "byte:publish"]}, {}, "publish"),
        ({"scp": "Registry.Admin"}, {"scope_claim": "scp", "scopes": {"Registry.Admin": "admin"}}, "admin"),
        (
            {"realm_access": {"roles": ["x", "byte:admin"]}},
            {"scope_claim": "/realm_access/roles"},
            "admin",
        ),
        ({"https://x.example/roles": ["byte:read"]}, {"scope_claim": "https://x.example/roles"}, "read"),
    ],
)
def test_a_scope_is_had_by_a_claim(claims, more, scope):
    assert who(signed(**claims), msgspec.structs.replace(ISSUER, **more)).scope == scope


@pytest.mark.parametrize("scope", [None, "", "openid admin", "byte:admins", {"byte:admin": True}, 1, [["byte:admin"]]])
def test_without_a_scope_nothing_is_allowed(scope):
    with pytest.raises(ForbiddenError, match="none of the scopes"):
        who(signed(scope=scope))


@pytest.mark.parametrize("owner, team", [("shop", "shop"), ("Shop!", None), (["shop"], None), ("x" * 101, None)])
def test_who_publishes_does_so_for_the_team_that_a_claim_names(owner, team):
    assert who(signed(byte_owner=owner)).owner == team


def test_the_audit_names_who_came_and_nobody_can_pass_for_a_key():
    named = msgspec.structs.replace(ISSUER, name_claim="email")
    assert who(signed(email="ann@example.com"), named).name == "oidc:ann@example.com"
    assert who(signed(), named).name == "oidc:ann"
    assert who(signed(email="byte\n\x1b[0m" + "x" * 500), named).name == "oidc:byte\ufffd\ufffd[0m" + "x" * 86
    first, second = (who(signed(sub=sub, email="same"), named) for sub in ("a", "b"))
    assert first.name == second.name
    assert first.id != second.id


# --- the issuer's keys -------------------------------------------------------------------------


def test_the_keys_are_where_the_configuration_says():
    issuer = msgspec.structs.replace(ISSUER, jwks_url=None)
    world = World(issuer)
    assert asyncio.run(world.tokens.actor(signed())).name == "oidc:ann"
    assert world.asked == ["https://login.example.com/.well-known/openid-configuration", "https://login.example.com/k2"]


@pytest.mark.parametrize(
    "configuration, keys",
    [
        ({"issuer": "https://evil.example.com", "jwks_uri": "https://evil.example.com/k"}, {"keys": KEYS}),
        ([], {"keys": KEYS}),
        ({"issuer": ISSUER.issuer, "jwks_uri": "https://login.example.com/k"}, []),
        ({"issuer": ISSUER.issuer, "jwks_uri": "https://login.example.com/k"}, {"keys": {}}),
        ({"issuer": ISSUER.issuer, "jwks_uri": "https://login.example.com/k"}, {"keys": []}),
    ],
)
def test_an_issuer_that_makes_no_sense_is_believed_in_nothing(configuration, keys, caplog):
    world = World(msgspec.structs.replace(ISSUER, jwks_url=None))
    world.configuration, world.keys = configuration, keys
    with pytest.raises(IssuerError, match="cannot be had"):
        asyncio.run(world.tokens.actor(signed()))
    assert "cannot be had" in caplog.text


def test_many_at_once_ask_once():
    async def scenario(world: World) -> None:
        await asyncio.gather(*(world.tokens.actor(signed()) for _ in range(50)))

    world = World()
    asyncio.run(scenario(world))
    assert len(world.asked) == 1


def test_an_unknown_key_is_asked_for_once_a_minute_whatever_is_sent():
    async def scenario(world: World) -> None:
        await world.tokens.actor(signed())
        strange = signed(OTHER, kid="new")
        for seconds in range(0, 181, 5):
            world.passed = seconds
            with pytest.raises(UnauthenticatedError):
                await world.tokens.actor(strange)
        assert len(world.asked) == 4  # at the beginning, and after 60, 120 and 180 seconds
        world.keys = {"keys": [*KEYS, public(OTHER, "new")]}
        world.passed = 239
        with pytest.raises(UnauthenticatedError):
            await world.tokens.actor(strange)
        world.passed = 240
        assert (await world.tokens.actor(strange)).name == "oidc:ann"

    asyncio.run(scenario(World()))


def test_a_key_that_is_withdrawn_is_believed_for_an_hour():
    async def scenario(world: World) -> None:
        await world.tokens.actor(signed())
        world.keys = {"keys": [public(EC, "e")]}
        world.passed = oidc.STALE
        await world.tokens.actor(signed())
        world.passed = oidc.STALE + 1
        await world.tokens.actor(signed())  # nobody waits for the keys that are asked for now
        await asyncio.sleep(0.01)
        with pytest.raises(UnauthenticatedError, match="does not have"):
            await world.tokens.actor(signed())

    asyncio.run(scenario(World()))


def test_an_issuer_that_is_away_stops_nobody_for_a_day():
    async def scenario(world: World) -> None:
        world.down = True
        with pytest.raises(IssuerError):
            await world.tokens.actor(signed())
        world.down = False
        with pytest.raises(IssuerError):
            await world.tokens.actor(signed())
        world.passed = oidc.SOON
        await world.tokens.actor(signed())
        world.down = True
        world.passed += oidc.TOO_OLD
        await world.tokens.actor(signed())
        await asyncio.sleep(0.01)
        world.passed += 1
        with pytest.raises(IssuerError):
            await world.tokens.actor(signed())
        world.down = False
        world.passed += oidc.AGAIN
        await world.tokens.actor(signed())

    asyncio.run(scenario(World()))
