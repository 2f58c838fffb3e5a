"""The whole way: an application that runs probes a service on this machine and tells a webhook what it found."""

import base64
import hashlib
import hmac
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from byte.registry import webhooks
from byte.registry.actors import SYSTEM
from byte.registry.health import schedule
from byte.registry.records import Service
from byte.registry.store import Store, leases, services
from byte.registry.webhooks import Draft
from byte.registry.work import LEASE
from tests.registry.world import networks
from tests.server.conftest import bearer, serving

Message = tuple[dict[str, str], bytes]


@pytest.fixture
def neighbour() -> Iterator[tuple[str, "queue.Queue[Message]"]]:
    """A service on this machine that is well, and takes messages."""
    got: queue.Queue[Message] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", got
    server.shutdown()
    thread.join()
    server.server_close()


def soon() -> str:
    """The name of a service whose first probe comes at once."""
    return min((f"service-{number}" for number in range(300)), key=lambda name: schedule.first(name, 60, 0.0))


def test_a_server_probes_its_services_and_tells_its_webhooks(
    store: Store, admin: str, neighbour: tuple[str, "queue.Queue[Message]"]
) -> None:
    url, got = neighbour
    name = soon()
    with store.writing() as write:
        services.add(write, Service(name=name, base_url=url))
    draft = Draft(url=f"{url}/hook", types=("health.changed",))
    _, secret = webhooks.create(store, SYSTEM, draft, networks("127.0.0.1"))
    with serving(store, background=True, allowed_networks=["127.0.0.1"]) as client:
        headers, body = got.get(timeout=30)
        health = client.get(f"/v1/services/{name}/health", headers=bearer(admin)).json()
    assert (health["state"], health["reason"], health["windows"][0]["uptime"]) == ("up", "", 1.0)
    said = msgspec.json.decode(body)
    assert (said["type"], said["service"]) == ("health.changed", name)
    assert said["data"] == {"from": "unknown", "to": "up", "reason": ""}
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    # It has stopped, and left nothing to wait for.
    with store.reading() as read:
        assert leases.holder(read, LEASE) is None


def test_a_server_that_may_not_work_in_the_background_asks_nobody(
    store: Store, admin: str, neighbour: tuple[str, "queue.Queue[Message]"]
) -> None:
    with serving(store, background=False) as client:
        assert client.get("/health/live").status_code == 200
        with store.reading() as read:
            assert leases.holder(read, LEASE) is None
