"""What the search is measured against: plain BM25 over one text, mixed with MiniLM by scaling both to 0..1."""

import re
from collections import Counter
from typing import Final

import numpy as np
import Stemmer
from numpy.typing import NDArray

from byte.registry.search.words import split

Floats = NDArray[np.float32]
_K1: Final = 1.2
_B: Final = 0.75
_STEMMER: Final = Stemmer.Stemmer("english")
_STOP: Final = frozenset(
    "a an and are as at be by can could do does for from had has have how i i'm in is it its me my need of on or please so "
    "that the their this to using want was we what which who will with would you your also if any am should".split()
)


def _tokens(text: str) -> list[str]:
    found = re.sub(r"[^A-Za-z0-9]+", " ", split(text)).lower().split()
    return list(_STEMMER.stemWords([word for word in found if word not in _STOP]))


def bm25(texts: list[str], questions: list[str]) -> Floats:
    """The scores of all texts for all questions, (questions, texts)."""
    counted = [Counter(_tokens(text)) for text in texts]
    lengths = np.array([sum(counts.values()) for counts in counted], float)
    norms = _K1 * (1 - _B + _B * lengths / max(lengths.mean(), 1.0))
    having: dict[str, list[tuple[int, int]]] = {}
    for row, counts in enumerate(counted):
        for word, often in counts.items():
            having.setdefault(word, []).append((row, often))
    scores = np.zeros((len(questions), len(texts)), np.float32)
    for at, question in enumerate(questions):
        for word in sorted(set(_tokens(question)) & having.keys()):
            rows, often = np.array(having[word]).T
            rarity = np.log1p((len(texts) - len(rows) + 0.5) / (len(rows) + 0.5))
            scores[at, rows] += rarity * often * (_K1 + 1) / (often + norms[rows])
    return scores


def mixed(first: Floats, second: Floats, share: float = 0.5) -> Floats:
    """Both, each scaled to 0..1 for each question."""
    return share * _scaled(first) + (1 - share) * _scaled(second)


def _scaled(scores: Floats) -> Floats:
    low, high = scores.min(1, keepdims=True), scores.max(1, keepdims=True)
    scaled: Floats = (scores - low) / (high - low + 1e-9)
    return scaled
