"""The verdict follows the worst introduced finding; the same causes are told once."""

import pytest

from byte.model.review import Severity
from byte.review.aggregate import aggregate
from byte.review.judge import judge
from tests.review.made import finding

BLOCKER, MAJOR, NOTE = Severity


@pytest.mark.parametrize(
    "findings, verdict",
    [
        ([], "APPROVED"),
        ([(NOTE, True)], "APPROVED"),
        ([(NOTE, True)] * 9, "APPROVED"),
        ([(MAJOR, True)], "APPROVED WITH CHANGES"),
        ([(MAJOR, True)] * 50, "APPROVED WITH CHANGES"),
        ([(NOTE, True), (MAJOR, True)], "APPROVED WITH CHANGES"),
        ([(MAJOR, True), (BLOCKER, True)], "NEEDS REVISION"),
        ([(BLOCKER, True)], "NEEDS REVISION"),
        # What was there before never moves the verdict; in an audit (None) everything counts.
        ([(BLOCKER, False)], "APPROVED"),
        ([(BLOCKER, False), (MAJOR, True)], "APPROVED WITH CHANGES"),
        ([(BLOCKER, None)], "NEEDS REVISION"),
        ([(MAJOR, None), (BLOCKER, False)], "APPROVED WITH CHANGES"),
    ],
)
def test_verdict(findings, verdict):
    assert judge(finding(severity=s, introduced=i) for s, i in findings).value == verdict


def of_cause(cause, *lines, **changes):
    return [finding(f"{cause}{line}", line=line, cause=cause, **changes) for line in lines]


def test_findings_of_one_cause_become_one_with_its_places():
    (merged,) = aggregate(of_cause("c", 9, 3, 5, 7))
    assert [(p.path, p.line) for p in merged.places] == [("a.py", 3), ("a.py", 5), ("a.py", 7), ("a.py", 9)]
    assert (merged.line_start, merged.message) == (3, "m (4 places of one cause)")


def test_up_to_three_stand_for_themselves():
    assert [f.places for f in aggregate(of_cause("c", 1, 2, 3))] == [()] * 3


def test_other_causes_other_rules_and_none_stay_apart():
    items = [
        *of_cause("c", 1, 2, 3),
        *of_cause("d", 4, 5),
        *of_cause("c", 6, id="BYT903"),
        finding(line=8),
        finding(line=9),
    ]
    assert len(aggregate(items)) == len(items)


def test_a_merged_finding_has_the_worst_severity_and_stands_where_it_belongs():
    mixed = [*of_cause("c", 1, 2, 3, severity=NOTE), *of_cause("c", 40, severity=BLOCKER), finding("x", line=5)]
    merged, other = aggregate(mixed)
    assert (merged.severity, merged.line_start, len(merged.places)) == (BLOCKER, 40, 4)
    assert other.fingerprint == "x"


def test_the_order_of_the_findings_does_not_matter():
    items = [*of_cause("c", 9, 3, 5, 7), finding("x", line=4), *of_cause("d", 1, 2)]
    assert aggregate(items) == aggregate(items[::-1])
