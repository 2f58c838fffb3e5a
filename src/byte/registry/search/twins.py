"""Pairs of operations of different services that say nearly the same."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from byte.registry.search.lexical import Numbers
from byte.registry.search.vectors import Codes, vectors_of

_TALL: Final = 512
_WIDE: Final = 8_192


class Pairs:
    """The best pairs so far."""

    def __init__(self, threshold: float, most: int) -> None:
        self.threshold = threshold
        self._most = most
        self._found = np.zeros((0, 3))

    def take(self, first: Numbers, second: Numbers, scores: NDArray[np.float32]) -> None:
        """Takes in pairs; as soon as there are enough, only those as good as the last of them count."""
        self._found = np.concatenate([self._found, np.column_stack([scores, first, second])])
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
        vectors = vectors_of(codes[rows])
        for start in range(0, len(codes), _WIDE):
            others = np.arange(start, min(start + _WIDE, len(codes)))
            products = vectors @ vectors_of(codes[others]).T
            at, to = np.nonzero(products >= pairs.threshold)
            first, second = rows[at], others[to]
            # A pair inside of `left` comes twice, once from each side.
            keep = (services[first] != services[second]) & (~left[second] | (first < second))
            pairs.take(first[keep], second[keep], products[at[keep], to[keep]])
    return [(int(first), int(second), float(min(score, 1.0))) for score, first, second in pairs.best()]
