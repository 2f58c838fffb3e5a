"""Edits of generated applications, such as people make between two commits: one field less, another type, a new route.

An edit works on the text of one piece. Some of what it makes is no Python, or no application that starts: whoever asks
for a pair sees that when he runs it, and takes another.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import NamedTuple

from hypothesis import strategies as st

from tests.contract.grammar import Application, Piece, applications

_OPEN, _CLOSE = "([{", ")]}"


class Site(NamedTuple):
    """Where a piece can be edited, and the texts that can stand there instead."""

    piece: int
    start: int
    end: int
    texts: tuple[str, ...]


class Swap(NamedTuple):
    """A pattern whose group 1 (or the whole of it) is replaced by one of these, in which `{}` is what stood there."""

    pattern: re.Pattern[str]
    texts: tuple[str, ...]


def _swap(pattern: str, *texts: str) -> Swap:
    return Swap(re.compile(pattern, re.MULTILINE), texts)


_ROUTE = r"^@(?:\w+|<<[\w.]+>>)\.(?:get|post|put|patch|delete|options|head|trace|api_route)\("
_FIELD = r"^    (?!model_config|return|kwargs|prefix|extra)[a-z]\w*: "

SWAPS = (
    # models
    _swap(rf"{_FIELD}.*\n?", ""),
    _swap(r"^class \w+\(.*(?:BaseModel|<<[\w.]+>>).*\):\n()", "    added: int\n", '    added: str = "x"\n'),
    _swap(r"^    (?!model_config|kwargs)([a-z]\w*)(?=: )", "renamed", "{}_"),
    _swap(rf"{_FIELD}[^=\n]+()$", " = None"),
    _swap(rf"{_FIELD}[^=\n]+( = (?!Field)[^=\n]+)$", "", " = 7", ' = "other"'),
    _swap(rf"{_FIELD}([^=\n]+?)(?= =|$)", "Optional[{}]", "list[{}]", "int", "str", "{} | None", "dict[str, {}]"),
    _swap(r"^    [A-C] = .*(?:\n|$)", ""),
    _swap(r"^    A = .*\n()", '    ADDED = "added"\n', "    ADDED = 9\n"),
    _swap(r'^class \w+\(BaseModel\):\n()', '    model_config = ConfigDict(extra="forbid")\n'),
    # types, constraints and defaults, wherever they stand
    _swap(r"(?<![\w.<=(])(int|str|float|bool|bytes)(?![\w.=(])", "int", "str", "float", "bool", "Decimal", "UUID"),
    _swap(r'Literal\[([^\]]*)\]', '{}, "more"', '"a"', "1, 2, 3"),
    _swap(r"(?:gt|ge|lt|le|multiple_of|min_length|max_length)=(\d+)", "1", "3", "50"),
    _swap(r"(?:default|alias|Query|Header|Cookie|Body|Field)\w*\(()(?!\.\.\.|None|\))", 'description="New", ', "gt=3, ", "None, "),
    _swap(r"\b(Query|Header|Cookie|Body|Form)(?=\()", "Query", "Header", "Cookie", "Body"),
    _swap(r"Optional\[((?:\w|\.)+)\] = None", "{}"),
    _swap(r"Optional\[(?:\w|\.)+\]( = None)", ""),
    # routes
    _swap(rf'{_ROUTE}"([^"\n]*)"', "/moved", "{}/more", "{}/{{added}}"),
    _swap(r"^@(?:\w+|<<[\w.]+>>)\.(get|post|put|patch|delete)(?=\()", "get", "post", "put", "delete"),
    _swap(
        rf'{_ROUTE}"[^"\n]*"()',
        ", deprecated=True",
        ", status_code=201",
        ", status_code=204",
        ", response_model=None",
        ", response_model=list[int]",
        ", include_in_schema=False",
        ', dependencies=[Security(HTTPBearer())]',
        ', dependencies=[Depends(APIKeyHeader(name="X-Added"))]',
        ', responses={{404: {{"description": "Gone"}}}}',
        ', operation_id="another"',
    ),
    _swap(r"status_code=([\w.]+)", "200", "201", "202", "418"),
    _swap(r"-> (.+):$", "list[int]", "dict[str, {}]", "Any", "Optional[{}]"),
    _swap(r"^(?:async )?def \w+\(()", "added: int, ", "added: Annotated[str, Header()], ", "request: Request, "),
    _swap(r"^(?:async )?def \w+\([^()\n]+()\)(?: -> .+)?:$", ", added: int = 1", ", added: list[str] = Query([])"),
    _swap(r"^(?:async )?def \w+\((?:[^()\n]*, )?([a-z]\w*)(?=: )", "renamed", "{}_"),
    _swap(r'prefix="([^"\n]*)"', "/moved", "{}/more"),
)  # fmt: skip
"""What is written in place of what; `{{` and `}}` stand for braces."""

ROUTES = (
    '@app.get("/added")\ndef added(q: int, limit: int = 10) -> dict[str, int]: ...',
    '@app.post("/items", status_code=201)\ndef added(item: dict[str, str]) -> list[str]: ...',
    '@app.delete("/added/{id}", deprecated=True)\ndef added(id: UUID) -> None: ...',
)


def _swapped(pieces: tuple[Piece, ...], swap: Swap) -> Iterator[Site]:
    for number, piece in enumerate(pieces):
        for match in swap.pattern.finditer(piece.text):
            group = 1 if swap.pattern.groups else 0
            texts = tuple(text.replace("{}", match[group]).replace("{{", "{").replace("}}", "}") for text in swap.texts)
            yield Site(number, match.start(group), match.end(group), texts)


def _items(pieces: tuple[Piece, ...]) -> Iterator[Site]:
    """The items of all that stands in brackets: an argument, a parameter, a member of a union. Each can go."""
    for number, piece in enumerate(pieces):
        for start, end in _spans(piece.text):
            yield Site(number, start, end, ("",))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The items between brackets, each with the comma that parts it from another."""
    open_: list[list[int]] = []
    quote = ""
    for at, char in enumerate(text):
        if quote or char in "\"'":
            quote = "" if char == quote else quote or char
        elif char in _OPEN:
            open_.append([at])
        elif char == "," and open_:
            open_[-1].append(at)
        elif char in _CLOSE and open_:
            cuts = [*open_.pop(), at]
            for index in range(len(cuts) - 1):
                if index:
                    yield cuts[index], cuts[index + 1]
                elif len(cuts) > 2:
                    yield cuts[0] + 1, cuts[1] + 1
                elif cuts[0] + 1 < cuts[1]:
                    yield cuts[0] + 1, cuts[1]


def _whole(pieces: tuple[Piece, ...]) -> Iterator[Site]:
    """Routes and other statements that nothing else needs."""
    for number, piece in enumerate(pieces):
        if piece.text.startswith("@") or ".include_router(" in piece.text.partition("\n")[0]:
            yield Site(number, 0, len(piece.text), ("",))


_KINDS: tuple[Callable[[tuple[Piece, ...]], Iterator[Site]], ...] = (
    *(partial(_swapped, swap=swap) for swap in SWAPS),
    *(_items, _items, _items, _items, _whole, _whole),
)


@cache
def _below(number: int) -> st.SearchStrategy[int]:
    return st.integers(0, number - 1)


def edited(draw: st.DrawFn, application: Application) -> Application:
    """The application with one of its places changed, or a route more."""
    pieces = application.pieces
    first = draw(_below(len(_KINDS) + 1))
    if first == len(_KINDS):
        return _with(application, (*pieces, Piece("main", ROUTES[draw(_below(len(ROUTES)))])))
    kinds = (*_KINDS[first:], *_KINDS[:first])
    sites: list[Site] = next(filter(None, (list(kind(pieces)) for kind in kinds)), [])
    if not sites:
        return application
    site = sites[draw(_below(len(sites)))]
    old = pieces[site.piece]
    text = old.text[: site.start] + site.texts[draw(_below(len(site.texts)))] + old.text[site.end :]
    return _with(application, (*pieces[: site.piece], Piece(old.module, text), *pieces[site.piece + 1 :]))


def _with(application: Application, pieces: tuple[Piece, ...]) -> Application:
    return Application(pieces, application.futures, application.whole)


class Pair(NamedTuple):
    """An application and what became of it."""

    base: Application
    revision: Application

    def __repr__(self) -> str:
        changed = [(one, two) for one, two in zip(self.base.pieces, self.revision.pieces, strict=False) if one != two]
        lines = [f"--- {one.module}\n{one.text}\n+++ {two.module}\n{two.text}" for one, two in changed]
        lines += [f"+++ {piece.module}\n{piece.text}" for piece in self.revision.pieces[len(self.base.pieces) :]]
        return f"{self.base!r}\n# --- edited\n" + "\n".join(lines)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """An application of the grammar, and the same after one to four edits; the second may not start."""
    base = draw(applications())
    revision = base
    for _ in range(1 + draw(_below(4))):
        revision = edited(draw, revision)
    return Pair(base, revision)
