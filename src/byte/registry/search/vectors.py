"""The semantic arm: vectors of a segment, a byte for each number, searched with FAISS.

The inner product of unit vectors so rounded is off by 0.002: nothing beside what an embedding knows. Vectors never
change: what is added comes in new ones.
"""

from typing import Any, Final, Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from byte.registry.search.embeddings import Vectors

Codes = NDArray[np.int8]
Shape = Literal["auto", "exact", "hnsw", "ivf"]

EXACT: Final = 250_000
"""Up to how many vectors `auto` is exact."""
APPROXIMATE: Final = 50_000
"""From how many vectors a graph or cells are made at all: fewer are searched exactly in a millisecond."""
SCALE: Final = 127
_LINKS: Final = 32
_CELL: Final = 500
"""Vectors of a cell (ivf), about."""
_LOOKED_AT: Final = 32
"""Cells that are searched."""
_WIDE: Final = 256
"""How many nodes of the graph are looked at, at least."""
_BLOCK: Final = 8_192

# One thread for each search: the server has as many searches at once as it has cores.
faiss.omp_set_num_threads(1)


def codes_of(vectors: Vectors) -> Codes:
    """Vectors of length 1 as bytes."""
    return np.rint(np.clip(vectors, -1, 1) * SCALE).astype(np.int8)


def vectors_of(codes: Codes) -> Vectors:
    """Bytes as vectors again."""
    return codes.astype(np.float32) / np.float32(SCALE)


class Space:
    """Vectors that can be searched; rows count from 0."""

    def __init__(self, codes: Codes, shape: Shape = "auto") -> None:
        self.codes = codes
        self._shape = shape if shape != "auto" else "exact" if len(codes) <= EXACT else "hnsw"
        self._index = _made(codes, self._shape)

    def search(
        self, vector: Vectors, most: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The nearest rows and their inner products, best first; `allowed` says which rows count (None: all)."""
        most = min(most, len(self.codes))
        parameters = self._parameters(most, allowed)
        # FAISS takes the numbers of a question as whole ones too: it finds, and what it finds is measured again.
        _, found = self._index.search(np.rint(vector * SCALE)[None, :], most, params=parameters)
        rows = np.sort(found[0][found[0] >= 0])
        products = self.products(vector, rows)
        order = np.argsort(-products, kind="stable")
        return rows[order], products[order]

    def _parameters(self, most: int, allowed: NDArray[np.bool_] | None) -> Any:
        chosen: dict[str, Any] = {}
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            chosen["sel"] = faiss.IDSelectorBitmap(bits)
        if isinstance(self._index, faiss.IndexHNSW):
            return faiss.SearchParametersHNSW(efSearch=max(_WIDE, 2 * most), **chosen)
        if isinstance(self._index, faiss.IndexIVF):
            return faiss.SearchParametersIVF(nprobe=_LOOKED_AT, **chosen)
        return faiss.SearchParameters(**chosen) if chosen else None

    def products(self, vector: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """The inner products of a vector with some rows."""
        found: Vectors = self.codes[rows].astype(np.float32) @ vector / np.float32(SCALE)
        return found


def _made(codes: Codes, shape: Shape) -> Any:
    kind, metric = faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
    count, dimensions = codes.shape
    if shape == "hnsw" and count >= APPROXIMATE:
        made = faiss.IndexHNSWSQ(dimensions, kind, _LINKS, metric)
    elif shape == "ivf" and count >= APPROXIMATE:
        cells = max(1, count // _CELL)
        made = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatIP(dimensions), dimensions, cells, kind, metric)
        made.own_fields = False
    else:
        made = faiss.IndexScalarQuantizer(dimensions, kind, metric)
    if not made.is_trained:
        made.train(codes[:: max(1, count // (64 * max(1, count // _CELL)))].astype(np.float32))
    for at in range(0, count, _BLOCK):
        made.add(codes[at : at + _BLOCK].astype(np.float32))
    return made
