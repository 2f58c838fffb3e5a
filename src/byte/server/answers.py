"""Answers: JSON bytes, with their ETags and conditional requests. Endpoints return what these make.

Bodies are encoded here, past the framework's own way (it would validate and copy each answer twice); the models that the
API document shows are held to them by tests.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from byte.server import etags, paging

JSON: Final = "application/json"
_CACHE: Final = "private, no-cache"
"""Kept by the client alone, and asked for each time with its ETag: never stale, seldom sent."""


def encode(value: Any) -> bytes:
    """A body as JSON. Models of pydantic are written by pydantic, all else by msgspec."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, BaseModel):
        return value.model_dump_json(by_alias=True).encode()
    return msgspec.json.encode(value, enc_hook=_unknown)


def _unknown(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return msgspec.Raw(encode(value))
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def resource(
    request: Request,
    body: Any,
    revision: int,
    *,
    status: int = HTTPStatus.OK,
    location: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One resource with its ETag; 304 without a body where the client has it. `location` is a path below the root."""
    more = {**(headers or {}), "ETag": etags.of(revision), "Cache-Control": _CACHE}
    if location is not None:
        more["Location"] = f"{request.scope.get('root_path', '')}{location}"
    if request.method == "GET" and etags.unchanged(request, more["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=more)
    return Response(encode(body), status, more, JSON)


def listing(
    request: Request,
    items: Sequence[Any],
    after: str | None,
    *,
    cursor: str = "cursor",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page of a list with the link to the next one (`after` as the parameter `cursor`); its ETag is weak."""
    return whole(request, {"items": items, "next": paging.link(request, after, cursor)}, headers=headers)


def whole(request: Request, body: Any, *, headers: Mapping[str, str] | None = None) -> Response:
    """Something without a revision of its own: its ETag comes from what it says."""
    data = encode(body)
    more = {**(headers or {}), "ETag": etags.weak(data), "Cache-Control": _CACHE}
    if etags.unchanged(request, more["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=more)
    return Response(data, HTTPStatus.OK, more, JSON)


def made(request: Request, body: Any, location: str) -> Response:
    """201 for something without a revision; `location` is a path below the root."""
    more = {"Location": f"{request.scope.get('root_path', '')}{location}", "Cache-Control": "no-store"}
    return Response(encode(body), HTTPStatus.CREATED, more, JSON)


def nothing(headers: Mapping[str, str] | None = None) -> Response:
    """204: done, nothing to say."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=dict(headers or {}))
