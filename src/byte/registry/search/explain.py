"""Explanations: which words of a question stand in which field of a hit."""

from collections.abc import Iterable, Mapping

from byte.registry.search.entry import FIELDS, Entry, fields_of
from byte.registry.search.lexical import Lexicon, Term
from byte.registry.search.words import words


def matched(entry: Entry, shown: Mapping[int, tuple[str, ...]], lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """The words of a question by the field of an entry that has them; `shown`: the words by their number."""
    found: dict[str, tuple[str, ...]] = {}
    numbers = lexicon.forms
    for field, text in zip(FIELDS, fields_of(entry), strict=True):
        here: dict[str, None] = {}
        for word in words(text):
            number = numbers.get(word)
            if number is not None and number in shown:
                here.update(dict.fromkeys(shown[number]))
        if here:
            found[field] = tuple(here)
    return found


def shown_of(terms: Iterable[Term]) -> dict[int, tuple[str, ...]]:
    """The words of a question's terms by their number."""
    shown: dict[int, tuple[str, ...]] = {}
    for term in terms:
        if term.shown:
            shown[term.key] = (*shown.get(term.key, ()), *term.shown)
    return shown
