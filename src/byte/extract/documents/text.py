"""The text of a document and its value: JSON (RFC 8259) or YAML 1.2, bounded, each key once.

What cannot be read is one sentence in a `SourceError`. Values are plain: dicts with texts as keys, lists, texts,
numbers, booleans, None. Of YAML 1.1 only merged keys (`<<`) are known; numbers that JSON does not have become texts.
"""

import json
import math
import re
from itertools import chain
from typing import Any, Final, Literal

import msgspec
import yaml_rs

from byte.extract.documents import lines
from byte.model.errors import SourceError

LARGEST: Final = 64 << 20
"""Bytes of all documents of one side together."""
MOST: Final = 4_000_000
"""Values in one document."""
DEEPEST: Final = 256
"""Objects and lists within each other."""

_REPLAYED: Final = 1_000_000
_COPIED: Final = 256 << 20
"""Characters that the aliases of one text may stand for."""
_NUMERAL: Final = 1_000
"""Digits of one number: to read many costs their square, and Python does not write numbers of over 4,300."""
_SEARCHED: Final = 8 << 20
"""Characters of a YAML text that is searched for the places of a key that it has twice."""
_MARGIN: Final = 4 * DEEPEST

_START: Final = re.compile(rb"[^ \t\r\n]")
_QUOTED: Final = re.compile(rb'[ \t\r\n]*\{[ \t\r\n]*"')
_INNER: Final = re.compile(rb'\\"[ \t\r\n]*:')
_BEFORE_COLON: Final = (b" :", b"\t:", b"\r:", b"\n:")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]', re.DOTALL)
_STEEP: Final = re.compile(rf"^(?:[ \t]|[-?:](?=[ \t])){{{_MARGIN}}}", re.MULTILINE)
_LEAD: Final = bytes(32 if chr(byte) in " \t-?:" else 120 for byte in range(256))
"""Makes what may stand before the first word of a line a space, and all else something else."""
_ANCHOR: Final = re.compile(r"&([^\s\[\]{},]+)")
_ALIAS: Final = re.compile(r"\*([^\s\[\]{},*]+)")
_PLACE: Final = re.compile(r"line (\d+), column (\d+)")
_BYTE: Final = re.compile(r" \(byte (\d+)\)$")
_NUMBER: Final = re.compile(r'"(?:[^"\\]|\\.)*"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)', re.DOTALL)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_READABLE: Final = bytes(byte for byte in range(256) if byte >= 32 or byte in b"\t\r\n")

_DIGITS: Final = bytes(48 if 48 <= byte <= 57 else 120 for byte in range(256))
"""Makes every digit a zero, and all else something else."""
_BEFORE_NUMBER: Final = b" \t\r\n:,[-+"
_NAMES: Final = frozenset({str})
_EXACT: Final = frozenset({dict, list, str, int, bool, type(None)})
"""Types of YAML values that are plain whatever they hold; a number with a fraction may be none that JSON has."""

Syntax = Literal["json", "yaml"]


class Parsed(msgspec.Struct, frozen=True, eq=False):
    """A text in UTF-8 with its value."""

    syntax: Syntax
    data: bytes
    value: Any


def parse(name: str, data: bytes) -> Parsed:
    """The value in some bytes; `name` is what messages call them. Raises `SourceError`."""
    data = _utf8(name, data)
    start = _START.search(data)
    if start is None:
        raise SourceError(f"`{name}` is empty: give an OpenAPI document.")
    _counted(name, data)
    json_like = start.group() in (b"{", b"[")
    _bounded(name, data, (b",", b"[", b"{") if json_like else (b",", b"[", b"{", b"\n", b"- "))
    if not json_like:
        return Parsed("yaml", data, _yaml(name, data))
    try:
        return Parsed("json", data, _json(name, data))
    except _MalformedError as error:
        if name.endswith(".json") or start.group() == b"[":
            raise SourceError(str(error)) from None
        try:
            return Parsed("yaml", data, _yaml(name, data))
        except SourceError as other:
            # What starts as JSON does is meant to be some.
            raise (SourceError(str(error)) if _QUOTED.match(data) else other) from None


class _MalformedError(Exception):
    """The text is no JSON; the message is a whole sentence."""


def _utf8(name: str, data: bytes) -> bytes:
    if len(data) > LARGEST:
        raise SourceError(f"`{name}` has {len(data) / 1e6:.0f} MB: Byte reads at most {LARGEST / 1e6:.0f} MB.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError:
            raise SourceError(f"`{name}` is neither UTF-8 nor UTF-16: save it as UTF-8.") from None
    data = data.removeprefix(b"\xef\xbb\xbf")
    odd = _CONTROL.search(data) if data.translate(None, delete=_READABLE) else None
    if odd is not None:
        line = data.count(b"\n", 0, odd.start()) + 1
        raise SourceError(
            f"`{name}:{line}` holds the byte {odd.group()[0]:#04x}: it is no text, so no OpenAPI document."
        )
    return data


def _bounded(name: str, data: bytes, marks: tuple[bytes, ...]) -> None:
    """Refuses what would take far more memory than its text, before anything of it is made."""
    if len(data) > MOST and sum(map(data.count, marks)) > MOST:
        raise SourceError(f"`{name}` holds more than {MOST:,} values: Byte does not read such a document.")


def _counted(name: str, data: bytes) -> None:
    """Refuses numbers that are too long to be any."""
    run = b"0" * (_NUMERAL + 1)
    marked = data.translate(_DIGITS)
    at = marked.find(run)
    while at >= 0:
        if data[at - 1 : at] in _BEFORE_NUMBER:
            line = data.count(b"\n", 0, at) + 1
            raise SourceError(
                f"`{name}:{line}` holds a number of more than {_NUMERAL:,} digits: Byte does not read it."
            )
        after = marked.find(b"x", at)
        at = marked.find(run, after) if after >= 0 else -1


def _text(name: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(f"`{name}:{line}` holds a byte that is not UTF-8: save it as UTF-8.") from None


def _deep(name: str) -> SourceError:
    return SourceError(
        f"`{name}` is nested deeper than {DEEPEST} objects and lists: Byte does not read such a document."
    )


# --- JSON --------------------------------------------------------------------------------------


def _json(name: str, data: bytes) -> Any:
    try:
        value = msgspec.json.decode(data)
    except RecursionError:
        raise _deep(name) from None
    except (msgspec.DecodeError, ValueError) as error:
        raise _MalformedError(_malformed(name, _text(name, data), error)) from None
    keys = _keys(name, value)
    # More ends of names than names: some stand twice, or a text begins with a colon.
    if _names(data) != keys:
        twice = _twice(_text(name, data))
        if twice is not None:
            raise SourceError(_duplicate(name, *twice))
    return value


def _names(data: bytes) -> int:
    """How many texts a colon follows; what ends with an escaped quote is within a text."""
    found = data.count(b'":')
    for mark in _BEFORE_COLON:
        # One byte is looked for faster than two, and most texts have only two of the four blanks.
        at = data.find(mark) if mark[:1] in data else -1
        while at >= 0:
            found += _last(data, at) == b'"'
            at = data.find(mark, at + 1)
    for match in _INNER.finditer(data):
        start = match.start()
        while data[start - 1 : start] == b"\\":
            start -= 1
        found -= (match.start() - start) % 2 == 0
    return found


def _last(data: bytes, end: int) -> bytes:
    """The last byte before an offset that is no blank."""
    while end > 0:
        start = max(0, end - _MARGIN)
        held = data[start:end].rstrip(b" \t\r\n")
        if held:
            return held[-1:]
        end = start
    return b""


def _malformed(name: str, text: str, error: Exception) -> str:
    """The sentence for a text that is no JSON: the standard library knows the line."""
    try:
        json.loads(text)
    except json.JSONDecodeError as told:
        said = told.msg[:1].lower() + told.msg[1:]
        return f"`{name}:{told.lineno}:{told.colno}` is not JSON: {said}."
    except (ValueError, RecursionError):
        pass
    said, _, _ = str(error).partition(" - at")
    found = _BYTE.search(said)
    at = len(text.encode()[: int(found[1])].decode(errors="ignore")) if found is not None else -1
    if "out of range" in said:
        numbers = (m for m in _NUMBER.finditer(text) if m[1] and math.isinf(float(m[1])))
        at = next((m.start() for m in numbers), -1)
    line = f":{text.count(chr(10), 0, at) + 1}" if at >= 0 else ""
    reason = _BYTE.sub("", said).removeprefix("JSON is malformed: ").lower()
    return f"`{name}{line}` is not JSON that Byte reads: {reason}."


def _keys(name: str, value: Any) -> int:
    """How many keys all objects of a value have together, which is not nested too deeply."""
    values = [value]
    keys = depth = 0
    while True:
        objects, lists = _holders(values)
        if not objects and not lists:
            return keys
        depth += 1
        if depth > DEEPEST:
            raise _deep(name)
        keys += sum(map(len, objects))
        values = _values(objects, lists)


def _holders(values: list[Any]) -> tuple[list[dict[Any, Any]], list[list[Any]]]:
    """The objects and the lists among some values."""
    return [held for held in values if type(held) is dict], [held for held in values if type(held) is list]


def _values(objects: list[dict[Any, Any]], lists: list[list[Any]]) -> list[Any]:
    """All that some objects and lists hold."""
    return [*chain.from_iterable(map(dict.values, objects)), *chain.from_iterable(lists)]


def _twice(text: str) -> tuple[str, int, int] | None:
    """The first key that an object has twice, with the lines of both; None where each stands once."""
    objects: list[dict[str, int] | None] = []
    before = ""
    for token in _TOKEN.finditer(text):
        kind = token.group()
        if kind == "{" or kind == "[":
            objects.append({} if kind == "{" else None)
        elif kind == "}" or kind == "]":
            objects.pop()
        elif kind != "," and before in "{," and objects and objects[-1] is not None:
            key = kind if "\\" not in kind else json.dumps(json.loads(kind), ensure_ascii=False)
            first = objects[-1].setdefault(key, token.start())
            if first != token.start():
                return key[1:-1], text.count("\n", 0, first) + 1, text.count("\n", 0, token.start()) + 1
        before = kind if len(kind) == 1 else '"'
    return None


def _duplicate(name: str, key: str, first: int, second: int) -> str:
    return f'`{name}:{second}` has the key "{_short(key)}" a second time, after line {first}: keep one of them.'


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


# --- YAML --------------------------------------------------------------------------------------


def _yaml(name: str, data: bytes) -> Any:
    text = _text(name, data)
    if b" " * _MARGIN in data.translate(_LEAD) and _STEEP.search(text):
        raise _deep(name)
    limits = yaml_rs.AliasLimits(max_total_replayed_events=_replayed(text))
    try:
        value: Any = yaml_rs.loads(text, parse_datetime=False, alias_limits=limits)
    except (yaml_rs.YAMLDecodeError, ValueError) as error:
        raise SourceError(_refused(name, text, str(error))) from None
    except RecursionError:
        raise _deep(name) from None
    return _Plain(name).value(value, merge="<<" in text)


def _replayed(text: str) -> int:
    """How many parts of a text its aliases may repeat, by the length of its longest scalar."""
    anchors = set(_ANCHOR.findall(text))
    if not anchors or anchors.isdisjoint(_ALIAS.findall(text)):
        return _REPLAYED
    try:
        value: Any = yaml_rs.loads(
            _ALIAS.sub(lambda m: "_" * len(m.group()), text),
            parse_datetime=False,
            duplicate_key_policy=yaml_rs.DuplicateKeyPolicy.LastWins,
        )
    except (yaml_rs.YAMLDecodeError, ValueError, RecursionError):
        return _COPIED // len(text) + 1
    return min(_REPLAYED, _COPIED // _longest(value))


def _longest(value: Any) -> int:
    longest = 1
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            longest = max(longest, len(node))
        elif isinstance(node, dict):
            stack += node.keys()
            stack += node.values()
        elif isinstance(node, (list, tuple, set)):
            stack += node
    return longest


def _refused(name: str, text: str, said: str) -> str:
    if said.startswith("duplicate mapping key"):
        found = lines.twice(text) if len(text) < _SEARCHED else None
        if found is not None:
            return _duplicate(name, *found)
        return f"`{name}` has a key twice in one mapping ({_short(said.partition(': ')[2])}): keep one of them."
    if "alias" in said and "limit" in said:
        return f"`{name}` repeats too much by its aliases: Byte does not read such a document."
    place = _PLACE.search(said)
    reason = said.strip().splitlines()[-1].strip() if said.strip() else "it cannot be read"
    at = f":{place[1]}:{place[2]}" if place else ""
    if "nesting" in said or "recursion" in said:
        return str(_deep(name))
    return f"`{name}{at}` is not YAML: {_short(reason).rstrip('.')}."


class _Plain:
    """Makes what a YAML reader gives plain, in place."""

    def __init__(self, name: str) -> None:
        self._name = name

    def value(self, top: Any, *, merge: bool) -> Any:
        """The same value with texts as keys and only what JSON has; `merge` follows merge keys."""
        holder = [top]
        objects: list[dict[Any, Any]] = []
        lists: list[list[Any]] = [holder]
        depth = 0
        while objects or lists:
            for node in objects:
                if merge or not (_NAMES.issuperset(map(type, node)) and _EXACT.issuperset(map(type, node.values()))):
                    self._made(node, merge)
            for items in lists:
                if not _EXACT.issuperset(map(type, items)):
                    self._made(items, merge)
            objects, lists = _holders(_values(objects, lists))
            depth += 1
            if depth > DEEPEST + 1:
                raise _deep(self._name)
        return holder[0]

    def _made(self, node: Any, merge: bool) -> None:
        """Makes one object or list plain, not what it holds."""
        if type(node) is dict:
            self._keyed(node, merge)
        for key, held in node.items() if type(node) is dict else enumerate(node):
            if type(held) not in _EXACT:
                node[key] = self._scalar(held)

    def _scalar(self, held: Any) -> Any:
        if isinstance(held, float):
            return held if math.isfinite(held) else str(held)
        if isinstance(held, (set, frozenset)):
            return {self._key(item): None for item in sorted(held, key=repr)}
        return str(held)

    def _keyed(self, node: dict[Any, Any], merge: bool) -> None:
        if merge and "<<" in node:
            items = self._merged(node, 0)
        elif all(type(key) is str for key in node):
            return
        else:
            items = list(node.items())
        node.clear()
        for key, held in items:
            text = key if type(key) is str else self._key(key)
            if text in node:
                raise SourceError(
                    f'`{self._name}` has the key "{_short(text)}" twice in one mapping: keep one of them.'
                )
            node[text] = held

    def _key(self, key: Any) -> str:
        if isinstance(key, str):
            return key
        if key is None or isinstance(key, (bool, int, float)):
            return json.dumps(key)
        raise SourceError(f"`{self._name}` has a list or a mapping as a key, `{_short(str(key))}`: use texts as keys.")

    def _merged(self, node: dict[Any, Any], depth: int) -> list[tuple[Any, Any]]:
        """The items of a mapping with those that it merges: its own keys win, then the earlier of what is merged."""
        if depth > DEEPEST:
            raise _deep(self._name)
        given = node["<<"]
        sources = given if isinstance(given, list) else [given]
        if not all(isinstance(source, dict) for source in sources):
            return list(node.items())
        out = {key: held for key, held in node.items() if key != "<<"}
        for source in sources:
            # The reader copies what an alias stands for, so that what is merged has no other holder.
            for key, held in self._merged(source, depth + 1) if "<<" in source else source.items():
                out.setdefault(key, held)
        return list(out.items())
