"""The straight line in memory: what is shown, accepted, known before, rated, said and asked."""

import pytest

from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.model.change import Unreadable
from byte.model.errors import SettingsError
from byte.model.review import Aspect
from byte.review.run import fingerprints
from byte.sources.baseline import render
from tests.review.made import APP, request, reviewed

BAD = "def f():\n    bad()\n"
WORST = "def f():\n    worst()\n"
toys = pytest.mark.usefixtures("toy_rules")


def seen(review):
    return [(f.rule, f.path, f.line_start) for f in review.findings]


# --- what is introduced ------------------------------------------------------------------------


@toys
def test_a_finding_of_before_is_neither_shown_nor_judged():
    review = reviewed({"a.py": WORST}, {"a.py": f"{WORST}\n\ndef g():\n    bad()\n"})
    assert seen(review) == [("bad-call", "a.py", 6)]
    assert review.verdict.value == "APPROVED WITH CHANGES"
    assert (review.existing, review.existing_count) == ((), 0)


@toys
def test_on_request_what_was_there_before_is_listed_and_moves_nothing():
    base, head = {"a.py": WORST}, {"a.py": f"{WORST}\n\ndef g():\n    bad()\n"}
    review = reviewed(base, head, existing=True)
    assert seen(review) == [("bad-call", "a.py", 6)]
    assert [(f.rule, f.introduced) for f in review.existing] == [("worst-call", False)]
    assert review.existing_count == 1
    assert review.verdict == reviewed(base, head).verdict


@toys
def test_an_unchanged_caller_is_seen_with_and_without_what_was_there_before():
    base = {
        "db.py": "def load(session, key):\n    return key\n",
        "use.py": "from db import load\n\n\ndef f(session):\n    return load(session, 1)\n",
    }
    head = {
        **base,
        "db.py": "from sqlalchemy.orm import Session\n\n\ndef load(session: Session, key):\n    return session.get(A, key)\n",
    }
    plain, full = reviewed(base, head), reviewed(base, head, existing=True)
    assert seen(plain) == [("querying-function", "db.py", 4), ("querying-function", "use.py", 4)]
    assert seen(full) == seen(plain)


@toys
def test_an_audit_counts_everything_and_knows_no_introduced():
    review = reviewed(None, {"a.py": WORST, "b.py": BAD})
    assert [(f.rule, f.introduced) for f in review.findings] == [("worst-call", None), ("bad-call", None)]
    assert review.verdict.value == "NEEDS REVISION"
    assert review.base is None
    assert review.strengths == ()


@toys
@pytest.mark.parametrize("scope, paths", [((), ["a/x.py", "b/x.py"]), (("a",), ["a/x.py"]), (("b/x.py",), ["b/x.py"])])
def test_only_the_scope_is_reviewed(scope, paths):
    files = {"a/x.py": BAD, "b/x.py": BAD, "tests/test_x.py": BAD}
    assert [f.path for f in reviewed({}, files, scope=scope).findings] == paths
    assert [f.path for f in reviewed(None, files, scope=scope).findings] == paths


# --- settings ----------------------------------------------------------------------------------


@toys
@pytest.mark.parametrize(
    "settings, expected",
    [
        ("", ["worst-call", "bad-call", "note-call"]),
        ('select = ["bad-call"]', ["bad-call"]),
        ('select = ["BYT902", "note-call"]', ["bad-call", "note-call"]),
        ('ignore = ["old-bad-call"]', ["worst-call", "note-call"]),
        ('select = ["bad-call"]\nignore = ["BYT902"]', []),
        ('severity = { bad-call = "off" }', ["worst-call", "note-call"]),
        ('severity = { BYT902 = "blocker", worst-call = "note" }', ["bad-call", "worst-call", "note-call"]),
        ('exclude = ["*.py"]', []),
    ],
)
def test_settings_choose_rules_and_severities(settings, expected):
    text = "def f():\n    worst()\n    bad()\n    note()\n"
    review = reviewed({}, {"a.py": text}, settings=f"[tool.byte]\n{settings}\n")
    assert [f.rule for f in review.findings] == expected


@toys
def test_a_lowered_severity_moves_the_verdict():
    assert reviewed({}, {"a.py": WORST}).verdict.value == "NEEDS REVISION"
    lowered = '[tool.byte.severity]\nworst-call = "note"\n'
    assert reviewed({}, {"a.py": WORST}, settings=lowered).verdict.value == "APPROVED"


@toys
@pytest.mark.parametrize("key", ["select", "ignore"])
def test_a_rule_that_does_not_exist_is_refused_with_its_neighbour(key):
    with pytest.raises(SettingsError, match=r"pyproject.toml:2: there is no rule `bad-cal`; did you mean `bad-call`\?"):
        reviewed({}, {"a.py": BAD}, settings=f'[tool.byte]\n{key} = ["bad-cal"]\n')


def accepted(**keys):
    lines = "\n".join(f'{key} = "{value}"' for key, value in keys.items())
    return f"[[tool.byte.accepted]]\n{lines}\n"


@toys
@pytest.mark.parametrize(
    "entry, as_of, is_accepted",
    [
        ({"symbol": "f"}, "2025-06-01", True),
        ({"path": "a.py"}, "2025-06-01", True),
        ({"path": "*.py"}, "2025-06-01", True),
        ({"symbol": "g"}, "2025-06-01", False),
        ({"path": "b.py"}, "2025-06-01", False),
        ({"fingerprint": "0000"}, "2025-06-01", False),
        ({"symbol": "f", "until": "2025-06-02"}, "2025-06-01", True),
        ({"symbol": "f", "until": "2025-06-01"}, "2025-06-01", True),
        ({"symbol": "f", "until": "2025-05-31"}, "2025-06-01", False),
        # There is no day to compare with: no commit dates the head.
        ({"symbol": "f", "until": "2025-05-31"}, None, True),
    ],
)
def test_an_accepted_finding_is_shown_as_such_until_its_day(entry, as_of, is_accepted):
    settings = accepted(rule="worst-call", reason="agreed", **entry)
    review = reviewed({}, {"a.py": WORST}, settings=settings, as_of=as_of)
    assert [a.reason for a in review.accepted] == ["agreed"] * is_accepted
    assert len(review.findings) == 1 - is_accepted
    assert review.verdict.value == ("APPROVED" if is_accepted else "NEEDS REVISION")


@toys
def test_a_baseline_silences_as_many_findings_as_it_counts():
    known = {"a.py": BAD, "b.py": "def f():\n    note()\n"}
    held = fingerprints(request(None, known), Library(Cache(None)))
    assert list(held.values()) == [1, 1]
    settings = '[tool.byte]\nbaseline = "base.json"\n'
    files = {**known, "base.json": render(held).decode()}
    quiet = reviewed(None, files, settings=settings)
    assert (seen(quiet), quiet.suppressed) == ([], 2)
    more = reviewed(None, {**files, "a.py": f"{BAD}    bad()\n", "c.py": WORST}, settings=settings)
    assert seen(more) == [("worst-call", "c.py", 2), ("bad-call", "a.py", 3)]


@toys
def test_a_baseline_holds_what_is_said_of_suppressions_and_nothing_that_they_silence():
    text = "def f():\n    bad()  # byte: allow[bad-call] right\n    good()  # byte: allow[bad-call] useless\n"
    held = fingerprints(request(None, {"a.py": text}), Library(Cache(None)))
    files = {"a.py": text, "base.json": render(held).decode()}
    assert sum(held.values()) == 1
    assert seen(reviewed(None, files, settings='[tool.byte]\nbaseline = "base.json"\n')) == []


@toys
def test_a_baseline_that_is_not_there_is_said():
    with pytest.raises(SettingsError, match=r"There is no baseline base.json"):
        reviewed(None, {"a.py": BAD}, settings='[tool.byte]\nbaseline = "base.json"\n')


# --- the lines ---------------------------------------------------------------------------------

VALUES = {
    **{aspect: {"Good", "Needs Work"} for aspect in Aspect},
    Aspect.BACKWARD_COMPATIBILITY: {"Maintained", "Breaking Changes"},
    Aspect.ALGORITHM_COMPLEXITY: {"O(1)", "O(n)", "O(n^2)", "O(n^3)", "O(n^4)", "O(n^5)", "O(n^6)"},
    Aspect.CACHING: {"Implemented", "Should Add", "Not Needed"},
}
ROUTES = f"""{APP}
from functools import lru_cache
from pydantic import BaseModel
from sqlalchemy.orm import Session


class Item(BaseModel):
    name: str


@lru_cache
def rates():
    return 1


@app.get("/items", response_model=list[Item])
def items(session: Session, limit: int = 10):
    for row in session.query(Item).limit(limit):
        for part in row:
            note(part)
    worst()
    bad()
"""
CHANGES = {
    "empty": ({}, {}),
    "nothing": ({"a.py": ROUTES}, {"a.py": ROUTES}),
    "no definition": ({"a.py": "x = 1\n"}, {"a.py": "x = 1\n\n"}),
    "all new": ({}, {"a.py": ROUTES}),
    "all gone": ({"a.py": ROUTES}, {}),
    "audit": (None, {"a.py": ROUTES}),
    "empty audit": (None, {}),
    "a broken file": ({"a.py": ROUTES}, {"a.py": f"{ROUTES}\ndef broken(:\n    pass\n"}),
    "loops": (
        {},
        {"a.py": "def f(x):\n" + "".join(f"{' ' * 4 * n}for i in x:\n" for n in range(1, 9)) + " " * 40 + "i()\n"},
    ),
}


@toys
@pytest.mark.parametrize("name", CHANGES)
def test_every_line_has_one_of_its_values_and_some_evidence(name):
    review = reviewed(*CHANGES[name])
    assert [r.aspect for r in review.ratings] == list(Aspect)
    assert [r for r in review.ratings if r.value not in VALUES[r.aspect]] == []
    assert all(r.evidence for r in review.ratings)


@toys
@pytest.mark.parametrize("name", ["empty", "nothing", "no definition", "all gone"])
def test_a_line_whose_matter_the_change_does_not_touch_is_unchanged(name):
    base, head = CHANGES[name]
    lines = reviewed(base, head).ratings
    touched = {Aspect.BACKWARD_COMPATIBILITY} if name == "all gone" else set()
    assert {r.aspect for r in lines if r.evidence != "unchanged"} == touched


@toys
def test_findings_turn_their_line_and_notes_do_not():
    lines = {r.aspect: r for r in reviewed({}, {"a.py": ROUTES}).ratings}
    assert lines[Aspect.ERROR_HANDLING].value == "Needs Work"
    assert lines[Aspect.ERROR_HANDLING].evidence == "bad name called"
    assert [p.line for p in lines[Aspect.ERROR_HANDLING].places] == [24]
    assert lines[Aspect.EDGE_CASES].value == "Needs Work"
    assert lines[Aspect.SCHEMA_DESIGN].value == "Good"
    noted = {r.aspect: r for r in reviewed({}, {"a.py": "def f():\n    note()\n"}).ratings}
    assert noted[Aspect.EDGE_CASES].value == "Good"


@toys
def test_more_findings_of_a_line_are_counted():
    text = "def f():\n    bad()\n    bad_2()\n    bad_3()\n"
    lines = {r.aspect: r for r in reviewed({}, {"a.py": text}).ratings}
    assert lines[Aspect.EDGE_CASES].evidence == "bad name called, and 2 more"


@toys
def test_a_removed_endpoint_breaks_compatibility():
    lines = {r.aspect: r for r in reviewed({"a.py": ROUTES}, {"a.py": APP}).ratings}
    assert lines[Aspect.BACKWARD_COMPATIBILITY].value == "Breaking Changes"


@toys
@pytest.mark.parametrize(
    "body, value",
    [
        ("    return x\n", "O(1)"),
        ("    for i in x:\n        i()\n", "O(n)"),
        ("    for i in [1, 2, 3]:\n        i()\n", "O(1)"),
        ("    for i in range(10):\n        for j in x:\n            j()\n", "O(n)"),
        ("    while x:\n        x = [i for i in x if i]\n", "O(n^2)"),
        ("    return [i for i in x for j in i]\n", "O(n^2)"),
        ("    for i in x:\n        def g():\n            for j in x:\n                j()\n        g()\n", "O(n)"),
    ],
)
def test_complexity_is_the_deepest_nest_and_says_that_it_is_not_measured(body, value):
    line = {r.aspect: r for r in reviewed({}, {"a.py": f"def f(x):\n{body}"}).ratings}[Aspect.ALGORITHM_COMPLEXITY]
    assert line.value == value
    assert line.evidence.endswith("complexity not measured")


@toys
def test_what_could_not_be_read_is_said_and_not_rated():
    parts = (Unreadable(path="big.py", line=1, reason="too large"),)
    head = {"a.py": f"{BAD}\n\ndef broken(:\n    pass\n", "big.py": "x = 1\n"}
    review = reviewed({}, head, unreadable=parts)
    assert (review.unreadable[0].path, review.unreadable[0].reason) == ("big.py", "too large")
    assert any(u.path == "a.py" and "syntax error" in u.reason for u in review.unreadable)
    good = [r for r in review.ratings if r.value == "Good" and r.evidence != "unchanged"]
    assert good != []
    assert all("unreadable" in r.evidence for r in good)


@toys
def test_an_unreadable_file_that_did_not_change_is_not_this_changes_matter():
    broken = {"old.py": "def broken(:\n"}
    review = reviewed({**broken, "a.py": "x = 1\n"}, {**broken, "a.py": BAD})
    assert review.unreadable == ()


def test_a_manifest_that_only_head_has_does_not_bring_what_another_one_never_used():
    shop = '[project]\nname = "shop"\ndependencies = ["requests"]\n'
    base = {"shop/pyproject.toml": shop, "shop/a.py": "A = 1\n"}
    head = {**base, "tools/pyproject.toml": '[project]\nname = "tools"\ndependencies = []\n', "shop/a.py": "A = 2\n"}
    assert reviewed(base, head).findings == ()
    assert [f.rule for f in reviewed({}, head).findings] == ["unused-dependency"]


# --- summary, answers, questions ---------------------------------------------------------------


@toys
@pytest.mark.parametrize(
    "base, head, summary",
    [
        ({}, {}, "No backend change: there is no Python in the tree."),
        ({"README.md": "a"}, {"README.md": "b"}, "No backend change: there is no Python in the tree."),
        ({"a.py": ROUTES}, {"a.py": ROUTES}, "No backend change: nothing changed."),
        ({"a.py": ROUTES, "README.md": "a"}, {"a.py": ROUTES, "README.md": "b"}, "No backend change."),
        (None, {}, "No backend change: there is no Python in the tree."),
        ({"a.py": "x = 1\n"}, {"a.py": BAD}, "Changed: 1 Python file, 1 function; no FastAPI application was found."),
        ({}, {"a.py": ROUTES}, "Changed: 1 Python file, 2 functions, 1 endpoint, 1 model."),
        (None, {"a.py": ROUTES}, "Read: 1 Python file, 2 functions, 1 endpoint, 1 model."),
    ],
)
def test_summary(base, head, summary):
    assert reviewed(base, head).summary == summary


QUESTIONS = (
    "What's the data model for this feature?",
    "How do we validate incoming requests?",
    "What are the performance implications (O(n) vs O(log n))?",
    "How do we handle concurrent updates?",
    "What's the error handling strategy?",
    "Do we need database migrations or schema changes?",
    "How does this affect existing APIs (backward compatibility)?",
)


@toys
@pytest.mark.parametrize("name", CHANGES)
def test_all_seven_questions_are_answered_in_their_order(name):
    review = reviewed(*CHANGES[name])
    assert tuple(a.question for a in review.answers) == QUESTIONS
    assert all(a.answer for a in review.answers)
    unanswered = [a.question for a in review.answers if not a.answered]
    asked = [q for q in review.questions if q.startswith(QUESTIONS)]
    assert [next(k for k in QUESTIONS if q.startswith(k)) for q in asked] == unanswered


UPDATE = f"""{APP}
from sqlalchemy.orm import Session


@app.put("/items/{{key}}")
def update(key: int, session: Session):
    row = session.get(Item, key)
    row.name = "new"
    session.commit()
    return row
"""


@toys
def test_an_update_without_protection_asks_and_one_with_a_version_answers():
    loose = reviewed({}, {"a.py": UPDATE})
    assert [q for q in loose.questions if "concurrent" in q and "`PUT /items/{key}`" in q and "a.py:8" in q] != []
    held = reviewed({}, {"a.py": UPDATE.replace("key: int,", "key: int, if_match: str,")})
    assert [q for q in held.questions if "concurrent" in q] == []


@toys
@pytest.mark.parametrize(
    "old, new, asked",
    [
        ("    row = ", '    print("read")\n    row = ', False),
        ("session.commit()", "session.flush()\n    session.commit()", True),
        ("/items/{key}", "/settings", False),
        ('put("', 'api_route("', False),
    ],
)
def test_an_update_is_asked_about_when_its_writes_are_new_and_it_is_one_record_of_many(old, new, asked):
    base = {"a.py": UPDATE} if "/items" not in old and "put" not in old else {}
    review = reviewed(base, {"a.py": UPDATE.replace(old, new)})
    assert any("concurrent" in q for q in review.questions) is asked


@toys
def test_questions_alternatives_and_recommendations_come_from_findings_once_each():
    text = "def f():\n    note_asked()\n    bad_alternative()\n\n\ndef g():\n    note_asked()\n    bad_alternative()\n"
    review = reviewed({}, {"a.py": text})
    assert review.questions == ("Is it meant?",)
    assert review.alternatives == ("Call `good`.",)
    assert review.recommendations == ("Do not call `bad_alternative`.",)


@toys
def test_notes_are_recommended_where_nothing_is_worse():
    assert reviewed({}, {"a.py": "def f():\n    note()\n"}).recommendations == ("Do not call `note`.",)
    assert reviewed({}, {"a.py": "def f():\n    good()\n"}).recommendations == ()


@toys
def test_recommendations_stand_in_the_order_of_the_findings():
    text = "def f():\n    bad_1()\n    worst()\n    bad_2()\n"
    said = reviewed({}, {"a.py": text}).recommendations
    assert said == ("Do not call `worst`.", "Do not call `bad_1`.", "Do not call `bad_2`.")


# --- strengths ---------------------------------------------------------------------------------


def strengths(base, head):
    return [s.text for s in reviewed(base, head).strengths]


@toys
def test_a_mended_finding_is_a_strength():
    assert strengths({"a.py": BAD}, {"a.py": "def f():\n    good()\n"}) == ["mends bad name called in `f`"]


@toys
@pytest.mark.parametrize(
    "head",
    [
        {"a.py": "def f():\n    bad()  # byte: allow[bad-call] silenced, not mended\n    good()\n"},
        {"b.py": BAD, "a.py": "x = 1\n"},
        {"b.py": BAD},
        {"a.py": "x = 1\n"},
        {},
        {"a.py": "def f():\n    bad()\n    more()\n"},
        {"a.py": "def broken(:\n"},
    ],
    ids=["silenced", "moved", "renamed", "deleted", "file deleted", "changed", "unreadable"],
)
def test_what_is_not_mended_is_not_praised(head):
    assert [text for text in strengths({"a.py": BAD}, head) if "mends" in text] == []


def listing(bound):
    return f"{APP}\nfrom fastapi import Query\n\n\n@app.get('/items')\ndef items(limit: int = Query(10{bound})) -> list[int]:\n    return []\n"


@toys
def test_a_bounded_page_is_a_strength_and_an_unbounded_one_is_none():
    assert [s for s in strengths({}, {"a.py": listing(", le=100")}) if "page" in s] == ["`GET /items` bounds its page"]
    assert [s for s in strengths({}, {"a.py": listing("")}) if "page" in s] == []
    assert strengths({"a.py": listing(", le=100")}, {"a.py": listing(", le=100")}) == []


@toys
@pytest.mark.parametrize("name", CHANGES)
def test_every_strength_has_its_places_in_head(name):
    base, head = CHANGES[name]
    for strength in reviewed(base, head).strengths:
        assert strength.places
        assert all(place.path in head for place in strength.places)


# --- libraries ---------------------------------------------------------------------------------


def manifest(*names):
    listed = ", ".join(f'"{name}"' for name in names)
    return f'[project]\nname = "x"\nversion = "1"\ndependencies = [{listed}]\n'


@toys
def test_a_new_library_is_a_row_with_its_constraint_purpose_and_justification():
    base = {"pyproject.toml": manifest("fastapi"), "a.py": APP}
    head = {"pyproject.toml": manifest("fastapi", "httpx>=0.28"), "a.py": f"import httpx\n{APP}"}
    (row,) = reviewed(base, head).libraries
    assert (row.name, row.version) == ("httpx", ">=0.28")
    assert "HTTP" in row.purpose
    assert "a.py" in row.justification
    assert row.at.path == "pyproject.toml"


@toys
def test_a_library_for_a_purpose_that_another_serves_has_an_alternative():
    base = {"pyproject.toml": manifest("fastapi", "requests"), "a.py": f"import requests\n{APP}"}
    head = {"pyproject.toml": manifest("fastapi", "requests", "httpx"), "a.py": f"import httpx, requests\n{APP}"}
    review = reviewed(base, head)
    assert [a for a in review.alternatives if "`requests`" in a and "`httpx`" in a] != []


@toys
@pytest.mark.parametrize("head", [manifest("fastapi"), manifest("fastapi>=0.115"), manifest()])
def test_what_was_declared_before_is_no_new_library(head):
    base = {"pyproject.toml": manifest("fastapi"), "a.py": APP}
    assert reviewed(base, {**base, "pyproject.toml": head}).libraries == ()


@toys
def test_an_audit_has_no_new_libraries():
    assert reviewed(None, {"pyproject.toml": manifest("fastapi"), "a.py": APP}).libraries == ()
