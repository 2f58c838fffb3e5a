"""What the tests of the background work share: a time that stands until it is moved, and servers on this machine."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from byte.registry.clock import SECOND
from byte.registry.store import Store
from byte.sources.addresses import Network

START = 1_700_000_000 * SECOND

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def networks(*texts: str) -> tuple[Network, ...]:
    return tuple(map(ipaddress.ip_network, texts))


class Time:
    """A clock (microseconds) and ticks (seconds) that move together, and only when they are told to."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.jumped = 0.0
        """Seconds that the clock is off: somebody set it."""

    def clock(self) -> int:
        return START + int((self.passed + self.jumped) * SECOND)

    def ticks(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        """Lets the time pass at once."""
        self.passed += seconds
        await asyncio.sleep(0)


def opened(folder: Path, time: Time | None = None) -> Store:
    return Store.open(f"sqlite:///{folder / 'registry.db'}", clock=(time or Time()).clock)


@asynccontextmanager
async def serving(
    answer: bytes | Handler, heard: list[bytes] | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """A server on 127.0.0.1 that says these bytes to everybody; `heard` gets the requests (without their bodies)."""

    tasks: list[asyncio.Task[None]] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        try:
            if not isinstance(answer, bytes):
                await answer(reader, writer)
                return
            request = await reader.readuntil(b"\r\n\r\n")
            if heard is not None:
                heard.append(request)
            writer.write(answer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the other side has gone, or the test is at its end
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
