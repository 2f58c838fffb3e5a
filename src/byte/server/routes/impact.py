"""Who uses an operation, and whom a change of a service would break."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from byte.registry import consumers as use_cases
from byte.registry import faults, impacts
from byte.registry.places import Stored
from byte.registry.store import consumers, operations
from byte.server import answers, impact_models, models, paging
from byte.server.auth import Reader
from byte.server.context import Given
from byte.server.problems import responses
from byte.server.routes.parameters import OperationId, ServiceName, success
from byte.server.routing import Route

router: Final = APIRouter(tags=["consumers"], route_class=Route)
_LABEL: Final[dict[str, Any]] = {"pattern": faults.LABEL, "min_length": 1, "max_length": faults.LABEL_LENGTH}
InUse = Annotated[str | None, Query(description="The version in use; else the latest.", examples=["1.4.0"], **_LABEL)]
Against = Annotated[
    str | None, Query(description="The version that would take its place.", examples=["2.0.0"], **_LABEL)
]
Going = Annotated[
    str | None,
    Query(
        description="The operation that would go.",
        examples=["GET /orders/{id}"],
        pattern=faults.LINE,
        min_length=1,
        max_length=use_cases.OPERATION_LENGTH,
    ),
]
GoingField = Annotated[
    str | None,
    Query(
        description="The field of answers that would go: of `operation`, or of all that have it.",
        examples=["items/price"],
        pattern=faults.LINE,
        min_length=1,
        max_length=use_cases.FIELD_LENGTH,
    ),
]


@router.get(
    "/v1/operations/{operation}/consumers",
    operation_id="list_operation_consumers",
    summary="List consumers of an operation",
    response_model=models.ListOf[impact_models.OperationConsumer],
    responses=responses("not-found"),
)
def list_operation_consumers(
    request: Request,
    given: Given,
    who: Reader,
    operation: OperationId,
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Response:
    """List who uses an operation, by name: which of its fields, and where that is seen.

    Consumers use a service, and no version of it: an operation of another version has those of its name, whatever its
    parameters are called there.
    """
    del who
    with given.store.reading() as read:
        found = operations.get(read, operation)
        page = consumers.users(read, found.service, found.name, limit, cursor)
    items = [impact_models.operation_consumer_shown(consumer, found.name) for consumer in page.items]
    return answers.listing(request, items, page.next)


@router.get(
    "/v1/services/{service}/impact",
    operation_id="get_impact",
    summary="Get impact",
    response_model=impact_models.Impact,
    responses={**success(200, "Whom the change would break."), **responses("not-found", "unreadable-document")},
)
async def get_impact(
    request: Request,
    given: Given,
    who: Reader,
    service: ServiceName,
    version: InUse = None,
    against: Against = None,
    operation: Going = None,
    field: GoingField = None,
) -> Response:
    """Get whom a change of a service would break: another version in the place of the one in use, or an operation or
    field that goes.

    Without a change it tells what is deprecated, and who uses it still.
    """
    asked = impacts.Question(service=service, version=version, against=against, operation=operation, field=field)
    day = impacts.today(given.clock())
    # It takes a thread for as long as the comparison takes.
    async with given.turn(request):
        found = await run_in_threadpool(lambda: impacts.report(Stored(given.store, who), asked, day))
    return answers.whole(request, impacts.shown(found))
