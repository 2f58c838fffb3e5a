"""OpenAPI documents as JSON and YAML."""

import json

import pytest
import yaml_rs
from hypothesis import example, given
from hypothesis import strategies as st

from byte.report.documents import to_json, to_yaml

text = st.text(st.characters(codec="utf-8"), max_size=30)


def read(written):
    """The values of a YAML text. Left to itself the reader takes even a quoted `"0001-01-01T00:00:00"` for a date."""
    return yaml_rs.loads(written, parse_datetime=False)


value = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=20,
)
AMBIGUOUS = (
    "yes no on off y n true False null ~ 1 1.0 1e3 0x1f 0o7 0b1 012 1_000 .inf .nan 12:30 <<  = - ? : #x "
    "@a %a &a *a !a {a [a ]a }a |a >a , 'x \"x x: x :x x#y"
).split(" ")


@given(st.dictionaries(text, value, min_size=1, max_size=5))
@example({"0001-01-01T00:00:00": "2020-01-01"})
def test_yaml_reads_back_as_it_was(document):
    assert read(to_yaml(document)) == document


@given(st.dictionaries(text, value, max_size=5))
def test_json_reads_back_as_it_was(document):
    assert json.loads(to_json(document)) == document


@pytest.mark.parametrize(
    "word", [*AMBIGUOUS, " lead", "trail ", "a\nb", "a\n\nb\n", "\n", "a\n", "a\n\n", "\t", "a\n  b", "x\u2028y"]
)
def test_a_string_stays_a_string(word):
    document = {"value": word, "list": [word, [word]], word: 1}
    assert read(to_yaml(document)) == document


def test_a_date_is_quoted():
    assert to_yaml({"2020-01-01": "2020-01-01"}) == '"2020-01-01": "2020-01-01"\n'


def test_plain_words_stand_without_quotes():
    document = {
        "paths": {"/orders/{id}": {"get": {"tags": ["orders"], "responses": {"200": {"description": "It is there"}}}}}
    }
    assert to_yaml(document) == (
        "paths:\n  /orders/{id}:\n    get:\n      tags:\n        - orders\n      responses:\n"
        '        "200":\n          description: It is there\n'
    )


def test_a_lone_surrogate_breaks_nothing():
    assert json.loads(to_json({"a": "\ud800"})) is not None
    to_yaml({"a": "\ud800"}).encode()
