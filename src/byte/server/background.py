"""The work that no request asks for, as this server's settings have it."""

import asyncio
from typing import Final

from byte.registry import work
from byte.registry.work import Options, Worker
from byte.server.context import Context

_FOR_EVER: Final = 86_400


async def run(context: Context) -> None:
    """Probes, webhooks and retention, while this process holds the lease; nothing where it may not."""
    settings = context.settings
    while not settings.background:
        await asyncio.sleep(_FOR_EVER)
    options = Options(
        allow=settings.allowed_networks,
        probes_at_once=settings.probes_at_once,
        check_days=settings.check_days,
        event_days=settings.event_days,
    )
    await work.apart(Worker(context.store, work.duties(context.store, options, clock=context.clock)))
