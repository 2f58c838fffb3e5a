"""Hostile documents are compared, or what cannot be decided of them is left undecided; nothing is raised, all ends soon."""

from typing import Any

import pytest

from byte.compare import compare
from byte.model.contract import Document
from byte.model.difference import Difference
from tests.compare.documents import contract, holding
from tests.compare.schema.ask import decided

TEXT: Document = {"type": "string"}
SHORT: Document = {"type": "string", "maxLength": 3}
NUMBER: Document = {"type": "integer"}
LINKS = 1_000
LEVELS = 110


def to(name: object) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def order(**properties: Any) -> Document:
    return {"type": "object", "properties": properties}


def told(base: Document, revision: Document, way: str = "request") -> list[tuple[str, str]]:
    """Level and proof of what differs in one direction, without what is compatible."""
    found = compare(contract(base), contract(revision))
    return sorted({(d.level, d.proof) for d in found if d.level != "info" and d.direction == way})


BREAKS = [("breaking", "counterexample")]
UNDECIDED = [("warning", "undecided")]

CIRCLES: dict[str, Any] = {
    "itself": lambda leaf: {"N": order(next=to("N"), v=leaf)},
    "through each other": lambda leaf: {
        "N": order(m=to("M"), v=leaf),
        "M": order(n={"type": "array", "items": to("N")}),
    },
    "allOf of itself inside": lambda leaf: {"N": {"allOf": [order(v=leaf), order(next=to("N"))]}},
    "additionalProperties": lambda leaf: {
        "N": {**order(v=leaf), "additionalProperties": to("N")},
    },
    "patternProperties": lambda leaf: {"N": {**order(v=leaf), "patternProperties": {"^n": to("N")}}},
    "alternatives": lambda leaf: {"N": {"anyOf": [{"type": "null"}, order(next=to("N"), v=leaf)]}},
    "first items": lambda leaf: {"N": {"type": "array", "prefixItems": [leaf, to("N")]}},
}


@pytest.mark.parametrize("kind", CIRCLES)
def test_a_change_within_a_circle_is_shown(kind: str) -> None:
    base, revision = (holding(to("N"), CIRCLES[kind](leaf)) for leaf in (TEXT, SHORT))
    assert compare(contract(base), contract(base)) == ()
    assert told(base, revision) == BREAKS
    assert told(base, revision, "response") == []


ENDLESS: dict[str, Any] = {
    "allOf of itself": lambda leaf: {"N": {"allOf": [to("N"), leaf]}},
    "anyOf itself": lambda leaf: {"N": {"anyOf": [to("N"), leaf]}},
    "oneOf itself": lambda leaf: {"N": {"oneOf": [to("N"), leaf]}},
    "not itself": lambda leaf: {"N": {"not": to("N"), **leaf}},
    "if itself": lambda leaf: {"N": {"if": to("N"), "then": leaf}},
    "allOf of each other": lambda leaf: {"N": {"allOf": [to("M")]}, "M": {"allOf": [to("N"), leaf]}},
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_asks_for_itself_is_undecided(kind: str) -> None:
    base, revision = (holding(to("N"), ENDLESS[kind](leaf)) for leaf in (TEXT, SHORT))
    assert compare(contract(base), contract(base)) == ()
    assert told(base, revision) == UNDECIDED


def test_what_has_no_finite_value_breaks_nobody() -> None:
    def endless(leaf: Document) -> Document:
        return holding(to("N"), {"N": {**order(next=to("N"), v=leaf), "required": ["next", "v"]}})

    assert told(endless(TEXT), endless(SHORT)) == []


@pytest.mark.parametrize("keyword", ["properties", "items", "additionalProperties", "allOf", "anyOf", "not"])
def test_a_thousand_links_are_walked(keyword: str) -> None:
    def chain(leaf: Document) -> Document:
        parts = {f"C{i}": _link(keyword, to(f"C{i + 1}")) for i in range(LINKS)}
        return holding(to("C0"), {**parts, f"C{LINKS}": leaf})

    assert told(chain(TEXT), chain(SHORT)) == UNDECIDED


@pytest.mark.parametrize("keyword", ["properties", "allOf"])
def test_a_thousand_links_on_one_side_are_walked(keyword: str) -> None:
    parts = {f"C{i}": _link(keyword, to(f"C{i + 1}")) for i in range(LINKS)} | {f"C{LINKS}": TEXT}
    long, short = holding(to("C0"), parts), holding(NUMBER, {})
    assert told(long, short) in (UNDECIDED, BREAKS)
    assert told(short, long, "response") in (UNDECIDED, BREAKS)


def _link(keyword: str, inner: Document) -> Document:
    if keyword == "properties":
        return {**order(n=inner), "required": ["n"]}
    return {keyword: [inner]} if keyword.endswith("Of") else {keyword: inner}


@pytest.mark.parametrize("keyword", ["properties", "allOf", "anyOf", "oneOf", "not"])
def test_as_many_levels_as_documents_may_have_are_compared(keyword: str) -> None:
    def deep(leaf: Document) -> Document:
        for _ in range(LEVELS):
            leaf = _link(keyword, leaf)
        return holding(leaf, {})

    for base, revision in (
        (deep(TEXT), deep(SHORT)),
        (deep(TEXT), holding(NUMBER, {})),
        (holding(NUMBER, {}), deep(TEXT)),
    ):
        assert told(base, revision) in (UNDECIDED, BREAKS)


@pytest.mark.parametrize(
    "link, first",
    [
        (lambda below: {"allOf": [to(below), to(below)]}, UNDECIDED),
        (lambda below: {"anyOf": [to(below), to(below)]}, UNDECIDED),
        (lambda below: order(a=to(below), b=to(below)), UNDECIDED),
        (lambda below: {**order(a=to(below), b=to(below)), "required": ["a", "b"]}, UNDECIDED),
    ],
    ids=["allOf", "anyOf", "properties", "required"],
)
@pytest.mark.parametrize("levels", [20, 60])
def test_what_doubles_with_each_level_is_not_written_out(link: Any, first: Any, levels: int) -> None:
    def doubled(leaf: Document) -> Document:
        return holding(
            to(f"S{levels}"), {"S0": leaf} | {f"S{i + 1}": link(f"S{i}") for i in range(levels)}, place="request"
        )

    assert told(doubled(TEXT), doubled(NUMBER)) in (first, BREAKS)


def test_a_callback_that_leads_back_to_what_holds_it_is_told_once() -> None:
    def called(leaf: Document) -> Document:
        document = holding(leaf, {}, place="request")
        document["paths"]["/orders"]["post"]["callbacks"] = {"c": {"{$url}": {"$ref": "#/paths/~1orders"}}}
        return document

    assert told(called(TEXT), called(NUMBER)) == BREAKS
    assert len(compare(contract(called(TEXT)), contract(called(NUMBER)))) < 10


def test_very_many_alternatives_are_compared_within_bounds() -> None:
    def either(keyword: str, most: int) -> Document:
        return holding({keyword: [{"type": "string", "minLength": i, "maxLength": i + most} for i in range(300)]}, {})

    for keyword in ("anyOf", "oneOf"):
        assert told(either(keyword, 1), either(keyword, 0)) in (UNDECIDED, BREAKS)


def test_very_many_listed_values_are_one_set() -> None:
    values = [f"v{i}" for i in range(3_000)]
    listed, single = holding({"enum": values}, {}), holding({"anyOf": [{"const": v} for v in values]}, {})
    assert told(listed, single) == []
    assert told(single, listed) == []
    fewer = holding({"anyOf": [{"const": v} for v in values[1:]]}, {})
    assert told(listed, fewer) == BREAKS


def test_what_is_beyond_what_can_be_shown_is_undecided_and_not_passed_over() -> None:
    base, revision = (order(**{f"p{i}": leaf for i in range(300)}) for leaf in (TEXT, NUMBER))
    verdict = decided(base, revision)
    assert len(verdict.failures) == 200
    assert [doubt.reason for doubt in verdict.doubts] == ["more is rejected than could be shown"]


@pytest.mark.parametrize(
    "base, revision",
    [
        ("^(a+)+$", "^(a|aa)+$"),
        ("(x+x+)+y", "^(.*)*$"),
        ("^(?:[a-z]*)*[A-Z]$", "^[a-z]{0,1000}{0,1000}$"),
        ("(a?){100}a{100}", "a{1,10000}"),
        ("(?=(a+)+)b", "^(?<!x)\\1$"),
        ("(a|b)*a" + "(a|b)" * 40, "^(a|b)*$"),
        ("(" * 5_000 + "a" + ")" * 5_000, "a"),
        ("[", "("),
        ("((a{0,100}){0,100}){0,100}", "x"),
    ],
)
def test_patterns_that_blow_up_are_decided_or_not(base: str, revision: str) -> None:
    one, two = (holding({**TEXT, "pattern": pattern}, {}) for pattern in (base, revision))
    assert told(one, two) in ([], UNDECIDED, BREAKS)


@pytest.mark.parametrize(
    "one, two",
    [
        ({"maximum": 10**400}, {"maximum": 10**399}),
        ({"maximum": 1e308}, {"multipleOf": 1e-308}),
        ({"multipleOf": 1e-7}, {"multipleOf": 1.3e-7}),
        ({"minLength": 10**9}, {"minLength": 10**9 + 1}),
        ({"minItems": 10**9}, {"minItems": 10**12}),
        ({"maximum": float("inf")}, {"maximum": float("nan")}),
    ],
)
def test_numbers_beyond_all_use_are_numbers(one: Document, two: Document) -> None:
    assert told(holding(one, {}), holding(two, {})) in ([], UNDECIDED, BREAKS)


@pytest.mark.parametrize("path", ["/a" * 5_000, "".join(f"/{{a{i}}}" for i in range(2_000)), "/{}", "", "x", "/{a{b}}"])
def test_paths_of_any_kind_are_paths(path: str) -> None:
    def at(name: str) -> Document:
        document = holding(TEXT, {})
        return {**document, "paths": {name: document["paths"]["/orders"]}}

    gone = compare(contract(at(path)), contract(at("/other")))
    assert [d.level for d in gone if d.level != "info"] == ["breaking"]
    assert compare(contract(at(path)), contract(at(path.replace("{a", "{b")))) == ()


def test_an_operation_that_nothing_is_known_of_leaves_the_others_alone() -> None:
    base, revision = holding(TEXT, {}), holding(NUMBER, {})
    revision["paths"]["/notes"] = {"get": {"x-unknown": {"reason": "it is a number"}}}
    found: tuple[Difference, ...] = compare(contract(base), contract(revision))
    assert [d.operation for d in found if d.level == "breaking"] == ["POST /orders", "POST /orders"]
