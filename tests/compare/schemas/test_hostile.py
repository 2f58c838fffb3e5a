"""Schemas that mean no good: deep, circular, shared without end, of wrong types. Answered in bounded time."""

import time
from typing import Any

import pytest

from byte.compare.changes import Change
from byte.compare.schemas.view import KNOWN
from tests.compare.schemas.orders import compared, document, order, rows, said, sides, told

TEXT = {"type": "string"}
COUNT = {"type": "integer"}


def _to(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _timed(base: Any, revision: Any, seconds: float) -> list[Change]:
    start = time.process_time()
    changes = told(base, revision)
    assert time.process_time() - start < seconds
    return changes


def test_a_thousand_levels_are_compared() -> None:
    def chain(leaf: Any) -> dict[str, Any]:
        return {**{f"S{i}": order(a=_to(f"S{i + 1}")) for i in range(1000)}, "S1000": leaf}

    (change,) = _timed(document(_to("S0"), chain(TEXT)), document(_to("S0"), chain(COUNT)), 3)
    assert change.revision == "/components/schemas/S1000"


def test_a_thousand_levels_written_out_are_compared_without_recursion() -> None:
    def deep(leaf: Any) -> Any:
        for _ in range(1000):
            leaf = order(a=leaf)
        return leaf

    assert len(told(document(deep(TEXT)), document(deep(COUNT)), memo=False)) == 1


def test_what_doubles_at_every_level_does_not_explode() -> None:
    def doubling(leaf: Any) -> dict[str, Any]:
        return {**{f"S{i}": order(a=_to(f"S{i + 1}"), b=_to(f"S{i + 1}")) for i in range(60)}, "S60": leaf}

    changes = _timed(document(_to("S0"), doubling(TEXT)), document(_to("S0"), doubling(COUNT)), 3)
    assert 0 < len(changes) < 10_000
    assert {change.revision for change in changes} == {"/components/schemas/S60"}


def test_nothing_is_lost_where_too_much_is_told() -> None:
    def wide(leaf: Any) -> dict[str, Any]:
        doubling = {f"S{i}": order(a=_to(f"S{i + 1}"), b=_to(f"S{i + 1}")) for i in range(40)}
        return {**doubling, "S40": TEXT | leaf, "Last": order(end=TEXT | leaf)}

    schema = order(first=_to("S0"), last=_to("Last"))
    changes = _timed(document(schema, wide({})), document(schema, wide({"maxLength": 3})), 3)
    assert "/components/schemas/Last/properties/end" in {change.revision for change in changes}


def test_schemas_that_all_lead_to_each_other_are_compared() -> None:
    def dense(leaf: Any) -> dict[str, Any]:
        names = [f"S{i}" for i in range(40)]
        return {name: order(leaf=leaf, **{f"p{other}": _to(other) for other in names}) for name in names}

    changes = _timed(document(_to("S0"), dense(TEXT)), document(_to("S0"), dense(COUNT)), 10)
    assert len({change.revision for change in changes}) == 40


def test_hundreds_of_alternatives_are_paired() -> None:
    def many(first: int) -> Any:
        return {"anyOf": [order(kind={"const": i}, note={"minLength": i}) for i in range(first, first + 300)]}

    changes = _timed(document(many(0)), document(many(150)), 5)
    assert rows(changes) == [("request-body-any-of-added", "INFO"), ("request-body-any-of-removed", "ERR")]
    assert "#300" in changes[0].message or "#300" in changes[1].message


def test_alternatives_that_look_alike_are_compared_within_bounds() -> None:
    def many(first: int) -> Any:
        return {"anyOf": [{"minimum": i} for i in range(first, first + 300)]}

    _timed(document(many(0)), document(many(300)), 5)


def test_compositions_within_compositions_end() -> None:
    def wrapped(leaf: Any, *, referred: bool) -> tuple[Any, dict[str, Any]]:
        components: dict[str, Any] = {}
        for level in range(60):
            leaf = order(a={"anyOf": [leaf, {"type": "null"}]})
            if referred:
                components[f"S{level}"] = leaf
                leaf = _to(f"S{level}")
        return {"anyOf": [leaf, {"type": "null"}]}, components

    _timed(document(*wrapped(TEXT, referred=True)), document(*wrapped(TEXT, referred=False)), 5)


@pytest.mark.parametrize("value", [None, "x", -1, 2.5, 10**25, True, [], {}, [None, 1], {"a": None}, {"a": [1]}, [[]]])
def test_values_of_a_wrong_type_count_as_absent_or_as_they_stand(value: Any) -> None:
    for keyword in sorted(KNOWN | {"x-sunset", "x-stability-level", "x-extensible-enum", "$ref"}):
        for base, revision in (({}, {keyword: value}), ({keyword: value}, {keyword: "other"})):
            for direction in ("request", "response"):
                said(order(total=base), order(total=revision), direction)
                said(base, revision, direction)


def test_a_bound_beyond_all_floats_is_a_number() -> None:
    huge = 10**400
    changes = told(document({"maximum": huge}), document({"maximum": huge + 1}), memo=False)
    assert rows(changes) == [("request-body-max-increased", "INFO")]


@pytest.mark.parametrize("schema", [None, 1, "x", []])
def test_what_is_no_schema_is_absent(schema: Any) -> None:
    base = {"properties": {"a": schema}, "items": schema, "anyOf": [schema]}
    assert compared(document(base), document({})) is None


def test_a_shared_component_that_changed_a_lot_is_told_in_many_bodies_quickly() -> None:
    base, revision = (document(_to("A"), {"A": order(**{f"p{i}": s for i in range(200)})}) for s in (TEXT, COUNT))
    both = sides(base, revision)
    start = time.process_time()
    told_in_all = [told(base, revision, both=both) for _ in range(300)]
    assert time.process_time() - start < 2
    assert all(len(changes) == 200 for changes in told_in_all)


def test_beyond_a_limit_every_finding_is_told_once_a_body() -> None:
    shared = {name: _to("Money") for name in ("sum", "tax", "tip")}
    base, revision = (document(order(**shared), {"Money": leaf}) for leaf in (TEXT, COUNT))
    both = sides(base, revision)
    assert len(told(base, revision, both=both)) == 3
    both.told = 10**6
    (change,) = told(base, revision, both=both)
    assert "`sum`" in change.message
