"""A value of a parameter is text on the wire: what takes every text takes what was a number."""

from typing import Any

import pytest

from byte.compare.changes import Change
from tests.compare.protocol.made import answer, changes, listing, query


def became(one: Any, two: Any) -> list[Change]:
    """The changes of `GET /orders?limit=` where the schema became another."""
    return changes(listing(parameters=[query(schema=one)]), listing(parameters=[query(schema=two)]))


INT, TEXT, NULL = {"type": "integer"}, {"type": "string"}, {"type": "null"}


@pytest.mark.parametrize(
    "one,two",
    [
        (INT, TEXT),
        ({"type": "boolean"}, TEXT),
        ({"type": ["integer", "string"]}, TEXT),
        ({"anyOf": [INT, NULL]}, {"anyOf": [TEXT, NULL]}),
        (INT, {"anyOf": [TEXT, NULL]}),
        (INT, {"type": "string", "title": "Limit", "description": "how many"}),
    ],
)
def test_a_number_that_became_any_text_is_still_taken(one: Any, two: Any) -> None:
    found = became(one, two)
    assert found
    assert {(c.level, c.root, c.undecided) for c in found} == {("info", None, "")}


@pytest.mark.parametrize(
    "one,two",
    [
        (TEXT, INT),
        (INT, {"type": "number"}),
        (INT, {"type": ["integer", "string"]}),
        ({"type": ["integer", "string"]}, INT),
        ({"type": ["string", "null"]}, TEXT),
        (INT, {"type": "integer", "maximum": 5}),
        ({"type": "string", "pattern": "^a"}, TEXT),
        ({"anyOf": [TEXT, NULL]}, {"anyOf": [INT, NULL]}),
    ],
)
def test_inclusion_decides_where_json_and_text_agree(one: Any, two: Any) -> None:
    found = became(one, two)
    assert found
    assert all(c.root is not None and c.level is None for c in found)


def test_a_number_that_became_a_bounded_text_is_left_to_the_rules() -> None:
    found = became(INT, {"type": "string", "maxLength": 3, "contentEncoding": "base64"})
    assert {(c.id, c.level, bool(c.undecided)) for c in found} == {
        ("request-parameter-type-generalized", "info", False),
        ("request-parameter-max-length-set", "warning", False),
        ("request-parameter-content-encoding-changed", "info", True),
    }


def test_a_default_is_never_what_refuses_a_request() -> None:
    found = became({**INT, "default": 1}, {"type": "string", "default": "1", "maxLength": 3})
    assert {c.level for c in found if c.id == "request-parameter-default-value-changed"} == {"warning"}


def test_a_header_of_an_answer_is_read_by_the_client_of_base() -> None:
    def header(schema: Any) -> Any:
        return listing(responses=answer(headers={"X-Count": {"schema": schema}}))

    (found,) = changes(header(TEXT), header(INT))
    assert (found.level, found.root) == ("info", None)
    (found,) = changes(header(INT), header(TEXT))
    assert found.root is not None
