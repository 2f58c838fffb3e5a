"""Words and their stems."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.registry.search.words import LONGEST, SENTENCES, sentences_of, split, stem, stems, words


@pytest.mark.parametrize(
    "text, found",
    [
        ("getHTTPResponse", ["get", "http", "response"]),
        ("/users/{userId}/orders_list", ["users", "user", "id", "orders", "list"]),
        ("kebab-case.and:colons", ["kebab", "case", "and", "colons"]),
        ("oauth2 v1.2", ["oauth2", "v1", "2"]),
        ("Thời tiết ở Đà Nẵng", ["thoi", "tiet", "o", "da", "nang"]),
        ("查询天气abc", ["查询", "询天", "天气", "abc"]),
        ("", []),
    ],
)
def test_identifiers_and_texts_of_any_script_have_words(text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    "one, other",
    [
        ("companies", "company"),
        ("refunded", "refunds"),
        ("organisation", "organizations"),
        ("colours", "color"),
        ("centre", "center"),
        ("catalogue", "catalogs"),
        ("analyse", "analyzing"),
        ("cancelled", "cancel"),
    ],
)
def test_forms_and_spellings_of_a_word_have_one_stem(one, other):
    assert stem(one) == stem(other)


def test_stop_words_say_nothing():
    assert stems("Could you please show me the orders of this user") == [stem("show"), stem("order"), stem("user")]


def test_an_identifier_is_split_where_its_words_begin():
    assert split("/users/{userId}/orders_list") == "users user Id orders list"


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text_has_words_in_lower_case_and_of_bounded_length(text):
    found = words(text)
    assert all(word and len(word) <= LONGEST for word in found)
    assert words(" ".join(found)) == found or not " ".join(found).isascii()


def test_a_question_of_several_sentences_is_read_by_each():
    text = "I moved here last week. Where can I find a doctor? And book me a taxi!\nThanks."
    assert sentences_of(text) == (
        "I moved here last week.",
        "Where can I find a doctor?",
        "And book me a taxi!",
    )
    assert sentences_of("Where can I find a doctor? Thanks.") == ()
    assert len(sentences_of("Give me an order. " * 50)) == SENTENCES
