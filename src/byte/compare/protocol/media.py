"""Names of media types: their parts, which is which on the other side, and what a range covers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

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
    """Which media type is which: those of the same name, then those that are related (see `related`)."""
    pairs = [(name, name) for name in base if name in revision]
    gone = [name for name in base if name not in revision]
    added = []
    for name in revision:
        if name in base:
            continue
        other = next((one for one in gone if related(name, one)), None)
        if other is None:
            added.append(name)
        else:
            pairs.append((other, name))
            gone.remove(other)
    return Matched(tuple(pairs), tuple(gone), tuple(added))


def related(one: str, two: str) -> bool:
    """Whether two names differ in parameters, or one has the other's subtype as its suffix."""
    a, b = parsed(one), parsed(two)
    return a is not None and b is not None and (_contains(a, b) or _contains(b, a))


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


def covering(names: Iterable[str], wanted: str) -> Iterator[str]:
    """The names that stand for another too, most special first: the same type, `application/*`, `*/*`.

    Parameters of either are not looked at, but for the same type.
    """
    asked = parsed(wanted)
    if asked is None:
        return
    held = [(name, media) for name in names if (media := parsed(name)) is not None]
    same = (asked.kind, asked.subtype, asked.suffix)
    yield from (name for name, m in held if (m.kind, m.subtype, m.suffix) == same and m.parameters == asked.parameters)
    yield from (name for name, m in held if (m.kind, m.subtype) == (asked.kind, "*") and asked.subtype != "*")
    yield from (name for name, m in held if (m.kind, m.subtype) == ("*", "*") and asked.kind != "*")
