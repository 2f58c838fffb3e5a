"""What cannot be known on a side is undecided: never removed, never refused."""

from typing import Any

import pytest

from byte.model.contract import Document
from tests.compare.protocol.made import answer, body, changes, document, header, listing, operation, placing, query

LOST: Document = {"x-unknown": {"reason": "a setting decides it", "at": "app/main.py:3"}}


def keyed(name: Any) -> Document:
    """A document whose operation needs a key in a cookie of that name."""
    return document(
        {"/orders": {"get": operation(security=[{"key": []}])}},
        components={"securitySchemes": {"key": {"type": "apiKey", "in": "cookie", "name": name}}},
    )


@pytest.mark.parametrize(
    "base,revision,id",
    [
        (listing(parameters=[query(), header()]), listing(parameters=[LOST, header()]), "request-parameter-removed"),
        (listing(parameters=[query()]), listing(parameters=LOST), "request-parameter-removed"),
        (listing(parameters=[query()]), listing(parameters=[query(LOST)]), "request-parameter-removed"),  # type: ignore[arg-type]
        (listing(parameters=[LOST]), listing(parameters=[query(required=True)]), "new-required-request-parameter"),
        (
            listing(parameters=[query()]),
            listing(parameters=[query(style=LOST, schema={"type": "array"}, explode=False)]),
            "request-parameter-style-changed",
        ),
        (placing(requestBody=body()), placing(requestBody=LOST), "request-unknown"),
        (placing(), placing(requestBody=LOST), "request-unknown"),
        (placing(requestBody=body()), placing(requestBody={"content": LOST}), "request-unknown"),
        (listing(), listing(responses=LOST), "response-unknown"),
        (listing(responses=answer(content={"a/b": {}})), listing(responses={"200": LOST}), "response-unknown"),
        (keyed("session"), keyed(LOST), "api-security-narrowed"),
        (keyed(LOST), keyed("session"), "api-security-narrowed"),
        (listing(), listing(security=[{"key": []}], **LOST), "api-security-added"),
        (listing(security=LOST), listing(security=[{"key": []}]), "api-security-added"),
    ],
)
def test_what_depends_on_it_is_undecided_and_says_why(base: Document, revision: Document, id: str) -> None:
    found = [c for c in changes(base, revision) if c.level != "info"]
    assert [(c.id, c.undecided) for c in found if c.root is None] == [(id, "a setting decides it")]


def test_what_is_unknown_on_both_sides_in_the_same_way_is_no_change() -> None:
    base = placing(requestBody=LOST, responses=LOST, parameters=[LOST])
    assert [
        c.id
        for c in changes(base, {**base, **placing(requestBody=LOST, responses=LOST, parameters=[LOST], tags=["a"])})
    ] == ["api-tag-added"]


def test_a_new_required_parameter_of_an_unknown_type_is_still_required() -> None:
    (found,) = changes(listing(), listing(parameters=[query(schema=LOST, required=True)]))
    assert (found.level, found.undecided) == ("breaking", "")
