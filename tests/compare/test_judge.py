"""What a change means: shown by a payload, proved, a rule, or undecided with the reason."""

import copy
from typing import Any

import pytest

from byte.compare import compare
from byte.model.contract import CONDITIONAL, UNKNOWN, Document
from byte.model.difference import Difference
from tests.compare.documents import contract, holding

TEXT: Document = {"type": "string"}
NUMBER: Document = {"type": "integer"}


def order(*required: str, **properties: Any) -> Document:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def told(base: Any, revision: Any, place: str = "request") -> dict[str, Difference]:
    """The differences of two schemas, by id."""
    sides = (contract(holding(schema, {}, place=place)) for schema in (base, revision))
    return {d.id: d for d in compare(*sides)}


def compared(base: Document, revision: Document) -> dict[str, Difference]:
    return {d.id: d for d in compare(contract(base), contract(revision))}


def test_a_break_of_a_request_is_shown_by_what_a_client_of_base_sends() -> None:
    (found,) = told(order(a=TEXT), order("a", a=TEXT)).values()
    shown = found.counterexample
    assert (found.level, found.proof, found.direction) == ("breaking", "counterexample", "request")
    assert shown is not None
    assert (shown.kind, shown.value, shown.valid_for, shown.invalid_for) == ("payload", {}, "base", "revision")


def test_a_break_of_an_answer_is_shown_by_what_the_revision_sends() -> None:
    (found,) = told(order("a", a=TEXT), order(a=TEXT), "response").values()
    shown = found.counterexample
    assert (found.level, found.direction) == ("breaking", "response")
    assert shown is not None
    assert (shown.value, shown.valid_for, shown.invalid_for) == ({}, "revision", "base")


@pytest.mark.parametrize("place, base", [("request", order("a", a=TEXT)), ("response", order(a=TEXT))])
def test_what_nobody_can_notice_is_proved(place: str, base: Document) -> None:
    revision = order(a=TEXT) if place == "request" else order("a", a=TEXT)
    (found,) = told(base, revision, place).values()
    assert (found.level, found.proof, found.counterexample) == ("info", "proved", None)


def test_an_optional_property_that_goes_is_missed_by_those_who_read_it() -> None:
    (found,) = told(order(a=TEXT, b=TEXT), order(a=TEXT), "response").values()
    assert (found.id, found.level, found.proof) == ("response-optional-property-removed", "warning", "rule")


def test_only_the_value_that_went_is_to_blame() -> None:
    found = told({"enum": ["a", "b"]}, {"enum": ["b", "c"]})
    assert found["request-body-enum-value-removed"].level == "breaking"
    assert found["request-body-enum-value-added"].level == "info"


def test_only_the_property_that_changed_is_to_blame() -> None:
    found = told(order("a", a=TEXT, b=TEXT), order("a", a={**TEXT, "maxLength": 3}, b={**TEXT, "title": "B"}))
    assert {d.id: d.level for d in found.values()} == {"request-property-max-length-set": "breaking"}


def test_what_cannot_be_decided_says_which_keyword() -> None:
    (found,) = told({**TEXT, "pattern": "(?=a)b"}, {**TEXT, "pattern": r"(.)\1"}).values()
    assert (found.level, found.proof, found.counterexample) == ("warning", "undecided", None)
    assert "`pattern`" in found.message


def test_an_unknown_schema_is_undecided_and_never_removed() -> None:
    unknown = {UNKNOWN: {"reason": "it is made at run time"}}
    for one, two in ((order(a=TEXT), order(a=unknown)), (order(a=unknown), order(a=TEXT))):
        for place in ("request", "response"):
            found = told(one, two, place).values()
            assert {(d.level, d.proof) for d in found} == {("warning", "undecided")}


def test_one_unknown_alternative_of_those_that_exclude_each_other_leaves_all_undecided() -> None:
    unknown = {UNKNOWN: {"reason": "it is made at run time"}}
    found = told(NUMBER, {"oneOf": [TEXT, unknown]}).values()
    assert {(d.level, d.proof) for d in found if d.level != "info"} == {("warning", "undecided")}


def test_an_operation_that_is_there_under_a_condition_is_not_surely_removed() -> None:
    base = holding(TEXT, {})
    sure = compared(base, {**base, "paths": {}})
    assert {(d.level, d.proof) for d in sure.values()} == {("breaking", "rule")}
    perhaps = copy.deepcopy(base)
    perhaps["paths"]["/orders"]["post"][CONDITIONAL] = {"reason": "if DEBUG"}
    (found,) = compared(perhaps, {**base, "paths": {}}).values()
    assert (found.level, found.proof) == ("warning", "undecided")
    assert "only under a condition on the base side" in found.message


def test_a_parameter_of_an_operation_that_is_not_known_may_be_there() -> None:
    base, revision = holding(TEXT, {}), holding(TEXT, {})
    limit = {"name": "limit", "in": "query", "required": True, "schema": NUMBER}
    revision["paths"]["/orders"]["post"]["parameters"] = [limit]
    assert {d.level for d in compared(base, revision).values()} == {"breaking"}
    base["paths"]["/orders"]["post"][UNKNOWN] = {"reason": "a dependency that is not read"}
    assert {(d.level, d.proof) for d in compared(base, revision).values()} == {("warning", "undecided")}


def test_a_body_that_seems_gone_may_be_a_parameter_of_a_type_that_is_not_known() -> None:
    base = holding(TEXT, {}, place="request")
    revision = copy.deepcopy(base)
    del revision["paths"]["/orders"]["post"]["requestBody"]
    assert {d.level for d in compared(base, revision).values()} == {"breaking"}
    order_ = {"name": "order", "in": "query", "required": True, "schema": {UNKNOWN: {"reason": "a library's model"}}}
    revision["paths"]["/orders"]["post"]["parameters"] = [order_]
    found = compared(base, revision)["request-body-removed"]
    assert (found.level, found.proof) == ("warning", "undecided")


def test_a_shared_schema_breaks_once_for_all_operations() -> None:
    base, revision = (
        holding({"$ref": "#/components/schemas/Order"}, {"Order": order(total=schema)}) for schema in (TEXT, NUMBER)
    )
    for document in (base, revision):
        document["paths"]["/again"] = copy.deepcopy(document["paths"]["/orders"])
    found = compare(contract(base), contract(revision))
    assert [(d.direction, d.level, d.reaches) for d in found] == [
        ("request", "breaking", ("POST /again", "POST /orders")),
        ("response", "breaking", ("POST /again", "POST /orders")),
    ]
    assert {d.base_pointer for d in found} == {"/components/schemas/Order/properties/total"}


def test_what_no_list_of_checks_knows_breaks_all_the_same() -> None:
    base = {"type": "object", "patternProperties": {"^x": TEXT}}
    found = told(base, {"type": "object", "patternProperties": {"^x": NUMBER}}).values()
    assert {(d.level, d.proof) for d in found} == {("breaking", "counterexample")}


def test_a_webhook_is_sent_by_the_server() -> None:
    sides = []
    for schema in (order(a=TEXT), order("a", a=TEXT)):
        document = holding(TEXT, {})
        operation = holding(schema, {}, place="request")["paths"]["/orders"]["post"]
        sides.append({**document, "webhooks": {"paid": {"post": operation}}})
    # What it holds in any case is no loss for who receives it.
    assert {d.level for d in compared(*sides).values()} == {"info"}
    assert {d.level for d in compared(*reversed(sides)).values()} == {"breaking"}


OPEN = {"type": "string", "x-extensible-enum": ["a", "b"]}
CLOSING = {"type": "string", "x-extensible-enum": ["a"]}


@pytest.mark.parametrize("stability", ["stable", "alpha"])
def test_what_no_payload_can_prove_is_a_warning_however_far_the_operation_is_promised_now(stability: str) -> None:
    base, revision = (holding(order(kind=kind), {}, place="request") for kind in (OPEN, CLOSING))
    revision["paths"]["/orders"]["post"]["x-stability-level"] = stability
    found = compared(base, revision)["request-property-x-extensible-enum-value-removed"]
    assert (found.level, found.proof) == ("warning", "rule")


def test_a_webhook_that_sends_fewer_values_or_no_optional_field_is_judged_as_an_answer() -> None:
    content = {"requestBody": {"content": {"application/json": {"schema": order(kind=OPEN, note={"type": "string"})}}}}
    base: Document = {"openapi": "3.1.0", "webhooks": {"paid": {"post": {**content, "responses": {}}}}}
    less = {"requestBody": {"content": {"application/json": {"schema": order(kind=CLOSING)}}}}
    found = compared(base, {"openapi": "3.1.0", "webhooks": {"paid": {"post": {**less, "responses": {}}}}})
    assert {name: item.level for name, item in found.items()} == {
        "request-property-x-extensible-enum-value-removed": "info",
        "request-property-removed": "warning",
    }
