"""What holds for every pair of documents: as itself nothing differs, sides swap, and what means the same is the same."""

import copy
import json
from random import Random
from typing import Any

import jsonschema_rs
import pytest
import yaml_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.compare import compare
from byte.model.contract import Document
from byte.model.difference import Difference
from tests.compare import documents
from tests.compare.documents import JSON, contract, holding
from tests.compare.schema import grammar
from tests.extract.documents.given import read

_BY_NAME = tuple(f"-{kind}" for kind in ("circular-reference-changed", "of-added", "of-removed"))
SEEDS = st.integers(0, 1 << 40)


def told(base: Document, revision: Document) -> tuple[Difference, ...]:
    return compare(contract(base), contract(revision))


def harmful(base: Document, revision: Document) -> list[Difference]:
    return [d for d in told(base, revision) if d.level != "info"]


# --- as itself ---------------------------------------------------------------------------------


@given(SEEDS)
@settings(max_examples=60)
def test_a_document_does_not_differ_from_itself(seed: int) -> None:
    made = documents.document(Random(seed))
    assert told(made, copy.deepcopy(made)) == ()
    assert told(made, documents.reordered(made)) == ()


@given(SEEDS)
@settings(max_examples=60)
def test_the_order_of_keys_changes_nothing_about_what_differs(seed: int) -> None:
    rng = Random(seed)
    base = documents.document(rng)
    revision = documents.edited(rng, base)
    assert _rows(told(base, revision)) == _rows(told(documents.reordered(base), documents.reordered(revision)))


def _rows(differences: tuple[Difference, ...]) -> list[tuple[Any, ...]]:
    return sorted((d.id, d.level, d.proof, d.direction, d.location) for d in differences)


@given(SEEDS)
@settings(max_examples=40)
def test_a_component_that_nothing_uses_changes_nothing(seed: int) -> None:
    rng = Random(seed)
    made = documents.document(rng)
    one, two = ({**made, "components": _with_unused(made, grammar.schema(rng))} for _ in range(2))
    assert told(made, one) == ()
    assert told(one, two) == ()
    # oasdiff lists what went; nobody can notice.
    assert {(d.id, d.level) for d in told(one, made)} == {("api-schema-removed", "info")}


def _with_unused(made: Document, schema: Any) -> Document:
    components: Document = made["components"]
    return {**components, "schemas": {**components["schemas"], "Unused": schema}}


# --- the other way round -----------------------------------------------------------------------


@given(SEEDS)
@settings(max_examples=100)
def test_what_differs_differs_both_ways(seed: int) -> None:
    rng = Random(seed)
    base = documents.document(rng)
    revision = documents.edited(rng, base)
    assert bool(told(base, revision)) == bool(told(revision, base))


@given(SEEDS)
@settings(max_examples=120)
def test_a_request_one_way_is_an_answer_the_other(seed: int) -> None:
    rng = Random(seed)
    parts, one = grammar.components(rng), grammar.schema(rng)
    two = grammar.edited(rng, one)
    ahead = told(holding(one, parts, place="request"), holding(two, parts, place="request"))
    back = told(holding(two, parts, place="response"), holding(one, parts, place="response"))
    assert _proofs(ahead) == _proofs(back)
    valid, invalid = _validator(one, parts), _validator(two, parts)
    for differences, sender in ((ahead, "base"), (back, "revision")):
        for shown in [d.counterexample for d in differences if d.counterexample is not None]:
            assert (shown.kind, shown.valid_for) == ("payload", sender)
            assert valid.is_valid(shown.value)
            assert not invalid.is_valid(shown.value)


def _proofs(differences: tuple[Difference, ...]) -> set[str]:
    """What was shown, and what could not be."""
    return {d.proof for d in differences if d.proof in ("counterexample", "undecided")}


# --- the same, said in another way -------------------------------------------------------------


@given(SEEDS)
@settings(max_examples=60)
def test_what_is_written_out_is_what_is_referred_to(seed: int) -> None:
    made = documents.document(Random(seed))
    written = {**made, "paths": documents.written_out(made["paths"], made)}
    for found in (*told(made, written), *told(written, made)):
        # To oasdiff a circle that is written out in part, or an alternative that lost its name, is another one.
        # What cannot be proved may be asked, never told.
        named = (found.level, found.id.endswith(_BY_NAME)) == ("info", True)
        assert named or (found.level, found.proof) == ("warning", "undecided"), found


@given(SEEDS)
@settings(max_examples=60)
def test_an_all_of_taken_apart_is_the_whole(seed: int) -> None:
    rng = Random(seed)
    schema = documents.plain(rng)
    whole, parts = holding(schema, {}), holding(documents.split(schema), {})
    assert harmful(whole, parts) == []
    assert harmful(parts, whole) == []


@given(SEEDS)
@settings(max_examples=60)
def test_both_versions_say_the_same(seed: int) -> None:
    rng = Random(seed)
    schema = documents.plain(rng)
    newer = holding(schema, {})
    older = holding(documents.older(schema), {}, version="3.0.3")
    assert told(newer, older) == ()
    assert told(older, newer) == ()


@given(SEEDS)
@settings(max_examples=40)
def test_json_and_yaml_are_read_as_the_same(seed: int) -> None:
    made = documents.document(Random(seed))
    one, two = read({"a.json": json.dumps(made)}), read({"a.yaml": yaml_rs.dumps(made)})
    assert [text.syntax for contract in (one, two) for text in contract.texts] == ["json", "yaml"]
    assert compare(one, two) == ()


# --- proofs ------------------------------------------------------------------------------------


@given(SEEDS)
@settings(max_examples=60)
def test_what_is_compatible_has_no_counterexample(seed: int) -> None:
    _checked(Random(seed), 10)


def test_some_hundred_payloads_are_asked_for() -> None:
    assert sum(_checked(Random(seed), 4) for seed in range(60)) > 300


@pytest.mark.nightly
def test_ten_thousand_payloads_refute_no_compatible_pair() -> None:
    assert sum(_checked(Random(seed), 20) for seed in range(2_000_000, 2_001_000)) > 10_000


def _checked(rng: Random, payloads: int) -> int:
    """How many payloads of a sender were asked for in bodies that nothing is said against; none of them is refused."""
    base = documents.document(rng)
    revision = documents.edited(rng, base)
    doubted = {(reach, d.direction) for d in harmful(base, revision) for reach in d.reaches}
    asked = 0
    for name, operation in _operations(base):
        other = dict(_operations(revision)).get(name)
        if other is None:
            continue
        for way, place in (("request", "requestBody"), ("response", "responses")):
            if (name, way) in doubted:
                continue
            for one, two in _bodies(operation, other, place, base, revision):
                sender, receiver = ((one, base), (two, revision))
                if way == "response":
                    sender, receiver = receiver, sender
                asked += _accepted(rng, sender, receiver, way, payloads)
    return asked


def _operations(document: Document) -> list[tuple[str, Document]]:
    return [
        (f"{method.upper()} {path}", held)
        for path, item in document["paths"].items()
        for method, held in item.items()
        if method != "parameters"
    ]


def _bodies(one: Document, two: Document, place: str, base: Document, revision: Document) -> list[tuple[Any, Any]]:
    """The schemas of an operation that stand in the same place on both sides."""
    holders = [(one.get(place), two.get(place))]
    if place == "responses":
        holders = [(one[place][code], two[place][code]) for code in one[place] if code in two[place]]
    found = []
    for sides in holders:
        pair = [_schema(held, document) for held, document in zip(sides, (base, revision), strict=True)]
        if None not in pair:
            found.append((pair[0], pair[1]))
    return found


def _schema(held: Any, document: Document) -> Any:
    if held is not None and "$ref" in held:
        _, _, kind, name = held["$ref"].split("/")
        held = document["components"][kind][name]
    return held["content"][JSON]["schema"] if held is not None and "content" in held else None


def _accepted(rng: Random, sender: tuple[Any, Document], receiver: tuple[Any, Document], way: str, count: int) -> int:
    """Payloads of a closed sender, each of which an open receiver takes."""
    flag = {"request": "readOnly", "response": "writeOnly"}[way]
    sent, parts = (_seen(part, flag, False) for part in (sender[0], sender[1]["components"]["schemas"]))
    valid = _validator(sent, parts)
    taken = _validator(_seen(receiver[0], flag, True), _seen(receiver[1]["components"]["schemas"], flag, True))
    asked = 0
    for _ in range(count):
        payload = grammar.payload(rng, sent, parts)
        if valid.is_valid(payload):
            assert taken.is_valid(payload), (payload, sender[0], receiver[0], way)
            asked += 1
    return asked


def _seen(node: Any, flag: str, as_what: bool) -> Any:
    """Schemas without the properties that do not exist in this direction: never written, and not looked at."""
    if isinstance(node, list):
        return [_seen(item, flag, as_what) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _seen(held, flag, as_what) for key, held in node.items()}
    held = node.get("properties")
    hidden = [n for n, s in held.items() if isinstance(s, dict) and s.get(flag)] if isinstance(held, dict) else []
    if hidden:
        made["properties"].update(dict.fromkeys(hidden, as_what))
        made["required"] = [name for name in made.get("required", []) if name not in hidden]
    return made


def _validator(body: Any, parts: Any) -> jsonschema_rs.Draft202012Validator:
    return grammar.validator(grammar.document(body, parts))
