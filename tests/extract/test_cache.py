"""A cache only saves time: whatever is wrong with it, the facts are the same; and a digest never hides a file."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.extract import digest, library, python
from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.extract.project import ProjectFacts
from byte.model import facts as f
from byte.model import syntax as s
from tests.extract.projects import files, snapshot

SOURCE = (
    "from fastapi import FastAPI\nfrom app.a import helper\napp = FastAPI()\n@app.get('/a')\ndef a(): helper()\n"
    "# --- app/a.py\nimport requests\ndef helper(): requests.get('x')\n# --- app/broken.py\ndef f(:\n"
)
BIG = b"x" * 100_000


def told(file: Path | None) -> list[object]:
    """What a review would learn of the sample through this cache."""
    cache = Cache(file)
    facts = ProjectFacts.of_snapshot(snapshot(files(SOURCE)), Library(cache))
    out: list[object] = [(e.name, e.order) for e in facts.all(f.Endpoint)]
    out += [(c.target, c.effects) for p in facts.sources for fn in facts.functions(p) for c in facts.calls(fn)]
    out += [facts.module(p) for p in facts.sources] + [sorted(facts.digests.items())]
    cache.close()
    return out


@pytest.fixture(scope="module")
def truth() -> list[object]:
    return told(None)


def sqlite(file: Path, *statements: str, value: object = None) -> None:
    connection = sqlite3.connect(file)
    for statement in statements:
        connection.execute(statement, (value,) if "?" in statement else ())
    connection.commit()
    connection.close()


def overwrite(data: bytes) -> Callable[[Path], None]:
    return lambda file: (file.write_bytes(data), None)[1]


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scramble(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for at in range(200, len(data), 97):
        data[at] ^= 0x5A
    file.write_bytes(bytes(data))


def missing(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


WRONGS: dict[str, Callable[[Path], None]] = {
    "nothing": lambda file: None,
    "missing": missing,
    "empty": overwrite(b""),
    "text": overwrite(b"not a database\n" * 100),
    "header alone": overwrite(b"SQLite format 3\0"),
    "truncated": truncate,
    "scrambled": scramble,
    "folder": a_folder,
    "other table": lambda file: sqlite(file, "DROP TABLE facts"),
    "other columns": lambda file: sqlite(file, "DROP TABLE facts", "CREATE TABLE facts (a, b, c)"),
    "values cut": lambda file: sqlite(file, "UPDATE facts SET value = substr(value, 1, length(value) / 2)"),
    "values empty": lambda file: sqlite(file, "UPDATE facts SET value = x''"),
    "values null": lambda file: sqlite(file, "UPDATE facts SET value = NULL"),
    "values of another type": lambda file: sqlite(file, "UPDATE facts SET value = 17"),
    "values as text": lambda file: sqlite(file, "UPDATE facts SET value = 'text'"),
    "values without checksum": lambda file: sqlite(file, "UPDATE facts SET value = ?", value=BIG),
    "values swapped": lambda file: sqlite(
        file,
        "UPDATE facts SET value = (SELECT value FROM facts AS o WHERE substr(o.key, 1, 1) <> substr(facts.key, 1, 1))",
    ),
    "a view": lambda file: sqlite(file, "DROP TABLE facts", "CREATE VIEW facts AS SELECT 1 AS key, 2 AS value"),
}


@pytest.mark.parametrize("name", WRONGS)
def test_a_spoilt_cache_changes_nothing(name: str, tmp_path: Path, truth: list[object]) -> None:
    file = tmp_path / "deep" / "facts.sqlite"
    assert told(file) == truth
    for rest in file.parent.glob("facts.sqlite-*"):
        rest.unlink()
    WRONGS[name](file)
    assert told(file) == truth
    assert told(file) == truth


@pytest.mark.parametrize("mode", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_locked_cache_changes_nothing(mode: str, tmp_path: Path, truth: list[object]) -> None:
    file = tmp_path / "facts.sqlite"
    for fill in (False, True):
        if fill:
            told(file)
        holder = sqlite3.connect(file, isolation_level=None)
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute(f"BEGIN {mode}")
        holder.execute("CREATE TABLE IF NOT EXISTS other (a)")
        assert told(file) == truth
        holder.execute("ROLLBACK")
        holder.close()
    assert told(file) == truth


def test_two_at_once(tmp_path: Path, truth: list[object]) -> None:
    file = tmp_path / "facts.sqlite"
    one, two = Cache(file), Cache(file)
    one.put({"k": b"1"})
    two.put({"k": b"2", "l": b"3"})
    assert one.get(["k", "l", "m"]) == {"k": b"2", "l": b"3"}
    one.close()
    assert one.get(["k"]) == {}
    one.put({"k": b"4"})
    two.close()


@pytest.mark.parametrize("where", ["/proc/byte/facts.sqlite", "/dev/null/facts.sqlite", "/dev/null"])
def test_a_place_that_cannot_be_written(where: str, truth: list[object]) -> None:
    assert told(Path(where)) == truth


def test_a_read_only_cache_is_still_read(tmp_path: Path, truth: list[object]) -> None:
    file = tmp_path / "facts.sqlite"
    told(file)
    file.chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        assert told(file) == truth
    finally:
        tmp_path.chmod(0o700)


def test_another_version_is_not_read(tmp_path: Path, truth: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "facts.sqlite"
    wrong = s.Module((), 0)
    monkeypatch.setattr(library, "FORMAT", "0.0")
    monkeypatch.setattr(python, "parse", lambda source: wrong)
    assert told(file) != truth
    monkeypatch.undo()
    assert told(file) == truth


def test_the_second_time_nothing_is_read(tmp_path: Path, truth: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "facts.sqlite"
    told(file)

    def refuse(source: bytes) -> s.Module:
        raise AssertionError("parsed again")

    monkeypatch.setattr(python, "parse", refuse)
    assert told(file) == truth


def test_a_cache_that_grew_too_large_starts_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, truth: list[object]
) -> None:
    file = tmp_path / "facts.sqlite"
    told(file)
    monkeypatch.setattr("byte.extract.cache._LIMIT", 100)
    assert told(file) == truth


# --- digests -----------------------------------------------------------------------------------


def names(module: s.Module) -> Iterator[str]:
    """Every name that the syntax of a file holds."""
    for node in s.walk(*module.body, into_scopes=True):
        for field in ("id", "attr", "name", "target"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                yield value
        if isinstance(node, (s.Import, s.ImportFrom)):
            for name, alias in node.names:
                yield from (p for p in name.split(".") if p != "*")
                if alias:
                    yield alias


WORDS = st.sampled_from(["item", "get_db", "größe", "Session", "x1", "_private", "数据", "é", "aé", "Ünï", "a" * 60])


@given(
    st.lists(WORDS, min_size=3, max_size=8),
    st.sampled_from(
        ["{0}.{1} = {2}()\n", "def {0}({1}={2}): pass\n", "import {0}.{1} as {2}\n", "[{0} for {1} in f'{{{2}}}']\n"]
    ),
)
@settings(max_examples=150, deadline=None)
def test_no_name_of_a_file_is_missed(words: list[str], shape: str) -> None:
    source = "".join(shape.format(w, words[i - 1], words[i - 2]) for i, w in enumerate(words)).encode()
    module = python.parse(source)
    made = digest.summarise(source, module)
    assert [name for name in names(module) if not made.mentions(name)] == []


@given(st.sampled_from(["latin-1", "cp1252", "utf-8"]))
def test_names_in_other_encodings_are_not_missed(encoding: str) -> None:
    source = f"# coding: {encoding}\ndef größe(): plain()\n".encode(encoding)
    module = python.parse(source)
    made = digest.summarise(source, module)
    assert [name for name in names(module) if not made.mentions(name)] == []


def test_a_name_that_is_not_there_is_not_mentioned() -> None:
    source = b"def first(): second()\n"
    made = digest.summarise(source, python.parse(source))
    assert made.mentions("first")
    assert made.mentions("nothing", "second")
    assert not made.mentions("third")
    assert not made.mentions("irst")


@pytest.mark.parametrize(
    "source, wanted",
    [
        ("import a.b\n", [("a", 1, False)]),
        ("from a.b import c\nfrom . import d\nfrom __future__ import e\n", [("a", 1, False)]),
        ("try:\n    import a\nexcept ImportError:\n    import b\n", [("a", 2, True), ("b", 4, True)]),
        ("try:\n    import a\nfinally:\n    pass\n", [("a", 2, False)]),
        ("if TYPE_CHECKING:\n    import a\n", [("a", 2, True)]),
        ("def f():\n    import a\n", [("a", 2, True)]),
        ("class A:\n    import a\n", [("a", 2, False)]),
        ("with x:\n    import a\n", [("a", 2, False)]),
    ],
)
def test_imports_of_a_file(source: str, wanted: list[tuple[str, int, bool]]) -> None:
    made = digest.summarise(source.encode(), python.parse(source.encode()))
    assert [(i.name, i.line, i.guarded) for i in made.imports] == wanted


@pytest.mark.parametrize(
    "source, wanted",
    [
        ("@r.get('/a')\ndef f(): ...\n", True),
        ("class A:\n    @r.post('/a')\n    def f(self): ...\n", True),
        ("def make():\n    @r.websocket('/a')\n    def f(): ...\n", True),
        ("if x:\n    @r.get('/a')\n    def f(): ...\n", True),
        ("def make():\n    if x:\n        @r.get('/a')\n        def f(): ...\n", True),
        ("def make():\n    with x:\n        class A:\n            @r.get('/a')\n            def f(self): ...\n", True),
        ("@property\ndef f(): ...\n", False),
        ("r.get('/a')\n", False),
    ],
)
def test_files_with_routes(source: str, wanted: bool) -> None:
    assert digest.summarise(source.encode(), python.parse(source.encode())).routes is wanted
