"""`byte search`: what is found in files and in a registry, how it is said, and the exit codes."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.started import Started

PAYMENTS = {
    "openapi": "3.0.0",
    "info": {"title": "Payments", "version": "1"},
    "paths": {
        "/payments/{id}/refunds": {
            "post": {"operationId": "createRefund", "summary": "Refund a payment", "tags": ["money"], "responses": {}}
        },
        "/payments": {"get": {"summary": "List payments", "deprecated": True, "responses": {}}},
    },
}
TOOLS = {
    "tools": [{"name": "forecast", "description": "Tell the weather of a city", "inputSchema": {"type": "object"}}]
}
APP = '''\
from fastapi import FastAPI

app = FastAPI(title="Shop")


@app.delete("/orders/{id}", summary="Cancel an order")
def cancel(id: int) -> None:
    """Stops an order that was not sent yet."""
'''


@pytest.fixture(scope="session")
def started():
    """A process that has imported what a search needs."""
    parts = ("search.index", "search.choice", "search.embed_static", "search.local", "documents", "collect", "client")
    made = Started(*(f"byte.registry.{part}" for part in parts))
    yield made
    made.close()


@pytest.fixture
def apis(tmp_path: Path) -> Path:
    folder = tmp_path / "apis"
    folder.mkdir()
    (folder / "payments.json").write_text(json.dumps(PAYMENTS))
    (folder / "tools.json").write_text(json.dumps(TOOLS))
    return folder


def found(done: Any) -> list[tuple[str, str]]:
    assert done.code in (0, 1), done.err
    return [(item["service"], item["name"]) for item in json.loads(done.out)["items"]]


def test_a_folder_of_documents_is_searched_without_a_registry(byte, apis):
    done = byte("search", "refund a payment", "apis")
    assert done.code == 0, done.err
    head, first, second = done.out.split("\n")[:3]
    assert head.split() == ["score", "operation", "service", "why"]
    assert "POST /payments/{id}/refunds  " in first
    assert "payments  " in first
    assert "Refund a payment" in second
    assert "apis/payments.json" in second
    assert "refund: " in done.out


def test_as_json_it_is_what_the_api_answers(byte, apis):
    body = json.loads(byte("search", "weather", "apis/tools.json", "--format", "json").out)
    assert body["items"][0]["name"] == "forecast"
    assert body["items"][0]["origin"] == "apis/tools.json"
    assert set(body) == {"items", "next", "answer", "reason", "arms", "index"}
    assert body["arms"] == "lexical+semantic"
    assert set(body["items"][0]["shares"]) == {"lexical", "semantic"}


def test_an_application_is_read_from_its_source(byte, tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "main.py").write_text(APP)
    body = json.loads(byte("search", "cancel an order", "shop", "--format", "json").out)
    assert (body["items"][0]["name"], body["items"][0]["origin"]) == ("DELETE /orders/{id}", "main.py:6")


def test_without_a_source_this_folder_is_searched(byte, apis):
    assert found(byte("search", "refund", "--format", "json", cwd=apis))[0][0] == "payments"


@pytest.mark.parametrize(
    "options, names",
    [
        (["--method", "post"], {"POST /payments/{id}/refunds"}),
        (["--method", "PUT"], set()),
        (["--tag", "money"], {"POST /payments/{id}/refunds"}),
        (["--kind", "mcp"], set()),
        (["--service", "payments", "--deprecated"], {"GET /payments"}),
        (["--no-deprecated"], {"POST /payments/{id}/refunds"}),
        (["--limit", "1"], {"POST /payments/{id}/refunds"}),
    ],
)
def test_filters_hold(byte, apis, options, names):
    body = found(byte("search", "refund payments", "apis/payments.json", "--format", "json", *options))
    assert {name for _, name in body} == names


def test_where_nothing_fits_that_is_said(byte, apis):
    done = byte("search", "xylophone lessons", "apis/payments.json")
    assert done.code == 1
    assert "Nothing that was found is likely to be what was asked for." in done.out


def test_files_of_a_folder_that_are_no_documents_are_left_out_and_named_ones_are_errors(byte, apis):
    (apis / "broken.json").write_text("{")
    done = byte("search", "refund", "apis")
    assert done.code == 0
    assert "left out: `apis/broken.json" in done.err
    alone = byte("search", "refund", "apis/broken.json")
    assert (alone.code, alone.out) == (2, "")
    assert len(alone.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["search", " ", "apis"], "nothing to look for"),
        (["search", "a", "nowhere"], "no file or folder"),
        (["search", "a", "apis", "--server", "http://x"], "two places"),
        (["search", "a", "apis", "--owner", "shop"], "--server"),
        (["search", "a", "--server", "http://127.0.0.1:1"], "not reached"),
        (["search", "a", "--server", "nonsense"], "not reached"),
        (["search", "a", "empty"], "no document"),
    ],
)
def test_what_cannot_be_searched_is_a_sentence(byte, apis, tmp_path, arguments, said):
    (tmp_path / "empty").mkdir()
    done = byte(*arguments)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_documents_of_one_name_are_two_services(byte, apis):
    (apis / "again.json").write_text(json.dumps(PAYMENTS))
    services = {service for service, _ in found(byte("search", "refund", "apis", "--tag", "money", "--format", "json"))}
    assert services == {"payments", "payments-2"}
    one = byte("search", "refund", "apis", "--format", "json", "--by-service", "--limit", "1")
    assert len(found(one)) == 1


def test_what_documents_say_does_not_steer_the_terminal(byte, apis):
    hostile = json.loads(json.dumps(PAYMENTS).replace("Refund a payment", "Refund \\u001b[2J\\u202e a payment"))
    (apis / "payments.json").write_text(json.dumps(hostile))
    done = byte("search", "refund", "apis")
    assert "\x1b[2J" not in done.out
    assert "\u202e" not in done.out


def test_a_question_that_is_no_text_is_asked_as_far_as_it_is_one(byte, apis, registry):
    url, heard, _ = registry
    assert byte("search", "refund \udcff", "--server", url, "--tag", "a\udcff").code == 0
    assert heard[0][0].startswith("/v1/operations?q=refund+%3F&")
    assert found(byte("search", "refund \udcff", "apis/payments.json", "--format", "json"))


def test_without_a_model_words_are_searched_and_that_is_said(byte, apis):
    done = byte("search", "refund", "apis", "--format", "json", env={"BYTE_EMBEDDINGS": "./no/model"})
    assert found(done)[0][1] == "POST /payments/{id}/refunds"
    assert "search is by words alone" in done.err
    assert json.loads(done.out)["arms"] == "lexical"


@pytest.mark.parametrize("missing", ["sqlalchemy", "fastapi", "pydantic", "httpcore", "psycopg", "onnxruntime"])
def test_files_are_searched_without_what_a_server_needs(byte, apis, tmp_path, missing):
    (tmp_path / "without" / missing).mkdir(parents=True)
    (tmp_path / "without" / missing / "__init__.py").write_text(f"raise ModuleNotFoundError(name={missing!r})")
    done = byte("search", "refund", "apis", env={"PYTHONPATH": f"{tmp_path}/without:{':'.join(sys.path)}"})
    assert done.code == 0, done.err


def test_without_what_a_search_needs_the_sentence_says_what_to_install(byte, apis, tmp_path):
    (tmp_path / "without" / "faiss").mkdir(parents=True)
    (tmp_path / "without" / "faiss" / "__init__.py").write_text("raise ModuleNotFoundError(name='faiss')")
    done = byte("search", "refund", "apis", env={"PYTHONPATH": f"{tmp_path}/without:{':'.join(sys.path)}"})
    assert (done.code, done.out) == (2, "")
    assert "Search needs faiss, which is not installed: `pip install 'byte-review[search]'`" in done.err


ITEM = {
    "service": "billing",
    "version": "3",
    "name": "POST /refunds",
    "summary": "Give money back",
    "score": 0.91,
    "shares": {"lexical": 0.6, "semantic": 0.4},
    "matched": {"path": ["refund"]},
    "others": 2,
}
ANSWER = {"items": [ITEM], "next": None, "answer": "good", "reason": "", "arms": "lexical+semantic"}


@pytest.fixture
def registry():
    """A registry that answers what it is told to; `heard` has the paths that it was asked for, and the keys."""
    heard: list[tuple[str, str | None]] = []
    answers: list[tuple[int, bytes]] = [(200, json.dumps(ANSWER).encode())]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append((self.path, self.headers["authorization"]))
            status, body = answers[-1]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", heard, answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_registry_is_asked_with_all_filters_and_the_key(byte, registry):
    url, heard, _ = registry
    options = ["--owner", "shop", "--state", "active", "--no-deprecated", "--by-service", "--limit", "5"]
    done = byte("search", "refund a payment", "--server", url, *options, env={"BYTE_API_KEY": "byte_x_y"})
    assert done.code == 0, done.err
    assert "POST /refunds" in done.out
    assert "2 more" in done.out
    query = "q=refund+a+payment&limit=5&group=service&owner=shop&state=active&deprecated=false"
    assert heard == [(f"/v1/operations?{query}", "Bearer byte_x_y")]
    body = json.loads(byte("search", "refund", "--server", url, "--format", "json").out)
    assert body == ANSWER


@pytest.mark.parametrize(
    "status, body, said",
    [
        (401, b'{"detail": "No key was sent."}', "refused the search (401): No key was sent."),
        (503, b'{"detail": "The search index is being built."}', "The search index is being built."),
        (200, b"<html>", "does not answer as a registry does"),
        (200, b"[]", "does not answer as a registry does"),
        (200, b'{"items": [], "answer": "perhaps"}', "does not answer as a registry does"),
        (200, b'{"items": [{}], "answer": "good"}', "does not answer as a registry does"),
        (404, b"", "does not answer as a registry does"),
    ],
)
def test_what_is_no_answer_of_a_registry_is_a_sentence(byte, registry, status, body, said):
    url, _, answers = registry
    answers.append((status, body))
    done = byte("search", "refund", "--server", url)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
