"""Sets of JSON strings: lengths, patterns, formats, listed and excluded values.

`format` is an annotation by JSON Schema and narrows in the practice of APIs: the formats that validators assert count
here, all others say nothing. What a format accepts is known from below and from above, by regular languages.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal, Self

import msgspec

from byte.compare.schema import answers, regular
from byte.compare.schema.answers import Answer, No, Undecided, Yes
from byte.compare.schema.numbers import ANY_COUNT, Counts
from byte.compare.schema.pattern import Unsupported
from byte.compare.schema.regular import EVERYTHING, NOTHING, Language, both, other

_SHOWN: Final = 60
_CACHED: Final = 1024


class Format(msgspec.Struct, frozen=True):
    """A format that is asserted: patterns that it accepts at least and at most, samples, and formats that hold it.

    `within` empty: the same as `surely`, which is exact then.
    """

    surely: str
    within: str = ""
    longest: int | None = None
    samples: tuple[str, ...] = ()
    narrower_than: tuple[str, ...] = ()


_DAYS: Final = (
    r"(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    r"|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_ANY_CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_BYTE: Final = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_NAME: Final = r"[a-z][a-z0-9]{0,20}"
_EMAIL: Final = rf"^[a-z0-9]{{1,20}}(?:\.[a-z0-9]{{1,20}})?@{_NAME}(?:\.[a-z]{{2,10}}){{1,2}}$"
_HOST: Final = rf"^{_NAME}(?:\.{_NAME}){{0,2}}$"
_WEB: Final = rf"https?://{_NAME}(?:\.[a-z]{{2,10}}){{1,2}}(?:/[A-Za-z0-9_-]+)*/?"
_PATH: Final = r"(?:/[A-Za-z0-9_-]+)+"
_POINTER: Final = r"(?:/(?:[^~/]|~[01])*)*"
_NO_SPACE: Final = "^[^ ]*$"

FORMATS: Final = {
    "date": Format(f"^(?!0000){_DAYS}$", f"^{_DAYS}$", samples=("2024-01-01",)),
    "date-time": Format(f"^(?!0000){_DAYS}T{_CLOCK}$", f"^{_DAYS}[Tt]{_ANY_CLOCK}$", samples=("2024-01-01T00:00:00Z",)),
    "time": Format(f"^{_CLOCK}$", f"^{_ANY_CLOCK}$", samples=("00:00:00Z",)),
    "duration": Format(
        r"^P(?:\d{1,4}[YMWD]|(?:\d{1,4}D)?T\d{1,4}[HMS])$", r"^P[0-9YMWDTHS.,]+$", samples=("P1D", "PT1H")
    ),
    "email": Format(
        _EMAIL, r"^[\s\S]+@[\s\S]+$", samples=("a@example.com", "user@example.com"), narrower_than=("idn-email",)
    ),
    "idn-email": Format(_EMAIL, r"^[\s\S]+@[\s\S]+$", samples=("a@example.com",)),
    "hostname": Format(
        _HOST, r"^[A-Za-z0-9.-]+$", longest=255, samples=("example.com",), narrower_than=("idn-hostname",)
    ),
    "idn-hostname": Format(_HOST, "^[^ ]+$", samples=("example.com",)),
    "ipv4": Format(rf"^{_BYTE}(?:\.{_BYTE}){{3}}$", samples=("127.0.0.1",)),
    "ipv6": Format(
        r"^(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|::1|2001:db8::1)$",
        r"^(?=.*:.*:)[0-9A-Fa-f:.]+$",
        longest=45,
        samples=("::1", "2001:db8::1"),
    ),
    "uri": Format(
        f"^{_WEB}$",
        r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]*$",
        samples=("https://example.com/",),
        narrower_than=("uri-reference", "iri", "iri-reference"),
    ),
    "uri-reference": Format(
        f"^(?:{_WEB}|{_PATH})$", "^[!-~]*$", samples=("/a", "https://example.com/"), narrower_than=("iri-reference",)
    ),
    "iri": Format(
        f"^{_WEB}$",
        r"^[A-Za-z][A-Za-z0-9+.-]*:",
        samples=("https://example.com/",),
        narrower_than=("iri-reference",),
    ),
    "iri-reference": Format(f"^(?:{_WEB}|{_PATH})$", _NO_SPACE, samples=("/a", "https://example.com/")),
    "uri-template": Format(f"^(?:{_WEB}|{_PATH})$", _NO_SPACE, samples=("/a",)),
    "uuid": Format(
        r"^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$", samples=("123e4567-e89b-12d3-a456-426614174000",)
    ),
    "json-pointer": Format(f"^{_POINTER}$", samples=("/a", "")),
    "relative-json-pointer": Format(f"^(?:0|[1-9][0-9]*)(?:#|{_POINTER})$", "^[0-9]", samples=("0", "1/a")),
    "regex": Format("^[a-z0-9]*$", r"^(?!\($)", samples=("a",)),
}
"""The formats that validators assert (JSON Schema 2020-12, section 7.3)."""


class Mark(msgspec.Struct, frozen=True, order=True):
    """A set of strings that has a name and is not known exactly: a format, or a pattern that is not understood."""

    kind: Literal["format", "pattern"]
    name: str
    why: str = ""

    def __str__(self) -> str:
        shown = self.name if len(self.name) <= _SHOWN else self.name[: _SHOWN - 3] + "..."
        return f"{self.kind} `{shown}`" + (f" ({self.why})" if self.why else "")

    @property
    def surely(self) -> Language:
        """What is in it without doubt."""
        return _languages(self.name)[0] if self.kind == "format" else NOTHING

    @property
    def within(self) -> Language:
        """What may be in it."""
        return _languages(self.name)[1] if self.kind == "format" else EVERYTHING


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """The strings of a language that have all marks of `required` and none of `barred`, are listed and not excluded.

    `values` are all there may be where it is not None.
    """

    language: Language = EVERYTHING
    required: tuple[Mark, ...] = ()
    barred: tuple[Mark, ...] = ()
    values: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()

    def intersect(self, other: Self) -> Self:
        values = self.values if other.values is None else other.values
        if self.values is not None and other.values is not None:
            listed = set(other.values)
            values = tuple(text for text in self.values if text in listed)
        return type(self)(
            language=both(self.language, other.language),
            required=_sorted(self.required + other.required),
            barred=_sorted(self.barred + other.barred),
            values=values,
            excluded=tuple(dict.fromkeys(self.excluded + other.excluded)),
        )

    def minus(self, other: Self) -> tuple[Self, ...]:
        kind = type(self)
        cuts = [kind(barred=(mark,)) for mark in other.required]
        cuts.extend(kind(required=(mark,)) for mark in other.barred)
        cuts.extend(kind(language=regular.other(part)) for part in regular.conditions(other.language))
        if other.values is not None:
            cuts.append(kind(excluded=other.values))
        if other.excluded:
            cuts.append(kind(values=other.excluded))
        return tuple(self.intersect(cut) for cut in cuts)

    def included_in(self, *others: Self) -> Answer:
        """Whether each of them is in one of others."""
        return answers.inclusion(self, others)

    def is_empty(self, avoiding: Iterable[str] = ()) -> Answer:
        """Whether there is none but those; the witness is a simple one."""
        if {held for mark in self.required for held in _holders(mark)} & set(self.barred):
            return Yes()
        samples = [sample for mark in self.required for sample in _samples(mark)] + ["a"]
        avoided = {*self.excluded, *avoiding}
        doubt = False
        for text in samples if self.values is None else self.values:
            accepted = text not in avoided and self._fits(text)
            if accepted:
                return No(text)
            doubt = doubt or accepted is None
        if self.values is None:
            return self._searched(sorted(avoided))
        return Undecided(self._blamed()) if doubt else Yes()

    def accepts(self, text: str) -> bool | None:
        """Whether a string is one of them; None where that cannot be told."""
        if text in self.excluded or (self.values is not None and text not in self.values):
            return False
        return self._fits(text)

    def _fits(self, text: str) -> bool | None:
        """Whether a string has what is asked for, listed or excluded or not."""
        told = [regular.accepts(self.language, text)]
        told.extend(_has(mark, text) for mark in self.required)
        for mark in self.barred:
            has = _has(mark, text)
            told.append(None if has is None else not has)
        return False if False in told else None if None in told else True

    def _searched(self, avoided: list[str]) -> Answer:
        """Emptiness by what there is at most, then by what there is at least."""
        listed = regular.words(avoided)
        # Of more words than can be told apart, at least none is longer than the longest.
        whole = not isinstance(listed, Unsupported)
        room = other(listed) if not isinstance(listed, Unsupported) else regular.lengths(max(map(len, avoided)) + 1)
        core = both(self.language, room)
        most = both(core, *(mark.within for mark in self.required), *(other(mark.surely) for mark in self.barred))
        found = regular.find(most)
        if found is None:
            return Yes() if whole else Undecided("too many values")
        if isinstance(found, str) and self._fits(found):
            return No(found)
        least = both(core, *(mark.surely for mark in self.required), *(other(mark.within) for mark in self.barred))
        sure = regular.find(least) if self.required or self.barred else found
        if isinstance(sure, str):
            return No(sure)
        return found if isinstance(found, Undecided) else Undecided(self._blamed())

    def _blamed(self) -> str:
        """What stands in the way of an answer."""
        return str(next(iter((*self.barred, *self.required)), "the search took too long"))


ANY_TEXT: Final = Texts()


def texts(
    *,
    lengths: Counts = ANY_COUNT,
    patterns: Iterable[str] = (),
    formats: Iterable[str] = (),
    values: Iterable[str] | None = None,
    excluded: Iterable[str] = (),
) -> Texts:
    """The strings that the keywords of JSON Schema allow; lengths are in code points.

    Formats that no validator asserts say nothing. A pattern that is not understood stands for a set that is unknown.
    """
    languages = [regular.lengths(lengths.low, lengths.high)]
    marks = [Mark("format", name) for name in formats if name in FORMATS]
    for pattern in patterns:
        found = regular.language(pattern)
        if isinstance(found, Unsupported):
            marks.append(Mark("pattern", pattern, found.reason))
        else:
            languages.append(found)
    listed = None if values is None else tuple(dict.fromkeys(values))
    return Texts(
        language=both(*languages), required=_sorted(marks), values=listed, excluded=tuple(dict.fromkeys(excluded))
    )


@lru_cache(_CACHED)
def _languages(name: str) -> tuple[Language, Language]:
    """What a format accepts at least and at most."""
    form = FORMATS[name]
    surely = regular.language(form.surely)
    within = regular.language(form.within) if form.within else surely
    if isinstance(surely, Unsupported) or isinstance(within, Unsupported):
        raise AssertionError(f"the patterns of the format {name} are understood")
    return surely, both(within, regular.lengths(0, form.longest))


def _has(mark: Mark, text: str) -> bool | None:
    """Whether a string has a mark, None where that is not known."""
    if mark.kind != "format":
        return None
    surely, within = _languages(mark.name)
    if regular.accepts(surely, text):
        return True
    return None if regular.accepts(within, text) is not False else False


def _holders(mark: Mark) -> tuple[Mark, ...]:
    """The marks that every string with this one has."""
    wider = FORMATS[mark.name].narrower_than if mark.kind == "format" else ()
    return (mark, *(Mark("format", name) for name in wider))


def _samples(mark: Mark) -> tuple[str, ...]:
    return FORMATS[mark.name].samples if mark.kind == "format" else ()


def _sorted(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted(set(marks)))
