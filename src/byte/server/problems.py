"""Every error that a client can meet, in one shape: RFC 9457 (problem details for HTTP APIs).

`KINDS` is the whole list: each has a page at `/problems/{kind}`, which its `type` points at. The errors of the registry
know no HTTP; `OF_ERROR` says which kind each of them is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from byte.model.errors import ByteError
from byte.registry import errors, once

MEDIA_TYPE: Final = "application/problem+json"
ERRORS_SHOWN: Final = 100
"""A problem lists no more errors than this: a client who sends a thousand faults needs no thousand answers."""


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its name in `/problems/{name}`, the status it comes with, and what to do about it."""

    name: str
    status: int
    title: str
    help: str
    retry_after: int | None = None


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "invalid",
            400,
            "The request is not valid",
            "The path, the query, a header or the body is not what the API document says. `errors` names every place "
            "(`pointer` into the body, `parameter` elsewhere). Mend them and send the request again.",
        ),
        Kind(
            "unauthenticated",
            401,
            "A valid key is needed",
            "Send `Authorization: Bearer byte_<id>_<secret>`. The key is missing, unknown, expired or revoked; an admin "
            "issues keys with `byte keys create` or `POST /v1/keys`. A token of the issuer that the server is set to "
            "(`BYTE_OIDC_ISSUER`) is taken as well.",
        ),
        Kind(
            "forbidden",
            403,
            "The key does not allow this",
            "The key is valid, and its scope (`read`, `publish`, `admin`) or its owner does not cover this operation.",
        ),
        Kind("not-found", 404, "There is no such resource", "The path is right, and what it names does not exist."),
        Kind(
            "unknown-path",
            404,
            "There is no such path",
            "The API has no operation at this path. `/openapi.json` lists all of them.",
        ),
        Kind(
            "method-not-allowed",
            405,
            "The path does not take this method",
            "The header `Allow` lists the methods that the path takes.",
        ),
        Kind(
            "already-exists",
            409,
            "There is one of that name already",
            "Names are unique. Read what is there, change it, or choose another name.",
        ),
        Kind(
            "conflict",
            409,
            "The state of the resource does not allow this",
            "What was asked does not fit the state that the resource is in now: read it again and decide anew.",
        ),
        Kind(
            "in-progress",
            409,
            "This request is being answered now",
            "Another request with the same `Idempotency-Key` has not been answered yet. Send it again in a moment: you get "
            "the answer of that one.",
            retry_after=1,
        ),
        Kind(
            "in-use",
            409,
            "Others need this resource",
            "It cannot be deleted while others refer to it. `detail` says which.",
        ),
        Kind(
            "stale",
            412,
            "The resource has changed since it was read",
            "`If-Match` names an older revision (or `If-None-Match: *` something that exists). Read the resource, apply "
            "your change to what is there now, and send it with the new `ETag`.",
        ),
        Kind(
            "too-large",
            413,
            "The body is larger than what is taken",
            "The limit is a setting of the server (`BYTE_BODY_LIMIT`, for documents `BYTE_DOCUMENT_LIMIT`).",
        ),
        Kind(
            "unsupported-media-type",
            415,
            "The media type of the body is not taken here",
            "Send the `Content-Type` that the API document names for this operation.",
        ),
        Kind(
            "unreadable-document",
            422,
            "The document cannot be read",
            "It is no OpenAPI document, MCP descriptor or A2A agent card, or it is broken. `errors` says where and how.",
        ),
        Kind(
            "reused-key",
            422,
            "The idempotency key was used for another request",
            "An `Idempotency-Key` belongs to one request for 24 hours: the same path, query, body, `Content-Type` and "
            "`If-Match`. Give another request another key.",
        ),
        Kind(
            "version-refused",
            422,
            "The policy of the service does not let this version in",
            "It was compared with the version in use, and the policy (`/v1/services/{service}/policy`) refuses it. `review` "
            "has the reasons, the findings, requests and payloads that prove the breaks, and the consumers that break. Keep "
            "what clients rely on, publish it as the version that the policy asks for, or have it overridden.",
        ),
        Kind(
            "precondition-required",
            428,
            "A precondition is needed",
            "Send `If-Match` with the `ETag` that you read, so that nobody's edit is lost (RFC 6585). A `PUT` that "
            "creates says `If-None-Match: *`.",
        ),
        Kind(
            "rate-limited",
            429,
            "Too many requests",
            "Wait as many seconds as `Retry-After` says. `RateLimit` and `RateLimit-Policy` tell how much is left.",
            retry_after=1,
        ),
        Kind(
            "internal-error",
            500,
            "The server failed",
            "A fault of the server. Its log has the details under the `request_id` of this answer; please report it.",
        ),
        Kind(
            "unavailable",
            503,
            "The store does not answer",
            "The database cannot be reached, is full or too slow. Nothing was changed. Ask again after `Retry-After`.",
            retry_after=2,
        ),
        Kind(
            "issuer-unavailable",
            503,
            "The issuer of tokens does not answer",
            "The keys that tokens are signed with cannot be had (`BYTE_OIDC_ISSUER`), so no token can be believed. Keys of the "
            "registry work. Ask again after `Retry-After`.",
            retry_after=5,
        ),
        Kind(
            "not-ready",
            503,
            "The server is not ready",
            "It is starting, stopping, or misses something that it needs; `errors` says what. Ask again later.",
            retry_after=2,
        ),
        Kind(
            "timeout",
            503,
            "The request took too long",
            "The server gave up after `BYTE_REQUEST_TIMEOUT` seconds; what was asked may still be carried out. Ask for "
            "less (a smaller `limit`), or again later.",
            retry_after=2,
        ),
    )
}
"""All kinds of problems, by name."""

OF_ERROR: Final[Mapping[type[errors.RegistryError], str]] = {
    errors.RegistryError: "internal-error",
    errors.NotFoundError: "not-found",
    errors.ExistsError: "already-exists",
    errors.StaleError: "stale",
    errors.ConflictError: "conflict",
    errors.RefusedError: "version-refused",
    errors.InUseError: "in-use",
    errors.Fault: "invalid",
    errors.InvalidError: "invalid",
    errors.UnreadableError: "unreadable-document",
    errors.TooLargeError: "too-large",
    errors.UnauthenticatedError: "unauthenticated",
    errors.ForbiddenError: "forbidden",
    errors.UnavailableError: "unavailable",
    errors.NotReadyError: "not-ready",
    errors.UnwritableError: "unavailable",
    errors.IssuerError: "issuer-unavailable",
    once.BusyError: "in-progress",
    once.ReusedError: "reused-key",
}
"""The kind of each error of the registry; a test demands that none is missing."""

_OF_STATUS: Final[Mapping[int, str]] = {
    400: "invalid",
    404: "unknown-path",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
}
"""The kinds of what the framework refuses by itself."""


class ProblemError(ByteError):
    """A problem that only HTTP knows: `kind` is a name in `KINDS`, `faults` the `errors` of the answer."""

    def __init__(
        self,
        kind: str,
        detail: str,
        faults: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = KINDS[kind]
        self.detail = detail
        self.faults = faults
        self.headers = headers or {}


class ProblemFault(BaseModel):
    """One thing that is wrong: where, and what."""

    model_config = ConfigDict(title="Fault")

    pointer: str | None = Field(
        default=None,
        description="Where in the body: a JSON pointer (RFC 6901).",
        examples=["/tags/0"],
        max_length=2_000,
    )
    parameter: str | None = Field(
        default=None,
        description="The path, query or header parameter that it is about.",
        examples=["limit"],
        max_length=200,
    )
    detail: str = Field(description="What is wrong.", examples=["Input should be a valid string"], max_length=4_000)


class Problem(BaseModel):
    """What every error answers with (RFC 9457)."""

    type: str = Field(
        description="The kind of problem: a page that explains it.",
        examples=["/problems/not-found"],
        max_length=200,
        json_schema_extra={"format": "uri-reference"},
    )
    title: str = Field(description="The kind in words.", examples=["There is no such resource"], max_length=200)
    status: int = Field(
        description="The status of the answer.",
        examples=[404],
        ge=400,
        le=599,
        json_schema_extra={"format": "int32"},
    )
    detail: str = Field(
        description="What happened this time, and what to do.",
        examples=["There is no service `orders`."],
        max_length=10_000,
    )
    instance: str = Field(
        description="The path that was asked for.",
        examples=["/v1/services/orders"],
        max_length=10_000,
        json_schema_extra={"format": "uri-reference"},
    )
    request_id: str = Field(
        description="The id of the request, in the server's log too.",
        examples=["9f86d081884c7d659a2feaa0"],
        max_length=128,
    )
    errors: list[ProblemFault] = Field(
        description="Everything that is wrong, place by place; empty where `detail` says it all.",
        max_length=ERRORS_SHOWN,
    )


def responses(*names: str) -> dict[int | str, dict[str, Any]]:
    """What to give a route as `responses`: the problems it may answer with, beside those that every route shares."""
    found: dict[int | str, dict[str, Any]] = {}
    for name in names:
        kind = KINDS[name]
        known = found.setdefault(kind.status, {"description": "", "content": {MEDIA_TYPE: {"examples": {}}}})
        known["description"] = f"{known['description']} or {kind.title[0].lower()}{kind.title[1:]}".removeprefix(" or ")
        media = known["content"][MEDIA_TYPE]
        media["schema"] = {"$ref": "#/components/schemas/Problem"}
        media["examples"][name] = {"summary": kind.title, "value": _example(kind)}
    for known in found.values():
        known["description"] = f"{known['description'][0].upper()}{known['description'][1:]}."
    return found


def _example(kind: Kind) -> dict[str, Any]:
    return {
        "type": f"/problems/{kind.name}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.help,
        "instance": "/v1/services/orders",
        "request_id": "9f86d081884c7d659a2feaa0",
        "errors": [],
    }


def answer(
    scope: Scope,
    kind: Kind,
    detail: str,
    faults: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """The response for a problem. `more` are the members that its kind has beside those of all."""
    root = scope.get("root_path", "")
    body = {
        "type": f"{root}/problems/{kind.name}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail[:10_000],
        "instance": _visible(scope.get("path", "")),
        "request_id": scope.get("byte.request_id", ""),
        "errors": list(faults[:ERRORS_SHOWN]),
        **(more or {}),
    }
    sent = dict(headers or {})
    if kind.retry_after is not None:
        sent.setdefault("Retry-After", str(kind.retry_after))
    if kind.status == HTTPStatus.UNAUTHORIZED:
        sent.setdefault("WWW-Authenticate", 'Bearer realm="byte"')
    sent["Cache-Control"] = "no-store"
    scope["byte.problem"] = kind.name
    return Response(msgspec.json.encode(body), kind.status, sent, MEDIA_TYPE)


def of_error(scope: Scope, error: ByteError) -> Response:
    """The response for an error of the registry or of the server."""
    if isinstance(error, ProblemError):
        return answer(scope, error.kind, error.detail, error.faults, error.headers)
    kind = KINDS[next((OF_ERROR[base] for base in type(error).__mro__ if base in OF_ERROR), "internal-error")]
    if kind.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, errors.NotReadyError):
        # What a driver says is for the log: it may name hosts and files.
        scope["byte.error"] = error
    if kind.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return internal(scope)
    faults = error.faults if isinstance(error, errors.InvalidError) else ()
    listed = [{"pointer": fault.pointer[:2_000], "detail": str(fault)[:4_000]} for fault in faults[:ERRORS_SHOWN]]
    if isinstance(error, errors.Fault):
        listed = [{"pointer": error.pointer[:2_000], "detail": str(error)[:4_000]}]
    more = {"review": error.report} if isinstance(error, errors.RefusedError) else None
    return answer(scope, kind, str(error), listed, more=more)


def internal(scope: Scope) -> Response:
    """The response for a fault of the server: no details, they are in the log under the request's id."""
    return answer(scope, KINDS["internal-error"], "The server failed; its log has the details under this request_id.")


def install(app: FastAPI) -> None:
    """Make everything that the application refuses a problem. What nobody expected is `limits.Edge`'s."""
    app.add_exception_handler(ByteError, _byte_error)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _framework)


async def _byte_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ByteError)
    return of_error(request.scope, error)


async def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = KINDS.get(_OF_STATUS.get(error.status_code, ""))
    if kind is None:
        kind = KINDS["invalid" if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else "internal-error"]
    detail = kind.help if error.detail == HTTPStatus(error.status_code).phrase else str(error.detail)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods(request))
    return answer(request.scope, kind, detail, headers=headers)


def _methods(request: Request) -> list[str]:
    """Every method that the path takes: the framework tells those of the first route that fits."""
    found = {
        method
        for route in request.app.router.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
    return sorted(found | {"HEAD"} if "GET" in found else found)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [_fault(item) for item in error.errors()[:ERRORS_SHOWN]]
    first = faults[0]
    where = first.get("parameter") or first.get("pointer") or "the body"
    detail = f"{where}: {first['detail']}" + (f" (and {len(faults) - 1} more)" if len(faults) > 1 else "")
    return answer(request.scope, KINDS["invalid"], detail, faults)


def _fault(item: Mapping[str, Any]) -> dict[str, str]:
    place, *rest = item.get("loc", ("body",))
    detail = str(item.get("msg", "is not valid"))[:4_000]
    if item.get("type") == "json_invalid":
        return {"pointer": "", "detail": str(item.get("ctx", {}).get("error", detail))[:4_000]}
    if place == "body":
        return {"pointer": "".join(f"/{_escaped(part)}" for part in rest)[:2_000], "detail": detail}
    return {"parameter": str(rest[0])[:200] if rest else str(place), "detail": detail}


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _visible(text: str) -> str:
    """A path as a URI reference: what may not stand in one is escaped."""
    return quote(text[:2_000].encode("utf-8", "replace"), safe="/:@!$&'()*+,;=~")
