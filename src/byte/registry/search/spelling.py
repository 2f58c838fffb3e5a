"""Words that were mistyped: the known ones that are an edit or two away.

Only words that are not known are looked up, so a slip of the hand never competes with what is spelled right.
"""

from typing import Final

import numpy as np

SHORTEST: Final = 4
"""Letters of a word below which another word is as likely meant as a slip."""
TWICE: Final = 8
"""Letters from which two slips are thought of."""
MOST: Final = 3
"""How many known words are taken for a mistyped one."""
_ALPHABET: Final = {letter: 1 << at for at, letter in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}


class Spelling:
    """Known words, to be found by what they look like. One writer at a time, any number of readers."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._letters = np.zeros(1024, np.uint64)
        self._lengths = np.zeros(1024, np.int16)
        self._known: set[str] = set()

    def learn(self, word: str) -> None:
        """Takes in a word."""
        if not word.isascii() or len(word) < SHORTEST - 1:
            return
        at = len(self._words)
        if at == len(self._letters):
            self._letters = np.concatenate([self._letters, np.zeros(at, np.uint64)])
            self._lengths = np.concatenate([self._lengths, np.zeros(at, np.int16)])
        self._letters[at] = letters(word)
        self._lengths[at] = len(word)
        self._known.add(word)
        self._words.append(word)

    def meant(self, word: str) -> tuple[str, ...]:
        """The known words that a word may stand for, nearest first: its two halves, or those a slip or two away."""
        if len(word) < SHORTEST or not word.isascii() or not word.isalpha():
            return ()
        return self._halves(word) or self._near(word, 1) or (self._near(word, 2) if len(word) >= TWICE else ())

    def _halves(self, word: str) -> tuple[str, ...]:
        """Two known words that are written as one, the more even the better."""
        shortest = SHORTEST - 1
        for at in sorted(range(shortest, len(word) - shortest + 1), key=lambda at: (abs(2 * at - len(word)), at)):
            if word[:at] in self._known and word[at:] in self._known:
                return word[:at], word[at:]
        return ()

    def _near(self, word: str, slips: int) -> tuple[str, ...]:
        count = len(self._words)
        lengths, known = self._lengths[:count], self._letters[:count]
        asked = np.uint64(letters(word))
        # A slip brings one letter at most that was not there, and takes one away.
        near = (
            (np.abs(lengths - len(word)) <= slips)
            & (np.bitwise_count(known & ~asked) <= slips)
            & (np.bitwise_count(asked & ~known) <= slips)
        )
        ranked: list[tuple[int, bool, int]] = []
        for at in np.flatnonzero(near).tolist():
            found = self._words[at]
            # The first letter is seldom wrong: who slips twice at least hits that.
            if slips == 1 or found[0] == word[0]:
                distance = edits(word, found, slips)
                if 0 < distance <= slips:
                    ranked.append((distance, found[0] != word[0], at))
        ranked.sort()
        return tuple(self._words[at] for distance, _, at in ranked if distance == ranked[0][0])[:MOST]


def letters(word: str) -> int:
    """The letters and digits of a word as a set of bits."""
    bits = 0
    for letter in word:
        bits |= _ALPHABET.get(letter, 0)
    return bits


def edits(first: str, second: str, most: int) -> int:
    """How many letters are to be put in, left out, changed or swapped with their neighbour; `most` + 1 for more.

    Restricted Damerau-Levenshtein distance.
    """
    start, end = 0, 0
    shorter = min(len(first), len(second))
    while start < shorter and first[start] == second[start]:
        start += 1
    while end < shorter - start and first[-1 - end] == second[-1 - end]:
        end += 1
    first, second = first[start : len(first) - end], second[start : len(second) - end]
    if max(len(first), len(second)) <= 1:
        return min(max(len(first), len(second)), most + 1)
    if most == 1:
        return 1 if len(first) == 2 and first == second[::-1] else 2
    if abs(len(first) - len(second)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        oldest, before, row = before, row, [i]
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, oldest[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
