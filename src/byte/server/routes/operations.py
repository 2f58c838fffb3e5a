"""`/v1/operations`: what can be called, of all services and versions."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from byte.registry.store import facets, operations, versions
from byte.registry.store.steps import Steps, together
from byte.server import answers, models, paging
from byte.server.auth import Reader
from byte.server.context import Given
from byte.server.near import short
from byte.server.problems import responses
from byte.server.routes.parameters import (
    OfDeprecated,
    OfHealth,
    OfKind,
    OfMethod,
    OfOwner,
    OfService,
    OfState,
    OfTag,
    OfVersion,
    OperationId,
    success,
)
from byte.server.routes.versions import ageing
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1/operations", tags=["operations"], route_class=Route)


@router.get(
    "", operation_id="list_operations", summary="List operations", response_model=models.ListOf[models.OperationSummary]
)
@short
def list_operations(
    request: Request,
    given: Given,
    who: Reader,
    service: OfService = None,
    version: OfVersion = None,
    kind: OfKind = None,
    method: OfMethod = None,
    tag: OfTag = None,
    state: OfState = None,
    owner: OfOwner = None,
    health: OfHealth = None,
    deprecated: OfDeprecated = None,
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Steps[Response]:
    """List operations, in the order in which their versions were published.

    All filters that are given must hold; without a state, those of active and deprecated versions. The contract of each is at `/v1/operations/{operation}`.
    """
    del who, given
    chosen = operations.OperationFilter(
        service=service,
        version=version,
        kind=kind,
        method=method,
        tag=tag,
        states=facets.LISTED if state is None else (state,),
        owner=owner,
        health=health,
        deprecated=deprecated,
    )
    page = yield from operations.page_steps(chosen, limit, cursor)
    return answers.listing(request, [models.operation_shown(operation) for operation in page.items], page.next)


@router.get(
    "/{operation}",
    operation_id="get_operation",
    summary="Get operation",
    response_model=models.Operation,
    responses={**success(200, "The operation.", ages=True), **responses("not-found")},
)
@short
def get_operation(request: Request, given: Given, who: Reader, operation: OperationId) -> Steps[Response]:
    """Get an operation with its contract.

    `components` holds every part of the contract that it refers to, directly or not: nothing else is needed to read it.
    """
    del who, given
    found, number = yield from operations.get_steps(operation)
    components, version = yield from together(
        operations.components_steps(found, number), versions.get_steps(found.service, found.version)
    )
    return answers.whole(request, models.operation_whole(found, components), headers=ageing(version))
