"""What the registry says of itself to who may read."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

import byte
from byte.registry import clock
from byte.registry.records import Scope
from byte.registry.store import events
from byte.server import answers
from byte.server.auth import Reader
from byte.server.context import Given
from byte.server.models import INT64, Answered, Time
from byte.server.routing import Route

router = APIRouter(prefix="/v1/status", tags=["server"], route_class=Route)


class Caller(Answered):
    """Who asks, as the registry sees it."""

    name: str = Field(description="The name of the key.", examples=["orders CI"], max_length=200)
    scope: Scope = Field(description="The most that the key allows.", examples=["publish"])
    owner: str | None = Field(description="The team whose services it publishes.", examples=["orders"], max_length=100)


class Search(Answered):
    """The search index of the process that answers."""

    ready: bool = Field(description="Whether searches are answered.", examples=[True])
    operations: int = Field(description="How many operations it holds.", examples=[125184], json_schema_extra=INT64)
    last_event: int = Field(
        description="The number of the last event that it holds.", examples=[1042], json_schema_extra=INT64
    )
    embeddings: str = Field(
        description="The model of its vectors; empty where search is by words alone.",
        examples=["static 4f1c0b7a9e21"],
        max_length=500,
    )
    building: float | None = Field(
        description="The share that is made of an index that is being built, 0 to 1; null where none is.",
        ge=0,
        le=1,
        examples=[0.34],
    )
    reason: str = Field(description="What it lacks, in a sentence; empty where nothing.", max_length=10_000)


class Status(Answered):
    """The registry as it is."""

    version: str = Field(description="The version of Byte.", examples=["0.1.0"], max_length=50)
    now: Time = Field(description="The time of the server.", examples=["2026-11-23T13:06:16.000000Z"])
    last_event: int = Field(
        description="The number of the last event; 0 before the first.", examples=[1042], json_schema_extra=INT64
    )
    search: Search = Field(description="The search index of the process that answers.")
    caller: Caller = Field(description="Who asks.")


@router.get("", operation_id="get_status", summary="Get the status of the registry", response_model=Status)
def get_status(given: Given, who: Reader, request: Request) -> Response:
    """A request to try a key with."""
    with given.store.reading() as read:
        last = events.last(read)
    search = given.search.keeper.status()
    body: dict[str, Any] = {
        "version": byte.__version__,
        "now": clock.shown(given.clock()),
        "last_event": last,
        "search": {
            "ready": search.ready,
            "operations": search.operations,
            "last_event": search.event,
            "embeddings": search.embeddings,
            "building": search.building,
            "reason": search.reason,
        },
        "caller": {"name": who.name, "scope": who.scope, "owner": who.owner},
    }
    return answers.whole(request, body)
