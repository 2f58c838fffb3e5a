"""Paths, operations and webhooks of both sides, matched; what is on one side only; the whole document."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import msgspec

from byte.compare.changes import Change
from byte.compare.document import Node, Sameness, Side
from byte.compare.protocol import components, lifecycle, security, servers, version
from byte.compare.protocol.operation import Item, added, item_changes
from byte.compare.protocol.spot import Pair, Spot
from byte.compare.protocol.view import entries, operations, template
from byte.compare.schemas.structure import Sides

_WEBHOOK: Final = "webhook:"


def walk(base: Side, revision: Side, same: Sameness, as_of: str | None) -> Iterator[Change]:
    """Everything that differs, in the order of the documents; what follows from all of it comes last.

    `as_of` is the day ("2026-01-31") that sunset dates are measured from; rules that need one are undecided without.
    """
    if msgspec.json.encode(base.document) == msgspec.json.encode(revision.document):
        return
    day = date.fromisoformat(as_of) if as_of is not None else None
    pair = Pair(base, revision, same, Sides(base, revision, same), day)
    yield from version.judged(pair, _all(pair))


def _all(pair: Pair) -> Iterator[Change]:
    document = Spot(pair)
    yield from _paths(pair)
    yield from _webhooks(pair)
    yield from security.document(document)
    yield from servers.compared(document, pair.base.root, pair.revision.root)
    yield from components.compared(document)


# --- paths -------------------------------------------------------------------------------------


def _paths(pair: Pair) -> Iterator[Change]:
    one, two = _items(pair.base, "paths"), _items(pair.revision, "paths")
    to, back = _Finder(two), _Finder(one)
    for path, item in one.items():
        found = to.find(path)
        if found is None:
            for operation in operations(pair.base, path, item).values():
                yield from lifecycle.removed(Spot(pair, operation.method, path), operation, whole=True)
            continue
        yield from item_changes(Spot(pair), Item(path, found[0], item, two[found[0]], found[1]))
    for path, item in two.items():
        if back.find(path) is None:
            for operation in operations(pair.revision, path, item).values():
                yield added(Spot(pair, operation.method, path), operation)


def _items(side: Side, key: str) -> dict[str, Node]:
    return dict(entries(side, side.root.get(key), extensible=key == "paths"))


class _Finder:
    """Finds the path of the other side: of the same name, or of another that differs in names of parameters only."""

    def __init__(self, items: Iterable[str]) -> None:
        self._paths = frozenset(items)
        self._templates: dict[str, tuple[str, list[str]]] = {}
        for path in items:
            shape, names = template(path)
            self._templates.setdefault(shape, (path, names))

    def find(self, path: str) -> tuple[str, dict[str, str]] | None:
        """The path there with what each parameter is called there, where that differs."""
        if path in self._paths:
            return path, {}
        shape, names = template(path)
        found = self._templates.get(shape)
        return (found[0], dict(zip(names, found[1], strict=True))) if found is not None else None


# --- webhooks ----------------------------------------------------------------------------------


def _webhooks(pair: Pair) -> Iterator[Change]:
    one, two = _items(pair.base, "webhooks"), _items(pair.revision, "webhooks")
    for name, item in one.items():
        if name in two:
            path = _WEBHOOK + name
            yield from item_changes(Spot(pair, mirrored=True), Item(path, path, item, two[name]))
        else:
            yield Spot(pair).change(
                "webhook-removed",
                f"the webhook `{name}` was removed",
                base=item,
                counterexample=f"{next(iter(operations(pair.base, name, item)), 'POST')} {_WEBHOOK}{name}",
            )
    for name, item in two.items():
        if name not in one:
            yield Spot(pair).change("webhook-added", f"the webhook `{name}` was added", revision=item)
