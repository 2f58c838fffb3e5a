"""Which contracts of both sides are compared with each other, and what is counted of them."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from byte.model.breaks import Break
from byte.model.contract import Application, Contract, Document
from byte.model.difference import Comparison, Difference
from byte.model.facts import ChangeFacts, Facts
from byte.model.review import Location
from byte.review import compatibility


def contract(name: str | None, *paths: str) -> Contract:
    """The contract of `FILE:EXPRESSION`, or of a document that no application stands behind."""
    document: Document = {"openapi": "3.1.0", "paths": {path: {"get": {"responses": {}}} for path in paths}}
    if name is None:
        return Contract(document=document)
    file, _, expression = name.partition(":")
    return Contract(document=document, application=Application(file, expression, None, "given"))


def facts(*contracts: Contract) -> Facts:
    return cast("Facts", SimpleNamespace(contracts=lambda: contracts))


def compared(base: list[str], head: list[str], renames: dict[str, str] | None = None) -> list[tuple[str, str]]:
    before, after = (facts(*(contract(name, "/a") for name in names)) for names in (base, head))
    found = compatibility.comparisons(before, after, renames or {})
    return [
        (c.base.application.name, c.head.application.name) for c in found if c.base.application and c.head.application
    ]


@pytest.mark.parametrize(
    "base, head, renames, pairs",
    [
        (["a.py:app"], ["a.py:app"], {}, [("a.py:app", "a.py:app")]),
        (
            ["a.py:app", "b.py:app"],
            ["b.py:app", "a.py:app"],
            {},
            [("b.py:app", "b.py:app"), ("a.py:app", "a.py:app")],
        ),
        (["a.py:app", "b.py:app"], ["c.py:app", "b.py:app"], {"c.py": "a.py"},
         [("a.py:app", "c.py:app"), ("b.py:app", "b.py:app")]),
        # One on each side: whatever they are called.
        (["a.py:app"], ["c.py:make()"], {}, [("a.py:app", "c.py:make()")]),
        # With several, one of another name is another one.
        (["a.py:app", "b.py:app"], ["a.py:other", "b.py:app"], {}, [("b.py:app", "b.py:app")]),
        (["a.py:app"], ["b.py:app", "c.py:app"], {}, []),
        ([], ["a.py:app"], {}, []),
        (["a.py:app"], [], {}, []),
    ],
)  # fmt: skip
def test_applications_are_compared_by_name(
    base: list[str], head: list[str], renames: dict[str, str], pairs: list[tuple[str, str]]
) -> None:
    assert compared(base, head, renames) == pairs


def test_a_document_of_no_application_is_not_compared() -> None:
    sides = facts(contract(None, "/a")), facts(contract(None))
    assert compatibility.comparisons(*sides, {}) == ()


def test_the_differences_are_those_of_the_contracts() -> None:
    sides = facts(contract("a.py:app", "/a", "/b")), facts(contract("a.py:app", "/a"))
    (found,) = compatibility.comparisons(*sides, {})
    assert [(d.level, d.operation) for d in found.differences] == [("breaking", "GET /b")]


def test_sunsets_are_not_judged() -> None:
    old, new = contract("a.py:app", "/a", "/b"), contract("a.py:app", "/a")
    old.document["paths"]["/b"]["get"].update({"deprecated": True, "x-sunset": "2020-01-01"})
    (found,) = compatibility.comparisons(facts(old), facts(new), {})
    assert {(d.level, d.proof) for d in found.differences} == {("warning", "undecided")}


def test_an_operation_counts_once() -> None:
    one, two = contract("a.py:app", "/a", "/b"), contract("b.py:app", "/b", "/c")
    nothing = cast("Any", None)
    change = ChangeFacts(nothing, nothing, frozenset(), {}, (Comparison(one, one, ()), Comparison(two, two, ())))
    assert compatibility.compared(change) == 3
    assert compatibility.compared(ChangeFacts(nothing, nothing, frozenset(), {})) == 0


def told(*operations: str) -> Break:
    difference = Difference(
        id="x", level="warning", proof="undecided", direction="none", operation="", location="", message="m"
    )
    return Break(difference, operations, Location("a.py", 1, 1), "Order", "", ())


@pytest.mark.parametrize(
    "found, count",
    [
        ([], 0),
        ([told("GET /a", "GET /b"), told("GET /b")], 2),
        # What concerns no operation is counted itself.
        ([told(), told()], 2),
    ],
)
def test_what_is_reached_is_counted_once(found: list[Break], count: int) -> None:
    assert compatibility.reached(found) == count


def test_what_is_undecided_is_asked_for() -> None:
    contracts = contract("a.py:app"), contract("a.py:app")
    unclear = told().difference
    snapshot = SimpleNamespace(snapshot=SimpleNamespace(files={}))
    change = ChangeFacts(
        cast("Facts", snapshot), cast("Facts", snapshot), frozenset(), {}, (Comparison(*contracts, (unclear,)),)
    )
    assert [item.difference for item in compatibility.undecided(change)] == [unclear]
