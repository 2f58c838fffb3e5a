"""Vectors: exact against numpy, filters, graphs and cells."""

import numpy as np
import pytest

from byte.registry.search import vectors
from byte.registry.search.vectors import Space, codes_of, vectors_of


def some(count, dimensions=32, seed=0):
    found = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_vectors_come_back_from_their_bytes():
    given = some(100)
    assert np.abs(vectors_of(codes_of(given)) - given).max() <= 0.5 / 127 + 1e-6


def test_the_nearest_are_those_of_all_and_inner_products_are_exact():
    codes, question = codes_of(some(3_000)), some(1, seed=1)[0]
    exact = vectors_of(codes) @ question
    rows, products = Space(codes).search(question, 50, None)
    assert np.allclose(products, exact[rows], atol=1e-5)
    assert np.all(np.diff(products) <= 0)
    # Found by rounded numbers: only near the end may a neighbour be another.
    assert set(np.argsort(-exact)[:40]) <= set(rows)


def test_only_allowed_rows_are_found():
    codes, question = codes_of(some(500)), some(1, seed=1)[0]
    allowed = np.arange(500) % 7 == 3
    rows, _ = Space(codes).search(question, 500, allowed)
    assert sorted(rows) == np.flatnonzero(allowed).tolist()
    assert len(Space(codes).search(question, 10, np.zeros(500, bool))[0]) == 0


@pytest.mark.parametrize("shape", ["hnsw", "ivf"])
def test_graphs_and_cells_find_nearly_the_same(monkeypatch, shape):
    monkeypatch.setattr(vectors, "APPROXIMATE", 1_000)
    codes, questions = codes_of(some(3_000)), some(20, seed=1)
    exact, near = Space(codes, "exact"), Space(codes, shape)
    allowed = np.arange(3_000) % 2 == 0
    shared = 0
    for question in questions:
        wanted = set(exact.search(question, 10, allowed)[0])
        rows = set(near.search(question, 10, allowed)[0])
        assert all(row % 2 == 0 for row in rows)
        shared += len(wanted & rows)
    assert shared >= 180
