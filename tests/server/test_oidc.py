"""Tokens of an issuer at a server: who comes with one is named in the audit, and keys go on working beside them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from pydantic import ValidationError

from byte.registry.clock import SECOND
from byte.registry.store import Store
from byte.server import run
from byte.server.settings import Settings
from tests.server.conftest import START, bearer, serving, settings
from tests.server.test_problems import check

KEY = ec.generate_private_key(ec.SECP256R1())
NETWORK = ["127.0.0.1"]


class Issuer:
    """An issuer on this machine."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                data = json.dumps(issuer.said(self.path)).encode()
                self.send_response(issuer.status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def said(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            return {"keys": [{**ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "1"}]}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}

    def token(self, **claims: Any) -> dict[str, str]:
        said = {"iss": self.url, "sub": "ann", "aud": "registry", "exp": START // SECOND + 300, "scope": "byte:admin"}
        token = jwt.PyJWS().encode(
            json.dumps({**said, **claims}).encode(), KEY, algorithm="ES256", headers={"kid": "1"}
        )
        return bearer(token)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def configured(issuer: Issuer, **more: Any) -> dict[str, Any]:
    return {"oidc_issuer": issuer.url, "oidc_audience": "registry", "allowed_networks": NETWORK, **more}


def test_who_comes_with_a_token_is_named_in_the_audit(store: Store, admin: str, issuer: Issuer):
    with serving(store, **configured(issuer)) as client:
        told = client.get("/v1/status", headers=issuer.token()).json()["caller"]
        assert told == {"name": "oidc:ann", "scope": "admin", "owner": None}
        made = client.post("/v1/owners", json={"name": "shop", "title": "Shop"}, headers=issuer.token())
        assert made.status_code == 201
        theirs = issuer.token(sub="bob", scope="byte:publish", byte_owner="shop")
        assert client.post("/v1/services", json={"name": "orders"}, headers=theirs).json()["owner"] == "shop"
        check(client.post("/v1/keys", json={"name": "x", "scope": "read"}, headers=theirs), "forbidden")
        heard = client.get("/v1/events?after=0", headers=bearer(admin)).json()["items"]
        assert [(one["type"], one["actor"]) for one in heard[-2:]] == [
            ("owner.created", "oidc:ann"),
            ("service.created", "oidc:bob"),
        ]
        assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]


def test_tokens_that_do_not_hold_are_problems(store: Store, admin: str, issuer: Issuer):
    with serving(store, **configured(issuer)) as client:
        check(client.get("/v1/status", headers=issuer.token(aud="other")), "unauthenticated")
        check(client.get("/v1/status", headers=issuer.token(scope="openid")), "forbidden")
        check(client.get("/v1/status", headers=bearer("a.b.c")), "unauthenticated")
        check(client.get("/v1/status", headers=bearer("byte_0123456789abcdef_" + "a" * 43)), "unauthenticated")


def test_an_issuer_that_is_away_stops_tokens_and_no_keys(store: Store, admin: str, issuer: Issuer, log):
    issuer.status = 500
    with serving(store, **configured(issuer)) as client:
        answer = client.get("/v1/status", headers=issuer.token())
        check(answer, "issuer-unavailable")
        assert answer.headers["retry-after"] == "5"
        assert client.get("/v1/status", headers=bearer(admin)).status_code == 200


def test_an_issuer_in_a_network_that_is_not_allowed_is_not_asked(store: Store, issuer: Issuer):
    with serving(store, **configured(issuer, allowed_networks=[])) as client:
        check(client.get("/v1/status", headers=issuer.token()), "issuer-unavailable")
        assert issuer.asked == []


def test_without_an_issuer_no_token_is_looked_at(store: Store, issuer: Issuer):
    with serving(store, allowed_networks=NETWORK) as client:
        check(client.get("/v1/status", headers=issuer.token()), "unauthenticated")
        assert issuer.asked == []


def test_who_has_a_valid_token_has_a_limit_of_their_own(store: Store, issuer: Issuer):
    with serving(store, **configured(issuer, rate_limit=0.001, anonymous_rate_limit=0.001)) as client:
        # The burst is one: the first counts for the address, the next for the subject.
        theirs = issuer.token()
        codes = [client.get("/v1/status", headers=theirs).status_code for _ in range(3)]
        assert codes == [200, 200, 429]


def test_a_request_is_done_once_also_where_the_token_was_renewed(store: Store, issuer: Issuer):
    body = {"name": "CI", "scope": "read"}
    with serving(store, **configured(issuer)) as client:
        first, again = (
            client.post("/v1/keys", json=body, headers={**issuer.token(jti=jti), "Idempotency-Key": "one"})
            for jti in ("1", "2")
        )
        assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")


def test_an_issuer_needs_an_audience():
    with pytest.raises(ValidationError, match="needs the audience"):
        settings(oidc_issuer="https://login.example.com")


def test_settings_reach_the_processes_of_a_server(monkeypatch: pytest.MonkeyPatch):
    given = settings(
        oidc_issuer="https://login.example.com",
        oidc_audience="registry",
        oidc_scopes={"roles/admin": "admin"},
        cors_origins=("https://portal.example",),
        allowed_networks=["10.0.0.0/8"],
        database_url="sqlite:////tmp/none.db",
    )
    for name, value in run._environment(given).items():
        monkeypatch.setenv(name, value)
    again = Settings()
    assert again == given
