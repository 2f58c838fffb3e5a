"""Words of texts and identifiers, and their stems: the same for what is searched and for questions.

Text of any script: Latin letters lose their marks ("thời tiết" and "thoi tiet" are the same words), scripts that are
written without spaces become pairs of neighbouring characters.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import Stemmer

LONGEST: Final = 40
"""Characters of a word that count: what is longer is a key or a hash."""
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER: Final = re.compile(r"[\W_]+")
_WORD: Final = re.compile(r"[^\W_]+")
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
"""Kana and Han."""
_RUNS: Final = re.compile(rf"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_SPELLINGS: Final = (
    (re.compile(r"(?<=[a-z]{3})is(?=(?:e|ed|er|ers|es|ing|ation|ations)$)"), "iz"),
    (re.compile(r"(?<=[a-z]{2})ys(?=(?:e|ed|er|ers|es|ing)$)"), "yz"),
    (re.compile(r"(?<=[a-z]{2})our(?=(?:s|ed|ing|ite|ites|al)?$)"), "or"),
    (re.compile(r"(?<=[a-z]{3})ogue(?=s?$)"), "og"),
    (re.compile(r"(?<=[a-z]{2}[nt])(?:re)(?=s?$)"), "er"),
    (re.compile(r"(?<=lic|fen)enc(?=e)"), "ens"),
)
"""Endings that are written in two ways. That others change too does no harm: they change wherever they stand."""
SENTENCES: Final = 8
"""Sentences of a question that are looked at by themselves."""
_SENTENCE: Final = re.compile(r"(?<=[.!?;])\s+|\n+")
_SHORTEST: Final = 3
_STEMMER: Final = Stemmer.Stemmer("english", maxCacheSize=0)

STOP: Final = frozenset(
    "a about all also am an and any are as at be been but by can could did do does for from had has have he her here him his "
    "how i if im in into is it its just let like me my need no not now of on or our out please she should so some such than "
    "that the their them then there these they this those to too us using ve very want was we were what when where which "
    "who whom why will with would you your".split()
)
"""Words that say nothing about what is looked for."""


def split(text: str) -> str:
    """An identifier or path as words: "/users/{userId}/orders_list" is "users user Id orders list"."""
    return _OTHER.sub(" ", _HUMP.sub(" ", text)).strip()


def words(text: str) -> list[str]:
    """The words of a text, in lower case, identifiers split; stop words included."""
    text = _HUMP.sub(" ", text)
    if text.isascii():
        return [word[:LONGEST] for word in _WORD.findall(text.lower())]
    found: list[str] = []
    for word in _WORD.findall(_folded(text)):
        if word.isascii():
            found.append(word[:LONGEST])
        else:
            for run in _RUNS.findall(word):
                found += _pairs(run)
    return found


def _folded(text: str) -> str:
    """In lower case, compatible forms made one, and Latin letters without their marks."""
    parts = unicodedata.normalize("NFKD", text).casefold().replace("đ", "d")
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))


def _pairs(run: str) -> list[str]:
    if not re.match(f"[{_UNSPACED}]", run) or len(run) == 1:
        return [run[:LONGEST]]
    return [run[at : at + 2] for at in range(len(run) - 1)]


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """A word without its ending ("refunded", "refunds" and "refund" are one); a stop word has none: "".

    British and American spelling have the same stem.
    """
    if word in STOP:
        return ""
    if not word.isascii():
        return word
    for pattern, put in _SPELLINGS:
        word = pattern.sub(put, word)
    found: str = _STEMMER.stemWord(word)
    return found


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a question with several, the first ones; none where it has but one."""
    found = [part for part in _SENTENCE.split(text) if len(part.split(maxsplit=_SHORTEST)) >= _SHORTEST]
    return tuple(found[:SENTENCES]) if len(found) > 1 else ()


def stems(text: str) -> list[str]:
    """The stems of a text's words, without stop words."""
    return [found for found in map(stem, words(text)) if found]
