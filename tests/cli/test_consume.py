"""`byte consume`, `byte impact` and `byte review --registry`: who uses what, told before it goes."""

import json
import shutil
from typing import Any

import pytest

from byte.registry.actors import SYSTEM
from byte.registry.documents import read
from byte.registry.exports import export
from byte.registry.publish import publish
from byte.registry.store import Store
from tests.cli.started import Started

CLIENT = """\
import os

import httpx

ORDERS_URL = os.environ["ORDERS_URL"]


def total(order_id: str) -> int:
    order = httpx.get(f"{ORDERS_URL}/orders/{order_id}", timeout=5).json()
    return sum(item["price"] for item in order["items"])


def refund(order_id: str) -> None:
    httpx.post(f"{ORDERS_URL}/orders/{order_id}/refund", timeout=5)
"""
SETTINGS = """\
[tool.byte]
service = "web"

[tool.byte.consumes.orders]
base = ["ORDERS_URL"]

[[tool.byte.consumes.orders.uses]]
operation = "GET /orders"
reads = ["id"]
"""
GET = "GET /orders/{id}"


def _document(*gone: str) -> dict[str, Any]:
    text = {"type": "string"}
    line = {"type": "object", "properties": {"price": text, "sku": text}, "required": ["price", "sku"]}
    fields = {name: text for name in ("id", "note", "unused") if name not in gone}
    if "items" not in gone:
        fields["items"] = {"type": "array", "items": line}  # type: ignore[dict-item]
    order = {"type": "object", "properties": fields, "required": list(fields)}
    answer = {"200": {"description": "ok", "content": {"application/json": {"schema": order}}}}
    paths = {"/orders": {"get": {"responses": answer}}, "/orders/{id}": {"get": {"responses": answer}}}
    return {"openapi": "3.1.0", "info": {"title": "Orders", "version": "1.0.0"}, "paths": paths}


@pytest.fixture(scope="session")
def started():
    """A process that has imported what these commands need."""
    parts = ("registry.places", "registry.impacts", "registry.consuming", "registry.answering", "server.settings")
    made = Started(*(f"byte.{part}" for part in parts))
    yield made
    made.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A registry with one service."""
    file = tmp_path_factory.mktemp("filled") / "registry.db"
    store = Store.open(f"sqlite:///{file}")
    publish(store, SYSTEM, "orders", read(json.dumps(_document()).encode()), create=True)
    store.close()
    return file


@pytest.fixture
def database(tmp_path, filled):
    shutil.copyfile(filled, tmp_path / "registry.db")
    return f"sqlite:///{tmp_path}/registry.db"


@pytest.fixture
def web(tmp_path):
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "client.py").write_text(CLIENT)
    (folder / "pyproject.toml").write_text(SETTINGS)
    return folder


def _exported(database, tmp_path):
    store = Store.open(database)
    with (tmp_path / "registry.ndjson").open("wb") as file:
        file.writelines(export(store))
    store.close()
    return "registry.ndjson"


def test_what_source_and_settings_say_is_declared_and_again_changes_nothing(byte, web, database):
    done = byte("consume", "orders", "--from", "web", "--database-url", database, "--format", "json")
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert told["uses"] == [
        {"operation": "GET /orders", "reads": ["id"], "sends": []},
        {"operation": GET, "reads": ["items/price"], "sends": []},
    ]
    assert (told["consumer"], told["evidence"], told["outcome"]) == ("web", [f"client.py:9 {GET}"], "declared")
    assert [left["request"] for left in told["unresolved"]] == ["POST {}/orders/{}/refund"]
    again = byte("consume", "orders", "--from", "web", "--database-url", database, "--format", "json")
    assert json.loads(again.out)["outcome"] == "unchanged"


def test_the_table_has_what_is_used_and_what_is_not_claimed(byte, web, database):
    out = byte("consume", "orders", "--from", "web", "--database-url", database, "--dry-run").out
    assert [line.split() for line in out.splitlines()[1:3]] == [
        ["GET", "/orders", "id", "declared"],
        ["GET", "/orders/{id}", "items/price", "client.py:9"],
    ]
    assert "not claimed: client.py:14 POST {}/orders/{}/refund: `orders` has no such operation" in out
    assert "`web` would use 2 operations of `orders`." in out
    assert byte("impact", "orders", "--operation", GET, "--database-url", database).code == 0


def test_without_the_name_of_its_address_nothing_is_claimed(byte, web, database):
    (web / "pyproject.toml").unlink()
    done = byte("consume", "orders", "--from", "web", "--database-url", database)
    assert done.code == 1
    assert "Nothing of `orders` is used" in done.out
    assert byte("consume", "orders", "--from", "web", "--base", "orders_url", "--database-url", database).code == 0


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("nothing",), "There is no service `nothing`"),
        (("orders", "--operations", "GET /nothing"), "has no operation `GET /nothing`"),
        (("orders", "--fields", "id"), "name these with `--operations`"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(byte, web, database, arguments, said):
    done = byte("consume", *arguments, "--as", "x", "--database-url", database, cwd=web)
    assert done.code == 2
    assert said in done.err


def test_impact_names_who_uses_a_field_and_exits_by_that(byte, web, database, tmp_path):
    byte("consume", "orders", "--from", "web", "--database-url", database)
    byte("consume", "orders", "--operations", GET, "--fields", "note", "--as", "mail", "--database-url", database)
    used = byte("impact", "orders", "--field", "items/price", "--database-url", database)
    assert used.code == 1
    assert used.out.splitlines() == [
        "`items/price` of `orders`: 1 of 2 registered consumers uses it.",
        "  `web` reads `items/price` (client.py:9)",
    ]
    free = byte("impact", "orders", "--field", "unused", "--export", _exported(database, tmp_path))
    assert (free.code, free.out) == (0, "`unused` of `orders`: nobody uses it (2 registered consumers of `orders`).\n")
    assert byte("impact", "orders", "--field", "nothing", "--database-url", database).code == 2
    (tmp_path / "new.json").write_text(json.dumps(_document("note", "unused")))
    new = byte("impact", "orders", "--against", "new.json", "--database-url", database, "--format", "json")
    assert new.code == 1
    assert json.loads(new.out)["affected"] == ["mail"]


def test_what_is_deprecated_says_what_keeps_it(byte, web, database):
    told = {"/orders": {"deprecated": True, "x-sunset": "2099-01-01"}, "/orders/{id}": {"deprecated": True}}
    document = _document()
    document["info"]["version"] = "1.1.0"
    for path, said in told.items():
        document["paths"][path]["get"] |= said
    store = Store.open(database)
    publish(store, SYSTEM, "orders", read(json.dumps(document).encode()))
    store.close()
    used, free = "still used by `mail`", "nobody uses it, it can go"
    waits = "GET /orders is deprecated, until 2099-01-01: nobody uses it, and its day has not come."
    end = f"{GET} is deprecated, without a day on which it ends"
    assert byte("impact", "orders", "--database-url", database).out.splitlines() == [waits, f"{end}: {free}."]
    byte("consume", "orders", "--operations", GET, "--as", "mail", "--database-url", database)
    assert byte("impact", "orders", "--database-url", database).out.splitlines() == [waits, f"{end}: {used}."]


@pytest.mark.parametrize("said", [{"deprecated": True}, {"deprecated": True, "x-sunset": "2020-01-01"}])
def test_a_review_names_who_uses_a_deprecated_operation_that_goes(byte, web, database, tmp_path, said):
    byte("consume", "orders", "--from", "web", "--database-url", database)
    old, new = _document(), _document()
    old["paths"]["/orders/{id}"]["get"] |= said
    del new["paths"]["/orders/{id}"]
    (tmp_path / "old.json").write_text(json.dumps(old))
    (tmp_path / "new.json").write_text(json.dumps(new))
    done = byte("review", "old.json", "new.json", "--format", "json", "--registry", _exported(database, tmp_path))
    ((hit,),) = (one["consumers"] for one in json.loads(done.out)["registry"]["breaks"])
    assert (hit["consumer"], hit["reason"]) == ("web", f"uses `{GET}`, which was removed")


def test_a_review_names_the_consumers_that_a_break_breaks(byte, web, database, tmp_path):
    byte("consume", "orders", "--from", "web", "--database-url", database)
    (tmp_path / "old.json").write_text(json.dumps(_document()))
    (tmp_path / "new.json").write_text(json.dumps(_document("items", "unused")))
    asked = ("review", "old.json", "new.json", "--format", "json", "--registry")
    told = json.loads(byte(*asked, _exported(database, tmp_path)).out)
    hits = {one["message"]: [hit["consumer"] for hit in one["consumers"]] for one in told["registry"]["breaks"]}
    assert hits == {"response property `items` was removed": ["web"], "response property `unused` was removed": []}
    assert "Breaks `web`: reads `items/price`" in " ".join(finding["message"] for finding in told["findings"])
    other = ("--upload", "--service", "orders")
    kept = byte(*asked, "http://127.0.0.1:9", *other)
    assert kept.code == 2
    assert "The registry was not reached" in kept.err
    gone = byte(*asked, "http://127.0.0.1:9")
    assert gone.code == 1
    (notice,) = json.loads(gone.out)["registry"]["notices"]
    assert notice.startswith("The registry was not reached")


def test_the_name_of_the_project_is_that_of_its_settings_where_uses_are_said_by_options(byte, web, database):
    asked = ("consume", "orders", "--operations", GET, "--fields", "id", "--database-url", database, "--format", "json")
    told = json.loads(byte(*asked, cwd=web).out)
    assert told["consumer"] == "web"
    assert told["uses"] == [{"operation": GET, "reads": ["id"], "sends": []}]


CRM = {
    "/customers": {"get": {"operationId": "listCustomers", "summary": "List all customers of the company"}},
    "/customers/{id}": {"delete": {"operationId": "removeCustomer", "summary": "Remove a customer"}},
    "/invoices": {"get": {"operationId": "listInvoices", "summary": "List invoices that are not paid"}},
}


def _crm() -> dict[str, Any]:
    done = {"responses": {"200": {"description": "ok"}}}
    paths = {path: {verb: {**told, **done} for verb, told in item.items()} for path, item in CRM.items()}
    return {"openapi": "3.1.0", "info": {"title": "CRM", "version": "1.0.0"}, "paths": paths}


def test_a_new_endpoint_that_a_registered_operation_already_is_has_a_better_alternative(byte, database, tmp_path):
    store = Store.open(database)
    publish(store, SYSTEM, "crm", read(json.dumps(_crm()).encode()), create=True)
    store.close()
    head = _document()
    done = {"200": {"description": "ok"}}
    head["paths"] |= {
        "/clients": {"get": {"summary": "List all customers", "operationId": "list_customers", "responses": done}},
        "/parcels": {"get": {"summary": "Track a parcel", "operationId": "track_parcel", "responses": done}},
    }
    (tmp_path / "old.json").write_text(json.dumps(_document()))
    (tmp_path / "new.json").write_text(json.dumps(head))
    asked = ("review", "old.json", "new.json", "--registry", _exported(database, tmp_path))
    told = json.loads(byte(*asked, "--format", "json").out)
    ((alike, found),) = [(one["operation"], one["found"]) for one in told["registry"]["similar"]]
    assert (alike, [(one["service"], one["operation"]) for one in found]) == (
        "GET /clients",
        [("crm", "GET /customers")],
    )
    written = byte(*asked, "--format", "markdown").out
    assert byte(*asked, "--format", "markdown").out == written
    section = written.partition("Better Alternatives Considered")[2].partition("\n##")[0]
    assert "Registered already for what `GET /clients` is new for: `GET /customers` of `crm` (0." in section
    assert "both say `customers`, `list`)." in section
    assert "parcels" not in section
