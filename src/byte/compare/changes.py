"""A change as the walk over two documents sees it, before anything is decided about it."""

from typing import Literal

import msgspec

from byte.model.difference import Counterexample, Direction, Level, OasdiffLevel


class Root(msgspec.Struct, frozen=True):
    """The schema as a whole that a change lies in, on both sides, by JSON pointer: of a body, parameter or header.

    `direction` is the one of the payload as base's client sees it: what the client sends is a "request".
    `what` says it for people: "request body (application/json)".
    """

    base: str
    revision: str
    direction: Literal["request", "response"]
    what: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not the same on both sides, with the terms and the opinion of oasdiff's checks.

    - `id`: oasdiff's id where it has one, else Byte's own in the same manner; `oasdiff` is its default level there,
      None where oasdiff is silent, about the kind of change or at this place. With `id` "" nothing is told: it only
      asks for a decision about `root`, whose schemas are not the same.
    - `method`, `path`: "GET", "/orders/{id}" as in the base (in the revision where it was added); "webhook:NAME" as
      path for webhooks, both empty for what belongs to no operation.
    - `location`: where in the operation, for people: "request body → items → price".
    - `message`: one clause without the operation: "request property `items/price` became required".
    - `base`, `revision`: JSON pointers of the nodes that it was seen at, "" where the side has none. A pointer is the
      place where the node really stands (below `/components` when reached by reference).
    - `root`: for what lies inside a schema, so that inclusion decides about it; None for the protocol.
    - `keywords`, `name`: inside a schema, the keywords it is about, and the property where it is about one of the
      node's own (`required`, `properties`).
    - `level`: Byte's own for the protocol; None where inclusion decides.
    - `undecided`: why it cannot be decided, where that is known already.
    """

    id: str
    oasdiff: OasdiffLevel | None
    method: str
    path: str
    direction: Direction
    location: str
    message: str
    base: str = ""
    revision: str = ""
    root: Root | None = None
    keywords: tuple[str, ...] = ()
    name: str | None = None
    level: Level | None = None
    counterexample: Counterexample | None = None
    undecided: str = ""
