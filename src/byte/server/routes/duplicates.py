"""`/v1/duplicates`: operations of different services that say nearly the same."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from byte.registry import faults
from byte.registry.search import shown
from byte.registry.search.query import Filters
from byte.server import answers, models, paging
from byte.server.auth import Reader
from byte.server.context import Given
from byte.server.problems import responses
from byte.server.routes.parameters import OfKind, OfMethod, OfOwner
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1/duplicates", tags=["operations"], route_class=Route)

Whose = Annotated[
    str,
    Query(
        description="The service whose operations are compared with those of all others.",
        examples=["orders"],
        pattern=faults.NAME,
        min_length=1,
        max_length=faults.NAME_LENGTH,
    ),
]
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
    service: Whose,
    kind: OfKind = None,
    method: OfMethod = None,
    owner: OfOwner = None,
    threshold: Least = 0.9,
    limit: paging.Limit = paging.USUAL,
) -> Response:
    """List what a service has in common with others: pairs of operations that say nearly the same, the most alike first.

    Those of the latest version of each service are compared, by their meaning; the filters are for both of a pair. There
    is one page. Nothing is found where search is by words alone.
    """
    del who
    filters = Filters(service=service, kind=kind, method=method, owner=owner)
    twins = await given.search.asked(lambda index: index.twins(threshold, limit, filters), long=True)
    return answers.listing(request, [shown.twin(twin) for twin in twins], None)
