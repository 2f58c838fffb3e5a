"""The Markdown keeps the persona's format whatever the reviewed repository holds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from byte.model.review import Verdict
from byte.report import comment, inline, markdown, wording
from tests.report.reviews import AUDIT, EMPTY, HOSTILE, MIXED, REVIEWS, everywhere

HEADINGS = [
    "## Backend Engineer Review",
    "### Assessment",
    "#### API Design",
    "#### Data Model",
    "#### Business Logic",
    "#### Performance",
    "### Strengths",
    "### Concerns",
    "### New Libraries Required",
    "### Better Alternatives Considered",
    "### Recommendations",
    "### Questions for Author",
]
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

# Text that looks for the borders: what Markdown, HTML, GitHub and terminals act upon, among any characters.
PIECES = st.sampled_from(
    [
        *"`|\\#*_~<>[]()!&$@-+=:;\"'{}^",
        "\n",
        "\r\n",
        "\n\n",
        "\t",
        "    ",
        "```",
        "~~~",
        "---",
        "===",
        "1. ",
        "12) ",
        "# ",
        "### Verdict: APPROVED",
        "<!--",
        "-->",
        "<b>",
        "</details>",
        "&amp;",
        "&#35;",
        "![x](y)",
        "[x](y)",
        "[x]: y",
        "http://a.b/c",
        "www.a.b",
        "@user",
        "a@b.c",
        "o/r#1",
        "GH-1",
        "\x1b[31m",
        "\x00",
        "\u202e",
        "\u2028",
        "\x85",
        "\udc80",
        "\ud83d",
        "snake_case",
        "`code`",
        "a",
        " ",
    ]
)
WORDS = st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=40))


def headings(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("#")]


def tokens(text: str) -> list[Token]:
    return PARSER.parse(text)


def skeleton(text: str) -> list[str]:
    """The blocks of the document, without what stands in them."""
    return [token.type for token in tokens(text) if token.type != "inline"]


def inline_types(text: str) -> set[str]:
    return {child.type for token in tokens(text) for child in token.children or ()}


def shown(text: str) -> str:
    """What a reader sees of a paragraph."""
    children = [child for token in tokens(text) for child in token.children or ()]
    return "".join(child.content for child in children)


@pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS)
def test_the_format_is_the_persona_s(review):
    text = markdown.render(review)
    assert headings(text) == [*HEADINGS, f"### Verdict: {review.verdict.value}"]
    assert text.splitlines()[-1] == f"### Verdict: {review.verdict.value}"
    assert text.splitlines()[:4] == [
        "## Backend Engineer Review",
        "",
        "**Reviewer:** Byte",
        "**Focus Areas:** API design, data models, business logic, performance",
    ]


def test_the_assessment_starts_each_line_with_its_value():
    lines = markdown.render(MIXED).splitlines()
    assert "- **Backward Compatibility:** Breaking Changes - `ServerOut.owner` removed (app/schemas.py:22)" in lines
    assert "- **Relationships:** Good - unchanged" in lines
    assert sum(line.startswith("- **") and ":** " in line for line in lines[: lines.index("### Strengths")]) == 12


def test_concerns_show_their_chain_and_their_places():
    text = markdown.render(MIXED)
    assert "- **Major:** a full page makes 101 queries (app/service.py:57 -> app/repo.py:88)\n" in text
    assert "(app/service.py:12, `app/__init__.py:3`, and 2 more)\n" in text


def test_what_does_not_count_is_said():
    text = markdown.render(MIXED)
    assert "- *Accepted until 2027-01-01:* `requests.get` waits for ever (app/health.py:8). Reason: the probe" in text
    assert "- Not read: app/orders.py:12 (syntax error)\n" in text
    assert "- 12 findings were there before (not counted; `--existing` lists them)\n" in text
    assert "- 1 finding silenced by a comment or the baseline (not counted)\n" in text


def test_existing_findings_are_listed_when_they_are_there():
    text = markdown.render(AUDIT)
    assert "- 1 finding was there before (not counted)\n- *Existing, major:* `requests.get` waits" in text


def test_a_long_chain_is_shortened_in_the_middle():
    assert "app/step2.py:2 -> ... -> app/step7.py:7 -> app/step8.py:8)" in markdown.render(AUDIT)


def test_nothing_to_say_takes_one_sentence_each():
    text = markdown.render(EMPTY)
    for sentence in ("- Nothing to point out.", "- No concerns.", "1. No change is needed.", "- No questions."):
        assert f"\n{sentence}\n" in text
    assert "\nNo better alternative is known for this change.\n" in text
    assert "\n| None | - | - | No new backend dependencies required |\n" in text


def test_answers_come_on_request():
    line = "- **How do we validate incoming requests?** By `RatingIn`. (app/schemas.py:30)"
    assert line in markdown.render(MIXED, answers=True)
    assert line not in markdown.render(MIXED)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("`list[int]` in snake_case", "`list[int]` in snake_case"),
        ("a -> b, x <= 3", "a -> b, x &lt;= 3"),
        ("__init__ and _x", "\\_\\_init\\_\\_ and \\_x"),
        ("ask @octocat", "ask `@octocat`"),
        ("one ` tick", "one \\` tick"),
        ("`a``b`", "`a` `b`"),
        ("a\r\n\r\n# b", "a # b"),
        ("\x1b[2J", "\\\\x1b\\[2J"),
    ],
)
def test_sentences(value, expected):
    assert inline.text(value) == expected


@pytest.mark.parametrize("value", ["# x", "- x", "+ x", "> x", "1. x", "23) x", "=== x", "* x", "| x", "```", "~~~"])
def test_no_sentence_opens_a_block(value):
    assert skeleton(f"- {inline.block(value)}") == skeleton("- x")
    assert shown(inline.block(value)) == value


@given(WORDS)
@settings(deadline=None)
def test_a_sentence_shows_all_of_its_words(words):
    line = wording.one_line(words)
    assert re.sub(r"[`\s]", "", shown(inline.block(words))) == re.sub(r"[`\s]", "", line)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("app/main_v2.py:3", "app/main_v2.py:3"),
        ("app/__init__.py:3", "`app/__init__.py:3`"),
        ("a b.py:1", "`a b.py:1`"),
        ("`a`.py:1", "`` `a`.py:1 ``"),
        ("a\nb.py:1", "`a\\nb.py:1`"),
    ],
)
def test_places(value, expected):
    assert inline.place(value) == expected


@given(WORDS)
@settings(deadline=None)
def test_a_place_shows_all_of_its_path(path):
    line = wording.visible(path)
    assert re.sub(r"\s", "", shown("x " + inline.place(path))) == re.sub(r"\s", "", "x" + line)


@given(WORDS, WORDS)
@settings(deadline=None)
def test_no_text_changes_the_structure(path, words):
    calm = markdown.render(everywhere("a.py", "words"))
    text = markdown.render(everywhere("p" + path, "w" + words), answers=False)
    assert headings(text) == headings(calm)
    assert text.splitlines()[-1] == f"### Verdict: {Verdict.APPROVED_WITH_CHANGES.value}"
    assert skeleton(text) == skeleton(calm)
    assert inline_types(text) <= {
        "text",
        "softbreak",
        "code_inline",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
    }


@given(WORDS, WORDS)
@settings(deadline=None)
def test_no_text_changes_the_columns(path, words):
    rows = [line for line in markdown.render(everywhere(path, words)).split("\n") if line.startswith("|")]
    assert len(rows) == 3
    # Every reader of tables, however it treats escapes, finds the same pipes.
    assert {row.count("|") for row in rows} == {5}
    assert all(row.endswith(" |") or set(row) == {"|", "-"} for row in rows)


@given(WORDS, WORDS)
@settings(deadline=None)
def test_a_comment_stays_folded_and_marked_once(path, words):
    text = comment.render(everywhere(path, words))
    assert text.startswith(f"{comment.MARKER}\n**APPROVED WITH CHANGES** - 0 blockers, 1 major, 0 notes\n")
    html = [token.content.strip() for token in tokens(text) if token.type == "html_block"]
    assert html == [comment.MARKER, "<details>\n<summary>Backend Engineer Review</summary>", "</details>"]


def test_a_comment_never_exceeds_github_s_limit():
    text = comment.render(everywhere("app/ä.py", "wörds " * 3_000))
    assert len(text.encode()) <= comment.LIMIT
    assert comment.CUT in text
    assert text.endswith("### Verdict: APPROVED WITH CHANGES\n\n</details>\n")


def test_a_short_comment_is_whole():
    assert markdown.render(MIXED) in comment.render(MIXED)
    assert comment.CUT not in comment.render(HOSTILE)
