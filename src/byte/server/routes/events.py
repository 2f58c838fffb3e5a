"""Events: everything that happened, in the order in which it was committed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from byte.registry import clock, records
from byte.registry.store import Store
from byte.registry.store import events as kept
from byte.server import answers, paging
from byte.server.auth import Reader
from byte.server.context import Given
from byte.server.models import INT64, Answered, ListOf, Name, Time
from byte.server.routing import Route

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=Route)

EventType = Annotated[str, Field(pattern=r"^[a-z-]+\.[a-z-]+$", min_length=3, max_length=100)]


class Event(Answered):
    """Something that happened."""

    number: int = Field(
        description="Grows in the order of commits: who has read up to one has missed nothing before it.",
        examples=[1042],
        ge=1,
        json_schema_extra=INT64,
    )
    type: str = Field(description="What happened, to what.", examples=["version.published"], max_length=100)
    service: str | None = Field(description="The service that it is about.", examples=["orders"], max_length=100)
    version: str | None = Field(description="The version that it is about.", examples=["1.4.0"], max_length=100)
    subject: str = Field(
        description="What else it is about: a key, a webhook, a consumer.", examples=[""], max_length=200
    )
    actor: str = Field(description="Who did it: the name of a key, or `byte`.", examples=["orders CI"], max_length=200)
    at: Time = Field(description="When.", examples=["2026-11-23T13:06:16.000000Z"])
    data: dict[str, Any] = Field(description="What is to be known about it, by type.", examples=[{"state": "active"}])


def shown(event: records.Event) -> dict[str, Any]:
    """An event as it is answered (and sent to webhooks)."""
    return {
        "number": event.number,
        "type": event.type,
        "service": event.service,
        "version": event.version,
        "subject": event.subject,
        "actor": event.actor,
        "at": clock.shown(event.at),
        "data": event.data,
    }


@router.get("", operation_id="list_events", summary="List events", response_model=ListOf[Event])
async def list_events(
    given: Given,
    who: Reader,
    request: Request,
    after: Annotated[
        int,
        Query(
            ge=0,
            le=2**63 - 1,
            description="Events after this number.",
            examples=[1042],
            json_schema_extra=INT64,
        ),
    ] = 0,
    limit: paging.Limit = paging.USUAL,
    types: Annotated[
        list[EventType] | None, Query(max_length=50, description="Only these types.", examples=[["version.published"]])
    ] = None,
    service: Annotated[Name | None, Query(description="Only those about this service.", examples=["orders"])] = None,
    wait: Annotated[
        int,
        Query(
            ge=0,
            le=20,
            description="Seconds to wait for one if there is none yet.",
            json_schema_extra={"format": "int32"},
        ),
    ] = 0,
) -> Response:
    """The oldest first. Poll with `after` set to the last number that you have; no event is ever skipped.

    `next` is null when there is nothing more yet.
    """
    del who
    ask = (given.store, after, limit, tuple(types or ()), service)
    found = await run_in_threadpool(_after, *ask)
    if not found and wait:
        await given.tail.wait(after, wait)
        found = await run_in_threadpool(_after, *ask)
    more = str(found[-1].number) if len(found) == limit else None
    return answers.listing(request, [shown(event) for event in found], more, cursor="after")


def _after(
    store: Store, number: int, limit: int, types: tuple[str, ...], service: str | None
) -> tuple[records.Event, ...]:
    with store.reading() as read:
        return tuple(kept.after(read, number, limit, types, service))
