"""Ranking: one sum of both arms, exact for what is asked.

    score = BM25 + SEMANTIC * (cosine - mean) / spread

`mean` and `spread` are those of the embedding for texts that have nothing to do with each other (`calibration.Spread`).
The sum keeps what scaling each arm to 0..1 for every question throws away: that much was found of a question's words, or
nearly nothing. There is nothing in it that depends on what else is in the index but how rare a word is.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from byte.registry.search.calibration import SEMANTIC, Spread
from byte.registry.search.embeddings import Vectors
from byte.registry.search.lexical import MOST, Floats, Numbers, Rows, Term, rarity
from byte.registry.search.places import Mask
from byte.registry.search.segment import Snapshot

_NEAREST: Final = 128
"""How many of either arm are looked at, at least."""
_ROUNDED: Final = 0.01
"""How far off a cosine can be by which the nearest are found."""
_STEP: Final = 0.7
_LOWEST: Final = 0.05
_CANDIDATES: Final = 1_024
"""How many operations with words of the question are compared by vector, at most."""
_COMMON: Final = 64
"""Up to how many operations a word has for it to be asked whether any of them may be found."""


class Ranked(msgspec.Struct, frozen=True):
    """A row that was found, and the parts of its score; `semantic` is None where there are no vectors."""

    row: int
    score: float
    lexical: float
    semantic: float | None


class Weighed(msgspec.Struct, frozen=True):
    """What the lexical arm gives each row; `mass`, `rarest` as in `calibration.Evidence`; `missing`: those

    that are known and found nowhere.
    """

    scores: Floats
    mass: float
    rarest: float
    missing: tuple[str, ...]


def weighed(snapshot: Snapshot, terms: Sequence[Term], allowed: Mask, unknown: int = 0) -> Weighed:
    """The lexical arm; `unknown`: how many words of the question are in none of its terms."""
    total = int(np.count_nonzero(snapshot.alive))
    # What is gone does not count: the same question has the same answer however the index came about.
    gone = [np.flatnonzero(~snapshot.alive[segment.rows]).astype(np.int32) for segment in snapshot.segments]
    found = [_found(snapshot, term, total, gone) for term in terms]
    scores = np.zeros(len(snapshot.alive), np.float32)
    missing: list[str] = []
    mass = unknown * rarity(total, 0)
    # What is found nowhere takes no place of what is.
    some = sorted((one for one in found if one.having), key=lambda one: -one.value)[:MOST]
    for one in (*(one for one in found if not one.having), *some):
        here = one.having > _COMMON
        for segment, place in zip(snapshot.segments, one.places, strict=True):
            if place.start < place.stop:
                rows = segment.postings.lists.rows[place]
                part = scores[segment.rows]
                part[rows] += segment.postings.weights[place] * np.float32(one.value)
                here = here or bool(allowed[segment.rows][rows].any())
        if one.term.shown and not one.term.corrected:
            mass += one.value
            if not here:
                missing += one.term.shown
    scores[~allowed] = 0
    return Weighed(scores, mass, rarity(total, 0), tuple(missing))


class _Found(msgspec.Struct, frozen=True):
    """A term, where its rows stand in each segment, how many operations have it, and what it counts."""

    term: Term
    places: list[slice]
    having: int
    value: float


def _found(snapshot: Snapshot, term: Term, total: int, gone: Sequence[Rows]) -> _Found:
    places = [segment.postings.lists.place(term.key) for segment in snapshot.segments]
    having = sum(
        place.stop - place.start - _among(dead, segment.postings.lists.rows[place])
        for segment, place, dead in zip(snapshot.segments, places, gone, strict=True)
    )
    return _Found(term, places, having, term.weight * rarity(total, having))


def _among(some: Rows, rows: Rows) -> int:
    """How many rows are among others, which may be many more; both are in order."""
    if not len(some) or not len(rows):
        return 0
    few, many = sorted((some, rows), key=len)
    at = np.minimum(np.searchsorted(many, few), len(many) - 1)
    return int(np.count_nonzero(many[at] == few))


def best(
    snapshot: Snapshot,
    lexical: Floats,
    vector: Vectors | None,
    allowed: Mask,
    spread: Spread,
    most: int,
    sentences: Sequence[Vectors] = (),
) -> list[Ranked]:
    """The best rows of both arms, best first; rows of the same score in the order in which they came.

    `sentences`: the vectors of a question's sentences, where it has several. It may ask for several things at once: what
    one of its sentences asks for is as near as the mean of that sentence and the whole.
    """
    if vector is None or not vector.any():
        rows = _top(lexical, most)
        return [Ranked(row, float(lexical[row]), float(lexical[row]), None) for row in rows.tolist()]
    unit = SEMANTIC / spread.spread
    nearest, products = _nearest(snapshot, vector, allowed, max(_NEAREST, 4 * most))
    seen = np.zeros(len(lexical), bool)
    seen[nearest] = True
    rows, cosines = _with(nearest, products, _unseen(_top(lexical, max(_NEAREST, 4 * most)), seen), snapshot, vector)
    # Whoever is not among the nearest is no nearer than the last of them: only so many words can make up for that.
    sums = np.sort(lexical[rows] + unit * cosines)
    floor = sums[-most] - unit * (products[-1] + _ROUNDED) if len(sums) >= most and len(products) else 0.0
    others = _unseen(_top(lexical, _CANDIDATES, float(max(floor, 0.0))), seen)
    rows, cosines = _with(rows, cosines, others, snapshot, vector)
    if sentences:
        rows = np.sort(rows[np.lexsort((rows, -(lexical[rows] + unit * cosines)))[: max(_NEAREST, 4 * most)]])
        nearer = np.max([_products(snapshot, one, rows) for one in sentences], axis=0)
        cosines = (_products(snapshot, vector, rows) + nearer) / 2
    semantic = unit * (cosines - spread.mean)
    scores = lexical[rows] + semantic
    order = np.lexsort((rows, -scores))[:most]
    return [Ranked(int(rows[at]), float(scores[at]), float(lexical[rows[at]]), float(semantic[at])) for at in order]


def _unseen(rows: Numbers, seen: Mask) -> Numbers:
    """The rows that were not seen before, in order; they are from now on."""
    new = np.sort(rows[~seen[rows]])
    seen[new] = True
    return new


def _with(rows: Numbers, cosines: Floats, new: Numbers, snapshot: Snapshot, vector: Vectors) -> tuple[Numbers, Floats]:
    return np.concatenate([rows, new]), np.concatenate([cosines, _products(snapshot, vector, new)])


def _top(scores: Floats, most: int, floor: float = 0.0) -> Numbers:
    """The rows of the highest scores above a floor, best first, equal ones in order."""
    highest = float(scores.max(initial=0.0))
    # Most scores are nothing: to lower a bar until enough are above it beats any sorting of all.
    bar = highest
    rows = np.zeros(0, np.int64)
    while bar > floor and len(rows) < most:
        bar = max(bar * _STEP, floor) if bar > highest * _LOWEST else floor
        rows = np.flatnonzero(scores > bar)
    return rows[np.argsort(-scores[rows], kind="stable")][:most]


def _nearest(snapshot: Snapshot, vector: Vectors, allowed: Mask, most: int) -> tuple[Numbers, Floats]:
    rows: list[Numbers] = []
    products: list[Floats] = []
    for segment in snapshot.segments:
        mask = allowed[segment.rows]
        if segment.space is not None and mask.any():
            near, product = segment.space.search(vector, most, None if mask.all() else mask)
            rows.append(near + segment.base)
            products.append(product)
    if not rows:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    found, values = np.concatenate(rows), np.concatenate(products)
    order = np.lexsort((found, -values))[:most]
    return found[order], values[order]


def _products(snapshot: Snapshot, vector: Vectors, rows: Numbers) -> Floats:
    """Inner products of rows, which are in order."""
    found = np.zeros(len(rows), np.float32)
    for segment in snapshot.segments:
        here = slice(*np.searchsorted(rows, (segment.rows.start, segment.rows.stop)))
        if segment.space is not None and here.start < here.stop:
            found[here] = segment.space.products(vector, rows[here] - segment.base)
    return found
