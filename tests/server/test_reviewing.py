"""`byte review --registry` against a server that runs, one that hangs and one that is none."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from byte.cli import review
from byte.cli.app import app
from tests.server.conftest import bearer
from tests.server.test_replicas import server, until_ready


def _document(title: str, paths: dict[str, str]) -> dict[str, Any]:
    done = {"200": {"description": "ok"}}
    told = {path: {"get": {"summary": summary, "responses": done}} for path, summary in paths.items()}
    return {"openapi": "3.1.0", "info": {"title": title, "version": "1.0.0"}, "paths": told}


ORDERS = {"/orders": "List the orders of a shop", "/orders/{id}": "Get an order"}
CRM = {"/customers": "List all customers of the company", "/invoices": "List invoices that are not paid"}


@pytest.fixture
def documents(tmp_path: Path) -> tuple[str, str]:
    """What clients know, and what takes its place: an operation is gone, one is new."""
    head = {"/orders": ORDERS["/orders"], "/clients": "List all customers"}
    made = tmp_path / "old.json", tmp_path / "new.json"
    for file, paths in zip(made, (ORDERS, head), strict=True):
        file.write_text(json.dumps(_document("Orders", paths)))
    return str(made[0]), str(made[1])


def _reviewed(documents: tuple[str, str], registry: str, key: str = "", *more: str) -> tuple[dict[str, Any], str]:
    environment = {"BYTE_API_KEY": key} if key else {}
    asked = ["review", *documents, "--format", "json", "--registry", registry, *more]
    done = CliRunner().invoke(app(asked), asked, env=environment)
    assert done.exit_code == 1, done.output
    return json.loads(done.stdout), done.stderr


def test_a_server_names_the_consumers_and_what_is_there_already_and_keeps_the_review(
    documents: tuple[str, str], tmp_path: Path
) -> None:
    with (
        server(BYTE_DATABASE_URL=f"sqlite:///{tmp_path}/registry.db") as running,
        httpx.Client(base_url=running.base, headers=bearer(running.key), timeout=60) as client,
    ):
        until_ready(client)
        for name, paths in (("orders", ORDERS), ("crm", CRM)):
            made = client.post(f"/v1/services/{name}/versions?create=true", json=_document(name, paths))
            assert made.status_code == 201, made.text
        used = {"uses": [{"operation": "GET /orders/{id}"}]}
        client.put("/v1/services/orders/consumers/web", json=used, headers={"If-None-Match": "*"}).raise_for_status()
        until_found(client)
        told, said = _reviewed(documents, running.base, running.key, "--upload", "--service", "orders")
        kept = client.get("/v1/reviews?service=orders").json()["items"]
    found = told["registry"]
    assert found["notices"] == []
    assert [hit["consumer"] for one in found["breaks"] for hit in one["consumers"]] == ["web"]
    assert [(one["operation"], [hit["operation"] for hit in one["found"]]) for one in found["similar"]] == [
        ("GET /clients", ["GET /customers"])
    ]
    assert f"kept as {running.base}/v1/reviews/" in said
    assert told["verdict"] in [one["verdict"] for one in kept]


def until_found(client: httpx.Client) -> None:
    """Waits until the index of the server has what was published."""
    for _ in range(600):
        if client.get("/v1/operations?q=customers").json().get("items"):
            return
        time.sleep(0.05)
    pytest.fail("nothing is found")


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as ears:
        yield f"http://127.0.0.1:{ears.getsockname()[1]}"


@pytest.fixture
def garbage() -> Iterator[str]:
    """The address of a server that answers what no registry does."""
    ears = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                line, _ = ears.accept()
            except OSError:
                return
            with line:
                line.recv(65_536)
                line.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"name": ["\x1b[2J"], "items": {"a": 1}}')

    threading.Thread(target=answer, daemon=True).start()
    yield f"http://127.0.0.1:{ears.getsockname()[1]}"
    ears.shutdown(socket.SHUT_RDWR)
    ears.close()


def test_a_server_that_hangs_changes_nothing_but_what_is_known_of_consumers(
    documents: tuple[str, str], silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "_SECONDS", 0.2)
    told, _ = _reviewed(documents, silent)
    (notice,) = told["registry"]["notices"]
    assert "did not answer within 0.2 seconds" in notice


def test_a_server_that_is_no_registry_is_told_as_one(documents: tuple[str, str], garbage: str) -> None:
    told, _ = _reviewed(documents, garbage)
    (notice,) = told["registry"]["notices"]
    assert "does not answer as a registry does" in notice
    assert "\x1b" not in notice
