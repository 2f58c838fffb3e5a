"""The good part of a file that does not parse: the definitions that are broken are blanked, lines stay where they are.

A parser that loses its way (an unclosed bracket or string) can lose the rest of the file. Here the file is cut by
its indentation alone, so that an error stays in the statement, function or method where it was made.
"""

import re
from collections.abc import Callable, Iterator

_START = re.compile(rb"([ \t]*)[A-Za-z_@]")
_CONTINUES = re.compile(rb"[ \t]*(?:elif|else|except|finally|case)\b")
_DECORATOR = re.compile(rb"[ \t]*@")
_CLASS = re.compile(rb"[ \t]*class\b")
_CONFLICT = re.compile(rb"(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)")
_MAX_LINES = 50_000

Piece = tuple[int, int]
"""The first line and the one after the last."""


def mend(source: bytes, broken: Callable[[bytes], bool]) -> bytes:
    """The source with `pass` in place of each smallest piece that `broken` refuses, and without the marks of a merge."""
    lines = [b"" if _CONFLICT.match(line) else line for line in source.split(b"\n")]
    if len(lines) > _MAX_LINES:
        return source
    for piece in _pieces(lines, (0, len(lines)), 0):
        if broken(_text(lines, piece)):
            _mend_piece(lines, piece, broken)
    return b"\n".join(lines)


def _text(lines: list[bytes], piece: Piece) -> bytes:
    return b"\n".join(lines[piece[0] : piece[1]]) + b"\n"


def _mend_piece(lines: list[bytes], piece: Piece, broken: Callable[[bytes], bool]) -> None:
    head = next((n for n in range(*piece) if not _DECORATOR.match(lines[n])), piece[0])
    members = list(_members(lines, (head, piece[1]))) if _CLASS.match(lines[head]) else []
    if members and not broken(_text(lines, (piece[0], members[0][0])) + _indent(lines[members[0][0]]) + b"pass\n"):
        for member in members:
            if broken(b"class _:\n" + _text(lines, member)):
                _blank(lines, member)
    if not members or broken(_text(lines, piece)):
        _blank(lines, piece)


def _members(lines: list[bytes], piece: Piece) -> Iterator[Piece]:
    """The statements of a class body, by the indentation of the first line inside."""
    first = next((n for n in range(piece[0] + 1, piece[1]) if _START.match(lines[n])), None)
    if first is not None and _indent(lines[first]):
        yield from _pieces(lines, (first, piece[1]), len(_indent(lines[first])))


def _pieces(lines: list[bytes], within: Piece, indent: int) -> Iterator[Piece]:
    """Runs of lines that each start a statement at this indentation, decorators with what they decorate."""
    start, decorated = within[0], False
    for number in range(*within):
        match = _START.match(lines[number])
        if match is None or len(match.group(1)) > indent or _CONTINUES.match(lines[number]):
            continue
        if number > start and not decorated:
            yield start, number
            start = number
        decorated = _DECORATOR.match(lines[number]) is not None
    yield start, within[1]


def _indent(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip())]


def _blank(lines: list[bytes], piece: Piece) -> None:
    indent = _indent(lines[piece[0]])
    lines[piece[0]] = indent + b"pass"
    for number in range(piece[0] + 1, piece[1]):
        lines[number] = b""
