"""The contracts that a review reads, and what the endpoints take from them."""

import msgspec
import pytest

from byte.extract.affected import affected, alters_contract
from byte.model import contract as c
from byte.model.change import Change
from byte.model.facts import ChangeFacts, Endpoint
from byte.model.published import Published
from tests.rules import pages

SHOP = """from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/orders")


@router.get("/{order_id}")
def read_order(order_id: int) -> dict:
    return total(order_id)


def total(order_id):
    return {"id": order_id}


def create_app():
    app = FastAPI()
    for version in ("v1", "v2"):
        app.include_router(router, prefix=f"/{version}")
    return app


app = create_app()
"""


def test_a_router_that_is_included_twice_shows_twice():
    facts = pages.facts({"app/main.py": SHOP})
    assert [e.name for e in facts.all(Endpoint)] == ["GET /v1/orders/{order_id}", "GET /v2/orders/{order_id}"]
    assert {e.at.line for e in facts.all(Endpoint)} == {6}
    facts = pages.facts({"app/main.py": SHOP})
    facts.read_contracts = False
    assert len(facts.all(Endpoint)) == 1
    assert facts.contracts() == ()


def test_the_library_of_routers_stays_as_it_is():
    files = {"lib/routes.py": SHOP.partition("def create_app")[0]}
    assert [e.path for e in pages.facts(files).all(Endpoint)] == ["/orders/{order_id}"]


def test_a_converter_in_the_path_is_kept():
    text = (
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/files/{path:path}')\ndef read(path: str): ...\n"
    )
    assert [e.path for e in pages.facts({"app/main.py": text}).all(Endpoint)] == ["/files/{path:path}"]


def test_a_parameter_of_a_prefix_is_one_of_the_path():
    text = """from fastapi import APIRouter, FastAPI

router = APIRouter()


@router.get("/orders")
def orders(shop: str) -> dict:
    return {}


def add(app, prefixes):
    for prefix in prefixes:
        app.include_router(router, prefix=prefix)


app = FastAPI()
add(app, ["/{shop}", "/shops/{shop}"])
"""
    found = pages.facts({"app/main.py": text}).all(Endpoint)
    assert {e.path for e in found} >= {"/{shop}/orders", "/shops/{shop}/orders"}
    assert {p.place for e in found for p in e.parameters if "{shop}" in e.path} == {"path"}


@pytest.mark.parametrize(
    "text", ["import (\n", "from fastapi import FastAPI\napp = FastAPI()\nraise RuntimeError\n", ""]
)
def test_what_cannot_be_read_is_no_contract(text):
    for contract in pages.facts({"app/main.py": text}).contracts():
        assert list(c.operations(contract.document)) == []


def test_a_reader_that_fails_stops_nothing(monkeypatch):
    def fails(*_):
        raise RecursionError

    monkeypatch.setattr("byte.extract.contracts.read", fails)
    assert pages.facts({"app/main.py": SHOP}).contracts() == ()
    monkeypatch.setattr("byte.extract.contracts.remembered", fails)
    assert pages.facts({"app/main.py": SHOP}).contracts() == ()


def test_the_folder_that_an_application_is_imported_from_is_found():
    files = {
        "backend/app/main.py": "from fastapi import FastAPI\n\nfrom app.routes import router\n\n"
        "app = FastAPI()\napp.include_router(router)\n",
        "backend/app/routes.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
        "@router.get('/a')\ndef a() -> int: ...\n",
        "other/app/routes.py": "x = 1\n",
    }
    (contract,) = pages.facts(files).contracts()
    assert [op.name for op in c.operations(contract.document)] == ["GET /a"]


OTHER = "def helper(x):\n    return x\n"
DOCUMENT = (
    "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths:\n  /orders: {get: {responses: {}}}\n" + "# ...\n" * 20
)


@pytest.mark.parametrize(
    "path, before, after, expected",
    [
        ("app/main.py", SHOP, SHOP.replace("return total(order_id)", "return total(order_id + 1)"), True),
        ("app/main.py", SHOP, SHOP.replace('prefix="/orders"', 'prefix="/order"'), True),
        ("app/main.py", SHOP, SHOP.replace('"v2"', '"v3"'), True),
        ("app/main.py", SHOP, SHOP.replace('{"id": order_id}', '{"id": 7}'), False),
        ("app/main.py", SHOP, SHOP + "# done\n", False),
        ("app/other.py", OTHER, OTHER.replace("return x", "return [x]"), False),
        ("app/other.py", OTHER, OTHER + "\n\nclass A:\n    x: int\n", True),
        ("app/other.py", OTHER, OTHER + "\n\nLIMIT = 7\n", True),
        ("app/other.py", OTHER, "import os\n" + OTHER, False),
        ("README.md", "a", "b", False),
        ("docs/openapi.yaml", DOCUMENT, DOCUMENT + "# more\n", True),
        ("docs/config.yaml", "a: 1\n" * 40, "a: 2\n" * 40, False),
    ],
)
def test_contracts_are_read_only_where_the_change_can_alter_them(path, before, after, expected):
    files = {"app/main.py": SHOP, "app/other.py": OTHER}
    base, head = pages.facts({**files, path: before}, "base"), pages.facts({**files, path: after})
    change = Change(base=base.snapshot, head=head.snapshot)
    assert alters_contract(change, base, head, affected(change, base, head)) is expected


def test_a_handler_that_is_gone_alters_the_contract():
    base = pages.facts({"app/main.py": SHOP, "app/old.py": SHOP}, "base")
    head = pages.facts({"app/main.py": SHOP})
    change = Change(base=base.snapshot, head=head.snapshot)
    assert alters_contract(change, base, head, affected(change, base, head))


def test_documents_of_what_is_left_out_are_left_out():
    facts = pages.facts({"app/main.py": SHOP, "docs/openapi.yaml": DOCUMENT})
    assert [d.path for d in facts.all(Published)] == ["docs/openapi.yaml"]
    assert [d.path for d in facts.of(Published)] == ["docs/openapi.yaml"]
    facts.read_contracts = False
    assert ChangeFacts(facts, facts, frozenset(), {}).head.contracts() == ()
    assert msgspec.structs.asdict(facts.all(Published)[0])["path"] == "docs/openapi.yaml"
