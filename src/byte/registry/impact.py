"""Which registered consumers each breaking difference breaks, by operation and field: decided over both contracts.

What a consumer says that it uses is exact: of a use with fields nothing else is read or sent, a use without any may be of
everything. `items` alone, without parts of it, is all of it; `*` as the last part says so expressly. So are a consumer's
fields compared with the place of a difference, and never names with names: what has the same name elsewhere in the
contract is another field, and a model that was renamed is the same one where it stands.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

import msgspec

from byte.model.consulted import Affected
from byte.model.contract import Document, along, steps, unescaped
from byte.model.difference import Comparison, Difference
from byte.model.fields import ALL, Fields, Path, Sent, called, owned, parsed
from byte.model.ports import Impact
from byte.registry.records import Consumer, Use

_Kind = Literal["operation", "everyone", "added", "required", "sent", "read", "nobody"]
"""Whom a difference is about: who uses the operation, everybody, who does not send something, sends or reads it."""

_KINDS: Final[tuple[tuple[str, _Kind], ...]] = (
    ("-sunset-", "nobody"),
    ("sunset-deleted", "nobody"),
    ("stability", "nobody"),
    ("webhook-", "nobody"),
    ("new-request-path-parameter", "added"),
    ("new-required-request-", "added"),
    ("request-body-added-required", "added"),
    ("request-body-became-required", "required"),
    ("became-required", "required"),
    ("request-body-media-type-", "everyone"),
    ("response-media-type-", "everyone"),
    ("response-success-status-", "everyone"),
    ("response-non-success-status-", "everyone"),
    ("response-header-", "everyone"),
    ("required-response-header-", "everyone"),
    ("request-", "sent"),
    ("response-", "read"),
)
"""By what an id begins with or holds: the first that fits."""
_SURE: Final = ("-removed", "-type-changed", "-type-generalized", "became-read-only", "became-write-only")
"""Endings of ids that leave nothing of what was there: the value goes, or becomes another type."""
_PARTLY: Final = ("-all-of-", "-any-of-", "-one-of-", "-pattern-", "-enum-", "-items-", "-const-", "-format-")
"""Of these only some values go."""
_MISSED: Final = frozenset({"response-optional-property-removed"})
"""No break for a validator, and one for whoever reads it."""
_REMOVED: Final = ("api-removed-", "api-path-removed-")
_OVER: Final = "-after-sunset"
_UNREADABLE: Final = "api-path-sunset-parse"
"""Of an operation that is gone too: the day that was announced for it is none."""
_PROPERTIES: Final = "properties"
_PROPERTY: Final = re.compile(r"(?:response|request) property `[^`]*` ((?:was|became|can|is|type) .+)")


def matters(difference: Difference) -> bool:
    """Whether a difference may break a consumer: breaks, and operations and optional fields of answers that are gone.

    An operation that was announced to go is no break for everybody, and fails for whoever calls it still.
    """
    missed = difference.level == "warning" and difference.id in _MISSED
    return difference.level == "breaking" or missed or removes(difference)


def removes(difference: Difference) -> bool:
    """Whether an operation is gone."""
    unreadable = difference.id == _UNREADABLE and not difference.revision_pointer
    return unreadable or difference.id.startswith(_REMOVED)


def was_due(difference: Difference) -> bool:
    """Whether an operation is gone after the day that was announced for it."""
    return removes(difference) and difference.id.endswith(_OVER)


def broken(comparison: Comparison, consumers: Sequence[Consumer]) -> tuple[Impact, ...]:
    """Each breaking difference with the consumers that it breaks, in the order of the differences.

    Operations that were announced to go, and optional fields of answers, are among them where somebody uses them.
    """
    judge = _Judge(comparison, consumers)
    found = [Impact(difference=d, affected=judge.of(d)) for d in comparison.differences if matters(d)]
    return tuple(impact for impact in found if impact.difference.level == "breaking" or impact.affected)


def removal(operation: str, field: str | None, consumers: Sequence[Consumer]) -> tuple[Affected, ...]:
    """Whom it breaks if an operation goes, or one field of its answers."""
    name, path = called(operation), parsed(field) if field is not None else None
    found: list[Affected] = []
    for consumer in sorted(consumers, key=lambda one: one.name):
        for use in consumer.uses:
            if called(use.operation) == name:
                hit = _without(_Asked(consumer, use), path)
                found += [hit] if hit is not None else []
    return tuple(found)


def _without(asked: "_Asked", path: Path | None) -> Affected | None:
    """What becomes of a use without its operation, or without a field."""
    if path is None:
        return asked.hit(f"uses `{asked.use.operation}`")
    if not asked.known:
        return asked.hit(f"uses `{asked.use.operation}`, and does not say which fields", certain=False)
    below = [field for field in asked.use.reads if _matches(parsed(field)[: len(path)], path)]
    if below:
        return asked.hit(f"reads {', '.join(f'`{field}`' for field in below)}", below)
    read = [parsed(field) for field in asked.use.reads]
    whole = [
        field
        for field, parts in zip(asked.use.reads, read, strict=True)
        if (parts[-1:] == (ALL,) and _matches(path[: len(parts) - 1], parts[:-1]))
        or (_matches(path[: len(parts)], parts) and not any(o[: len(parts)] == parts and o != parts for o in read))
    ]
    return asked.hit(f"reads {', '.join(f'`{field}`' for field in whole)}", whole, certain=False) if whole else None


def _matches(one: Path, other: Path) -> bool:
    """Whether two paths are the same, where `*` stands for any part."""
    return len(one) == len(other) and all(a == b or ALL in (a, b) for a, b in zip(one, other, strict=True))


def affected(impacts: Iterable[Impact]) -> tuple[str, ...]:
    """The names of the consumers that any difference breaks, sorted."""
    return tuple(sorted({one.consumer for impact in impacts for one in impact.affected}))


def evidence(consumer: Consumer, operation: str) -> tuple[str, ...]:
    """The places where a consumer uses an operation: those that end in its name, and those that end in no operation's."""
    names = {use.operation for use in consumer.uses} - {operation}
    own = [line.removesuffix(f" {operation}") for line in consumer.evidence if line.endswith(f" {operation}")]
    rest = [line for line in consumer.evidence if not line.endswith(tuple(f" {name}" for name in (operation, *names)))]
    return (*own, *rest)


class _Asked(msgspec.Struct, frozen=True):
    """A consumer's use of an operation that a difference reaches."""

    consumer: Consumer
    use: Use

    @property
    def known(self) -> bool:
        """Whether it says which fields it uses."""
        return bool(self.use.reads or self.use.sends)

    def hit(self, reason: str, fields: Sequence[str] = (), *, certain: bool = True) -> Affected:
        return Affected(
            consumer=self.consumer.name,
            service=self.consumer.service,
            operation=self.use.operation,
            fields=tuple(fields),
            certain=certain,
            reason=reason,
            evidence=evidence(self.consumer, self.use.operation),
        )

    def unknown(self, difference: Difference) -> Affected:
        return self.hit(
            f"uses `{self.use.operation}`, and does not say which fields: {difference.message}", certain=False
        )


class _Judge:
    """Decides about the differences of one comparison."""

    def __init__(self, comparison: Comparison, consumers: Sequence[Consumer]) -> None:
        self._base, self._head = Fields(comparison.base.document), Fields(comparison.head.document)
        self._documents = (comparison.base.document, comparison.head.document)
        self._uses: dict[str, list[_Asked]] = {}
        for consumer in sorted(consumers, key=lambda one: (one.service, one.name)):
            for use in consumer.uses:
                self._uses.setdefault(called(use.operation), []).append(_Asked(consumer, use))

    def of(self, difference: Difference) -> tuple[Affected, ...]:
        """Whom a difference breaks."""
        reached = [called(name) for name in difference.reaches] or sorted(self._uses)
        kind = _kind(difference)
        asked = [one for name in dict.fromkeys(reached) for one in self._uses.get(name, ())]
        found = (self._one(difference, kind, one) for one in asked)
        return tuple(sorted({one for one in found if one is not None}))

    def _one(self, difference: Difference, kind: _Kind, asked: _Asked) -> Affected | None:
        operation = asked.use.operation
        if kind == "nobody":
            return None
        if kind == "operation":
            return asked.hit(f"uses `{operation}`, which was removed")
        if kind == "everyone":
            return asked.hit(f"uses `{operation}`: {difference.message}", certain=False)
        if kind in ("added", "required"):
            return self._missing(difference, kind == "added", asked)
        return self._fields(difference, "request" if kind == "sent" else "response", asked)

    # --- what has to be sent -------------------------------------------------------------------

    def _missing(self, difference: Difference, new: bool, asked: _Asked) -> Affected | None:
        """Whether a consumer does not send what has to be sent now."""
        name = self._parameter(difference.revision_pointer)
        if name is None and _PROPERTIES not in steps(difference.revision_pointer):
            silent = not any(self._in_body(asked, field) for field in asked.use.sends)
            return asked.hit("sends no body, which is required now", certain=new or asked.known) if silent else None
        if name is not None:
            return self._lacks(asked, name, new) if name not in asked.use.sends else None
        holder, _, last = difference.revision_pointer.rpartition(f"/{_PROPERTIES}/")
        return self._lacking(asked, holder, unescaped(last), new)

    def _lacking(self, asked: _Asked, holder: str, name: str, new: bool) -> Affected | None:
        """Whether it sends the object that must have a property, and not the property."""
        sent = [parsed(field) for field in asked.use.sends]
        ways = {path[:size] for path in sent for size in range(len(path) + (path[-1:] != (ALL,)))}
        for way in sorted({(), *ways}, key=lambda w: (len(w), w)):
            if holder not in self._head.chain(asked.use.operation, "request", way):
                continue
            if way and holder in self._head.chain(asked.use.operation, "request", way[:-1]):
                continue
            own = (*way, name)
            if any(path[: len(own)] == own for path in sent):
                continue
            whole = way in sent or (*way, ALL) in sent
            return self._lacks(asked, "/".join(own), new, sure=not whole)
        if not asked.known:
            return asked.hit(f"may send no `{name}`, which is required now", certain=False)
        return None

    def _lacks(self, asked: _Asked, name: str, new: bool, *, sure: bool = True) -> Affected:
        certain = sure and (new or asked.known)
        verb = "does not send" if certain else "may not send"
        return asked.hit(f"{verb} `{name}`, which is required now", (name,), certain=certain)

    def _in_body(self, asked: _Asked, field: str) -> bool:
        return self._head.has(asked.use.operation, "request", parsed(field))

    def _parameter(self, pointer: str) -> str | None:
        """The name of the parameter that a pointer is about."""
        document = self._documents[1]
        return _parameter(document, pointer) if pointer else None

    # --- what is read, and what is sent --------------------------------------------------------

    def _fields(self, difference: Difference, sent: Sent, asked: _Asked) -> Affected | None:
        """Whether a difference within a schema, or a parameter, is about fields that a consumer reads or sends."""
        name = _parameter(self._documents[0], difference.base_pointer) or self._parameter(difference.revision_pointer)
        if not asked.known:
            return asked.unknown(difference)
        declared = asked.use.reads if sent == "response" else asked.use.sends
        if name is not None:
            hits = [field for field in declared if field == name]
            return self._told(difference, asked, sent, hits, certain=_sure(difference)) if hits else None
        exact = [field for field in declared if self._at(difference, sent, asked, parsed(field))]
        if exact:
            gone = all(self._gone(sent, asked, parsed(field)) for field in exact)
            return self._told(difference, asked, sent, exact, certain=_sure(difference) or gone)
        around = [field for field in declared if self._holds(difference, sent, asked, field, declared)]
        return self._told(difference, asked, sent, around, certain=False) if around else None

    def _told(
        self, difference: Difference, asked: _Asked, sent: Sent, fields: Sequence[str], *, certain: bool
    ) -> Affected:
        verb = "reads" if sent == "response" else "sends"
        names = ", ".join(f"`{field}`" for field in fields)
        return asked.hit(f"{verb} {names}{_clause(difference)}", fields, certain=certain)

    def _at(self, difference: Difference, sent: Sent, asked: _Asked, path: Path) -> bool:
        """Whether a difference stands at a field, or at something that the field is part of."""
        operation = asked.use.operation
        here = bool(difference.base_pointer) and owned(difference.base_pointer, self._base.chain(operation, sent, path))
        there = bool(difference.revision_pointer) and owned(
            difference.revision_pointer, self._head.chain(operation, sent, path)
        )
        if not (here or there):
            return False
        # What takes away a part of an object as a whole is only about the fields of that part.
        return not _is_partly(difference) or not self._kept(difference, sent, asked, path)

    def _kept(self, difference: Difference, sent: Sent, asked: _Asked, path: Path) -> bool:
        """Whether a field is there still, although a part of what it is in was taken away from answers."""
        if sent == "request" or not difference.id.endswith("-removed"):
            return False
        chain = self._base.chain(asked.use.operation, sent, path)
        above = bool(path) and owned(difference.base_pointer, self._base.chain(asked.use.operation, sent, path[:-1]))
        return above and bool(chain) and self._head.has(asked.use.operation, sent, path)

    def _gone(self, sent: Sent, asked: _Asked, path: Path) -> bool:
        """Whether an answer does not have a field any more, in any form."""
        return (
            sent == "response"
            and path[-1:] != (ALL,)
            and self._base.has(asked.use.operation, sent, path)
            and not self._head.has(asked.use.operation, sent, path)
        )

    def _holds(self, difference: Difference, sent: Sent, asked: _Asked, field: str, declared: Sequence[str]) -> bool:
        """Whether a field is used as a whole, and a difference stands somewhere below it."""
        path = parsed(field)
        if path[-1:] == (ALL,):
            path = path[:-1]
        elif any(parsed(other)[: len(path)] == path and parsed(other) != path for other in declared):
            return False
        sides = ((self._base, difference.base_pointer), (self._head, difference.revision_pointer))
        return any(
            pointer and owned(pointer, fields.below(asked.use.operation, sent, path)) for fields, pointer in sides
        )


def _clause(difference: Difference) -> str:
    """What became of a field, behind its name: the message names it by its way through the first operation."""
    found = _PROPERTY.fullmatch(difference.message)
    if found is None:
        return f": {difference.message}"
    return f", whose {found[1]}" if found[1].startswith("type ") else f", which {found[1]}"


def _kind(difference: Difference) -> _Kind:
    if removes(difference):
        return "operation"
    return next((kind for part, kind in _KINDS if part in difference.id), "everyone")


def _sure(difference: Difference) -> bool:
    return difference.id.endswith(_SURE) and not _is_partly(difference)


def _is_partly(difference: Difference) -> bool:
    return any(part in difference.id for part in _PARTLY)


def _parameter(document: Document, pointer: str) -> str | None:
    """The name of the parameter that a pointer leads to, or into."""
    return next(_parameters(document, pointer), None)


def _parameters(document: Document, pointer: str) -> Iterator[str]:
    names = ["", *steps(pointer)]
    for depth, node in enumerate(along(document, pointer)):
        is_one = "parameters" in names[max(depth - 1, 0) : depth]
        if is_one and isinstance(node, dict) and isinstance(node.get("name"), str) and "in" in node:
            yield node["name"]
