"""Running rules: severities, order, a rule that raises, rules about the change."""

import msgspec
import pytest

from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.extract.project import ProjectFacts
from byte.model.review import Evidence, Location, Severity
from byte.review.check import check, distinct, finding, fingerprint, order
from tests.review import toys
from tests.review.made import finding as made
from tests.review.made import reviewed, snapshot

RULE = toys.BY_NAME["bad-call"]
BASE_MODEL = "from pydantic import BaseModel\n\n\n"


def facts(**files):
    texts = {f"{name}.py": text for name, text in files.items()}
    return ProjectFacts.of_snapshot(snapshot(texts), Library(Cache(None)))


def evidence(**changes):
    return Evidence(**{"message": "m", "at": Location("a.py", 3, 3), "symbol": "f", "key": "k", **changes})


@pytest.mark.parametrize(
    "rule, given, expected",
    [
        (Severity.MAJOR, None, Severity.MAJOR),
        (Severity.MAJOR, Severity.NOTE, Severity.NOTE),
        (Severity.MAJOR, Severity.BLOCKER, Severity.MAJOR),
        (Severity.NOTE, Severity.BLOCKER, Severity.NOTE),
        (Severity.BLOCKER, Severity.MAJOR, Severity.MAJOR),
    ],
)
def test_evidence_may_only_lower_the_severity(rule, given, expected):
    assert finding(RULE, evidence(severity=given), rule).severity is expected


def test_the_fingerprint_knows_rule_symbol_and_key_but_no_wording_place_or_spacing():
    first = finding(RULE, evidence(), Severity.MAJOR).fingerprint
    same = evidence(message="other words", at=Location("b.py", 70, 71), key=" k\n")
    assert finding(RULE, same, Severity.NOTE).fingerprint == first
    assert fingerprint("BYT902", "f", "k") == first
    others = {fingerprint("BYT901", "f", "k"), fingerprint("BYT902", "g", "k"), fingerprint("BYT902", "f", "l")}
    assert len(others | {first}) == 4
    assert len(fingerprint("BYT902", "f", "\ud800")) == 16


def test_a_place_that_ends_before_it_starts_is_one_line():
    found = finding(RULE, evidence(at=Location("a.py", 5, 2)), Severity.MAJOR)
    assert (found.line_start, found.line_end) == (5, 5)


def test_findings_are_sorted_worst_first_then_by_place_then_by_rule():
    items = [
        made("1", "a.py", 1, severity=Severity.NOTE),
        made("2", "b.py", 1, severity=Severity.BLOCKER),
        made("3", "a.py", 9),
        made("4", "a.py", 2, id="BYT950"),
        made("5", "a.py", 2, id="BYT940"),
    ]
    assert [f.fingerprint for f in sorted(items, key=order)] == ["2", "5", "4", "3", "1"]


def test_each_rule_says_one_thing_at_one_place_once():
    twice = [made("x", line=1), made("x", line=1, message="other"), made("x", line=2), made("y", line=1)]
    assert [(f.fingerprint, f.line_start) for f in distinct(twice)] == [("x", 1), ("y", 1), ("x", 2)]


def test_a_rule_that_raises_keeps_its_findings_and_stops_no_other():
    project = facts(
        a=f"{BASE_MODEL}class Raising(BaseModel):\n    x: int\n\n\nclass Fine(BaseModel):\n    x: int\n\n\n"
        "def f():\n    bad()\n"
    )
    found = check(toys.RULES, project, {})
    assert [(f.id, f.path, f.line_start, f.symbol) for f in found] == [
        ("BYT904", "a.py", 4, "Raising"),
        ("BYT902", "a.py", 13, "f"),
        ("BYT001", "a.py", 4, "Raising"),
    ]
    failure = found[-1]
    assert failure.severity is Severity.NOTE
    assert "raising-rule" in failure.message
    assert "ZeroDivisionError" in failure.message
    assert "not for the report" not in failure.message


def test_a_rule_that_raises_on_one_fact_goes_on_with_the_next():
    project = facts(
        a=f"{BASE_MODEL}class RaisingA(BaseModel):\n    x: int\n\n\nclass RaisingB(BaseModel):\n    x: int\n"
    )
    failed = [f.symbol for f in check(toys.RULES, project, {}) if f.id == "BYT001"]
    assert failed == ["RaisingA", "RaisingB"]


def test_a_rule_about_the_change_that_raises_is_a_finding_too(toy_rules, monkeypatch):
    def broken(change):
        yield from ()
        raise KeyError

    rule = msgspec.structs.replace(toys.BY_NAME["removed-endpoint"], check=broken)
    monkeypatch.setattr("byte.rules.RULES", (rule, RULE))
    review = reviewed({"a.py": "x = 1\n"}, {"a.py": "def f():\n    bad()\n"})
    assert [f.rule for f in review.findings] == ["bad-call", "rule-failed"]
    assert review.verdict.value == "APPROVED WITH CHANGES"


def test_a_rule_may_return_a_list():
    rule = msgspec.structs.replace(RULE, check=lambda function, facts: [evidence()])
    assert len(check([rule], facts(a="def f(): pass\n"), {})) == 1


def test_a_rule_that_raises_before_it_yields_is_a_finding_too():
    def broken(function, facts):
        raise RecursionError

    rule = msgspec.structs.replace(RULE, check=broken)
    assert [f.id for f in check([rule], facts(a="def f(): pass\n"), {})] == ["BYT001"]


def test_configured_severities_replace_the_rules_own():
    project = facts(a="def f():\n    bad()\n")
    assert [f.severity.value for f in check([RULE], project, {"bad-call": Severity.BLOCKER})] == ["blocker"]
