"""BM25 over fields, against the formula; merging changes nothing."""

import math
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.registry.search.lexical import (
    LENGTH,
    SATURATION,
    USUAL,
    WEIGHTS,
    Lexicon,
    Postings,
    joined,
    pair,
    postings_of,
    rarity,
    terms_of,
)

FIELDS = len(WEIGHTS)
documents = st.lists(
    st.lists(st.lists(st.integers(0, 9), max_size=6), min_size=FIELDS, max_size=FIELDS), min_size=1, max_size=6
)


def told(postings: Postings) -> dict[tuple[int, int], float]:
    lists = postings.lists
    return {
        (int(key), int(lists.rows[at])): float(postings.weights[at])
        for place, key in enumerate(lists.keys)
        for at in range(int(lists.starts[place]), int(lists.starts[place + 1]))
    }


def expected(given_documents) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    for row, document in enumerate(given_documents):
        often: dict[int, float] = {}
        for field, numbers in enumerate(document):
            for number in numbers:
                norm = 1 - LENGTH + LENGTH * len(numbers) / USUAL[field]
                often[number] = often.get(number, 0) + WEIGHTS[field] / norm
            if field < FIELDS - 1:
                found.update({(pair(a, b), row): 1.0 for a, b in pairwise(numbers)})
        found.update({(key, row): tf * (SATURATION + 1) / (tf + SATURATION) for key, tf in often.items()})
    return found


@settings(max_examples=60)
@given(documents)
def test_a_word_counts_as_bm25f_says_and_pairs_once(some):
    found, wanted = told(postings_of(some)), expected(some)
    assert found.keys() == wanted.keys()
    assert all(math.isclose(found[key], wanted[key], rel_tol=1e-5) for key in wanted)


@settings(max_examples=60)
@given(documents, documents)
def test_postings_that_are_joined_are_those_of_all_documents(first, second):
    whole = told(postings_of([*first, *second]))
    assert told(joined([(postings_of(first), 0), (postings_of(second), len(first))])) == whole


@settings(max_examples=60)
@given(documents, st.data())
def test_rows_that_go_leave_the_postings_of_the_others(some, data):
    kept = data.draw(st.lists(st.booleans(), min_size=len(some), max_size=len(some)))
    left = [document for document, stays in zip(some, kept, strict=True) if stays]
    assert told(joined([(postings_of(some), 0)], np.array(kept))) == told(postings_of(left))


def test_rare_words_count_more():
    assert rarity(1000, 1) > rarity(1000, 10) > rarity(1000, 999) > 0


def test_a_question_has_terms_of_its_words_and_of_neighbours():
    lexicon = Lexicon()
    order, refund = lexicon.read("order refund")
    terms, unknown = terms_of("Please refund the orders, refund quickly", lexicon)
    assert {term.key for term in terms} == {order, refund, pair(refund, order), pair(order, refund)}
    assert unknown == ["quickly"]
    assert next(term for term in terms if term.key == refund).weight > 1
