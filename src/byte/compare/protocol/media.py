"""Names of media types: their parts, which is which on the other side, and what a range covers."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal

import msgspec

Contained = Literal["changed", "specialized", "generalized"]
"""How one name became another: other parameters, a suffixed type of the plain one, or the reverse."""

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_NAME: Final = re.compile(rf"({_TOKEN})/({_TOKEN})\Z")
_PARAMETER: Final = re.compile(rf"\s*({_TOKEN})\s*=\s*({_TOKEN}|\"(?:[^\"\\]|\\.)*\")\s*\Z")
_SPLIT: Final = re.compile(r";((?:[^;\"]|\"(?:[^\"\\]|\\.)*\")*)")


class MediaType(msgspec.Struct, frozen=True):
    """`application/problem+json; charset=utf-8` in parts, in small letters; parameters sorted by name."""

    kind: str
    subtype: str
    suffix: str = ""
    parameters: tuple[tuple[str, str], ...] = ()


class Matched(msgspec.Struct, frozen=True):
    """The media types of two maps: pairs (base's name, revision's name), and those on one side only."""

    pairs: tuple[tuple[str, str], ...]
    deleted: tuple[str, ...]
    added: tuple[str, ...]


def parsed(name: str) -> MediaType | None:
    """The parts of a name, None where it is none (RFC 9110, section 8.3.1; one suffix, RFC 6838)."""
    head, semicolon, tail = name.partition(";")
    found = _NAME.match(head.strip().lower())
    parameters = _parameters(semicolon + tail)
    if found is None or parameters is None:
        return None
    subtype, *suffixes = found[2].split("+")
    if len(suffixes) > 1 or suffixes == [""]:
        return None
    return MediaType(found[1], subtype, suffixes[0] if suffixes else "", parameters)


def _parameters(text: str) -> tuple[tuple[str, str], ...] | None:
    out: dict[str, str] = {}
    for part in _SPLIT.findall(text):
        if not part.strip():
            continue
        found = _PARAMETER.match(part)
        if found is None or found[1].lower() in out:
            return None
        out[found[1].lower()] = found[2].strip('"')
    return tuple(sorted(out.items()))


def matched(base: Sequence[str], revision: Sequence[str]) -> Matched:
    """Which media type is which: those of the same name, then those that are related.

    Related names differ in parameters, or one has the other's subtype as its suffix.
    """
    one, two = dict.fromkeys(base), dict.fromkeys(revision)
    pairs = [(name, name) for name in one if name in two]
    gone = dict.fromkeys(name for name in one if name not in two)
    waiting: dict[tuple[str, ...], deque[tuple[int, str]]] = {}
    for place, name in enumerate(gone):
        for key in _known_by(parsed(name)):
            waiting.setdefault(key, deque()).append((place, name))
    added = []
    for name in two:
        if name in one:
            continue
        found = [waiting[key] for key in _asked_by(parsed(name)) if key in waiting]
        for free in found:
            while free and free[0][1] not in gone:
                free.popleft()
        other = min((free[0] for free in found if free), default=None)
        if other is None:
            added.append(name)
        else:
            pairs.append((other[1], name))
            del gone[other[1]]
    return Matched(tuple(pairs), tuple(gone), tuple(added))


def _known_by(media: MediaType | None) -> Iterator[tuple[str, ...]]:
    """What finds a media type: its name, and its suffix."""
    if media is not None:
        yield media.kind, media.subtype, media.suffix
        if media.suffix:
            yield media.kind, "+", media.suffix


def _asked_by(media: MediaType | None) -> Iterator[tuple[str, ...]]:
    """What the related ones of a media type are known by."""
    if media is not None:
        yield media.kind, media.subtype, media.suffix
        yield (media.kind, media.suffix, "") if media.suffix else (media.kind, "+", media.subtype)


def renamed(base: str, revision: str) -> Contained:
    """How a related name differs."""
    one, two = parsed(base), parsed(revision)
    if one is None or two is None or one.parameters != two.parameters:
        return "changed"
    return "specialized" if _contains(one, two) else "generalized"


def _contains(one: MediaType, two: MediaType) -> bool:
    """Whether `two` is a special case of `one`: `application/xml` has `application/atom+xml`."""
    if one.kind != two.kind:
        return False
    if not one.suffix and two.suffix and two.suffix == one.subtype:
        return True
    return (one.subtype, one.suffix) == (two.subtype, two.suffix)


class Names:
    """Names of media types, asked for those that stand for another too."""

    def __init__(self, names: Iterable[str]) -> None:
        self._held: dict[tuple[Any, ...], list[str]] = {}
        for name in names:
            media = parsed(name)
            if media is not None:
                self._held.setdefault((media.kind, media.subtype, media.suffix, media.parameters), []).append(name)
                if media.subtype == "*":
                    self._held.setdefault((media.kind,), []).append(name)

    def covering(self, wanted: str) -> Iterator[str]:
        """The names that stand for another too, most special first: the same type, `application/*`, `*/*`.

        Parameters of either are not looked at, but for the same type.
        """
        asked = parsed(wanted)
        if asked is None:
            return
        yield from self._held.get((asked.kind, asked.subtype, asked.suffix, asked.parameters), ())
        if asked.subtype != "*":
            yield from self._held.get((asked.kind,), ())
        if asked.kind != "*":
            yield from self._held.get(("*",), ())
