"""Small documents of an order service, and what the walk says of a pair of them."""

from typing import Any

from byte.compare.changes import Change
from byte.compare.document import Sameness, Side
from byte.compare.protocol import walk
from byte.model.contract import Document

TODAY = "2026-06-01"
FINE: Document = {"200": {"description": "fine"}}
Told = tuple[str, str | None, str | None]


def document(paths: Document | None = None, *, version: str = "2026-05", **rest: Any) -> Document:
    """A document of OpenAPI 3.1; its version is no semantic one, so that it says nothing of breaks."""
    return {"openapi": "3.1.0", "info": {"title": "Orders", "version": version}, "paths": paths or {}, **rest}


def operation(**said: Any) -> Document:
    """An operation that answers 200."""
    return {"responses": FINE, **said}


def listing(**said: Any) -> Document:
    """A document with `GET /orders`."""
    return document({"/orders": {"get": operation(**said)}})


def placing(**said: Any) -> Document:
    """A document with `POST /orders`."""
    return document({"/orders": {"post": operation(**said)}})


def query(name: str = "limit", schema: Any = None, **said: Any) -> Document:
    """A parameter in the query, a string where nothing is said."""
    return {"name": name, "in": "query", "schema": {"type": "string"} if schema is None else schema, **said}


def header(name: str = "X-Tenant", schema: Any = None, **said: Any) -> Document:
    """A parameter in a header."""
    return {**query(name, schema, **said), "in": "header"}


def body(name: str = "application/json", schema: Any = None, **said: Any) -> Document:
    """A body of one media type, any JSON where nothing is said."""
    return {"content": {name: {"schema": {} if schema is None else schema}}, **said}


def answer(**said: Any) -> Document:
    """Responses with one, 200."""
    return {"200": {"description": "fine", **said}}


def changes(base: Document, revision: Document, as_of: str | None = TODAY) -> list[Change]:
    """What the walk says of a pair."""
    one, two = Side(base, "base"), Side(revision, "revision")
    return [change for change in walk(one, two, Sameness(one, two), as_of) if change.id]


def told(base: Document, revision: Document, as_of: str | None = TODAY) -> list[Told]:
    """Id, oasdiff's level and Byte's level of each change, sorted; None for Byte's where inclusion decides."""
    found = [(c.id, c.oasdiff, c.level) for c in changes(base, revision, as_of)]
    return sorted(found, key=lambda t: (t[0], t[1] or "", t[2] or ""))


def only(base: Document, revision: Document, as_of: str | None = TODAY) -> Change:
    """The one change of a pair."""
    (found,) = changes(base, revision, as_of)
    return found
