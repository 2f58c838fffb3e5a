"""The files with which oasdiff is told what to ignore and how severe a check is, read for Byte.

A *severity file* has a line `id level` for each check (`err`, `warn`, `info`, `none`). An *ignore file* is any text: a
line that names an operation (`GET /orders`), or one of the words components, security and info, ignores there what its
other words mean. They mean a check where they hold its id, or all words of the id as oasdiff's English sentences have
them ("removed the success response with the status `200`" is `response-success-status-removed`); what stands in quotes
must occur in the difference, too. Upper and lower case are the same, and a line may say more than it must.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from byte.model.contract import unescaped
from byte.model.difference import LEVELS, Difference, Level, OasdiffLevel, Row
from byte.model.errors import SettingsError, SourceError
from byte.sources import paths

LARGEST: Final = 4_000_000
"""Bytes of an ignore or severity file."""

_SEVERITIES: Final[Mapping[str, OasdiffLevel]] = {"err": "ERR", "warn": "WARN", "info": "INFO", "none": "NONE"}
_LEVELS: Final[Mapping[OasdiffLevel, Level]] = {"ERR": "breaking", "WARN": "warning", "INFO": "info"}
_OPERATION: Final = re.compile(
    r"(?<![\w/])(get|put|post|delete|options|head|patch|trace|query|connect)\s+(/\S*|webhook:\S+)", re.IGNORECASE
)
_SECTIONS: Final = frozenset({"components", "security", "info"})
_QUOTED: Final = re.compile(r"`([^`]*)`|(?<!\w)'([^']*)'(?!\w)")
_NAME: Final = re.compile(r"(?<![\w/-])[a-z]+(?:-[a-z]+)+(?![\w/-])")


class Line(msgspec.Struct, frozen=True):
    """A line of an ignore file: where it stands, the operation it names (empty: the document), and what it ignores."""

    at: str
    text: str
    operation: str
    ids: frozenset[str]
    quoted: tuple[str, ...]

    @property
    def shown(self) -> str:
        """`ignore.txt:3: GET /orders ...`, with the reason why it cannot match, if so."""
        why = "" if self.ids else " (no check is meant by these words: name its id)"
        return f"{self.at}: {self.text}{why}"


class Kept(msgspec.Struct, frozen=True):
    """What ignore files leave: the differences, how many they took, and the lines that took nothing."""

    differences: tuple[Difference, ...]
    ignored: int
    unused: tuple[str, ...]


def ignore_lines(file: Path, known: Collection[str]) -> tuple[Line, ...]:
    """The lines of an ignore file that say something to ignore; `known` are the ids of all checks.

    Raises `SourceError` where the file cannot be read.
    """
    words = {name: _words_of(name) for name in known}
    found = []
    for number, text in _lines(file):
        line = _line(f"{paths.safe(str(file))}:{number}", text, words)
        if line is not None:
            found.append(line)
    return tuple(found)


def severities(file: Path, known: Collection[str]) -> dict[str, OasdiffLevel]:
    """The level of each check that a severity file names; blank lines and those that begin with `#` say nothing.

    Raises `SettingsError` for a line that is not `id level`, an unknown id or an unknown level.
    """
    found: dict[str, OasdiffLevel] = {}
    for number, text in _lines(file):
        parts = text.split()
        if not parts or parts[0].startswith("#"):
            continue
        at = f"{paths.safe(str(file))}:{number}"
        if len(parts) != 2:
            raise SettingsError(f"{at}: `{paths.safe(text.strip())[:100]}` is not `id level`: write one check a line.")
        name, level = parts
        if name not in known:
            raise SettingsError(f"{at}: there is no check `{paths.safe(name)[:100]}`{_near(name, known)}")
        if level.lower() not in _SEVERITIES:
            raise SettingsError(f"{at}: `{paths.safe(level)[:100]}` is no level: write err, warn, info or none.")
        found[name] = _SEVERITIES[level.lower()]
    return found


def relevelled(differences: Iterable[Difference], levels: Mapping[str, OasdiffLevel]) -> tuple[Difference, ...]:
    """The differences with the levels of a severity file, the worst level first; what is `none` is gone.

    A difference takes the worst level of the checks that it carries: those that the file does not name keep Byte's.
    """
    found = [item for item in (_relevelled(one, levels) for one in differences) if item is not None]
    return tuple(sorted(found, key=lambda item: LEVELS.index(item.level)))


def without_ignored(differences: Iterable[Difference], lines: Sequence[Line]) -> Kept:
    """The differences without what the lines ignore: an operation at a time, then whole ones that reach nothing more."""
    by_operation: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        by_operation.setdefault(line.operation, []).append(index)
    kept: list[Difference] = []
    used: set[int] = set()
    ignored = 0
    for difference in differences:
        left = _left(difference, lines, by_operation, used)
        if left is None:
            ignored += 1
        else:
            kept.append(left)
    unused = tuple(line.shown for index, line in enumerate(lines) if index not in used)
    return Kept(tuple(kept), ignored, unused)


# --- reading -----------------------------------------------------------------------------------


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    name = paths.safe(str(file))
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"{name} cannot be read ({error.strerror}).") from None
    except ValueError:
        raise SourceError(f"{name} is not text (UTF-8): give an ignore or severity file.") from None
    if len(data) > LARGEST:
        raise SourceError(f"{name} is larger than {LARGEST / 1e6:g} MB: give an ignore or severity file.")
    return enumerate(text.split("\n"), 1)


def _line(at: str, text: str, words: Mapping[str, frozenset[str]]) -> Line | None:
    """A line that says something to ignore; None for prose."""
    shown, lower = paths.safe(text.strip()), text.lower()
    named = _OPERATION.search(lower)
    operation = f"{named[1]} {named[2].rstrip('`,;')}" if named else ""
    said = lower.replace(named[0], " ") if named else lower
    if not named and _SECTIONS.isdisjoint(re.findall(r"[a-z]+", said)):
        return None
    ids = _ids(said, words)
    if not named and not ids:
        return None
    quoted = [one or other for one, other in _QUOTED.findall(said)]
    return Line(at, shown, operation, ids, tuple(value for value in quoted if value))


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else ": write an id as `byte diff --changelog` shows it."


# --- what the words of a line mean ---------------------------------------------------------------

# Words of oasdiff's sentences that mean those of its ids.
_SAME: Final[Mapping[str, str]] = {
    "deleted": "removed",
    "mandatory": "required",
    "types": "type",
    "minimum": "min",
    "maximum": "max",
    "mapped": "mapping",
    "restructured": "wrapped",
}
_IMPLIED: Final[Mapping[str, tuple[str, ...]]] = {
    "widened": ("generalized",),
    "general": ("generalized",),
    "narrowed": ("specialized",),
    "specific": ("specialized",),
    "restricted": ("became",),
    "updated": ("changed",),
    "without": ("missing",),
    "operations": ("existing", "default"),
    "media": ("name",),
    "schema": ("mediatype",),
    "earlier": ("too", "small"),
    "parse": ("deprecated", "path", "invalid"),
    "wrapped": ("in",),
}
_INSTEAD: Final[Mapping[str, str]] = {"compatible": "changed", "generalized": "changed", "specialized": "changed"}
"""Words beside which another says nothing."""
_EMPTY: Final = frozenset({"api"})
# Keywords that the sentences write as one word, and the ids as several. Lower case, as the line was made.
_PARTED: Final[Mapping[str, str]] = {
    "".join(parts.split()): parts
    for parts in (
        "one of",
        "any of",
        "all of",
        "max length",
        "min length",
        "max items",
        "min items",
        "max contains",
        "min contains",
        "exclusive minimum",
        "exclusive maximum",
        "prefix items",
        "pattern properties",
        "pattern property",
        "property names",
        "dependent required",
        "dependent schemas",
        "dependent schema",
        "unevaluated items",
        "unevaluated properties",
        "content encoding",
        "content media type",
        "content schema",
    )
}
_JOINED: Final = re.compile("|".join(sorted(_PARTED, key=len, reverse=True)))
_TELLING: Final = frozenset({"type", "type/format", "format", "contains", "if", "then", "else", *_PARTED})
"""Quoted words that say what kind of change it is, not of which value."""


def _words_of(name: str) -> frozenset[str]:
    return frozenset(_SAME.get(word, word) for word in name.split("-")) - _EMPTY


def _ids(said: str, words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The checks that a sentence means: those it names, else those of most words, all of which it holds."""
    named = [name for name in _NAME.findall(said) if name in words]
    if named:
        return frozenset(named)
    spoken = _spoken(said)
    fitting = [name for name, needed in words.items() if needed <= spoken]
    most = max((len(words[name]) for name in fitting), default=0)
    return frozenset(name for name in fitting if len(words[name]) == most)


def _spoken(said: str) -> frozenset[str]:
    """The words of a sentence in the terms of the ids, without values in quotes."""
    plain = _QUOTED.sub(lambda found: f" {found[0][1:-1]} " if found[0][1:-1] in _TELLING else " ", said)
    plain = _JOINED.sub(lambda found: _PARTED[found[0]], plain)
    found = {_SAME.get(word, word) for word in re.findall(r"[a-z]+", plain)}
    found.update(extra for word in sorted(found) for extra in _IMPLIED.get(word, ()))
    found -= {other for word, other in _INSTEAD.items() if word in found}
    # What the sentences leave out: that it is the body that they speak of, or security as a whole.
    about = plain.replace("discriminator property name", "")
    if not re.search("property|parameter|header", about) and ("media" not in found or "schema" in found):
        found.add("body")
    if "security" in found and found.isdisjoint({"endpoint", "component"}):
        found.add("global")
    return frozenset(found)


# --- what a line covers --------------------------------------------------------------------------


def _left(
    difference: Difference, lines: Sequence[Line], by_operation: Mapping[str, list[int]], used: set[int]
) -> Difference | None:
    """What is left of a difference; None if nothing."""
    said = ""
    rest: list[Row] = []
    reached: list[str] = []
    named = _listed(difference.message)
    kept: dict[str, None] = {}
    rows = difference.oasdiff or tuple(_row(difference.id, name) for name in difference.reaches or ("",))
    for row in rows:
        name = f"{row.operation} {row.path}".strip().lower()
        candidates = by_operation.get(name, ())
        if candidates and not said:
            said = _said(difference)
        covering = [index for index in candidates if _covers(lines[index], row.id, difference.id, said)]
        used.update(covering)
        left = _unnamed(named, [lines[index] for index in covering])
        if left:
            kept.update(dict.fromkeys(left))
        if left or not covering:
            rest.append(row)
            reached.append(name)
            kept.update(dict.fromkeys(named if not covering else ()))
    if len(rest) == len(rows) and len(kept) == len(named):
        return difference
    if not rest:
        return None
    names = tuple(name for name in difference.reaches if name.lower() in reached)
    return msgspec.structs.replace(
        difference,
        operation=names[0] if names else difference.operation,
        reaches=names,
        message=_relisted(difference.message, [value for value in named if value in kept]),
        oasdiff=tuple(rest) if difference.oasdiff else (),
    )


_SEVERAL: Final = re.compile(r"s (`[^`]*`(?:, `[^`]*`)+) were ")
"""How a message tells of several values of one place (`byte.compare.schemas.findings.several`)."""


def _listed(message: str) -> list[str]:
    """The values that a message tells of, where they are several."""
    found = _SEVERAL.search(message)
    return re.findall("`([^`]*)`", found[1]) if found is not None else []


def _unnamed(values: Sequence[str], covering: Sequence[Line]) -> list[str]:
    """The values that no line names; a line that names none of them means all."""
    for line in covering:
        own = [value for value in values if value.lower() in line.quoted]
        if not own:
            return []
        values = [value for value in values if value not in own]
    return list(values) if covering else []


def _relisted(message: str, values: Sequence[str]) -> str:
    """The message with these values only."""
    if not values or len(values) == len(_listed(message)):
        return message
    told = ", ".join(f"`{value}`" for value in values)
    return _SEVERAL.sub(lambda _: f" {told} was " if len(values) == 1 else f"s {told} were ", message, count=1)


def _row(name: str, operation: str) -> Row:
    method, _, path = operation.partition(" ")
    return Row(name, "NONE", method, path)


def _covers(line: Line, check: str, own: str, said: str) -> bool:
    return (check in line.ids or own in line.ids) and all(_occurs(value, said) for value in line.quoted)


def _occurs(value: str, said: str) -> bool:
    """Whether a value occurs whole, or in its parts (`items/price`); one that tells the kind of change need not."""
    if value in _TELLING or value in said:
        return True
    parts = [part for part in value.split("/") if part]
    return bool(parts) and all(part in said for part in parts)


def _said(difference: Difference) -> str:
    """All that a difference says of values and places, in lower case."""
    pointers = unescaped(f"{difference.base_pointer} {difference.revision_pointer}")
    example = difference.counterexample
    shown = msgspec.json.encode(example.value).decode() if example is not None else ""
    return f"{difference.message} {difference.location} {pointers} {shown}".lower()


# --- levels --------------------------------------------------------------------------------------


def _relevelled(difference: Difference, levels: Mapping[str, OasdiffLevel]) -> Difference | None:
    carried = {row.id for row in difference.oasdiff} or {difference.id}
    if difference.id in levels:
        carried.add(difference.id)
    if carried.isdisjoint(levels):
        return difference
    given = [levels[name] for name in sorted(carried) if name in levels]
    possible = {_LEVELS[level] for level in given if level != "NONE"}
    if not carried <= levels.keys():
        possible.add(difference.level)
    if not possible:
        return None
    rows = tuple(
        msgspec.structs.replace(row, level=levels.get(row.id, row.level))
        for row in difference.oasdiff
        if levels.get(row.id) != "NONE"
    )
    return msgspec.structs.replace(difference, level=min(possible, key=LEVELS.index), oasdiff=rows)
