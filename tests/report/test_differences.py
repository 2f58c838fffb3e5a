"""The views of a comparison: each against its expected text, and what every one of them must keep."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from byte.model.difference import Counterexample, Difference, SideName
from byte.model.diffs import Comparison, Problem
from byte.report.differences import FORMATS, for_terminal, wording
from tests.report.comparisons import (
    ADDED,
    COMPARISONS,
    COMPATIBLE,
    HOSTILE,
    MIXED,
    NASTY,
    PATTERN,
    REMOVED,
    REQUIRED,
    SAME,
    SCHEME,
    everywhere,
)
from tests.report.test_github import parsed
from tests.report.test_markdown import WORDS
from tests.report.test_sarif import RELATIVE_URI, locations
from tests.report.test_terminal import SGR

SUFFIXES = {"markdown": "md", "json": "json", "sarif": "sarif", "github": "github.txt"}
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/diff-1.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)
PARSER = MarkdownIt("commonmark")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\ud800-\udfff]")


def rendered(name, comparison, changelog=False):
    """Any view by its name; that for terminals without colours."""
    if name == "terminal":
        return for_terminal(comparison, width=100, color=False, changelog=changelog)
    return FORMATS[name](comparison, changelog=changelog)


VIEWS = ("terminal", *FORMATS)
# In JSON alone hostile text stands as it is, in strings.
PROSE = ("terminal", "markdown", "github")


@pytest.mark.parametrize("name", COMPARISONS)
@pytest.mark.parametrize("format_name", FORMATS)
def test_the_expected_text(name, format_name, golden):
    golden(f"diff.{name}.{SUFFIXES[format_name]}", FORMATS[format_name](COMPARISONS[name]))


@pytest.mark.parametrize("name", COMPARISONS)
def test_the_expected_view(name, golden):
    golden(f"diff.{name}.terminal.txt", rendered("terminal", COMPARISONS[name]))


def test_the_expected_changelog(golden):
    golden("diff.changelog.md", rendered("markdown", MIXED, changelog=True))
    golden("diff.changelog.terminal.txt", rendered("terminal", MIXED, changelog=True))


def test_the_expected_colours(golden):
    golden("diff.mixed.colour.txt", for_terminal(MIXED, width=100, color=True))


# --- what all views keep -----------------------------------------------------------------------


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS)
def test_every_view_is_utf_8_and_ends_its_last_line(name, comparison):
    text = rendered(name, comparison, changelog=True)
    assert text.encode().decode() == text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("name", PROSE)
def test_nothing_that_differs_is_lost(name):
    text = rendered(name, MIXED, changelog=True)
    for difference in MIXED.differences:
        said = difference.operation if difference is ADDED and name != "github" else difference.message
        assert re.sub(r"\s+", " ", said) in re.sub(r"\s+", " ", text), difference.id


@pytest.mark.parametrize("name", [*PROSE, "sarif"])
def test_what_is_compatible_is_shown_only_in_a_changelog(name):
    assert "sales" not in rendered(name, MIXED)
    assert "sales" in rendered(name, MIXED, changelog=True)


@pytest.mark.parametrize("name", PROSE)
def test_what_is_compatible_is_always_counted(name):
    assert "3 breaking, 1 warning, 3 compatible" in rendered(name, MIXED)
    assert "0 breaking, 0 warnings, 2 compatible" in rendered(name, COMPATIBLE)


@pytest.mark.parametrize("name", PROSE)
def test_no_difference_is_said(name):
    assert "No differences" in rendered(name, SAME)


@pytest.mark.parametrize("name", PROSE)
def test_a_break_stands_with_its_proof(name):
    text = rendered(name, MIXED)
    assert re.search(r'was accepted: `?\{"items":\[\{"sku":"a"\}\]\}', text)
    assert re.search(r"was answered: `?DELETE /orders/7", text)
    assert "(400 characters)" in text


@pytest.mark.parametrize("name", PROSE)
def test_one_cause_is_told_once_with_what_it_reaches(name):
    text = rendered(name, MIXED).replace("`", "")
    assert text.count("became required") == 1
    assert "POST /orders, PUT /orders/0, PUT /orders/1 and 9 more" in text


@pytest.mark.parametrize("name", ["markdown", "json", "sarif", "github"])
def test_what_was_not_read_and_lines_that_did_nothing_are_told(name):
    text = rendered(name, MIXED)
    assert "leads nowhere" in text
    assert "ignore.txt:4" in text


def test_of_many_lines_that_did_nothing_the_first_are_told():
    many = msgspec.structs.replace(SAME, unused=tuple(f"ignore.txt:{number}: GET /x" for number in range(20)))
    assert wording.unused(many)[7:] == ["ignore.txt:7: GET /x", "... 12 more"]
    assert "ignore.txt:8" not in "".join(rendered(name, many) for name in PROSE)
    assert len(json.loads(rendered("json", many))["unused_ignores"]) == 20


def test_rich_is_imported_only_for_the_terminal():
    script = "import sys, byte.report.differences; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@given(WORDS)
@settings(deadline=None, max_examples=50)
def test_no_text_sends_control_characters(words):
    for name in VIEWS:
        assert not CONTROLS.search(rendered(name, everywhere(words), changelog=True)), name


# --- groups ------------------------------------------------------------------------------------


def test_operations_with_breaks_come_first_and_new_ones_last():
    groups = wording.groups(MIXED, changelog=True)
    assert [wording.heading(group) for group in groups] == [
        "DELETE /orders/{id}",
        "GET /orders",
        "Reaches 12 operations: POST /orders, PUT /orders/0, PUT /orders/1 and 9 more",
        "The whole document",
        "New operations (1)",
    ]
    levels = [difference.level for difference in groups[1].differences]
    assert levels == ["breaking", "warning", "info"]


def test_what_a_callback_asks_and_a_webhook_are_no_new_operations_of_the_api():
    asked = msgspec.structs.replace(ADDED, operation="POST /subscribe", location="callback event", reaches=())
    hook = msgspec.structs.replace(
        ADDED, id="webhook-added", operation="", message="the webhook `w` was added", reaches=()
    )
    groups = wording.groups(Comparison(base="a", revision="b", differences=(asked, hook, ADDED)), changelog=True)
    assert [wording.heading(group) for group in groups] == [
        "POST /subscribe",
        "The whole document",
        "New operations (1)",
    ]


@pytest.mark.parametrize(
    "message,reaches,said",
    [
        ("GET /a was removed", ("GET /a",), "GET /a was removed"),
        ("it is gone", ("GET /a",), "GET /a: it is gone"),
        ("GET /a is gone", ("GET /a", "GET /b"), "GET /a, GET /b: GET /a is gone"),
        ("it is gone", (), "it is gone"),
    ],
)
def test_an_operation_is_not_named_twice(message, reaches, said):
    item = msgspec.structs.replace(SCHEME, message=message, reaches=reaches)
    assert wording.clause(item) == said


@pytest.mark.parametrize(
    "line,said",
    [
        ("GET /a?b=1 (without credentials)", "was answered"),
        ("POST webhook:paid", "was sent"),
        ("PUT {$request.body#/url}", "was sent"),
    ],
)
def test_what_the_api_asks_was_sent_and_not_answered(line, said):
    assert wording.proof(Counterexample(kind="request", value=line), REMOVED) == (said, line)


@pytest.mark.parametrize("path", ["stdin", "https://example.org/a.json"])
def test_what_is_in_no_file_is_at_no_file(path):
    lost = Comparison(base="-", revision="b", differences=(), problems=(Problem("base", path, 3, "it is a list"),))
    assert rendered("github", lost).startswith("::notice title=Not read in the base::it is a list\n")
    (note,) = json.loads(rendered("sarif", lost))["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert (note["message"]["text"], "locations" in note) == ("Not read in the base: it is a list", False)


def test_four_operations_are_all_named():
    assert wording.reached(["GET /a", "GET /b", "GET /c", "GET /d"]) == "GET /a, GET /b, GET /c, GET /d"
    assert wording.reached(f"GET /{letter}" for letter in "abcde") == "GET /a, GET /b, GET /c and 2 more"


@pytest.mark.parametrize(
    "direction,valid_for,said",
    [
        ("request", "base", "was accepted"),
        ("request", "revision", "is accepted now"),
        ("response", "revision", "may be sent now"),
        ("response", "base", "was sent"),
    ],
)
def test_a_payload_is_told_by_its_direction(direction, valid_for, said):
    other: SideName = "revision" if valid_for == "base" else "base"
    example = Counterexample(kind="payload", value=[1], valid_for=valid_for, invalid_for=other)
    item = Difference(
        id="x", level="breaking", proof="counterexample", direction=direction, operation="", location="", message=""
    )
    assert wording.proof(example, item) == (said, "[1]")


@pytest.mark.parametrize(
    "value,shown",
    [
        ({"a": None, "b": 1.5}, '{"a":null,"b":1.5}'),
        ("x" * 60, f'"{"x" * 60}"'),
        ("x" * 61, f'"{"x" * 20}... (61 characters)"'),
        ('"\\' * 40, '"' + '\\"\\\\' * 10 + '... (80 characters)"'),
        (2**70, str(2**70)),
        ("a\u202eb", '"a\\u202eb"'),
    ],
)
def test_a_value_is_shown_on_one_line(value, shown):
    assert wording.compact(value) == shown


def test_a_long_value_is_cut():
    assert len(wording.compact(list(range(1000)))) == 303


# --- terminal ----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 40, 80, 200])
def test_lines_keep_the_width(width):
    lines = for_terminal(MIXED, width=width, color=False, changelog=True).splitlines()
    assert max(map(len, lines)) <= max(width, 40)


def test_colour_adds_only_colour():
    plain = for_terminal(MIXED, width=90, color=False)
    coloured = for_terminal(MIXED, width=90, color=True)
    stripped = "\n".join(line.rstrip() for line in SGR.sub("", coloured).split("\n"))
    assert coloured != plain == stripped


def test_a_hostile_name_sends_no_escape_sequence():
    text = for_terminal(HOSTILE, width=300, color=True, changelog=True)
    assert "\\x1b[31m" in text
    assert "\x1b[31m " not in SGR.sub("", text)


def test_an_undecided_difference_says_so():
    assert "undecided: the pattern" in rendered("terminal", MIXED)
    assert "**Warning, undecided:**" in rendered("markdown", MIXED)


# --- markdown ----------------------------------------------------------------------------------


def structure(text):
    """Headings and how many items the lists have: what hostile words must not change."""
    tokens = PARSER.parse(text)
    return [token.tag for token in tokens if token.type in ("heading_open", "list_item_open", "html_block", "fence")]


def test_hostile_words_stay_in_their_place():
    assert structure(rendered("markdown", HOSTILE, changelog=True)) == structure(
        rendered("markdown", everywhere("x"), changelog=True)
    )


@given(WORDS)
@settings(deadline=None, max_examples=100)
def test_any_words_stay_in_their_place(words):
    expected = structure(rendered("markdown", everywhere("x"), changelog=True))
    assert structure(rendered("markdown", everywhere(words or "x"), changelog=True)) == expected


# --- JSON --------------------------------------------------------------------------------------


@pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS)
def test_documents_are_valid(comparison):
    assert [str(error) for error in VALIDATOR.iter_errors(json.loads(rendered("json", comparison)))] == []


@pytest.mark.parametrize(
    "where", ["", "differences/0", "differences/0/counterexample", "differences/0/oasdiff/0", "problems/0", "summary"]
)
def test_the_schema_refuses_unknown_keys(where):
    document = json.loads(rendered("json", MIXED))
    part = document
    for key in filter(None, where.split("/")):
        part = part[int(key)] if key.isdigit() else part[key]
    part["other"] = 1
    assert not VALIDATOR.is_valid(document)


def test_the_schema_is_one():
    jsonschema_rs.meta.validate(SCHEMA)


def test_the_schema_lists_the_keys_in_the_order_of_the_document():
    document = json.loads(rendered("json", MIXED))
    assert list(document) == list(SCHEMA["properties"]) == SCHEMA["required"]
    assert list(document["differences"][0]) == list(SCHEMA["$defs"]["difference"]["properties"])
    assert list(document["differences"][0]) == list(Difference.__struct_fields__)


def test_json_holds_everything_changelog_or_not():
    document = json.loads(rendered("json", MIXED))
    assert document["breaking"] is True
    assert document["summary"] == {"breaking": 3, "warning": 1, "info": 3, "ignored": 2}
    assert [item["id"] for item in document["differences"]] == [item.id for item in MIXED.differences]
    assert document["differences"][0] == {
        "id": "api-removed-without-deprecation",
        "level": "breaking",
        "proof": "rule",
        "direction": "none",
        "operation": "DELETE /orders/{id}",
        "location": "",
        "message": "the operation was removed",
        "counterexample": {
            "kind": "request",
            "value": "DELETE /orders/7",
            "valid_for": "base",
            "invalid_for": "revision",
        },
        "base_pointer": "/paths/~1orders~1{id}/delete",
        "revision_pointer": "",
        "base_origin": "orders.yaml:61",
        "revision_origin": None,
        "reaches": ["DELETE /orders/{id}"],
        "oasdiff": [
            {
                "id": "api-removed-without-deprecation",
                "level": "ERR",
                "operation": "DELETE",
                "path": "/orders/{id}",
            }
        ],
    }
    assert rendered("json", MIXED) == rendered("json", MIXED, changelog=True)


def test_numbers_of_any_size_survive():
    example = Counterexample(kind="payload", value=[2**70, 0.1])
    comparison = Comparison(
        base="a", revision="b", differences=(msgspec.structs.replace(REQUIRED, counterexample=example),)
    )
    document = json.loads(rendered("json", comparison))
    assert document["differences"][0]["counterexample"]["value"] == [2**70, 0.1]
    assert "1180591620717411303424" in rendered("terminal", comparison)


@given(WORDS)
@settings(deadline=None, max_examples=50)
def test_any_text_survives(words):
    document = json.loads(rendered("json", everywhere(words)))
    expected = re.sub("[\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", words)
    assert document["differences"][0]["message"] == expected
    assert VALIDATOR.is_valid(document)


def test_ten_thousand_differences_are_written_at_once():
    many = msgspec.structs.replace(MIXED, differences=MIXED.differences * 1500)
    start = time.process_time()
    text = rendered("json", many)
    spent = time.process_time() - start
    assert len(json.loads(text)["differences"]) > 10_000
    assert spent < 0.5


# --- SARIF and annotations ---------------------------------------------------------------------


@pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS)
def test_logs_fit_the_models_made_from_the_official_schema(comparison):
    models = pytest.importorskip(
        "fluidattacks_core.sarif", reason="fluidattacks-core-sarif, which holds the schema as models, is not installed"
    )
    models.SarifLog.model_validate_json(rendered("sarif", comparison, changelog=True))


@pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS)
def test_every_result_points_at_its_rule_and_place(comparison):
    run = json.loads(rendered("sarif", comparison, changelog=True))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({rule["id"] for rule in rules})
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert len(result["locations"]) == 1
    for location in locations(run):
        assert RELATIVE_URI.fullmatch(location["artifactLocation"]["uri"])
        assert location["region"]["startLine"] >= 1


def results(comparison):
    return json.loads(rendered("sarif", comparison, changelog=True))["runs"][0]["results"]


def place_of(result):
    at = result["locations"][0]["physicalLocation"]
    return at["artifactLocation"]["uri"], at["region"]["startLine"]


def test_a_result_stands_in_the_revision_else_in_the_base():
    assert [place_of(result) for result in results(MIXED)][:3] == [
        ("orders.yaml", 61),
        ("orders.yaml", 72),
        ("orders.yaml", 12),
    ]
    assert results(MIXED)[1]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 70


def test_what_stands_in_no_file_has_no_line():
    piped = msgspec.structs.replace(REQUIRED, base_origin="-:3", revision_origin="https://example.org/a.yaml:8")
    comparison = msgspec.structs.replace(MIXED, differences=(piped,), problems=())
    assert "physicalLocation" not in results(comparison)[0]["locations"][0]
    assert "relatedLocations" not in results(comparison)[0]
    _, properties, message = parsed(rendered("github", comparison).splitlines()[0])
    assert properties == {"title": "breaking: request-property-became-required"}
    assert "https://example.org/a.yaml:8" in message


def fingerprints(*differences):
    return [result["partialFingerprints"]["byteDiff/v1"] for result in results(Comparison(
        base="a", revision="b", differences=differences
    ))]  # fmt: skip


def test_a_fingerprint_outlives_lines_words_and_further_operations():
    moved = msgspec.structs.replace(
        REQUIRED,
        message="other words",
        revision_origin="orders.yaml:500",
        operation="GET /first",
        reaches=("GET /first", *REQUIRED.reaches),
    )
    assert fingerprints(moved) == fingerprints(REQUIRED)
    assert fingerprints(msgspec.structs.replace(PATTERN, location="query parameter `id`")) != fingerprints(PATTERN)


def test_two_of_a_kind_in_one_place_have_two_fingerprints():
    found = fingerprints(REMOVED, REMOVED, PATTERN)
    assert len(set(found)) == 3
    assert found[0] == fingerprints(REMOVED)[0]


def test_levels_become_levels():
    assert [result["level"] for result in results(MIXED)] == [
        *("error", "error", "warning", "note", "error", "note", "note")
    ]  # fmt: skip
    lines = rendered("github", MIXED, changelog=True).splitlines()
    assert [parsed(line)[0] for line in lines] == [
        *("error", "error", "warning", "notice", "error", "notice", "notice", "notice", "notice", "notice")
    ]  # fmt: skip


def test_an_annotation_stands_at_its_line():
    level, properties, message = parsed(rendered("github", MIXED).splitlines()[3])
    assert level == "error"
    assert properties == {"file": "orders.yaml", "line": "90", "title": "breaking: request-property-became-required"}
    assert message.splitlines()[0].endswith("and 9 more: request property `items/price` became required")


def test_hostile_words_stay_in_their_annotation():
    text = rendered("github", HOSTILE, changelog=True)
    assert all(parsed(line) for line in text.splitlines())
    assert len(text.splitlines()) == len(text.split("\n")) - 1 == 6
    assert NASTY.split("\n")[0] in parsed(text.splitlines()[0])[1]["title"]


def test_what_neither_side_could_read_is_told_once():
    read = [
        Problem("base", "app/db.py", 4, "the arguments are not known"),
        Problem("base", "app/main.py", 9, "a router is not known"),
        Problem("revision", "app/db.py", 6, "the arguments are not known"),
    ]
    comparison = Comparison(base="v1", revision="v2", differences=(), problems=tuple(read))
    text = FORMATS["markdown"](comparison)
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert lines == [
        "- base app/main.py:9: a router is not known",
        "- both sides app/db.py:6: the arguments are not known",
    ]
