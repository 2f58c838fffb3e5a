"""Pairs of operations of different services that say nearly the same."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from byte.registry.search.embeddings import Vectors
from byte.registry.search.lexical import Numbers
from byte.registry.search.vectors import Codes, vectors_of

_TALL: Final = 512
_WIDE: Final = 8_192
_DIGITS: Final = 4
"""Digits of a score that count: further ones are of how a machine adds up."""


class Pairs:
    """The best pairs so far."""

    def __init__(self, threshold: float, most: int) -> None:
        self.threshold = threshold
        self._most = most
        self._found = np.zeros((0, 3))

    def take(self, first: Numbers, second: Numbers, scores: NDArray[np.float32]) -> None:
        """Takes in pairs; as soon as there are enough, only those as good as the last of them count."""
        self._found = np.concatenate([self._found, np.column_stack([_rounded(scores), first, second])])
        if len(self._found) > 4 * self._most:
            self._found = self.best()
            self.threshold = max(self.threshold, float(self._found[-1, 0]))

    def best(self) -> NDArray[np.float64]:
        """Score, first and second of each, best first."""
        found = self._found
        return found[np.lexsort((found[:, 2], found[:, 1], -found[:, 0]))][: self._most]


def alike(
    codes: Codes, services: NDArray[np.int64], left: NDArray[np.bool_], threshold: float, most: int
) -> list[tuple[int, int, float]]:
    """Pairs of rows whose cosine is not below a threshold, of different services, best first; one of each is in `left`.

    Exact: each row of `left` is compared with each row once.
    """
    pairs = Pairs(threshold, most)
    chosen = np.flatnonzero(left)
    for top in range(0, len(chosen), _TALL):
        rows = chosen[top : top + _TALL]
        vectors = _units(codes[rows])
        for start in range(0, len(codes), _WIDE):
            others = np.arange(start, min(start + _WIDE, len(codes)))
            products = vectors @ _units(codes[others]).T
            at, to = np.nonzero(products >= pairs.threshold - 0.5 * 10**-_DIGITS)
            first, second = rows[at], others[to]
            # A pair inside of `left` comes twice, once from each side.
            keep = (services[first] != services[second]) & (~left[second] | (first < second))
            pairs.take(first[keep], second[keep], products[at[keep], to[keep]])
    return [(int(first), int(second), float(score)) for score, first, second in pairs.best()]


def _rounded(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.minimum(np.round(scores.astype(np.float64), _DIGITS), 1.0)


def _units(codes: Codes) -> Vectors:
    """Vectors made 1 long again (their bytes are off by a little), or 0: what is the same is so to the last digit."""
    vectors = vectors_of(codes)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    units: Vectors = vectors / np.maximum(lengths, np.float32(1e-9))[:, None]
    return units
