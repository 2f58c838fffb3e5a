"""The server itself: its health, its figures, the API document, the pages of problems."""

import asyncio
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from byte.registry.errors import NotFoundError
from byte.server import answers, metrics, pages, problems
from byte.server import context as contexts
from byte.server.context import Context, Given
from byte.server.problems import ProblemError
from byte.server.routing import Route

PROBED: Final = 5.0
"""Seconds that the store has to answer a probe of readiness."""

_FIGURES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "The figures."}
}
_PAGE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/html": {"schema": {"type": "string"}}}, "description": "The page."}
}

router = APIRouter(tags=["server"], route_class=Route)


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = Field(description="Always `ok`: who can say so is alive.", examples=["ok"])


class Ready(Alive):
    """Requests are answered."""

    notes: list[str] = Field(
        description="What is not as it will be: a search index that is being built.",
        max_length=10,
        examples=[["The search index is being built: 34% of 125,184 operations."]],
    )


@router.get(
    "/health/live",
    operation_id="get_liveness",
    summary="Whether the process answers",
    response_model=Alive,
)
async def get_liveness() -> Response:
    """Says nothing about the store: a process is not to be restarted because its database is away."""
    return Response(b'{"status":"ok"}', media_type=answers.JSON, headers={"Cache-Control": "no-store"})


@router.get(
    "/health/ready",
    operation_id="get_readiness",
    summary="Whether requests can be answered now",
    response_model=Ready,
    responses=problems.responses("not-ready"),
)
async def get_readiness(given: Given) -> Response:
    """The store can be reached and is up to date. Else a problem with every reason.

    A search index that is being built keeps nothing but searches from being answered: `notes` has it.
    """
    reasons = await _reasons(given)
    if reasons:
        faults = [{"detail": reason[:4_000]} for reason in reasons]
        raise ProblemError("not-ready", "Requests cannot be answered now: `errors` has the reasons.", faults)
    note = given.search.keeper.status().said()
    body = answers.encode({"status": "ok", "notes": [note] if note else []})
    return Response(body, media_type=answers.JSON, headers={"Cache-Control": "no-store"})


async def _reasons(given: Context) -> list[str]:
    try:
        async with asyncio.timeout(PROBED):
            return [text for ask in given.reasons for text in await run_in_threadpool(ask)]
    except TimeoutError:
        return [f"The store did not answer within {PROBED:g} seconds."]


@router.get(
    "/metrics",
    operation_id="get_metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses=_FIGURES | problems.responses("unauthenticated"),
)
async def get_metrics(request: Request, given: Given) -> Response:
    """Text in the format of Prometheus. Needs a key that reads where `BYTE_OPEN_METRICS` is off."""
    if not given.settings.open_metrics:
        await given.keyring.actor(request.headers.get("authorization"), open_read=False)
    text = await run_in_threadpool(given.metrics.text)
    return Response(text, headers={"Content-Type": metrics.MEDIA_TYPE, "Cache-Control": "no-store"})


@router.get("/openapi.json", include_in_schema=False)
async def get_document(request: Request) -> Response:
    """The API document itself."""
    contexts.of(request)
    return answers.whole(request, request.app.openapi())


@router.get("/docs", include_in_schema=False)
async def get_reference(request: Request) -> Response:
    """The API document for people."""
    root = request.scope.get("root_path", "")
    return HTMLResponse(pages.reference(request.app.openapi(), root))


@router.get(
    "/problems/{kind}",
    operation_id="get_problem_kind",
    summary="What a kind of problem means",
    response_class=HTMLResponse,
    responses=_PAGE | problems.responses("invalid", "not-found"),
)
async def get_problem_kind(
    kind: Annotated[
        str, Path(description="The name of the kind.", min_length=1, max_length=60, examples=["not-found"])
    ],
) -> Response:
    """The page that the `type` of a problem points at."""
    known = problems.KINDS.get(kind)
    if known is None:
        raise NotFoundError(f"There is no kind of problem `{kind}`.")
    return HTMLResponse(pages.problem(known))
