"""What the sentences say where oasdiff's ids say too little, or something else."""

from typing import Any

import pytest

from tests.compare.schemas.orders import order, said

TEXT = {"type": "string"}


def test_a_property_that_moved_into_an_all_of_was_not_removed() -> None:
    apart = {"allOf": [{"allOf": [order(note=TEXT)]}, order("id", id=TEXT)]}
    changes = said(order("id", id=TEXT, note=TEXT), apart, "response")
    moved = [change for change in changes if change.id.endswith("-property-removed")]
    assert [(change.level, change.oasdiff) for change in moved] == [("info", "ERR"), ("info", "WARN")]
    assert all(change.message.endswith("is declared within `allOf` now") for change in moved)
    (gone,) = said(order(id=TEXT, note=TEXT), order(id=TEXT), "response")
    assert (gone.level, gone.message) == (None, "response property `note` was removed")


@pytest.mark.parametrize(
    "base, revision, direction, sentence",
    [
        ({"enum": ["a"]}, {"enum": ["a", "b", "c"]}, "response", "enum values `b`, `c` were added"),
        ({"enum": ["a", "b"]}, {}, "response", "enum values `a`, `b` were removed; any value is allowed now"),
        ({"enum": [*range(20)]}, {"enum": [0]}, "request", "enum values `1`, `2`, `3`, `4`, `5`, `6`, `7`, `8` and 11"),
        ({}, {"format": "date"}, "request", "format was set to `date`"),
        ({"format": "date"}, {}, "request", "format was removed (`date`)"),
        ({}, {"not": {"const": "a"}}, "request", "`not` was added"),
    ],
)
def test_one_place_is_told_in_one_sentence(base: Any, revision: Any, direction: str, sentence: str) -> None:
    changes = said(order(status=TEXT | base), order(status=TEXT | revision), direction)
    assert {change.message.startswith(f"{direction} property `status` {sentence}") for change in changes} == {True}


def test_what_a_closed_object_does_to_properties_is_said() -> None:
    closed: dict[str, Any] = {"additionalProperties": False}
    (added,) = said(order() | closed, order(note=TEXT) | closed, "response")
    assert added.message == "response property `note` was added, where no others were allowed"
    (removed,) = said(order(note=TEXT) | closed, order() | closed)
    assert removed.message == "request property `note` was removed, and no others are allowed"
