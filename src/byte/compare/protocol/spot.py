"""Where the walk stands, and how a change there is put: id, oasdiff's level, Byte's level, direction, pointers."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, Literal

import msgspec

from byte.compare.changes import Change, Root
from byte.compare.document import Node, Sameness, Side
from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.protocol.view import unknown
from byte.compare.schemas.structure import Sides
from byte.model.difference import Counterexample, Direction, Level, OasdiffLevel

_LEVELS: Final[Mapping[OasdiffLevel, Level]] = {"ERR": "breaking", "WARN": "warning", "INFO": "info", "NONE": "info"}
_OWN: Final[Mapping[str, Level]] = {
    # Clients that still call a removed operation fail, however long it was announced.
    "api-path-removed-with-deprecation": "warning",
    "api-removed-with-deprecation": "warning",
    # Announcements and their texts: no request of a client is answered in another way.
    "api-deprecated-sunset-parse": "warning",
    "api-invalid-stability-level": "warning",
    "api-stability-decreased": "warning",
    "api-sunset-date-changed-too-small": "warning",
    "api-sunset-date-too-small": "warning",
    "request-parameter-removed-before-sunset": "warning",
    "request-parameter-sunset-date-changed-too-small": "warning",
    "request-parameter-sunset-date-too-small": "warning",
    "request-parameter-sunset-deleted": "warning",
    "request-parameter-sunset-parse": "warning",
    "sunset-deleted": "warning",
    # The template of the path is the same, so requests have it already.
    "new-request-path-parameter": "warning",
    # A body of some type is still answered; what it says is no longer known.
    "request-body-media-type-schema-added": "warning",
    "response-body-media-type-schema-removed": "warning",
    # Byte's own.
    "request-body-encoding-changed": "warning",
    "request-body-media-type-name-changed": "breaking",
    "request-parameter-style-changed": "breaking",
    "request-parameter-content-changed": "breaking",
    "request-parameter-empty-value-disallowed": "warning",
    "request-parameter-reserved-disallowed": "warning",
    "api-security-narrowed": "breaking",
    "callback-removed": "breaking",
    "response-body-encoding-changed": "warning",
    "response-header-content-changed": "breaking",
    "server-removed": "warning",
}
# Where the provider is the one that asks (webhooks, callbacks), what it sends is the request.
_MIRRORED: Final[Mapping[str, Level]] = {
    "new-required-request-parameter": "info",
    "new-required-request-default-parameter-to-existing-path": "info",
    "new-request-path-parameter": "info",
    "request-body-added-required": "info",
    "request-body-became-optional": "breaking",
    "request-body-became-required": "info",
    "request-body-media-type-added": "warning",
    "request-body-media-type-removed": "info",
    "request-parameter-became-optional": "breaking",
    "request-parameter-became-required": "info",
    "request-parameter-removed": "warning",
    "response-success-status-added": "info",
    "response-header-added": "info",
    "required-response-header-removed": "info",
    "optional-response-header-removed": "info",
    "response-header-became-optional": "info",
    "api-security-added": "warning",
    "endpoint-added": "info",
}


class Pair(msgspec.Struct, frozen=True):
    """The two sides with what they have in common; `sides` remembers the schemas that were compared.

    `day` is what dates are measured from, None where none is given; `secured` says whether what the documents as a
    whole say of security is the same.
    """

    base: Side
    revision: Side
    same: Sameness
    sides: Sides
    day: date | None
    secured: bool


class Spot(msgspec.Struct, frozen=True):
    """An operation that is being compared, or (without method and path) the document.

    - `within`: the callback that it belongs to, for people.
    - `mirrored`: the provider is the one that sends the request (webhooks, callbacks).
    - `listed`: whether oasdiff says anything about changes here.
    """

    pair: Pair
    method: str = ""
    path: str = ""
    within: str = ""
    mirrored: bool = False
    listed: bool = True

    def change(
        self,
        id: str,
        message: str,
        *,
        at: str = "",
        base: Node | None = None,
        revision: Node | None = None,
        direction: Direction = "none",
        level: Level | None = None,
        counterexample: str = "",
        undecided: str = "",
        listed: bool = True,
        keywords: tuple[str, ...] = (),
    ) -> Change:
        """A change of the protocol here. `at` is the place for people, `counterexample` a request in one line."""
        known = OASDIFF_LEVELS.get(id)
        level = level or self.level(id)
        if level != "info":
            undecided = undecided or _doubt(base) or _doubt(revision)
        return Change(
            id=id,
            oasdiff=known if listed and self.listed else None,
            method=self.method,
            path=self.path,
            direction=self.turned(direction),
            location=self.place(at),
            message=message,
            base=base.pointer if base is not None else "",
            revision=revision.pointer if revision is not None else "",
            level=level,
            counterexample=_request(counterexample) if counterexample and level == "breaking" else None,
            undecided=undecided,
            keywords=keywords,
        )

    def inside(
        self,
        id: str,
        message: str,
        root: Root,
        *,
        at: str,
        base: Node | None,
        revision: Node | None,
        keywords: tuple[str, ...],
        name: str | None = None,
        listed: bool = True,
    ) -> Change:
        """A change inside a schema, which inclusion decides."""
        return Change(
            id=id,
            oasdiff=OASDIFF_LEVELS.get(id) if listed and self.listed else None,
            method=self.method,
            path=self.path,
            direction=root.direction,
            location=self.place(at),
            message=message,
            base=base.pointer if base is not None else "",
            revision=revision.pointer if revision is not None else "",
            root=root,
            keywords=keywords,
            name=name,
        )

    def asking(self, root: Root, base: Node, revision: Node) -> Iterator[Change]:
        """A question about two schemas that are not the same, so that nothing breaks that no check knows."""
        if not self.pair.same.same(base.value, revision.value):
            yield self.inside("", "", root, at=root.what, base=base, revision=revision, keywords=())

    def root(self, base: Node, revision: Node, direction: Literal["request", "response"], what: str) -> Root:
        """The schema pair of what is sent as a request or response of this operation."""
        return Root(base.pointer, revision.pointer, self.flow(direction), self.place(what))

    def level(self, id: str) -> Level:
        """Byte's level of a change of the protocol."""
        if self.mirrored and id in _MIRRORED:
            return _MIRRORED[id]
        return _OWN.get(id) or _LEVELS[OASDIFF_LEVELS.get(id, "INFO")]

    def turned(self, direction: Direction) -> Direction:
        """Who sends it, as the client of the API sees it."""
        return direction if direction == "none" else self.flow(direction)

    def flow(self, direction: Literal["request", "response"]) -> Literal["request", "response"]:
        """Who sends it, where it is the one or the other."""
        if not self.mirrored:
            return direction
        return "response" if direction == "request" else "request"

    def place(self, at: str) -> str:
        """A place in the operation, with the callback that it belongs to."""
        return " → ".join(part for part in (self.within, at) if part)

    def of(self, method: str, path: str) -> "Spot":
        """The spot of an operation; one of a callback belongs to the operation that calls back."""
        if self.within:
            return msgspec.structs.replace(self, within=f"{self.within} → {method} {path}")
        return msgspec.structs.replace(self, method=method, path=path)

    @property
    def request(self) -> str:
        """`GET /orders/{id}`: how a request of this operation starts."""
        return f"{self.method} {self.path}"


_READ: Final = (
    *("name", "in", "required", "style", "explode", "allowReserved", "allowEmptyValue", "deprecated", "x-sunset"),
    *("type", "scheme", "openIdConnectUrl", "url", "security"),
)
"""Fields that rules of the protocol read."""


def _doubt(node: Node | None) -> str:
    """Why what is read of a node is not known, "" where it is; of an operation's parts each says so itself."""
    if node is None or not isinstance(node.value, dict) or "responses" in node.value:
        return ""
    return unknown(node.value) or next((why for key in _READ if (why := unknown(node.value.get(key)))), "")


def _request(line: str) -> Counterexample:
    return Counterexample(kind="request", value=line)
