"""What is asked of a service of each kind, and which answers are good."""

import asyncio

import msgspec
import pytest

from byte.registry.health.probes import judged, prober
from byte.registry.net import Answer, Client
from byte.registry.records import HealthCheck, Kind, Probe, Service
from tests.registry.world import START, Time, networks, serving

LOCAL = networks("127.0.0.0/8")
Said = dict[str, bytes]


def said(status: int = 200, body: bytes = b"", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status} X\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def probed(kind: Kind, said_by_path: Said, heard: list[bytes] | None = None, *, allow=LOCAL, **probe) -> HealthCheck:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        line, _, _ = request.partition(b" HTTP/1.1")
        if heard is not None:
            heard.append(request)
        writer.write(said_by_path.get(line.decode(), said(404)))
        await writer.drain()

    async def run() -> HealthCheck:
        async with serving(handle) as port, Client(allow) as client:
            service = Service(name="a", kind=kind, base_url=f"http://127.0.0.1:{port}/base/", probe=Probe(**probe))
            return await prober(client, Time().clock)(service)

    return asyncio.run(run())


def test_a_rest_service_is_asked_for_its_path():
    check = probed("rest", {"GET /base/health": said(204)})
    assert (check.service, check.at, check.state, check.status, check.reason) == ("a", START, "up", 204, "")
    assert check.latency_ms is not None
    assert check.latency_ms > 0


@pytest.mark.parametrize(
    "status,expect,state",
    [
        (200, (), "up"),
        (299, (), "up"),
        (301, (), "down"),
        (404, (), "down"),
        (500, (), "down"),
        (401, (401,), "up"),
        (200, (401,), "down"),
        (503, (200, 503), "up"),
    ],
)
def test_which_statuses_of_a_rest_service_are_good(status, expect, state):
    check = probed("rest", {"GET /base/health": said(status)}, expect=expect)
    assert (check.state, check.status, bool(check.reason)) == (state, status, state == "down")


@pytest.mark.parametrize(
    "location,expect,state",
    [("/new", (), "up"), ("https://other.test/", (), "down"), ("https://other.test/", (302,), "up"), ("/", (), "down")],
)
def test_redirects_are_followed_within_the_host_unless_one_is_expected(location, expect, state):
    answers = {"GET /base/health": said(302, headers=f"Location: {location}\r\n"), "GET /new": said(200)}
    assert probed("rest", answers, expect=expect).state == state


def test_a_service_that_cannot_be_asked_is_not_probed_and_says_why():
    check = probed("rest", {}, allow=())
    assert (check.state, check.latency_ms, check.status) == ("not-probed", None, None)
    assert check.reason == "`127.0.0.1` is at an address that is not public: an admin can allow its network."


def test_a_service_that_does_not_speak_http_is_down():
    check = probed("rest", {"GET /base/health": b"hello\r\n\r\n"})
    assert (check.state, check.status) == ("down", None)
    assert "does not speak HTTP" in check.reason


def test_a_slow_answer_is_degraded():
    service = Service(name="a", probe=Probe(timeout=4))
    answer = Answer(status=200, headers={}, body=b"", seconds=2.5, url="")
    check = judged(service, START, answer, "")
    assert (check.state, check.latency_ms) == ("degraded", 2_500.0)
    assert check.reason == "It took 2.5 seconds, more than half of the 4 that it is given."
    assert judged(service, START, answer, "It is broken.").state == "down"


RESULT = msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-06-18"}})
ERROR = b'{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}'
JSON = "Content-Type: application/json\r\n"
STREAM = "Content-Type: text/event-stream; charset=utf-8\r\n"


@pytest.mark.parametrize(
    "answer,state",
    [
        (said(200, RESULT, JSON), "up"),
        (said(200, b": hello\n\nevent: message\ndata: " + RESULT + b"\n\n", STREAM), "up"),
        (said(200, b"data: " + RESULT.replace(b",", b",\r\ndata:") + b"\r\n\r\n", STREAM), "up"),
        (said(401), "up"),
        (said(403), "up"),
        (said(404), "down"),
        (said(200, b"<html>", JSON), "down"),
        (said(200, b"[]", JSON), "down"),
        (said(200, b'{"jsonrpc":"2.0","id":1}', JSON), "down"),
        (said(200, ERROR, JSON), "down"),
        (said(200, b"[" * 100_000, JSON), "down"),
        (said(200, b"data: \xff\xfe\n\n", STREAM), "down"),
    ],
)
def test_an_mcp_server_is_asked_to_initialize(answer, state):
    assert probed("mcp", {"POST /base": answer}).state == state


def test_a_stream_that_stays_open_is_left_once_it_has_answered():
    endless = b"HTTP/1.1 200 OK\r\n" + STREAM.encode() + b"Content-Length: 1000000\r\n\r\ndata: " + RESULT + b"\n\n"
    assert probed("mcp", {"POST /base": endless}).state == "up"


def test_a_probe_leaves_no_session_behind():
    heard: list[bytes] = []
    probed("mcp", {"POST /base": said(200, RESULT, JSON + "Mcp-Session-Id: 42\r\n")}, heard)
    assert [request.split(b" HTTP")[0] for request in heard] == [b"POST /base", b"DELETE /base"]
    assert b"mcp-session-id: 42" in heard[1]


CARD = b'{"name":"Agent","skills":[]}'


@pytest.mark.parametrize(
    "answers,state",
    [
        ({"GET /base/.well-known/agent-card.json": said(200, CARD)}, "up"),
        ({"GET /base/.well-known/agent.json": said(200, CARD)}, "up"),
        ({"GET /base/.well-known/agent-card.json": said(200, b"{}")}, "down"),
        ({"GET /base/.well-known/agent-card.json": said(200, b"<html>")}, "down"),
        ({}, "down"),
    ],
)
def test_an_agent_is_asked_for_its_card(answers, state):
    assert probed("a2a", answers).state == state


def test_the_older_path_of_a_card_is_asked_for_after_the_newer():
    heard: list[bytes] = []
    check = probed("a2a", {}, heard)
    assert [request.split(b" HTTP")[0].rpartition(b"/")[2] for request in heard] == [b"agent-card.json", b"agent.json"]
    assert (check.status, check.reason) == (404, "It answered 404 instead of its agent card.")
