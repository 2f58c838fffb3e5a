"""The lexical arm: BM25 over weighted fields (BM25F), and pairs of neighbouring words.

A document's part in a score is known when it is indexed: lengths are measured by what is usual of operations, not by the
averages of this index. So a score depends on the operation, the question and how many operations have its words, and on
nothing that happened to the index before. Postings never change: what is added comes in new ones.

Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009), section 3.6.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from byte.registry.search.spelling import Spelling
from byte.registry.search.words import stem, words

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Rows = NDArray[np.int32]

RECIPE: Final = 1
"""Of how words are made and weighed: an index of another recipe is built anew."""
WEIGHTS: Final = (1.5, 1.5, 2.0, 2.0, 0.5, 0.5)
"""Of a word by its field, as in `entry.FIELDS`."""
USUAL: Final = (2.5, 4.0, 3.0, 5.0, 15.0, 6.0)
"""How many words the fields of an operation have, usually."""
LENGTH: Final = 0.8
"""BM25's b: how much a word counts less in a longer field, 0 to 1."""
SATURATION: Final = 2.0
"""BM25's k1: how much a word counts more that comes again."""
PAIR: Final = 0.5
"""What a pair of neighbours counts, beside its two words."""
REPEATED: Final = 0.3
"""The power of how often a word stands in a question."""
CORRECTIONS: Final = 4
"""How many unknown words of a question are thought about: a long one names people and places."""
CORRECTED: Final = 0.5
"""What a word counts that is not spelled as in the question."""
PAIRED_FIELDS: Final = 5
"""Pairs are those of the first fields: parameters come in no order."""
LONG: Final = 2_000
"""Characters of a question that are read."""
MOST: Final = 64
"""Terms of a question that count: the rarest."""


class Lists(msgspec.Struct, frozen=True):
    """Rows by key: those of `keys[i]` are `rows[starts[i]:starts[i + 1]]`. Keys and the rows of each are in order."""

    keys: Numbers
    starts: Numbers
    rows: Rows

    def place(self, key: int) -> slice:
        """Where the rows of a key stand; an empty slice where it has none."""
        at = int(np.searchsorted(self.keys, key))
        if at == len(self.keys) or self.keys[at] != key:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))


class Postings(msgspec.Struct, frozen=True):
    """Which rows have a term, and what it counts there, 0 to `SATURATION` + 1."""

    lists: Lists
    weights: Floats


class Term(msgspec.Struct, frozen=True):
    """A term of a question: its key, what it counts there, and the words that it comes from (none of a pair)."""

    key: int
    weight: float
    shown: tuple[str, ...] = ()
    corrected: bool = False


class Lexicon:
    """The numbers of words. Grows only; one writer at a time, any number of readers."""

    def __init__(self, stems: Iterable[str] = ()) -> None:
        self.stems: list[str] = []
        self._numbers: dict[str, int] = {}
        self.forms: dict[str, int] = {}
        """The number of each word as it is written."""
        self.spelling = Spelling()
        for one in stems:
            self._number(one)

    def _number(self, found: str) -> int:
        number = self._numbers.get(found)
        if number is None:
            number = self._numbers[found] = len(self.stems)
            self.stems.append(found)
        return number

    def learn(self, word: str) -> int:
        """The number of a word's stem, a new one if need be; -1 of a stop word."""
        number = self.forms.get(word)
        if number is None:
            found = stem(word)
            number = self.forms[word] = self._number(found) if found else -1
            if found:
                self.spelling.learn(word)
        return number

    def number(self, word: str) -> int | None:
        """The number of a word's stem, None where it is not known, -1 of a stop word."""
        number = self.forms.get(word)
        if number is None:
            found = stem(word)
            return self._numbers.get(found) if found else -1
        return number

    def read(self, text: str) -> list[int]:
        """The numbers of a text's words, without stop words; learns those that it does not know."""
        known = self.forms
        return [number for word in words(text) if (number := known[word] if word in known else self.learn(word)) >= 0]


def pair(first: int, second: int) -> int:
    """The key of two neighbours."""
    return (first + 1 << 32) | second


# --- postings ------------------------------------------------------------------------------------


def postings_of(documents: Iterable[Sequence[Sequence[int]]]) -> Postings:
    """The postings of documents, each the numbers of its fields' words; the first is row 0."""
    tokens: list[int] = []
    lengths: list[int] = []
    for document in documents:
        for field in document:
            tokens += field
            lengths.append(len(field))
    return _postings(np.array(tokens, np.int64), np.array(lengths, np.int64))


def _postings(tokens: Numbers, lengths: Numbers) -> Postings:
    fields = len(WEIGHTS)
    usual = np.tile(np.array(USUAL), len(lengths) // fields)
    counts = np.tile(np.array(WEIGHTS), len(lengths) // fields) / (1 - LENGTH + LENGTH * lengths / usual)
    cell = np.repeat(np.arange(len(lengths)), lengths)
    row = cell // fields
    single = _summed(tokens, row, counts[cell])
    near = (cell[1:] == cell[:-1]) & (cell[1:] % fields < PAIRED_FIELDS)
    keys = (tokens[:-1][near] + 1 << 32) | tokens[1:][near]
    double = _summed(keys, row[1:][near], None)
    return joined([(single, 0), (double, 0)])


def _summed(keys: Numbers, row: Numbers, counts: NDArray[np.float64] | None) -> Postings:
    """Postings with what the occurrences of a key in a row count together; 1 without `counts`."""
    order = np.lexsort((row, keys))
    keys, row = keys[order], row[order]
    first = np.ones(len(keys), bool)
    first[1:] = (keys[1:] != keys[:-1]) | (row[1:] != row[:-1])
    at = np.flatnonzero(first)
    if counts is None or not len(at):
        weights = np.ones(len(at), np.float32)
    else:
        often = np.add.reduceat(counts[order], at)
        weights = (often * (SATURATION + 1) / (often + SATURATION)).astype(np.float32)
    return Postings(_lists(keys[at], row[at].astype(np.int32)), weights)


def _lists(keys: Numbers, rows: Rows) -> Lists:
    """Lists of keys in order, one for each row."""
    first = np.ones(len(keys), bool)
    first[1:] = keys[1:] != keys[:-1]
    at = np.flatnonzero(first)
    return Lists(keys[at], np.append(at, len(keys)).astype(np.int64), rows)


def lists_of(pairs: Sequence[tuple[int, int]]) -> Lists:
    """Lists of pairs of key and row."""
    ordered = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    return _lists(ordered[:, 0], ordered[:, 1].astype(np.int32))


def joined(parts: Sequence[tuple[Postings, int]], kept: NDArray[np.bool_] | None = None) -> Postings:
    """Postings as one, each with what is added to its rows; `kept` as in `joined_lists`."""
    lists, order = joined_lists([(part.lists, base) for part, base in parts], kept)
    return Postings(lists, np.concatenate([part.weights for part, _ in parts])[order])


def joined_lists(parts: Sequence[tuple[Lists, int]], kept: NDArray[np.bool_] | None = None) -> tuple[Lists, Numbers]:
    """Lists as one, and where their entries come from. Of `kept`, rows that are False go, and the others close up."""
    keys = np.concatenate([np.repeat(part.keys, np.diff(part.starts)) for part, _ in parts])
    rows = np.concatenate([part.rows + np.int32(base) for part, base in parts])
    # Parts are in order already, and so are their rows: timsort takes them as runs.
    order = np.argsort(keys, kind="stable")
    if kept is not None:
        order = order[kept[rows[order]]]
        rows = (np.cumsum(kept, dtype=np.int32) - 1)[rows]
    return _lists(keys[order], rows[order]), order


# --- questions -----------------------------------------------------------------------------------


def terms_of(text: str, lexicon: Lexicon) -> tuple[list[Term], list[str]]:
    """The terms of a question, and its words that are not known."""
    found: dict[int, list[str]] = {}
    often: dict[int, int] = {}
    unknown: list[str] = []
    line: list[int] = []
    for word in words(text[:LONG]):
        number = lexicon.number(word)
        if number is None:
            unknown.append(word)
        if number is not None and number >= 0:
            often[number] = often.get(number, 0) + 1
            shown = found.setdefault(number, [])
            if word not in shown:
                shown.append(word)
        if number != -1:
            line.append(-1 if number is None else number)
    terms = [Term(number, often[number] ** REPEATED, tuple(shown)) for number, shown in found.items()]
    pairs = dict.fromkeys(pair(a, b) for a, b in pairwise(line) if a >= 0 and b >= 0)
    terms += [Term(key, PAIR) for key in pairs]
    return terms, list(dict.fromkeys(unknown))


def corrections(unknown: Sequence[str], lexicon: Lexicon) -> Iterator[Term]:
    """What words that are not known may have been meant to be: two that were written as one, or one mistyped."""
    for word in unknown[:CORRECTIONS]:
        for meant in lexicon.spelling.meant(word):
            number = lexicon.number(meant)
            if number is not None and number >= 0:
                yield Term(number, CORRECTED, (meant,), corrected=True)


def rarity(total: int, having: int) -> float:
    """What a term counts that so many of all documents have (inverse document frequency)."""
    return float(np.log1p((total - having + 0.5) / (having + 0.5)))
