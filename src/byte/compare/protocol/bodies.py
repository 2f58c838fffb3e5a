"""Bodies of requests and responses: whether there is one, its media types, and their schemas."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from byte.compare.changes import Change
from byte.compare.document import Node
from byte.compare.protocol import media
from byte.compare.protocol.lifecycle import stability
from byte.compare.protocol.requests import asked
from byte.compare.protocol.spot import Spot
from byte.compare.protocol.view import Operation, child, entries, flag, schema_of, unknown
from byte.compare.schemas import Where, body_changes


class Body(msgspec.Struct, frozen=True):
    """What the media types of a body belong to: `ids` is how their ids start, `status` a response's.

    `what` is the body for people ("request body"), `request` how base was asked, in one line. `readable` says whether
    the stability level of the operation can be read in the revision.
    """

    spot: Spot
    direction: Literal["request", "response"]
    what: str
    request: str
    readable: bool
    status: str = ""

    @property
    def ids(self) -> str:
        """How ids of media types start."""
        return "request-body-media-type" if self.direction == "request" else "response-media-type"


def request_body(spot: Spot, base: Operation, revision: Operation) -> Iterator[Change]:
    """The request body of an operation."""
    one, two = child(base.side, base.node, "requestBody"), child(revision.side, revision.node, "requestBody")
    at = "request body"
    hidden = unseen(spot, at, "request", one, two)
    if hidden is not None:
        yield hidden
    elif one is None and two is not None:
        required = flag(two, "required")
        yield spot.change(
            f"request-body-added-{'required' if required else 'optional'}",
            f"a{' required' if required else 'n optional'} request body was added",
            at=at,
            revision=two,
            direction="request",
            counterexample=asked(base, note="without a body"),
        )
    elif one is not None and two is None:
        line = asked(base, note="with a body")
        yield spot.change(
            "request-body-removed", "the request body was removed", at=at, base=one, direction="request",
            counterexample=line,
        )  # fmt: skip
    elif one is not None and two is not None and not spot.pair.same.same(one.value, two.value):
        yield from _required(spot, base, one, two)
        yield from contents(Body(spot, "request", at, asked(base), stability(revision.node) is not None), one, two)


def unseen(
    spot: Spot, what: str, direction: Literal["request", "response"], base: Node | None, revision: Node | None
) -> Change | None:
    """The one change of something that cannot be seen on a side, itself or its media types."""
    nodes = [node for node in (base, revision) if node is not None]
    reason = next((why for n in nodes if (why := unknown(n.value) or unknown(n.value.get("content")))), "")
    if not reason or (base is not None and revision is not None and spot.pair.same.same(base.value, revision.value)):
        return None
    return spot.change(
        f"{direction}-unknown",
        f"the {what} could not be compared",
        at=what,
        base=base,
        revision=revision,
        direction=direction,
        level="warning",
        undecided=reason,
    )


def _required(spot: Spot, operation: Operation, base: Node, revision: Node) -> Iterator[Change]:
    if flag(base, "required") != flag(revision, "required"):
        end = "required" if flag(revision, "required") else "optional"
        yield spot.change(
            f"request-body-became-{end}",
            f"the request body became {end}",
            at="request body",
            base=base,
            revision=revision,
            direction="request",
            counterexample=asked(operation, note="without a body"),
        )


def contents(body: Body, base: Node, revision: Node) -> Iterator[Change]:
    """The media types of a body on both sides, with what their schemas differ in."""
    pair = body.spot.pair
    one = dict(entries(pair.base, child(pair.base, base, "content")))
    two = dict(entries(pair.revision, child(pair.revision, revision, "content")))
    found = media.matched(list(one), list(two))
    before, after = media.Names(one if found.added else ()), media.Names(two if found.deleted else ())
    for name in found.added:
        other = next(before.covering(name), None) if _sent(body) == "response" else None
        yield _media(body, "added", name, None, two[name], level="info" if other is not None else None)
        if other is not None:
            yield from _quiet(_schemas(body, name, one[other], two[name]))
    for name in found.deleted:
        other = next(after.covering(name), None) if _sent(body) == "request" else None
        yield _media(body, "removed", name, one[name], None, level="info" if other is not None else None)
        if other is not None:
            yield from _quiet(_schemas(body, name, one[name], two[other]))
    for old, new in found.pairs:
        if old != new:
            yield from _renamed(body, old, new, one[old], two[new])
        if not pair.same.same(one[old].value, two[new].value):
            yield from _schemas(body, new, one[old], two[new])
            yield from _encoding(body, new, one[old], two[new])


def _sent(body: Body) -> Literal["request", "response"]:
    """Whether a client of the API sends the body, or gets it."""
    return body.spot.flow(body.direction)


def _media(
    body: Body, action: str, name: str, base: Node | None, revision: Node | None, level: Literal["info"] | None
) -> Change:
    verb = "Content-Type" if body.direction == "request" else "Accept"
    note = f" ({verb}: {name})"
    return body.spot.change(
        f"{body.ids}-{action}",
        f"the media type `{name}` of the {body.what} was {action}",
        at=body.what,
        base=base,
        revision=revision,
        direction=body.direction,
        level=level,
        counterexample=body.request + note,
    )


def _renamed(body: Body, before: str, after: str, base: Node, revision: Node) -> Iterator[Change]:
    """A media type that goes by another, related name. Of requests oasdiff says nothing."""
    kind = media.renamed(before, after)
    asks = body.direction == "request"
    same_type = _bare(before) == _bare(after)
    yield body.spot.change(
        "request-body-media-type-name-changed" if asks else f"response-media-type-name-{kind}",
        f"the media type of the {body.what} changed from `{before}` to `{after}`",
        at=body.what,
        base=base,
        revision=revision,
        direction=body.direction,
        level="info" if same_type else None,
        counterexample=f"{body.request} ({'Content-Type' if asks else 'Accept'}: {before})",
    )


def _bare(name: str) -> str:
    return name.partition(";")[0].strip().lower()


def _schemas(body: Body, name: str, base: Node, revision: Node) -> Iterator[Change]:
    one, two = schema_of(base), schema_of(revision)
    spot = body.spot
    if one is not None and two is not None:
        root = spot.root(one, two, body.direction, f"{body.what} ({name})")
        day = spot.pair.day.isoformat() if spot.pair.day is not None else None
        where = Where(
            method=spot.method,
            path=spot.path,
            direction=body.direction,
            media_type=name,
            root=root,
            status=body.status,
            as_of=day,
            readable=body.readable,
        )
        found = body_changes(spot.pair.sides, where, one, two)
        yield from found if spot.listed else _quiet(found)
        yield from spot.asking(root, one, two)
    elif one is not two:
        end = "added" if two is not None else "removed"
        yield spot.change(
            f"{body.direction}-body-media-type-schema-{end}",
            f"the schema of the {body.what} (`{name}`) was {end}",
            at=body.what,
            base=base,
            revision=revision,
            direction=body.direction,
        )


def _encoding(body: Body, name: str, base: Node, revision: Node) -> Iterator[Change]:
    """How the parts of a form are written, of which oasdiff says nothing."""
    pair = body.spot.pair
    one = dict(entries(pair.base, child(pair.base, base, "encoding")))
    two = dict(entries(pair.revision, child(pair.revision, revision, "encoding")))
    for part in dict.fromkeys((*one, *two)):
        before, after = one.get(part), two.get(part)
        if _written(before) != _written(after):
            yield body.spot.change(
                f"{body.direction}-body-encoding-changed",
                f"the part `{part}` of the {body.what} ({name}) is written in another way",
                at=body.what,
                base=before,
                revision=after,
                direction=body.direction,
            )


def _written(encoding: Node | None) -> list[str]:
    keys = ("contentType", "style", "explode", "allowReserved")
    return [str(encoding.value.get(key)) if encoding is not None else "None" for key in keys]


def _quiet(changes: Iterator[Change]) -> Iterator[Change]:
    """The same, where oasdiff says nothing."""
    for change in changes:
        yield msgspec.structs.replace(change, oasdiff=None)
