"""Which functions a change can alter: those that differ, and those elsewhere that see a difference."""

import pytest

from byte.extract.affected import Affected, affected
from byte.model.change import Change
from tests.extract.projects import files, project

BASE = (
    "from app.a import helper, plain\ndef caller(): helper()\ndef outer(): caller()\ndef other(): plain()\n"
    "# --- app/a.py\nimport requests\ndef helper(x=1): return 1\ndef plain(): return 2\nclass A:\n    f: int = 1\n    def m(self): return self.f\n"
    "# --- app/c.py\ndef assist(): ...\ndef unrelated(): assist()\n"
)


def between(base: str, head: str, renames: dict[str, str] | None = None) -> Affected:
    old, new = project(files(base)), project(files(head))
    change = Change(base=old.snapshot, head=new.snapshot, renames=renames or {})
    return affected(change, old, new)


def names(found: Affected) -> set[str]:
    return {key.rpartition("::")[2] for key in found.functions}


def test_nothing_changed() -> None:
    found = between(BASE, BASE)
    assert not found.functions
    assert not found.head_paths
    assert not found.differs


@pytest.mark.parametrize(
    "before, after, wanted",
    [
        ("return 1", "return 3", {"helper"}),
        ("return 1", "return 1  # why", set()),
        ("return 1", "requests.get('x')", {"helper", "caller", "outer"}),
        ("helper(x=1)", "helper(x=2)", {"helper", "caller"}),
        ("def plain()", "def plain(y)", {"plain", "other"}),
        ("\nclass A:", "\n\n\nclass A:", set()),
    ],
)
def test_changes_spread_as_far_as_they_are_seen(before: str, after: str, wanted: set[str]) -> None:
    assert BASE.count(before) == 1
    assert names(between(BASE, BASE.replace(before, after))) == wanted


def test_a_changed_field_alters_the_methods_of_its_class() -> None:
    found = between(BASE, BASE.replace("f: int = 1", "f: int = 2"))
    assert {"A", "A.m"} <= names(found)
    assert "unrelated" not in names(found)


def test_new_and_removed_functions() -> None:
    added = between(BASE, BASE + "def fresh(): ...\n")
    assert added.new == {"app/c.py::fresh"}
    gone = between(BASE, BASE.replace("def plain(): return 2\n", ""))
    assert "app/a.py::plain" in gone.functions
    assert not gone.new


def test_a_renamed_file_changes_nothing() -> None:
    head = BASE.replace("app/c.py", "app/d.py")
    found = between(BASE, head, {"app/d.py": "app/c.py"})
    assert not found.functions
    assert found.head_paths == {"app/d.py"}
    assert not found.new
