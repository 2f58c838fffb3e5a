"""Parameters of an operation on both sides: which is which, what came and went, and how each of them differs.

oasdiff compares what an operation declares itself, and apart from it what its path item declares for all operations.
Byte compares the parameters that a request has in effect; where the two see the same thing, it is told once.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from byte.compare.changes import Change
from byte.compare.document import Node
from byte.compare.protocol.lifecycle import parameter_lifecycle, parameter_removed, promised
from byte.compare.protocol.parameter_schemas import parameter_changes
from byte.compare.protocol.requests import Repeated, asked, sample, shown
from byte.compare.protocol.spot import Spot
from byte.compare.protocol.view import Operation, Parameter, flag
from byte.compare.protocol.view import parameters as declared
from byte.compare.schemas.structure import Sides

Names = Mapping[str, str]
"""What base's path parameters are called in the revision, where the two paths call them something else."""


class Matched(msgspec.Struct, frozen=True):
    """Parameters of two lists: pairs, and those on one side only."""

    pairs: tuple[tuple[Parameter, Parameter], ...]
    deleted: tuple[Parameter, ...]
    added: tuple[Parameter, ...]


# --- which is which ----------------------------------------------------------------------------


def matched(sides: Sides, base: Sequence[Parameter], revision: Sequence[Parameter], names: Names) -> Matched:
    """Which parameter is which: by place and name, or the property of an object that is written as parameters."""
    spread: dict[tuple[str, str], tuple[Parameter, Parameter]] = {}
    pairs: list[tuple[Parameter, Parameter]] = []
    used: tuple[set[int], set[int]] = (set(), set())
    for simple, object_, ahead in _spread(sides, base, revision, used):
        # Where a name is a parameter and a property on both sides, the last pair is the one that oasdiff keeps.
        spread[simple.place, simple.name] = (simple, object_) if ahead else (object_, simple)
    deleted = []
    known = _Known(sides, revision, names)
    for i, one in enumerate(base):
        if i in used[0]:
            continue
        j = known.place(one)
        if j is None or j in used[1]:
            deleted.append(one)
        else:
            pairs.append((one, revision[j]))
            used[1].add(j)
    pairs = [*spread.values(), *pairs]
    return Matched(tuple(pairs), tuple(deleted), tuple(two for j, two in enumerate(revision) if j not in used[1]))


class _Known:
    """The parameters of the revision by what they can be found by: their own name, or that of a property."""

    def __init__(self, sides: Sides, revision: Sequence[Parameter], names: Names) -> None:
        self._sides = sides
        self._names = names
        self._all: dict[tuple[str, str], int] = {}
        self._simple: dict[tuple[str, str], int] = {}
        self._parts: dict[tuple[str, str], int] = {}
        for j, two in enumerate(revision):
            self._all.setdefault((two.place, two.name), j)
            properties = _properties(sides, two, base=False)
            if not properties:
                self._simple.setdefault((two.place, two.name), j)
            for name in properties:
                self._parts.setdefault((two.place, name), j)

    def place(self, one: Parameter) -> int | None:
        """Where the first stands that a parameter of base may be: one of its name, an object that has it, or a part."""
        if one.place == "path":
            return self._all.get(("path", self._names.get(one.name, "") if self._names else one.name))
        key = (one.place, one.name)
        found = [self._all.get(key), self._parts.get(key)]
        found += [self._simple.get((one.place, name)) for name in _properties(self._sides, one, base=True)]
        return min((j for j in found if j is not None), default=None)


def _spread(
    sides: Sides, base: Sequence[Parameter], revision: Sequence[Parameter], used: tuple[set[int], set[int]]
) -> Iterator[tuple[Parameter, Parameter, bool]]:
    """Parameters that became properties of an object which is spread over the query, and the reverse.

    The object's property stands for the parameter; `True` where the object is the revision's.
    """
    for ahead in (True, False):
        simple, objects = (base, revision) if ahead else (revision, base)
        mine, theirs = used if ahead else (used[1], used[0])
        named: dict[tuple[str, str], list[int]] = {}
        for i, one in enumerate(simple):
            if not _properties(sides, one, base=ahead):
                named.setdefault((one.place, one.name), []).append(i)
        for j, whole in enumerate(objects):
            properties = _properties(sides, whole, base=not ahead)
            if j in theirs or not properties or whole.place not in ("query", "cookie"):
                continue
            found = sorted(i for name in properties for i in named.pop((whole.place, name), ()) if i not in mine)
            for i in found:
                mine.add(i)
                part = msgspec.structs.replace(whole, name=simple[i].name, schema=properties[simple[i].name])
                yield simple[i], part, ahead
            if found:
                theirs.add(j)


def _properties(sides: Sides, parameter: Parameter, *, base: bool) -> Mapping[str, Node]:
    """The properties of an object that is written as parameters of their own: `form`, and `explode` said aloud."""
    if parameter.schema is None or parameter.node.value.get("explode") is not True or parameter.style != "form":
        return {}
    schema = sides.view(sides.base if base else sides.revision, parameter.schema)
    return schema.map("properties") if schema.types == ("object",) else {}


# --- what differs ------------------------------------------------------------------------------


def parameters(spot: Spot, base: Operation, revision: Operation, names: Names) -> Iterator[Change]:
    """What differs in the parameters that an operation declares, and in those that it takes from its path item."""
    if not names and _alike(spot, base.node, revision.node) and _alike(spot, base.item, revision.item):
        return
    one, two = base.own_parameters, revision.own_parameters
    before, after = base.effective_parameters, revision.effective_parameters
    own = matched(spot.pair.sides, one, two, names)
    there, here = revision.hidden_parameters, base.hidden_parameters
    told: set[tuple[str, str]] = set()
    parts = _parts(before), _parts(after)
    for a, b in own.pairs:
        found = _differs(spot, base, revision, a, b)
        if a.schema is not None and any(_stays(p, parts[k], before, after) for k, p in enumerate((a, b))):
            yield from (msgspec.structs.replace(c, root=None, level="info", counterexample=None) for c in found)
        else:
            told.add(a.key)
            yield from found
    # Where a list names one twice, oasdiff looks at the first.
    first = {(p.place, p.name): p for p in reversed(one)}
    for parameter in own.deleted:
        gone = first[parameter.place, parameter.name]
        change = parameter_removed(spot, gone, named(gone))
        other = after.get(_key(parameter, names))
        if other is None:
            told.add(parameter.key)
            yield msgspec.structs.replace(change, undecided=change.undecided or there)
        else:
            yield _moved(change, other)
    keys = {_key(p, names) for p in before.values()}
    # oasdiff looks the parameter up by its name alone.
    by_name = {p.name: p for p in reversed(two)}
    for parameter in own.added:
        known = parameter.key in keys
        new = _new(spot, base, parameter, by_name[parameter.name], known=known)
        yield msgspec.structs.replace(new, undecided="" if known else here)
    yield from _shared(spot, base, revision, names, told)


def _alike(spot: Spot, base: Node, revision: Node) -> bool:
    """Whether two holders declare the same parameters."""
    return spot.pair.same.same(base.value.get("parameters"), revision.value.get("parameters"))


_Effective = Mapping[tuple[str, str], Parameter]


def _parts(here: _Effective) -> Mapping[str, set[str]]:
    """What the parameters of a place are called: several, where they are properties of one object."""
    out: dict[str, set[str]] = {}
    for parameter in here.values():
        out.setdefault(parameter.node.pointer, set()).add(parameter.name)
    return out


def _stays(part: Parameter, parts: Mapping[str, set[str]], before: _Effective, after: _Effective) -> bool:
    """Whether a property that was taken for a parameter is one beside a parameter of its name on both sides."""
    is_part = bool(parts.get(part.node.pointer, set()) - {part.name})
    return is_part and part.key in before and part.key in after


def _key(parameter: Parameter, names: Names) -> tuple[str, str]:
    """What a parameter of base is known by in the revision."""
    place, name = parameter.key
    return (place, names.get(name, name)) if place == "path" else (place, name)


def _moved(change: Change, other: Parameter) -> Change:
    """Only the declaration is elsewhere, or the name of a header in another case."""
    how = "is declared in another place" if change.base != other.node.pointer else f"is written `{other.name}`"
    return msgspec.structs.replace(
        change,
        level="info",
        counterexample=None,
        undecided="",
        revision=other.node.pointer,
        message=f"the {change.location} {how}: requests are the same",
    )


def _new(spot: Spot, base: Operation, parameter: Parameter, first: Parameter, *, known: bool) -> Change:
    what = named(parameter)
    if parameter.place == "path":
        id = "new-request-path-parameter"
    else:
        id = f"new-{'required' if flag(first.node, 'required') else 'optional'}-request-parameter"
    required = parameter.required and parameter.place != "path"
    level = spot.level("new-required-request-parameter" if required else "new-optional-request-parameter")
    kind = "" if parameter.place == "path" else "required " if required else "optional "
    return spot.change(
        id,
        f"the {what} is declared here now: requests are the same" if known else f"the {kind}{what} was added",
        at=what,
        revision=parameter.node,
        direction="request",
        level="info" if known else level if parameter.place != "path" else None,
        counterexample=asked(base, without=parameter),
    )


def _shared(
    spot: Spot, base: Operation, revision: Operation, names: Names, told: set[tuple[str, str]]
) -> Iterator[Change]:
    """What differs in effect, and is not in what the operation declares on both sides: oasdiff is silent there."""
    quiet = msgspec.structs.replace(spot, listed=False)
    after = revision.effective_parameters
    own = {p.key for p in base.own_parameters}
    for key, parameter in base.effective_parameters.items():
        other = after.get(_key(parameter, names))
        if key in told:
            continue
        if other is not None:
            yield from _differs(quiet, base, revision, parameter, other)
        elif key not in own:
            change = parameter_removed(quiet, parameter, named(parameter))
            yield msgspec.structs.replace(change, undecided=change.undecided or revision.hidden_parameters)


def shared_added(
    spot: Spot,
    path: str,
    operations: tuple[Mapping[str, Operation], Mapping[str, Operation]],
    items: tuple[Node, Node],
    names: Names,
) -> Iterator[Change]:
    """Parameters that the path item has now: oasdiff tells them of every operation, also of those that had them."""
    pair, (one, two) = spot.pair, operations
    before = declared(pair.base, items[0], shared=True)
    after = declared(pair.revision, items[1], shared=True)
    new = [p for p in matched(pair.sides, before, after, names).added if p.place != "path"]
    if not new:
        return
    keys = {method: {_key(p, names) for p in held.effective_parameters.values()} for method, held in one.items()}
    own = {method: {p.key for p in held.own_parameters} for method, held in two.items()}
    for place in dict.fromkeys(p.place for p in new):
        called = {p.name for p in new if p.place == place}
        for parameter in after:
            if parameter.name in called:
                for method, operation in two.items():
                    known = method not in one or parameter.key in keys[method]
                    overridden = parameter.key in own[method]
                    yield _default(spot.of(method, path), one.get(method), operation, parameter, known, overridden)


def _default(
    spot: Spot, base: Operation | None, revision: Operation, parameter: Parameter, known: bool, overridden: bool
) -> Change:
    what = named(parameter)
    end = "required" if flag(parameter.node, "required") else "optional"
    message = f"the {end} {what} was added for every operation of the path"
    if base is not None and known:
        message = f"the {what} is declared for every operation of the path now: requests are the same"
    return spot.change(
        f"new-{end}-request-default-parameter-to-existing-path",
        message,
        at=what,
        revision=parameter.node,
        direction="request",
        level="info" if known or overridden or not promised(revision.node) else None,
        undecided=base.hidden_parameters if base is not None and not known else "",
        counterexample=asked(base, without=parameter) if base is not None else "",
    )


def _differs(spot: Spot, base: Operation, revision: Operation, one: Parameter, two: Parameter) -> Iterator[Change]:
    """How a parameter on both sides differs."""
    same = spot.pair.same
    if one.name == two.name and same.same(one.node.value, two.node.value):
        return
    what = named(two)
    if one.name != two.name and one.place == "path":
        yield spot.change(
            "request-path-parameter-renamed",
            f"the path parameter `{one.name}` is called `{two.name}`",
            at=what,
            base=one.node,
            revision=two.node,
            direction="request",
            level="info",
        )
    if flag(one.node, "required") != flag(two.node, "required"):
        end = "required" if flag(two.node, "required") else "optional"
        yield spot.change(
            f"request-parameter-became-{end}",
            f"the {what} became {end}",
            at=what,
            base=one.node,
            revision=two.node,
            direction="request",
            level="info" if one.place == "path" else None,
            counterexample=asked(base, without=one),
        )
    yield from parameter_lifecycle(spot, revision.node, one, two, what)
    yield from _serialised(spot, base, one, two, what)
    yield from parameter_changes(spot, base, one, two, what)


def _serialised(spot: Spot, base: Operation, one: Parameter, two: Parameter, what: str) -> Iterator[Change]:
    """How a value is written, by what is in effect."""
    proof = asked(base, also=[(one, _several(spot, one))])

    def change(id: str, message: str) -> Change:
        return spot.change(
            id,
            message,
            at=what,
            base=one.node,
            revision=two.node,
            direction="request",
            counterexample=proof,
        )

    if one.schema is not None and two.schema is not None and _written(spot, one, two):
        before, after = (f"style `{p.style}`, explode {str(p.explode).lower()}" for p in (one, two))
        yield change("request-parameter-style-changed", f"the {what} is written with {after} instead of {before}")
    for key, id in (("allowReserved", "reserved"), ("allowEmptyValue", "empty-value")):
        if flag(one.node, key) != flag(two.node, key):
            end = "disallowed" if flag(one.node, key) else "allowed"
            yield change(f"request-parameter-{id}-{end}", f"the {what}: `{key}` is {str(flag(two.node, key)).lower()}")


def _several(spot: Spot, parameter: Parameter) -> Any:
    """A value of a parameter that shows how it is written: two elements of a list, one property of an object."""
    sides = spot.pair.sides
    one = sample(sides.base, parameter.schema)
    if parameter.schema is None or "array" not in sides.view(sides.base, parameter.schema).types:
        return one
    return Repeated((one, one)) if parameter.explode else ",".join((shown(one), shown(one)))


def _written(spot: Spot, one: Parameter, two: Parameter) -> bool:
    """Whether the style shows: values that are neither lists nor objects look the same in most of them."""
    if (one.style, one.explode) == (two.style, two.explode):
        return False
    if one.style != two.style and {one.style, two.style} & {"matrix", "label"}:
        return True
    return not (_plain(spot, one, base=True) and _plain(spot, two, base=False))


def _plain(spot: Spot, parameter: Parameter, *, base: bool) -> bool:
    sides = spot.pair.sides
    if parameter.schema is None:
        return False
    types = sides.view(sides.base if base else sides.revision, parameter.schema).types
    return bool(types) and not {"array", "object"} & set(types)


def named(parameter: Parameter) -> str:
    """A parameter for people: "query parameter `limit`"."""
    return f"{parameter.place} parameter `{parameter.name}`"
