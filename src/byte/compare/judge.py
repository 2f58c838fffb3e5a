"""What each change means: inclusion decides inside schemas, the protocol's rules elsewhere.

A change inside a schema is breaking where a failure of inclusion stands at its place, with the payload that proves it;
undecided where a doubt does; compatible otherwise. A failure that no change explains is a difference of its own, so
that nothing breaks in silence.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from byte.compare.changes import Change, Root
from byte.compare.document import Sameness, Side
from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.schema.decider import Decider, Doubt, Failure, Verdict
from byte.model.contract import CONDITIONAL, UNKNOWN, Document, along, escaped
from byte.model.difference import Counterexample, Level, OasdiffLevel, Proof, SideName

_LEVEL: Final[Mapping[OasdiffLevel | None, Level]] = {
    "ERR": "breaking",
    "WARN": "warning",
    "INFO": "info",
    "NONE": "info",
    None: "info",
}
_BY_RULE: Final = frozenset({"default", "discriminator", "x-extensible-enum", "contentMediaType", "contentEncoding"})
"""Keywords that validation does not know and clients may: no payload can prove anything about them."""
_MISSED: Final = frozenset(
    {
        "request-property-removed",
        "response-optional-property-removed",
        "response-optional-write-only-property-removed",
    }
)
"""Compatible for a validator, and missed by whoever reads the property, where the provider sends it."""
_OF_OPERATION: Final = 4
"""How many parts the pointer of an operation has."""


class Judged(msgspec.Struct, frozen=True):
    """A change with what was decided about it."""

    change: Change
    level: Level
    proof: Proof
    counterexample: Counterexample | None = None
    reason: str = ""


def judge(changes: Sequence[Change], base: Side, revision: Side, same: Sameness, unread: str = "") -> list[Judged]:
    """Every change with its level and proof, and every break that none of them explains.

    `unread` tells what the revision may have that could not be read of it alone: what seems removed may be there.
    """
    decider = Decider(base, revision, same)
    inside: dict[tuple[str, str, Root], list[Change]] = {}
    out: list[Judged] = []
    doubts = _Marks(base, revision, unread)
    for change in changes:
        if change.root is None:
            out.append(_protocol(change, doubts))
        else:
            inside.setdefault((change.method, change.path, change.root), []).append(change)
    for (_, _, root), group in inside.items():
        out.extend(_schema(group, decider.decide(root.base, root.revision, root.direction), root, doubts))
    return out


# --- the protocol ------------------------------------------------------------------------------


def _protocol(change: Change, marks: "_Marks") -> Judged:
    level = change.level or _LEVEL[change.oasdiff]
    reason = change.undecided or (marks.reason(change) if level != "info" else "")
    if reason:
        return Judged(change, "warning", "undecided", None, reason)
    return Judged(change, level, "rule", change.counterexample if level == "breaking" else None)


class _Marks:
    """What the contracts themselves say is not known."""

    def __init__(self, base: Side, revision: Side, unread: str) -> None:
        self._base = base
        self._revision = revision
        self._unread = unread

    def reason(self, change: Change) -> str:
        """Why a change may be none: what is there under a condition, or unknown, on the side that matters."""
        for side, pointer, other in (
            (self._base, change.base, change.revision),
            (self._revision, change.revision, change.base),
        ):
            for node in along(side.document, pointer):
                if isinstance(node, dict) and CONDITIONAL in node:
                    return f"only under a condition on the {side.name} side"
            if not other and pointer and self._unknown_operation(change, missing=side.name == "base"):
                return "what this operation depends on could not be read on the other side"
        if self._unread and change.base and not change.revision and len(change.base.split("/")) <= _OF_OPERATION:
            return f"it may be in what could not be read of the revision: {self._unread}"
        return ""

    def _unknown_operation(self, change: Change, *, missing: bool) -> bool:
        """Whether the operation is marked on the side that seems not to have the thing."""
        side = self._revision if missing else self._base
        pointer = change.base if missing else change.revision
        parts = pointer.split("/")
        if len(parts) < 5 or parts[1] != "paths":
            return False
        node = side.at("/".join(parts[:4]))
        if node is None or not isinstance(node.value, dict):
            return False
        return UNKNOWN in node.value or (parts[4] == "requestBody" and _may_be_body(node.value))


def _may_be_body(operation: Document) -> bool:
    """Whether a parameter is of a type that is not known: then it may be the body, and not the parameter that it seems."""
    listed = operation.get("parameters")
    schemas = [one.get("schema") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return any(isinstance(schema, dict) and UNKNOWN in schema for schema in schemas)


# --- inside a schema ---------------------------------------------------------------------------


def _schema(group: Sequence[Change], verdict: Verdict, root: Root, marks: "_Marks") -> Iterator[Judged]:
    claims = _Claims(group)
    failed: dict[int, Failure] = {}
    doubted: dict[int, Doubt] = {}
    lost: list[Failure] = []
    unclear: list[Doubt] = []
    told = [index for index, change in enumerate(group) if change.id]
    for failure in verdict.failures:
        claimed = claims.of(failure)
        for index in claimed:
            failed.setdefault(index, failure)
        if not claimed:
            lost.append(failure)
    for doubt in verdict.doubts:
        # What is not known of the schema as a whole is not known of any of its parts.
        claimed = claims.of(doubt) if doubt.keyword else told
        for index in claimed:
            doubted.setdefault(index, doubt)
        if not claimed:
            unclear.append(doubt)
    for index in told:
        yield _decided(group[index], failed.get(index), doubted.get(index), verdict, marks)
    yield from (_unexplained(group[0], root, failure) for failure in lost)
    yield from (_unexplained(group[0], root, doubt) for doubt in unclear)


def _decided(change: Change, failure: Failure | None, doubt: Doubt | None, verdict: Verdict, marks: "_Marks") -> Judged:
    if failure is not None and change.root is not None:
        return Judged(change, "breaking", "counterexample", _payload(failure, change.root))
    if doubt is not None or change.undecided:
        return Judged(change, "warning", "undecided", None, change.undecided or _reason(doubt))
    sent = change.root is not None and change.root.direction == "response"
    if sent and change.id in _MISSED and change.level is None:
        reason = marks.reason(change)
        return Judged(change, "warning", "undecided" if reason else "rule", None, reason)
    decided = bool(change.keywords) or verdict.proved
    ruled = not _BY_RULE.isdisjoint(change.keywords)
    if change.level is not None or not decided or ruled:
        level = change.level or _LEVEL[_opinion(change) if ruled else change.oasdiff]
        return Judged(change, "warning" if level == "breaking" else level, "rule")
    return Judged(change, "info", "proved")


def _opinion(change: Change) -> OasdiffLevel | None:
    """oasdiff's level of such a change, said or not; where the provider asks, what it sends is judged as an answer."""
    family, _, rest = change.id.partition("-")
    sender = change.root.direction if change.root is not None else family
    return OASDIFF_LEVELS.get(f"{sender}-{rest}")


def _reason(doubt: Doubt | None) -> str:
    if doubt is None:
        return ""
    # The mark is Byte's own and no keyword of the document: its reason says all.
    told = doubt.keyword and doubt.keyword != UNKNOWN
    return f"`{doubt.keyword}`: {doubt.reason}" if told else doubt.reason.removeprefix(f"{UNKNOWN}: ")


def _payload(failure: Failure, root: Root) -> Counterexample:
    """Requests are what base's client sends, answers what the revision gives."""
    if root.direction == "request":
        return Counterexample(kind="payload", value=failure.payload, valid_for="base", invalid_for="revision")
    return Counterexample(kind="payload", value=failure.payload, valid_for="revision", invalid_for="base")


class _Claims:
    """Which changes of a schema explain what was found in it, by the places of both."""

    def __init__(self, group: Sequence[Change]) -> None:
        self._group = group
        self._at: dict[tuple[SideName, str], list[int]] = {}
        self._below: dict[tuple[str, str], list[int]] = {}
        for index, change in enumerate(group):
            for side, pointer in _places(change):
                self._at.setdefault((side, pointer), []).append(index)

    def of(self, found: Failure | Doubt) -> list[int]:
        """The changes of its keyword at its place, else others there, else those nearest above it, else below it."""
        ranks = {index: self._rank(self._group[index], found) for index in self._there(found)}
        best = max(ranks.values(), default=0)
        if best:
            return [index for index, rank in ranks.items() if rank == best]
        return self._above(found) or self._beneath(found)

    def _there(self, found: Failure | Doubt) -> list[int]:
        inner = _inner(found)
        out: dict[int, None] = {}
        for side, pointer in _places(found):
            out.update(dict.fromkeys(self._at.get((side, pointer), ())))
            if inner:
                out.update(dict.fromkeys(self._at.get((side, pointer + inner), ())))
        return sorted(out)

    def _rank(self, change: Change, found: Failure | Doubt) -> int:
        """2 for the keyword itself, 1 for something else that validation knows; 0 explains nothing."""
        name = found.name if isinstance(found, Failure) else None
        here = not _places(change).isdisjoint(_places(found))
        other = change.name is not None and name is not None and change.name != name
        if here and other and not self._is_of(change, found):
            return 0
        if found.keyword in change.keywords:
            return 2
        return 1 if change.keywords and _BY_RULE.isdisjoint(change.keywords) else 0

    def _is_of(self, change: Change, found: Failure | Doubt) -> bool:
        """Whether a change stands at the property that was found."""
        inner = _inner(found)
        return bool(inner) and any((side, pointer + inner) in _places(change) for side, pointer in _places(found))

    def _above(self, found: Failure | Doubt) -> list[int]:
        depths: dict[int, int] = {}
        for side, pointer in _places(found):
            while pointer := pointer.rpartition("/")[0]:
                for index in self._at.get((side, pointer), ()):
                    depths[index] = max(depths.get(index, 0), len(pointer))
        return self._nearest({index: -depth for index, depth in depths.items()})

    def _beneath(self, found: Failure | Doubt) -> list[int]:
        """Asked often for one place, where much is found at the top."""
        key = (found.base, found.revision)
        if key not in self._below:
            lengths: dict[int, int] = {}
            starts = {side: f"{pointer}/" for side, pointer in _places(found)}
            for (side, pointer), held in self._at.items():
                if side in starts and pointer.startswith(starts[side]):
                    for index in held:
                        lengths[index] = min(lengths.get(index, len(pointer)), len(pointer))
            self._below[key] = self._nearest(lengths)
        return self._below[key]

    def _nearest(self, far: Mapping[int, int]) -> list[int]:
        told = {index: length for index, length in far.items() if self._group[index].keywords}
        least = min(told.values(), default=0)
        return sorted(index for index, length in told.items() if length == least)


def _places(item: Change | Failure | Doubt) -> frozenset[tuple[SideName, str]]:
    sides: tuple[tuple[SideName, str], ...] = (("base", item.base), ("revision", item.revision))
    return frozenset((side, pointer) for side, pointer in sides if pointer)


def _inner(found: Failure | Doubt) -> str:
    """Where the property that was found stands below its place, "" where none was."""
    name = found.name if isinstance(found, Failure) else None
    return f"/properties/{escaped(name)}" if name is not None else ""


def _unexplained(like: Change, root: Root, found: Failure | Doubt) -> Judged:
    of = f" of `{found.name}`" if isinstance(found, Failure) and found.name else ""
    taken = root.direction == "request"
    change = Change(
        id="request-schema-narrowed" if taken else "response-schema-widened",
        oasdiff=None,
        method=like.method,
        path=like.path,
        direction=root.direction,
        location=root.what,
        message=f"{root.what} {'accepts less' if taken else 'may hold more'} than before: `{found.keyword}`{of}",
        base=found.base,
        revision=found.revision,
        root=root,
        keywords=(found.keyword,),
    )
    if isinstance(found, Failure):
        return Judged(change, "breaking", "counterexample", _payload(found, root))
    undecided = msgspec.structs.replace(
        change,
        id="request-schema-undecided" if taken else "response-schema-undecided",
        message=f"{root.what} could not be compared whole",
    )
    return Judged(undecided, "warning", "undecided", None, _reason(found))
