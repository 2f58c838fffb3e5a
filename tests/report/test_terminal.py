"""The view for terminals: readable, and deaf to what names hold."""

import re

import pytest
from hypothesis import given, settings

from byte.report import for_terminal
from tests.report.reviews import HOSTILE, MIXED, REVIEWS, everywhere
from tests.report.test_markdown import WORDS

SGR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS)
def test_the_verdict_is_first_and_last(review):
    lines = for_terminal(review, width=80, color=False).splitlines()
    assert review.verdict.value in lines[0]
    assert lines[-1] == f"Verdict: {review.verdict.value}"


@pytest.mark.parametrize("width", [1, 40, 80, 200])
def test_lines_keep_the_width(width):
    # A table cell or a sentence wraps; nothing here is wider than its characters.
    lines = for_terminal(MIXED, width=width, color=False).splitlines()
    assert max(map(len, lines)) <= max(width, 40)


def test_colour_adds_only_colour():
    plain = for_terminal(MIXED, width=90, color=False)
    coloured = for_terminal(MIXED, width=90, color=True)
    stripped = "\n".join(line.rstrip() for line in SGR.sub("", coloured).split("\n"))
    assert coloured != plain == stripped


def test_rich_markup_in_names_is_text():
    text = for_terminal(everywhere("[red]a.py[/red]", "[bold]x[/] :tada:"), width=120, color=False)
    assert "[red]a.py[/red]" in text
    assert "[bold]x[/] :tada:" in text


def test_a_hostile_name_sends_no_escape_sequence():
    assert "\\x1b[31m" in for_terminal(HOSTILE, width=300, color=True)
    assert "\x1b[31m " not in SGR.sub("", for_terminal(HOSTILE, width=300, color=True))


def test_answers_come_on_request():
    assert "How do we validate incoming requests?" in for_terminal(MIXED, width=100, color=False, answers=True)
    assert "How do we validate" not in for_terminal(MIXED, width=100, color=False)


@given(WORDS, WORDS)
@settings(deadline=None)
def test_no_text_sends_control_characters(path, words):
    text = for_terminal(everywhere(path, words), width=100, color=False)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\ud800-\udfff]", text)
    assert text.endswith("\nVerdict: APPROVED WITH CHANGES\n")
