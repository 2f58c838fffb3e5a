"""Workflow commands: one a line, escaped as GitHub's runner reads them."""

import re

import pytest
from hypothesis import given, settings

from byte.report import github
from tests.report.reviews import HOSTILE, MIXED, REVIEWS, everywhere
from tests.report.test_markdown import WORDS

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def parsed(line):
    """Level, properties and message, read as the runner reads them."""
    match = COMMAND.fullmatch(line)
    assert match, line
    level, listed, message = match.groups()
    pairs = dict(pair.split("=", 1) for pair in listed.split(","))
    return level, {key: decoded(value) for key, value in pairs.items()}, decoded(message)


def decoded(value):
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        value = value.replace(escape, char)
    return value


def test_an_annotation_stands_at_its_lines():
    level, properties, message = parsed(github.render(MIXED).splitlines()[2])
    assert level == "warning"
    assert properties == {"file": "app/service.py", "line": "57", "endLine": "59", "title": "BYT401 query-in-loop"}
    assert message.splitlines()[0] == "a full page makes 101 queries"
    assert message.splitlines()[-1] == "Fix: Use the grouped query."


def test_severities_become_levels():
    levels = [parsed(line)[0] for line in github.render(MIXED).splitlines()]
    assert levels == ["error", "error", "warning", "notice", "notice", "notice"]


@pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS)
def test_the_last_annotation_holds_the_verdict(review):
    assert parsed(github.render(review).splitlines()[-1])[2].startswith(f"{review.verdict.value}: ")


def test_escapes():
    assert github.data("50%\r\nx: a, b") == "50%25%0D%0Ax: a, b"
    assert github.property_value("50%\nx: a, b") == "50%25%0Ax%3A a%2C b"


def test_a_hostile_path_stays_in_its_property():
    _, properties, _ = parsed(github.render(HOSTILE).splitlines()[0])
    assert list(properties) == ["file", "line", "endLine", "title"]
    assert properties["file"].startswith("app/| x\n### Verdict")


@given(WORDS, WORDS)
@settings(deadline=None)
def test_each_annotation_is_one_line(path, words):
    text = github.render(everywhere(path, words))
    assert len(text.splitlines()) == len(text.split("\n")) - 1 == 3
    assert all(parsed(line) for line in text.splitlines())
