"""Introduced is a multiset difference by fingerprint: same path, then along renames, then in any path."""

import pytest

from byte.model.review import Severity
from byte.review.introduced import mark
from tests.review.made import finding


def brought(head, base, renames=None):
    """The places of the introduced findings of head; findings are (fingerprint, path, line)."""
    marked = mark([finding(*h) for h in head], [finding(*b) for b in base], renames or {})
    return [(f.fingerprint, f.path, f.line_start) for f in marked if f.introduced]


@pytest.mark.parametrize(
    "head, base, renames, expected",
    [
        ([], [], {}, []),
        ([], [("x", "a.py", 1)], {}, []),
        ([("x", "a.py", 1)], [], {}, [("x", "a.py", 1)]),
        ([("x", "a.py", 9)], [("x", "a.py", 1)], {}, []),
        ([("x", "a.py", 1), ("x", "a.py", 2)], [("x", "a.py", 1)], {}, [("x", "a.py", 2)]),
        ([("x", "a.py", 1), ("x", "a.py", 2)], [("x", "a.py", 1), ("x", "a.py", 2)], {}, []),
        ([("x", "a.py", 1), ("y", "a.py", 2)], [("x", "a.py", 1)], {}, [("y", "a.py", 2)]),
        ([("x", "b.py", 1)], [("x", "a.py", 1)], {}, []),
        ([("x", "a.py", 1), ("x", "b.py", 1)], [("x", "b.py", 1)], {}, [("x", "a.py", 1)]),
        ([("x", "a.py", 1), ("x", "b.py", 1)], [("x", "a.py", 1)], {}, [("x", "b.py", 1)]),
        # The rename has the better right to the finding of base than a file that sorts first.
        ([("x", "a.py", 1), ("x", "new.py", 1)], [("x", "old.py", 1)], {"new.py": "old.py"}, [("x", "a.py", 1)]),
        # The same path has a better right than the rename.
        ([("x", "new.py", 1), ("x", "old.py", 1)], [("x", "old.py", 1)], {"new.py": "old.py"}, [("x", "new.py", 1)]),
        ([("x", "c.py", 1)], [("x", "a.py", 1), ("x", "b.py", 1)], {}, []),
        (
            [("x", "c.py", 1), ("x", "c.py", 2), ("x", "c.py", 3)],
            [("x", "a.py", 1), ("x", "b.py", 1)],
            {},
            [("x", "c.py", 3)],
        ),
    ],
)
def test_a_finding_of_base_accounts_for_one_of_head(head, base, renames, expected):
    assert brought(head, base, renames) == expected


def test_a_definition_with_as_many_of_a_rule_as_before_is_no_worse():
    def introduced(head, base, renames=None):
        return [f.fingerprint for f in mark(head, base, renames or {}) if f.introduced]

    before = [finding("x", "a.py", 1), finding("y", "a.py", 2)]
    assert introduced([finding("z", "a.py", 1)], before) == []
    assert introduced([finding("z", "b.py", 1)], before) == ["z"]
    assert introduced([finding("z", "b.py", 1)], before, {"b.py": "a.py"}) == []
    assert introduced([finding("x", "a.py", 1), finding("z", "a.py", 2), finding("w", "a.py", 3)], before) == ["w"]
    assert introduced([finding("z", "a.py", 1, symbol="g")], before) == ["z"]
    assert introduced([finding("z", "a.py", 1, id="BYT902")], before) == ["z"]
    assert introduced([finding("z", "a.py", 1, severity=Severity.BLOCKER)], before) == ["z"]


def test_order_and_content_of_the_findings_stay():
    head = [finding("x", "b.py", 2), finding("y", "a.py", 1)]
    marked = mark(head, [], {})
    assert [(f.fingerprint, f.path) for f in marked] == [("x", "b.py"), ("y", "a.py")]
    assert all(f.introduced is True for f in marked)
