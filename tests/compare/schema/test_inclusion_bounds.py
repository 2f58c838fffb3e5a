"""Hostile schemas are answered, or left undecided, in bounded time; nothing is raised."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml_rs

from byte.compare.document import Side
from byte.compare.schema.decider import Decider
from tests.compare.schema.ask import decided, proved

SEMANTIC = Path("/work/shared/bench/compat/semantic")


def _read(path: Path) -> Any:
    return yaml_rs.loads(path.read_text())


def nested(depth: int, leaf: Any) -> Any:
    for _ in range(depth):
        leaf = {"type": "object", "properties": {"n": leaf}, "required": ["n"]}
    return leaf


def around(depth: int, leaf: Any, keyword: str) -> Any:
    for _ in range(depth):
        leaf = {keyword: leaf if keyword == "not" else [leaf]}
    return leaf


STRING = {"type": "string"}
SHORT = {"type": "string", "maxLength": 3}


def test_ten_levels_are_shown_and_a_thousand_are_a_doubt():
    assert decided(nested(10, STRING), nested(10, SHORT)).failures
    assert proved(nested(1_000, SHORT), nested(1_000, STRING))
    assert decided(nested(1_000, STRING), nested(1_000, SHORT)).doubts


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf", "not"])
def test_a_thousand_levels_in_one_place_are_a_doubt(keyword: str):
    assert decided(around(1_000, STRING, keyword), around(1_000, SHORT, keyword)).doubts


def test_a_product_of_a_million_alternatives_is_a_doubt_at_once():
    def bomb(most: int) -> Any:
        sides = [
            [{"properties": {f"{c}{i}": {"type": "string", "maxLength": most}}, "required": [f"{c}{i}"]} for c in "pq"]
            for i in range(20)
        ]
        return {"type": "object", "allOf": [{"anyOf": side} for side in sides]}

    started = time.perf_counter()
    verdict = decided(bomb(5), bomb(4))

    assert not verdict.proved
    assert time.perf_counter() - started < 5


def test_ten_thousand_properties_and_fifty_thousand_values():
    names = {f"p{i}": STRING for i in range(10_000)}
    values = [f"v{i}" for i in range(50_000)]
    started = time.perf_counter()

    (failure,) = decided(
        {"type": "object", "properties": names}, {"type": "object", "properties": {**names, "p7": SHORT}}
    ).failures
    assert failure.payload == {"p7": "aaaa"}
    (failure,) = decided({"enum": values}, {"enum": values[:-1]}).failures
    assert failure.payload == "v49999"
    assert proved({"enum": values[:-1]}, {"enum": values})
    assert time.perf_counter() - started < 10


def test_counts_that_no_payload_reaches_are_doubts():
    assert decided({"type": "array"}, {"type": "array", "maxItems": 10**9}).doubts
    assert decided({"type": "string"}, {"type": "string", "maxLength": 10**9}).doubts
    assert proved({"type": "array", "maxItems": 5}, {"type": "array", "maxItems": 10**9})


def test_values_that_keywords_cannot_have_say_nothing():
    odd = {
        "type": 5,
        "properties": [],
        "items": "x",
        "enum": {},
        "required": "a",
        "minimum": "x",
        "allOf": {},
        "anyOf": [5, None],
        "pattern": 7,
        "minLength": -1,
        "maxLength": 1e300,
        "multipleOf": 0,
        "dependentRequired": [],
        "discriminator": 3,
        "not": "x",
    }

    assert not decided(odd, STRING).proved
    assert not decided({"type": ["string", 5]}, odd).failures


def test_a_cycle_of_many_components_is_walked_once():
    parts: dict[str, Any] = {
        f"C{i}": {
            "type": "object",
            "properties": {f"r{j}": {"$ref": f"#/components/schemas/C{(i * 7 + j * 13) % 200}"} for j in range(10)},
        }
        for i in range(200)
    }
    changed = {**parts, "C5": {"type": "object", "properties": {**parts["C5"]["properties"], "r1": STRING}}}
    body = {"$ref": "#/components/schemas/C0"}
    started = time.perf_counter()

    (failure,) = decided(body, body, parts=parts, others=changed).failures

    assert failure.base == "/components/schemas/C5/properties/r1" or failure.revision.endswith("/C5/properties/r1")
    assert time.perf_counter() - started < 10


@pytest.mark.skipif(not SEMANTIC.is_dir(), reason="the measuring set /work/shared/bench/compat is not here")
def test_the_pairs_with_known_truth_come_out_right():
    wrong = []
    for folder in sorted(SEMANTIC.iterdir()):
        expected = _read(folder / "expected.json")
        if expected["kind"] == "protocol":
            continue
        base, revision = (_read(folder / f"{n}.yaml") for n in ("base", "revision"))
        place = "requestBody" if expected["direction"] == "request" else "responses/200"
        pointer = f"/paths/~1things/post/{place}/content/application~1json/schema"
        decider = Decider(Side(base, "base"), Side(revision, "revision"))
        pointers = [pointer, pointer.replace("/post/", "/get/")]
        at = next(p for p in pointers if Side(base, "base").at(p) is not None)
        verdict = decider.decide(at, at, expected["direction"])
        if bool(verdict.failures) != expected["breaking"] or verdict.doubts:
            wrong.append((folder.name, verdict))

    assert not wrong
