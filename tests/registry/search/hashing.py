"""An embedder for tests: words fall into buckets by their hash. The same text has the same vector on every machine."""

import hashlib
from collections.abc import Sequence

import numpy as np

from byte.registry.search.embeddings import Vectors
from byte.registry.search.words import stems


class HashingEmbedder:
    """Texts that share words are near each other; nothing is known of meanings but some words that mean the same."""

    def __init__(
        self, dimensions: int = 64, name: str = "hashing", same: dict[str, str] | None = None, *, quick: bool = False
    ) -> None:
        self.quick = quick
        self.dimensions = dimensions
        self.identity = f"{name}-{dimensions}"
        self._same = same or {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([self.encode_query(text) for text in texts], np.float32).reshape(-1, self.dimensions)

    def encode_query(self, text: str) -> Vectors:
        vector = np.zeros(self.dimensions, np.float32)
        for found in stems(text):
            digest = hashlib.sha256(self._same.get(found, found).encode()).digest()
            vector[digest[0] % self.dimensions] += 1 if digest[1] % 2 else -1
        length = float(np.linalg.norm(vector))
        return vector / np.float32(length) if length else vector
