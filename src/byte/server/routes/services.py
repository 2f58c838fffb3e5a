"""`/v1/services`: the registered backends."""

from functools import lru_cache
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from byte.registry import catalog
from byte.registry.errors import ExistsError, StaleError
from byte.registry.records import Service
from byte.registry.store import services
from byte.registry.store.steps import Steps
from byte.server import answers, etags, models, paging
from byte.server.auth import Publisher, Reader
from byte.server.context import Given
from byte.server.near import short
from byte.server.problems import responses
from byte.server.routes.parameters import (
    OfHealth,
    OfKind,
    OfLifecycle,
    OfOwner,
    OfTag,
    ServiceName,
    success,
)
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1/services", tags=["services"], route_class=Route)
Sort = Annotated[
    Literal["name", "-name", "updated_at", "-updated_at", "created_at", "-created_at"],
    Query(description="What the list is ordered by; `-` turns it round."),
]


@router.get("", operation_id="list_services", summary="List services", response_model=models.ListOf[models.Service])
@short
def list_services(
    request: Request,
    given: Given,
    who: Reader,
    kind: OfKind = None,
    owner: OfOwner = None,
    lifecycle: OfLifecycle = None,
    tag: OfTag = None,
    health: OfHealth = None,
    sort: Sort = "name",
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Steps[Response]:
    """List services.

    All filters that are given must hold.
    """
    del who, given
    chosen = services.ServiceFilter(kind=kind, owner=owner, lifecycle=lifecycle, tag=tag, health=health)
    page = yield from services.page_steps(chosen, sort, limit, cursor)
    return answers.listing(request, [_shown(service) for service in page.items], page.next)


@router.post(
    "",
    operation_id="create_service",
    summary="Create service",
    status_code=201,
    response_model=models.Service,
    responses={**success(201, "It is registered.", created=True), **responses("invalid", "already-exists")},
)
def create_service(request: Request, given: Given, who: Publisher, draft: models.ServiceCreate) -> Response:
    """Register a service.

    It belongs to the team of the key if no owner is named. Its versions are published to
    `/v1/services/{service}/versions`.
    """
    return _answer(request, catalog.create_service(given.store, who, draft.record(draft.name)), created=True)


@router.get(
    "/{service}",
    operation_id="get_service",
    summary="Get service",
    response_model=models.Service,
    responses={**success(200, "The service."), **responses("not-found")},
)
@short
def get_service(request: Request, given: Given, who: Reader, service: ServiceName) -> Steps[Response]:
    """Get a service."""
    del who, given
    return _answer(request, (yield from services.get_steps(service)))


@router.put(
    "/{service}",
    operation_id="replace_service",
    summary="Replace service",
    response_model=models.Service,
    responses={
        **success(200, "The service as it is now."),
        201: {**success(201, "It is registered.", created=True)[201], "model": models.Service},
        **responses("invalid", "not-found", "conflict", "stale", "precondition-required"),
    },
)
def replace_service(
    request: Request,
    given: Given,
    who: Publisher,
    service: ServiceName,
    draft: models.ServiceReplace,
    if_match: etags.IfMatch = None,
    if_none_match: etags.IfNoneMatch = None,
) -> Response:
    """Replace a service, or register it.

    `If-Match` replaces what was read; `If-None-Match: *` registers it if there is none. The same body again changes
    nothing.
    """
    create, expected = etags.upsert(if_match, if_none_match)
    record = draft.record(service)
    if not create:
        return _answer(request, catalog.put_service(given.store, who, record, expected))
    try:
        made = catalog.create_service(given.store, who, record)
    except ExistsError as error:
        raise StaleError(f"{error} Replace it with `If-Match`.") from error
    return _answer(request, made, created=True)


@router.patch(
    "/{service}",
    operation_id="update_service",
    summary="Update service",
    response_model=models.Service,
    responses={
        **success(200, "The service as it is now."),
        **responses("invalid", "not-found", "conflict", "stale", "precondition-required"),
    },
)
def update_service(
    request: Request,
    given: Given,
    who: Publisher,
    service: ServiceName,
    patch: Annotated[models.ServicePatch, Body(media_type="application/merge-patch+json")],
    if_match: etags.IfMatch = None,
) -> Response:
    """Change some of a service.

    A merge patch (RFC 7396): members replace members, null takes one back to its default, lists are replaced whole.
    """
    expected = etags.expected(if_match)
    return _answer(request, catalog.edit_service(given.store, who, service, expected, patch.applied))


@router.delete(
    "/{service}",
    operation_id="delete_service",
    summary="Delete service",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "It is gone, with its versions."},
        **responses("invalid", "not-found", "in-use", "stale", "precondition-required"),
    },
)
def delete_service(given: Given, who: Publisher, service: ServiceName, if_match: etags.IfMatch = None) -> Response:
    """Remove a service with its versions.

    Refused while consumers of it are declared.
    """
    catalog.delete_service(given.store, who, service, etags.expected(if_match))
    return answers.nothing()


@router.post(
    "/{service}/transfer",
    operation_id="transfer_service",
    summary="Transfer service",
    response_model=models.Service,
    responses={
        **success(200, "The service with its new owner."),
        **responses("invalid", "not-found", "stale", "precondition-required"),
    },
)
def transfer_service(
    request: Request,
    given: Given,
    who: Publisher,
    service: ServiceName,
    transfer: models.Transfer,
    if_match: etags.IfMatch = None,
) -> Response:
    """Hand a service to another team.

    Needs a key of the team that has it, or an admin's.
    """
    expected = etags.expected(if_match)
    return _answer(request, catalog.transfer_service(given.store, who, service, transfer.owner, expected))


def _answer(request: Request, service: Service, *, created: bool = False) -> Response:
    more: dict[str, Any] = {"status": 201, "location": f"/v1/services/{service.name}"} if created else {}
    return answers.resource(request, _shown(service), service.revision, **more)


@lru_cache(maxsize=services.REMEMBERED)
def _shown(service: Service) -> msgspec.Raw:
    # Most of what is asked for has been shown before, and is the same as then.
    return msgspec.Raw(answers.encode(models.service_shown(service)))
