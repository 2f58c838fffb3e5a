import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.sources import paths


@given(st.binary(min_size=1))
def test_every_path_has_a_text_of_its_own_that_utf8_can_hold(raw: bytes):
    shown = paths.shown(raw)
    assert paths.raw(shown) == raw
    assert json.loads(json.dumps(shown).encode()) == shown
    assert shown.encode("utf-8")
    assert not any(char in shown for char in "\n\r\t\x1b\u202e")


@pytest.mark.parametrize(
    "raw, shown",
    [
        (b"app/main.py", "app/main.py"),
        ("app/größe.py".encode(), "app/größe.py"),
        (b"a\nb.py", r"a\nb.py"),
        (rb"a\nb.py", r"a\\nb.py"),
        (b"caf\xe9.py", r"caf\xe9.py"),
        (b"\x1b[31m.py", r"\u001b[31m.py"),
        ("\u202eyp.a".encode(), r"\u202eyp.a"),
        (b'"q" \'.py', '"q" \'.py'),
    ],
)
def test_unsafe_characters_are_escaped(raw, shown):
    assert paths.shown(raw) == shown


@pytest.mark.parametrize(
    "path",
    ["tests/a.py", "app/test/b.py", "app/test_x.py", "x_test.py", "conftest.py", "src/testing/fake.py", "app/tests.py"],
)
def test_tests_are_known(path):
    assert paths.is_test(path)


@pytest.mark.parametrize(
    "path", ["app/latest.py", "app/contest.py", "testament/a.py", "migrations/0001.py", "test.txt/a.py"]
)
def test_what_only_looks_like_a_test_is_none(path):
    assert not paths.is_test(path)


def test_vendored_and_generated_files_are_known():
    for path in ("lib/site-packages/a.py", ".venv/a.py", "ui/node_modules/a.py", "app/items_pb2.py", "_vendor/a.py"):
        assert paths.is_vendored(path)
    for path in ("app/vendor/routes.py", "app/migrations/0001.py", "alembic/env.py", "app/pb2.py"):
        assert not paths.is_vendored(path)


@pytest.mark.parametrize(
    "pattern, folder, path, result",
    [
        ("gen", "", "a/gen/b.py", True),
        ("gen", "", "a/general.py", False),
        ("*.gen.py", "", "a/b.gen.py", True),
        ("app/*.py", "", "app/a.py", True),
        ("app/*.py", "", "app/sub/a.py", False),
        ("app/**/a.py", "", "app/a.py", True),
        ("app/**/a.py", "", "app/x/y/a.py", True),
        ("app/", "", "app/x/a.py", True),
        ("./app/x/", "", "app/x/a.py", True),
        ("/gen", "", "a/gen/b.py", False),
        ("/gen", "", "gen/b.py", True),
        ("**", "", "any/thing.py", True),
        ("gen/*", "service", "service/gen/a.py", True),
        ("gen/*", "service", "gen/a.py", False),
        ("gen", "ser[vice]", "ser[vice]/x/gen/a.py", True),
        ("A.py", "", "a.py", False),
    ],
)
def test_globs(pattern, folder, path, result):
    assert paths.matches(paths.anchored(pattern, folder), path) is result


def test_a_glob_made_to_be_slow_is_not():
    assert not paths.matches("/".join(["**", "*a*a*a*a*a*b"] * 30), "/".join(["a" * 60] * 60))
