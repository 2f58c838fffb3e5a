"""Security: requirements of operations and of the document, and the schemes that they name.

A list of requirements is satisfied by any of its alternatives, an alternative by all of its schemes with all of their
scopes. oasdiff tells what was added and removed; Byte asks whether whoever was let in before still is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from typing import Any, Final

import msgspec

from byte.compare.changes import Change
from byte.compare.document import Node, Sameness, Side
from byte.compare.protocol.requests import asked
from byte.compare.protocol.spot import Pair, Spot
from byte.compare.protocol.view import Operation, child, entries, strings, text, unknown
from byte.compare.schemas.findings import several
from byte.model.difference import Level

Alternative = Mapping[str, frozenset[str]]
"""Scheme names with the scopes that each needs; empty for nobody in particular."""


def same(base: Side, revision: Side, same: Sameness) -> bool:
    """Whether what the documents as a whole say of security is the same."""
    return same.same(_stated(base), _stated(revision))


def _stated(side: Side) -> list[Any]:
    components = side.document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    return [side.document.get("security"), schemes]


# --- rows --------------------------------------------------------------------------------------


def _alternatives(holder: Node) -> list[Alternative]:
    held = holder.value.get("security") if isinstance(holder.value, dict) else None
    return [
        {name: frozenset(strings(scopes)) for name, scopes in one.items()}
        for one in (held if isinstance(held, list) else ())
        if isinstance(one, dict)
    ]


def _matched(one: list[Alternative], two: list[Alternative]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Alternatives of the same schemes and other scopes, those only in `one`, and those only in `two`.

    Those that are the same on both sides leave first; then schemes match where no other alternative has the same.
    """
    left, right = dict.fromkeys(range(len(one))), dict.fromkeys(range(len(two)))
    alike: dict[frozenset[tuple[str, frozenset[str]]], list[int]] = {}
    for j in reversed(right):
        alike.setdefault(frozenset(two[j].items()), []).append(j)
    for i in list(left):
        found = alike.get(frozenset(one[i].items()))
        if found:
            del left[i]
            del right[found.pop()]
    mine, theirs = _by_schemes(one, left), _by_schemes(two, right)
    pairs = [(held[0], theirs[key][0]) for key, held in mine.items() if len(held) == len(theirs.get(key, ())) == 1]
    for i, j in pairs:
        del left[i]
        del right[j]
    return pairs, list(left), list(right)


def _by_schemes(alternatives: list[Alternative], places: Iterable[int]) -> dict[frozenset[str], list[int]]:
    out: dict[frozenset[str], list[int]] = {}
    for place in places:
        out.setdefault(frozenset(alternatives[place]), []).append(place)
    return out


def _rows(one: list[Alternative], two: list[Alternative], *, nobody: bool) -> Iterator[tuple[str, str]]:
    """What changed, as the end of an id and a clause; `nobody`: the alternative without credentials counts, too."""
    pairs, gone, new = _matched(one, two)
    came, went = [two[j] for j in new], [one[i] for i in gone]
    for end, alternatives in (("added", came), ("removed", went)):
        told = [_said(alternative) for alternative in alternatives if alternative or nobody]
        yield from repeat((end, several("the security alternative", told, end)), len(told))
    for i, j in pairs:
        for name in one[i]:
            for end, mine, theirs in (("added", two[j], one[i]), ("removed", one[i], two[j])):
                scopes = sorted(mine[name] - theirs[name])
                row = f"scope-{end}", several(f"`{name}`: the security scope", scopes, end)
                yield from repeat(row, len(scopes))


def _said(alternative: Alternative) -> str:
    parts = [f"{name} [{', '.join(sorted(scopes))}]" if scopes else name for name, scopes in alternative.items()]
    return " and ".join(sorted(parts)) or "no credentials"


def document(spot: Spot) -> Iterator[Change]:
    """Requirements of the document, and the security schemes."""
    one, two = spot.pair.base.root, spot.pair.revision.root
    before, after = _alternatives(one), _alternatives(two)
    for end, message in _rows(before, after, nobody=True):
        # What it means is told with each operation that has none of its own.
        yield spot.change(
            f"api-global-security-{end}", message, base=one.get("security"), revision=two.get("security"), level="info"
        )
    yield from _schemes(spot)


def operation(spot: Spot, base: Operation, revision: Operation) -> Iterator[Change]:
    """The requirements of an operation, its own and those that it takes from the document."""
    one, two = base.node.get("security"), revision.node.get("security")
    if spot.pair.secured and (one and one.value) == (two and two.value):
        return
    refused = None if spot.mirrored else _refused(base, revision)
    proof = _proof(base, refused) if refused is not None else ""
    doubt = (_hidden(base) or _hidden(revision)) if refused is not None else ""
    told = False
    rows = list(_rows(_alternatives(base.node), _alternatives(revision.node), nobody=False))
    for end, message in rows:
        guilty = refused is not None and (end == "scope-added" or end == ("added" if not refused else "removed"))
        told = told or guilty
        level: Level = "breaking" if guilty else "info"
        yield spot.change(
            f"api-security-{end}",
            message,
            base=one,
            revision=two,
            level=level,
            counterexample=proof,
            undecided=doubt if guilty else "",
        )
    if refused is not None and not told:
        change = _narrowed(spot, base, revision, refused, proof)
        yield msgspec.structs.replace(change, undecided=doubt or change.undecided)
    elif not told and not rows and not spot.mirrored and (one is not None or two is not None):
        yield from _loosened(spot, base, revision)


def _hidden(operation: Operation) -> str:
    """Why it is not known what an operation asks for: it, what it depends on, or a scheme that it names is not."""
    side, node = operation.side, operation.node
    own = node.value.get("security")
    listed = own if own is not None else side.document.get("security")
    marks = [node.value, listed, *(listed if isinstance(listed, list) else ())]
    defined = _defined(side)
    for alternative in _effective(side, node):
        for name in alternative:
            scheme = defined.get(name)
            if scheme is not None:
                marks += [scheme.value, *scheme.value.values()]
    return next((why for mark in marks if (why := unknown(mark))), "")


def _narrowed(spot: Spot, base: Operation, revision: Operation, refused: Alternative, proof: str) -> Change:
    schemes = _changed_schemes(spot.pair, refused)
    one, two = schemes if schemes is not None else (_stated_for(base), _stated_for(revision))
    return spot.change(
        "api-security-narrowed",
        f"`{_said(refused)}` is no longer enough",
        base=one,
        revision=two,
        counterexample=proof,
    )


def _loosened(spot: Spot, base: Operation, revision: Operation) -> Iterator[Change]:
    """What is enough now and was not, where no requirement of the operation's own came or went."""
    new = _refused(revision, base)
    if new is not None:
        one, two = _stated_for(base), _stated_for(revision)
        yield spot.change(
            "api-security-loosened", f"`{_said(new)}` is enough now", base=one, revision=two, level="info"
        )


def _stated_for(operation: Operation) -> Node | None:
    own = operation.node.get("security")
    return own if own is not None else operation.side.root.get("security")


def _changed_schemes(pair: Pair, refused: Alternative) -> tuple[Node, Node] | None:
    """The scheme whose definition changed, where that is why an alternative is refused."""
    one, two = _defined(pair.base), _defined(pair.revision)
    for name in refused:
        if name in one and name in two and _wire(name, one) != _wire(name, two):
            return one[name], two[name]
    return None


# --- who is let in -----------------------------------------------------------------------------

_WIRE: Final[Mapping[str, tuple[str, ...]]] = {
    "apiKey": ("in", "name"),
    "http": ("scheme",),
    "openIdConnect": ("openIdConnectUrl",),
}


def _defined(side: Side) -> dict[str, Node]:
    return dict(entries(side, child(side, child(side, side.root, "components"), "securitySchemes")))


def _wire(name: str, defined: Mapping[str, Node]) -> tuple[str, ...]:
    """What a client sends for a scheme; the name itself where it is not defined."""
    node = defined.get(name)
    return _sent_as(node) if node is not None and text(node, "type") else ("", name)


def _sent_as(node: Node) -> tuple[str, ...]:
    kind = text(node, "type")
    fields = tuple(text(node, field) for field in _WIRE.get(kind, ()))
    lower = kind == "http" or (fields and fields[0] == "header")
    return (kind, *(field.lower() if lower else field for field in fields))


def _effective(side: Side, node: Node) -> list[Alternative]:
    own = node.value.get("security")
    return _alternatives(node if isinstance(own, list) else side.root) or [{}]


_Needs = Mapping[tuple[str, ...], frozenset[str]]
"""What goes over the wire, with the scopes that it needs."""


def _needs(alternative: Alternative, defined: Mapping[str, Node]) -> _Needs:
    out: dict[tuple[str, ...], frozenset[str]] = {}
    for name, scopes in alternative.items():
        wire = _wire(name, defined)
        out[wire] = out.get(wire, frozenset()) | scopes
    return out


def _refused(base: Operation, revision: Operation) -> Alternative | None:
    """An alternative that base lets in and the revision does not; the weakest first."""
    one, two = _effective(base.side, base.node), _effective(revision.side, revision.node)
    before, after = _defined(base.side), _defined(revision.side)
    asked_for = _Asked(_needs(alternative, after) for alternative in two)
    refused = (alternative for alternative in sorted(one, key=len) if not asked_for.let_in(_needs(alternative, before)))
    return next(refused, None)


class _Asked:
    """What the alternatives of a list ask for, found by what they ask for themselves: there may be thousands."""

    def __init__(self, needs: Iterable[_Needs]) -> None:
        held = list(needs)
        often = Counter(wire for one in held for wire in one)
        self._by_rarest: dict[tuple[str, ...] | None, list[_Needs]] = {}
        for one in held:
            rarest = min(one, key=lambda wire: (often[wire], wire), default=None)
            self._by_rarest.setdefault(rarest, []).append(one)

    def let_in(self, given: _Needs) -> bool:
        """Whether some alternative asks for no more than what is given."""
        return any(
            all(wire in given and scopes <= given[wire] for wire, scopes in needs.items())
            for rarest in (None, *given)
            for needs in self._by_rarest.get(rarest, ())
        )


def _proof(base: Operation, refused: Alternative) -> str:
    return asked(base, note=f"with only {_said(refused)}" if refused else "without credentials")


# --- schemes -----------------------------------------------------------------------------------


def _schemes(spot: Spot) -> Iterator[Change]:
    one, two = _defined(spot.pair.base), _defined(spot.pair.revision)
    for name in two:
        if name not in one:
            yield spot.change(
                "api-security-component-added", f"the security scheme `{name}` was added", revision=two[name]
            )
    for name, node in one.items():
        if name not in two:
            yield spot.change("api-security-component-removed", f"the security scheme `{name}` was removed", base=node)
        elif not spot.pair.same.same(node.value, two[name].value):
            yield from _scheme(spot, name, node, two[name])


def _scheme(spot: Spot, name: str, base: Node, revision: Node) -> Iterator[Change]:
    start = f"the security scheme `{name}`: "
    for end, message in _flow(_implicit(spot.pair.base, base), _implicit(spot.pair.revision, revision)):
        yield spot.change(f"api-security-component-oauth-{end}", start + message, base=base, revision=revision)
    same_type = text(base, "type") == text(revision, "type")
    fields = (("type", "type"), *(_FIELDS if same_type and _sent_as(base) != _sent_as(revision) else ()))
    for id, key in fields:
        before, after = text(base, key), text(revision, key)
        if before != after:
            message = f"{start}`{key}` changed from `{before}` to `{after}`"
            yield spot.change(f"api-security-component-{id}-changed", message, base=base, revision=revision)


_FIELDS: Final = (("name", "name"), ("in", "in"), ("scheme", "scheme"), ("url", "openIdConnectUrl"))


def _implicit(side: Side, scheme: Node) -> Node | None:
    return child(side, child(side, scheme, "flows"), "implicit")


def _flow(one: Node | None, two: Node | None) -> Iterator[tuple[str, str]]:
    """What changed in the implicit flow of OAuth, the only one that oasdiff looks at."""
    if one is None or two is None:
        return
    for end, key in (("url-changed", "authorizationUrl"), ("token-url-changed", "tokenUrl")):
        if text(one, key) != text(two, key):
            yield end, f"`{key}` changed from `{text(one, key)}` to `{text(two, key)}`"
    before, after = _scopes(one), _scopes(two)
    for scope in sorted(after.keys() - before.keys()):
        yield "scope-added", f"the scope `{scope}` was added"
    for scope in sorted(before.keys() - after.keys()):
        yield "scope-removed", f"the scope `{scope}` was removed"
    for scope in sorted(before.keys() & after.keys()):
        if before[scope] != after[scope]:
            yield "scope-changed", f"the scope `{scope}` is described in another way"


def _scopes(flow: Node) -> dict[str, Any]:
    held = flow.value.get("scopes")
    return {k: v for k, v in held.items() if isinstance(k, str)} if isinstance(held, dict) else {}
