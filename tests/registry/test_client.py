"""A registry elsewhere takes the same documents, and answers for the same ones."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from byte.registry import client, net
from byte.registry.actors import SYSTEM
from byte.registry.client import Client, bundles
from byte.registry.collect import collect
from byte.registry.errors import RegistryError, UnavailableError
from byte.registry.exports import export
from byte.registry.imports import lines
from byte.registry.records import Document
from byte.registry.store import Store


def spec(title, **more):
    return json.dumps({"openapi": "3.0.0", "info": {"title": title, "version": "1"}, "paths": {}, **more})


@pytest.fixture
def serving():
    """Answers requests for imports with what a function makes of them; the function may be replaced."""
    seen: list[tuple[str, str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, self.headers["Authorization"], self.headers["Content-Type"], body))
            status, told = server.answer(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        answer = staticmethod(lambda body: (200, b""))
        seen: list[tuple[str, str, str, bytes]]
        url: str

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.seen, server.url = seen, f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def store(sqlite_url):
    opened = Store.open(sqlite_url, create=False)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / "specs"
    top.mkdir()
    (top / "a.json").write_text(spec("A", components={"schemas": {"X": {"$ref": "parts.txt#/X"}}}))
    (top / "parts.txt").write_text('{"X": {"type": "object"}}')
    (top / "b.yaml").write_bytes(spec("B").encode("utf-16"))
    (top / "tools.json").write_text('{"tools": []}')
    (top / "broken.json").write_text("{")
    return tmp_path


def sent(server, folder, *names):
    found = []
    for bundle in bundles(collect(names, folder)):
        found += bundle.failed
        found += [bundle.named(result) for result in Client(server.url, "byte_key_x").imported(bundle.lines)]
    return {result.name: result for result in found}


def test_documents_are_sent_with_all_that_they_refer_to(serving, store, folder):
    serving.answer = lambda body: (200, b"".join(lines(store, SYSTEM, [body])))
    found = sent(serving, folder, "specs")
    assert {name: (result.outcome, result.service) for name, result in found.items()} == {
        "specs/a.json": ("created", "a"),
        "specs/b.yaml": ("created", "b"),
        "specs/tools.json": ("created", "tools"),
        "specs/broken.json": ("failed", None),
    }
    assert found["specs/a.json"].warnings == ()
    assert [row[:3] for row in serving.seen] == [("/v1/imports", "Bearer byte_key_x", "application/x-ndjson")]


def test_what_one_registry_exports_another_takes(serving, store, folder, tmp_path):
    serving.answer = lambda body: (200, b"".join(lines(store, SYSTEM, [body])))
    sent(serving, folder, "specs")
    whole = b"".join(export(store))
    (folder / "all.ndjson").write_bytes(whole + b"\n{}\n")
    other = Store.open(f"sqlite:///{tmp_path}/other.db")
    serving.answer = lambda body: (200, b"".join(lines(other, SYSTEM, [body])))
    outcomes = [result.outcome for result in sent(serving, folder, "all.ndjson").values()]
    assert (outcomes.count("failed"), b"".join(export(other))) == (1, whole)
    other.close()


def test_what_is_sent_together_is_bounded(serving, store, folder, monkeypatch):
    monkeypatch.setattr(client, "BATCH", 2)
    serving.answer = lambda body: (200, b"".join(lines(store, SYSTEM, [body])))
    assert len(sent(serving, folder, "specs")) == 4
    assert [body.count(b"\n") for *_, body in serving.seen] == [2, 1]


@pytest.mark.parametrize(
    "status, body, error, said",
    [
        (200, b"<html>", RegistryError, "does not answer as a registry"),
        (404, b"<html>", RegistryError, "does not answer as a registry"),
        (401, b'{"title": "No key", "detail": "Give a key."}', RegistryError, r"\(401\): Give a key\."),
        (503, b'{"title": "Later"}', UnavailableError, r"\(503\): Later"),
        (200, b"", UnavailableError, "broke off"),
        (200, b'{"name": "x", "outcome": "created"}\n', UnavailableError, "broke off"),
        (200, b'{"name": "x", "outcome": "boiled"}\n', RegistryError, "does not answer as a registry"),
        (200, b"[1]\n", RegistryError, "does not answer as a registry"),
        (200, b'{"type": "interrupted", "reason": "The disk is full."}\n', UnavailableError, "disk is full"),
    ],
)
def test_an_answer_that_is_none_is_an_error(serving, status, body, error, said):
    serving.answer = lambda _: (status, body)
    with pytest.raises(error, match=said):
        list(Client(serving.url).imported([b"{}\n"]))


def test_a_server_that_is_not_there_is_told():
    with pytest.raises(UnavailableError, match="not reached"):
        list(Client("http://127.0.0.1:1").imported([b"{}\n"]))


# --- a publish, a review -----------------------------------------------------------------------

DOCUMENT = Document("sha256:x", "application/json", b"{}")


def answering(serving, status, body):
    serving.answer = lambda _: (status, json.dumps(body).encode())
    return Client(serving.url, "byte_key_x")


def test_a_publish_is_sent_as_it_is_and_answered_by_what_became_of_it(serving):
    asked = {"label": "1.0", "override": "We know & agree."}
    made = answering(serving, 201, {"label": "1.0", "review": None}).published("orders", DOCUMENT, asked)
    assert (made["outcome"], made["label"]) == ("published", "1.0")
    assert serving.seen[0] == (
        "/v1/services/orders/versions?label=1.0&override=We+know+%26+agree.",
        "Bearer byte_key_x",
        "application/json",
        b"{}",
    )
    trial = answering(serving, 200, {"review": {"verdict": "APPROVED"}}).published("orders", DOCUMENT, {})
    unasked = answering(serving, 200, {"review": None, "sequence": 0}).published("orders", DOCUMENT, {})
    known = answering(serving, 200, {"review": None, "sequence": 3}).published("orders", DOCUMENT, {})
    assert (trial["outcome"], unasked["outcome"], known["outcome"]) == ("published", "published", "unchanged")


def test_a_refusal_is_an_answer_and_every_other_problem_an_error(serving):
    problem = {"type": "/problems/version-refused", "detail": "It breaks.", "review": {"refusals": [{}]}}
    told = answering(serving, 422, problem).published("orders", DOCUMENT, {})
    assert told == {"outcome": "refused", "detail": "It breaks.", "review": {"refusals": [{}]}}
    for status, kind in ((422, "unreadable-document"), (409, "conflict"), (401, "unauthenticated")):
        client_ = answering(serving, status, {"type": f"/problems/{kind}", "detail": f"It is {kind}."})
        with pytest.raises(RegistryError, match=rf"refused the document \({status}\): It is {kind}"):
            client_.published("orders", DOCUMENT, {})
    for body in (b"<html>", b"[]", b'{"type": 1}'):
        serving.answer = lambda _, body=body: (422, body)
        with pytest.raises(RegistryError, match="does not answer as a registry does"):
            Client(serving.url).published("orders", DOCUMENT, {})


def test_a_review_is_sent_to_be_kept(serving):
    kept = answering(serving, 201, {"id": "abc"}).reviewed({"service": "orders", "verdict": "APPROVED"})
    assert (kept, serving.seen[0][0], serving.seen[0][2]) == ({"id": "abc"}, "/v1/reviews", "application/json")
    with pytest.raises(RegistryError, match="refused the review"):
        answering(serving, 404, {"detail": "There is no service `orders`."}).reviewed({})


@pytest.mark.parametrize("told", [b"{}" * 2, b"[1]", b"\xff", b'{"a":' + b"[" * 100_000, b""])
def test_an_answer_that_is_none_is_a_sentence(serving, told):
    for status in (200, 404, 500):
        serving.answer = lambda body, status=status: (status, told)
        with pytest.raises(RegistryError, match="as a registry does"):
            Client(serving.url, "key").reviewed({})
    serving.answer = lambda body: (404, told)
    with pytest.raises(RegistryError, match="as a registry does"):
        Client(serving.url, "key").request("POST", "/v1/services", b"{}")


def test_a_registry_that_takes_long_for_each_answer_is_left_after_so_many(monkeypatch):
    now = [0.0]
    given: list[float] = []

    class Slow:
        def __init__(self, **_): ...
        async def __aenter__(self):
            return self

        async def __aexit__(self, *_): ...
        async def request(self, method, url, *, limits, **_):
            given.append(limits.seconds)
            now[0] += 7
            return net.Answer(status=200, headers={}, body=b"{}", seconds=7, url=url)

    monkeypatch.setattr(net, "Client", Slow)
    asked = Client("https://registry.test", seconds=8, altogether=20, ticks=lambda: now[0])
    for _ in range(3):
        assert asked.read("/v1/services/shop") == {}
    with pytest.raises(UnavailableError, match="was not asked further"):
        asked.read("/v1/services/shop")
    assert given == [8, 8, 6]
