"""Real processes: two servers on one PostgreSQL behave as one, and a server starts and stops as it should."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import uvloop
from typer.testing import CliRunner, Result

from byte.cli.app import app
from byte.model.errors import SettingsError
from byte.server.auth import FRESH
from byte.server.run import EARS, ears, serve
from tests.registry.conftest import cluster, postgresql_url
from tests.server.conftest import bearer, settings

__all__ = ["cluster", "postgresql_url"]

SERVE = """
from byte.server.run import EARS, ears, serve
from byte.server.settings import Settings
serve(Settings(), lambda text: print(text, end="", flush=True))
"""


class Server:
    """A running server: where it answers, what it said, and the first key if it made one."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.said += line
            if "Ctrl-C" in line:
                break
        (self.base,) = re.findall(r"answers at (http://127\.0\.0\.1:\d+)", self.said)
        key = re.search(r"^    (byte_\S+)$", self.said, re.MULTILINE)
        self.key: str = key[1] if key else ""

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) in (0, -signal.SIGTERM)


@contextmanager
def server(**environment: str) -> Iterator[Server]:
    given = {"BYTE_PORT": "0", "BYTE_LOG_LEVEL": "warning", "BYTE_RATE_LIMIT": "0", "BYTE_ANONYMOUS_RATE_LIMIT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        env={**os.environ, **given, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Server(process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def until_ready(client: httpx.Client) -> None:
    for _ in range(600):
        try:
            if client.get("/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail("the server did not become ready")


def test_two_servers_on_one_database_behave_as_one(postgresql_url: str):
    with ExitStack() as stack:
        both = [stack.enter_context(server(BYTE_DATABASE_URL=postgresql_url)) for _ in range(2)]
        assert (bool(both[0].key), bool(both[1].key)) == (True, False), "only an empty store gets a first key"
        headers = bearer(both[0].key)
        one, two = (stack.enter_context(httpx.Client(base_url=each.base, headers=headers, timeout=60)) for each in both)
        until_ready(one)
        until_ready(two)

        made = one.post("/v1/owners", json={"name": "team", "title": "Team"})
        assert made.status_code == 201, made.text
        seen = two.get("/v1/owners/team")
        assert (seen.json(), seen.headers["etag"]) == (made.json(), made.headers["etag"])

        # Of two edits of one revision, one on each server, one is refused.
        edits = [
            each.patch("/v1/owners/team", json={"title": title}, headers={"If-Match": seen.headers["etag"]})
            for each, title in ((one, "One"), (two, "Two"))
        ]
        assert [edit.status_code for edit in edits] == [200, 412]
        assert two.get("/v1/owners/team").json()["title"] == "One"

        # Who waits at one server hears of what happens at the other.
        last = two.get("/v1/status").json()["last_event"]
        issued = one.post("/v1/keys", json={"name": "CI", "scope": "read"})
        heard = two.get(f"/v1/events?after={last}&wait=20").json()["items"]
        assert [event["type"] for event in heard] == ["key.issued"]

        # A key that is revoked at one works at neither a second later.
        theirs = bearer(issued.json()["token"])
        assert two.get("/v1/status", headers=theirs).status_code == 200
        assert one.delete(issued.headers["location"]).status_code == 204
        time.sleep(FRESH)
        assert two.get("/v1/status", headers=theirs).status_code == 401

        for each in both:
            each.stop()


def test_a_server_starts_without_configuration_and_says_where_to_go(tmp_path: Path):
    with server(HOME=str(tmp_path), XDG_DATA_HOME="", BYTE_WORKERS="1") as first:
        assert first.key
        assert f"{first.base}/docs" in first.said
        folder = "Library/Application Support" if sys.platform == "darwin" else ".local/share"
        assert f"sqlite:///{tmp_path}/{folder}/byte/registry.db" in first.said
        with httpx.Client(base_url=first.base, timeout=60) as client:
            until_ready(client)
            assert client.get("/v1/status", headers=bearer(first.key)).json()["caller"]["scope"] == "admin"
            assert client.get("/docs").status_code == 200
        first.stop()


def imported(server: Server, *names: Path | str, key: str) -> Result:
    arguments = ["import", *map(str, names), "--server", server.base]
    return CliRunner().invoke(app(arguments), arguments, env={"BYTE_API_KEY": key})


def test_documents_are_imported_into_a_server_and_again_change_nothing(tmp_path: Path):
    document = {"openapi": "3.1.0", "info": {"title": "Orders", "version": "1"}, "paths": {"/a": {"get": {}}}}
    (tmp_path / "orders.json").write_text(json.dumps(document))
    (tmp_path / "tools.json").write_text('{"tools": [{"name": "forecast", "inputSchema": {"type": "object"}}]}')
    (tmp_path / "broken.json").write_text("{")
    with server(BYTE_DATABASE_URL=f"sqlite:///{tmp_path}/r.db") as running:
        first = imported(running, tmp_path / "orders.json", tmp_path / "tools.json", key=running.key)
        assert (first.exit_code, first.output.split()[:2]) == (0, ["2", "new"])
        again = imported(running, tmp_path, key=running.key)
        assert again.exit_code == 1
        assert "2  there already" in again.output
        assert "broken.json" in again.output
        refused = imported(running, tmp_path, key="")
        assert "No key was sent" in str(refused.exception)
        with httpx.Client(base_url=running.base, headers=bearer(running.key), timeout=60) as client:
            listed = client.get("/v1/services").json()["items"]
            assert [(each["name"], each["kind"]) for each in listed] == [("orders", "rest"), ("tools", "mcp")]
            assert client.get("/v1/services/orders/versions/1/document").json() == document
        running.stop()


def test_a_port_that_is_taken_is_said_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            SettingsError, match=rf"127\.0\.0\.1:{port} cannot be listened at \(Address already in use\)"
        ):
            serve(settings(port=port, database_url="sqlite:////nowhere/r.db"), print)


@pytest.mark.nightly
def test_several_processes_answer_at_one_port(tmp_path: Path):
    with server(BYTE_DATABASE_URL=f"sqlite:///{tmp_path}/r.db", BYTE_WORKERS="2") as both:
        with httpx.Client(base_url=both.base, headers=bearer(both.key), timeout=60) as client:
            until_ready(client)
            assert client.get("/v1/status").json()["caller"]["name"] == "first admin"
        both.stop()


def test_a_server_takes_many_new_clients_at_a_time():
    """The loop takes one new connection of a socket each time around: with one socket the last of many would wait long."""
    made: list[object] = []

    class Client(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            made.append(transport)

    async def main(listener: socket.socket) -> int:
        loop = asyncio.get_running_loop()
        servers = [await loop.create_server(Client, sock=ear) for ear in ears(listener)]
        address = listener.getsockname()
        clients = [socket.create_connection(address) for _ in range(EARS)]
        turns = 0
        while len(made) < EARS:
            await asyncio.sleep(0)
            turns += 1
        for client in clients:
            client.close()
        for server in servers:
            server.close()
        return turns

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        assert runner.run(main(listener)) < EARS / 2
