"""Whether a change of types and formats loses values, as oasdiff decides it, and how such a change is put."""

from collections.abc import Mapping, Sequence
from typing import Final

from byte.compare.schemas.keywords import Members, Values
from byte.compare.schemas.structure import SchemaDiff
from byte.compare.schemas.view import Schema

_WITHIN: Final[Mapping[str, frozenset[tuple[str, str]]]] = {
    "number": frozenset({("float", "double")}),
    "integer": frozenset({("int32", "int64"), ("int32", "bigint"), ("int64", "bigint")}),
    "string": frozenset({("date", "date-time"), ("time", "date-time")}),
}
"""Formats of a type of which the first holds no value that the second does not."""


def strongly(media_type: str) -> bool:
    """Whether a number and its text are two things in a media type: so it is in JSON."""
    return media_type == "application/json" or media_type.endswith("+json")


def request_breaking(diff: SchemaDiff, strongly: bool) -> bool:
    """Whether the revision takes less than base by its types and formats."""
    if diff.revision is None:
        return False
    types = None if widened(diff) else diff.types
    return _breaking(types, diff.value("format"), strongly, diff.revision.types)


def response_breaking(diff: SchemaDiff, strongly: bool) -> bool:
    """Whether the revision may answer more than base by its types and formats."""
    if diff.base is None:
        return False
    types = None if diff.types is None or narrowed(diff) else Members(diff.types.deleted, diff.types.added)
    found = diff.value("format")
    return _breaking(types, found and Values(found.revision, found.base), strongly, diff.base.types)


def _breaking(types: Members | None, formats: Values | None, strongly: bool, to: Sequence[str]) -> bool:
    return not (types is not None and not to) and breaking(types, formats, strongly, to)


def breaking(types: Members | None, formats: Values | None, strongly: bool, to: Sequence[str]) -> bool:
    """Whether a change of types, or of the format, towards `to` loses values."""
    if types is not None and not contained(types.added, types.deleted, strongly):
        return True
    return formats is not None and not _format_contained(to, formats.revision, formats.base)


def contained(to: Sequence[str], source: Sequence[str], strongly: bool) -> bool:
    """Whether the types that came hold every value of those that went."""
    if len(to) == len(source) == 1 and _subtype(source[0], to[0]):
        return True
    return not strongly and (not to or tuple(to) == ("string",))


def _format_contained(types: Sequence[str], to: str, source: str) -> bool:
    if not to:
        return True
    return len(types) == 1 and (source, to) in _WITHIN.get(types[0], frozenset())


def _subtype(one: str, other: str) -> bool:
    return one == other or (one, other) == ("integer", "number")


def widened(diff: SchemaDiff) -> bool:
    """Whether the types changed, and those of base are all among the revision's."""
    return diff.types is not None and _subset(diff.base, diff.revision)


def narrowed(diff: SchemaDiff) -> bool:
    """Whether the types changed, and those of the revision are all among base's."""
    return diff.types is not None and _subset(diff.revision, diff.base)


def swapped(diff: SchemaDiff) -> bool:
    """Whether the types changed from some to others."""
    return diff.types is not None and bool(diff.base and diff.base.types and diff.revision and diff.revision.types)


def _subset(one: Schema | None, two: Schema | None) -> bool:
    if one is None or two is None or not one.types:
        return False
    return all(any(_subtype(name, other) for other in two.types) for name in one.types)


def dimension(diff: SchemaDiff) -> str:
    """What changed, for people: "type", "format" or "type/format"."""
    parts = [name for name, part in (("type", diff.types), ("format", diff.value("format"))) if part is not None]
    return "/".join(parts)


def became(base: Schema | None, revision: Schema | None, dimension: str) -> str:
    """What became of the types, the format, or both, for people."""
    before, after = _described(base, dimension), _described(revision, dimension)
    if not before:
        return f"was set to `{after}`"
    return f"changed from `{before}` to `{after}`" if after else f"was removed (`{before}`)"


def _described(schema: Schema | None, dimension: str) -> str:
    if schema is None:
        return ""
    shape: str = schema.read("format")
    if dimension == "format":
        return shape
    types = ", ".join(schema.types)
    return f"{types or 'any'}/{shape}" if shape and dimension != "type" else types
