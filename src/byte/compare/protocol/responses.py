"""Responses of an operation: statuses, bodies and headers."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from byte.compare.changes import Change
from byte.compare.document import Node
from byte.compare.protocol.bodies import Body, contents, unseen
from byte.compare.protocol.lifecycle import stability
from byte.compare.protocol.parameter_schemas import header_changes
from byte.compare.protocol.requests import asked
from byte.compare.protocol.spot import Spot
from byte.compare.protocol.view import Operation, child, entries, flag
from byte.model.difference import Level

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}\Z")
_RANGE: Final = re.compile(r"[1-5]XX\Z")


class _Asked(msgspec.Struct, frozen=True):
    """The operation on both sides."""

    spot: Spot
    base: Operation
    revision: Operation

    def request(self, note: str = "") -> str:
        return asked(self.base, note=note)


def responses(spot: Spot, base: Operation, revision: Operation) -> Iterator[Change]:
    """The responses of an operation by status."""
    both = _Asked(spot, base, revision)
    before, after = (child(o.side, o.node, "responses") for o in (base, revision))
    hidden = unseen(spot, "responses", "response", before, after)
    if hidden is not None:
        yield hidden
        return
    one, two = (dict(entries(o.side, held, extensible=True)) for o, held in ((base, before), (revision, after)))
    for status, node in one.items():
        if status in two:
            yield from _response(both, status, node, two[status])
        else:
            yield from _removed(both, status, node, two)
    for status, node in two.items():
        if status not in one:
            yield from _added(both, status, node, one)


def _kind(status: str) -> str:
    good = 200 <= int(status) <= 299 if _NUMBER.match(status) else status.upper() == "2XX"
    return "success" if good else "non-success"


def _wider(status: str, held: dict[str, Node]) -> str | None:
    """The status of a map that stands for a single one too: its range, or `default`."""
    if not _NUMBER.match(status):
        return None
    return next((name for name in (f"{status[0]}XX", f"{status[0]}xx", "default") if name in held), None)


def _removed(both: _Asked, status: str, node: Node, two: dict[str, Node]) -> Iterator[Change]:
    wider = _wider(status, two)
    yield both.spot.change(
        f"response-{_kind(status)}-status-removed",
        f"the response `{status}` was removed" + (f"; `{wider}` stands for it" if wider is not None else ""),
        at=f"response {status}",
        base=node,
        revision=two[wider] if wider is not None else None,
        direction="response",
        level="info" if wider is not None else None,
        counterexample=both.request(f"answered {status}"),
        listed=bool(_NUMBER.match(status)),
    )
    if wider is not None:
        yield from _silently(_response(both, status, node, two[wider]))


def _added(both: _Asked, status: str, node: Node, one: dict[str, Node]) -> Iterator[Change]:
    wider = _wider(status, one)
    yield both.spot.change(
        f"response-{_kind(status)}-status-added",
        f"the response `{status}` was added",
        at=f"response {status}",
        base=one[wider] if wider is not None else None,
        revision=node,
        direction="response",
        level="info",
        listed=bool(_NUMBER.match(status)),
    )
    if wider is not None:
        yield from _silently(_response(both, status, one[wider], node))


def _silently(changes: Iterator[Change]) -> Iterator[Change]:
    for change in changes:
        yield msgspec.structs.replace(change, oasdiff=None)


def _response(both: _Asked, status: str, base: Node, revision: Node) -> Iterator[Change]:
    spot = both.spot
    if spot.pair.same.same(base.value, revision.value):
        return
    what = f"response {status}"
    hidden = unseen(spot, what, "response", base, revision)
    if hidden is not None:
        yield hidden
        return
    readable = stability(both.revision.node) is not None
    yield from contents(Body(spot, "response", what, both.request(), readable, status), base, revision)
    yield from _headers(both, status, base, revision)


# --- headers -----------------------------------------------------------------------------------


def _headers(both: _Asked, status: str, base: Node, revision: Node) -> Iterator[Change]:
    """Headers of a response. oasdiff tells names apart by case, HTTP does not."""
    spot = both.spot
    one = dict(entries(spot.pair.base, child(spot.pair.base, base, "headers")))
    two = dict(entries(spot.pair.revision, child(spot.pair.revision, revision, "headers")))
    before, after = ({name.lower(): name for name in held} for held in (one, two))
    for name, node in one.items():
        if name in two:
            yield from _header(spot, status, name, node, two[name])
        elif name.lower() in after:
            other = two[after[name.lower()]]
            yield _gone(both, status, name, node, level="info")
            yield from _silently(_header(spot, status, name, node, other))
        else:
            yield _gone(both, status, name, node, level=None)
    for name, node in two.items():
        if name not in one:
            known = name.lower() in before
            yield spot.change(
                "response-header-added",
                f"the header `{name}` of the response {status} was {'renamed in case only' if known else 'added'}",
                at=f"response {status} → header {name}",
                revision=node,
                direction="response",
            )


def _gone(both: _Asked, status: str, name: str, node: Node, level: Level | None) -> Change:
    kind = "required" if flag(node, "required") else "optional"
    how = "was removed" if level is None else "is written in another case"
    return both.spot.change(
        f"{kind}-response-header-removed",
        f"the {kind} header `{name}` of the response {status} {how}",
        at=f"response {status} → header {name}",
        base=node,
        direction="response",
        level=level,
        counterexample=both.request(f"answered {status} with {name}"),
    )


def _header(spot: Spot, status: str, name: str, base: Node, revision: Node) -> Iterator[Change]:
    if spot.pair.same.same(base.value, revision.value):
        return
    at = f"response {status} → header {name}"
    if flag(base, "required") != flag(revision, "required"):
        optional = flag(base, "required")
        yield spot.change(
            "response-header-became-optional" if optional else "response-header-became-required",
            f"the header `{name}` of the response {status} became {'optional' if optional else 'required'}",
            at=at,
            base=base,
            revision=revision,
            direction="response",
            counterexample=f"{spot.request} (answered {status} with {name})",
        )
    yield from header_changes(spot, at, f"header `{name}` of the response {status}", base, revision)
