"""`/v1/imports` and `/v1/export`: much at once, line by line."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Annotated, Any, Final, Literal

import anyio.from_thread
import anyio.to_thread
import msgspec
from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from byte.registry import documents, exports, imports
from byte.server.auth import Publisher, Reader
from byte.server.context import Given
from byte.server.problems import ProblemError, responses
from byte.server.routing import Route, takes_streams

router: Final = APIRouter(prefix="/v1", tags=["bulk"], route_class=Route)
NDJSON: Final = "application/x-ndjson"
_TAKEN: Final = (NDJSON, "application/ndjson", "application/jsonl", "application/jsonlines")
_PIECE: Final = 65_536
"""Bytes after which a piece of a long answer is sent."""
_LINE: Final = {"type": "string", "description": "Lines of JSON, one object each."}
_IMPORTED: Final = (
    '{"type":"owner","name":"shop"}\n{"type":"service","name":"orders","owner":"shop"}\n'
    '{"type":"version","service":"orders","label":"1.0.0","document":{"openapi":"3.1.0","info":{"title":"Orders",'
    '"version":"1.0.0"},"paths":{}}}\n'
)
_RESULTS: Final = (
    '{"name":"shop","outcome":"created","type":"owner","line":1}\n'
    '{"name":"orders","outcome":"created","type":"service","line":2,"service":"orders"}\n'
    '{"name":"orders 1.0.0","outcome":"updated","type":"version","line":3,"service":"orders","version":"1.0.0"}\n'
    '{"type":"summary","created":2,"updated":1,"unchanged":0,"failed":0}\n'
)


Gate = Annotated[
    Literal["on", "off"],
    Query(description="`off` lets in what policies would refuse, to load what was published elsewhere: for admins."),
]


def _body(example: str) -> dict[str, Any]:
    return {NDJSON: {"schema": _LINE, "example": example}}


class _Streamed(StreamingResponse):
    """An answer that begins while the request is still read: nobody else may take pieces of it, to see who went away.

    It holds its turn while it lasts.
    """

    def __init__(self, lines: Iterator[bytes], turn: asyncio.Semaphore) -> None:
        super().__init__(_pieces(lines, 0), media_type=NDJSON)
        self._turn = turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._turn:
            await self.stream_response(send)


@router.post(
    "/imports",
    operation_id="import_lines",
    summary="Import lines",
    response_class=Response,
    responses={
        200: {"description": "What became of each line, and the counts last.", "content": _body(_RESULTS)},
        **responses("unsupported-media-type"),
    },
    openapi_extra={"requestBody": {"required": True, "content": _body(_IMPORTED)}},
)
@takes_streams
async def import_lines(request: Request, given: Given, who: Publisher, gate: Gate = "on") -> Response:
    """Import owners, services, versions with their documents, consumers, policies and overrides: a line of JSON each.

    The lines are what `/v1/export` gives. Each is kept by itself and answered for with a line, in order, while the rest
    is still being sent: read the answer while you send. A line that cannot be kept says why and stops nothing. The same
    lines again change nothing.

    A version of a service that was there before passes the gate, as a publish does: a line that is refused says why.
    """
    if gate == "off":
        who.must("admin")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in _TAKEN:
        raise ProblemError("unsupported-media-type", f"The body is {media[:100] or 'of no type'}: send `{NDJSON}`.")
    if given.importers.locked():
        raise ProblemError(
            "rate-limited", "As many imports as this server takes at once are going on: send yours again later."
        )
    limits = msgspec.structs.replace(documents.LIMITS, bytes=given.settings.document_limit)
    options = imports.Options(limits=limits, gate=gate == "on")
    return _Streamed(imports.lines(given.store, who, _chunks(request), options), given.importers)


@router.get(
    "/export",
    operation_id="export_lines",
    summary="Export lines",
    response_class=Response,
    responses={200: {"description": "The registry, line by line.", "content": _body(_IMPORTED)}},
)
async def export_lines(given: Given, who: Reader) -> Response:
    """Export all owners, services, versions with their documents, consumers, policies and overrides, as of one moment.

    An empty registry that imports these lines holds the same; reviews, health and events are not in them.
    """
    del who
    return StreamingResponse(await _begun(_pieces(exports.export(given.store), _PIECE)), media_type=NDJSON)


def _chunks(request: Request) -> Iterator[bytes]:
    """The body, for a thread that is asked for results: it waits for each piece in the event loop."""
    stream = request.stream()

    async def following() -> bytes | None:
        try:
            return await anext(stream, None)
        except ClientDisconnect:
            return None

    while (piece := anyio.from_thread.run(following)) is not None:
        yield piece


async def _begun(pieces: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, once there is a first one: a store that fails is a problem, not an answer without lines."""
    first = await anext(pieces, b"")

    async def following() -> AsyncIterator[bytes]:
        async with aclosing(pieces):
            yield first
            async for piece in pieces:
                yield piece

    return following()


async def _pieces(lines: Iterator[bytes], size: int) -> AsyncGenerator[bytes]:
    """Lines that a thread makes, joined to pieces of a size at least.

    A thread of its own: a client that sends or reads slowly keeps no request from the threads that the store has.
    """
    own = anyio.CapacityLimiter(1)
    try:
        while piece := await anyio.to_thread.run_sync(_joined, lines, size, limiter=own):
            yield piece
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(lines.close, limiter=own)  # type: ignore[attr-defined]


def _joined(lines: Iterator[bytes], size: int) -> bytes:
    held = bytearray()
    for line in lines:
        held += line
        if len(held) >= size:
            break
    return bytes(held)
