"""Numbers and counts: what is said of them holds for every number of a grid, and for a validator."""

from decimal import Decimal
from itertools import product
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.compare.schema.answers import No, Undecided, Yes
from byte.compare.schema.numbers import ANY_INTEGER, ANY_NUMBER, Counts, Numbers, exact, numbers

GRID = [number / 4 for number in range(-24, 25)] + [-0.1, 0.1, 0.3, 1.1, 2.7, 100, -100, 100.5]
BOUND = st.none() | st.sampled_from([-2, -1, -0.5, 0, 0.1, 1, 1.5, 2, 3])
STEPS = st.lists(st.sampled_from([0.1, 0.25, 0.5, 1, 1.5, 2, 3]), max_size=2)
LISTED = st.lists(st.sampled_from([-1, 0, 0.5, 1, 1.0, 2, 2.7]), max_size=3)
NAMES = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "exclusive_maximum": "exclusiveMaximum",
}
KEYWORDS = st.fixed_dictionaries(
    {},
    optional={
        "integer": st.booleans(),
        "minimum": BOUND,
        "maximum": BOUND,
        "exclusive_minimum": BOUND,
        "exclusive_maximum": BOUND,
        "multiple_of": STEPS,
        "values": LISTED,
        "excluded": LISTED,
    },
)


def known(**keywords: Any) -> Numbers:
    found = numbers(**keywords)
    assert isinstance(found, Numbers), found
    return found


def holds(keywords: dict[str, Any], number: float) -> bool:
    """The meaning of the keywords, in decimal arithmetic."""
    value = Decimal(repr(number))
    told = {key: Decimal(repr(bound)) for key, bound in keywords.items() if key in NAMES and bound is not None}
    return (
        (not keywords.get("integer") or value % 1 == 0)
        and ("minimum" not in told or value >= told["minimum"])
        and ("maximum" not in told or value <= told["maximum"])
        and ("exclusive_minimum" not in told or value > told["exclusive_minimum"])
        and ("exclusive_maximum" not in told or value < told["exclusive_maximum"])
        and all(value % Decimal(repr(step)) == 0 for step in keywords.get("multiple_of", ()))
        and ("values" not in keywords or number in keywords["values"])
        and number not in keywords.get("excluded", ())
    )


def schema(keywords: dict[str, Any]) -> dict[str, Any]:
    """The keywords as JSON Schema."""
    found: dict[str, Any] = {"type": "integer" if keywords.get("integer") else "number"}
    found.update({NAMES[key]: bound for key, bound in keywords.items() if key in NAMES and bound is not None})
    found["allOf"] = [True, *({"multipleOf": step} for step in keywords.get("multiple_of", ()))]
    if "values" in keywords:
        found["allOf"].append({"enum": keywords["values"]})
    found["not"] = {"enum": list(keywords.get("excluded", ()))}
    return found


@given(KEYWORDS)
def test_a_number_is_accepted_where_the_keywords_say_so(keywords: dict[str, Any]) -> None:
    found = known(**keywords)
    assert [number for number in GRID if found.accepts(number)] == [n for n in GRID if holds(keywords, n)]


@given(KEYWORDS, KEYWORDS)
def test_inclusion_is_refuted_by_a_member_or_by_no_number_of_the_grid(one: dict[str, Any], two: dict[str, Any]) -> None:
    answer = known(**one).included_in(known(**two))
    if isinstance(answer, No):
        assert holds(one, answer.witness)
        assert not holds(two, answer.witness)
    else:
        assert answer == Yes()
        assert [number for number in GRID if holds(one, number) and not holds(two, number)] == []


@given(KEYWORDS, KEYWORDS, KEYWORDS)
def test_inclusion_in_several_sets_is_refuted_by_what_is_in_none(
    one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]
) -> None:
    answer = known(**one).included_in(known(**two), known(**three))
    if isinstance(answer, No):
        assert holds(one, answer.witness)
        assert not holds(two, answer.witness)
        assert not holds(three, answer.witness)
    else:
        assert answer == Yes()
        assert all(holds(two, number) or holds(three, number) for number in GRID if holds(one, number))


@given(KEYWORDS, KEYWORDS)
def test_intersection_and_difference_split_a_set(one: dict[str, Any], two: dict[str, Any]) -> None:
    left, right = known(**one), known(**two)
    shared, rest = left.intersect(right), left.minus(right)
    for number in GRID:
        assert shared.accepts(number) == (holds(one, number) and holds(two, number))
        assert any(piece.accepts(number) for piece in rest) == (holds(one, number) and not holds(two, number))


@given(KEYWORDS, st.lists(st.sampled_from(GRID), max_size=4))
def test_a_set_is_empty_or_shows_a_member_that_is_none_of_those_avoided(
    keywords: dict[str, Any], avoided: list[float]
) -> None:
    answer = known(**keywords).is_empty(avoided)
    if isinstance(answer, No):
        assert holds(keywords, answer.witness)
        assert answer.witness not in avoided
    else:
        assert answer == Yes()
        assert [number for number in GRID if holds(keywords, number) and number not in avoided] == []


@given(KEYWORDS, KEYWORDS)
def test_a_validator_agrees_on_the_witness(one: dict[str, Any], two: dict[str, Any]) -> None:
    answer = known(**one).included_in(known(**two))
    if isinstance(answer, No):
        assert jsonschema_rs.Draft202012Validator(schema(one)).is_valid(answer.witness)
        assert not jsonschema_rs.Draft202012Validator(schema(two)).is_valid(answer.witness)


@pytest.mark.parametrize(
    "found, witness",
    [
        (ANY_NUMBER, 0),
        (ANY_INTEGER, 0),
        (known(minimum=1), 1),
        (known(exclusive_minimum=0), 1),
        (known(exclusive_minimum=0, exclusive_maximum=1), 0.5),
        (known(maximum=-5), -5),
        (known(integer=True, exclusive_maximum=-5), -6),
        (known(minimum=0.1, maximum=0.1), 0.1),
        (known(multiple_of=[0.1], minimum=0.15), 0.2),
        (known(multiple_of=[2, 3], exclusive_minimum=0), 6),
        (known(integer=True, multiple_of=[0.5, 1.5], exclusive_minimum=0), 3),
        (known(minimum=10, maximum=20, excluded=[10, 11]), 9.5 + 1),
        (known(values=[3, 1.5, 2]), 2),
    ],
)
def test_the_witness_is_a_simple_number(found: Numbers, witness: float) -> None:
    assert found.is_empty() == No(witness)


@pytest.mark.parametrize(
    "one, two, answer",
    [
        ({"integer": True}, {}, Yes()),
        ({}, {"integer": True}, No(0.5)),
        ({"multiple_of": [0.1]}, {"multiple_of": [0.01]}, Yes()),
        ({"multiple_of": [0.01]}, {"multiple_of": [0.1]}, No(0.01)),
        ({"minimum": 0}, {"exclusive_minimum": 0}, No(0)),
        ({"exclusive_minimum": 0, "integer": True}, {"minimum": 1}, Yes()),
        ({"exclusive_minimum": 0}, {"minimum": 1}, No(0.5)),
        ({"integer": True, "minimum": 1, "maximum": 3}, {"values": [1, 2.0, 3]}, Yes()),
        ({"integer": True, "minimum": 0, "maximum": 10**300}, {"multiple_of": [1.0]}, Yes()),
        ({"integer": True, "format": "int64", "narrow": True}, {"minimum": -(2**63), "maximum": 2**63 - 1}, Yes()),
        ({"integer": True, "format": "int32", "narrow": False}, {"maximum": 2**31 - 1}, No(2**31)),
        ({"minimum": 1e308}, {"minimum": 1e307}, Yes()),
        ({"values": [1.0]}, {"values": [1]}, Yes()),
        ({"minimum": 3, "maximum": 1}, {"maximum": 0}, Yes()),
    ],
)
def test_inclusion_is_decided_exactly(one: dict[str, Any], two: dict[str, Any], answer: object) -> None:
    assert known(**one).included_in(known(**two)) == answer


def test_a_set_may_be_covered_by_several() -> None:
    assert known(integer=True).included_in(known(maximum=50), known(minimum=51)) == Yes()
    assert known().included_in(known(maximum=50), known(minimum=51)) == No(50.5)
    assert ANY_INTEGER.included_in(known(multiple_of=[2]), known(multiple_of=[3])) == No(1)
    assert ANY_INTEGER.included_in() == No(0)


@pytest.mark.parametrize(
    "keywords",
    [
        {"minimum": float("nan")},
        {"maximum": float("inf")},
        {"minimum": 10**1000},
        {"minimum": "1"},
        {"maximum": True},
        {"maximum": Decimal("1e999999999")},
        {"maximum": Decimal("0." + "1" * 1000)},
        {"multiple_of": [0]},
        {"multiple_of": [-1]},
        {"values": [float("inf")]},
    ],
)
def test_keywords_that_are_no_usual_numbers_are_undecided(keywords: dict[str, Any]) -> None:
    assert isinstance(numbers(**keywords), Undecided)


def test_a_number_that_cannot_be_written_is_no_witness() -> None:
    big = known(minimum=Decimal("1e17"), maximum=Decimal("1e17") + 1, multiple_of=[Decimal("0.7")])
    assert big.is_empty() == Undecided("a number that has no short decimal text")
    assert exact(True) is None
    assert ANY_NUMBER.accepts(float("inf")) is None


@given(*[st.integers(0, 6) | st.none()] * 4, st.lists(st.integers(0, 8), max_size=3))
def test_counts_are_ranges_of_whole_numbers(
    low: int | None, high: int | None, least: int | None, most: int | None, avoided: list[int]
) -> None:
    one, two = Counts(low or 0, high), Counts(least or 0, most)
    members = {count for count in range(20) if one.accepts(count)}
    others = {count for count in range(20) if two.accepts(count)}
    assert {count for count in range(20) if one.intersect(two).accepts(count)} == members & others
    assert {n for n, piece in product(range(20), one.minus(two)) if piece.accepts(n)} == members - others
    answer = one.included_in(two)
    assert answer == (No(min(members - others)) if members - others else Yes())
    left = members - set(avoided)
    assert one.is_empty(avoided) == (No(min(left)) if left else Yes())
