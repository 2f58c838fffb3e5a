"""Schemas of an order service on both sides, and what is said of them as the body of a request or a response."""

from typing import Any

from byte.compare.changes import Change, Root
from byte.compare.document import Node, Sameness, Side
from byte.compare.schemas import Where, body_changes
from byte.compare.schemas.structure import SchemaDiff, Sides
from byte.model.contract import Document

TODAY = "2026-06-01"
JSON = "application/json"
Schema = Any


def document(schema: Schema, components: Document | None = None, version: str = "3.1.0") -> Document:
    """A document with one schema at `/body`."""
    return {"openapi": version, "body": schema, "components": {"schemas": components or {}}}


def sides(base: Document, revision: Document, *, memo: bool = True) -> Sides:
    """Both sides; without memo, parts that are equal are compared like any others."""
    one, two = Side(base, "base"), Side(revision, "revision")
    return Sides(one, two, Sameness(one, two) if memo else None)


def compared(base: Document, revision: Document, *, memo: bool = True) -> SchemaDiff | None:
    """How the schemas of two documents differ."""
    return sides(base, revision, memo=memo).difference(Node(base["body"], "/body"), Node(revision["body"], "/body"))


def difference(base: Schema, revision: Schema, **components: Any) -> SchemaDiff | None:
    """How two schemas differ; components are the same on both sides."""
    return compared(document(base, components), document(revision, components))


def told(
    base: Document,
    revision: Document,
    direction: Any = "request",
    *,
    media_type: str = JSON,
    path: str = "/orders",
    as_of: str | None = TODAY,
    readable: bool = True,
    memo: bool = True,
    both: Sides | None = None,
) -> list[Change]:
    """What is said of the schemas of two documents; `both` is what was compared of them before."""
    what = f"{direction} body ({media_type})"
    where = Where(
        method="POST",
        path=path,
        direction=direction,
        media_type=media_type,
        root=Root("/body", "/body", direction, what),
        as_of=as_of,
        readable=readable,
    )
    both = both or sides(base, revision, memo=memo)
    return list(body_changes(both, where, Node(base["body"], "/body"), Node(revision["body"], "/body")))


def said(base: Schema, revision: Schema, direction: Any = "request", **more: Any) -> list[Change]:
    """What is said of two schemas."""
    return told(document(base), document(revision), direction, **more)


def rows(changes: list[Change]) -> list[tuple[str, str | None]]:
    """The ids with oasdiff's level, sorted."""
    return sorted((change.id, change.oasdiff) for change in changes)


def order(*required: str, **properties: Schema) -> Schema:
    """An object with these properties."""
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}
