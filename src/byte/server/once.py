"""`Idempotency-Key`: a POST that is sent again is answered as it was the first time, and done once (`registry.once`)."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from byte.registry import once
from byte.registry.actors import Actor
from byte.registry.errors import InvalidError
from byte.registry.once import Answer, Answered, BusyError, Once
from byte.server.context import Context

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
LONGEST: Final = 255
PATTERN: Final = r'^("[!#-\[\]-~]{1,253}"|[!#-\[\]-~]{1,255})$'
"""A text of RFC 8941 without escapes, or the same without quotes."""
_KEY: Final = re.compile(PATTERN[1:-1])

PARAMETER: Final[dict[str, Any]] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A name that you give this request, best a random one: sent again with it within 24 hours, it is answered "
    f"as it was the first time (with `{REPLAYED}: true`), and done once.",
    "schema": {
        "type": "string",
        "pattern": PATTERN,
        "maxLength": LONGEST,
        "examples": ['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    },
}
"""The header in the API document."""

Handler = Callable[[Request], Awaitable[Response]]


async def answered(context: Context, request: Request, inner: Handler) -> Response:
    """The answer of a handler, or the one that it gave to this request before. Without a key: the handler's."""
    given = request.headers.getlist(HEADER)
    if not given:
        return await inner(request)
    asked = _asked(request, given, await request.body())
    if (asked.who, asked.digest) in context.answering:
        raise BusyError(f"A request with this `{HEADER}` is being answered now: ask again in a moment.")
    context.answering.add((asked.who, asked.digest))
    try:
        return await _once(context, request, asked, inner)
    except Answered as before:
        return _again(before.answer)
    finally:
        context.answering.discard((asked.who, asked.digest))


async def _once(context: Context, request: Request, asked: Once, inner: Handler) -> Response:
    known = await run_in_threadpool(_known, context, asked)
    if known is not None:
        return _again(known)
    with context.store.together(asked.begin) as transaction:
        response = await inner(request)
        headers = tuple((k, v) for k, v in response.headers.items() if k != "content-length")
        answer = Answer(response.status_code, headers, bytes(response.body))
        await run_in_threadpool(transaction.keep, lambda write: asked.end(write, answer))
    return response


def _known(context: Context, asked: Once) -> Answer | None:
    with context.store.reading() as read:
        return asked.known(read)


def _again(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, dict(answer.headers))
    response.headers[REPLAYED] = "true"
    return response


def _asked(request: Request, given: list[str], body: bytes) -> Once:
    key = given[0].strip()
    if len(given) > 1 or not _KEY.fullmatch(key):
        raise InvalidError(f"`{HEADER}` is 1 to {LONGEST} visible characters, in quotes or without, and given once.")
    actor: Actor = request.scope["byte.actor"]
    # What an edit expects is a part of what is asked.
    headers = [request.headers.get(name, "") for name in ("content-type", "if-match")]
    about = (request.method, str(request.scope["path"]), request.url.query, *headers)
    # A key stays the same from request to request; tokens are short-lived, and the next one opens the answer too.
    secret = request.headers.get("authorization", "") if actor.key is not None else ""
    parts = (part.encode("utf-8", "surrogatepass") for part in about)
    return Once(actor.id, key.strip('"'), secret, once.fingerprint(*parts, body))
