"""The line on which a value of a JSON or YAML text stands, found by going down a JSON pointer.

Nothing is read that the pointer does not lead through: an object's values are passed over as a whole. JSON is cut by
the decoder; YAML is followed by the columns of its blocks, flow collections by their brackets, aliases to their
anchors, merged keys to what is merged. What cannot be followed has the line of the nearest value around it.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import Final, Protocol

import msgspec

from byte.model.contract import Text, unescaped

_BLOCK: Final = 1 << 16


class Place(msgspec.Struct, frozen=True):
    """Where an entry of an object or list stands: the offsets of its name and of its value.

    `column` is the one of the YAML block that it is an entry of, -1 for the whole text and where none counts.
    """

    at: int
    value: int
    column: int = -1


class _Reader(Protocol):
    """What finds the entries of a value in one syntax."""

    def top(self) -> Place: ...

    def entries(self, place: Place) -> dict[str, Place]: ...

    def line(self, offset: int) -> int: ...


def finder(text: Text) -> Callable[[str], int]:
    """The line of a value by its JSON pointer in one text; what was found on the way is kept."""
    reader: _Reader = _Json(text.data) if text.syntax == "json" else _Yaml(text.data.decode("utf-8", "replace"))
    top = reader.top()
    places: dict[str, Place] = {"": top}
    inner: dict[int, dict[str, Place]] = {}

    def line(pointer: str) -> int:
        known = pointer
        while known not in places:
            known = known.rpartition("/")[0]
        place = places[known]
        for part in pointer[len(known) + 1 :].split("/") if known != pointer else ():
            if place.value not in inner:
                inner[place.value] = reader.entries(place)
            found = inner[place.value].get(unescaped(part))
            if found is None:
                break
            place = found
            known = f"{known}/{part}"
            places[known] = place
        return reader.line(place.at)

    return line


class _Lines:
    """The lines of offsets, without going through the text from its start each time."""

    def __init__(self, count: Callable[[int, int], int], length: int) -> None:
        self._count = count
        self._before = [0]
        for start in range(0, length, _BLOCK):
            self._before.append(self._before[-1] + count(start, min(start + _BLOCK, length)))

    def of(self, offset: int) -> int:
        block = offset // _BLOCK
        return self._before[block] + self._count(block * _BLOCK, offset) + 1


# --- JSON --------------------------------------------------------------------------------------

_SPACE: Final = re.compile(rb"[ \t\r\n]*")
_NEXT: Final = re.compile(rb'[ \t\r\n,]*("(?:[^"\\]|\\.)*")[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)
_ITEM: Final = re.compile(rb"[ \t\r\n,]*")
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])


class _Json:
    """Lets the decoder cut an object into its values, and adds up their lengths."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ends: dict[int, int] = {}
        self.line = _Lines(lambda start, end: data.count(b"\n", start, end), len(data)).of

    def top(self) -> Place:
        start = _end(_SPACE, self._data, 0)
        self._ends[start] = len(self._data)
        return Place(start, start)

    def entries(self, place: Place) -> dict[str, Place]:
        start = place.value
        kind = self._data[start : start + 1]
        if kind != b"{" and kind != b"[":
            return {}
        part = memoryview(self._data)[start : self._ends[start]]
        try:
            if kind == b"{":
                return self._object(start + 1, _OBJECT.decode(part))
            return self._list(start + 1, _LIST.decode(part))
        except (msgspec.DecodeError, RecursionError, ValueError):
            return {}

    def _object(self, at: int, values: dict[str, msgspec.Raw]) -> dict[str, Place]:
        out: dict[str, Place] = {}
        for name, raw in values.items():
            match = _NEXT.match(self._data, at)
            if match is None:
                break
            out[name] = Place(match.start(1), match.end())
            at = self._ends[match.end()] = match.end() + memoryview(raw).nbytes
        return out

    def _list(self, at: int, values: list[msgspec.Raw]) -> dict[str, Place]:
        out: dict[str, Place] = {}
        for index, raw in enumerate(values):
            start = _end(_ITEM, self._data, at)
            out[str(index)] = Place(start, start)
            at = self._ends[start] = start + memoryview(raw).nbytes
        return out


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    match = pattern.match(data, at)
    return match.end() if match else at


# --- YAML --------------------------------------------------------------------------------------

_HEAD: Final = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n|%[^\n]*\n)*(?:---(?=\s|$))?")
_BLANK: Final = re.compile(r"(?:[ \t]+(?:#[^\n]*)?|\r?\n(?:[ \t]*#[^\n]*)?)*")
_PROPERTY: Final = re.compile(r"[&!][^\s{}\[\],]*(?=[\s{}\[\],]|$)")
_DOUBLE: Final = r'"(?:[^"\\]|\\.)*"'
_SINGLE: Final = r"'(?:[^']|'')*'"
_QUOTED: Final = re.compile(f"{_DOUBLE}|{_SINGLE}", re.DOTALL)
_PLAIN_KEY: Final = (
    r"""(?:[^\s\-?:,\[\]{}#&*!|>'"%@`]|[\-?:](?=[^\s]))(?:[^\s:#]|:(?=[^\s])|(?<=[^\s])#|[ \t]+(?=[^\s#:]|:[^\s]))*"""
)
_KEY: Final = re.compile(
    rf"(?P<mark>(?:[&!][^\s]*[ \t]+)*)(?P<name>{_DOUBLE}|{_SINGLE}|\*[^\s]+(?=[ \t])|{_PLAIN_KEY})[ \t]*:(?=\s|$)"
)
_PLAIN: Final = re.compile(r"(?:[^\s]|[ \t]+(?=[^\s#]))*")
_DASH: Final = re.compile(r"-(?=\s|$)")
_EXPLICIT: Final = re.compile(r"\?(?=\s|$)")
_ENDED: Final = re.compile(r"(?:---|\.\.\.)(?=\s|$)")
_LEAD: Final = re.compile(r" *(?:- +)*")
_FLOW: Final = re.compile(
    rf"{_DOUBLE}|{_SINGLE}|[{{}}\[\],]|:(?=[\s,\[\]{{}}\"'])|(?<=[\"'])[ \t]*:|\#[^\n]*|"
    r"""(?:[^\s{}\[\],:"'#]|:(?![\s,\[\]{}"']))(?:[^{}\[\],:#]|:(?![\s,\[\]{}])|(?<=[^\s])#)*""",
    re.DOTALL,
)
_ALIAS: Final = re.compile(r"\*([^\s{}\[\],]+)")
_ANCHOR: Final = re.compile(r"(?<![^\s{\[,])&([^\s{}\[\],]+)")
_MERGE: Final = "<<"
_ALIASES: Final = 32


@lru_cache(maxsize=512)
def _upto(column: int) -> re.Pattern[str]:
    """The start of a line that is not deeper than a column and has something on it, with the end of the one before.

    What begins with a character is looked for by far faster than what begins with a line.
    """
    return re.compile(rf"\n {{0,{column}}}(?=[^\s#])")


class _Yaml:
    """Follows the columns of blocks and the brackets of flow collections."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.line = _Lines(lambda start, end: text.count("\n", start, end), len(text)).of

    def top(self) -> Place:
        match = _HEAD.match(self._text)
        start = match.end() if match else 0
        first = self._content(start, -1)
        return Place(start if first is None else first, start)

    def entries(self, place: Place) -> dict[str, Place]:
        out: dict[str, Place] = {}
        for name, found in self.listed(place):
            out.setdefault(name, found)
        for name, found in list(self._merged(out)):
            out.setdefault(name, found)
        return out

    def listed(self, place: Place, aliases: int = 0) -> Iterator[tuple[str, Place]]:
        """The entries of what stands at a place, in order, those that stand twice too; an alias is followed."""
        at = self._content(place.value, place.column)
        if at is None:
            return iter(())
        kind = self._text[at]
        if kind == "*":
            anchor = self._anchored(at) if aliases < _ALIASES else None
            return self.listed(anchor, aliases + 1) if anchor else iter(())
        if kind == "{":
            return self._flow_mapping(at + 1)
        if kind == "[":
            return self._flow_list(at + 1)
        if _DASH.match(self._text, at):
            return self._sequence(at)
        if _EXPLICIT.match(self._text, at) or _KEY.match(self._text, at):
            return self._mapping(at)
        return iter(())

    def _merged(self, entries: dict[str, Place]) -> Iterator[tuple[str, Place]]:
        """The entries that a mapping merges, each mapping once."""
        waiting = [entries]
        seen: set[int] = set()
        while waiting:
            merge = waiting.pop(0).get(_MERGE)
            merged = dict(self.listed(merge)) if merge is not None else {}
            for source in merged.values() if "0" in merged else [merge] if merge is not None else []:
                found = dict(self.listed(source))
                first = min((place.at for place in found.values()), default=-1)
                if first not in seen:
                    seen.add(first)
                    waiting.append(found)
                    yield from found.items()

    @cached_property
    def _anchors(self) -> dict[str, list[int]]:
        """Where each anchor stands."""
        out: dict[str, list[int]] = {}
        for match in _ANCHOR.finditer(self._text):
            out.setdefault(match[1], []).append(match.start())
        return out

    def _column(self, at: int) -> int:
        return at - (self._text.rfind("\n", 0, at) + 1)

    def _content(self, at: int, column: int) -> int | None:
        """Where the value begins whose name ends here, past anchors and tags; None where there is none."""
        text = self._text
        begun = at
        while True:
            blank = _BLANK.match(text, at)
            at = blank.end() if blank else at
            marked = _PROPERTY.match(text, at)
            if marked is None or _KEY.match(text, at):
                break
            at = marked.end()
        if at >= len(text):
            return None
        if "\n" in text[begun:at]:
            found = self._column(at)
            if found < column or (found == column and not _DASH.match(text, at)) or self._is_end(at):
                return None
        return at

    def _is_end(self, at: int) -> bool:
        return self._column(at) == 0 and _ENDED.match(self._text, at) is not None

    def _anchored(self, at: int) -> Place | None:
        """The place of the value that an alias stands for."""
        match = _ALIAS.match(self._text, at)
        places = self._anchors.get(match[1], []) if match is not None else []
        before = bisect_left(places, at)
        if not before:
            return None
        start = places[before - 1]
        line = self._text.rfind("\n", 0, start) + 1
        lead = _LEAD.match(self._text, line)
        column = lead.end() - line if lead else 0
        if line + column == start:
            column = self._text.rfind("-", line, start) - line if "-" in self._text[line:start] else -1
        return Place(start, start, column)

    def _passed(self, at: int, column: int) -> int:
        """Past a value that is quoted or bracketed: its lines may stand anywhere. Any other is not passed."""
        start = self._content(at, column)
        if start is None:
            return at
        kind = self._text[start]
        if kind in "\"'":
            quoted = _QUOTED.match(self._text, start)
            return quoted.end() if quoted else at
        return self._flow_end(start) if kind in "{[" else at

    def _following(self, at: int, column: int) -> int | None:
        """The offset of the next line's content that is no deeper than a column; None at the end."""
        newline = self._text.find("\n", at)
        match = _upto(column).search(self._text, newline) if newline >= 0 else None
        return None if match is None or self._is_end(match.end()) else match.end()

    def _sequence(self, at: int | None) -> Iterator[tuple[str, Place]]:
        column = self._column(at or 0)
        index = 0
        while at is not None and self._column(at) == column and _DASH.match(self._text, at):
            yield str(index), Place(at, at + 1, column)
            index += 1
            at = self._following(self._passed(at + 1, column), column)

    def _mapping(self, at: int | None) -> Iterator[tuple[str, Place]]:
        column = self._column(at or 0)
        while at is not None and self._column(at) == column:
            if _EXPLICIT.match(self._text, at):
                name, place = self._explicit(at, column)
            else:
                match = _KEY.match(self._text, at)
                if match is None:
                    return
                name, place = self._name(match["name"]), Place(at, match.end(), column)
            yield name, place
            at = self._following(self._passed(place.value, column), column)
            while at is not None and self._column(at) == column and _DASH.match(self._text, at):
                # A sequence may stand as deep as the key that it belongs to.
                at = self._following(self._passed(at + 1, column), column)

    def _explicit(self, at: int, column: int) -> tuple[str, Place]:
        """An entry that is written as `? name` and below it `: value`."""
        start = self._content(at + 1, column)
        written = ""
        if start is not None:
            quoted = _QUOTED.match(self._text, start)
            plain = _PLAIN.match(self._text, start)
            written = quoted.group() if quoted else plain.group().strip() if plain else ""
        after = self._following(self._passed(at + 1, column), column)
        valued = after is not None and self._column(after) == column and self._text[after] == ":"
        return self._name(written), Place(at, after + 1 if valued and after is not None else len(self._text), column)

    def _flow_end(self, at: int) -> int:
        depth = 0
        for match in _FLOW.finditer(self._text, at):
            kind = match.group()
            depth += (kind in "{[") - (kind in "}]")
            if depth == 0:
                return match.end()
        return len(self._text)

    def _flow_list(self, at: int) -> Iterator[tuple[str, Place]]:
        index = depth = 0
        fresh = True
        for match in _FLOW.finditer(self._text, at):
            kind = match.group()
            if kind[0] == "#":
                continue
            if fresh and kind not in ",]":
                yield str(index), Place(match.start(), match.start())
                fresh = False
            depth += (kind in "{[") - (kind in "}]")
            if depth < 0:
                return
            if depth == 0 and kind == ",":
                index += 1
                fresh = True

    def _flow_mapping(self, at: int) -> Iterator[tuple[str, Place]]:
        depth = 0
        start: int | None = None
        end = 0
        for match in _FLOW.finditer(self._text, at):
            kind = match.group()
            if kind[0] == "#":
                continue
            if depth == 0 and start is None and kind not in ",}?":
                start = match.start()
            elif depth == 0 and kind.lstrip(" \t") == ":" and end >= 0 and start is not None:
                yield self._name(self._text[start:end].strip()), Place(start, match.end())
                end = -1
            depth += (kind in "{[") - (kind in "}]")
            if depth < 0:
                return
            if depth == 0 and kind == ",":
                start, end = None, 0
            elif end >= 0:
                end = match.end()

    def _name(self, written: str) -> str:
        """The text of a key; a number or a word as JSON writes it."""
        if written.startswith("*"):
            anchor = re.search(rf"&{re.escape(written[1:])}[ \t]+({_DOUBLE}|{_SINGLE}|[^\s,{{}}\[\]]+)", self._text)
            written = anchor[1] if anchor else written
        if written.startswith('"'):
            try:
                return str(json.loads(written, strict=False))
            except ValueError:
                return written[1:-1]
        if written.startswith("'"):
            return written[1:-1].replace("''", "'")
        return _WORDS.get(written, written)


_WORDS: Final = {
    **dict.fromkeys(("~", "null", "Null", "NULL"), "null"),
    **dict.fromkeys(("True", "TRUE"), "true"),
    **dict.fromkeys(("False", "FALSE"), "false"),
}


def twice(text: str) -> tuple[str, int, int] | None:
    """The first key that a mapping of a YAML text has twice, with the lines of both."""
    reader = _Yaml(text)
    stack = [reader.top()]
    while stack:
        place = stack.pop()
        seen: dict[str, Place] = {}
        alias = text[place.value :].lstrip(" \t")[:1] == "*" if place.value < len(text) else False
        for name, found in () if alias else reader.listed(place):
            if name in seen:
                return name, reader.line(seen[name].at), reader.line(found.at)
            seen[name] = found
        stack.extend(reversed(seen.values()))
    return None
