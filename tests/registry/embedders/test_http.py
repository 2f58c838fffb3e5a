"""A service of embeddings may say anything: what is no vector is refused, and nobody waits for it long."""

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from byte.registry.search import embed_http
from byte.registry.search.embed_http import HttpEmbedder
from byte.registry.search.embeddings import EmbedderError

Answer = Callable[[list[str]], tuple[int, bytes]]


class Service:
    """A service on this machine: `answer` says what it answers to some texts, `heard` what it was sent."""

    def __init__(self) -> None:
        self.answer: Answer = good
        self.heard: list[tuple[str, str | None, dict[str, Any]]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
                service.heard.append((self.path, self.headers["authorization"], sent))
                status, body = service.answer(sent["input"])
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"


def vector(text: str) -> list[float]:
    return [float(len(text)), 1.0, -2.0]


def told(vectors: list[Any]) -> bytes:
    data = [{"object": "embedding", "index": at, "embedding": one} for at, one in enumerate(vectors)]
    return json.dumps({"object": "list", "data": data, "model": "m"}).encode()


def good(texts: list[str]) -> tuple[int, bytes]:
    return 200, told([vector(text) for text in texts])


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def model(service: Service) -> HttpEmbedder:
    return HttpEmbedder(service.url, "small", "secret", sleep=lambda seconds: None)


def test_texts_are_sent_in_batches_with_the_key_and_the_model(service: Service, model: HttpEmbedder) -> None:
    texts = [f"{'x' * at}" for at in range(embed_http.BATCH + 5)]
    found = model.encode(texts)
    assert found.shape == (len(texts), 3)
    expected = np.array([vector(text or " ") for text in texts])
    assert np.allclose(found, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)
    sizes = [len(sent["input"]) for _, _, sent in service.heard]
    assert sizes == [1, embed_http.BATCH, 5]
    assert {(path, key, sent["model"]) for path, key, sent in service.heard} == {
        ("/v1/embeddings", "Bearer secret", "small")
    }
    assert all(len(text) <= embed_http.CHARACTERS for text in service.heard[-1][2]["input"])


def test_the_order_of_an_answer_does_not_matter(service: Service, model: HttpEmbedder) -> None:
    def turned(texts: list[str]) -> tuple[int, bytes]:
        body = json.loads(good(texts)[1])
        return 200, json.dumps({"data": body["data"][::-1]}).encode()

    straight = model.encode(["a", "bb", "ccc"])
    service.answer = turned
    assert np.array_equal(model.encode(["a", "bb", "ccc"]), straight)


def test_models_and_services_are_told_apart(service: Service) -> None:
    assert HttpEmbedder(service.url, "one").identity != HttpEmbedder(service.url, "two").identity
    assert "secret" not in HttpEmbedder(service.url, "one", "secret").identity


HOSTILE: dict[str, Answer] = {
    "another length": lambda texts: (200, told([[1.0, 2.0] for _ in texts])),
    "different lengths": lambda texts: (200, told([[1.0] * (2 + at) for at, _ in enumerate(texts)])),
    "too few": lambda texts: (200, told([vector("a")])),
    "too many": lambda texts: (200, told([vector("a")] * (len(texts) + 1))),
    "the same twice": lambda texts: (200, json.dumps({"data": [{"index": 0, "embedding": vector("a")}] * 2}).encode()),
    "not a number": lambda texts: (200, told([[math.nan, 1.0, 2.0] for _ in texts])),
    "endless": lambda texts: (200, told([[math.inf, 1.0, 2.0] for _ in texts])),
    "too large to square": lambda texts: (200, told([[1e300, 1e300, 1e300] for _ in texts])),
    "words": lambda texts: (200, told([["a", "b", "c"] for _ in texts])),
    "nothing": lambda texts: (200, b""),
    "a page": lambda texts: (200, b"<html>"),
    "huge": lambda texts: (200, b" " * (1 << 20)),
    "deep": lambda texts: (200, b"[" * 100_000),
    "refused": lambda texts: (401, b"{}"),
    "broken": lambda texts: (500, b"{}"),
    "elsewhere": lambda texts: (302, b""),
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_vector_is_an_error_in_a_sentence(service: Service, model: HttpEmbedder, answer: Answer) -> None:
    service.answer = answer
    with pytest.raises(EmbedderError) as said:
        model.encode(["one", "two"])
    assert len(str(said.value)) < 400
    assert "secret" not in str(said.value)
    service.answer = good
    assert model.encode(["one"]).shape == (1, 3)


def test_what_fails_for_a_moment_is_tried_again_with_growing_pauses(service: Service) -> None:
    pauses: list[float] = []
    answers = iter([(503, b""), (429, b"")])
    model = HttpEmbedder(service.url, "m", sleep=pauses.append)
    service.answer = lambda texts: next(answers, None) or good(texts)
    assert model.encode(["a"]).shape == (1, 3)
    assert pauses == [0.5, 1.0]


def test_a_service_that_is_away_at_the_start_is_asked_once(service: Service) -> None:
    """Whoever starts tries again later, and does other things until then."""
    service.answer = lambda texts: (503, b"")
    with pytest.raises(EmbedderError, match="answers 503"):
        HttpEmbedder(service.url, "m", sleep=lambda seconds: pytest.fail("it waits"))
    assert len(service.heard) == 1


def test_half_of_a_character_is_no_reason_to_fail(model: HttpEmbedder) -> None:
    assert np.array_equal(model.encode_query("a\ud800"), model.encode_query("a?"))


def test_a_key_that_is_refused_is_not_sent_again(service: Service, model: HttpEmbedder) -> None:
    service.answer = lambda texts: (401, b"{}")
    before = len(service.heard)
    with pytest.raises(EmbedderError, match="answers 401"):
        model.encode(["a"])
    assert len(service.heard) == before + 1


def test_nobody_waits_for_a_slow_service(service: Service, model: HttpEmbedder, monkeypatch) -> None:
    gone = threading.Event()

    def slow(texts: list[str]) -> tuple[int, bytes]:
        gone.wait(10)
        return good(texts)

    service.answer = slow
    monkeypatch.setattr(embed_http, "QUERY_SECONDS", 0.05)
    start = time.monotonic()
    with pytest.raises(EmbedderError, match="did not answer within"):
        model.encode_query("a")
    assert time.monotonic() - start < 8, "it was not waited for until it answered"
    gone.set()


@pytest.mark.parametrize("url", ["http://169.254.169.254/v1", "http://[::ffff:169.254.169.254]/", "http://x y/v1"])
def test_a_service_at_an_address_that_hands_out_secrets_is_not_asked(url: str) -> None:
    with pytest.raises(EmbedderError):
        HttpEmbedder(url, "m", "secret", sleep=lambda seconds: None)


def test_a_zero_vector_stays_one(service: Service, model: HttpEmbedder) -> None:
    service.answer = lambda texts: (200, told([[0.0, 0.0, 0.0] for _ in texts]))
    assert not model.encode(["a"]).any()
