"""What is to be said of one place where two schemas differ: oasdiff's findings, and Byte's own where oasdiff is silent.

Most of the 300 ids are products: request or response, the body or a property of it, a keyword, and what became of it.
So an id is put together from these, and is oasdiff's where oasdiff has it (and does not keep silent for a reason).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from byte.compare.document import Node
from byte.compare.schemas import transitions, types
from byte.compare.schemas.findings import WORDS, At, Family, Finding, Where, became, several, shown
from byte.compare.schemas.keywords import Values
from byte.compare.schemas.structure import ListDiff, SchemaDiff, Sides
from byte.compare.schemas.transitions import Kind
from byte.compare.schemas.view import ANNOTATIONS, KNOWN, ONES, SWITCHES, Schema
from byte.model.contract import UNKNOWN

SILENT: Final = frozenset(
    {*ANNOTATIONS, "xml", "deprecated", "allowEmptyValue", "readOnly", "writeOnly", "$id", "$anchor", "$schema"}
) | {"$dynamicAnchor", "$defs"}
"""Keywords that are no news by themselves, or are looked at elsewhere (`lifecycle`)."""
_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minContains", "minProperties")
_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxContains", "maxProperties")
BOUNDS: Final = (*_LOWER, *_UPPER)
"""Keywords that limit a number, a length or a count."""
_EXACT: Final = frozenset({"minContains", "maxContains"})
"""Bounds that oasdiff compares alike in both directions, whether the property is hidden or not."""
_ONES: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(("contains", "propertyNames", "if", "then", "else"), "structure"),
    **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties"), "structure"),
    "contentSchema": "existence",
}
SINGLE: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(("default", "const"), "values"),
    **dict.fromkeys(("contentMediaType", "contentEncoding"), "type"),
    "pattern": "constraints",
}
"""Keywords whose value is there, or not, or another."""


def findings(sides: Sides, diff: SchemaDiff, family: Family, where: Where, *, strongly: bool) -> "tuple[Finding, ...]":
    """All that is to be said of one place; what only echoes another finding is left out."""
    if diff.base is None or diff.revision is None:
        return ()
    at = At(
        sides=sides, diff=diff, base=diff.base, revision=diff.revision, family=family, where=where, strongly=strongly
    )
    if (UNKNOWN in at.base.value) is not (UNKNOWN in at.revision.value):
        return (_unknown(at),)
    found = [finding for check in _CHECKS for finding in check(at)]
    covered = {keyword for finding in found for keyword in finding.keywords}
    found.extend(finding for finding in _rest(at) if covered.isdisjoint(finding.keywords))
    told = [finding for finding in found if not _echoes(at, finding)]
    told = told or [msgspec.structs.replace(finding, listed=False) for finding in found]
    causes = {keyword for finding in told if not finding.eases for keyword in finding.keywords}
    return tuple(
        msgspec.structs.replace(finding, keywords=())
        if finding.eases and not causes.isdisjoint(finding.keywords)
        else finding
        for finding in told
    )


def _unknown(at: At) -> Finding:
    """What is known on one side only cannot be said to have come or gone."""
    side = "base" if UNKNOWN in at.base.value else "revision"
    why = f"it could not be read on the {side} side"
    return at.found(
        f"{at.family}-{at.where}-unknown", "is not known on both sides", "x-unknown", listed=False, undecided=why
    )


def _echoes(at: At, finding: Finding) -> bool:
    """Whether another finding explains this one."""
    if finding.kind is None or finding.by_top:
        return False
    return transitions.claimed(at.sides, at.diff, finding.kind, finding.reports)


# --- values ------------------------------------------------------------------------------------


def _bounds(at: At) -> Iterator[Finding]:
    for keyword in BOUNDS:
        values = at.diff.values.get(keyword)
        if values is not None:
            yield _bound(at, keyword, values)


def _bound(at: At, keyword: str, values: Values) -> Finding:
    word = WORDS[keyword]
    step = _step(values)
    if step == "changed" and at.family == "request":
        # A bound that is a number on one side and a switch on the other: what is not tighter counts as looser.
        step = "decreased" if keyword in _LOWER else "increased"
    text = f"{keyword} {became(step, values)}"
    if step == "removed" and at.family == "response":
        step = "unset"
    if not at.hidden or keyword in _EXACT or (keyword == "minLength" and at.family == "request"):
        return at.found(at.id(word, step), text, keyword, kind="constraints")
    tighter = step == ("increased" if keyword in _LOWER else "decreased")
    if at.family == "request" and step in ("increased", "decreased") and not tighter:
        return at.found(at.id(word, step), text, keyword, kind="constraints")
    id = at.hidden_id(word, step)
    return at.found(id, text, keyword, kind="constraints")


def _step(values: Values) -> str:
    if values.base is None:
        return "set"
    if values.revision is None:
        return "removed"
    if isinstance(values.base, bool) or isinstance(values.revision, bool):
        return "changed"
    return "increased" if values.base < values.revision else "decreased"


def _single(at: At) -> Iterator[Finding]:
    """Keywords with one value that is there, or not, or another."""
    for keyword, kind in SINGLE.items():
        values = at.diff.values.get(keyword)
        if values is None:
            continue
        absent = None if kind == "values" else ""
        step = "added" if values.base == absent else "removed" if values.revision == absent else "changed"
        text = f"{keyword} {became(step, values)}"
        if keyword.startswith("content"):
            step = "changed"
        if keyword == "pattern" and at.family == "request" and step == "changed" and values.revision == ".*":
            step = "generalized"
        yield at.found(at.id(WORDS.get(keyword, keyword), step), text, keyword, kind=kind)


def _types(at: At) -> Iterator[Finding]:
    dimension = types.dimension(at.diff)
    if not dimension:
        return
    text = f"{dimension} {types.became(at.base, at.revision, dimension)}"
    keywords = dimension.split("/")
    if at.family == "request":
        yield at.either("type", _request_step(at), text, *keywords, kind="type")
    else:
        yield at.found(at.id("type", _response_step(at)), text, *keywords, kind="type")


def _request_step(at: At) -> str:
    if types.request_breaking(at.diff, at.strongly):
        return "changed"
    return "compatible" if types.swapped(at.diff) and not types.widened(at.diff) else "generalized"


def _response_step(at: At) -> str:
    if types.response_breaking(at.diff, at.strongly):
        return "generalized" if types.widened(at.diff) else "changed"
    return "compatible" if types.swapped(at.diff) and not types.narrowed(at.diff) else "specialized"


def _type_lists(at: At) -> Iterator[Finding]:
    members = transitions.list_of_types(at.sides, at.diff)
    if members is None:
        return
    step = "narrowed" if members.deleted else "widened"
    if at.family == "response":
        step = "widened" if members.added else "narrowed"
    verbs = ("also accepts", "no longer accepts") if at.family == "request" else ("can also be", "can no longer be")
    told = zip(verbs, (members.added, members.deleted), strict=True)
    text = ", ".join(f"{verb} {' or '.join(names)}" for verb, names in told if names)
    keywords = ("type", "oneOf", "anyOf")
    more: dict[str, Any] = {"kind": "type", "reports": "list-of-types"}
    if at.family == "request":
        yield at.either("list-of-types", step, text, *keywords, **more)
    else:
        yield at.found(at.id("list-of-types", step), text, *keywords, **more)


def _nullability(at: At) -> Iterator[Finding]:
    found = transitions.nullability(at.sides, at.diff)
    if found is None:
        return
    keywords = ["nullable", "type"]
    if transitions.nullable_wrapping(at.sides, at.diff) is not None:
        keywords += ["oneOf", "enum", "const"]
    id, text = at.id("became", found), f"became {found.replace('-', ' ')}"
    yield at.found(id, text, *keywords, kind="requiredness", reports="nullability")


def _enum(at: At) -> Iterator[Finding]:
    members = at.diff.enum
    if members is None:
        return
    request, body = at.family == "request", at.where == "body"
    # Of bodies oasdiff knows only values that went, and never takes them for an echo.
    kind: Kind | None = None if body else "values"
    if at.base.enum is None:
        id = at.id("became", "enum")
        yield at.found(id, "was limited to a list of values", "enum", kind=kind)
    removed = at.hidden_id("enum-value", "removed") if request and at.hidden else at.id("enum-value", "removed")
    if body and not request:
        removed = "response-mediatype-enum-value-removed"
    # oasdiff tells of each value; they have one place, and so one difference that names them all.
    text = several("enum value", members.deleted, "removed")
    if at.revision.enum is None:
        text += "; any value is allowed now"
    for _ in members.deleted:
        yield at.found(removed, text, "enum", kind=kind, eases=not request)
    added = at.hidden_id("enum-value", "added") if not request and at.hidden else at.id("enum-value", "added")
    text = several("enum value", members.added, "added")
    for _ in members.added:
        yield at.found(added, text, "enum", kind="values", eases=request)


def _extensible(at: At) -> Iterator[Finding]:
    values = at.diff.values.get("x-extensible-enum")
    if values is None or at.family == "response" or at.where == "body":
        return
    before, after = (value if isinstance(value, list) else None for value in (values.base, values.revision))
    if before is None or after is None or not all(isinstance(value, str) for value in (*before, *after)):
        return
    gone = [value for value in before if value not in after]
    text = several("x-extensible-enum value", gone, "removed")
    for _ in gone:
        yield at.either("x-extensible-enum-value", "removed", text, "x-extensible-enum", kind="values")


# --- schemas within ----------------------------------------------------------------------------


def _ones(at: At) -> Iterator[Finding]:
    for keyword, kind in _ONES.items():
        inner = at.diff.ones.get(keyword)
        if inner is not None and not inner.both:
            step = "added" if inner.base is None else "removed"
            yield at.found(at.id(WORDS.get(keyword, keyword), step), f"`{keyword}` was {step}", keyword, kind=kind)


def _named(at: At) -> Iterator[Finding]:
    """Schemas by pattern or name, and what a property asks for."""
    kinds: tuple[tuple[str, Kind], ...] = (("patternProperties", "constraints"), ("dependentSchemas", "structure"))
    for keyword, kind in kinds:
        held = at.diff.maps.get(keyword)
        if held is not None:
            for step, names in (("added", held.added), ("removed", held.deleted)):
                text, eases = several(f"{keyword} schema", names, step), at.takes(step == "removed")
                for _ in names:
                    yield at.found(at.id(WORDS[keyword], step), text, keyword, kind=kind, eases=eases)
    wanted = at.diff.dependent_required
    if wanted is not None:
        for step, keys in (("added", wanted.added), ("removed", wanted.deleted), ("changed", wanted.modified)):
            for name in list(keys):
                text = f"what `{name}` asks for in dependentRequired was {step}"
                eases = step != "changed" and at.takes(step == "removed")
                id = at.id("dependent-required", step)
                yield at.found(id, text, "dependentRequired", kind="structure", eases=eases)


def _lists(at: At) -> Iterator[Finding]:
    for keyword, held in at.diff.lists.items():
        for step, alternatives in (("added", held.added), ("removed", held.deleted)):
            named = [alternative.name for alternative in alternatives]
            if keyword == "allOf":
                yield from _all_of(at, held, step)
            elif named:
                yield _list(at, keyword, step, named, "")


def _all_of(at: At, held: ListDiff, step: str) -> Iterator[Finding]:
    """Parts of an `allOf`: those that say nothing about what is valid are told apart."""
    side = at.sides.revision if step == "added" else at.sides.base
    parts = held.added if step == "added" else held.deleted
    said = [(part.name, at.sides.view(side, part.node).says_only()) for part in parts]
    for idle, end in ((False, ""), (True, "-annotation-only")):
        named = [name for name, only in said if only is idle]
        if named:
            yield _list(at, "allOf", step, named, end)


def _list(at: At, keyword: str, step: str, named: list[str], end: str) -> Finding:
    # A property that became a list of objects has no finding of its own but this one.
    wraps = keyword == "oneOf" and step == "added" and at.where == "property"
    text = f"{keyword}: {', '.join(named)} {'was' if len(named) == 1 else 'were'} {step}"
    id = at.id(WORDS[keyword], f"{step}{end}")
    eases = keyword in ("anyOf", "allOf") and at.takes((keyword == "anyOf") is (step == "added"))
    return at.found(id, text, keyword, kind="structure", reports="wrapped" if wraps else "", eases=eases or bool(end))


def _discriminator(at: At) -> Iterator[Finding]:
    found = at.diff.discriminator
    if found is None:
        return

    def one(step: str, text: str) -> Finding:
        return at.found(at.id("discriminator", step), f"discriminator {text}", "discriminator", kind="structure")

    if found.added or found.deleted:
        step = "added" if found.added else "removed"
        yield one(step, f"was {step}")
        return
    if found.property_name is not None:
        names = f"`{shown(found.property_name.base)}` to `{shown(found.property_name.revision)}`"
        yield one("property-name-changed", f"property changed from {names}")
    added = [name for name, values in found.mapping.items() if values.base is None]
    deleted = [name for name, values in found.mapping.items() if values.revision is None]
    for step, names_ in (("added", added), ("deleted", deleted)):
        if names_:
            yield one(f"mapping-{step}", f"mapping of {', '.join(names_)} was {step}")
    for name, values in found.mapping.items():
        if values.base is not None and values.revision is not None:
            yield one("mapping-changed", f"mapping of {name} changed from `{values.base}` to `{values.revision}`")


# --- properties --------------------------------------------------------------------------------


def _wrapped(at: At) -> Iterator[Finding]:
    if at.where == "body" and transitions.moved_properties(at.sides, at.diff):
        id = at.id("wrapped-in", "one-of")
        yield at.found(
            id, "became a list of alternatives (oneOf)", "oneOf", "type", kind="structure", reports="wrapped"
        )


def _required(at: At) -> Iterator[Finding]:
    members = at.diff.required
    if members is None:
        return
    one, two = at.base.map("properties"), at.revision.map("properties")
    for name in members.added:
        yield from _requiredness(at, name, "required", one.get(name), two.get(name))
    for name in members.deleted:
        yield from _requiredness(at, name, "optional", one.get(name), two.get(name))


def _requiredness(at: At, name: str, end: str, before: Node | None, after: Node | None) -> Iterator[Finding]:
    if before is None and after is None:
        id = f"{at.family}-undeclared-property-became-{end}"
        yield at.found(id, f"became {end}", "required", kind="requiredness", name=name, listed=False)
        return
    if after is None or (before is None and not (end == "optional" and at.family == "response" and at.where == "body")):
        return  # told as a property that came or went
    one = at.sides.view(at.sides.base, before) if before is not None else None
    two = at.sides.view(at.sides.revision, after)
    more: dict[str, Any] = {
        "name": name,
        "kind": "requiredness",
        "base": before.pointer if before is not None else "",
        "revision": after.pointer,
    }
    if at.family == "response":
        sent = two if at.where == "body" or one is None else one
        hidden = "write-only-" if sent.read("writeOnly") else ""
        yield at.found(f"response-{hidden}property-became-{end}", f"became {end}", "required", **more)
        return
    hidden = "read-only-" if two.read("readOnly") else ""
    if not hidden and end == "required" and two.value.get("default") is not None:
        end = "required-with-default"
    text = f"became {end.replace('-with-default', ', though it has a default')}"
    yield at.found(f"request-{hidden}property-became-{end}", text, "required", by_top=True, **more)


def _moved(at: At) -> Iterator[Finding]:
    """Properties that came, and that went; those that moved into an alternative did neither."""
    held = at.diff.maps.get("properties")
    if held is None:
        return
    moved = transitions.moved_properties(at.sides, at.diff) if held.deleted else frozenset()
    before, after = frozenset(at.base.required), frozenset(at.revision.required)
    inherited = _inherited(at) if held.deleted else frozenset()
    for name, node in held.deleted.items():
        if name not in moved:
            schema, kept = at.sides.view(at.sides.base, node), name in inherited
            id = _removed_id(at, schema, required=name in before)
            text = "is declared within `allOf` now" if kept else _removal(at)
            yield at.found(
                id, text, "properties", kind="existence", name=name, base=node.pointer, revision="", harmless=kept
            )
    for name, node in held.added.items():
        schema = at.sides.view(at.sides.revision, node)
        required = name in after
        id = _added_id(at, schema, required=required)
        keywords = ("properties", "required") if required else ("properties",)
        text = f"was added{' and is required' if required else ''}"
        if at.family == "response" and at.base.read("additionalProperties") is False:
            text += ", where no others were allowed"
        yield at.found(id, text, *keywords, kind="existence", name=name, base="", revision=node.pointer)


def _removal(at: At) -> str:
    """What becomes of a property that is no longer declared."""
    others = at.revision.read("additionalProperties")
    if at.family == "request":
        return "was removed, and no others are allowed" if others is False else "was removed"
    return "was removed, and may hold anything where it is sent" if others is True else "was removed"


def _inherited(at: At) -> frozenset[str]:
    """The properties that parts of the revision's `allOf` declare, and parts of these."""
    side, names = at.sides.revision, set[str]()
    waiting, seen = [at.revision], {at.revision.identity}
    while waiting:
        for node in waiting.pop().list("allOf").values():
            part = at.sides.view(side, node)
            if part.identity not in seen:
                seen.add(part.identity)
                names.update(part.map("properties"))
                waiting.append(part)
    return frozenset(names)


def _removed_id(at: At, schema: Schema, *, required: bool) -> str:
    if at.family == "request":
        return "request-read-only-property-removed" if schema.read("readOnly") else "request-property-removed"
    hidden = "write-only-" if schema.read("writeOnly") else ""
    return f"response-{'required' if required else 'optional'}-{hidden}property-removed"


def _added_id(at: At, schema: Schema, *, required: bool) -> str:
    if at.family == "response":
        hidden = "write-only-" if schema.read("writeOnly") else ""
        return f"response-{'required' if required else 'optional'}-{hidden}property-added"
    if schema.read("readOnly"):
        return "request-read-only-property-added"
    if not required:
        return "new-optional-request-property"
    end = "-with-default" if schema.value.get("default") is not None else ""
    return f"new-required-request-property{end}"


# --- what oasdiff does not see -----------------------------------------------------------------


def _rest(at: At) -> Iterator[Finding]:
    """A finding for every keyword that differs, so that nothing is lost."""
    if at.diff.circular:
        yield _own(at, "circular-reference", "changed", "leads back to another schema", "$ref")
    for keyword, values in at.diff.values.items():
        if keyword in SWITCHES:
            yield _switched(at, keyword)
        elif keyword not in SILENT and (keyword in KNOWN or keyword == "x-extensible-enum"):
            step = "set" if values.base is None else "removed" if values.revision is None else "changed"
            text = f"{keyword} {became(step, values)}"
            yield _own(at, WORDS.get(keyword, keyword), step, text, keyword)
    for keyword in ONES:
        inner = at.diff.ones.get(keyword)
        if inner is None or inner.both or (keyword in SWITCHES and keyword in at.diff.values):
            continue
        if keyword in SWITCHES:
            yield _switched(at, keyword)
        else:
            step = "added" if inner.base is None else "removed"
            yield _own(at, WORDS.get(keyword, keyword), step, f"`{keyword}` was {step}", keyword)


def _own(at: At, word: str, step: str, text: str, *keywords: str) -> Finding:
    id = at.hidden_id(word, step) if at.hidden else at.id(word, step)
    return at.found(id, text, *keywords, kind="constraints", listed=False)


def _switched(at: At, keyword: str) -> Finding:
    """What may stand beside what is declared: anything, nothing, what fits a schema; nothing is said ("") of most."""
    before, after = _allowed(at.base, keyword), _allowed(at.revision, keyword)
    step = "changed"
    if "nothing" in (before, after):
        step = "disallowed" if after == "nothing" else "allowed"
    elif "a schema" in (before, after):
        step = "restricted" if after == "a schema" else "unrestricted"
    text = f"`{keyword}` allows {after} now" if after else f"no longer says anything of `{keyword}`"
    return _own(at, WORDS[keyword], step, f"{text}{f'; before, {before}' if before else ''}", keyword)


def _allowed(schema: Schema, keyword: str) -> str:
    if schema.one(keyword) is not None:
        return "a schema"
    return {True: "anything", False: "nothing"}.get(schema.read(keyword), "")


_CHECKS: Final[tuple[Callable[[At], Iterator[Finding]], ...]] = (
    *(_types, _type_lists, _nullability, _enum, _extensible, _bounds, _single),
    *(_ones, _named, _lists, _discriminator, _wrapped, _required, _moved),
)
