"""`# byte: allow[rule] reason`: which findings it silences, and what is said of one that silences none."""

import pytest

from tests.review.made import reviewed

pytestmark = pytest.mark.usefixtures("toy_rules")


def audit(text, **options):
    return reviewed(None, {"app.py": text}, **options)


def seen(review):
    return [(f.rule, f.line_start) for f in review.findings]


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    bad()  # byte: allow[bad-call] it is right\n",
        "def f():\n    # byte: allow[bad-call] it is right\n    bad()\n",
        "def f():\n    bad()  # byte: allow[BYT902] by its id\n",
        "def f():\n    bad()  # byte: allow[old-bad-call] by its former name\n",
        "def f():\n    bad()  #byte:allow[ bad-call ]reason\n",
        "def f():\n    bad(\n        1,\n    )\n".replace("bad(\n", "bad(  # byte: allow[bad-call] first line\n"),
    ],
)
def test_a_comment_silences_its_line_or_the_next(text):
    review = audit(text)
    assert seen(review) == []
    assert review.suppressed == 1


@pytest.mark.parametrize(
    "text, left",
    [
        ("def f():\n    bad()\n    x = 1  # byte: allow[bad-call] wrong line\n", [("bad-call", 2)]),
        ("def f():\n    # byte: allow[bad-call] too far\n\n    bad()\n", [("bad-call", 4)]),
        ("def f():\n    x = 1  # byte: allow[bad-call] beside code\n    bad()\n", [("bad-call", 3)]),
        ("def f():\n    bad()  # byte: allow[worst-call] another rule\n", [("bad-call", 2)]),
    ],
)
def test_a_comment_elsewhere_silences_nothing_and_is_unused(text, left):
    review = audit(text)
    assert [s for s in seen(review) if s[0] != "unused-suppression"] == left
    assert [f.message for f in review.findings if f.rule == "unused-suppression"] != []
    assert review.suppressed == 0


@pytest.mark.parametrize(
    "text",
    [
        'def f():\n    x = "# byte: allow[bad-call] no comment"; bad()\n',
        'def f():\n    """\n    # byte: allow[bad-call] no comment\n    """\n    bad()\n',
        "def f():\n    bad()  # bytes: allow[bad-call] another word\n",
        "def f():\n    bad()  # see byte: allow[bad-call] in the middle\n",
        "def f():\n    bad()  # byte: allow bad-call\n",
    ],
)
def test_what_is_no_suppression_says_nothing(text):
    assert [rule for rule, _ in seen(audit(text))] == ["bad-call"]


def test_one_comment_silences_several_rules():
    review = audit("def f():\n    bad(); worst()  # byte: allow[bad-call, worst-call] both\n")
    assert seen(review) == []
    assert review.suppressed == 2


def test_a_suppressed_line_hides_that_line_only():
    review = audit("def f():\n    bad()  # byte: allow[bad-call] here\n    bad()\n")
    assert seen(review) == [("bad-call", 3)]


def test_a_comment_and_the_one_above_it_are_both_used_or_one_is_unused():
    review = audit("def f():\n    # byte: allow[bad-call] above\n    bad()  # byte: allow[bad-call] beside\n")
    assert review.suppressed == 1
    assert [rule for rule, _ in seen(review)] == ["unused-suppression"]


@pytest.mark.parametrize(
    "comment, rule, message",
    [
        (
            "allow[bad-call] nothing here",
            "unused-suppression",
            "`allow[bad-call]` silences nothing on line 2: remove it",
        ),
        (
            "allow[bad-cal] typed wrongly",
            "unused-suppression",
            "`allow[bad-cal]` names no rule, did you mean `bad-call`?",
        ),
        ("allow[zzzzzzzz] unknown", "unused-suppression", "`allow[zzzzzzzz]` names no rule"),
    ],
)
def test_a_comment_that_silences_nothing_is_a_note(comment, rule, message):
    review = audit(f"def f():\n    good()  # byte: {comment}\n")
    assert [(f.rule, f.severity.value, f.message) for f in review.findings] == [(rule, "note", message)]
    assert review.verdict.value == "APPROVED"


def test_a_suppression_without_a_reason_silences_and_is_a_note():
    review = audit("def f():\n    bad()  # byte: allow[bad-call]\n")
    assert [(f.rule, f.line_start) for f in review.findings] == [("suppression-without-reason", 2)]
    assert "gives no reason" in review.findings[0].message
    assert review.suppressed == 1


@pytest.mark.parametrize("brackets", ["[]", "[ ]", "[,]"])
def test_a_suppression_that_names_nothing_silences_nothing(brackets):
    assert seen(audit(f"def f():\n    bad()  # byte: allow{brackets} what?\n"))[0] == ("bad-call", 2)


def test_a_rule_that_is_off_leaves_its_suppressions_alone():
    text = "def f():\n    bad()  # byte: allow[bad-call] it is right\n"
    assert seen(audit(text, settings='[tool.byte]\nignore = ["bad-call"]\n')) == []


def test_an_unused_suppression_of_before_is_not_this_changes_doing():
    base = "def f():\n    good()  # byte: allow[bad-call] since long\n"
    review = reviewed({"app.py": base}, {"app.py": base + "\n\ndef g():\n    good()\n"})
    assert seen(review) == []
    fresh = reviewed({"app.py": "x = 1\n"}, {"app.py": base})
    assert [rule for rule, _ in seen(fresh)] == ["unused-suppression"]


def test_a_suppression_that_is_taken_away_introduces_its_finding():
    silent = "def f():\n    bad()  # byte: allow[bad-call] it is right\n"
    loud = "def f():\n    bad()\n"
    assert seen(reviewed({"app.py": silent}, {"app.py": loud})) == [("bad-call", 2)]
    assert seen(reviewed({"app.py": loud}, {"app.py": silent})) == []


def test_a_change_that_makes_a_suppression_useless_says_so():
    before = "def f():\n    bad()  # byte: allow[bad-call] it is right\n"
    after = "def f():\n    good()  # byte: allow[bad-call] it is right\n"
    assert [r for r, _ in seen(reviewed({"app.py": before}, {"app.py": after}))] == ["unused-suppression"]


def test_a_finding_about_the_change_is_suppressed_like_any_other():
    base = {"app.py": "from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/x')\ndef f(): return 1\n"}
    head = {"app.py": "# byte: allow[removed-endpoint] nobody uses it\nfrom fastapi import FastAPI\napp = FastAPI()\n"}
    allowed = {"app.py": "from fastapi import FastAPI  # byte: allow[removed-endpoint] unused\napp = FastAPI()\n"}
    assert ("removed-endpoint", 1) in seen(reviewed(base, head))
    assert seen(reviewed(base, allowed)) == []
