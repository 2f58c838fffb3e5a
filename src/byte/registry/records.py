"""What the registry keeps, as data: what goes into the store and what comes out of it.

Times are microseconds since the epoch, UTC (`registry.clock`). `revision` counts the edits of a record from 1: it is the
record's ETag. `None` says that there is none; an empty text is an empty text.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar

import msgspec

from byte.model.contract import Contract

T = TypeVar("T")
Kind = Literal["rest", "mcp", "a2a"]
Lifecycle = Literal["experimental", "production", "deprecated", "retired"]
State = Literal["draft", "active", "deprecated", "retired"]
HealthState = Literal["unknown", "up", "degraded", "down", "not-probed"]
Scope = Literal["read", "publish", "admin"]
Verdict = Literal["APPROVED", "APPROVED WITH CHANGES", "NEEDS REVISION"]
Compatibility = Literal["none", "backward", "consumers"]
Scheme = Literal["none", "semver", "calver"]
Weight = Literal["blocker", "major", "note", "off"]
Overriding = Literal["admin", "owner"]
Outcome = Literal["published", "refused"]

KINDS: tuple[Kind, ...] = ("rest", "mcp", "a2a")
LIFECYCLES: tuple[Lifecycle, ...] = ("experimental", "production", "deprecated", "retired")
STATES: tuple[State, ...] = ("draft", "active", "deprecated", "retired")
SCOPES: tuple[Scope, ...] = ("read", "publish", "admin")
VERDICTS: tuple[Verdict, ...] = ("APPROVED", "APPROVED WITH CHANGES", "NEEDS REVISION")
"""From the best to the worst."""
COMPATIBILITIES: tuple[Compatibility, ...] = ("none", "backward", "consumers")
SCHEMES: tuple[Scheme, ...] = ("none", "semver", "calver")
WEIGHTS: tuple[Weight, ...] = ("blocker", "major", "note", "off")
OVERRIDINGS: tuple[Overriding, ...] = ("admin", "owner")

NEXT: Mapping[State, tuple[State, ...]] = {
    "draft": ("active", "retired"),
    "active": ("deprecated", "retired"),
    "deprecated": ("active", "retired"),
    "retired": (),
}
"""The states that a version may go to from each."""


class Link(msgspec.Struct, frozen=True):
    """A page about a service: `rel` says which ("documentation", "source", "runbook", ...)."""

    rel: str
    url: str


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """How the health of a service is asked for. `path` is relative to its base URL; seconds everywhere."""

    enabled: bool = True
    path: str = "/health"
    interval: int = 60
    timeout: int = 5
    expect: tuple[int, ...] = ()


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """A team that owns services."""

    name: str
    title: str = ""
    contacts: tuple[Link, ...] = ()
    revision: int = 1
    created_at: int = 0
    updated_at: int = 0


class Service(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """A registered backend. `latest` is the label of its latest active version, else of its latest of any state."""

    name: str
    kind: Kind = "rest"
    title: str = ""
    description: str = ""
    owner: str | None = None
    lifecycle: Lifecycle = "production"
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    base_url: str | None = None
    probe: Probe = Probe()
    health: HealthState = "unknown"
    health_since: int | None = None
    latest: str | None = None
    revision: int = 1
    created_at: int = 0
    updated_at: int = 0


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """An immutable contract of a service: only its state, deprecation and sunset change.

    `digest` is that of what the contract says ("sha256:" and hex, the same for the same contract however it is
    written), `document` that of the bytes that were published. `sequence` counts the versions of the service from 1.
    `base` is the label of the version that was the latest when it was published.
    """

    service: str
    label: str
    sequence: int = 0
    state: State = "draft"
    format: str = ""
    title: str = ""
    description: str = ""
    digest: str = ""
    document: str = ""
    operations: int = 0
    base: str | None = None
    sunset: int | None = None
    deprecated_at: int | None = None
    actor: str = ""
    commit: str | None = None
    revision: int = 1
    created_at: int = 0
    updated_at: int = 0


class Document(msgspec.Struct, frozen=True):
    """The bytes that were published, as they were."""

    digest: str
    media_type: str
    data: bytes


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One callable thing of a version: HTTP method and path, a tool of MCP, a skill of A2A.

    - `name`: "GET /orders/{id}", the tool's name, the skill's id; unique in its version.
    - `id`: that of the operation in its version: 24 hex digits of the SHA-256 of service, label and name.
    - `method`, `path`: of rest operations, "" for the others.
    - `parameters`: names of what it takes; `body`: the operation as the contract has it, with its references.
    """

    id: str
    service: str
    version: str
    kind: Kind
    name: str
    method: str = ""
    path: str = ""
    operation_id: str = ""
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    deprecated: bool = False
    state: State = "active"
    body: Mapping[str, Any] = {}


def identity(service: str, label: str, name: str) -> str:
    """The id of an operation: 24 hex digits of the SHA-256 of service, label and name."""
    return hashlib.sha256("\0".join((service, label, name)).encode("utf-8", "surrogatepass")).hexdigest()[:24]


class Component(msgspec.Struct, frozen=True):
    """A part of a contract that operations refer to, by its reference ("#/components/schemas/Order")."""

    reference: str
    body: Any


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a document says, ready to be published: made by `registry.documents`, kept by `registry.store`.

    `version` is the one that the document names itself; `operations` have neither service nor version yet. `contract` is
    that of an OpenAPI document, so that whoever compares it need not read it again.
    """

    kind: Kind
    format: str
    name: str
    title: str
    description: str
    version: str
    digest: str
    document: Document
    operations: tuple[Operation, ...]
    components: tuple[Component, ...]
    base_url: str | None = None
    links: tuple[Link, ...] = ()
    tags: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    contract: Contract | None = None


class Use(msgspec.Struct, frozen=True, order=True):
    """What a consumer uses of an operation (by its name): fields it reads and fields it sends, as paths ("items/price")."""

    operation: str
    reads: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """A service (or anything with a name) that uses operations of a service, and where that is seen."""

    service: str
    name: str
    uses: tuple[Use, ...] = ()
    evidence: tuple[str, ...] = ()
    revision: int = 1
    created_at: int = 0
    updated_at: int = 0


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A review that is kept: of a publish, or sent by a CI. `report` is the review as JSON.

    `outcome` is what became of the publish; None for the review of a CI. The version of a refused one is not there.
    """

    id: str
    service: str
    version: str | None = None
    commit: str | None = None
    source: Literal["publish", "ci"] = "ci"
    verdict: Verdict
    outcome: Outcome | None = None
    report: Mapping[str, Any] = {}
    actor: str = ""
    created_at: int = 0


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a new version of a service; `service` is "" in the default of all services.

    - `compatibility`: which breaks refuse a version: none, every one, or those that a registered consumer would meet.
    - `verdict`: the worst that the review may come to.
    - `severities`: what findings of a rule, or of a kind of difference, weigh instead ("off": nothing).
    - `sunset`: an operation is removed only after the day that it was announced for.
    - `scheme`: how labels are chosen; with "semver" a break asks for a major, and a major may break.
    - `overriding`: who may let in what is refused: an admin, or the owner of the service too.
    """

    service: str = ""
    compatibility: Compatibility = "backward"
    verdict: Verdict = "APPROVED WITH CHANGES"
    severities: Mapping[str, Weight] = {}
    sunset: bool = False
    scheme: Scheme = "none"
    overriding: Overriding = "admin"
    revision: int = 0
    created_at: int = 0
    updated_at: int = 0


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Leave to publish what the policy refuses: by whom, why, and until when (that moment excluded).

    It is for one version, one rule (a rule of the review, a kind of difference, or "version", "sunset", "verdict") and
    one operation; None is for all of them.
    """

    id: str
    service: str
    version: str | None = None
    rule: str | None = None
    operation: str | None = None
    reason: str
    until: int
    actor: str = ""
    created_at: int = 0


class HealthCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One probe: when, what it said, and how long it took (milliseconds; None where nothing answered)."""

    service: str
    at: int
    state: HealthState
    latency_ms: float | None = None
    status: int | None = None
    reason: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. Numbers grow in the order of commits: who has read up to one has missed nothing before it.

    `type` is RESOURCE.PARTICIPLE ("service.created", "version.published", "health.changed", "key.revoked").
    """

    number: int = 0
    type: str
    service: str | None = None
    version: str | None = None
    subject: str = ""
    actor: str
    at: int = 0
    data: Mapping[str, Any] = {}


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An API key without its secret. Scopes include the ones before them: admin may publish, publish may read.

    `owner` limits publishing to the services of a team; None to none.
    """

    id: str
    name: str
    scope: Scope
    owner: str | None = None
    expires_at: int | None = None
    last_used_at: int | None = None
    revoked_at: int | None = None
    created_at: int = 0


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """Where events are sent to. `types` empty: all of them. `delivered` is the number of the last event that arrived."""

    id: str
    url: str
    types: tuple[str, ...] = ()
    service: str | None = None
    enabled: bool = True
    delivered: int = 0
    failures: int = 0
    last_error: str = ""
    retry_at: int | None = None
    revision: int = 1
    created_at: int = 0
    updated_at: int = 0


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Items of a list and the cursor to what follows them, None at the end."""

    items: tuple[T, ...]
    next: str | None = None
