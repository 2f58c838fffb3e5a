"""A payload on one line: short ones whole, of large ones the way to what is wrong."""

from typing import Any

import pytest

from byte.model.difference import Difference
from byte.model.payloads import brief

MUCH = {f"k{i}": "x" * 20 for i in range(20)}


def difference(pointer: str = "", message: str = "", location: str = "") -> Difference:
    return Difference(
        id="x",
        level="breaking",
        proof="counterexample",
        direction="request",
        operation="",
        location=location,
        message=message,
        revision_pointer=pointer,
    )


def test_a_short_payload_is_shown_whole() -> None:
    assert brief({"a": 1, "b": [2]}, difference("/properties/a"), 100) == '{"a":1,"b":[2]}'


@pytest.mark.parametrize(
    "value,found,shown",
    [
        ({**MUCH, "a": 1}, difference("/components/schemas/X/properties/a"), '{"a":1,...}'),
        ({**MUCH, "list": [MUCH, {**MUCH, "a/b": {}}]}, difference("/x/properties/a~1b"), '{"list":[{"a/b":{},...},...],...}'),
        ({**MUCH, "a": MUCH}, difference(message="request property `items/a` became an integer"), '{"a":{...},...}'),
        ([{"a": list(MUCH)}], difference(location="request body → items → a"), '[{"a":[...]}]'),
    ],
)  # fmt: skip
def test_of_a_large_payload_the_way_to_the_difference_is_shown(value: Any, found: Difference, shown: str) -> None:
    assert brief(value, found, 100) == shown


def test_a_large_payload_without_the_place_is_left_to_be_cut() -> None:
    assert brief(MUCH, difference("/properties/other"), 100).startswith('{"k0":')


def test_a_deep_payload_ends() -> None:
    value: Any = {"a": 1}
    for _ in range(200):
        value = {"n": value, **MUCH}
    assert brief(value, difference("/properties/a"), 100).startswith('{"n":')
