"""Changes that show as several: one finding explains them, and the others are its echo."""

from typing import Any, Final, Literal

from byte.compare.schemas.keywords import Members
from byte.compare.schemas.structure import SchemaDiff, Sides
from byte.compare.schemas.view import Schema

Kind = Literal["existence", "lifecycle", "mutability", "constraints", "requiredness", "structure", "type", "values"]
"""What a check is about, as oasdiff sorts its checks."""
Nullability = Literal["nullable", "not-nullable"]

_WRAPPED: Final = frozenset({"type", "values", "constraints", "structure", "existence", "requiredness"})
_RESHAPED: Final = frozenset({"type", "structure"})


def claimed(sides: Sides, diff: SchemaDiff, kind: Kind, reports: str = "") -> bool:
    """Whether a finding of a kind at this place is but the echo of a change that another finding reports.

    `reports` is "nullability", "list-of-types" or "wrapped" for the findings that report such a change themselves.
    """
    if kind in _WRAPPED and reports != "nullability" and nullable_wrapping(sides, diff):
        return True
    if kind in _RESHAPED and reports != "wrapped" and moved_properties(sides, diff):
        return True
    if kind in _RESHAPED and reports != "list-of-types" and list_of_types(sides, diff):
        return True
    return kind == "type" and reports != "nullability" and _null_only(diff)


def nullability(sides: Sides, diff: SchemaDiff) -> Nullability | None:
    """Whether null became valid or invalid: by `nullable`, in a list of types, or by a `oneOf` around the schema."""
    if diff.base is None or diff.revision is None:
        return None
    keyword = diff.value("nullable")
    if keyword is not None:
        return "not-nullable" if keyword.base else "nullable"
    if diff.types is not None and "null" in diff.types.deleted and diff.revision.types:
        return "not-nullable"
    if diff.types is not None and "null" in diff.types.added and diff.base.types:
        return "nullable"
    return nullable_wrapping(sides, diff)


def nullable_wrapping(sides: Sides, diff: SchemaDiff) -> Nullability | None:
    """Whether a schema was put into `oneOf: [{type: null}, schema]`, or taken out of it."""
    if "oneOf" not in diff.lists:
        return None
    found: Nullability | None = sides.remembered("nullable-wrapping", diff, _nullable_wrapping)
    return found


def _nullable_wrapping(sides: Sides, diff: SchemaDiff) -> Nullability | None:
    if diff.base is None or diff.revision is None:
        return None
    if _is_plain(diff.base) and (branch := _nullable_branch(sides, diff.revision, revision=True)):
        return "nullable" if sides.equivalent(diff.base.itself(), branch) else None
    if _is_plain(diff.revision) and (branch := _nullable_branch(sides, diff.base, revision=False)):
        return "not-nullable" if sides.equivalent(branch, diff.revision.itself()) else None
    return None


def _is_plain(schema: Schema) -> bool:
    """Whether a schema is not composed of others, and does not allow null."""
    composed = any(schema.list(keyword) for keyword in ("oneOf", "anyOf", "allOf")) or schema.one("not")
    return not composed and not schema.read("nullable") and "null" not in schema.types


def _nullable_branch(sides: Sides, schema: Schema, *, revision: bool) -> Schema | None:
    """The other schema of a `oneOf` of two, one of which is null and nothing else."""
    branches = schema.list("oneOf")
    if len(branches) != 2 or not schema.says_only("oneOf"):
        return None
    side = sides.revision if revision else sides.base
    views = [sides.view(side, node) for node in branches.values()]
    others = [view for view in views if not (view.types == ("null",) and view.says_only("type"))]
    return others[0] if len(others) == 1 else None


def moved_properties(sides: Sides, diff: SchemaDiff) -> frozenset[str]:
    """The properties of an object that became a `oneOf` of objects: those that an alternative still has."""
    base, revision = diff.base, diff.revision
    if base is None or revision is None or "oneOf" not in diff.lists:
        return frozenset()
    names = base.map("properties")
    if base.list("oneOf") or not names or revision.map("properties") or revision.types:
        return frozenset()
    kept = [sides.view(sides.revision, node).map("properties") for node in revision.list("oneOf").values()]
    return frozenset(name for name in names if any(name in alternative for alternative in kept))


def list_of_types(sides: Sides, diff: SchemaDiff) -> Members | None:
    """Which types came and went where one type became a `oneOf` or `anyOf` of types, or one such list another."""
    if diff.base is None or diff.revision is None or not (diff.types or "oneOf" in diff.lists or "anyOf" in diff.lists):
        return None
    one, two = _pattern(sides, diff.base, revision=False), _pattern(sides, diff.revision, revision=True)
    if one is None or two is None or not (one[1] or two[1]):
        return None
    if len(one[0]) == len(two[0]) and set(two[0]) <= set(one[0]):
        return None
    added = tuple(dict.fromkeys(name for name in two[0] if name not in one[0]))
    deleted = tuple(dict.fromkeys(name for name in one[0] if name not in two[0]))
    return Members(added, deleted) if added or deleted else None


def _pattern(sides: Sides, schema: Schema, *, revision: bool) -> tuple[tuple[str, ...], bool] | None:
    """The types that a schema stands for, and whether it is a list of alternatives; None where it is more than that."""
    if schema.one("not") or schema.list("allOf") or schema.map("properties"):
        return None
    if schema.types:
        return schema.types[:1], False
    side = sides.revision if revision else sides.base
    for keyword in ("oneOf", "anyOf"):
        views = [sides.view(side, node) for node in schema.list(keyword).values()]
        if views and all(_is_simple(view) for view in views):
            return tuple(view.types[0] for view in views), True
    return None


def _is_simple(schema: Schema) -> bool:
    composed = any(schema.list(keyword) for keyword in ("oneOf", "anyOf", "allOf"))
    return len(schema.types) == 1 and not composed and not schema.map("properties")


def _null_only(diff: SchemaDiff) -> bool:
    """Whether nothing but null came to the types or went."""
    if diff.types is None or diff.value("format") is not None:
        return False
    members: tuple[Any, ...] = (*diff.types.added, *diff.types.deleted)
    return all(name == "null" for name in members)
