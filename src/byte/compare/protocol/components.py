"""Named components: schemas that are gone."""

from collections.abc import Iterator

from byte.compare.changes import Change
from byte.compare.document import Node, Side
from byte.compare.protocol.spot import Spot


def compared(spot: Spot) -> Iterator[Change]:
    """Schemas that the revision no longer names. What that means is told where they were used."""
    one, two = _schemas(spot.pair.base), _schemas(spot.pair.revision)
    for name, node in one.items():
        if name not in two:
            yield spot.change("api-schema-removed", f"the schema `{name}` was removed", base=node)


def _schemas(side: Side) -> dict[str, Node]:
    holder = side.root.get("components")
    held = holder.get("schemas") if holder is not None else None
    return dict(held.items()) if held is not None else {}
