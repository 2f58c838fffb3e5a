"""Strings: lengths, patterns, formats and listed values together; a validator agrees on every witness."""

import time
from itertools import product
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.compare.schema.answers import No, Undecided, Yes
from byte.compare.schema.numbers import Counts
from byte.compare.schema.pattern import Unsupported
from byte.compare.schema.regular import both, find, language, lengths, other
from byte.compare.schema.texts import ANY_TEXT, FORMATS, Format, Texts, texts

UUID = "123e4567-e89b-12d3-a456-426614174000"
PATTERNS = ["^a", "b$", "^[ab]*$", "^a?b?$", "-", "^[0-9]{2}", "^[^a]*$", r"^\d{4}-\d{2}-\d{2}$", "^.{36}$", "(?<=a)b"]
VALUES = ["", "a", "b", "ab", "aab", "2024-01-01", "2024-02-30", UUID, "127.0.0.1", "10", "-"]
KEYWORDS = st.fixed_dictionaries(
    {},
    optional={
        "lengths": st.builds(Counts, st.integers(0, 3), st.none() | st.sampled_from([1, 2, 10, 36])),
        "patterns": st.lists(st.sampled_from(PATTERNS), max_size=2),
        "formats": st.lists(st.sampled_from(["date", "uuid", "ipv4", "email", "uri", "password"]), max_size=1),
        "values": st.lists(st.sampled_from(VALUES), max_size=4),
        "excluded": st.lists(st.sampled_from(VALUES), max_size=2),
    },
)


SEEDS = {
    "date": ["2024-02-29", "2023-02-28", "2000-12-31"],
    "date-time": ["2024-12-31T23:59:60.5-23:59"],
    "time": ["23:59:60Z", "12:00:00.123+01:30"],
    "duration": ["P1Y2M3DT4H5M6S", "P1W"],
    "email": ['"a b"@c.de', "a.b+c@d-e.f"],
    "hostname": ["a-b.c", "1.2"],
    "ipv4": ["255.249.10.0"],
    "ipv6": ["1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"],
    "json-pointer": ["/a~1/b"],
    "relative-json-pointer": ["1#", "10/a~0"],
}


def schema(keywords: dict[str, Any]) -> dict[str, Any]:
    """The keywords as JSON Schema."""
    found: dict[str, Any] = {"type": "string", "allOf": [True]}
    size = keywords.get("lengths", Counts())
    found["minLength"] = size.low
    if size.high is not None:
        found["maxLength"] = size.high
    found["allOf"].extend({"pattern": pattern} for pattern in keywords.get("patterns", ()))
    found["allOf"].extend({"format": name} for name in keywords.get("formats", ()))
    if "values" in keywords:
        found["allOf"].append({"enum": keywords["values"]})
    found["not"] = {"enum": keywords.get("excluded", [])}
    return found


def validator(keywords: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(keywords), validate_formats=True)


@given(KEYWORDS, KEYWORDS)
def test_a_validator_agrees_on_inclusion(one: dict[str, Any], two: dict[str, Any]) -> None:
    answer = texts(**one).included_in(texts(**two))
    left, right = validator(one), validator(two)
    if isinstance(answer, No):
        assert left.is_valid(answer.witness)
        assert not right.is_valid(answer.witness)
    elif isinstance(answer, Yes):
        assert [text for text in VALUES if left.is_valid(text) and not right.is_valid(text)] == []
    else:
        assert "(?<=a)b" in answer.reason or "format" in answer.reason


@given(KEYWORDS, KEYWORDS, KEYWORDS)
def test_a_validator_agrees_on_inclusion_in_several(
    one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]
) -> None:
    answer = texts(**one).included_in(texts(**two), texts(**three))
    left, right, last = validator(one), validator(two), validator(three)
    if isinstance(answer, No):
        assert left.is_valid(answer.witness)
        assert not right.is_valid(answer.witness)
        assert not last.is_valid(answer.witness)
    elif isinstance(answer, Yes):
        assert all(right.is_valid(text) or last.is_valid(text) for text in VALUES if left.is_valid(text))


@given(KEYWORDS, KEYWORDS)
def test_intersection_and_difference_split_a_set(one: dict[str, Any], two: dict[str, Any]) -> None:
    left, right = texts(**one), texts(**two)
    shared, rest = left.intersect(right), left.minus(right)
    for text in VALUES:
        inside, outside = left.accepts(text), right.accepts(text)
        if inside is not None and outside is not None:
            assert shared.accepts(text) == (inside and outside)
            assert any(piece.accepts(text) for piece in rest) == (inside and not outside)


@given(KEYWORDS, st.lists(st.sampled_from(VALUES), max_size=4))
def test_a_set_is_empty_or_shows_a_member_that_is_none_of_those_avoided(
    keywords: dict[str, Any], avoided: list[str]
) -> None:
    answer = texts(**keywords).is_empty(avoided)
    valid = validator(keywords)
    if isinstance(answer, No):
        assert valid.is_valid(answer.witness)
        assert answer.witness not in avoided
    elif isinstance(answer, Yes):
        assert [text for text in VALUES if valid.is_valid(text) and text not in avoided] == []


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_format_is_known_to_accept_is_what_the_validator_accepts(name: str) -> None:
    valid = validator({"formats": [name]})
    form = FORMATS[name]
    surely, within = language(form.surely), language(form.within or form.surely)
    assert not isinstance(surely, Unsupported)
    assert not isinstance(within, Unsupported)
    assert form.samples
    for sample in form.samples:
        assert valid.is_valid(sample)
        assert texts(formats=[name]).accepts(sample) is True
    for size in range(48):
        for kept in ("", "5", "Z", "."):
            told = language(kept.replace(".", r"\.") + "$")
            assert not isinstance(told, Unsupported)
            inside = find(both(surely, told, lengths(size, size)))
            outside = find(both(other(within), told, lengths(size, size)))
            assert inside is None or valid.is_valid(inside)
            assert outside is None or not valid.is_valid(outside)


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_known_of_a_string_by_its_format_is_what_the_validator_says(name: str) -> None:
    valid = validator({"formats": [name]})
    known = 0
    for seed in (*FORMATS[name].samples, *SEEDS.get(name, ())):
        for place, new in product(range(len(seed) + 1), [*"0159aZz-_:./@TWD+~# %é\n{[\\", ""]):
            for text in (seed[:place] + new + seed[place:], seed[:place] + new + seed[place + 1 :]):
                accepted = texts(formats=[name]).accepts(text)
                known += accepted is not None
                # The validator takes "2024-0/-01" for a date, which RFC 3339 does not.
                loose = name in ("date", "date-time", "time") and new in ("+", "-", ".", "/")
                assert accepted is None or accepted == valid.is_valid(text) or (loose and not accepted), text
    assert known > 20


@pytest.mark.parametrize(
    "one, two, answer",
    [
        ({}, {"formats": ["uuid"]}, No("a")),
        ({"formats": ["uuid"]}, {}, Yes()),
        ({"formats": ["uuid"]}, {"lengths": Counts(36, 36)}, Yes()),
        ({"formats": ["uuid"]}, {"lengths": Counts(0, 35)}, No(UUID)),
        ({"formats": ["uuid"]}, {"patterns": ["^[0-9a-fA-F-]{36}$"]}, Yes()),
        ({"formats": ["date"]}, {"patterns": [r"^\d{4}-\d{2}-\d{2}$"]}, Yes()),
        ({"formats": ["date-time"]}, {"patterns": [r"^\d{4}-\d{2}-\d{2}[Tt]"]}, Yes()),
        ({"formats": ["date"]}, {"formats": ["date-time"]}, No("2024-01-01")),
        ({"formats": ["date-time"]}, {"formats": ["date"]}, No("2024-01-01T00:00:00Z")),
        ({"formats": ["date-time"]}, {"lengths": Counts(0, 64)}, Undecided("format `date-time`")),
        ({"formats": ["uri"]}, {"formats": ["uri-reference"]}, Yes()),
        ({"formats": ["uri-reference"]}, {"formats": ["uri"]}, No("/a")),
        ({"formats": ["email"]}, {"formats": ["idn-email"]}, Yes()),
        ({"patterns": ["^[a-z]+@[a-z]+[.]com$"]}, {"formats": ["email"]}, Undecided("format `email`")),
        ({}, {"formats": ["password", "color", "binary", "byte", "int32"]}, Yes()),
        ({"values": ["a", UUID]}, {"formats": ["uuid"]}, No("a")),
        ({"values": [UUID]}, {"formats": ["uuid"]}, Yes()),
        ({"values": ["b", "a"]}, {"values": ["c", "a", "b"]}, Yes()),
        ({"values": ["a", "d"]}, {"values": ["a", "b"]}, No("d")),
        ({"values": ["a", "bc"], "lengths": Counts(0, 1)}, {"values": ["a"]}, Yes()),
        ({}, {"excluded": ["a"]}, No("a")),
        ({"excluded": ["a", "b"]}, {"excluded": ["a"]}, Yes()),
        ({"patterns": ["^[ab]$"]}, {"values": ["a", "b"]}, Yes()),
        ({"patterns": ["^[abc]$"]}, {"values": ["a", "b"]}, No("c")),
        ({"patterns": ["(?<=a)b"], "lengths": Counts(0, 3)}, {"patterns": ["(?<=a)b"]}, Yes()),
        ({}, {"patterns": ["(?<=a)b"]}, Undecided("pattern `(?<=a)b` (a lookaround in the middle)")),
        ({"lengths": Counts(0, 5)}, {"patterns": ["(?<=a)b"], "lengths": Counts(0, 4)}, No("aaaaa")),
        ({"lengths": Counts(0, 2**40)}, {"lengths": Counts(0, 2**50)}, Yes()),
        ({"lengths": Counts(3, 1)}, {"values": []}, Yes()),
    ],
)
def test_inclusion_says_what_is_known(one: dict[str, Any], two: dict[str, Any], answer: object) -> None:
    assert texts(**one).included_in(texts(**two)) == answer


def test_a_set_may_be_covered_by_several() -> None:
    assert ANY_TEXT.included_in(texts(lengths=Counts(0, 10)), texts(lengths=Counts(8))) == Yes()
    assert ANY_TEXT.included_in(texts(lengths=Counts(0, 10)), texts(lengths=Counts(12))) == No("a" * 11)
    one = texts(patterns=["^(a|b)+$"])
    assert one.included_in(texts(patterns=["^a"]), texts(patterns=["^b"])) == Yes()
    assert texts(values=["a", "d"]).included_in(texts(values=["a"]), texts(patterns=["^d"])) == Yes()
    assert ANY_TEXT.included_in() == No("a")


def test_long_lists_of_values_are_compared_at_once() -> None:
    many = [f"word-{number}" for number in range(5000)]
    before = time.process_time()
    assert ANY_TEXT.included_in(texts(values=many)) == No("a")
    assert texts(patterns=["^word-"]).included_in(texts(values=many)) == No("word-" + "a" * 5)
    assert texts(values=many).included_in(texts(values=many[1:])) == No("word-0")
    assert texts(values=many[1:]).included_in(texts(values=many)) == Yes()
    assert texts(values=many).included_in(texts(patterns=["^word-[0-9]{1,4}$"])) == Yes()
    assert time.process_time() - before < 2


def test_equal_sets_of_keywords_are_equal() -> None:
    keywords: dict[str, Any] = {"patterns": ["^a+$"], "formats": ["uuid", "date"], "values": ["a"]}
    assert texts(**keywords) == texts(**keywords)
    assert len({texts(**keywords), texts(**keywords), ANY_TEXT, Texts()}) == 2
    assert isinstance(FORMATS["uuid"], Format)
