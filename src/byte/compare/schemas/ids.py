"""Byte's own ids of changes within the schemas of bodies: what oasdiff has no check for, or keeps to itself."""

from collections.abc import Iterator
from typing import Final

from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.schemas.checks import BOUNDS, SILENT, SINGLE
from byte.compare.schemas.findings import WORDS
from byte.compare.schemas.view import ONES, SWITCHES, VALUES

_PLACES: Final = (
    *("request-body", "request-property", "request-read-only-property"),
    *("response-body", "response-property", "response-write-only-property"),
)
_OTHERS: Final = (
    *("type-changed", "type-generalized", "type-specialized", "type-compatible"),
    *("list-of-types-widened", "list-of-types-narrowed", "became-nullable", "became-not-nullable"),
    *("became-enum", "enum-value-added", "enum-value-removed", "x-extensible-enum-value-removed"),
    *("x-extensible-enum-set", "x-extensible-enum-changed", "x-extensible-enum-removed"),
    *("circular-reference-changed", "unknown"),
    *("all-of-added", "all-of-removed", "any-of-added", "any-of-removed", "one-of-added", "one-of-removed"),
    *("prefix-items-added", "prefix-items-removed"),
)
_HIDDEN: Final = ("became-required", "became-optional", "added", "removed")


def _steps(keyword: str) -> tuple[str, ...]:
    """What may become of a keyword."""
    if keyword in SWITCHES:
        return ("added", "removed", "changed", "allowed", "disallowed", "restricted", "unrestricted")
    if keyword in ONES:
        return ("added", "removed")
    if keyword in BOUNDS:
        return ("set", "removed", "unset", "increased", "decreased", "changed")
    if keyword in SINGLE:
        return ("added", "removed", "changed", *(("generalized",) if keyword == "pattern" else ()))
    return ("set", "removed", "changed")


def _all() -> Iterator[str]:
    for place in _PLACES:
        for keyword in dict.fromkeys((*VALUES, *ONES)):
            if keyword not in SILENT or keyword in SINGLE:
                yield from (f"{place}-{WORDS.get(keyword, keyword)}-{step}" for step in _steps(keyword))
        yield from (f"{place}-{other}" for other in (*_OTHERS, *(_HIDDEN if "-only-" in place else ())))
    for family in ("request", "response"):
        yield from (f"{family}-undeclared-property-became-{end}" for end in ("required", "optional"))


OWN: Final[frozenset[str]] = frozenset(_all()) - set(OASDIFF_LEVELS)
"""Every id that a change within the schema of a body may have, oasdiff's left out."""
