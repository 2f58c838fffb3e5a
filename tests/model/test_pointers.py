"""JSON pointers: one way to walk along them, whoever asks."""

import pytest

from byte.model.contract import along, escaped, origin, steps, unescaped, unquoted, value_at

DOCUMENT = {"a/b": {"m~n": [{"x-origin": "app.py:3", "deep": {"x-origin": 7}}]}}
PLACE = "/a~1b/m~0n/0/deep"


@pytest.mark.parametrize("name", ["", "a/b", "m~n", "~1", "~01", "ü"])
def test_a_name_survives_a_pointer(name):
    assert unescaped(escaped(name)) == name
    assert steps(f"/{escaped(name)}") == [name]


def test_what_stands_at_a_pointer_is_found_and_told_from_nothing():
    assert value_at(DOCUMENT, PLACE) == (True, {"x-origin": 7})
    assert value_at({"a": None}, "/a") == (True, None)
    assert value_at(DOCUMENT, "") == (True, DOCUMENT)
    for nowhere in (
        "/b",
        "/a~1b/m~0n/1",
        "/a~1b/m~0n/-",
        "/a~1b/m~0n/²",
        f"/a~1b/m~0n/{'9' * 5_000}",
        f"{PLACE}/x-origin/0",
    ):
        assert value_at(DOCUMENT, nowhere) == (False, None)


def test_the_way_ends_where_nothing_stands():
    assert list(along(DOCUMENT, "/a~1b/gone/deeper")) == [DOCUMENT, DOCUMENT["a/b"]]


def test_the_nearest_origin_that_is_a_text_counts():
    assert origin(DOCUMENT, f"{PLACE}/gone") == "app.py:3"
    assert origin(DOCUMENT, "/a~1b") is None


def test_percent_escapes_of_a_fragment_are_undone():
    assert unquoted("/a%20b%C3%BC%7e") == "/a bü~"
    assert unquoted("/plain%zz") == "/plain%zz"
