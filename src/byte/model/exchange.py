"""What operations take and give, by the contracts of base and head: parameters and fields side by side.

Only operations that a contract has on both sides, unconditionally. Schemas that are the same on both sides are not
looked into, and each pair of named schemas is compared once.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from byte.model import routes, schemas
from byte.model.contract import CONDITIONAL, ORIGIN, UNKNOWN, Contract, Document, Operation, operations, without_origins
from byte.model.facts import ChangeFacts, Facts
from byte.model.review import Location

Name = tuple[str, str]
"""Method, and path without the names and converters of its parameters."""


class Described(msgspec.Struct, frozen=True):
    """An operation of a contract."""

    contract: Contract
    operation: Operation


class Part(msgspec.Struct, frozen=True):
    """A field of a body (`sent` false) or an answer, on both sides; None where it is not there.

    `owner` is the schema that has it, `needed` whether it must be there, before and after.
    """

    sent: bool
    owner: str
    wire: str
    before: Any
    after: Any
    needed: tuple[bool, bool]
    kinds: tuple[frozenset[str] | None, frozenset[str] | None]
    origin: str | None

    def is_of(self, wire: str, before: Location | None, after: Location | None) -> bool:
        """Whether this is a field that class bodies declare: by its name, or by the line that it stands on."""
        if self.wire == wire:
            return True
        for schema, at in ((self.before, before), (self.after, after)):
            if at is not None and isinstance(schema, dict) and schema.get(ORIGIN) == str(at):
                return True
        return False


class Exchange(msgspec.Struct, frozen=True):
    """What one operation takes and gives on both sides.

    `parameters` by place and name, before and after; `parts` are the fields that differ. `unread` says which way
    something could not be compared: `parameters`, `taken`, `given`. `versions` says whether the project says which
    versions of its libraries it runs with: they decide whether a field that may be null has to be there.
    """

    parameters: Mapping[tuple[str, str], tuple[dict[str, Any] | None, dict[str, Any] | None]]
    body: tuple[bool, bool]
    parts: tuple[Part, ...]
    unread: frozenset[str]
    versions: bool = True

    def told(self, sent: bool) -> bool:
        """Whether everything in this direction could be compared."""
        return ("given" if sent else "taken") not in self.unread


def described(facts: Facts) -> dict[Name, Described]:
    """The operations of all contracts of a snapshot, the first of each."""
    known = _DESCRIBED.get(facts)
    if known is None:
        known = {}
        for contract in facts.contracts():
            for op in operations(contract.document):
                known.setdefault(name(op.method, op.path), Described(contract, op))
        _DESCRIBED[facts] = known
    return known


def name(method: str, path: str) -> Name:
    """What an operation is called on both sides."""
    return method.upper(), routes.template(routes.plain(path)).rstrip("/") or "/"


def exchange(change: ChangeFacts, method: str, before: str, after: str) -> Exchange | None:
    """An operation by its paths in base and head, None where the contracts do not surely have it on both sides."""
    one, two = described(change.base).get(name(method, before)), described(change.head).get(name(method, after))
    if one is None or two is None or CONDITIONAL in one.operation.body or CONDITIONAL in two.operation.body:
        return None
    return _walk(change, one.contract, two.contract).operation(one.operation, two.operation)


def place(origin: object, facts: Facts) -> Location | None:
    """The line that `x-origin` names, if it is one of the project's files."""
    path, _, line = origin.rpartition(":") if isinstance(origin, str) else ("", "", "")
    if not line.isdigit() or path not in facts.snapshot.files:
        return None
    return Location(path, int(line), int(line))


_DESCRIBED: "WeakKeyDictionary[Facts, dict[Name, Described]]" = WeakKeyDictionary()
_WALKS: "WeakKeyDictionary[Facts, list[_Walk]]" = WeakKeyDictionary()
"""By head, for as long as its facts live; what is remembered depends on the facts alone."""


def _walk(change: ChangeFacts, base: Contract, head: Contract) -> "_Walk":
    walks = _WALKS.setdefault(change.head, [])
    found = next((w for w in walks if w.contracts[0] is base and w.contracts[1] is head), None)
    if found is None:
        found = _Walk(base, head)
        walks.append(found)
    return found


class _Walk:
    """Compares two documents, operation by operation."""

    def __init__(self, base: Contract, head: Contract) -> None:
        self.contracts = base, head
        self.base = base.document
        self.head = head.document
        self._versions = all(c.target is not None and c.target.pydantic_from != "default" for c in (base, head))
        self._known: dict[tuple[str, str], Exchange] = {}
        self._fields: dict[tuple[str, str, bool], tuple[tuple[Part, ...], bool]] = {}
        self._same = _same(base.document, head.document)

    def operation(self, before: Operation, after: Operation) -> Exchange:
        """One operation on both sides."""
        place_ = before.pointer, after.pointer
        if place_ not in self._known:
            self._known[place_] = self._operation(before.body, after.body)
        return self._known[place_]

    def _operation(self, before: dict[str, Any], after: dict[str, Any]) -> Exchange:
        old = schemas.parameters(self.base, before.get("parameters"))
        new = schemas.parameters(self.head, after.get("parameters"))
        unread = {"parameters"} if UNKNOWN in before or UNKNOWN in after else set[str]()
        params = {key: (old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new])}
        if any(UNKNOWN in p or CONDITIONAL in p for both in params.values() for p in both if p is not None):
            unread.add("parameters")
        bodies = _needed(before.get("requestBody")), _needed(after.get("requestBody"))
        parts: list[Part] = []
        taken, given = self._taken(before, after, parts), self._given(before, after, parts)
        unread |= {word for word, told in (("taken", taken), ("given", given)) if not told}
        if UNKNOWN in before or UNKNOWN in after:
            unread.add("taken")
        return Exchange(params, bodies, _distinct(parts), frozenset(unread), self._versions)

    def _taken(self, before: dict[str, Any], after: dict[str, Any], parts: list[Part]) -> bool:
        old, new = (
            schemas.content(self.base, before.get("requestBody")),
            schemas.content(self.head, after.get("requestBody")),
        )
        if not old and not new:
            return not any(
                UNKNOWN in b for b in (before.get("requestBody"), after.get("requestBody")) if isinstance(b, dict)
            )
        media = next((m for m in new if m in old), None)
        return media is not None and self._schema("", old[media], new[media], parts, sent=False, depth=0)

    def _given(self, before: dict[str, Any], after: dict[str, Any], parts: list[Part]) -> bool:
        old, new = schemas.answers(self.base, before), schemas.answers(self.head, after)
        told = True
        good = [code for code in new if code.startswith("2")]
        pairs = [(old[code], new[code]) for code in good if code in old]
        if not pairs:
            pairs = [(old[c], new[good[0]]) for c in old if c.startswith("2") and good][:1]
        for one, two in pairs:
            left, right = one.get("content"), two.get("content")
            if not isinstance(left, dict) or not isinstance(right, dict):
                told = told and not left and not right
                continue
            media = next((m for m in right if m in left), None)
            told = (
                media is not None
                and self._schema(
                    "", schemas.schema_of(left[media]), schemas.schema_of(right[media]), parts, sent=True, depth=0
                )
                and told
            )
        return told and bool(pairs)

    def _schema(self, owner: str, before: Any, after: Any, parts: list[Part], *, sent: bool, depth: int) -> bool:
        """Note the fields that differ; whether everything could be compared."""
        if depth > schemas.DEEPEST:
            return False
        old, given = schemas.plain(self.base, before)
        new, own = schemas.plain(self.head, after)
        if given is not None and given == own and given in self._same:
            return True
        if not old and not new:
            return True
        if not old or not new or UNKNOWN in old or UNKNOWN in new or CONDITIONAL in old or CONDITIONAL in new:
            return False
        if given is None or own is None:
            return self._inside(own or owner, old, new, parts, sent=sent, depth=depth)
        key = given, own, sent
        if key not in self._fields:
            # A schema that contains itself is being compared already.
            self._fields[key] = (), True
            found: list[Part] = []
            told = self._inside(own, old, new, found, sent=sent, depth=depth)
            self._fields[key] = tuple(found), told
        found_, told = self._fields[key]
        parts.extend(found_)
        return told

    def _inside(
        self, owner: str, old: dict[str, Any], new: dict[str, Any], parts: list[Part], *, sent: bool, depth: int
    ) -> bool:
        left, right = schemas.properties(self.base, old), schemas.properties(self.head, new)
        if "items" in old and "items" in new:
            return self._schema(owner, old["items"], new["items"], parts, sent=sent, depth=depth + 1)
        if left is None or right is None:
            return False
        if not left or not right:
            return not left and not right and schemas.kinds(self.base, old) == schemas.kinds(self.head, new)
        needed = schemas.required(self.base, old), schemas.required(self.head, new)
        told = True
        loose = bool(new.get("additionalProperties")) or bool(old.get("additionalProperties"))
        for wire in dict.fromkeys([*left, *right]):
            one, two = left.get(wire), right.get(wire)
            if any(isinstance(p, dict) and (UNKNOWN in p or CONDITIONAL in p) for p in (one, two)):
                told = False
                continue
            kinds = schemas.kinds(self.base, one), schemas.kinds(self.head, two)
            both = (wire in needed[0], wire in needed[1])
            if one is None or two is None or both[0] != both[1] or kinds[0] != kinds[1]:
                if loose and (one is None or two is None):
                    told = False
                    continue
                at = two.get(ORIGIN) if isinstance(two, dict) and ORIGIN in two else new.get(ORIGIN)
                parts.append(Part(sent, owner, wire, one, two, both, kinds, at))
            if one is not None and two is not None:
                told = self._schema(owner, one, two, parts, sent=sent, depth=depth + 1) and told
        return told


def _distinct(parts: list[Part]) -> tuple[Part, ...]:
    return tuple({(p.sent, p.owner, p.wire, p.origin): p for p in parts}.values())


def _needed(body: Any) -> bool:
    return isinstance(body, dict) and body.get("required") is True


def _same(base: Document, head: Document) -> frozenset[str]:
    """The named schemas that are the same on both sides with everything that they refer to, origins aside."""
    old, new = _named(without_origins(base)), _named(without_origins(head))
    differ = {name for name in {*old, *new} if old.get(name) != new.get(name) or _unknown(new[name])}
    users: dict[str, list[str]] = {}
    for name, schema in new.items():
        for target in _references(schema):
            users.setdefault(target, []).append(name)
    stack = list(differ)
    while stack:
        for user in users.get(stack.pop(), ()):
            if user not in differ:
                differ.add(user)
                stack.append(user)
    return frozenset(set(new) - differ)


def _unknown(schema: Any) -> bool:
    return any(UNKNOWN in item for item in _objects(schema))


def _named(document: Document) -> dict[str, Any]:
    components = document.get("components")
    found = components.get("schemas") if isinstance(components, dict) else None
    return found if isinstance(found, dict) else {}


def _references(node: Any) -> Iterator[str]:
    for item in _objects(node):
        if isinstance(item.get("$ref"), str):
            yield item["$ref"].rpartition("/")[2]


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
