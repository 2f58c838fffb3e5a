"""Schemas of parameters and of response headers: what oasdiff's checks say of them, and whatever else differs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from byte.compare.changes import Change
from byte.compare.document import Node
from byte.compare.protocol.ids import kebab
from byte.compare.protocol.requests import asked, sample
from byte.compare.protocol.spot import Spot
from byte.compare.protocol.view import Operation, Parameter, child, entries, flag, schema_of
from byte.compare.protocol.wire import Decision, decision, repeated_list
from byte.compare.schemas import transitions, types, walk
from byte.compare.schemas.findings import several, shown
from byte.compare.schemas.structure import SchemaDiff, Sides
from byte.compare.schemas.view import ANNOTATIONS, KNOWN

_Kind = transitions.Kind
_UNSEEN: Final = frozenset({"default", "x-extensible-enum"})
"""Keywords that do not decide what is valid."""
_TEXT: Final = "its values are text on the wire, and their type changed"
_Raises = Literal["increased", "decreased"]


class _At(msgspec.Struct, frozen=True):
    """A parameter or header whose schemas differ, and the place within them that is looked at.

    `ids` is how ids start there ("request-parameter-property"), `what` the place for people, `by` who decides about
    it. `proof` is a request that base answers, for what inclusion does not decide.
    """

    spot: Spot
    diff: SchemaDiff
    ids: str
    what: str
    at: str
    by: Decision
    proof: str = ""

    @property
    def sides(self) -> Sides:
        return self.spot.pair.sides

    def change(
        self, id: str, message: str, keywords: tuple[str, ...], name: str | None = None, *, listed: bool = True
    ) -> Change:
        base = self.diff.base.pointer if self.diff.base is not None else ""
        revision = self.diff.revision.pointer if self.diff.revision is not None else ""
        one, two = (Node(None, pointer) for pointer in (base, revision))
        if self.by.root is not None:
            return self.spot.inside(
                id,
                message,
                self.by.root,
                at=self.at,
                base=one,
                revision=two,
                keywords=keywords,
                name=name,
                listed=listed,
            )
        direction: Literal["request", "response"] = "request" if self.ids.startswith("request") else "response"
        return self.spot.change(
            id,
            message,
            at=self.at,
            base=one,
            revision=two,
            direction=direction,
            counterexample=self.proof,
            level="warning" if _UNSEEN.issuperset(keywords) else self.by.level,
            undecided="" if listed or self.by.level is not None else _TEXT,
            listed=listed,
            keywords=keywords,
        )

    def claimed(self, kind: _Kind, reports: str = "") -> bool:
        return transitions.claimed(self.sides, self.diff, kind, reports)


# --- parameters --------------------------------------------------------------------------------


def parameter_changes(spot: Spot, operation: Operation, one: Parameter, two: Parameter, what: str) -> Iterator[Change]:
    """What differs in the schemas, or the contents, of a parameter that is on both sides."""
    if one.schema is not None and two.schema is not None:
        diff = spot.pair.sides.difference(one.schema, two.schema)
        if diff is not None and diff.both:
            root = spot.root(one.schema, two.schema, "request", what)
            by = decision(spot.pair.sides, diff, root, two, mirrored=spot.mirrored)
            proof = asked(operation, also=[(one, sample(operation.side, one.schema))])
            at = _At(spot, diff, "request-parameter", f"the {what}", what, by, proof)
            yield from _parameter(at, one, two)
            yield from _asking(at, one.schema, two.schema)
    elif one.schema is None and two.schema is None:
        yield from _contents(spot, "request", what, one.node, two.node)
    elif child(spot.pair.base, one.node, "content") or child(spot.pair.revision, two.node, "content"):
        proof = asked(operation, also=[(one, sample(operation.side, one.schema))])
        yield spot.change(
            "request-parameter-content-changed",
            f"the {what} is written with {'`content`' if one.schema is not None else '`schema`'} now",
            at=what,
            base=one.node,
            revision=two.node,
            direction="request",
            counterexample=proof,
        )
    else:
        yield _one_sided(spot, "request", what, one.node, two.node, given=two.schema is not None)


def _one_sided(
    spot: Spot, direction: Literal["request", "response"], what: str, base: Node, revision: Node, *, given: bool
) -> Change:
    """A schema where there was none, or none any more: who receives it may take less then."""
    end = "added" if given else "removed"
    narrows = given == (spot.flow(direction) == "request")
    return spot.change(
        f"{'request-parameter' if direction == 'request' else 'response-header'}-schema-{end}",
        f"the schema of the {what} was {end}",
        at=what,
        base=base,
        revision=revision,
        direction=direction,
        level="warning" if narrows else "info",
    )


def _parameter(at: _At, one: Parameter, two: Parameter) -> Iterator[Change]:
    diff = at.diff
    told: list[Change] = []
    told += _enum(at)
    told += _nullable(at)
    told += _lists(at)
    told += _pattern(at)
    told += _type(at, two)
    told += _default(at, one, two)
    told += _bounds(at)
    told += _extensible(at)
    if one.place == "header":
        told += _header_object(at)
    yield from told
    yield from _rest(at, told)
    for place in walk.modified(diff):
        inner = _At(
            at.spot,
            place.diff,
            "request-parameter-property",
            f"`{place.path}` in {at.what}",
            f"{at.at} → {place.path.replace('/', ' → ')}",
            at.by,
            at.proof,
        )
        found = [*_property(inner)]
        if one.place == "header":
            found += _header_property(inner)
        yield from found
        yield from _rest(inner, found)
    if one.place == "header":
        yield from _header_added(at)


def _property(at: _At) -> Iterator[Change]:
    yield from _enum_values(at)
    yield from _nullable(at)
    yield from _lists(at)
    if at.diff.types is not None or at.diff.value("format") is not None:
        strong, weak = (_type_breaks(at.diff, strongly) for strongly in (True, False))
        end = "changed" if strong != weak else "specialized" if strong else "generalized"
        if not at.claimed("type"):
            yield _type_change(at, f"type-{end}")


def _type_breaks(diff: SchemaDiff, strongly: bool) -> bool:
    return types.breaking(diff.types, diff.value("format"), strongly, diff.revision.types if diff.revision else ())


def _type_change(at: _At, end: str, *beside: str) -> Change:
    diff = at.diff
    dimension = types.dimension(diff)
    message = f"the {dimension} of {at.what} {types.became(diff.base, diff.revision, dimension)}"
    return at.change(f"{at.ids}-{end}", message, ("type", "format", *beside))


def _enum(at: _At) -> Iterator[Change]:
    if at.diff.enum is not None and at.diff.base is not None and at.diff.base.enum is None and not at.claimed("values"):
        yield at.change(f"{at.ids}-became-enum", f"{at.what} was restricted to a list of values", ("enum",))
    yield from _enum_values(at)


def _enum_values(at: _At) -> Iterator[Change]:
    if at.diff.enum is None or at.claimed("values"):
        return
    root = at.by.root
    harmless = "removed" if root is not None and root.direction == "response" else "added"
    for end, values in (("removed", at.diff.enum.deleted), ("added", at.diff.enum.added)):
        # What only widens is told apart, so that it takes no blame for what narrows beside it.
        here = msgspec.structs.replace(at, by=Decision(None, "info")) if end == harmless else at
        message = several(f"{at.what}: enum value", values, end)
        for _ in values:
            yield here.change(f"{at.ids}-enum-value-{end}", message, ("enum", "const"))


def _nullable(at: _At) -> Iterator[Change]:
    found = transitions.nullability(at.sides, at.diff)
    if found is not None and not at.claimed("requiredness", "nullability"):
        message = f"{at.what} became {found.replace('-', ' ')}"
        yield at.change(f"{at.ids}-became-{found}", message, ("nullable", "type", "oneOf", "anyOf"))


def _lists(at: _At) -> Iterator[Change]:
    found = transitions.list_of_types(at.sides, at.diff)
    if found is not None and not at.claimed("type", "list-of-types"):
        end, names = ("narrowed", found.deleted) if found.deleted else ("widened", found.added)
        message = f"the types of {at.what} were {end} by {', '.join(f'`{name}`' for name in names)}"
        yield at.change(f"{at.ids}-list-of-types-{end}", message, ("type", "oneOf", "anyOf"))


def _pattern(at: _At) -> Iterator[Change]:
    found = at.diff.value("pattern")
    if found is None or at.claimed("constraints"):
        return
    before, after = found.base, found.revision
    if not before:
        end, message = "added", f"{at.what} must match `{after}` now"
    elif not after:
        end, message = "removed", f"{at.what} need not match `{before}` any more"
    else:
        end = "generalized" if after == ".*" else "changed"
        message = f"the pattern of {at.what} changed from `{before}` to `{after}`"
    yield at.change(f"{at.ids}-pattern-{end}", message, ("pattern",))


def _type(at: _At, two: Parameter) -> Iterator[Change]:
    diff = at.diff
    if (diff.types is None and diff.value("format") is None) or at.claimed("type"):
        return
    if _type_breaks(diff, False) and repeated_list(two, diff, at.sides):
        yield _type_change(at, "type-generalized", "items")
    else:
        yield _type_change(at, "type-changed" if _type_breaks(diff, False) else "type-generalized")


def _default(at: _At, one: Parameter, two: Parameter) -> Iterator[Change]:
    found = at.diff.value("default")
    if found is None or flag(one.node, "required") or flag(two.node, "required"):
        return
    if found.base is None:
        end, message = "added", f"{at.what} got the default `{shown(found.revision)}`"
    elif found.revision is None:
        end, message = "removed", f"{at.what} lost the default `{shown(found.base)}`"
    else:
        end = "changed"
        message = f"the default of {at.what} changed from `{shown(found.base)}` to `{shown(found.revision)}`"
    yield at.change(f"{at.ids}-default-value-{end}", message, ("default",))


_BOUNDS: Final[Mapping[str, tuple[str, _Raises]]] = {
    "maximum": ("max", "increased"),
    "exclusiveMaximum": ("exclusive-max", "increased"),
    "minimum": ("min", "decreased"),
    "exclusiveMinimum": ("exclusive-min", "decreased"),
    "maxLength": ("max-length", "increased"),
    "minLength": ("min-length", "increased"),
    "maxItems": ("max-items", "decreased"),
    "minItems": ("min-items", "decreased"),
}
"""How each bound is called in ids, and what a change is called that is neither an increase nor a decrease."""


def _bounds(at: _At) -> Iterator[Change]:
    for keyword, (name, otherwise) in _BOUNDS.items():
        found = at.diff.value(keyword)
        if found is None and keyword == "maxItems" and "items" in at.diff.ones:
            # A place where oasdiff looks too, for the sake of older versions.
            found = at.diff.ones["items"].value(keyword)
        if found is None or (found.base is None and found.revision is None):
            continue
        if found.base is None:
            yield at.change(f"{at.ids}-{name}-set", f"`{keyword}` of {at.what} was set to {found.revision}", (keyword,))
        elif found.revision is None:
            yield at.change(f"{at.ids}-{name}-removed", f"`{keyword}` of {at.what} was removed", (keyword,))
        else:
            end = _direction(found.base, found.revision) or otherwise
            message = f"`{keyword}` of {at.what} was {end} from {found.base} to {found.revision}"
            yield at.change(f"{at.ids}-{name}-{end}", message, (keyword,))


def _direction(before: Any, after: Any) -> str | None:
    if isinstance(before, bool) or isinstance(after, bool) or before == after:
        return None
    return "increased" if after > before else "decreased"


def _extensible(at: _At) -> Iterator[Change]:
    found = at.diff.value("x-extensible-enum")
    if found is None or not isinstance(found.base, list) or not isinstance(found.revision, list):
        return
    for value in found.base:
        if value not in found.revision:
            message = f"the value `{shown(value)}` was removed from `x-extensible-enum` of {at.what}"
            yield at.change(f"{at.ids}-x-extensible-enum-value-removed", message, ("x-extensible-enum",))


# --- headers of requests that are objects ------------------------------------------------------

_HEADER: Final = "request-header-property"


def _header_object(at: _At) -> Iterator[Change]:
    """What oasdiff says of the schema of a header as a whole."""
    base, revision = at.diff.base, at.diff.revision
    if at.diff.enum is not None and base is not None and base.enum is None:
        yield at.change(f"{_HEADER}-became-enum", f"{at.what} was restricted to a list of values", ("enum",))
    if base is None or revision is None:
        return
    before = base.map("properties")
    for name in _writable(at.sides, at.diff):
        if name in before:
            yield _required(at, name)


def _header_property(at: _At) -> Iterator[Change]:
    base = at.diff.base
    if at.diff.enum is not None and base is not None and base.enum is None:
        yield at.change(f"{_HEADER}-became-enum", f"{at.what} was restricted to a list of values", ("enum",))
    for name in _writable(at.sides, at.diff):
        yield _required(at, name)


def _required(at: _At, name: str) -> Change:
    return at.change(
        f"{_HEADER}-became-required", f"the property `{name}` of {at.what} became required", ("required",), name
    )


def _writable(sides: Sides, diff: SchemaDiff) -> Iterator[str]:
    """Properties that became required, and that a client sends."""
    if diff.required is None or diff.revision is None:
        return
    held = diff.revision.map("properties")
    for name in diff.required.added:
        if name in held and not sides.view(sides.revision, held[name]).read("readOnly"):
            yield name


def _header_added(at: _At) -> Iterator[Change]:
    for moved in walk.added(at.diff):
        schema = at.sides.view(at.sides.revision, moved.node)
        parent = moved.parent
        if parent.revision is not None and moved.name in parent.revision.required and not schema.read("readOnly"):
            inner = msgspec.structs.replace(at, diff=parent)
            message = f"the required property `{moved.path}` was added to {at.what}"
            yield inner.change("new-required-request-header-property", message, ("required", "properties"), moved.name)


# --- headers of responses ----------------------------------------------------------------------


def header_changes(spot: Spot, at: str, what: str, base: Node, revision: Node) -> Iterator[Change]:
    """What differs in the schemas, or the contents, of a response header that is on both sides."""
    one, two = schema_of(base), schema_of(revision)
    if one is None and two is None:
        yield from _contents(spot, "response", at, base, revision)
        return
    if one is None or two is None:
        yield _one_sided(spot, "response", at, base, revision, given=two is not None)
        return
    diff = spot.pair.sides.difference(one, two)
    if diff is None:
        return
    root = spot.root(one, two, "response", at)
    by = decision(spot.pair.sides, diff, root, None, mirrored=not spot.mirrored)
    place = _At(spot, diff, "response-header", f"the {what}", at, by, f"{spot.request} ({what})")
    told = [*_nullable_header(place)]
    if (diff.types is not None or diff.value("format") is not None) and not place.claimed("type"):
        told.append(_type_change(place, f"type-{_answered(diff)}"))
    yield from told
    yield from _rest(place, told)
    yield from _asking(place, one, two)
    for inner in walk.modified(diff):
        yield from _rest(
            msgspec.structs.replace(
                place,
                diff=inner.diff,
                ids="response-header-property",
                what=f"`{inner.path}` in the {what}",
                at=f"{at} → {inner.path.replace('/', ' → ')}",
            ),
            [],
        )


def _nullable_header(at: _At) -> Iterator[Change]:
    found = transitions.nullability(at.sides, at.diff)
    if found is not None:
        message = f"{at.what} became {found.replace('-', ' ')}"
        yield at.change(f"{at.ids}-became-{found}", message, ("nullable", "type", "oneOf", "anyOf"))


def _answered(diff: SchemaDiff) -> str:
    """How the type of something that is answered as text changed."""
    if types.response_breaking(diff, False):
        return "generalized" if types.widened(diff) else "changed"
    both = diff.base is not None and diff.revision is not None and diff.base.types and diff.revision.types
    return "compatible" if diff.types is not None and both and not types.narrowed(diff) else "specialized"


# --- what is left ------------------------------------------------------------------------------


def _contents(
    spot: Spot, direction: Literal["request", "response"], what: str, one: Node, two: Node
) -> Iterator[Change]:
    """A parameter or header that is written as a media type: inclusion decides about its schema."""
    ids = "request-parameter" if direction == "request" else "response-header"
    before = dict(entries(spot.pair.base, child(spot.pair.base, one, "content")))
    after = dict(entries(spot.pair.revision, child(spot.pair.revision, two, "content")))
    if before.keys() != after.keys():
        message = f"the media type of the {what} changed from {_names(before)} to {_names(after)}"
        yield spot.change(
            f"{ids}-content-changed", message, at=what, base=one, revision=two, direction=direction,
            counterexample=f"{spot.request} ({what} as {_names(before)})",
        )  # fmt: skip
    for name in (name for name in before if name in after):
        base, revision = schema_of(before[name]), schema_of(after[name])
        diff = spot.pair.sides.difference(base, revision)
        if base is None or revision is None or diff is None:
            continue
        root = spot.root(base, revision, direction, f"{what} ({name})")
        place = _At(spot, diff, f"{ids}-content", f"the {what}", what, Decision(root))
        yield from _rest(place, [])
        yield from _asking(place, base, revision)
        for inner in walk.modified(diff):
            at = f"{what} → {inner.path.replace('/', ' → ')}"
            yield from _rest(
                msgspec.structs.replace(place, diff=inner.diff, at=at, what=f"`{inner.path}` in {what}"), []
            )


def _asking(at: _At, base: Node, revision: Node) -> Iterator[Change]:
    return iter(()) if at.by.root is None else at.spot.asking(at.by.root, base, revision)


def _names(held: Mapping[str, Node]) -> str:
    return ", ".join(f"`{name}`" for name in held) or "none"


def _rest(at: _At, told: Sequence[Change]) -> Iterator[Change]:
    """A change for every keyword that differs and that no check has told."""
    known = {keyword for change in told for keyword in change.keywords}
    for keyword in _differing(at.diff):
        if keyword not in known:
            message = f"`{keyword}` of {at.what} changed"
            yield at.change(f"{at.ids}-{kebab(keyword)}-changed", message, (keyword,), listed=False)


def _differing(diff: SchemaDiff) -> list[str]:
    """The keywords that decide what is valid, and that are not the same in the two schemas themselves."""
    if not diff.both or diff.circular:
        return []
    out = [key for key in diff.values if key in KNOWN and key not in ANNOTATIONS and key != "deprecated"]
    sets = (("type", diff.types), ("enum", diff.enum), ("required", diff.required))
    out += [key for key, found in sets if found is not None]
    out += ["dependentRequired"] if diff.dependent_required is not None else []
    out += [key for key, held in diff.maps.items() if held.added or held.deleted]
    out += [key for key, listed in diff.lists.items() if listed.added or listed.deleted]
    out += [key for key, inner in diff.ones.items() if not inner.both or inner.circular]
    return list(dict.fromkeys(out))
