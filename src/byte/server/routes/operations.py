"""`/v1/operations`: what can be called, of all services and versions."""

from typing import Annotated, Final, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator
from starlette.responses import Response

from byte.registry import faults
from byte.registry.errors import NotFoundError
from byte.registry.search.index import Index
from byte.registry.search.query import Filters, Results
from byte.registry.search.query import Query as SearchQuery
from byte.registry.store import facets, operations, versions
from byte.registry.store.steps import Steps, together
from byte.server import answers, models, paging
from byte.server.auth import Reader
from byte.server.context import Context, Given
from byte.server.near import short
from byte.server.problems import ProblemError, responses
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
    truth,
)
from byte.server.routes.versions import ageing
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1/operations", tags=["operations"], route_class=Route)


Words = Annotated[
    str | None,
    Query(
        description="What is looked for, in words: what it does, what it is called, what it takes.",
        examples=["refund a payment"],
        min_length=1,
        max_length=1_000,
        pattern=faults.LINE,
    ),
]
Group = Annotated[
    Literal["service"] | None, Query(description="`service`: the best of each service only, with how many more it has.")
]
Others = Annotated[
    bool, BeforeValidator(truth), Query(description="Whether only those of other services are looked for.")
]


@router.get(
    "",
    operation_id="list_operations",
    summary="List or search operations",
    response_model=models.ListOf[models.OperationSummary] | models.FoundOperations,
    responses=responses("not-ready"),
)
async def list_operations(
    request: Request,
    given: Given,
    who: Reader,
    q: Words = None,
    group: Group = None,
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
) -> Response:
    """List operations in the order in which their versions were published, or with `q` find them by what they do, best first.

    All filters that are given must hold; without a state, those of active and deprecated versions. A search looks at the
    latest version of each service, unless a version or a state is given; it answers one page. The contract of each is at
    `/v1/operations/{operation}`.
    """
    del who
    filters = Filters(
        service=service,
        version=version,
        kind=kind,
        method=method,
        tag=tag,
        state=state,
        owner=owner,
        health=health,
        deprecated=deprecated,
    )
    if q is None:
        if group is not None:
            raise ProblemError(
                "invalid", "`group` is for searches: send `q` too.", [{"parameter": "group", "detail": "It needs `q`."}]
            )
        return await _listed(request=request, given=given, filters=filters, limit=limit, cursor=cursor)
    if cursor is not None:
        raise ProblemError(
            "invalid",
            "What is found is one page: ask for more with `limit`, not with a cursor.",
            [{"parameter": "cursor", "detail": "It does not go with `q`."}],
        )
    query = SearchQuery(text=q, limit=limit, filters=filters, group=group is not None)
    return await given.search.answer(request, lambda index: index.search(query))


@short
def _listed(request: Request, given: Context, filters: Filters, limit: int, cursor: str | None) -> Steps[Response]:
    del given
    fields = msgspec.structs.asdict(filters)
    state = fields.pop("state")
    chosen = operations.OperationFilter(states=facets.LISTED if state is None else (state,), **fields)
    page = yield from operations.page_steps(chosen, limit, cursor)
    return answers.listing(request, [models.operation_shown(operation) for operation in page.items], page.next)


@router.get(
    "/{operation}/similar",
    operation_id="list_similar_operations",
    summary="List similar operations",
    response_model=models.FoundOperations,
    responses=responses("not-found", "not-ready"),
)
async def list_similar_operations(
    request: Request,
    given: Given,
    who: Reader,
    operation: OperationId,
    others: Others = False,
    limit: paging.Limit = 10,
) -> Response:
    """List operations that do nearly what this one does, the most alike first."""
    del who

    def similar(index: Index) -> Results:
        if index.get(operation) is None:
            raise NotFoundError(f"There is no operation `{operation}`.")
        return index.like(operation, limit, others=others)

    return await given.search.answer(request, similar)


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
