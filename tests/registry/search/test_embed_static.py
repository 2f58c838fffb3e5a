"""The embedding in the box: the same vector for the same text, near for near meanings, bounded for hostile texts."""

import hashlib
import itertools
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.registry.search.embed_static import CHARACTERS, REMEMBERED, TOKENS, StaticEmbedder, Vocabulary, static

SMALL = Vocabulary(["get", "user", "users", "##s", "##er", "us", "a", "##b", "1", "##2"])


@pytest.fixture(scope="module")
def box() -> StaticEmbedder:
    return static()


def test_identifiers_are_the_words_that_they_are_made_of() -> None:
    assert SMALL.ids("getUsers") == SMALL.ids("get_users") == SMALL.ids("GET /users") == [0, 2]


def test_a_word_that_is_no_token_is_spelled_by_the_longest_pieces() -> None:
    assert SMALL.ids("gets ab a12") == [0, 3, 6, 7]
    assert SMALL.ids("usb users") == [5, 7, 2]


def test_a_word_that_cannot_be_spelled_has_no_tokens_and_leaves_the_others() -> None:
    assert SMALL.ids("zebra get bzz") == [0]


def test_marks_of_letters_do_not_matter_and_other_scripts_say_nothing() -> None:
    assert SMALL.ids("Üsers gét пользователь 用户") == [2, 0]


def test_only_the_beginning_of_a_text_counts() -> None:
    assert len(SMALL.ids("get " * 10_000)) == TOKENS
    assert SMALL.ids(" " * CHARACTERS + "get") == []


def test_what_is_remembered_of_words_is_bounded() -> None:
    vocabulary = Vocabulary(["a", *(f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")])
    every = itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=4)
    for letters in itertools.islice(every, REMEMBERED + 10):
        vocabulary.ids("".join(letters))
    assert 0 < vocabulary.remembered <= REMEMBERED


def test_vectors_are_of_length_one_and_a_text_without_known_words_is_nothing(box: StaticEmbedder) -> None:
    found = box.encode(["Refund a payment", "", "用户 ...", "x"])
    assert found.shape == (4, box.dimensions)
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 0, 0, 1], abs=1e-5)
    assert box.encode([]).shape == (0, box.dimensions)


def test_a_question_is_encoded_as_any_text(box: StaticEmbedder) -> None:
    assert np.array_equal(box.encode_query("weather in Paris"), box.encode(["weather in Paris"])[0])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=200), max_size=12), st.integers(0, 11))
def test_a_text_has_the_same_vector_to_the_last_bit_in_any_company(texts: list[str], at: int) -> None:
    together = static().encode([*texts, "list the invoices of a customer"])
    chosen = min(at, len(texts))
    alone = static().encode([[*texts, "list the invoices of a customer"][chosen]])[0]
    assert together[chosen].tobytes() == alone.tobytes()


def test_texts_over_several_chunks_are_the_same_as_one_by_one(box: StaticEmbedder) -> None:
    texts = [f"create order {number} for customer with many words " * (number % 7) for number in range(600)]
    together = box.encode(texts)
    assert all(np.array_equal(together[at], box.encode([texts[at]])[0]) for at in range(0, 600, 29))


@pytest.mark.parametrize(
    "question, right, wrong",
    [
        ("give the money back to a buyer", "refunds. create refunds. Refund a charge", "users. get users. List users"),
        ("will it rain tomorrow", "forecast. get forecast. Weather forecast of a city", "create invoices. New invoice"),
        ("who works here", "get employees. List the employees of a company", "delete files. Remove a file"),
        ("turn the text into another language", "create translate. Translate a text", "get stocks. Prices of stocks"),
    ],
)
def test_what_means_the_same_in_other_words_is_near(box: StaticEmbedder, question: str, right: str, wrong: str) -> None:
    asked, near, far = box.encode([question, right, wrong])
    assert asked @ near > asked @ far + 0.1


def test_the_table_is_small_and_its_identity_is_its_digest(box: StaticEmbedder) -> None:
    data = files("byte.registry.search").joinpath("data/static.npz").read_bytes()
    assert len(data) <= 8_000_000
    assert box.identity == f"byte-static-{hashlib.sha256(data).hexdigest()[:16]}"
    assert box.dimensions == 256
