"""The SARIF log has what the standard and GitHub's code scanning ask for."""

import json
import re
from urllib.parse import unquote

import pytest
from hypothesis import given, settings

from byte.report import sarif
from tests.report.reviews import AUDIT, EMPTY, HOSTILE, MIXED, NASTY_PATH, REVIEWS, everywhere
from tests.report.test_markdown import WORDS

RELATIVE_URI = re.compile(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*")


def run_of(review, rules=None):
    log = json.loads(sarif.render(review, rules))
    assert log["version"] == "2.1.0"
    return log["runs"][0]


def locations(value):
    """Every physical location in the log."""
    if isinstance(value, dict):
        if "physicalLocation" in value:
            yield value["physicalLocation"]
        for part in value.values():
            yield from locations(part)
    elif isinstance(value, list):
        for part in value:
            yield from locations(part)


@pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS)
def test_logs_fit_the_models_made_from_the_official_schema(review):
    models = pytest.importorskip(
        "fluidattacks_core.sarif", reason="fluidattacks-core-sarif, which holds the schema as models, is not installed"
    )
    log = json.loads(sarif.render(review))
    for result in log["runs"][0]["results"]:
        for suppression in result.get("suppressions", ()):
            # The models follow an edition of the schema that called it `state`; the standard says `status`.
            suppression["state"] = suppression.pop("status")
    models.SarifLog.model_validate_json(json.dumps(log))


@pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS)
def test_every_result_points_at_its_rule_and_place(review):
    run = run_of(review)
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert len(result["locations"]) == 1
        assert list(result["partialFingerprints"]) == ["byte/v1"]
        assert len({part["id"] for part in result.get("relatedLocations", [])}) == len(
            result.get("relatedLocations", [])
        )
    for location in locations(run):
        assert location["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
        assert RELATIVE_URI.fullmatch(location["artifactLocation"]["uri"])
        assert 1 <= location["region"]["startLine"] <= location["region"]["endLine"]


def test_levels_follow_severities():
    levels = [result["level"] for result in run_of(MIXED)["results"]]
    assert levels == ["error", "error", "warning", "note", "warning"]


def test_a_chain_is_a_code_flow():
    result = next(result for result in run_of(MIXED)["results"] if result["ruleId"] == "BYT401")
    flow = result["codeFlows"][0]["threadFlows"][0]["locations"]
    lines = [part["location"]["physicalLocation"]["region"]["startLine"] for part in flow]
    assert lines == [57, 88]
    assert [part["message"]["text"] for part in result["relatedLocations"]][1] == "`session.execute` for one server"


def test_a_chain_that_begins_elsewhere_starts_at_the_finding():
    (result, _) = run_of(AUDIT)["results"]
    flow = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert flow[0]["location"]["physicalLocation"]["artifactLocation"]["uri"] == "app/health.py"
    assert len(flow) == 9


def test_places_of_one_cause_are_related():
    result = next(result for result in run_of(MIXED)["results"] if result["ruleId"] == "BYT304")
    assert len(result["relatedLocations"]) == 3


def test_only_accepted_findings_are_suppressed():
    *others, accepted = run_of(MIXED)["results"]
    assert accepted["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "the probe moves out in May",
            "properties": {"until": "2027-01-01"},
        }
    ]
    assert all(result["suppressions"] == [] for result in others)
    assert all("suppressions" not in result for result in run_of(AUDIT)["results"])


def test_newness_is_said_where_there_is_a_base():
    assert {result["baselineState"] for result in run_of(MIXED)["results"][:-1]} == {"new"}
    assert "baselineState" not in run_of(AUDIT)["results"][0]
    assert run_of(AUDIT)["results"][1]["baselineState"] == "unchanged"


def test_unreadable_files_are_notifications():
    (notification,) = run_of(MIXED)["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"] == "Not read: syntax error"
    assert run_of(EMPTY)["invocations"] == [{"executionSuccessful": True}]


def test_pages_are_the_help_of_their_rules():
    page = "# Query in a loop\n\nWhy."
    run = run_of(MIXED, {"BYT401": sarif.RuleText(summary="A query in a loop.", page=page)})
    rule = next(rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "BYT401")
    assert rule["help"] == {"text": page, "markdown": page}
    assert rule["shortDescription"] == {"text": "A query in a loop."}


@pytest.mark.parametrize(
    "path, expected",
    [
        ("a b/ä.py", "a%20b/%C3%A4.py"),
        ("c:d#e?f%.py", "c%3Ad%23e%3Ff%25.py"),
        ("\udcff.py", "%FF.py"),
        ("\ud800.py", "%ED%A0%80.py"),
        ("//host/x", "%2F/host/x"),
    ],
)
def test_paths_are_relative_uris(path, expected):
    assert sarif.uri(path) == expected


def test_a_hostile_path_comes_back_from_its_uri():
    uri = next(locations(run_of(HOSTILE)))["artifactLocation"]["uri"]
    assert unquote(uri, errors="surrogateescape") == NASTY_PATH


@given(WORDS, WORDS)
@settings(deadline=None)
def test_no_text_makes_a_link_or_an_absolute_uri(path, words):
    run = run_of(everywhere(path, words))
    assert all("](" not in result["message"]["text"] for result in run["results"])
    assert all(RELATIVE_URI.fullmatch(place["artifactLocation"]["uri"]) for place in locations(run))
