"""What holds for every project and every change."""

import difflib
from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from byte import rules
from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.extract.project import ProjectFacts
from byte.model.facts import ChangeFacts
from byte.report import json, markdown
from byte.review import suppress
from byte.review.check import check, check_change
from byte.review.compatibility import comparisons
from byte.review.introduced import mark
from byte.review.run import _allowances, review
from tests.laws.projects import FILES, changes, projects
from tests.review.made import request

MANY = settings.get_current_profile_name() == "nightly"
law = settings(
    max_examples=1_000 if MANY else 25,
    deadline=None,
    derandomize=not MANY,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
LIBRARY = Library(Cache(None))


def reviewed(base, head, **options):
    return review(request(base, head), LIBRARY, **options)


def told(findings):
    return sorted((f.rule, f.path, f.line_start, f.symbol, f.message) for f in findings)


def identities(findings):
    return Counter((f.rule, f.path, f.line_start, f.fingerprint, f.severity.value) for f in findings)


@law
@given(projects())
def test_no_change_has_no_findings(project):
    files = project.files()
    found = reviewed(files, files)
    assert told(found.findings) == []
    assert found.verdict.value == "APPROVED"
    assert found.summary.startswith("No backend change")
    assert found.strengths == ()


@law
@given(projects(), st.sampled_from(["", "\n\n", "# a comment\n", '\n# "quotes" and (brackets\n\n\n']))
def test_spacing_and_comments_introduce_nothing(project, between):
    found = reviewed(project.files(), replace(project, spacing=(between, f"\n{between}\n")).files())
    assert told(found.findings) == []
    assert found.verdict.value == "APPROVED"


@law
@given(changes(), st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(change, shuffle):
    base, head = (project.files() for project in change)
    first = reviewed(base, head)

    def shuffled(files):
        items = list(files.items())
        shuffle.shuffle(items)
        return dict(items)

    # The readers of sources sort by path; what comes after them must not lean on how they came to be.
    second = review(request(shuffled(base), shuffled(head)), Library(Cache(None)))
    assert json.render(first) == json.render(second)
    assert markdown.render(first, answers=True) == markdown.render(second, answers=True)


@law
@given(projects(), st.integers(0, 200), st.sampled_from(["app/moved.py", *FILES]))
def test_a_moved_definition_introduces_nothing(project, number, path):
    items = list(project.definitions)
    item = items[number % len(items)]
    items[number % len(items)] = replace(item, path=path)
    found = reviewed(project.files(), replace(project, definitions=tuple(items)).files())
    assert told(f for f in found.findings) == []


@law
@given(projects(), st.integers(0, 200))
def test_a_renamed_file_introduces_nothing(project, number):
    paths = sorted({item.path for item in project.definitions})
    old = paths[number % len(paths)]
    found = reviewed(project.files(), replace(project, named={old: "app/renamed.py"}).files())
    assert told(found.findings) == []


@law
@given(projects(), st.integers(0, 200))
def test_a_suppressed_line_hides_exactly_the_findings_of_its_rule_on_it(project, number):
    files = project.files()
    before = reviewed(None, files).findings
    alone = [f for f in before if not f.places and f.line_start > 0 and f.path in files]
    assume(alone)
    chosen = alone[number % len(alone)]
    lines = files[chosen.path].split("\n")
    lines[chosen.line_start - 1] += f"  # byte: allow[{chosen.rule}] it is right"
    after = reviewed(None, {**files, chosen.path: "\n".join(lines)})
    same = [f for f in before if (f.rule, f.path, f.line_start) == (chosen.rule, chosen.path, chosen.line_start)]
    assert after.suppressed == len(same)
    assert told(after.findings) == told(f for f in before if f not in same)


@law
@given(changes())
def test_every_place_of_a_finding_is_in_head(change):
    base, head = (project.files() for project in change)
    found = reviewed(base, head)
    for item in found.findings:
        assert item.rule != "rule-failed", item.message
        # What is said of a file that is gone stands where it stood.
        text = head.get(item.path, base.get(item.path, ""))
        assert 1 <= item.line_start <= item.line_end <= text.count("\n") + 1
        for step in item.because:
            assert step.path in head or step.path in base


def whole(base, head):
    """The introduced findings by the definition: all findings of head minus all of base, nothing left out."""
    asked = request(base, head)
    assert asked.change.base is not None
    before, after = (ProjectFacts.of_snapshot(s, LIBRARY) for s in (asked.change.base, asked.change.head))
    found = [
        suppress.suppress(check(rules.RULES, facts, {}), _allowances(facts), rules.BY_NAME)[0]
        for facts in (before, after)
    ]
    changed = frozenset(asked.change.changed()) | frozenset(asked.change.removed())
    renames = asked.change.renames
    both = ChangeFacts(before, after, changed, renames, comparisons(before, after, renames))
    return [f for f in mark(found[1], found[0], asked.change.renames) if f.introduced], check_change(
        rules.RULES, both, {}
    )


@law
@given(changes())
def test_looking_at_what_differs_finds_what_looking_at_everything_finds(change):
    base, head = (project.files() for project in change)
    asked = request(base, head)
    found = []
    for finding in review(asked, LIBRARY).findings:
        found += [(finding.rule, p.path, p.line) for p in finding.places] or [
            (finding.rule, finding.path, finding.line_start)
        ]
    expected = [(f.rule, f.path, f.line_start) for part in whole(base, head) for f in part]
    assert sorted(set(found)) == sorted(set(expected)), shown(base, head)


def shown(base, head):
    """The difference, for a reader of a failure."""
    out: list[str] = []
    for path in sorted({*base, *head}):
        before, after = (side.get(path, "").splitlines() for side in (base, head))
        out += difflib.unified_diff(before, after, path, path, n=30, lineterm="")
    return "\n".join(out)
