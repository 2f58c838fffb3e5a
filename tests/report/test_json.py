"""The JSON document obeys its published schema, and the schema knows the words of the model."""

import json
import re
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings

from byte.model.consulted import Affected, Alike, Consulted, Felt, Similar
from byte.model.review import Area, Aspect, Severity, Verdict
from byte.report.json import render
from tests.report.reviews import HOSTILE, MIXED, REVIEWS, everywhere
from tests.report.test_markdown import WORDS

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/review-1.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)
FINDING_KEYS = {
    *("id", "rule", "area", "aspect", "severity", "path", "line_start", "line_end", "symbol", "message", "because"),
    *("fix", "fingerprint", "introduced", "places", "alternative"),
}


@pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS)
def test_documents_are_valid(review):
    assert [str(error) for error in VALIDATOR.iter_errors(json.loads(render(review)))] == []


def test_what_a_registry_said_is_told_only_where_one_was_asked():
    hit = Affected(consumer="web", operation="GET /a", fields=("b",), reason="reads `b`", evidence=("c.py:1",))
    said = Consulted(
        service="shop",
        consumers=2,
        breaks=(Felt(id="x", operations=("GET /a",), message="`b` was removed", consumers=(hit,)),),
        similar=(Alike(operation="GET /n", found=(Similar(service="crm", operation="GET /m", score=0.9),)),),
        notices=("No answer.",),
    )
    document = json.loads(render(msgspec.structs.replace(MIXED, registry=said)))
    assert [str(error) for error in VALIDATOR.iter_errors(document)] == []
    assert document["registry"]["breaks"][0]["consumers"][0]["consumer"] == "web"
    assert "registry" not in json.loads(render(MIXED))


@pytest.mark.parametrize("where", ["", "findings/0", "assessment/Caching", "counts", "libraries/0", "accepted/0"])
def test_the_schema_refuses_unknown_keys(where):
    document = json.loads(render(MIXED))
    part = document
    for key in filter(None, where.split("/")):
        part = part[int(key)] if key.isdigit() else part[key]
    part["other"] = 1
    assert not VALIDATOR.is_valid(document)


def test_the_schema_is_one():
    jsonschema_rs.meta.validate(SCHEMA)


def test_the_schema_knows_the_words_of_the_model():
    finding = SCHEMA["$defs"]["finding"]["properties"]
    assert SCHEMA["properties"]["verdict"]["enum"] == [verdict.value for verdict in Verdict]
    assert list(SCHEMA["properties"]["assessment"]["properties"]) == [aspect.value for aspect in Aspect]
    assert finding["aspect"]["enum"] == [*(aspect.value for aspect in Aspect), None]
    assert finding["area"]["enum"] == [area.value for area in Area]
    assert finding["severity"]["enum"] == [severity.value for severity in Severity]


def test_the_schema_lists_the_keys_in_the_order_of_the_document():
    document = json.loads(render(MIXED))
    asked_for = ["registry"]
    assert [*document, *asked_for] == list(SCHEMA["properties"]) == [*SCHEMA["required"], *asked_for]
    assert list(document["findings"][0]) == list(SCHEMA["$defs"]["finding"]["properties"])
    assert set(document["findings"][0]) == FINDING_KEYS


def test_what_cannot_be_utf_8_reads_as_its_escape():
    text = render(HOSTILE)
    assert "\\udcff" in json.loads(text)["findings"][0]["path"]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)


def test_letters_are_not_escaped():
    assert "ä" in render(everywhere("ä.py", "ö"))


@given(WORDS, WORDS)
@settings(deadline=None)
def test_any_text_survives(path, words):
    document = json.loads(render(everywhere(path, words)))
    expected = re.sub("[\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", words)
    assert document["findings"][0]["message"] == expected
    assert VALIDATOR.is_valid(document)
