"""Whatever goes wrong, the answer is one problem of one shape."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from jsonschema_rs import validator_for
from starlette.testclient import TestClient

from byte.registry import errors
from byte.registry.store import Store
from byte.server import problems
from byte.server.app import create_app
from tests.server.conftest import bearer, serving, settings


def all_errors(kind: type[errors.RegistryError]) -> Iterator[type[errors.RegistryError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from all_errors(below)


def check(response, kind: str) -> dict:
    """The body of a problem, of this kind and in the shape that the document gives."""
    assert response.headers["content-type"] == problems.MEDIA_TYPE
    body = response.json()
    known = problems.KINDS[kind]
    assert (body["type"], body["title"], body["status"]) == (f"/problems/{kind}", known.title, known.status)
    assert response.status_code == known.status
    assert body["request_id"] == response.headers["x-request-id"]
    validator_for(problems.Problem.model_json_schema()).validate(body)
    return body


def test_every_error_of_the_registry_has_a_kind():
    assert set(all_errors(errors.RegistryError)) == set(problems.OF_ERROR)
    assert set(problems.OF_ERROR.values()) <= set(problems.KINDS)


@pytest.mark.parametrize("error", list(problems.OF_ERROR))
def test_an_error_of_the_registry_becomes_its_problem(store: Store, error: type[errors.RegistryError]):
    app = create_app(settings(log_level="error"), store)

    @app.get("/raise")
    async def fail() -> None:
        raise error("What was seen, and what to do.")

    with TestClient(app) as client:
        kind = problems.OF_ERROR[error]
        body = check(client.get("/raise"), kind)
    assert (body["detail"] == "What was seen, and what to do.") == (kind != "internal-error")


def test_faults_of_a_document_are_listed_with_their_places(store: Store):
    app = create_app(settings(), store)
    faults = tuple(errors.Fault(f"Wrong {number}.", f"/paths/{number}") for number in range(300))

    @app.get("/raise")
    async def fail() -> None:
        raise errors.UnreadableError("It is broken.", faults)

    with TestClient(app) as client:
        body = check(client.get("/raise"), "unreadable-document")
    assert body["errors"][0] == {"pointer": "/paths/0", "detail": "Wrong 0."}
    assert len(body["errors"]) == problems.ERRORS_SHOWN


def test_an_error_that_nobody_expected_tells_the_client_nothing(store: Store, log):
    app = create_app(settings(), store)

    @app.get("/raise")
    async def fail() -> None:
        raise ZeroDivisionError("the password is hunter2")

    with TestClient(app) as client:
        response = client.get("/raise", headers={"X-Request-Id": "abc-123"})
    assert check(response, "internal-error")["request_id"] == "abc-123"
    assert "hunter2" not in response.text
    assert "ZeroDivisionError" not in response.text
    (line,) = log.lines()
    assert (line["request_id"], line["status"]) == ("abc-123", 500)
    assert "ZeroDivisionError" in line["exception"]


def test_what_the_framework_refuses_is_a_problem_too(client: TestClient):
    check(client.get("/nothing/here"), "unknown-path")
    check(client.get("/v1/keys/"), "unknown-path")
    check(client.get("/v1/events?after=x"), "invalid")
    check(client.get("/v1/keys/NOT-AN-ID"), "invalid")
    check(client.get("/v1/keys/0000000000000000"), "not-found")


def test_a_method_that_a_path_does_not_take_says_which_it_takes(client: TestClient):
    response = client.patch("/v1/keys/0000000000000000")
    check(response, "method-not-allowed")
    assert response.headers["allow"] == "DELETE, GET, HEAD"


def test_every_fault_of_a_body_is_listed_by_its_pointer(client: TestClient):
    response = client.post("/v1/keys", json={"name": "", "scope": "root", "extra": 1})
    body = check(response, "invalid")
    assert {fault["pointer"] for fault in body["errors"]} == {"/name", "/scope", "/extra"}


def test_a_parameter_that_is_unknown_or_given_twice_is_named(client: TestClient):
    response = client.get("/v1/events?limti=5&after=1&after=2&types=a.b&types=c.d")
    faults = check(response, "invalid")["errors"]
    assert [fault["parameter"] for fault in faults] == ["limti", "after"]
    assert "`limit`" in faults[0]["detail"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "9" * 40])
def test_a_page_size_out_of_bounds_is_refused_and_never_clamped(client: TestClient, limit: str):
    check(client.get(f"/v1/events?limit={limit}"), "invalid")


HOSTILE = {
    "half a document": b'{"name": ',
    "not a number": b'{"name": NaN}',
    "deep": b"[" * 100_000,
    "deep but whole": b'{"a":' * 300 + b"1" + b"}" * 300,
    "half a character": b'{"name": "\\ud800"}',
    "no character": b'{"name": "a\\u0000", "scope": "read"}',
    "not utf-8": b'{"name": "\xff\xfe"}',
    "nothing": b"",
    "a text": b'"name"',
    "a list": b"[]",
    "a number without end": b'{"name": ' + b"9" * 100_000 + b"}",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_json_is_a_400(client: TestClient, body: bytes):
    check(client.post("/v1/keys", content=body, headers={"Content-Type": "application/json"}), "invalid")


@pytest.mark.parametrize("media", ["", "text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_a_body_of_another_media_type_is_a_415(client: TestClient, media: str):
    headers = {"Content-Type": media} if media else {}
    check(client.post("/v1/keys", content=b"{}", headers=headers), "unsupported-media-type")


def test_a_path_or_query_with_nul_is_refused_before_the_store_sees_it(client: TestClient):
    check(client.get("/v1/events?service=a%00b"), "invalid")
    check(client.get("/v1/keys/a%00b"), "invalid")


def test_a_body_that_is_too_large_is_refused_whether_it_says_its_length_or_not(store: Store, admin: str):
    with serving(store, body_limit=2_000) as client:
        headers = {**bearer(admin), "Content-Type": "application/json"}
        check(client.post("/v1/keys", content=b" " * 2_001, headers=headers), "too-large")
        chunks = (b" " * 500 for _ in range(5))
        check(client.post("/v1/keys", content=chunks, headers=headers), "too-large")
        check(client.post("/v1/keys", content=b" " * 1_999, headers=headers), "invalid")


def test_each_kind_of_problem_has_its_page(client: TestClient):
    for kind in problems.KINDS.values():
        page = client.get(f"/problems/{kind.name}")
        assert page.headers["content-type"].startswith("text/html")
        assert kind.name in page.text
    check(client.get("/problems/unheard-of"), "not-found")


def test_the_links_of_a_mounted_application_lead_below_its_place(store: Store, admin: str):
    registry = create_app(settings(), store)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with registry.router.lifespan_context(registry):
            yield

    around = FastAPI(lifespan=lifespan)
    around.mount("/registry", registry)
    with TestClient(around, headers=bearer(admin)) as client:
        assert client.get("/registry/v1/none").json()["type"] == "/registry/problems/unknown-path"
        made = client.post("/registry/v1/keys", json={"name": "x", "scope": "read"})
        assert client.get(made.headers["location"]).json()["name"] == "x"
        assert client.get("/registry/v1/keys?limit=1").json()["next"].startswith("/registry/v1/keys?")
        assert client.get("/registry/health/ready").status_code == 200


def test_an_application_whose_lifespan_has_not_begun_says_so(store: Store):
    client = TestClient(create_app(settings(), store))
    assert "lifespan" in check(client.get("/health/ready"), "not-ready")["detail"]
    check(client.get("/v1/keys"), "not-ready")
