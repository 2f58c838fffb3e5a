"""The changes of a body's schema: every place where both sides differ, with all that is to be said of it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, Literal

import msgspec

from byte.compare.changes import Change, Root
from byte.compare.document import Node
from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.schemas import lifecycle, transitions, types
from byte.compare.schemas.checks import findings
from byte.compare.schemas.findings import Family, Finding
from byte.compare.schemas.structure import SchemaDiff, Sides
from byte.compare.schemas.walk import joined, modified
from byte.model.difference import Level, OasdiffLevel

_LEVELS: Final[dict[OasdiffLevel | None, Level]] = {"ERR": "warning", "WARN": "warning"}
_MOST: Final = 100_000
"""How many findings of bodies are told place by place in one comparison."""
_APART: Final = frozenset({"deprecated", "x-stability-level", "readOnly", "writeOnly"})
"""Keywords that say nothing about which values are valid."""


class Where(msgspec.Struct, frozen=True):
    """The body that a schema belongs to.

    - `direction`: whether oasdiff takes it for a request or a response; `root` says what it is for the client of base.
    - `as_of`: the day that sunset dates are measured from (ISO 8601), None where none is given.
    - `readable`: whether the stability level of the operation (in the revision) is one that exists, or absent.
    """

    method: str
    path: str
    direction: Literal["request", "response"]
    media_type: str
    root: Root
    status: str = ""
    as_of: str | None = None
    readable: bool = True

    @property
    def hooked(self) -> bool:
        """Whether it is the body of a webhook."""
        return self.path.startswith("webhook:")


class Placed(msgspec.Struct, frozen=True):
    """A finding with the place in the body that it is about, "" for the body itself."""

    path: str
    finding: Finding


def body_changes(sides: Sides, where: Where, base: Node, revision: Node) -> Iterator[Change]:
    """The changes between the schemas of one body, which is there on both sides."""
    diff = sides.difference(base, revision)
    if diff is None:
        return
    strongly = types.strongly(where.media_type)
    key = f"body {where.direction} {strongly} {where.readable} {where.as_of} {where.hooked}"
    placed: tuple[Placed, ...] = sides.remembered(
        key, diff, lambda sides, diff: tuple(_placed(sides, diff, where, strongly=strongly))
    )
    explained = transitions.claimed(sides, diff, "requiredness")
    sides.told += len(placed)
    for item in placed if sides.told <= _MOST else _once(placed):
        if not (item.finding.by_top and explained):
            yield _change(where, item)


def _once(placed: Sequence[Placed]) -> list[Placed]:
    """Every finding at the first place that it stands."""
    return list({id(item.finding): item for item in reversed(placed)}.values())[::-1]


def _placed(sides: Sides, diff: SchemaDiff, where: Where, *, strongly: bool) -> Iterator[Placed]:
    """All that is to be said of a body, from the top to the bottom, without the operation that it belongs to."""
    family: Family = where.direction
    day = date.fromisoformat(where.as_of) if where.as_of is not None else None
    for finding in findings(sides, diff, family, "body", strongly=strongly):
        yield Placed(finding.name or "", finding)
    for place in modified(diff):
        if not place.diff.both:
            continue
        question = f"{family} {strongly}"
        found: tuple[Finding, ...] = sides.remembered(
            question, place.diff, lambda sides, diff: findings(sides, diff, family, "property", strongly=strongly)
        )
        for finding in found:
            yield Placed(joined(place.path, finding.name) if finding.name is not None else place.path, finding)
        for check in (
            lifecycle.access(place, family),
            lifecycle.deprecation(place, family, day, readable=where.readable),
            lifecycle.stability(place, family, listed=not where.hooked),
        ):
            for finding in check:
                yield Placed(place.path, finding)


def _change(where: Where, item: Placed) -> Change:
    finding, root = item.finding, where.root
    subject = f"{where.direction} property `{item.path}`" if item.path else f"{where.direction} body"
    level: Level | None = "info" if finding.harmless else None
    if not _APART.isdisjoint(finding.keywords):
        level = _LEVELS.get(OASDIFF_LEVELS.get(finding.id), "info")
    return Change(
        id=finding.id,
        oasdiff=OASDIFF_LEVELS[finding.id] if finding.listed else None,
        method=where.method,
        path=where.path,
        direction=root.direction,
        location=f"{root.what} → {item.path.replace('/', ' → ')}" if item.path else root.what,
        message=f"{subject} {finding.text}",
        base=finding.base,
        revision=finding.revision,
        root=root,
        keywords=finding.keywords,
        name=finding.name,
        level=level,
        undecided=finding.undecided,
    )
