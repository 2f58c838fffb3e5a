"""`/v1/services/{service}/health`: how a service is, how it was, and what its probes said."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from byte.registry import clock, records
from byte.registry.health import uptime
from byte.registry.records import HealthState
from byte.registry.store import health, services
from byte.server import answers, models, paging
from byte.server.auth import Reader
from byte.server.context import Given
from byte.server.problems import responses
from byte.server.routes.parameters import ServiceName
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1/services/{service}", tags=["health"], route_class=Route)

Milliseconds = Annotated[
    float | None, Field(description="Milliseconds; null where it is not known.", ge=0, examples=[12.5])
]
StateWord = Annotated[
    HealthState,
    Field(
        description="`up`, `degraded` (it answers, slowly or now and then), `down`, `not-probed` (its address may not be "
        "asked) or `unknown` (nobody asks, or nothing was said yet).",
        examples=["up"],
    ),
]
Since = Annotated[models.Moment | None, Query(description="Only probes from this time on.")]
Until = Annotated[models.Moment | None, Query(description="Only probes from before this time.")]
Sort = Annotated[Literal["at", "-at"], Query(description="What the list is ordered by; `-` turns it round.")]


class Latency(models.Answered):
    """How long answers took, until their headers were there."""

    mean: Milliseconds
    max: Milliseconds
    p50: Milliseconds
    p95: Milliseconds
    p99: Milliseconds


class HealthWindow(models.Answered):
    """What the probes of a window of time said."""

    window: Literal["1h", "24h", "7d", "30d"] = Field(description="How long it is; it ends now.", examples=["24h"])
    checks: int = Field(
        description="The probes that could be judged.", ge=0, examples=[1440], json_schema_extra=models.INT64
    )
    uptime: float | None = Field(
        description="The part of them that was answered as it should; null without one.",
        ge=0,
        le=1,
        examples=[0.999306],
    )
    latency_ms: Latency = Field(description="Percentiles are told of the windows of an hour and of a day.")


class Health(models.Answered):
    """How a service is."""

    service: models.ServiceName
    state: StateWord
    since: models.Time | None = Field(description="Since when it is so.", examples=["2026-11-23T13:06:16.000000Z"])
    checked_at: models.Time | None = Field(
        description="When it was last asked.", examples=["2026-11-23T13:06:16.000000Z"]
    )
    reason: str = Field(
        description="What was wrong with the last answer; empty where nothing was.", examples=[""], max_length=500
    )
    windows: list[HealthWindow] = Field(description="The shortest first.", max_length=4)


class HealthCheck(models.Answered):
    """One probe."""

    at: models.Time = Field(description="When it was sent.", examples=["2026-11-23T13:06:16.000000Z"])
    state: StateWord
    latency_ms: Milliseconds
    status: int | None = Field(
        description="The status of the answer; null without one.", examples=[200], json_schema_extra=models.INT32
    )
    reason: str = Field(description="What was wrong; empty where nothing was.", examples=[""], max_length=500)


@router.get(
    "/health",
    operation_id="get_service_health",
    summary="Get health of service",
    response_model=Health,
    responses=responses("not-found"),
)
def get_service_health(request: Request, given: Given, who: Reader, service: ServiceName) -> Response:
    """Get how a service is and how it was.

    Nothing is asked for this: it is what the last probes said. The state changes after three probes that are worse, or two
    that are better.
    """
    del who
    with given.store.reading() as read:
        known = services.get(read, service)
        last = health.page(read, service, limit=1).items
        windows = uptime.windows(read, service, given.clock())
    check = last[0] if last else None
    body = {
        "service": service,
        "state": known.health,
        "since": _time(known.health_since),
        "checked_at": _time(check.at if check else None),
        "reason": check.reason if check else "",
        "windows": [_window(window) for window in windows],
    }
    return answers.whole(request, body)


@router.get(
    "/health-checks",
    operation_id="list_health_checks",
    summary="List health checks",
    response_model=models.ListOf[HealthCheck],
    responses=responses("not-found"),
)
def list_health_checks(
    request: Request,
    given: Given,
    who: Reader,
    service: ServiceName,
    since: Since = None,
    until: Until = None,
    sort: Sort = "-at",
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Response:
    """List the probes of a service, the newest first unless told otherwise.

    They are kept for some days (`BYTE_CHECK_DAYS`).
    """
    del who
    first, end = (None if moment is None else clock.of(moment) for moment in (since, until))
    with given.store.reading() as read:
        services.get(read, service)
        page = health.page(read, service, first, end, sort, limit, cursor)
    return answers.listing(request, [_check(check) for check in page.items], page.next)


def _window(window: uptime.Window) -> dict[str, Any]:
    latency = {name: getattr(window.latency, name) for name in Latency.model_fields}
    return {"window": window.window, "checks": window.checks, "uptime": window.uptime, "latency_ms": latency}


def _check(check: records.HealthCheck) -> dict[str, Any]:
    return {
        "at": clock.shown(check.at),
        "state": check.state,
        "latency_ms": check.latency_ms,
        "status": check.status,
        "reason": check.reason,
    }


def _time(at: int | None) -> str | None:
    return None if at is None else clock.shown(at)
