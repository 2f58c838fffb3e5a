"""What the comparison of the contracts says is broken, as rules tell it: by family, with a line of head.

Where the contracts of both sides have an operation they decide about it; what they do not have is left to rules that
read the source alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import msgspec

from byte.model import exchange, payloads, schemas
from byte.model.contract import Contract, operations, origin, steps
from byte.model.difference import Comparison, Difference
from byte.model.exchange import Name
from byte.model.facts import ChangeFacts
from byte.model.operations import Pair, listed
from byte.model.review import Location, Step

Family = Literal["removed operation", "removed field", "required input", "type", "status", "other"]
"""What a break is about: each family has its rule."""

_PARTS: Final[Mapping[Family, tuple[str, ...]]] = {
    "removed operation": ("api-removed-", "api-path-removed-"),
    "removed field": ("response-required-property-removed", "response-optional-property-removed",
                      "response-property-became-optional"),
    "required input": ("new-required-request-", "new-request-path-parameter", "request-property-became-required",
                       "request-parameter-became-required", "request-body-added-required",
                       "request-body-became-required", "request-header-property-became-required"),
    "type": ("-type-changed", "-became-nullable", "-become-nullable", "-became-not-nullable", "-become-not-nullable",
             "-list-of-types-"),
    "status": ("response-success-status-", "response-non-success-status-"),
}  # fmt: skip
_PLACE: Final = 3
_LONGEST: Final = 200


class Break(msgspec.Struct, frozen=True):
    """A break with what a finding says of it.

    `owner` is the schema or operation that has it, `wire` the field or parameter ("" where it is about neither);
    `operations` are those that it reaches. `by_version` says that it depends on the version of Pydantic, which the project
    does not say: whether a field that may be null has to be there.
    """

    difference: Difference
    operations: tuple[str, ...]
    at: Location
    owner: str
    wire: str
    because: tuple[Step, ...]
    by_version: bool = False

    @property
    def subject(self) -> str:
        """`Order.total`, or the operation."""
        return f"{self.owner}.{self.wire}" if self.wire else self.owner

    @property
    def told(self) -> str:
        """The sentence of a finding."""
        return sentence(self.difference, self.operations)


def sentence(difference: Difference, names: Sequence[str]) -> str:
    """What differs, in which operations, and the payload or request that proves it."""
    message = difference.message
    where = f" in {listed(names)}" if names else ""
    return f"{message[:1].upper()}{message[1:]}{where}{_proof(difference)}"


def _proof(difference: Difference) -> str:
    found = difference.counterexample
    if found is None:
        return ""
    text = found.value if found.kind == "request" else payloads.brief(found.value, difference, _LONGEST)
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return f". Counterexample: `{shown}`"


def family(difference: Difference) -> Family:
    """Which family a difference belongs to, by its id."""
    for name, parts in _PARTS.items():
        if any(part in difference.id for part in parts):
            return name
    return "other"


def breaks(change: ChangeFacts, *families: Family, levels: Iterable[str] = ("breaking",)) -> Iterator[Break]:
    """The breaks of some families, in the order of the comparison."""
    wanted = frozenset(levels)
    for comparison in change.comparisons:
        for difference in comparison.differences:
            if difference.level in wanted and family(difference) in families:
                yield _break(difference, comparison, change)


def covers(change: ChangeFacts, pair: Pair) -> bool:
    """Whether the contracts of both sides have an operation, so that their comparison decides about it."""
    return exchange.name(pair.name.partition(" ")[0], pair.head.path) in _covered(change)


def undecided(change: ChangeFacts) -> list[Break]:
    """What could not be decided."""
    return [
        _break(difference, comparison, change)
        for comparison in change.comparisons
        for difference in comparison.differences
        if difference.proof == "undecided"
    ]


_COVERED: "WeakKeyDictionary[Comparison, frozenset[Name]]" = WeakKeyDictionary()


def _covered(change: ChangeFacts) -> frozenset[Name]:
    out: set[Name] = set()
    for comparison in change.comparisons:
        known = _COVERED.get(comparison)
        if known is None:
            known = frozenset(_names(comparison.base) & _names(comparison.head))
            _COVERED[comparison] = known
        out |= known
    return frozenset(out)


def _names(contract: Contract) -> set[Name]:
    return {exchange.name(op.method, op.path) for op in operations(contract.document)}


# --- places ------------------------------------------------------------------------------------


def _break(difference: Difference, comparison: Comparison, change: ChangeFacts) -> Break:
    pointer = difference.revision_pointer or difference.base_pointer
    owner, wire = _named(pointer)
    before = origin(comparison.base.document, difference.base_pointer)
    at = _place(difference, comparison, change, before)
    gone = before is not None and difference.base_pointer and before != str(at)
    path, _, line = (before or "").rpartition(":")
    because = (Step(path, int(line), f"base: {difference.location or difference.operation}"),) if gone else ()
    known = all(
        c.target is not None and c.target.pydantic_from != "default" for c in (comparison.base, comparison.head)
    )
    return Break(
        difference,
        difference.reaches,
        at,
        owner or difference.operation,
        wire,
        because,
        not known and _nullable(comparison.head.document, difference.revision_pointer),
    )


def _nullable(document: dict[str, Any], pointer: str) -> bool:
    return "null" in (schemas.kinds(document, {"$ref": f"#{pointer}"}) or ()) if pointer else False


def _named(pointer: str) -> tuple[str, str]:
    """The schema and the field that a pointer leads to; "" for what it does not name."""
    parts = steps(pointer)
    owner = ""
    rest = parts
    if parts[:2] == ["components", "schemas"] and len(parts) >= _PLACE:
        owner = parts[2].removesuffix("-Input").removesuffix("-Output")
        rest = parts[3:]
    names = [rest[i + 1] for i, part in enumerate(rest[:-1]) if part == "properties"]
    return owner, names[-1] if names else ""


def _place(difference: Difference, comparison: Comparison, change: ChangeFacts, before: str | None) -> Location:
    """The line of head that stands for it: of the thing, of what holds it, or of what held it in base."""
    head = comparison.head.document
    for pointer in (difference.revision_pointer, difference.base_pointer):
        at = exchange.place(origin(head, pointer), change.head)
        if at is not None:
            return at
    path, _, line = (before or "").rpartition(":")
    renamed = {old: new for new, old in change.renames.items()}.get(path, path)
    if renamed in change.head.snapshot.files:
        same = renamed == path and path not in change.changed
        return Location(renamed, int(line), int(line)) if same else Location(renamed, 1, 1)
    application = comparison.head.application
    return Location(application.path if application is not None else "", 1, 1)
