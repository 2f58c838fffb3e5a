"""`/v1/owners`: the teams that services belong to."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from byte.registry import catalog
from byte.registry.errors import ExistsError, StaleError
from byte.registry.records import Owner
from byte.registry.store import owners
from byte.server import answers, etags, models, paging
from byte.server.auth import Administrator, Publisher, Reader
from byte.server.context import Given
from byte.server.problems import responses
from byte.server.routes.parameters import OwnerName, success
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1/owners", tags=["owners"], route_class=Route)
Sort = Annotated[Literal["name", "-name"], Query(description="What the list is ordered by; `-` turns it round.")]


@router.get("", operation_id="list_owners", summary="List owners", response_model=models.ListOf[models.Owner])
def list_owners(
    request: Request,
    given: Given,
    who: Reader,
    sort: Sort = "name",
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Response:
    """List teams."""
    del who
    with given.store.reading() as read:
        page = owners.page(read, sort, limit, cursor)
    return answers.listing(request, [models.owner_shown(owner) for owner in page.items], page.next)


@router.post(
    "",
    operation_id="create_owner",
    summary="Create owner",
    status_code=201,
    response_model=models.Owner,
    responses={**success(201, "The team is there.", created=True), **responses("invalid", "already-exists")},
)
def create_owner(request: Request, given: Given, who: Administrator, draft: models.OwnerCreate) -> Response:
    """Add a team."""
    return _answer(request, catalog.create_owner(given.store, who, draft.record(draft.name)), created=True)


@router.get(
    "/{owner}",
    operation_id="get_owner",
    summary="Get owner",
    response_model=models.Owner,
    responses={**success(200, "The team."), **responses("not-found")},
)
def get_owner(request: Request, given: Given, who: Reader, owner: OwnerName) -> Response:
    """Get a team."""
    del who
    with given.store.reading() as read:
        return _answer(request, owners.get(read, owner))


@router.put(
    "/{owner}",
    operation_id="replace_owner",
    summary="Replace owner",
    response_model=models.Owner,
    responses={
        **success(200, "The team as it is now."),
        201: {**success(201, "The team is there.", created=True)[201], "model": models.Owner},
        **responses("invalid", "not-found", "stale", "precondition-required"),
    },
)
def replace_owner(
    request: Request,
    given: Given,
    who: Publisher,
    owner: OwnerName,
    draft: models.OwnerReplace,
    if_match: etags.IfMatch = None,
    if_none_match: etags.IfNoneMatch = None,
) -> Response:
    """Replace a team, or add it.

    `If-Match` replaces what was read (a key of the team may); `If-None-Match: *` adds it if there is none (an admin may).
    """
    create, expected = etags.upsert(if_match, if_none_match)
    record = draft.record(owner)
    if not create:
        return _answer(request, catalog.put_owner(given.store, who, record, expected))
    try:
        made = catalog.create_owner(given.store, who, record)
    except ExistsError as error:
        raise StaleError(f"{error} Replace it with `If-Match`.") from error
    return _answer(request, made, created=True)


@router.patch(
    "/{owner}",
    operation_id="update_owner",
    summary="Update owner",
    response_model=models.Owner,
    responses={
        **success(200, "The team as it is now."),
        **responses("invalid", "not-found", "stale", "precondition-required"),
    },
)
def update_owner(
    request: Request,
    given: Given,
    who: Publisher,
    owner: OwnerName,
    patch: Annotated[models.OwnerPatch, Body(media_type="application/merge-patch+json")],
    if_match: etags.IfMatch = None,
) -> Response:
    """Change some of a team.

    A merge patch (RFC 7396). Needs a key of the team, or an admin's.
    """
    return _answer(request, catalog.edit_owner(given.store, who, owner, etags.expected(if_match), patch.applied))


@router.delete(
    "/{owner}",
    operation_id="delete_owner",
    summary="Delete owner",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "It is gone."},
        **responses("invalid", "not-found", "in-use", "stale", "precondition-required"),
    },
)
def delete_owner(given: Given, who: Administrator, owner: OwnerName, if_match: etags.IfMatch = None) -> Response:
    """Remove a team.

    Refused while services belong to it.
    """
    catalog.delete_owner(given.store, who, owner, etags.expected(if_match))
    return answers.nothing()


def _answer(request: Request, owner: Owner, *, created: bool = False) -> Response:
    more: dict[str, Any] = {"status": 201, "location": f"/v1/owners/{owner.name}"} if created else {}
    return answers.resource(request, models.owner_shown(owner), owner.revision, **more)
