"""A registry is asked alike wherever it is read from: a server, an export, a store."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from byte.compare import compare
from byte.model.contract import Contract, Operation
from byte.model.difference import Comparison
from byte.registry import keys, net, places
from byte.registry.actors import SYSTEM
from byte.registry.answering import Answering, question
from byte.registry.client import Client
from byte.registry.consumers import keep_consumer
from byte.registry.documents import read
from byte.registry.errors import NotFoundError, RegistryError, UnavailableError
from byte.registry.exports import export
from byte.registry.places import Exported, Place, Served, Stored
from byte.registry.publish import publish
from byte.registry.records import Consumer, Use
from byte.registry.store import Store
from byte.server.app import create_app
from byte.server.settings import Settings

GET = "GET /orders/{id}"


def _document(*fields: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in fields}, "required": list(fields)}
    answer = {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
    at = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orders", "version": "1"},
        "servers": [{"url": "https://orders.test/v1"}],
        "paths": {"/orders/{id}": {"get": {"parameters": [at], "responses": answer}}},
    }


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with a service and one consumer."""
    file = tmp_path_factory.mktemp("filled") / "registry.db"
    opened = Store.open(f"sqlite:///{file}")
    publish(opened, SYSTEM, "orders", read(json.dumps(_document("id", "note")).encode()), create=True)
    with opened.writing() as write:
        keep_consumer(write, SYSTEM, Consumer(service="orders", name="web", uses=(Use(GET, ("note",)),)))
    opened.close()
    return file


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copyfile(filled, tmp_path / "registry.db")
    opened = Store.open(f"sqlite:///{tmp_path}/registry.db", create=False)
    yield opened
    opened.close()


@pytest.fixture(params=["store", "export", "server"])
def place(request: pytest.FixtureRequest, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    if request.param == "store":
        yield Stored(store, SYSTEM)
    elif request.param == "export":
        yield Exported("registry.ndjson", export(store))
    else:
        token = keys.first(store)
        app = create_app(Settings(rate_limit=0, anonymous_rate_limit=0, background=False, log_level="error"), store)
        with TestClient(app) as client:

            def asked(self: Client, method: str, path: str, headers: dict[str, str], body: bytes) -> net.Answer:
                answer = client.request(method, path, content=body, headers=headers)
                return net.Answer(
                    status=answer.status_code, headers=answer.headers, body=answer.content, seconds=0, url=path
                )

            monkeypatch.setattr(Client, "_asked", asked)
            yield Served(Client("http://registry.test", token))


def test_a_service_is_found_with_its_latest_version(place: Place) -> None:
    found = place.find("orders")
    assert found is not None
    assert (found.name, found.kind, found.latest, found.base_url) == ("orders", "rest", "1", "https://orders.test/v1")
    assert place.find("nothing") is None
    assert [one.name for one in place.services()] == ["orders"]


def test_a_version_has_its_document_and_operations(place: Place) -> None:
    found = place.published("orders")
    assert (found.label, found.state, found.operations()) == ("1", "active", (GET,))
    assert place.published("orders", "1").document.data == found.document.data
    for service, label in (("nothing", None), ("orders", "9")):
        with pytest.raises(NotFoundError):
            place.published(service, label)


def test_consumers_are_told_with_their_fields(place: Place) -> None:
    (consumer,) = place.consumers("orders")
    assert (consumer.name, consumer.uses) == ("web", (Use(GET, ("note",)),))


def test_all_pages_of_a_list_are_read(place: Place, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_LIMIT", 2)
    if not isinstance(place, Exported):
        for number in range(5):
            place.declare(Consumer(service="orders", name=f"a{number}", uses=(Use(GET, ("id",)),)))
        assert [one.name for one in place.consumers("orders")] == ["a0", "a1", "a2", "a3", "a4", "web"]


def test_to_declare_the_same_again_changes_nothing(place: Place) -> None:
    mail = Consumer(service="orders", name="mail", uses=(Use(GET, ("id",)),), evidence=("a.py:1",))
    if isinstance(place, Exported):
        with pytest.raises(RegistryError, match="cannot be changed"):
            place.declare(mail)
        return
    assert place.declare(mail)
    assert not place.declare(mail)
    assert place.declare(msgspec.structs.replace(mail, evidence=("a.py:2",)))
    assert [(one.name, one.evidence) for one in place.consumers("orders")] == [("mail", ("a.py:2",)), ("web", ())]


def test_a_review_is_answered_by_the_service_of_the_contracts_title(place: Place) -> None:
    base, head = Contract(document=_document("id", "note")), Contract(document=_document("id"))
    comparison = Comparison(base, head, compare(base, head))
    titled = Contract(document={**_document("id", "note"), "info": {"title": "FastAPI", "version": "1"}})
    with pytest.raises(NotFoundError, match="`fastapi` is no service"):
        Answering(place).consumers([Comparison(titled, head, ())])
    assert Answering(place, project="Orders").consumers([Comparison(titled, head, ())]).service == "orders"
    for port in (Answering(place), Answering(place, "orders")):
        found = port.consumers([comparison])
        assert (found.service, found.number) == ("orders", 1)
        assert [hit.consumer for one in found.impacts for hit in one.affected] == ["web"]
    with pytest.raises(NotFoundError, match="--service"):
        Answering(place, "nothing").consumers([comparison])


def test_an_export_with_a_line_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.ndjson").write_text('{"type": "service"}\n')
    with pytest.raises(RegistryError, match="Line 1"):
        Exported.of_file(str(tmp_path / "broken.ndjson"))


class Searching:
    """A client of a registry that finds the same for every question."""

    server = "https://registry.test"

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def searched(self, given: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(given)
        return self.answer


def _found(name: str, score: float, service: str = "crm") -> dict[str, Any]:
    return {"id": "0", "service": service, "name": name, "score": score, "matched": {"summary": ["customer"]}}


def _similar(answer: dict[str, Any], summary: str = "Get a customer") -> tuple[list[dict[str, Any]], list[list[str]]]:
    client = Searching(answer)
    operation = Operation("get", "/customers/{id}", "", {"summary": summary})
    found = Answering(Served(client), "shop").similar([operation])  # type: ignore[arg-type]
    return client.asked, [[f"{hit.service} {hit.operation} {hit.reason}" for hit in hits] for hits in found]


def test_what_is_there_already_is_of_another_service_with_the_same_method_and_surely_alike() -> None:
    others = ("GET /clients", "POST /clients/{id}", "GET /clients/{id}/notes")
    hits = [_found("GET /clients/{id}", 0.9), _found("GET /x/{id}", 0.3), *(_found(name, 0.9) for name in others)]
    asked, found = _similar({"answer": "good", "items": [*hits, _found("GET /customers", 0.95, "shop")]})
    assert asked == [{"q": "Get a customer", "method": "GET", "deprecated": False, "limit": 10}]
    assert found == [["crm GET /clients/{id} both say `customer`"]]


def test_a_weak_answer_is_none() -> None:
    assert _similar({"answer": "weak", "items": [_found("GET /clients/{id}", 0.9)]})[1] == [[]]


def test_a_question_has_no_characters_that_no_question_may_have() -> None:
    asked, _ = _similar({"answer": "none", "items": []}, "Get\ta\ncus\x07tomer ")
    assert asked[0]["q"] == "Get a cus tomer"


@pytest.mark.parametrize("said, asked", [("Get all", "Get all shop orders"), ("", "shop orders")])
def test_what_says_little_of_itself_is_looked_for_by_its_path_too(said: str, asked: str) -> None:
    assert question(Operation("get", "/shop/{id}/orders", "", {"summary": said})) == asked


def test_every_service_has_a_health_check_of_its_own() -> None:
    client = Searching({"answer": "good", "items": [_found("GET /health", 0.9)]})
    operation = Operation("get", "/health", "", {"summary": "Health Check"})
    assert list(Answering(Served(client)).similar([operation])) == [()]  # type: ignore[arg-type]


def test_a_registry_that_failed_once_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def hang(self: Client, method: str, path: str, headers: dict[str, str], body: bytes) -> net.Answer:
        asked.append(path)
        raise UnavailableError("The registry was not reached.")

    monkeypatch.setattr(Client, "_asked", hang)
    port = Answering(Served(Client("https://registry.test")), "orders")
    base = Contract(document=_document("id"))
    with pytest.raises(UnavailableError):
        port.consumers([Comparison(base, base, ())])
    with pytest.raises(UnavailableError):
        port.similar([Operation("get", "/customers", "", {})])
    assert len(asked) == 1


# --- what is there already, in a file ----------------------------------------------------------


def _crm(summary: str, **operation: Any) -> dict[str, Any]:
    answer = {"200": {"description": "ok"}}
    told = {"summary": summary, "operationId": "listCustomers", "responses": answer, **operation}
    return {"openapi": "3.1.0", "info": {"title": "CRM", "version": "1"}, "paths": {"/customers": {"get": told}}}


def _exported(*lines: dict[str, Any]) -> Exported:
    crm = {"type": "service", "name": "crm"}
    return Exported("registry.ndjson", [json.dumps(line).encode() + b"\n" for line in (crm, *lines)])


def _version(label: str = "1", state: str = "active", **said: Any) -> dict[str, Any]:
    told = {"document": _crm("List all customers of the company")} | said
    return {"type": "version", "service": "crm", "label": label, "state": state, **told}


def _alike(place: Place, service: str | None = None) -> list[str]:
    wanted = Operation("get", "/clients", "", {"summary": "List all customers", "operationId": "list_customers"})
    (hits,) = Answering(place, service).similar([wanted])
    return [f"{hit.service} {hit.operation}" for hit in hits]


def test_what_a_file_holds_is_searched_without_a_server() -> None:
    assert _alike(_exported(_version())) == ["crm GET /customers"]
    assert _alike(_exported(_version()), "crm") == []


def test_what_is_going_is_no_alternative() -> None:
    assert _alike(_exported(_version(state="retired"))) == []
    assert _alike(_exported(_version(document=_crm("List all customers", deprecated=True)))) == []


@pytest.mark.parametrize("said", [{"document": "{"}, {"document": None}, {"document": "x", "document_base64": "eA=="}])
def test_a_version_that_cannot_be_read_hides_no_other(said: dict[str, Any]) -> None:
    other = {"type": "service", "name": "aaa"}
    broken = {**_version(**said), "service": "aaa"}
    assert _alike(_exported(other, broken, _version())) == ["crm GET /customers"]


def test_a_document_that_is_none_names_its_line() -> None:
    broken = _version(document="x", document_base64="eA==")
    with pytest.raises(RegistryError, match="Line 2 needs one"):
        _exported(broken).published("crm")


@pytest.mark.parametrize(
    "version", [{}, {"state": "broken"}, {"state": ["active"]}, {"state": "active", "sunset_at": 7}]
)
def test_a_server_that_tells_a_version_as_no_registry_does_is_said_to(
    version: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(self: Client, method: str, path: str, headers: dict[str, str], body: bytes) -> net.Answer:
        told = {"name": "crm", "latest": "1"} if path == "/v1/services/crm" else version
        return net.Answer(status=200, headers={}, body=json.dumps(told).encode(), seconds=0, url=path)

    monkeypatch.setattr(Client, "_asked", asked)
    with pytest.raises(RegistryError, match="as a registry does"):
        Served(Client("https://registry.test")).published("crm")
