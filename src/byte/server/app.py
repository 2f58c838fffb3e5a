"""The application: `create_app()`. To run it: `byte serve`; to mount it: see `create_app`.

`ROUTERS` is every resource, `WORKS` everything that goes on in the background.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Any, Final, cast

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

import byte
from byte.registry import keys
from byte.registry.errors import UnavailableError
from byte.registry.net import Client, NetError
from byte.registry.oidc import LIMITS, Tokens
from byte.registry.store import Store
from byte.server import background, logs, openapi, problems
from byte.server.auth import Keyring
from byte.server.context import Context
from byte.server.edge import Edge
from byte.server.limits import RateLimit
from byte.server.metrics import Metrics
from byte.server.near import Reads
from byte.server.routes import bulk as bulk_routes
from byte.server.routes import consumers as consumer_routes
from byte.server.routes import duplicates as duplicate_routes
from byte.server.routes import events as event_routes
from byte.server.routes import health as health_routes
from byte.server.routes import impact as impact_routes
from byte.server.routes import keys as key_routes
from byte.server.routes import operations as operation_routes
from byte.server.routes import owners as owner_routes
from byte.server.routes import policies as policy_routes
from byte.server.routes import reviews as review_routes
from byte.server.routes import server as server_routes
from byte.server.routes import services as service_routes
from byte.server.routes import status as status_routes
from byte.server.routes import versions as version_routes
from byte.server.routes import webhooks as webhook_routes
from byte.server.searching import Searching
from byte.server.settings import Settings
from byte.server.tail import Tail

ROUTERS: Final[tuple[APIRouter, ...]] = (
    service_routes.router,
    version_routes.router,
    operation_routes.router,
    duplicate_routes.router,
    consumer_routes.router,
    impact_routes.router,
    owner_routes.router,
    review_routes.router,
    policy_routes.router,
    bulk_routes.router,
    health_routes.router,
    event_routes.router,
    webhook_routes.router,
    key_routes.router,
    status_routes.router,
    server_routes.router,
)
"""Every resource of the API."""


async def _watch_events(context: Context) -> None:
    await context.tail.watch()


async def _write_uses(context: Context) -> None:
    while True:
        await asyncio.sleep(10)
        await run_in_threadpool(keys.touch, context.store, context.keyring.used())


async def _keep_index(context: Context) -> None:
    await context.search.keep()


Work = Callable[[Context], Awaitable[None]]
"""What goes on beside the requests until it is cancelled. When it raises, that is logged and it begins anew."""

WORKS: Final[tuple[Work, ...]] = (_watch_events, _write_uses, _keep_index, background.run)
"""Everything that every replica does. What one of them does for all takes a lease, and asks `settings.background`."""


class _Application(FastAPI):
    """Takes routers whole: a router that is included lazily is put together anew for each request, at a third of the speed."""

    def include_router(self, router: APIRouter, *_: Any, **__: Any) -> None:
        self.router.routes.extend(router.routes)


def create_app(settings: Settings | None = None, store: Store | None = None) -> FastAPI:
    """The registry as an application.

    `settings` come from the environment where none are given. A `store` that is given stays the caller's to close; else
    one is opened and closed with the application. An application around this one mounts it, and enters its lifespan:

        registry = create_app(settings)

        @asynccontextmanager
        async def lifespan(app):
            async with registry.router.lifespan_context(registry):
                yield

        app = FastAPI(lifespan=lifespan)
        app.mount("/registry", registry)
    """
    settings = settings or Settings()
    log, metrics = logs.logger(settings), Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.threads
        async with _opened(settings, store) as opened, Client(settings.allowed_networks) as client:
            reads, tail = Reads(opened), Tail(opened)
            ring = Keyring(reads, opened.clock, tokens=_tokens(settings, opened, client))
            writers = asyncio.Semaphore(max(1, settings.threads // 2))
            importers = asyncio.Semaphore(settings.imports_at_once)
            search = Searching(settings, opened, metrics)
            context = Context(
                settings,
                opened,
                reads,
                opened.clock,
                ring,
                metrics,
                tail,
                log,
                writers,
                importers,
                search,
                set(),
                [opened.ready],
            )
            _show(context)
            app.state.byte = context
            try:
                async with _working(context):
                    yield
            finally:
                app.state.byte = None
                reads.close()

    app = _Application(
        title="Byte registry",
        version=byte.__version__,
        summary="Every backend API of a company, with its versions, operations, consumers and health.",
        description=openapi.DESCRIPTION,
        openapi_tags=[dict(tag) for tag in openapi.TAGS],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        middleware=_middleware(settings, metrics, log),
    )
    for router in ROUTERS:
        app.include_router(router)
    problems.install(app)
    app.openapi = lambda: _document(app, settings)  # type: ignore[method-assign]
    return app


def _show(context: Context) -> None:
    """The figures of what the application holds."""
    engines, metrics, tail = context.store.engines, context.metrics, context.tail
    for name, engine, more in (("reading", engines.reads, context.reads), ("writing", engines.writes, None)):
        used = getattr(engine.pool, "checkedout", None)
        if used is not None:
            count = partial(_used, used, more)
            metrics.gauge(f"byte_store_connections_{name}", f"Connections to the store in use for {name}.", count)
    metrics.gauge("byte_event_last_number", "The last event that this process has seen.", lambda: tail.last)
    metrics.gauge("byte_event_waiters", "Requests that wait for events.", lambda: tail.waiting)


def _used(pool: Callable[[], int], reads: Reads | None) -> int:
    return pool() + (reads.used if reads is not None else 0)


def _tokens(settings: Settings, store: Store, client: Client) -> Tokens | None:
    """The tokens of the issuer that is configured, whose keys are asked for through the guarded client."""
    issuer = settings.issuer()
    if issuer is None:
        return None

    async def fetch(url: str) -> bytes:
        sent = {"accept": "application/json"}
        answer = await client.request("GET", url, headers=sent, limits=LIMITS, private_http=True)
        if answer.status != HTTPStatus.OK:
            raise NetError(f"`{url}` answered {answer.status}.")
        return answer.body

    return Tokens(issuer, fetch, clock=store.clock)


@asynccontextmanager
async def _opened(settings: Settings, store: Store | None) -> AsyncIterator[Store]:
    if store is not None:
        yield store
        return
    opened = await run_in_threadpool(Store.open, settings.url())
    try:
        yield opened
    finally:
        await run_in_threadpool(opened.close)


@asynccontextmanager
async def _working(context: Context) -> AsyncIterator[None]:
    works = [asyncio.create_task(_keep_on(work, context)) for work in WORKS]
    try:
        yield
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
        with contextlib.suppress(UnavailableError):  # when a key was last used is nothing to fail a stop for
            await run_in_threadpool(keys.touch, context.store, context.keyring.used())


def _middleware(settings: Settings, metrics: Metrics, log: Any) -> list[Middleware]:
    found = [Middleware(Edge, metrics=metrics, log=log, timeout=settings.request_timeout)]
    if settings.cors_origins:
        found.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=["GET", "PUT", "POST", "PATCH", "DELETE"],
                allow_headers=[
                    "Authorization",
                    "Content-Type",
                    "Idempotency-Key",
                    "If-Match",
                    "If-None-Match",
                    "X-Request-Id",
                ],
                expose_headers=[
                    "ETag",
                    "Location",
                    "X-Request-Id",
                    "Retry-After",
                    "RateLimit",
                    "Deprecation",
                    "Idempotency-Replayed",
                    "Sunset",
                ],
            )
        )
    if settings.rate_limit or settings.anonymous_rate_limit:
        found.append(
            Middleware(RateLimit, rate=settings.rate_limit, anonymous=settings.anonymous_rate_limit, identity=_identity)
        )
    return found


def _identity(app: Starlette, authorization: str | None) -> str | None:
    context = cast(Context | None, getattr(app.state, "byte", None))
    return context.keyring.identity(authorization) if context is not None else None


def _document(app: FastAPI, settings: Settings) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = openapi.build(app, open_read=settings.open_read)
    return app.openapi_schema


async def _keep_on(work: Work, context: Context) -> None:
    while True:
        try:
            await work(context)
        except Exception as error:
            context.log.error("background work failed", work=work.__name__, exc_info=error)
        await asyncio.sleep(5)
