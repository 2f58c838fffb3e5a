"""The comparison as a versioned JSON document that carries everything; its schema is docs/schema/diff-1.json."""

import re
from typing import Any

import msgspec

from byte import __version__
from byte.model.difference import Difference
from byte.model.diffs import Comparison, Problem
from byte.report.differences.wording import counts
from byte.report.json import dump

VERSION = 1
"""Moves when a reader of the old document could no longer read the new one."""

# Legal raw in JSON, yet a terminal or a line reader acts upon them.
_CONTROLS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class _Tool(msgspec.Struct, frozen=True):
    name: str = "Byte"
    version: str = __version__


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    """The document in the order of its keys."""

    version: int = VERSION
    tool: _Tool = _Tool()
    base: str
    revision: str
    as_of: str | None
    breaking: bool
    summary: dict[str, int]
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    unused_ignores: tuple[str, ...]


def _document(comparison: Comparison) -> _Document:
    return _Document(
        base=comparison.base,
        revision=comparison.revision,
        as_of=comparison.as_of,
        breaking=comparison.breaking,
        summary={**counts(comparison), "ignored": comparison.ignored},
        differences=comparison.differences,
        problems=comparison.problems,
        unused_ignores=comparison.unused,
    )


def render(comparison: Comparison, *, changelog: bool = False) -> str:
    """The document as indented text; it holds every difference, `changelog` or not."""
    del changelog
    document = _document(comparison)
    try:
        text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    except (TypeError, ValueError, OverflowError):
        # Half of a character, a number of any size: the slower writer takes them.
        plain: dict[str, Any] = msgspec.to_builtins(document)
        return dump(plain)
    return _CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"
