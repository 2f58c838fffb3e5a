"""Paths, operations and webhooks of both sides, matched; what is on one side only; the whole document."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from byte.compare.changes import Change
from byte.compare.document import Node, Sameness, Side
from byte.compare.protocol import components, lifecycle, security, servers, version
from byte.compare.protocol.operation import Item, added, item_changes
from byte.compare.protocol.spot import Pair, Spot
from byte.compare.protocol.view import entries, operations, template
from byte.compare.schemas.structure import Sides

_WEBHOOK: Final = "webhook:"
_MOST: Final = 20_000
"""How many changes of two documents are told."""


def walk(base: Side, revision: Side, same: Sameness, as_of: str | None) -> Iterator[Change]:
    """Everything that differs, in the order of the documents; what follows from all of it comes last.

    `as_of` is the day ("2026-01-31") that sunset dates are measured from; rules that need one are undecided without.
    """
    if same.identical(base.document, revision.document):
        return
    day = date.fromisoformat(as_of) if as_of is not None else None
    pair = Pair(base, revision, same, Sides(base, revision, same), day, security.same(base, revision, same))
    limit = _Limit(pair)
    yield from version.judged(pair, _all(pair, limit))
    if limit.lost:
        yield limit.told()


class _Limit:
    """Ends what is told of documents in which nearly all is another: nobody reads it, and it takes hours."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._left = _MOST
        self.lost = 0

    def within(
        self, changes: Iterable[Change], base: Node | None = None, revision: Node | None = None
    ) -> Iterator[Change]:
        """The changes of one thing, as far as they are still told; `base` and `revision` are the thing itself."""
        if self._left <= 0 and base is not None and revision is not None:
            self.lost += not self._pair.same.same(base.value, revision.value)
            return
        for change in changes:
            if self._left <= 0:
                self.lost += 1
                return
            self._left -= 1
            yield change

    def told(self) -> Change:
        """The difference that stands for all that is not told."""
        why = f"Byte tells of at most {_MOST:,} changes at once: split the documents to have all of them compared"
        parts = "part differs" if self.lost == 1 else "parts differ"
        message = f"{self.lost:,} more {parts} (paths, webhooks, components) and could not be compared"
        return Spot(self._pair).change("document-unknown", message, level="warning", undecided=why)


def _all(pair: Pair, limit: _Limit) -> Iterator[Change]:
    document = Spot(pair)
    yield from _paths(pair, limit)
    yield from _webhooks(pair, limit)
    yield from limit.within(security.document(document))
    yield from servers.compared(document, pair.base.root, pair.revision.root)
    yield from limit.within(components.compared(document))


# --- paths -------------------------------------------------------------------------------------


def _paths(pair: Pair, limit: _Limit) -> Iterator[Change]:
    one, two = _items(pair.base, "paths"), _items(pair.revision, "paths")
    to, back = _Finder(two), _Finder(one)
    for path, item in one.items():
        found = to.find(path)
        if found is None:
            for operation in operations(pair.base, path, item).values():
                yield from limit.within(lifecycle.removed(Spot(pair, operation.method, path), operation, whole=True))
            continue
        other = two[found[0]]
        yield from limit.within(item_changes(Spot(pair), Item(path, found[0], item, other, found[1])), item, other)
    for path, item in two.items():
        if back.find(path) is None:
            for operation in operations(pair.revision, path, item).values():
                yield from limit.within([added(Spot(pair, operation.method, path), operation)])


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


def _webhooks(pair: Pair, limit: _Limit) -> Iterator[Change]:
    one, two = _items(pair.base, "webhooks"), _items(pair.revision, "webhooks")
    for name, item in one.items():
        if name in two:
            path = _WEBHOOK + name
            changes = item_changes(Spot(pair, mirrored=True), Item(path, path, item, two[name]))
            yield from limit.within(changes, item, two[name])
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
