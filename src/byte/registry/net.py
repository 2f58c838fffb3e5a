"""The one way from the registry to other machines: guarded, because others choose the addresses.

A name is resolved once, what it says is judged (`byte.sources.addresses`), and the connection goes to the address that
was judged: a name that answers differently the next time (rebinding) gains nothing. `Host` and the name in TLS stay
those of the URL. Only http and https, only HTTP/1.1, no proxy of the environment, no cookies, no compression, one
connection for each request; everything has an end in time and size. A redirect is followed within its host only, and
judged as a new address.
"""

import asyncio
import ipaddress
import logging
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urljoin, urlsplit

import httpcore
import msgspec

from byte.model.errors import ByteError
from byte.sources import addresses, paths
from byte.sources.addresses import Address, Network

Resolve = Callable[[str, int], Awaitable[Iterable[str]]]
"""The addresses of a host, best first; raises `OSError` where there is none."""

log: Final = logging.getLogger(__name__)

AGENT: Final = "byte-registry"
_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_TRIED: Final = 3
"""So many addresses of one host are tried, each for its share of the time."""
_RESOLVERS: Final = 16
"""Threads that ask for names: the system's resolver cannot be interrupted."""
_HOST: Final = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_NUMERIC: Final = re.compile(r"(0[xX][0-9A-Fa-f]*|[0-9]+)\.?")
_UNSENT: Final = re.compile(r"[^!-~]|\\")
_LONGEST: Final = 4_000


class NetError(ByteError):
    """Another machine was not asked, or did not answer as it should; the message says which and why."""


class RefusedError(NetError):
    """The address is one that the registry does not ask: nothing was sent."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long one request may take altogether (seconds), and how large the answer may be (bytes).

    `redirects`: how many are followed; with 0 a redirect is an answer like any other, else one too many is an error.
    """

    seconds: float = 10.0
    headers: int = 64 << 10
    body: int = 1 << 20
    redirects: int = 3


USUAL: Final = Limits()
"""What a request is given unless it says otherwise."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: `headers` by their names in small letters, `seconds` until the last of them was there."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    url: str


class Target(msgspec.Struct, frozen=True):
    """A URL that may be asked, in its parts. `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target(url: str) -> Target:
    """The parts of a URL. Raises `RefusedError` for what is none, has credentials or hides its address."""
    if len(url) > _LONGEST or _UNSENT.search(url):
        raise RefusedError(f"`{_shown(url)}` is no address: it is too long, or has characters that a URL escapes.")
    try:
        split = urlsplit(url)
        scheme, host, port = split.scheme.lower(), split.hostname or "", split.port
    except ValueError:
        raise RefusedError(f"`{_shown(url)}` is no address: write `https://HOST/PATH`.") from None
    if scheme not in _PORTS:
        raise RefusedError(f"`{_shown(url)}` is neither http nor https.")
    if "@" in split.netloc:
        raise RefusedError(f"The address of `{_shown(host)}` carries credentials: leave them out.")
    if port == 0 or not _named(host):
        raise RefusedError(f"`{_shown(url)}` names no host: write a name, or an IP address in its usual form.")
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return Target(scheme, host, port or _PORTS[scheme], path)


def literal(host: str) -> Address | None:
    """The address that a host is written as, None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _named(host: str) -> bool:
    """A name, or an address in its one usual form: 0x7f.1, 2130706433 and 0177.0.0.1 are for those who hide one."""
    if literal(host) is not None:
        return "%" not in host
    return _HOST.fullmatch(host) is not None and not _NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2])


class Client:
    """Asks other machines. To be used in one event loop, and closed (`async with`).

    - `allow`: networks that may be asked though they are not public.
    - `resolve`, `ticks` (seconds that only grow), `tls`: passed in by tests and for authorities of one's own.
    """

    def __init__(
        self,
        allow: Collection[Network] = (),
        *,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allow = tuple(allow)
        self._threads = ThreadPoolExecutor(_RESOLVERS, "byte-resolve")
        self._resolve = resolve or self._system
        self._tls = tls
        self._ticks = ticks

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        limits: Limits = USUAL,
        enough: Callable[[bytes], bool] | None = None,
        private_http: bool = False,
    ) -> Answer:
        """Sends one request and reads the answer, whatever its status.

        `enough` is asked with what has come of the body so far (at first: nothing); once it says so the rest is left
        unread. `private_http`: without TLS only to networks that are allowed. Redirects of GET and HEAD are followed.
        Raises `RefusedError` where nothing may be sent, else `NetError`.
        """
        where = target(url)
        try:
            async with asyncio.timeout(limits.seconds):
                for _ in range(limits.redirects + 1):
                    call = _Call(method, where, headers or {}, body, private_http)
                    answer = await self._once(call, limits, enough)
                    followed = limits.redirects and method in ("GET", "HEAD") and answer.status in _REDIRECTS
                    if not followed or "location" not in answer.headers:
                        return answer
                    where = _followed(where, answer.headers["location"])
        except TimeoutError:
            raise NetError(f"`{where.authority}` did not answer within {limits.seconds:g} seconds.") from None
        raise NetError(f"`{where.authority}` redirects more than {limits.redirects} times.")

    async def _once(self, call: "_Call", limits: Limits, enough: Callable[[bytes], bool] | None) -> Answer:
        start = self._ticks()
        where = call.where
        backend = _Pinned(self._judged, call.private_http and where.scheme == "http")
        origin = httpcore.Origin(where.scheme.encode(), where.host.encode(), where.port)
        if where.scheme == "https" and self._tls is None:
            self._tls = ssl.create_default_context()
        connection = httpcore.AsyncHTTPConnection(origin, ssl_context=self._tls, network_backend=backend)
        try:
            response = await connection.handle_async_request(call.written(limits.seconds / _TRIED))
            seconds = self._ticks() - start
            if sum(len(name) + len(value) for name, value in response.headers) > limits.headers:
                raise NetError(f"`{where.authority}` sends more than {limits.headers:,} bytes of headers.")
            found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            data = await _read(response, where, limits, enough)
            url = f"{where.scheme}://{where.authority}{where.path}"
            return Answer(status=response.status, headers=found, body=data, seconds=seconds, url=url)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError, ValueError) as error:
            raise NetError(f"`{where.authority}` {_said(error)}.") from None
        finally:
            await connection.aclose()

    async def _judged(self, host: str, port: int, private: bool) -> list[str]:
        """The addresses of a host that may be asked. Raises `RefusedError`, and `OSError` where it has none."""
        found = [addresses.parsed(text) for text in await self._resolve(host, port)]
        good = [
            str(address)
            for address in dict.fromkeys(found)
            if addresses.named(address, self._allow) or (not private and addresses.public(address))
        ]
        if not found:
            raise OSError("has no address")
        if good:
            return good[:_TRIED]
        if private and any(addresses.public(address) for address in found):
            raise RefusedError(f"`{host}` is asked over https only: plain http is for networks that are allowed.")
        # The sentence is shown to many: it does not tell what the names of the inside resolve to. The log does.
        log.info("`%s` is not asked: it is %s", host, ", ".join(map(str, found[:_TRIED])))
        raise RefusedError(f"`{host}` is at an address that is not public: an admin can allow its network.")

    async def _system(self, host: str, port: int) -> Iterable[str]:
        def ask() -> list[str]:
            return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)


class _Call(msgspec.Struct, frozen=True):
    method: str
    where: Target
    headers: Mapping[str, str]
    body: bytes
    private_http: bool

    def written(self, connect: float) -> httpcore.Request:
        """As the library sends it; what the caller gives cannot replace `Host` or the length."""
        usual = {"accept": "*/*", "accept-encoding": "identity", "user-agent": AGENT}
        sent = usual | {name.lower(): value for name, value in self.headers.items()}
        sent |= {"host": self.where.authority, "connection": "close"}
        if self.body or self.method not in ("GET", "HEAD"):
            sent["content-length"] = str(len(self.body))
        url = httpcore.URL(
            scheme=self.where.scheme.encode(),
            host=self.where.host.encode(),
            port=self.where.port,
            target=self.where.path.encode(),
        )
        pairs = [(name.encode(), value.encode("latin-1", "replace")) for name, value in sent.items()]
        timeout = {"connect": connect}
        return httpcore.Request(self.method, url, headers=pairs, content=self.body, extensions={"timeout": timeout})


class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that were judged, never to a name."""

    def __init__(self, judged: Callable[[str, int, bool], Awaitable[list[str]]], private: bool) -> None:
        self._judged = judged
        self._private = private
        self._under = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failed: Exception = OSError("has no address")
        for address in await self._judged(host, port, self._private):
            try:
                return await self._under.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                failed = error
        raise failed


async def _read(
    response: httpcore.Response, where: Target, limits: Limits, enough: Callable[[bytes], bool] | None
) -> bytes:
    data = b""
    if enough is not None and enough(data):
        return data
    chunks = response.aiter_stream()
    assert isinstance(chunks, AsyncIterator)
    async with aclosing(chunks) as body:  # type: ignore[type-var]  # an asynchronous generator, typed as its interface
        async for chunk in body:
            data += chunk
            if len(data) > limits.body:
                raise NetError(f"`{where.authority}` sends more than {limits.body:,} bytes.")
            if enough is not None and enough(data):
                break
    return data


def _followed(where: Target, location: str) -> Target:
    """Where a redirect leads: within the host, on the same port or from http to https."""
    url = f"{where.scheme}://{where.authority}{where.path}"
    try:
        new = target(urljoin(url, location))
    except (RefusedError, ValueError):
        raise NetError(f"`{where.authority}` redirects to `{_shown(location)}`, which is no address.") from None
    upgraded = (where.scheme, where.port, new.scheme, new.port) == ("http", 80, "https", 443)
    if new.host.lower() != where.host.lower() or not (upgraded or (new.scheme, new.port) == (where.scheme, where.port)):
        raise NetError(f"`{where.authority}` redirects to `{_shown(new.authority)}`: another host is not followed to.")
    return new


def _said(error: Exception) -> str:
    """What went wrong below HTTP, in words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"has a certificate that does not hold ({paths.safe(cause.verify_message)[:200]})"
        if isinstance(cause, ssl.SSLError):
            return "does not speak TLS as it should"
        if isinstance(cause, socket.gaierror):
            return "is a name without an address"
        if isinstance(cause, ConnectionRefusedError):
            return "refuses the connection"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore.ProtocolError):
        return f"does not speak HTTP as it should ({paths.safe(str(error))[:200].rstrip('.')})"
    if isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout):
        return "cannot be connected to"
    if isinstance(error, httpcore.NetworkError):
        return "closed the connection"
    return paths.safe(str(error) or type(error).__name__)[:200].rstrip(".")


def _shown(url: str) -> str:
    """A URL for a sentence: short, and without what stands before an `@`, which may be a password."""
    head, at, rest = url.rpartition("@")
    scheme = f"{head.partition('://')[0]}://..." if "://" in head else "..."
    return paths.safe((f"{scheme}@{rest}" if at else url)[:100])
