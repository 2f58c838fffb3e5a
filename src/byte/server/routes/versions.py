"""`/v1/services/{service}/versions`: the contracts of a service."""

from email.utils import format_datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Body, Query, Request
from pydantic import BeforeValidator, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from byte.registry import clock, documents, faults, policies, publish
from byte.registry.actors import Actor
from byte.registry.errors import NotFoundError
from byte.registry.policies import Leave
from byte.registry.records import Component, Page, State, Version
from byte.registry.store import Read, Store, services, versions
from byte.registry.store.steps import Steps, together
from byte.server import answers, etags, gate_models, models, paging
from byte.server.auth import Publisher, Reader
from byte.server.context import Given
from byte.server.near import short
from byte.server.problems import MEDIA_TYPE, ProblemError, responses
from byte.server.routes.parameters import AGES, DIGEST, OfState, ServiceName, VersionLabel, success, truth
from byte.server.routing import Route, takes_documents

router: Final = APIRouter(prefix="/v1/services/{service}/versions", tags=["versions"], route_class=Route)

_JSON: Final = {"schema": {"type": "object", "description": "The document."}}
_YAML: Final = {"schema": {"type": "string", "description": "The document."}}
TYPES: Final = {
    "application/json": _JSON,
    "application/openapi+json": _JSON,
    "application/vnd.oai.openapi+json": _JSON,
    "application/yaml": _YAML,
    "application/openapi+yaml": _YAML,
    "application/vnd.oai.openapi": _YAML,
}
"""What a document may call itself. What it is, its text says; a few older names of the same are taken too."""
_ALIASES: Final = (
    "text/json",
    "application/x-yaml",
    "text/yaml",
    "text/x-yaml",
)

_LABEL: Final[dict[str, Any]] = {"pattern": faults.LABEL, "min_length": 1, "max_length": faults.LABEL_LENGTH}
Label = Annotated[
    str | None, Query(description="Its label; else what the document calls its version.", examples=["1.4.0"], **_LABEL)
]
Base = Annotated[
    str | None,
    Query(
        description="The label of the version that this one follows: refused (409) if it is no longer the latest.",
        examples=["1.3.0"],
        **_LABEL,
    ),
]
Commit = Annotated[
    str | None,
    Query(
        description="The revision of the source.",
        examples=["1cd7a71"],
        pattern=faults.COMMIT,
        min_length=7,
        max_length=64,
    ),
]


DryRun = Annotated[
    bool,
    BeforeValidator(truth),
    Query(description="Whether to decide only: the answer is the same, and nothing is kept (200 in the place of 201)."),
]
Create = Annotated[
    bool,
    BeforeValidator(truth),
    Query(description="Whether to register the service, as the document describes it, if there is none of that name."),
]
Override = Annotated[
    str | None,
    Query(
        description="Why it is to be let in although the policy refuses it; with `until`, for who may override.",
        examples=["Nobody has called it for a year."],
        pattern=faults.LINE,
        min_length=1,
        max_length=policies.REASON_LENGTH,
    ),
]
Until = Annotated[
    str | None,
    Query(
        description="Until when `override` holds (RFC 3339).",
        examples=["2027-01-31T00:00:00Z"],
        max_length=40,
        json_schema_extra={"format": "date-time"},
    ),
]
Sort = Annotated[
    Literal["sequence", "-sequence"], Query(description="What the list is ordered by; `-` turns it round.")
]
FirstState = Annotated[Literal["draft", "active"], Query(description="The state that it begins in.")]
OfReference = Annotated[
    str | None,
    Query(
        description="Only the one of this reference.",
        examples=["#/components/schemas/Order"],
        pattern=faults.LINE,
        min_length=1,
        max_length=2_000,
    ),
]


_MOMENT: Final = TypeAdapter(models.Moment)


def refusals(*names: str) -> dict[int | str, dict[str, Any]]:
    """The problems of a route that the gate may refuse: that one has members of its own."""
    found = responses(*names, "version-refused")
    models_ = ("Problem", "RefusedProblem")
    schema = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in models_]}
    found[422]["content"][MEDIA_TYPE]["schema"] = schema
    return found


def ageing(version: Version) -> dict[str, str]:
    """The headers of what is deprecated (RFC 9745) or has an end (RFC 8594)."""
    headers = {}
    if version.deprecated_at is not None:
        headers["Deprecation"] = f"@{version.deprecated_at // clock.SECOND}"
    if version.sunset is not None:
        headers["Sunset"] = format_datetime(clock.moment(version.sunset), usegmt=True)
    return headers


@router.get(
    "",
    operation_id="list_versions",
    summary="List versions",
    response_model=models.ListOf[models.Version],
    responses=responses("not-found"),
)
@short
def list_versions(
    request: Request,
    given: Given,
    who: Reader,
    service: ServiceName,
    state: OfState = None,
    sort: Sort = "-sequence",
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Steps[Response]:
    """List the versions of a service, the newest first unless told otherwise."""
    del who, given
    page, _ = yield from together(versions.page_steps(service, state, sort, limit, cursor), services.get_steps(service))
    return answers.listing(request, [models.version_shown(version) for version in page.items], page.next)


@router.get(
    "/{version}",
    operation_id="get_version",
    summary="Get version",
    response_model=models.Version,
    responses={**success(200, "The version.", ages=True), **responses("not-found")},
)
@short
def get_version(
    request: Request, given: Given, who: Reader, service: ServiceName, version: VersionLabel
) -> Steps[Response]:
    """Get a version.

    Its operations are at `/v1/operations?service=...&version=...`.
    """
    del who, given
    return _answer(request, (yield from versions.get_steps(service, version)))


@router.patch(
    "/{version}",
    operation_id="update_version",
    summary="Update version",
    response_model=models.Version,
    responses={
        **success(200, "The version as it is now.", ages=True),
        **refusals("invalid", "not-found", "conflict", "stale", "precondition-required"),
    },
)
def update_version(
    request: Request,
    given: Given,
    who: Publisher,
    service: ServiceName,
    version: VersionLabel,
    patch: Annotated[models.VersionPatch, Body(media_type="application/merge-patch+json")],
    if_match: etags.IfMatch = None,
) -> Response:
    """Move a version through its life.

    A draft becomes active or retired, an active version deprecated or retired, a deprecated one active again or retired. A
    draft passes the gate when it becomes active.
    """
    expected = etags.expected(if_match)
    sunset = None if patch.sunset_at is None else clock.of(patch.sunset_at)
    ends: int | msgspec.UnsetType | None = sunset if "sunset_at" in patch.model_fields_set else msgspec.UNSET
    return _answer(request, publish.move(given.store, who, service, version, patch.state, ends, expected))


@router.post(
    "",
    operation_id="publish_version",
    summary="Publish version",
    status_code=201,
    response_model=gate_models.PublishedVersion,
    responses={
        **success(201, "The version is published.", created=True),
        200: {
            **success(200, "This very version is published already, or would be: it is a trial.")[200],
            "model": gate_models.PublishedVersion,
        },
        **refusals("invalid", "not-found", "conflict", "too-large", "unsupported-media-type", "unreadable-document"),
    },
    openapi_extra={"requestBody": {"required": True, "description": "The document, as it is.", "content": TYPES}},
)
@takes_documents
async def publish_version(
    request: Request,
    given: Given,
    who: Publisher,
    service: ServiceName,
    label: Label = None,
    base: Base = None,
    state: FirstState = "active",
    commit: Commit = None,
    create: Create = False,
    dry_run: DryRun = False,
    override: Override = None,
    until: Until = None,
) -> Response:
    """Publish a version of a service: an OpenAPI document, an MCP descriptor or an A2A agent card.

    The body is the document itself. It is compared with the version in use, and let in as the policy of the service says:
    the answer has the review; a version that is refused is answered with 422, and the same review. The same content under
    the same label again is the version that is there (200); another content under a known label is refused (409).
    """
    _check_type(request)
    asked = _Asked(service, label, base, state, commit, create, dry_run, _leave(override, until))
    await run_in_threadpool(_check_owner, given.store, who, asked)
    body = await request.body()
    # It takes a thread for as long as the comparison takes.
    async with given.turn(request):
        published = await run_in_threadpool(_publish, given.store, who, asked, body)
    return _published(request, published, dry_run=dry_run)


@router.get(
    "/{version}/document",
    operation_id="get_document",
    summary="Get document",
    response_class=Response,
    responses={
        200: {
            "description": "The bytes that were published.",
            "content": TYPES,
            "headers": {"ETag": DIGEST, **AGES},
        },
        304: {"description": "The client has it already.", "headers": {"ETag": DIGEST}},
        **responses("not-found"),
    },
)
def get_document(request: Request, given: Given, who: Reader, service: ServiceName, version: VersionLabel) -> Response:
    """Get the document of a version, byte for byte. Its `ETag` is the digest of the bytes."""
    del who
    with given.store.reading() as read:
        found = versions.get(read, service, version)
        headers = {**ageing(found), "ETag": f'"{found.document}"', "Cache-Control": "private, no-cache"}
        if etags.unchanged(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        document = versions.document(read, found.document)
    headers["Content-Disposition"] = f'attachment; filename="{service}-{version}{_ending(document.media_type)}"'
    return Response(document.data, headers=headers, media_type=document.media_type)


@router.get(
    "/{version}/components",
    operation_id="list_components",
    summary="List components",
    response_model=models.ListOf[models.Component],
    responses=responses("not-found"),
)
def list_components(
    request: Request,
    given: Given,
    who: Reader,
    service: ServiceName,
    version: VersionLabel,
    reference: OfReference = None,
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Response:
    """List the parts of a contract that its operations refer to."""
    del who
    with given.store.reading() as read:
        found = versions.get(read, service, version)
        if reference is not None:
            page = _the_one(read, service, version, reference)
        else:
            page = versions.components(read, service, version, limit, cursor)
    shown = [{"reference": component.reference, "body": component.body} for component in page.items]
    return answers.listing(request, shown, page.next, headers=ageing(found))


def _the_one(read: Read, service: str, version: str, reference: str) -> Page[Component]:
    try:
        return Page((versions.component(read, service, version, reference),))
    except NotFoundError:
        return Page(())


class _Asked(msgspec.Struct, frozen=True):
    """How a document is to be published."""

    service: str
    label: str | None
    base: str | None
    state: State
    commit: str | None
    create: bool
    dry_run: bool
    leave: Leave | None


def _leave(reason: str | None, until: str | None) -> Leave | None:
    if reason is None and until is None:
        return None
    if reason is None or until is None:
        missing = "override" if reason is None else "until"
        told = "why" if reason is None else "until when"
        fault = {"parameter": missing, "detail": f"Say {told}: an override needs both."}
        raise ProblemError("invalid", f"{missing}: {fault['detail']}", [fault])
    try:
        return Leave(reason, clock.of(_MOMENT.validate_python(until)))
    except ValidationError:
        said = "It is no time such as 2027-01-31T00:00:00Z."
        raise ProblemError("invalid", f"until: {said}", [{"parameter": "until", "detail": said}]) from None


def _check_type(request: Request) -> None:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in TYPES and media not in _ALIASES:
        raise ProblemError(
            "unsupported-media-type", f"The body is {media[:100] or 'of no type'}: send {', '.join(TYPES)}."
        )


def _check_owner(store: Store, who: Actor, asked: _Asked) -> None:
    """Refuses before the document is read: that may take seconds."""
    with store.reading() as read:
        found = services.find(read, asked.service)
        if found is None and not asked.create:
            raise NotFoundError(f"There is no service `{asked.service}`: register it, or publish with `create=true`.")
        who.must_own(found.owner if found is not None else who.owner)


def _publish(store: Store, who: Actor, asked: _Asked, data: bytes) -> publish.Published:
    content = documents.read(data)
    given = publish.Publication(
        service=asked.service,
        content=content,
        label=asked.label,
        base=asked.base,
        state=asked.state,
        commit=asked.commit,
        create=asked.create,
    )
    return publish.submit(store, who, given, dry_run=asked.dry_run, leave=asked.leave)


def _ending(media_type: str) -> str:
    return ".json" if "json" in media_type else ".yaml"


def _answer(request: Request, version: Version) -> Response:
    return answers.resource(request, models.version_shown(version), version.revision, headers=ageing(version))


def _published(request: Request, done: publish.Published, *, dry_run: bool) -> Response:
    version, body = done.version, gate_models.published_shown(done, dry_run=dry_run)
    if done.outcome == "unchanged":
        return answers.resource(request, body, version.revision, headers=ageing(version))
    if dry_run:
        return answers.whole(request, body)
    place = f"/v1/services/{version.service}/versions/{version.label}"
    return answers.resource(request, body, version.revision, headers=ageing(version), status=201, location=place)
