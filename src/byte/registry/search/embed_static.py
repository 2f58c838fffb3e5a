"""The embedding in the box: a table with a vector for each word or piece of one; a text is the sum of its words.

No network is run: a question takes some tens of microseconds. The table (data/static.npz) is made by
bench/search/train, which says of what; docs/decisions/search-model.md says under which licences.
"""

import hashlib
import io
import zlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from byte.registry.search.embeddings import Vectors
from byte.registry.search.words import words

CHARACTERS: Final = 2_000
"""How much of a text is read."""
TOKENS: Final = 256
"""How many tokens of a text count."""
CHUNK: Final = 1 << 14
"""Tokens that are looked up at once: their rows fit in a processor's cache."""
REMEMBERED: Final = 1 << 16
"""Words whose tokens are kept; past that all are forgotten, so that hostile texts take no memory."""

Ids = NDArray[np.int32]


class Vocabulary:
    """Turns texts into numbers of tokens: whole words, else the longest pieces that spell the word ("##" goes on one).

    Words in other than ASCII letters and digits say nothing to the model and have no tokens.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self._starts: dict[str, int] = {}
        self._rests: dict[str, int] = {}
        for at, token in enumerate(tokens):
            if token.startswith("##"):
                self._rests[token[2:]] = at
            else:
                self._starts[token] = at
        self._longest = max(map(len, [*self._starts, *self._rests]), default=0)
        self._known: dict[str, tuple[int, ...]] = {}

    @property
    def remembered(self) -> int:
        """How many words have their tokens kept."""
        return len(self._known)

    def ids(self, text: str) -> list[int]:
        """The tokens of a text, of its first characters, the first `TOKENS`."""
        known = self._known
        found: list[int] = []
        for word in words(text[:CHARACTERS]):
            ids = known.get(word)
            found += self._learned(word) if ids is None else ids
        return found[:TOKENS]

    def _learned(self, word: str) -> tuple[int, ...]:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        ids = self._known[word] = tuple(self._pieces(word)) if word.isascii() else ()
        return ids

    def _pieces(self, word: str) -> list[int]:
        """The longest start, then the longest rest each time; [] where a character is in no token."""
        found: list[int] = []
        start, table = 0, self._starts
        while start < len(word):
            for end in range(min(len(word), start + self._longest), start, -1):
                at = table.get(word[start:end])
                if at is not None:
                    break
            else:
                return []
            found.append(at)
            start, table = end, self._rests
        return found


class StaticEmbedder:
    """A table of tokens: `table` int8 (tokens, dimensions), and `scales` float32 (tokens,), what a row is multiplied by.

    The same text has the same vector to the last bit, whatever texts it is encoded with.
    """

    quick: Final = True

    def __init__(self, vocabulary: Vocabulary, table: NDArray[np.int8], scales: NDArray[np.float32], name: str) -> None:
        self._vocabulary = vocabulary
        self._table = table
        self._scales = scales
        self.identity = name
        self.dimensions = int(table.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, (n, dimensions), each of length 1, or 0 where no word is known."""
        out = np.zeros((len(texts), self.dimensions), np.float32)
        rows: list[int] = []
        flat: list[int] = []
        starts: list[int] = []
        for row, text in enumerate(texts):
            ids = self._vocabulary.ids(text)
            if ids:
                rows.append(row)
                starts.append(len(flat))
                flat += ids
            if len(flat) >= CHUNK or row == len(texts) - 1:
                if rows:
                    out[rows] = self._pooled(np.array(flat, np.int32), starts)
                rows, flat, starts = [], [], []
        return out

    def encode_query(self, text: str) -> Vectors:
        """The vector of a question, (dimensions,): the same as that of any other text."""
        vector: Vectors = self.encode([text])[0]
        return vector

    def _pooled(self, ids: Ids, starts: list[int]) -> Vectors:
        """The sum of each run of tokens, made 1 long."""
        weighted = self._table[ids] * self._scales[ids, None]
        sums = np.add.reduceat(weighted, starts, axis=0)
        # A row at a time: a sum over one axis of a matrix may be taken in another order for another shape.
        lengths = np.sqrt(np.einsum("ij,ij->i", sums, sums))
        pooled: Vectors = sums / np.maximum(lengths, 1e-9)[:, None]
        return pooled


def read(data: bytes) -> StaticEmbedder:
    """The embedder of a table's file; its identity is the digest of the file."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        tokens = zlib.decompress(arrays["tokens"].tobytes()).decode("ascii").split("\n")
        table = np.frombuffer(zlib.decompress(arrays["table"].tobytes()), np.int8).reshape(len(tokens), -1)
        scales = arrays["scales"].astype(np.float32)
    return StaticEmbedder(Vocabulary(tokens), table, scales, f"byte-static-{hashlib.sha256(data).hexdigest()[:16]}")


@cache
def static() -> StaticEmbedder:
    """The embedder of the table that comes with Byte; it is read once."""
    return read(files("byte.registry.search").joinpath("data/static.npz").read_bytes())
