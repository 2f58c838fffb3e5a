"""What goes over the wire: the bodies that are taken, those that are answered, and the way between them and the records.

A body that is taken is read strictly: no unknown member, no text for a number, every length bounded. Bodies that are
answered are made by the functions beside their models, past pydantic; tests hold one to the other.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from byte.registry import catalog, clock, consumers, faults, records, reviews
from byte.registry.records import HealthState, Kind, Lifecycle, Outcome, State, Verdict

T = TypeVar("T")
INT32: Final[JsonDict] = {"format": "int32"}
INT64: Final[JsonDict] = {"format": "int64"}
IDENTITY: Final = r"^[0-9a-f]{24}$"
_RFC3339: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)


# --- words that many bodies share --------------------------------------------------------------


def _text(value: Any) -> Any:
    """Only a text may be a time: pydantic would take a number as seconds."""
    if not isinstance(value, str) or not faults.like(_RFC3339, value):
        raise ValueError("a time is written as RFC 3339 has it, with its zone: 2027-01-31T00:00:00Z")
    return value.upper()


def _whole(value: Any) -> Any:
    """60.0 is an integer in JSON."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE: Final = BeforeValidator(_whole)
Name = Annotated[str, Field(pattern=faults.NAME, min_length=1, max_length=faults.NAME_LENGTH)]
Label = Annotated[str, Field(pattern=faults.LABEL, min_length=1, max_length=faults.LABEL_LENGTH)]
Line = Annotated[str, Field(pattern=faults.LINE, max_length=faults.TITLE_LENGTH)]
Text = Annotated[str, Field(pattern=faults.TEXT, max_length=faults.TEXT_LENGTH)]
Url = Annotated[str, Field(pattern=faults.URL, min_length=8, max_length=faults.URL_LENGTH)]
BaseUrl = Annotated[str, Field(pattern=faults.BASE_URL, min_length=8, max_length=faults.URL_LENGTH)]
Tag = Annotated[str, Field(pattern=faults.NAME, min_length=1, max_length=faults.TAG_LENGTH)]
Commit = Annotated[str, Field(pattern=faults.COMMIT, min_length=7, max_length=64)]
FieldPath = Annotated[str, Field(pattern=faults.LINE, max_length=consumers.FIELD_LENGTH)]
Evidence = Annotated[str, Field(pattern=faults.LINE, max_length=consumers.EVIDENCE_LENGTH)]
Status = Annotated[int, Field(ge=100, le=599, json_schema_extra=INT32), WHOLE]
Moment = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_text),
    WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 40}),
]
"""A time in a body that is taken."""
Time = Annotated[datetime, WithJsonSchema({"type": "string", "format": "date-time", "readOnly": True, "maxLength": 40})]
"""A time in an answer: RFC 3339, UTC, microseconds."""
Revision = Annotated[
    int,
    Field(ge=1, description="Counts the edits; the `ETag` is made of it.", examples=[3]),
    WithJsonSchema({"type": "integer", "format": "int64", "minimum": 1, "readOnly": True}),
]
CREATED: Final = Field(description="When it was added.", examples=["2026-11-23T13:06:16.000000Z"])
UPDATED: Final = Field(description="When it was last changed.", examples=["2026-11-23T13:06:16.000000Z"])


class Taken(BaseModel):
    """A body that is taken: nothing that is not known, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answered(BaseModel):
    """A body that is answered. Members without a value are null; none is left out."""


class ListOf(Answered, Generic[T]):
    """A page of a list."""

    items: list[T] = Field(description="The items of this page, in the order that was asked for.", max_length=200)
    next: str | None = Field(
        description="Path and query of the next page; null at the end.",
        examples=["/v1/services?cursor=WyJuYW1lIiwib3JkZXJzIl0"],
        max_length=10_000,
    )


class Link(Taken):
    """A page on the web, and what it is."""

    rel: Tag = Field(description="What it is.", examples=["documentation", "source", "runbook"])
    url: Url = Field(description="Where it is: http or https.", examples=["https://docs.example.com/orders"])

    def record(self) -> records.Link:
        return records.Link(self.rel, self.url)


def _links(links: tuple[records.Link, ...]) -> list[dict[str, str]]:
    return [{"rel": link.rel, "url": link.url} for link in links]


def _time(at: int | None) -> str | None:
    return None if at is None else clock.shown(at)


# --- services ----------------------------------------------------------------------------------

ServiceName = Annotated[Name, Field(description="Its name, in paths too.", examples=["orders"])]
ServiceKind = Annotated[Kind, Field(description="What it speaks.", examples=["rest"])]
Title = Annotated[Line, Field(description="Its name for people.", examples=["Orders"])]
Description = Annotated[
    Text, Field(description="What it is for, in Markdown.", examples=["Takes orders, and knows what became of them."])
]
LifecycleWord = Annotated[Lifecycle, Field(description="How far others may rely on it.", examples=["production"])]
Tags = Annotated[
    list[Tag],
    Field(description="Words to find it by, once each.", max_length=catalog.TAGS_MOST, examples=[["orders", "shop"]]),
]
Links = Annotated[list[Link], Field(description="Pages about it.", max_length=catalog.LINKS_MOST)]
ServiceUrl = Annotated[
    BaseUrl,
    Field(description="Where it answers; its health is asked there.", examples=["https://orders.example.com"]),
]
OwnerName = Annotated[Name, Field(description="The team that it belongs to.", examples=["shop"])]
ProbePath = Annotated[
    str,
    Field(
        description="What is asked for, below the base URL.",
        pattern=faults.PATH,
        max_length=faults.URL_LENGTH,
        examples=["/health"],
    ),
]
Interval = Annotated[
    int,
    Field(
        description="How often, in seconds.",
        ge=catalog.INTERVAL[0],
        le=catalog.INTERVAL[1],
        json_schema_extra=INT32,
        examples=[60],
    ),
    WHOLE,
]
Timeout = Annotated[
    int,
    Field(
        description="How long an answer may take, in seconds.",
        ge=catalog.TIMEOUT[0],
        le=catalog.TIMEOUT[1],
        json_schema_extra=INT32,
        examples=[5],
    ),
    WHOLE,
]
Statuses = Annotated[
    list[Status],
    Field(
        description="The statuses of a healthy service; none: any 2xx.",
        max_length=catalog.EXPECT_MOST,
        examples=[[200, 204]],
    ),
]


class Probe(Taken):
    """How the health of a service is asked for."""

    enabled: bool = Field(default=True, description="Whether it is asked at all.")
    path: ProbePath = "/health"
    interval_seconds: Interval = 60
    timeout_seconds: Timeout = 5
    expected_statuses: Statuses = []

    def record(self) -> records.Probe:
        return records.Probe(
            enabled=self.enabled,
            path=self.path,
            interval=self.interval_seconds,
            timeout=self.timeout_seconds,
            expect=tuple(self.expected_statuses),
        )


class ProbePatch(Taken):
    """A merge patch of a probe: null takes a member back to its default."""

    enabled: bool | None = Field(default=None, description="Whether it is asked at all.")
    path: ProbePath | None = None
    interval_seconds: Interval | None = None
    timeout_seconds: Timeout | None = None
    expected_statuses: Statuses | None = None


class ServiceReplace(Taken):
    """All that may be written of a service: what is left out goes back to its default, the owner aside.

    The owner of a new service is the key's team if it is left out; later it changes by a transfer only.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "kind": "rest",
                "title": "Orders",
                "description": "Takes orders, and knows what became of them.",
                "lifecycle": "production",
                "tags": ["orders", "shop"],
                "links": [{"rel": "source", "url": "https://git.example.com/shop/orders"}],
                "base_url": "https://orders.example.com",
            }
        }
    )

    kind: ServiceKind = "rest"
    title: Title = ""
    description: Description = ""
    owner: OwnerName | None = None
    lifecycle: LifecycleWord = "production"
    tags: Tags = []
    links: Links = []
    base_url: ServiceUrl | None = None
    probe: Probe = Field(default=Probe(), description="How its health is asked for.")

    def record(self, name: str) -> records.Service:
        return records.Service(
            name=name,
            kind=self.kind,
            title=self.title,
            description=self.description,
            owner=self.owner,
            lifecycle=self.lifecycle,
            tags=tuple(self.tags),
            links=tuple(link.record() for link in self.links),
            base_url=self.base_url,
            probe=self.probe.record(),
        )


class ServiceCreate(ServiceReplace):
    """A new service."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "orders",
                "kind": "rest",
                "title": "Orders",
                "tags": ["orders", "shop"],
                "base_url": "https://orders.example.com",
            }
        }
    )

    name: ServiceName


class ServicePatch(Taken):
    """A merge patch of a service (RFC 7396): null takes a member back to its default."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"title": "Orders", "base_url": None, "probe": {"interval_seconds": 30}}}
    )

    kind: ServiceKind | None = None
    title: Title | None = None
    description: Description | None = None
    lifecycle: LifecycleWord | None = None
    tags: Tags | None = None
    links: Links | None = None
    base_url: ServiceUrl | None = None
    probe: ProbePatch | None = Field(default=None, description="How its health is asked for.")

    def applied(self, service: records.Service) -> records.Service:
        """The service with the patch on it."""
        body = service_shown(service)
        writable = {name: body[name] for name in type(self).model_fields}
        patched = catalog.merged(writable, self.model_dump(exclude_unset=True))
        return ServiceReplace.model_validate(patched).record(service.name)


class Service(Answered):
    """A registered backend."""

    name: ServiceName
    kind: ServiceKind
    title: Title
    description: Description
    owner: OwnerName | None
    lifecycle: LifecycleWord
    tags: Tags
    links: Links
    base_url: ServiceUrl | None
    probe: Probe
    health: HealthState = Field(
        description="What the last probes said.", examples=["up"], json_schema_extra={"readOnly": True}
    )
    health_since: Time | None = Field(description="Since when it is so.", examples=["2026-11-23T13:06:16.000000Z"])
    latest: Label | None = Field(
        description="The label of its latest active version, else of its latest.",
        examples=["1.4.0"],
        json_schema_extra={"readOnly": True},
    )
    revision: Revision
    created_at: Time = CREATED
    updated_at: Time = UPDATED


def service_shown(service: records.Service) -> dict[str, Any]:
    """A service as the API answers it."""
    probe = service.probe
    return {
        "name": service.name,
        "kind": service.kind,
        "title": service.title,
        "description": service.description,
        "owner": service.owner,
        "lifecycle": service.lifecycle,
        "tags": list(service.tags),
        "links": _links(service.links),
        "base_url": service.base_url,
        "probe": {
            "enabled": probe.enabled,
            "path": probe.path,
            "interval_seconds": probe.interval,
            "timeout_seconds": probe.timeout,
            "expected_statuses": list(probe.expect),
        },
        "health": service.health,
        "health_since": _time(service.health_since),
        "latest": service.latest,
        "revision": service.revision,
        "created_at": clock.shown(service.created_at),
        "updated_at": clock.shown(service.updated_at),
    }


class Transfer(Taken):
    """The team that a service goes to."""

    owner: Annotated[Name, Field(description="The team that it goes to.", examples=["payments"])]


# --- owners ------------------------------------------------------------------------------------

TeamName = Annotated[Name, Field(description="Its name, in paths too.", examples=["shop"])]
TeamTitle = Annotated[Line, Field(description="Its name for people.", examples=["Web shop"])]
Contacts = Annotated[
    list[Link],
    Field(
        description="Where it is reached.",
        max_length=catalog.LINKS_MOST,
        examples=[[{"rel": "chat", "url": "https://chat.example.com/shop"}]],
    ),
]


class OwnerReplace(Taken):
    """All that may be written of a team: what is left out goes back to its default."""

    title: TeamTitle = ""
    contacts: Contacts = []

    def record(self, name: str) -> records.Owner:
        return records.Owner(name=name, title=self.title, contacts=tuple(link.record() for link in self.contacts))


class OwnerCreate(OwnerReplace):
    """A new team."""

    name: TeamName


class OwnerPatch(Taken):
    """A merge patch of a team (RFC 7396): null takes a member back to its default."""

    title: TeamTitle | None = None
    contacts: Contacts | None = None

    def applied(self, owner: records.Owner) -> records.Owner:
        """The team with the patch on it."""
        body = owner_shown(owner)
        writable = {name: body[name] for name in type(self).model_fields}
        patched = catalog.merged(writable, self.model_dump(exclude_unset=True))
        return OwnerReplace.model_validate(patched).record(owner.name)


class Owner(Answered):
    """A team that owns services."""

    name: TeamName
    title: TeamTitle
    contacts: Contacts
    revision: Revision
    created_at: Time = CREATED
    updated_at: Time = UPDATED


def owner_shown(owner: records.Owner) -> dict[str, Any]:
    """A team as the API answers it."""
    return {
        "name": owner.name,
        "title": owner.title,
        "contacts": _links(owner.contacts),
        "revision": owner.revision,
        "created_at": clock.shown(owner.created_at),
        "updated_at": clock.shown(owner.updated_at),
    }


# --- versions ----------------------------------------------------------------------------------

VersionLabel = Annotated[Label, Field(description="Its label, in paths too.", examples=["1.4.0"])]
StateWord = Annotated[State, Field(description="Where it is in its life.", examples=["active"])]


class VersionPatch(Taken):
    """A merge patch of a version: nothing else of it ever changes."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"state": "deprecated", "sunset_at": "2027-06-30T00:00:00Z"}}
    )

    state: StateWord | None = None
    sunset_at: Moment | None = Field(default=None, description="When it stops to answer; null: not decided.")


class Version(Answered):
    """An immutable contract of a service."""

    service: ServiceName
    label: VersionLabel
    sequence: int = Field(
        description="Counts the versions of the service.", ge=1, examples=[7], json_schema_extra=INT32
    )
    state: StateWord
    format: str = Field(description="What the document is written in.", examples=["openapi-3.1"], max_length=100)
    title: str = Field(description="The title that the document gives.", examples=["Orders"], max_length=1_000)
    description: str = Field(description="What the document says of itself.", max_length=1_000_000)
    digest: str = Field(
        description="Digest of what the contract says, however it is written.",
        examples=["sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        max_length=100,
    )
    document_digest: str = Field(
        description="Digest of the bytes that were published.",
        examples=["sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"],
        max_length=100,
    )
    operation_count: int = Field(
        description="How many operations it has.", ge=0, examples=[12], json_schema_extra=INT32
    )
    base: Label | None = Field(description="The latest version when it was published.", examples=["1.3.0"])
    sunset_at: Time | None = Field(description="When it stops to answer.", examples=["2027-06-30T00:00:00.000000Z"])
    deprecated_at: Time | None = Field(
        description="Since when it is deprecated.", examples=["2026-12-01T00:00:00.000000Z"]
    )
    published_by: str = Field(description="Who published it.", examples=["ci-of-shop"], max_length=200)
    commit: Commit | None = Field(description="The revision of the source.", examples=["1cd7a71"])
    revision: Revision
    created_at: Time = CREATED
    updated_at: Time = UPDATED


def version_shown(version: records.Version) -> dict[str, Any]:
    """A version as the API answers it."""
    return {
        "service": version.service,
        "label": version.label,
        "sequence": version.sequence,
        "state": version.state,
        "format": version.format,
        "title": version.title,
        "description": version.description,
        "digest": version.digest,
        "document_digest": version.document,
        "operation_count": version.operations,
        "base": version.base,
        "sunset_at": _time(version.sunset),
        "deprecated_at": _time(version.deprecated_at),
        "published_by": version.actor,
        "commit": version.commit,
        "revision": version.revision,
        "created_at": clock.shown(version.created_at),
        "updated_at": clock.shown(version.updated_at),
    }


class Component(Answered):
    """A part of a contract that operations refer to."""

    reference: str = Field(
        description="What operations call it.", examples=["#/components/schemas/Order"], max_length=10_000
    )
    body: Any = Field(description="What it says, as the contract has it.", examples=[{"type": "object"}])


# --- operations --------------------------------------------------------------------------------


class OperationSummary(Answered):
    """One callable thing of a version: HTTP method and path, a tool of MCP, a skill of A2A."""

    id: str = Field(description="Its id.", pattern=IDENTITY, examples=["5f2b51ca2a4d3b9c1e0f8a77"], max_length=24)
    service: ServiceName
    version: VersionLabel
    kind: ServiceKind
    name: str = Field(description="What it is called.", examples=["GET /orders/{id}"], max_length=10_000)
    method: str = Field(description="The method of HTTP; empty for tools and skills.", examples=["GET"], max_length=20)
    path: str = Field(
        description="The path of HTTP; empty for tools and skills.", examples=["/orders/{id}"], max_length=10_000
    )
    operation_id: str = Field(description="What the contract calls it.", examples=["get_order"], max_length=10_000)
    summary: str = Field(description="What it does, in a line.", examples=["Get an order"], max_length=1_000_000)
    description: str = Field(description="What it does.", max_length=1_000_000)
    tags: list[str] = Field(description="How the contract groups it.", examples=[["orders"]], max_length=1_000)
    parameters: list[str] = Field(description="The names of what it takes.", examples=[["id"]], max_length=10_000)
    deprecated: bool = Field(description="Whether the contract calls it deprecated.", examples=[False])
    state: StateWord


class Operation(OperationSummary):
    """An operation with its contract: `components` is the closed set of what it refers to, directly or not."""

    body: dict[str, Any] = Field(
        description="The operation as the contract has it.", examples=[{"responses": {"200": {"description": "OK"}}}]
    )
    components: dict[str, Any] = Field(
        description="Every component that it refers to, directly or not, by reference.",
        examples=[{"#/components/schemas/Order": {"type": "object"}}],
    )


def operation_shown(operation: records.Operation) -> dict[str, Any]:
    """An operation as lists answer it."""
    return {
        "id": operation.id,
        "service": operation.service,
        "version": operation.version,
        "kind": operation.kind,
        "name": operation.name,
        "method": operation.method,
        "path": operation.path,
        "operation_id": operation.operation_id,
        "summary": operation.summary,
        "description": operation.description,
        "tags": list(operation.tags),
        "parameters": list(operation.parameters),
        "deprecated": operation.deprecated,
        "state": operation.state,
    }


def operation_whole(operation: records.Operation, components: tuple[records.Component, ...]) -> dict[str, Any]:
    """An operation with its contract."""
    return {
        **operation_shown(operation),
        "body": operation.body,
        "components": {component.reference: component.body for component in components},
    }


# --- what is found --------------------------------------------------------------------------------

FieldWord = Literal["service", "path", "name", "summary", "description", "parameters"]


class Shares(Answered):
    """What a rank comes from: together 1."""

    lexical: float = Field(description="The part of the words.", ge=0, le=1, examples=[0.58])
    semantic: float = Field(description="The part of the meaning.", ge=0, le=1, examples=[0.42])


class FoundOperation(OperationSummary):
    """An operation that was found. Texts are plain, and cut to their first sentences."""

    service_title: str = Field(description="The title of its service.", examples=["Payments"], max_length=1_000)
    owner: OwnerName | None
    health: HealthState = Field(description="What the last probes of its service said.", examples=["up"])
    score: float = Field(description="How likely it is what was asked for.", ge=0, le=1, examples=[0.87])
    shares: Shares
    matched: dict[FieldWord, list[str]] = Field(
        description="The words of the question that it has, by where they stand.",
        examples=[{"summary": ["refund"], "path": ["payment"]}],
    )
    others: int = Field(
        description="How many more of its service were found, where one of each is shown.",
        ge=0,
        examples=[0],
        json_schema_extra=INT32,
    )


class Held(Answered):
    """The index that answered."""

    last_event: int = Field(
        description="The number of the last event that it holds.", examples=[1042], json_schema_extra=INT64
    )
    operations: int = Field(description="How many operations it holds.", examples=[125184], json_schema_extra=INT64)
    embeddings: str = Field(
        description="The model of its vectors; empty where search is by words alone.",
        examples=["byte-static-d6fd7a5c4d687aba"],
        max_length=500,
    )


class FoundOperations(Answered):
    """What was found, best first: one page."""

    items: list[FoundOperation] = Field(description="What was found, best first.", max_length=200)
    next: None = Field(description="There is no next page: ask for more with `limit`.")
    answer: Literal["good", "weak", "none"] = Field(
        description="Whether there is a good answer among them: likely, perhaps, or rather none at all.",
        examples=["good"],
    )
    reason: str = Field(
        description="Why the answer is weak or none, or why only words were looked at; else empty.", max_length=10_000
    )
    arms: Literal["lexical+semantic", "lexical"] = Field(
        description="What was looked at: words and meaning, or words alone.", examples=["lexical+semantic"]
    )
    index: Held


class Duplicate(Answered):
    """Two operations of different services that say nearly the same."""

    first: OperationSummary
    second: OperationSummary
    score: float = Field(description="How alike they are.", ge=0, le=1, examples=[0.97])


# --- consumers ---------------------------------------------------------------------------------


class Use(Taken):
    """What a consumer uses of an operation: the fields it reads and those it sends, as paths."""

    operation: Annotated[str, Field(pattern=faults.LINE, min_length=1, max_length=consumers.OPERATION_LENGTH)] = Field(
        description="The name of an operation of the latest version.", examples=["GET /orders/{id}"]
    )
    reads: list[FieldPath] = Field(
        default=[],
        description="Fields of answers that it reads.",
        max_length=consumers.FIELDS_MOST,
        examples=[["id", "items/price"]],
    )
    sends: list[FieldPath] = Field(
        default=[], description="Fields of requests that it sends.", max_length=consumers.FIELDS_MOST, examples=[[]]
    )

    def record(self) -> records.Use:
        return records.Use(self.operation, tuple(self.reads), tuple(self.sends))


Uses = Annotated[list[Use], Field(description="What it uses; one entry an operation.", max_length=consumers.USES_MOST)]
Evidences = Annotated[
    list[Evidence],
    Field(
        description="Where that is seen.",
        max_length=consumers.EVIDENCE_MOST,
        examples=[["web/src/orders.ts:41"]],
    ),
]


class ConsumerReplace(Taken):
    """What a consumer uses of a service."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "uses": [{"operation": "GET /orders/{id}", "reads": ["id", "items/price"]}],
                "evidence": ["web/src/orders.ts:41"],
            }
        }
    )

    uses: Uses = []
    evidence: Evidences = []

    def record(self, service: str, name: str) -> records.Consumer:
        return records.Consumer(
            service=service, name=name, uses=tuple(use.record() for use in self.uses), evidence=tuple(self.evidence)
        )


class Consumer(Answered):
    """A service, or anything with a name, that uses operations of a service."""

    service: ServiceName
    name: Annotated[Name, Field(description="Who uses it.", examples=["web-shop"])]
    uses: Uses
    evidence: Evidences
    revision: Revision
    created_at: Time = CREATED
    updated_at: Time = UPDATED


def consumer_shown(consumer: records.Consumer) -> dict[str, Any]:
    """A consumer as the API answers it."""
    return {
        "service": consumer.service,
        "name": consumer.name,
        "uses": [
            {"operation": use.operation, "reads": list(use.reads), "sends": list(use.sends)} for use in consumer.uses
        ],
        "evidence": list(consumer.evidence),
        "revision": consumer.revision,
        "created_at": clock.shown(consumer.created_at),
        "updated_at": clock.shown(consumer.updated_at),
    }


# --- reviews -----------------------------------------------------------------------------------

VerdictWord = Annotated[Verdict, Field(description="What the review came to.", examples=["APPROVED"])]


class ReviewCreate(Taken):
    """A review that a CI made (`byte review --format json`)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "service": "orders",
                "commit": "1cd7a71",
                "verdict": "APPROVED",
                "report": {"verdict": "APPROVED", "findings": []},
            }
        }
    )

    service: ServiceName
    version: VersionLabel | None = None
    commit: Commit | None = Field(default=None, description="The revision of the source.", examples=["1cd7a71"])
    verdict: VerdictWord
    report: dict[str, Any] = Field(
        default={},
        description=f"The review as JSON: at most {reviews.REPORT_BYTES:,} bytes and {reviews.REPORT_DEPTH} levels.",
        examples=[{"verdict": "APPROVED", "findings": []}],
    )

    def record(self) -> records.Review:
        return records.Review(
            id="",
            service=self.service,
            version=self.version,
            commit=self.commit,
            verdict=self.verdict,
            report=self.report,
        )


class ReviewSummary(Answered):
    """A review that is kept, without its report."""

    id: str = Field(
        description="Its id: a digest of what it says.",
        pattern=IDENTITY,
        examples=["b94d27b9934d3e08a52e52d7"],
        max_length=24,
    )
    service: ServiceName
    version: Label | None = Field(description="The version that was reviewed.", examples=["1.4.0"])
    commit: Commit | None = Field(description="The revision of the source.", examples=["1cd7a71"])
    source: Literal["publish", "ci"] = Field(description="Who asked for it.", examples=["ci"])
    verdict: VerdictWord
    outcome: Outcome | None = Field(
        description="What became of the publish; null for the review of a CI.", examples=["published"]
    )
    actor: str = Field(description="Who sent it.", examples=["ci-of-shop"], max_length=200)
    created_at: Time = CREATED


class Review(ReviewSummary):
    """A review that is kept."""

    report: dict[str, Any] = Field(
        description="The review as JSON.", examples=[{"verdict": "APPROVED", "findings": []}]
    )


def review_shown(review: records.Review) -> dict[str, Any]:
    """A review as lists answer it."""
    return {
        "id": review.id,
        "service": review.service,
        "version": review.version,
        "commit": review.commit,
        "source": review.source,
        "verdict": review.verdict,
        "outcome": review.outcome,
        "actor": review.actor,
        "created_at": clock.shown(review.created_at),
    }


def review_whole(review: records.Review) -> dict[str, Any]:
    """A review with its report."""
    return {**review_shown(review), "report": review.report}
