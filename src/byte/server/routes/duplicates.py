"""`/v1/duplicates`: operations of different services that say nearly the same."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from byte.registry.search import shown
from byte.registry.search.query import Filters
from byte.server import answers, models, paging
from byte.server.auth import Reader
from byte.server.context import Given
from byte.server.problems import responses
from byte.server.routes.parameters import OfKind, OfMethod, OfOwner, OfService
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1/duplicates", tags=["operations"], route_class=Route)

Least = Annotated[
    float,
    Query(ge=0.5, le=1, description="How alike they are at least, 0.5 to 1.", json_schema_extra={"format": "double"}),
]


@router.get(
    "",
    operation_id="list_duplicates",
    summary="List near-duplicate operations",
    response_model=models.ListOf[models.Duplicate],
    responses=responses("not-ready"),
)
async def list_duplicates(
    request: Request,
    given: Given,
    who: Reader,
    service: OfService = None,
    kind: OfKind = None,
    method: OfMethod = None,
    owner: OfOwner = None,
    threshold: Least = 0.9,
    limit: paging.Limit = paging.USUAL,
) -> Response:
    """List pairs of operations of different services that say nearly the same, the most alike first: one page.

    Those of the latest version of each service are compared. The filters are for either of a pair.
    """
    del who
    filters = Filters(service=service, kind=kind, method=method, owner=owner)
    twins = await given.search.asked(lambda index: index.twins(threshold, limit, filters))
    return answers.listing(request, [shown.twin(twin) for twin in twins], None)
