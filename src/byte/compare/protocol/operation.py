"""An operation on both sides, and path items as webhooks and callbacks hold them."""

from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import Final

import msgspec

from byte.compare.changes import Change
from byte.compare.document import Node
from byte.compare.protocol import lifecycle, security, servers
from byte.compare.protocol.bodies import request_body
from byte.compare.protocol.parameters import Names, parameters, shared_added
from byte.compare.protocol.requests import asked
from byte.compare.protocol.responses import responses
from byte.compare.protocol.spot import Spot
from byte.compare.protocol.view import Operation, child, entries, operations, strings, text
from byte.compare.schemas.findings import several

_NESTED: Final = 2
"""How deep callbacks of callbacks are followed."""


class Item(msgspec.Struct, frozen=True):
    """A path item on both sides. `names` maps base's path parameters to revision's where they were renamed."""

    base_path: str
    revision_path: str
    base: Node
    revision: Node
    names: Mapping[str, str] = {}


def item_changes(spot: Spot, item: Item, depth: int = 0) -> Iterator[Change]:
    """One path item on both sides; `spot` says whose it is, `depth` how many callbacks it lies in."""
    pair = spot.pair
    renamed = item.base_path != item.revision_path
    if not renamed and pair.secured and pair.same.same(item.base.value, item.revision.value):
        return
    one = operations(pair.base, item.base_path, item.base)
    two = operations(pair.revision, item.revision_path, item.revision)
    for method, operation in one.items():
        at = spot.of(method, item.base_path)
        if method in two:
            yield from _compared(at, operation, two[method], item.names, depth)
        else:
            yield from lifecycle.removed(at, operation, whole=False)
    for method, operation in two.items():
        if method not in one:
            yield added(spot.of(method, item.base_path), operation)
    yield from shared_added(spot, item.base_path, (one, two), (item.base, item.revision), item.names)
    yield from servers.compared(spot.of("", item.base_path), item.base, item.revision)


def added(spot: Spot, operation: Operation) -> Change:
    """An operation that is new."""
    return spot.change("endpoint-added", f"{asked(operation)} was added", revision=operation.node)


def _compared(spot: Spot, base: Operation, revision: Operation, names: Names, depth: int) -> Iterator[Change]:
    """What differs between two operations; of one that is promised to nobody only how far it is promised."""
    one, two = base.node, revision.node
    same = spot.pair.same.same(one.value, two.value)
    own = not spot.mirrored
    if own and not same:
        yield from lifecycle.stability_changes(spot, one, two)
    if own and not lifecycle.promised(one) and not lifecycle.promised(two):
        if not same:
            message = "the operation changed; its stability level promises nothing"
            yield spot.change("unstable-endpoint-changed", message, base=one, revision=two, level="info")
        return
    if own and not lifecycle.promised(two):
        # oasdiff asks what the revision promises; clients rely on what base did.
        spot = msgspec.structs.replace(spot, listed=False)
    if not same:
        yield from lifecycle.deprecation(spot, one, two)
        yield from lifecycle.sunset_changes(spot, one, two)
        yield from _identity(spot, one, two)
        yield from _tags(spot, one, two)
        yield from request_body(spot, base, revision)
        yield from responses(spot, base, revision)
        yield from servers.compared(spot, one, two)
        yield from _callbacks(spot, base, revision, depth)
    yield from parameters(spot, base, revision, names)
    yield from security.operation(spot, base, revision)


def _identity(spot: Spot, base: Node, revision: Node) -> Iterator[Change]:
    before, after = text(base, "operationId"), text(revision, "operationId")
    if before == after:
        return
    id = "api-operation-id-removed" if before else "api-operation-id-added"
    what = f"changed from `{before}` to `{after}`" if before and after else f"`{before or after}` was {id[17:]}"
    yield spot.change(id, f"the operationId {what}", base=base, revision=revision)


def _tags(spot: Spot, base: Node, revision: Node) -> Iterator[Change]:
    before, after = strings(base.value.get("tags")), strings(revision.value.get("tags"))
    for end, mine, theirs in (("removed", before, after), ("added", after, before)):
        known = set(theirs)
        tags = [tag for tag in mine if tag not in known]
        if tags:
            change = spot.change(f"api-tag-{end}", several("the tag", tags, end), base=base, revision=revision)
            yield from repeat(change, len(tags))


# --- callbacks ---------------------------------------------------------------------------------


def _callbacks(spot: Spot, base: Operation, revision: Operation, depth: int) -> Iterator[Change]:
    """What the provider asks of the client: oasdiff is silent about it."""
    if depth >= _NESTED:
        return
    one, two = (dict(entries(o.side, child(o.side, o.node, "callbacks"))) for o in (base, revision))
    for name, node in one.items():
        at = msgspec.structs.replace(spot, within=spot.place(f"callback {name}"), mirrored=True, listed=False)
        if name not in two:
            yield at.change(
                "callback-removed",
                f"the callback `{name}` was removed",
                base=node,
                counterexample=asked(base, note=f"calls back {name}"),
            )
        elif not spot.pair.same.same(node.value, two[name].value):
            yield from _callback(at, node, two[name], depth + 1)
    for name, node in two.items():
        if name not in one:
            yield spot.change("callback-added", f"the callback `{name}` was added", revision=node, listed=False)


def _callback(spot: Spot, base: Node, revision: Node, depth: int) -> Iterator[Change]:
    one = dict(entries(spot.pair.base, base, extensible=True))
    two = dict(entries(spot.pair.revision, revision, extensible=True))
    for expression, item in one.items():
        if expression in two:
            yield from item_changes(spot, Item(expression, expression, item, two[expression]), depth)
        else:
            for operation in operations(spot.pair.base, expression, item).values():
                yield from lifecycle.removed(spot.of(operation.method, expression), operation, whole=True)
    for expression, item in two.items():
        if expression not in one:
            for operation in operations(spot.pair.revision, expression, item).values():
                yield added(spot.of(operation.method, expression), operation)
