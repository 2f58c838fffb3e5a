"""The outermost layer: request ids, the access log, figures, headers of every answer, HEAD, time limits, last resorts.

Plain ASGI, one closure a request: it runs for every request, and each layer of it would cost as much as the look-up.
"""

import asyncio
import re
import time
import uuid
from http import HTTPStatus
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from byte.server import problems
from byte.server.metrics import Metrics

_SANE: Final = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}\Z")
_QUIET: Final = ("/health/", "/metrics")
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
)


class Edge:
    """Takes every request first and every answer last; no error gets past it."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, log: Any, timeout: float) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        timer = asyncio.get_running_loop().call_later(self._timeout, exchange.expire)
        exchange.timer = timer
        self._metrics.running.inc()
        error: Exception | None = None
        try:
            await self._app(exchange.scope, receive, exchange.send)
        except Exception as caught:  # noqa: BLE001 - whatever it is, the client gets a problem and the log the rest
            error = caught
            await exchange.fail()
        finally:
            timer.cancel()
            self._metrics.running.dec()
            self._tell(exchange, error)

    def _tell(self, exchange: "_Exchange", error: Exception | None) -> None:
        scope = exchange.scope
        seconds = time.perf_counter() - exchange.started
        route = getattr(scope.get("route"), "path", "")
        problem = scope.get("byte.problem")
        # A client that went away has no status of ours: 499, as proxies write it.
        status = exchange.status or 499
        self._metrics.answered(exchange.method, route, status, seconds, problem)
        error = error or scope.get("byte.error")
        tell = self._log.info
        if error is not None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            tell = self._log.error
        elif relative(scope).startswith(_QUIET):
            tell = self._log.debug
        fields: dict[str, Any] = {"exc_info": error} if error is not None and problem != "unavailable" else {}
        if error is not None and problem == "unavailable":
            fields["reason"] = repr(error.__cause__ or error)
        if problem is not None:
            fields["problem"] = problem
        actor = scope.get("byte.actor")
        client = scope.get("client")
        tell(
            "request",
            request_id=scope["byte.request_id"],
            method=exchange.method,
            route=route,
            path=scope["path"],
            status=status,
            ms=round(seconds * 1_000, 2),
            actor=actor.name if actor is not None else None,
            client=client[0] if client else None,
            **fields,
        )


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.started = time.perf_counter()
        self.method: str = scope["method"]
        # What answers GET answers HEAD; only the body stays here.
        self.scope = {**scope, "method": "GET"} if self.method == "HEAD" else scope
        self.scope["byte.request_id"] = _request_id(scope)
        self.status = 0
        self.timer: asyncio.TimerHandle | None = None
        self._send = send
        self._expired: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> None:
        """Hand on what the application says, unless the time was over before it said anything."""
        if self._expired is not None:
            return
        await self._deliver(message)

    async def _deliver(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self.timer is not None:
                self.timer.cancel()
            self.status = int(message["status"])
            given = {name for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(pair for pair in _HEADERS if pair[0] not in given),
                (b"x-request-id", self.scope["byte.request_id"].encode()),
            ]
        elif self.method == "HEAD" and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def expire(self) -> None:
        """The time is over, and no answer has begun: say so. What still runs finds nobody listening."""
        if not self.status:
            self.scope["byte.expired"] = True
            self._expired = asyncio.ensure_future(self._answer_late())

    async def fail(self) -> None:
        """The application raised what nobody expected."""
        if not self.status and self._expired is None:
            response = problems.internal(self.scope)
            await response(self.scope, _nothing, self._deliver)

    async def _answer_late(self) -> None:
        kind = problems.KINDS["timeout"]
        response = problems.answer(self.scope, kind, "The request took too long; ask for less, or again later.")
        await response(self.scope, _nothing, self._deliver)


def relative(scope: Scope) -> str:
    """The path below the place where the application is mounted."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE.match(value):
            return bytes(value).decode()
    return uuid.uuid4().hex
