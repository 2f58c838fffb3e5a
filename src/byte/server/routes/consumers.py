"""`/v1/services/{service}/consumers`: who uses what of a service."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from byte.registry import consumers as use_cases
from byte.registry import faults
from byte.registry.records import Consumer
from byte.registry.store import consumers, services
from byte.server import answers, etags, models, paging
from byte.server.auth import Publisher, Reader
from byte.server.context import Given
from byte.server.problems import responses
from byte.server.routes.parameters import ConsumerName, ServiceName, success
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1/services/{service}/consumers", tags=["consumers"], route_class=Route)
OfOperation = Annotated[
    str | None,
    Query(
        description="Only those that use the operation of this name.",
        examples=["GET /orders/{id}"],
        pattern=faults.LINE,
        min_length=1,
        max_length=use_cases.OPERATION_LENGTH,
    ),
]


@router.get(
    "",
    operation_id="list_consumers",
    summary="List consumers",
    response_model=models.ListOf[models.Consumer],
    responses=responses("not-found"),
)
def list_consumers(
    request: Request,
    given: Given,
    who: Reader,
    service: ServiceName,
    operation: OfOperation = None,
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Response:
    """List who uses a service, by name."""
    del who
    with given.store.reading() as read:
        services.get(read, service)
        page = consumers.page(read, consumers.ConsumerFilter(service=service, operation=operation), limit, cursor)
    return answers.listing(request, [models.consumer_shown(consumer) for consumer in page.items], page.next)


@router.get(
    "/{consumer}",
    operation_id="get_consumer",
    summary="Get consumer",
    response_model=models.Consumer,
    responses={**success(200, "The consumer."), **responses("not-found")},
)
def get_consumer(request: Request, given: Given, who: Reader, service: ServiceName, consumer: ConsumerName) -> Response:
    """Get what a consumer uses of a service."""
    del who
    with given.store.reading() as read:
        return _answer(request, consumers.get(read, service, consumer))


@router.put(
    "/{consumer}",
    operation_id="replace_consumer",
    summary="Replace consumer",
    response_model=models.Consumer,
    responses={
        **success(200, "The consumer as it is now."),
        201: {**success(201, "The consumer is declared.", created=True)[201], "model": models.Consumer},
        **responses("invalid", "not-found", "conflict", "stale", "precondition-required"),
    },
)
def replace_consumer(
    request: Request,
    given: Given,
    who: Publisher,
    service: ServiceName,
    consumer: ConsumerName,
    draft: models.ConsumerReplace,
    if_match: etags.IfMatch = None,
    if_none_match: etags.IfNoneMatch = None,
) -> Response:
    """Declare what a consumer uses of a service, or replace that.

    `If-None-Match: *` declares it if there is none, `If-Match` replaces what was read. Every operation must be one of the
    latest version.
    """
    create, expected = etags.upsert(if_match, if_none_match)
    record = draft.record(service, consumer)
    kept = use_cases.declare_consumer(given.store, who, record, expected, create=create)
    return _answer(request, kept, created=create)


@router.delete(
    "/{consumer}",
    operation_id="delete_consumer",
    summary="Delete consumer",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "It is forgotten."},
        **responses("invalid", "not-found", "stale", "precondition-required"),
    },
)
def delete_consumer(
    given: Given, who: Publisher, service: ServiceName, consumer: ConsumerName, if_match: etags.IfMatch = None
) -> Response:
    """Forget what a consumer uses of a service."""
    use_cases.delete_consumer(given.store, who, service, consumer, etags.expected(if_match))
    return answers.nothing()


def _answer(request: Request, consumer: Consumer, *, created: bool = False) -> Response:
    place = f"/v1/services/{consumer.service}/consumers/{consumer.name}"
    more: dict[str, Any] = {"status": 201, "location": place} if created else {}
    return answers.resource(request, models.consumer_shown(consumer), consumer.revision, **more)
