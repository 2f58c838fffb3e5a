import re

import pytest

from byte.model.change import Unreadable
from byte.model.errors import SettingsError
from byte.model.review import Area, Finding, Severity
from byte.sources import settings
from byte.sources.read import read
from byte.sources.settings import Accept, Consumes, Settings, Uses

FULL = b"""
[project]
name = "x"

[tool.byte]
paths = ["app/", "./lib"]
exclude = ["gen", "app/old/*.py"]
tests = true
select = ["BYT101"]
ignore = ["verb-in-path"]
fail-on = "major"
baseline = "quality/byte.json"
service = "shop-api"
severity = { unbounded-list = "note", "BYT102" = "off" }

[[tool.byte.accepted]]
rule = "breaking-change"
symbol = "GET /items"
reason = "clients moved"
until = 2030-01-31

[[tool.byte.accepted]]
rule = "BYT105"
path = "app/*.py"
reason = "known"
until = "2029-12-01"

[tool.other]
"""


def test_what_a_project_consumes_is_read_with_its_name():
    text = b"""[tool.byte]
service = "web"
[tool.byte.consumes.orders]
base = ["ORDERS_URL", "https://orders.test"]
[[tool.byte.consumes.orders.uses]]
operation = "GET /orders"
reads = ["id"]
[tool.byte.consumes.mail]
"""
    found = settings.parse(text, "pyproject.toml")
    assert isinstance(found, Settings)
    assert found.service == "web"
    assert found.consumes == (
        Consumes(
            service="orders",
            base=("ORDERS_URL", "https://orders.test"),
            uses=(Uses(operation="GET /orders", reads=("id",)),),
        ),
        Consumes(service="mail"),
    )


@pytest.mark.parametrize(
    "text, said",
    [
        ("consumes = []", "`consumes` is a table: write [tool.byte.consumes.SERVICE]"),
        ("[tool.byte.consumes.orders]\nurl = 1", "[tool.byte.consumes.orders] has no key `url`"),
        ("[[tool.byte.consumes.orders.uses]]\nreads = []", "has no `operation`: say it."),
        ('[tool.byte.consumes.orders]\nbase = "x"', "`base` is a list of strings"),
    ],
)
def test_what_is_wrong_about_consumes_is_said(text, said):
    with pytest.raises(SettingsError, match=re.escape(said)):
        settings.parse(f"[tool.byte]\n{text}\n".encode(), "pyproject.toml")


def finding(**values):
    given = {
        "id": "BYT105", "rule": "slow", "area": Area.LOGIC, "aspect": None, "severity": Severity.MAJOR,
        "path": "app/a.py", "line_start": 1, "line_end": 1, "symbol": "f", "message": "m", "because": (), "fix": None,
        "fingerprint": "abc", "introduced": True,
    }  # fmt: skip
    return Finding(**(given | values))


def test_every_key_is_read():
    found = settings.parse(FULL, "pyproject.toml")
    assert isinstance(found, Settings)
    assert found.paths == ("app", "lib")
    assert found.exclude == ("**/gen", "app/old/*.py")
    assert (found.tests, found.fail_on, found.baseline) == (True, "major", "quality/byte.json")
    assert (found.select, found.ignore) == (("BYT101",), ("verb-in-path",))
    assert found.severity == {"unbounded-list": "note", "BYT102": "off"}
    assert [entry.until for entry in found.accepted] == ["2030-01-31", "2029-12-01"]
    assert (found.source, found.service) == ("pyproject.toml", "shop-api")
    assert found.rule_lines["verb-in-path"] == 10
    assert settings.parse(FULL.replace(b"fail-on", b"fail_on").replace(b"\n", b"\r\n"), "pyproject.toml") == found


def test_the_project_is_named_by_the_nearest_file_that_names_it(repo):
    repo.commit(
        {
            "pyproject.toml": '[project]\nname = "All"\n',
            "api/pyproject.toml": "[tool.x]\n",
            "api/in/pyproject.toml": '[project]\nname = "Inner"\n',
            "broken/pyproject.toml": "[project\n",
            "odd/pyproject.toml": "project = 1\n",
        }
    )
    head = read(repo.root, "HEAD", audit=True).change.head
    named = {folder: settings.project_name(head, folder) for folder in ("", "api", "api/in", "broken", "odd")}
    assert named == {"": "All", "api": "All", "api/in": "Inner", "broken": "All", "odd": "All"}


def test_a_file_without_the_table_says_nothing():
    for content in (b"", b"[tool]\n", b"[tool.bytes]\nx = 1\n", b"tool = 1\n"):
        assert settings.parse(content, "pyproject.toml") is None
    assert settings.parse(b"[tool.byte]\n", "pyproject.toml") == Settings(source="pyproject.toml")


@pytest.mark.parametrize(
    "body, sentence",
    [
        ('pathes = ["app"]', "pyproject.toml:4: [tool.byte] has no key `pathes`; did you mean `paths`?"),
        ("zzz = 1", "pyproject.toml:4: [tool.byte] has no key `zzz`; the documentation lists what there is."),
        ('source = "x"', "pyproject.toml:4: [tool.byte] has no key `source`; "),
        ('paths = "app"', 'pyproject.toml:4: `paths` is a list of strings, not "app".'),
        ("paths = [1]", "`paths` is a string, not 1."),
        ('paths = ["../x"]', '`paths` names "../x", outside the tree'),
        ('baseline = "/etc/x"', '`baseline` names "/etc/x", outside the tree'),
        ('exclude = [""]', '`exclude` holds "", which matches nothing'),
        ('exclude = ["a/../b"]', "which matches nothing"),
        ("tests = 1", "`tests` is true or false, not 1."),
        ('fail-on = "all"', 'pyproject.toml:4: `fail-on` is one of `blocker`, `major`, `note`, `none`, not "all".'),
        ("severity = 1", "`severity` is a table such as"),
        (
            'severity = { slow = "high" }',
            'pyproject.toml:4: `slow` is one of `blocker`, `major`, `note`, `off`, not "high".',
        ),
        ('[tool.byte.severity]\nslow = ["x"]', "pyproject.toml:5: `slow` is one of"),
        ("accepted = 1", "`accepted` is a list of tables: write [[tool.byte.accepted]]"),
        ("accepted = [1]", "[tool.byte.accepted] is a table"),
        (
            '[[tool.byte.accepted]]\nrule = "a"',
            "pyproject.toml:4: an entry of [[tool.byte.accepted]] has no `reason`: say it.",
        ),
        ('[[tool.byte.accepted]]\nreason = "a"', "has no `rule`"),
        ('[[tool.byte.accepted]]\nrule = "a"\nreason = " "', "has no `reason`"),
        ('[[tool.byte.accepted]]\nrule = "a"\nreason = "b"', "the accepted `a` needs a symbol, path or fingerprint"),
        (
            '[[tool.byte.accepted]]\nrul = "a"',
            "pyproject.toml:5: [tool.byte.accepted] has no key `rul`; did you mean `rule`?",
        ),
        ('[[tool.byte.accepted]]\nrule="a"\nreason="b"\npath="c"\nuntil="soon"', "`until` is a day such as 2030-01-31"),
        ('[[tool.byte.accepted]]\nrule="a"\nreason="b"\npath="c"\nuntil="20300101"', "`until` is a day"),
        ('[[tool.byte.accepted]]\nrule="a"\nreason="b"\npath="c"\nuntil="2030-02-31"', "`until` is a day"),
        ('[[tool.byte.accepted]]\nrule="a"\nreason="b"\npath="c"\nuntil=2030-01-01T00:00:00Z', "`until` is a day"),
        ('"a\\nb" = 1', r"[tool.byte] has no key `a\nb`; "),
    ],
)
def test_what_is_not_understood_gets_one_sentence_with_its_place(body, sentence):
    with pytest.raises(SettingsError) as error:
        settings.parse(f"[project]\n\n[tool.byte]\n{body}\n".encode(), "pyproject.toml")
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_the_table_itself_must_be_one():
    with pytest.raises(SettingsError, match=r"\[tool.byte\] is a table"):
        settings.parse(b"[tool]\nbyte = 1\n", "pyproject.toml")


@pytest.mark.parametrize("broken", [b"x = \n", b"\xff = 1\n", b"x = " + b"[" * 100_000, b"x = 1\nx = 2\n"])
def test_a_broken_file_stops_only_if_it_holds_the_table(broken):
    fact = settings.parse(broken, "pyproject.toml")
    assert isinstance(fact, Unreadable)
    assert fact.reason.startswith("not valid TOML (")
    for header in (b"[tool.byte]\n", b"  [[ tool . byte.accepted ]]\n", b'["tool"."byte"]\n'):
        with pytest.raises(SettingsError, match=r"pyproject\.toml is not valid TOML .*, since it holds \[tool\.byte\]"):
            settings.parse(broken + b"\n" + header, "pyproject.toml")


def test_rules_are_checked_against_those_there_are():
    found = settings.parse(FULL, "pyproject.toml")
    assert isinstance(found, Settings)
    known = {"BYT101", "BYT102", "BYT105", "verb-in-path", "unbounded-list", "breaking-change"}
    settings.check_rules(found, known)
    with pytest.raises(
        SettingsError, match=r"pyproject\.toml:10: there is no rule `verb-in-path`; did you mean `verb-in-paths`\?"
    ):
        settings.check_rules(found, known - {"verb-in-path"} | {"verb-in-paths"})
    with pytest.raises(
        SettingsError, match=r"pyproject\.toml:17: there is no rule `breaking-change`; `byte rules` lists"
    ):
        settings.check_rules(found, known - {"breaking-change"})


def test_an_accepted_finding_is_the_one_of_that_rule_in_that_place():
    by_path = Accept(rule="slow", reason="r", path="app/*.py")
    assert by_path.covers(finding())
    assert Accept(rule="BYT105", reason="r", symbol="f", fingerprint="abc").covers(finding())
    for other in ({"path": "lib/a.py"}, {"rule": "x", "id": "y"}):
        assert not by_path.covers(finding(**other))
    assert not Accept(rule="slow", reason="r", symbol="g").covers(finding())
    assert not Accept(rule="slow", reason="r", symbol="f", fingerprint="b").covers(finding())


def test_an_acceptance_holds_on_its_last_day():
    entry = Accept(rule="a", reason="r", until="2030-01-31")
    assert [entry.expired(day) for day in (None, "2030-01-31", "2030-02-01")] == [False, False, True]
    assert not Accept(rule="a", reason="r").expired("2999-01-01")


def test_the_nearest_settings_win_and_their_paths_are_seen_from_the_root(make_repo):
    repo = make_repo()
    repo.commit(
        {
            "pyproject.toml": '[tool.byte]\nselect = ["root"]\n',
            "registry/pyproject.toml": '[tool.byte]\nexclude = ["gen/*", "*.tmp.py"]\nbaseline = "../base.json"\n',
            "registry/api/main.py": "m\n",
            "auth/pyproject.toml": "[project]\n",
            "auth/main.py": "m\n",
        }
    )
    cases = {
        (): "pyproject.toml",
        ("registry/",): "registry/pyproject.toml",
        ("registry/api/main.py",): "registry/pyproject.toml",
        ("auth",): "pyproject.toml",
        ("auth", "registry"): "pyproject.toml",
    }
    for scope, source in cases.items():
        assert read(repo.root, paths=scope).settings.source == source
    found = read(repo.root, paths=["registry"]).settings
    assert found.exclude == ("registry/gen/*", "registry/**/*.tmp.py")
    assert found.baseline == "base.json"


def test_settings_are_those_of_the_head(repo):
    repo.commit({"pyproject.toml": '[tool.byte]\nselect = ["new"]\n'})
    assert read(repo.root, "main..topic").settings.select == ("new",)
    assert read(repo.root, "topic..main").settings.source is None


def test_a_manifest_that_cannot_be_read_is_a_fact(repo):
    repo.commit({"pyproject.toml": "x = \n", "app/pyproject.toml": " " * 300_000})
    facts = read(repo.root, paths=["app"]).change.head.unreadable
    assert [(fact.path, fact.line) for fact in facts] == [("app/pyproject.toml", 1), ("pyproject.toml", 1)]
    assert facts[0].reason.startswith("300 kB, more than the 256 kB")
