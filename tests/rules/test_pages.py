"""Every rule's page is complete, and its examples are its tests."""

import re
from collections import Counter
from pathlib import Path

import pytest

from byte.model.review import Rule
from byte.rules import AREAS, RULES, page, summary
from tests.rules import pages

SECTIONS = ["What it does", "Why is this bad?", "Bad", "Good", "Limits", "References"]
NUMBERS = dict(zip(AREAS, "12345", strict=True))
MORE = Path(__file__).parent / "cases"


def _ids(rule: Rule) -> str:
    return rule.name


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_page_is_complete(rule: Rule) -> None:
    headings = re.findall(r"^## (.+)$", page(rule), re.MULTILINE)
    assert headings == SECTIONS
    assert len(summary(rule)) < 70
    kinds = Counter(e.section for e in pages.examples(page(rule)))
    assert {"Bad", "Good"} <= set(kinds)
    assert all(e.expected for e in pages.examples(page(rule)) if e.section == "Bad")
    assert not any(e.expected for e in pages.examples(page(rule)) if e.section == "Good")


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_place_name_and_area_agree(rule: Rule) -> None:
    module = rule.check.__module__.split(".")
    assert module[2] == rule.area.value
    assert module[3].replace("_", "-") == rule.name
    assert re.fullmatch(rf"BYT{NUMBERS[rule.area.value]}\d\d", rule.id)


def test_ids_and_names_are_unique() -> None:
    names = [n for rule in RULES for n in (rule.id, rule.name, *rule.aliases)]
    assert len(names) == len(set(names))
    assert not [r.name for r in RULES if r.name.startswith(("no-", "prefer-", "avoid-"))]


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_examples(rule: Rule) -> None:
    text = page(rule)
    more = MORE / f"{rule.name}.md"
    if more.exists():
        text += "\n" + more.read_text(encoding="utf-8")
    for number, example in enumerate(pages.examples(text), 1):
        findings = pages.run(rule, example)
        assert not pages.failures(findings), [f.message for f in findings]
        found = Counter((f.path, f.line_start) for f in findings)
        assert dict(found) == example.expected, f"example {number} ({example.section}): {findings}"
