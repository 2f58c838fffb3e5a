"""Words that were mistyped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.registry.search.spelling import Spelling, edits

WORDS = ("refund", "payment", "weather", "authentication", "street", "view", "order", "customer")


@pytest.fixture
def spelling():
    known = Spelling()
    for word in WORDS:
        known.learn(word)
    return known


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("refnud", ("refund",)),
        ("paymnt", ("payment",)),
        ("wether", ("weather",)),
        ("authentification", ("authentication",)),
        ("streetview", ("street", "view")),
        ("zebra", ()),
        ("ordr", ("order",)),
        ("vie", ()),
        ("o'rder", ()),
    ],
)
def test_a_slip_or_two_are_seen_through(spelling, typed, meant):
    assert spelling.meant(typed) == meant


def reference(first, second):
    """Restricted Damerau-Levenshtein distance, as in the books."""
    rows = [[i + j if i * j == 0 else 0 for j in range(len(second) + 1)] for i in range(len(first) + 1)]
    for i in range(1, len(first) + 1):
        for j in range(1, len(second) + 1):
            change = first[i - 1] != second[j - 1]
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change)
            if i > 1 and j > 1 and first[i - 1] == second[j - 2] and first[i - 2] == second[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@settings(max_examples=300)
@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(1, 2))
def test_edits_are_counted_as_in_the_books(first, second, most):
    assert edits(first, second, most) == min(reference(first, second), most + 1)


def test_all_words_a_slip_away_are_found_among_many():
    known = Spelling()
    for at in range(5_000):
        known.learn(f"word{at:04}")
    known.learn("zebra")
    assert known.meant("zbera") == ("zebra",)
