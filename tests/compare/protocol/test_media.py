"""Names of media types: their parts (RFC 9110, RFC 6838), and which of two lists are related."""

import pytest

from byte.compare.protocol import media


@pytest.mark.parametrize(
    "name,expected",
    [
        ("application/json", media.MediaType("application", "json")),
        ("Application/JSON", media.MediaType("application", "json")),
        ("application/problem+json", media.MediaType("application", "problem", "json")),
        ("text/plain; charset=utf-8", media.MediaType("text", "plain", "", (("charset", "utf-8"),))),
        ('text/plain;Charset="a;b"', media.MediaType("text", "plain", "", (("charset", "a;b"),))),
        ("*/*", media.MediaType("*", "*")),
    ],
)
def test_a_name_has_parts(name: str, expected: media.MediaType) -> None:
    assert media.parsed(name) == expected


@pytest.mark.parametrize(
    "name", ["", "json", "application/", "a/b/c", "a/b+c+d", "a/b+", "a/b; x", "a/b; x=1; X=2", "ä/b", "a b/c"]
)
def test_what_is_no_name_has_none(name: str) -> None:
    assert media.parsed(name) is None


@pytest.mark.parametrize(
    "one,two,expected",
    [
        ("application/json", "application/json; v=2", "changed"),
        ("application/json", "application/problem+json", "specialized"),
        ("application/problem+json", "application/json", "generalized"),
        ("application/json", "APPLICATION/json", "specialized"),
    ],
)
def test_related_names_differ_in_a_way(one: str, two: str, expected: str) -> None:
    assert media.matched([one], [two]).pairs == ((one, two),)
    assert media.matched([two], [one]).pairs == ((two, one),)
    assert media.renamed(one, two) == expected


@pytest.mark.parametrize(
    "one,two", [("application/json", "text/json"), ("a/x+json", "a/y+json"), ("a/*", "a/b"), ("json", "a/json")]
)
def test_other_names_are_not_related(one: str, two: str) -> None:
    assert media.matched([one], [two]).pairs == ()


def test_media_types_are_matched_by_name_first_and_each_once() -> None:
    found = media.matched(["a/json", "a/x+json", "b/c"], ["a/y+json", "a/x+json", "d/e"])
    assert found == media.Matched((("a/x+json", "a/x+json"), ("a/json", "a/y+json")), ("b/c",), ("d/e",))


def test_a_range_stands_for_what_it_covers_the_most_special_first() -> None:
    assert list(media.Names(["*/*", "text/*", "text/csv", "a/b"]).covering("text/csv")) == ["text/csv", "text/*", "*/*"]
    assert list(media.Names(["*/*", "a/*"]).covering("text/csv")) == ["*/*"]
    assert list(media.Names(["*/*"]).covering("no name")) == []
