"""Patterns of JSON Schema (ECMA-262, `u` flag) as trees, with spellings of Python and Rust that documents contain."""

import re
from typing import Final

import msgspec

from byte.compare.schema import characters
from byte.compare.schema.characters import Ranges

_LONGEST: Final = 10_000
_DEEPEST: Final = 40
_MOST_RANGES: Final = 50_000
_WIDE: Final = 500
_MOST_TIMES: Final = 100_000

_SHORTHANDS: Final = {"d": characters.DIGITS, "w": characters.WORD, "s": characters.SPACES}
_CONTROLS: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}
_HEX: Final = re.compile(r"x([0-9A-Fa-f]{2})|[xu]\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})")
_LOW_SURROGATE: Final = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
_COUNT: Final = re.compile(r"\{(\d+)(,?)(\d*)\}", re.ASCII)
_FLAGS: Final = re.compile(r"\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])")
_NAME: Final = re.compile(r"\(\?P?<[A-Za-z_$][A-Za-z0-9_$]*>")
_PROPERTY: Final = re.compile(r"[pP](?:\{([A-Za-z_=]+)\}|([A-Z]))")
_LOOKS: Final = (("(?<=", False, True), ("(?<!", True, True), ("(?=", False, False), ("(?!", True, False))


class Chars(msgspec.Struct, frozen=True):
    """One character of a set."""

    ranges: Ranges


class Sequence(msgspec.Struct, frozen=True):
    """One after the other."""

    items: "tuple[Tree, ...]"


class Choice(msgspec.Struct, frozen=True):
    """One of several."""

    items: "tuple[Tree, ...]"


class Repeat(msgspec.Struct, frozen=True):
    """`low` to `high` times, without end where that is None."""

    item: "Tree"
    low: int
    high: int | None


class Start(msgspec.Struct, frozen=True):
    """The start of the text, which consumes nothing."""


class End(msgspec.Struct, frozen=True):
    """The end of the text, which consumes nothing."""


class Look(msgspec.Struct, frozen=True):
    """What follows or, `behind`, precedes this place, or must not, without consuming it."""

    item: "Tree"
    negative: bool
    behind: bool


Tree = Chars | Sequence | Choice | Repeat | Start | End | Look


class Unsupported(msgspec.Struct, frozen=True):
    """A pattern that is not understood, and what in it."""

    reason: str


class UnsupportedError(Exception):
    """Raised where a pattern holds something that is not understood; the text says what."""


def parse(pattern: str) -> Tree:
    """The tree of a pattern.

    Raises:
        UnsupportedError: It is malformed, too long or too deep, or holds what no regular language is told by here.
    """
    if len(pattern) > _LONGEST:
        raise UnsupportedError(f"longer than {_LONGEST} characters")
    return _Parser(pattern).parse()


class _Group:
    """A group that is being read: its finished alternatives, the items of the current one, and what it is."""

    def __init__(self, *, fold: bool, dot_all: bool, look: tuple[bool, bool] | None = None) -> None:
        self.done: list[Tree] = []
        self.items: list[Tree] = []
        self.fold = fold
        self.dot_all = dot_all
        self.look = look

    def next_alternative(self) -> None:
        self.done.append(_sequence(self.items))
        self.items = []

    def tree(self) -> Tree:
        self.next_alternative()
        tree = self.done[0] if len(self.done) == 1 else Choice(tuple(self.done))
        return tree if self.look is None else Look(tree, *self.look)


class _Parser:
    """Reads with a stack of its own: nesting is bounded by `_DEEPEST`, not by Python."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0
        self.groups = [_Group(fold=False, dot_all=False)]
        self.ranges = 0

    def parse(self) -> Tree:
        while self.at < len(self.text):
            group = self.groups[-1]
            char = self.text[self.at]
            if char == "(":
                self._open()
            elif char == ")":
                self._close()
            elif char == "|":
                self.at += 1
                group.next_alternative()
            else:
                group.items.append(self._quantified(self._atom(char)))
        if len(self.groups) > 1:
            raise UnsupportedError("a group that is not closed")
        return self.groups[0].tree()

    def _open(self) -> None:
        outer = self.groups[-1]
        group = _Group(fold=outer.fold, dot_all=outer.dot_all)
        if len(self.groups) > _DEEPEST:
            raise UnsupportedError(f"groups nested more than {_DEEPEST} deep")
        self.groups.append(group)
        for start, negative, behind in _LOOKS:
            if self.text.startswith(start, self.at):
                group.look = (negative, behind)
                self.at += len(start)
                return
        if not self.text.startswith("(?", self.at):
            self.at += 1
        elif named := _NAME.match(self.text, self.at):
            self.at = named.end()
        elif flags := _FLAGS.match(self.text, self.at):
            self.at = flags.end()
            self._set_flags(flags)
        else:
            raise UnsupportedError(f"the group `{self.text[self.at : self.at + 4]}`")

    def _set_flags(self, match: re.Match[str]) -> None:
        """`(?i:...)` is a group with flags, `(?i)` sets them for the rest of the group that it stands in."""
        on, off, end = match[1], match[2] or "", match[3]
        if end == ")":
            self.groups.pop()
            if not on + off:
                raise UnsupportedError("the group `(?)`")
        if unknown := sorted(set(on + off) - set("isu")):
            raise UnsupportedError(f"the flag `{unknown[0]}`")
        group = self.groups[-1]
        group.fold = "i" in on or (group.fold and "i" not in off)
        group.dot_all = "s" in on or (group.dot_all and "s" not in off)

    def _close(self) -> None:
        if len(self.groups) == 1:
            raise UnsupportedError("a `)` without its `(`")
        self.at += 1
        tree = self.groups.pop().tree()
        self.groups[-1].items.append(self._quantified(tree))

    def _quantified(self, item: Tree) -> Tree:
        """An item with the quantifier that follows it, if one does."""
        char = self.text[self.at : self.at + 1]
        count = _COUNT.match(self.text, self.at) if char == "{" else None
        if char and char in "*+?":
            self.at += 1
            low, high = int(char == "+"), 1 if char == "?" else None
        elif count is not None:
            self.at = count.end()
            low, high = _times(count)
        else:
            return item
        if self.text.startswith("?", self.at):  # lazy: the same set
            self.at += 1
        if isinstance(item, Look):
            raise UnsupportedError("a repeated lookaround")
        if self.text[self.at : self.at + 1] in ("*", "+", "?") or _COUNT.match(self.text, self.at):
            raise UnsupportedError("a quantifier of a quantifier")
        return Repeat(item, low, high)

    def _atom(self, char: str) -> Tree:
        self.at += 1
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._chars(self._class())
        if char == ".":
            return Chars(characters.EVERY if self.groups[-1].dot_all else characters.others(characters.LINE_ENDS))
        if char in "^$":
            return Start() if char == "^" else End()
        if char in "*+?" or _COUNT.match(self.text, self.at - 1):
            raise UnsupportedError("a quantifier of nothing")
        return self._chars(self._cased(((ord(char), ord(char)),)))

    def _chars(self, ranges: Ranges) -> Chars:
        self._spend(len(ranges))
        return Chars(ranges)

    def _cased(self, ranges: Ranges) -> Ranges:
        if not self.groups[-1].fold:
            return ranges
        self._spend(min(sum(high - low for low, high in ranges), _WIDE))
        return characters.folded(ranges)

    def _spend(self, ranges: int) -> None:
        self.ranges += ranges
        if self.ranges > _MOST_RANGES:
            raise UnsupportedError("too large")

    def _escape(self) -> Tree:
        char = self.text[self.at : self.at + 1]
        if char and char in "AzZ":
            self.at += 1
            return Start() if char == "A" else End()
        if char and char in "bB":
            raise UnsupportedError("a word boundary")
        if char and char in "k123456789":
            raise UnsupportedError("a backreference")
        found = self._escaped()
        return self._chars(self._cased(((found, found),)) if isinstance(found, int) else found)

    def _escaped(self) -> Ranges | int:
        """What stands after a backslash inside or outside of a class: one character or a set."""
        char = self.text[self.at : self.at + 1]
        if (shorthand := _SHORTHANDS.get(char.lower())) is not None:
            self.at += 1
            return characters.others(shorthand) if char.isupper() else shorthand
        if char and char in "pP":
            return self._property()
        if char and char in "xu":
            return self._hex()
        if char == "c" and re.match("[A-Za-z]", self.text[self.at + 1 : self.at + 2]):
            self.at += 2
            return ord(self.text[self.at - 1]) % 32
        if char in _CONTROLS and not (char == "0" and self.text[self.at + 1 : self.at + 2].isdigit()):
            self.at += 1
            return _CONTROLS[char]
        if not char or (char.isascii() and char.isalnum()):
            raise UnsupportedError(f"the escape `\\{char}`")
        self.at += 1
        return ord(char)

    def _hex(self) -> int:
        match = _HEX.match(self.text, self.at)
        code = int(match[1] or match[2] or match[3], 16) if match is not None else -1
        if match is None or code > characters.EVERY[-1][1]:
            raise UnsupportedError(f"the escape `\\{self.text[self.at : self.at + 6]}`")
        self.at = match.end()
        low = _LOW_SURROGATE.match(self.text, self.at) if match[3] and 0xD800 <= code < 0xDC00 else None
        if low is None:
            return code
        self.at = low.end()
        return 0x10000 + (code - 0xD800) * 0x400 + int(low[1], 16) - 0xDC00

    def _property(self) -> Ranges:
        match = _PROPERTY.match(self.text, self.at)
        found = characters.category(match[1] or match[2]) if match is not None else None
        if match is None or found is None:
            raise UnsupportedError(f"the property `\\{self.text[self.at : self.at + 20]}`")
        self.at = match.end()
        return characters.others(found) if match[0][0] == "P" else found

    def _class(self) -> Ranges:
        """What stands in brackets. ECMA knows no nested classes; those of POSIX would mean something else."""
        negative = self.text.startswith("^", self.at)
        self.at += negative
        if self.text.startswith("]", self.at):
            raise UnsupportedError("a class that starts with `]`")
        parts: list[tuple[int, int]] = []
        told: list[tuple[int, int]] = []
        while not self.text.startswith("]", self.at):
            first = self._member()
            last = self._range_end() if isinstance(first, int) else None
            if not isinstance(first, int):
                parts.extend(first)
            elif last is not None and last < first:
                raise UnsupportedError("a range that runs backwards")
            else:
                told.append((first, first if last is None else last))
        self.at += 1
        found = characters.joined([*parts, *self._cased(characters.joined(told))])
        return characters.others(found) if negative else found

    def _member(self) -> Ranges | int:
        char = self.text[self.at : self.at + 1]
        if not char:
            raise UnsupportedError("a class that is not closed")
        if self.text.startswith(("[:", "[.", "[="), self.at):
            raise UnsupportedError(f"the class `{self.text[self.at : self.at + 8]}`")
        self.at += 1
        if char != "\\":
            return ord(char)
        if self.text.startswith("b", self.at):
            self.at += 1
            return 8
        return self._escaped()

    def _range_end(self) -> int | None:
        """The end of a range, None where the character stands alone; a hyphen before a shorthand is itself."""
        after = self.text[self.at + 1 : self.at + 2]
        if not self.text.startswith("-", self.at) or after in ("", "]"):
            return None
        if after == "\\" and self.text[self.at + 2 : self.at + 3] in set("dDwWsSpP"):
            return None
        self.at += 1
        last = self._member()
        return last if isinstance(last, int) else None


def _times(match: re.Match[str]) -> tuple[int, int | None]:
    if max(len(match[1]), len(match[3])) > len(str(_MOST_TIMES)):
        raise UnsupportedError("a repetition of more than a hundred thousand times")
    low = int(match[1])
    high = int(match[3]) if match[3] else None if match[2] else low
    if high is not None and high < low:
        raise UnsupportedError("a repetition that runs backwards")
    return low, high


def _sequence(items: list[Tree]) -> Tree:
    """Items one after the other; sequences within are opened, so that anchors come to the ends."""
    flat: list[Tree] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Sequence) else (item,))
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))
