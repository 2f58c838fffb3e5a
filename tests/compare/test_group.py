"""What one cause changes in many operations is told once, the worst first."""

from typing import Any

import pytest

from byte.compare.changes import Change
from byte.compare.group import grouped
from byte.compare.judge import Judged
from byte.model.difference import Counterexample, Difference, Level, Row

SHARED = "/components/schemas/Order/properties/total"


def change(method: str = "GET", path: str = "/orders", **said: Any) -> Change:
    given: dict[str, Any] = {
        "id": "request-property-max-set",
        "oasdiff": "WARN",
        "direction": "request",
        "location": "request body",
        "message": "`total` was limited",
        "base": SHARED,
        "revision": SHARED,
    }
    return Change(method=method, path=path, **given | said)


def told(*changes: Change, level: Level = "warning", shown: tuple[Any, ...] = ()) -> tuple[Difference, ...]:
    values = [Counterexample(kind="payload", value=value) for value in shown]
    proofs = [*values, *[None] * (len(changes) - len(values))]
    return grouped(Judged(c, level, "undecided", proof) for c, proof in zip(changes, proofs, strict=True))


def test_a_shared_component_is_told_once_with_all_that_it_reaches() -> None:
    (found,) = told(change("POST", "/b"), change("GET", "/b"), change("GET", "/a"), change("GET", "/a"))
    assert (found.operation, found.reaches) == ("GET /a", ("GET /a", "GET /b", "POST /b"))
    assert found.oasdiff == tuple(
        Row("request-property-max-set", "WARN", *name.split()) for name in ("GET /a", "GET /a", "GET /b", "POST /b")
    )


@pytest.mark.parametrize(
    "other",
    [
        {"id": "request-property-max-decreased"},
        {"direction": "response"},
        {"base": f"{SHARED}/items"},
        {"revision": ""},
        {"name": "tax"},
        {"keywords": ("maximum",)},
        {"oasdiff": "ERR"},
    ],
)
def test_what_is_not_one_cause_is_told_apart(other: dict[str, Any]) -> None:
    assert len(told(change(), change(**other))) == 2


def test_another_level_is_another_difference() -> None:
    found = grouped([Judged(change(), "warning", "rule"), Judged(change(path="/b"), "breaking", "rule")])
    assert [(d.level, d.reaches) for d in found] == [("breaking", ("GET /b",)), ("warning", ("GET /orders",))]


def test_what_stands_in_an_operation_is_its_own() -> None:
    place = {"base": "/paths/~1orders/get/parameters/0", "revision": "/paths/~1orders/get/parameters/0"}
    assert len(told(change(**place), change(path="/b", **place))) == 2
    assert len(told(change(**place), change(**place))) == 1


def test_what_stands_beside_the_operations_of_a_path_is_shared() -> None:
    place = {"base": "/paths/~1orders/parameters/0", "revision": "/paths/~1orders/parameters/0"}
    (found,) = told(change("GET", **place), change("POST", **place))
    assert found.reaches == ("GET /orders", "POST /orders")


def test_what_has_no_place_is_told_apart_by_its_words() -> None:
    nowhere: dict[str, Any] = {"base": "", "revision": "", "method": "", "path": "", "oasdiff": None}
    found = told(change(**nowhere), change(**nowhere, message="another"))
    assert [(d.message, d.operation, d.reaches, d.oasdiff) for d in found] == [
        ("`total` was limited", "", (), ()),
        ("another", "", (), ()),
    ]


def test_the_smallest_payload_is_shown() -> None:
    (found,) = told(change(), change(path="/b"), shown=({"total": 1_000}, {"total": 1}))
    assert found.counterexample is not None
    assert found.counterexample.value == {"total": 1}
    assert told(change())[0].counterexample is None


def test_the_reason_stands_behind_the_message() -> None:
    (found,) = grouped([Judged(change(), "warning", "undecided", None, "a pattern that is not understood")])
    assert found.message == "`total` was limited (a pattern that is not understood)"


def test_the_order_is_that_of_levels_operations_and_places_whatever_came_first() -> None:
    places = [(level, path) for level in ("info", "breaking", "warning") for path in ("/b", "/a")]
    judged = [
        Judged(change(path=path, base=f"/paths{path}/get/x", revision=""), level, "rule")  # type: ignore[arg-type]
        for level, path in places
    ]
    found = [(d.level, d.operation) for d in grouped(judged)]
    assert found == [(v, f"GET {p}") for v in ("breaking", "warning", "info") for p in ("/a", "/b")]
    assert grouped(judged) == grouped(reversed(judged))
