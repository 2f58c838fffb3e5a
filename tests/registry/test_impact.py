"""Which consumers a difference breaks, through references, renames of models and nesting."""

import copy
import json
from typing import Any

import pytest

from byte.compare import compare
from byte.model.contract import Contract
from byte.model.difference import Comparison
from byte.registry.impact import affected, broken, evidence
from byte.registry.records import Consumer, Use

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
GET, LIST, POST = "GET /orders/{id}", "GET /orders", "POST /orders"


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def _answer(schema: Any) -> dict[str, Any]:
    return {"200": {"description": "fine", "content": {"application/json": {"schema": schema}}}}


def _shop() -> dict[str, Any]:
    """A shop: an order, a list of them, and a new one; lines are shared by reference."""
    order = {"$ref": "#/components/schemas/Order"}
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OrderIn"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "shop", "version": "1"},
        "paths": {
            "/orders": {
                "get": {
                    "parameters": [{"name": "limit", "in": "query", "schema": WHOLE}],
                    "responses": _answer({"type": "array", "items": order}),
                },
                "post": {"requestBody": body, "responses": _answer(order)},
            },
            "/orders/{id}": {
                "get": {
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
                    "responses": _answer(order),
                }
            },
        },
        "components": {
            "schemas": {
                "Order": _object(
                    "id", "total", "note", "items", id=TEXT, total=WHOLE, note=TEXT,
                    items={"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
                    parent={"anyOf": [{"$ref": "#/components/schemas/Order"}, {"type": "null"}]},
                    prices={"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Line"}},
                ),
                "Line": _object("price", "sku", price=WHOLE, sku=TEXT),
                "OrderIn": _object(
                    "sku", sku=TEXT, size={"type": "integer", "maximum": 10},
                    address=_object("street", street=TEXT),
                ),
            }
        },
    }  # fmt: skip


def _schemas(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def _without(document: dict[str, Any], schema: str, name: str) -> dict[str, Any]:
    held = _schemas(document)[schema]
    held["properties"].pop(name)
    held["required"] = [one for one in held["required"] if one != name]
    return document


def _renamed(document: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    text = json.dumps(document).replace(f'"#/components/schemas/{old}"', f'"#/components/schemas/{new}"')
    made: dict[str, Any] = json.loads(text)
    _schemas(made)[new] = _schemas(made).pop(old)
    return made


def _comparison(base: dict[str, Any], head: dict[str, Any]) -> Comparison:
    one, two = Contract(document=base), Contract(document=head)
    return Comparison(one, two, compare(one, two))


def _consumer(name: str, operation: str = GET, reads: tuple[str, ...] = (), sends: tuple[str, ...] = ()) -> Consumer:
    return Consumer(service="shop", name=name, uses=(Use(operation, reads, sends),), evidence=(f"{name}/client.py:7",))


def _names(head: dict[str, Any], *consumers: Consumer, base: dict[str, Any] | None = None) -> tuple[str, ...]:
    return affected(broken(_comparison(base or _shop(), head), consumers))


DISJOINT = (
    _consumer("ids", reads=("id",)),
    _consumer("prices", reads=("items/price",)),
    _consumer("notes", reads=("note",)),
)


@pytest.mark.parametrize(
    "schema, field, expected",
    [
        ("Order", "id", ("ids",)),
        ("Order", "note", ("notes",)),
        ("Line", "price", ("prices",)),
        ("Order", "total", ()),
        ("Line", "sku", ()),
    ],
)
@pytest.mark.parametrize("rename", [False, True])
def test_removing_a_field_names_exactly_who_reads_it(
    schema: str, field: str, expected: tuple[str, ...], rename: bool
) -> None:
    head = _without(_shop(), schema, field)
    if rename:
        head = _renamed(_renamed(head, "Order", "OrderOut"), "Line", "OrderLine")
    assert _names(head, *DISJOINT) == expected


def test_a_removed_field_is_told_with_field_operation_and_evidence() -> None:
    (impact,) = broken(_comparison(_shop(), _without(_shop(), "Line", "price")), DISJOINT)
    (hit,) = impact.affected
    assert (hit.consumer, hit.operation, hit.fields, hit.certain) == ("prices", GET, ("items/price",), True)
    assert hit.evidence == ("prices/client.py:7",)
    assert hit.reason == "reads `items/price`, which was removed"


def test_one_schema_in_two_operations_breaks_who_reads_it_in_either() -> None:
    head = _without(_shop(), "Line", "price")
    assert _names(head, _consumer("a", LIST, ("items/price",)), _consumer("b", GET, ("items[0]/price",))) == ("a", "b")


def test_a_field_of_that_name_elsewhere_is_another_one() -> None:
    assert _names(_without(_shop(), "Line", "sku"), _consumer("a", POST, ("id",), ("sku",))) == ()


def test_removing_what_a_field_is_in_breaks_its_readers() -> None:
    assert _names(_without(_shop(), "Order", "items"), *DISJOINT) == ("prices",)


def test_a_field_behind_a_model_that_holds_itself_is_found() -> None:
    deep = _consumer("deep", reads=("parent/parent/items/price",))
    assert _names(_without(_shop(), "Line", "price"), deep) == ("deep",)
    assert _names(_without(_shop(), "Order", "note"), deep) == ()


def test_a_field_of_the_values_of_a_map_is_found() -> None:
    head = _without(_shop(), "Line", "price")
    assert _names(head, _consumer("a", reads=("prices/EUR/price",)), _consumer("b", reads=("prices/*/price",))) == (
        "a",
        "b",
    )


def test_who_takes_a_whole_object_may_break_by_its_parts() -> None:
    (impact,) = broken(
        _comparison(_shop(), _without(_shop(), "Line", "price")),
        [
            _consumer("whole", reads=("items",)),
            _consumer("all", reads=("*",)),
            _consumer("partly", reads=("items", "items/sku")),
        ],
    )
    assert [(hit.consumer, hit.certain) for hit in impact.affected] == [("all", False), ("whole", False)]


def test_who_does_not_say_which_fields_may_break() -> None:
    (impact,) = broken(_comparison(_shop(), _without(_shop(), "Order", "note")), [_consumer("x")])
    assert [(hit.consumer, hit.certain, hit.fields) for hit in impact.affected] == [("x", False, ())]


def test_a_removed_operation_breaks_who_uses_it() -> None:
    head = _shop()
    del head["paths"]["/orders/{id}"]
    assert _names(head, *DISJOINT, _consumer("list", LIST, ("id",))) == ("ids", "notes", "prices")


@pytest.mark.parametrize(
    "said",
    [
        {"deprecated": True},
        {"deprecated": True, "x-sunset": "soon"},
        {"deprecated": True, "x-sunset": "2024-01-01"},
        {"x-stability-level": "draft"},
    ],
)
def test_a_removed_operation_breaks_who_uses_it_however_it_was_announced(said: dict[str, Any]) -> None:
    base, head = _shop(), _shop()
    base["paths"]["/orders/{id}"]["get"] |= said
    del head["paths"]["/orders/{id}"]
    (impact,) = broken(_comparison(base, head), [_consumer("ids", reads=("id",)), _consumer("list", LIST, ("id",))])
    assert [(hit.consumer, hit.certain, hit.reason) for hit in impact.affected] == [
        ("ids", True, f"uses `{GET}`, which was removed")
    ]


def test_a_sunset_that_cannot_be_read_any_more_breaks_nobody() -> None:
    base, head = _shop(), _shop()
    for document, day in ((base, "2024-01-01"), (head, "soon")):
        document["paths"]["/orders/{id}"]["get"] |= {"deprecated": True, "x-sunset": day}
    assert _names(head, *DISJOINT, base=base) == ()


def test_an_operation_is_the_same_however_its_parameters_are_called() -> None:
    assert _names(_without(_shop(), "Order", "note"), _consumer("x", "get /orders/{order_id}", ("note",))) == ("x",)


def test_a_required_request_field_breaks_who_does_not_send_it() -> None:
    head = _shop()
    held = _schemas(head)["OrderIn"]
    held["properties"]["colour"] = TEXT
    held["required"].append("colour")
    (impact,) = broken(
        _comparison(_shop(), head),
        [_consumer("a", POST, (), ("sku",)), _consumer("b", POST, (), ("sku", "colour")), _consumer("c", POST)],
    )
    assert [(hit.consumer, hit.certain) for hit in impact.affected] == [("a", True), ("c", True)]


def test_an_optional_field_that_became_required_breaks_who_does_not_send_it() -> None:
    head = _shop()
    _schemas(head)["OrderIn"]["required"].append("size")
    (impact,) = broken(
        _comparison(_shop(), head),
        [_consumer("a", POST, (), ("sku",)), _consumer("b", POST, (), ("sku", "size")), _consumer("c", POST)],
    )
    assert [(hit.consumer, hit.certain) for hit in impact.affected] == [("a", True), ("c", False)]


def test_a_required_part_of_an_optional_object_breaks_who_sends_the_object() -> None:
    head = _shop()
    held = _schemas(head)["OrderIn"]["properties"]["address"]
    held["properties"]["zip"] = TEXT
    held["required"].append("zip")
    (impact,) = broken(
        _comparison(_shop(), head),
        [
            _consumer("no-address", POST, (), ("sku",)),
            _consumer("street", POST, (), ("sku", "address/street")),
            _consumer("both", POST, (), ("sku", "address/street", "address/zip")),
            _consumer("whole", POST, (), ("sku", "address/*")),
            _consumer("unknown", POST),
        ],
    )
    assert [(hit.consumer, hit.certain) for hit in impact.affected] == [
        ("street", True),
        ("unknown", False),
        ("whole", False),
    ]


def test_a_narrowed_request_value_may_break_who_sends_it() -> None:
    head = _shop()
    _schemas(head)["OrderIn"]["properties"]["size"]["maximum"] = 5
    (impact,) = broken(
        _comparison(_shop(), head), [_consumer("a", POST, (), ("sku",)), _consumer("b", POST, (), ("sku", "size"))]
    )
    assert [(hit.consumer, hit.certain, hit.fields) for hit in impact.affected] == [("b", False, ("size",))]


def test_a_parameter_that_became_required_breaks_who_does_not_send_it() -> None:
    head = _shop()
    head["paths"]["/orders"]["get"]["parameters"][0] |= {"required": True}
    assert _names(head, _consumer("a", LIST, ("id",)), _consumer("b", LIST, ("id",), ("limit",))) == ("a",)


def test_another_type_breaks_who_reads_the_field_and_nobody_else() -> None:
    head = _shop()
    _schemas(head)["Order"]["properties"]["note"] = WHOLE
    assert _names(head, *DISJOINT) == ("notes",)


def test_an_answer_that_became_a_list_breaks_every_reader() -> None:
    head = _shop()
    head["paths"]["/orders/{id}"]["get"]["responses"] = _answer(
        {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}
    )
    assert _names(head, *DISJOINT) == ("ids", "notes", "prices")


def test_a_part_of_all_of_that_is_gone_breaks_the_readers_of_its_fields() -> None:
    base = _shop()
    parts = [_object("a", a=TEXT), _object("b", b=TEXT)]
    base["paths"]["/orders/{id}"]["get"]["responses"] = _answer({"allOf": parts})
    head = copy.deepcopy(base)
    head["paths"]["/orders/{id}"]["get"]["responses"] = _answer({"allOf": parts[:1]})
    assert _names(head, _consumer("a", reads=("a",)), _consumer("b", reads=("b",)), base=base) == ("b",)


def test_an_optional_field_that_is_gone_is_told_to_who_reads_it_and_to_nobody_else() -> None:
    head = _without(_shop(), "Order", "prices")
    assert _names(head, _consumer("a", reads=("prices/EUR/price",)), _consumer("b", reads=("id",))) == ("a",)
    assert broken(_comparison(_shop(), head), [_consumer("b", reads=("id",))]) == ()


def test_a_break_that_nobody_feels_is_told_without_consumers() -> None:
    (impact,) = broken(_comparison(_shop(), _without(_shop(), "Order", "total")), DISJOINT)
    assert impact.affected == ()


def test_the_places_of_a_use_are_those_of_its_operation_and_those_of_none() -> None:
    lines = (f"a.py:1 {GET}", f"b.py:2 {LIST}", "c.py:3")
    consumer = Consumer(service="shop", name="x", uses=(Use(GET), Use(LIST), Use(POST)), evidence=lines)
    assert evidence(consumer, GET) == ("a.py:1", "c.py:3")
    assert evidence(consumer, LIST) == ("b.py:2", "c.py:3")
    assert evidence(consumer, POST) == ("c.py:3",)
