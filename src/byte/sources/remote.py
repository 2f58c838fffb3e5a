"""Documents of the web, read only when the user allows it: bounded in size and time, from one host each.

A document of elsewhere must not make Byte ask the machines around it: a private address is read only where the user
named it.
"""

import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import IO, Any, Final
from urllib.parse import urlsplit

from byte.model.errors import SourceError
from byte.sources import addresses, paths

TIMEOUT: Final = 30.0
"""Seconds for one document."""

_PORTS: Final = {"http": 80, "https": 443}
_CHUNK: Final = 1 << 16
_HEADERS: Final = {"Accept": "application/json, application/yaml, */*;q=0.5", "User-Agent": "byte-review"}


def origin(url: str) -> str:
    """Scheme, host and port of a URL, for comparing."""
    scheme, host, port = _parts(url)
    return f"{scheme}://{host}:{port}"


def read(url: str, *, limit: int, private: bool, timeout: float = TIMEOUT) -> bytes:
    """The bytes of a document; `limit` is how many there may be, `private` whether it may be on a private address.

    Raises `SourceError`.
    """
    _, host, port = _parts(url)
    if not private and not _public(host, port):
        raise SourceError(f"`{paths.safe(url)}` is on a private address, which Byte reads only when it is named itself")
    answer: list[bytes | Exception] = []
    # The library's timeout is one of each step; a server that sends a byte now and then would never end.
    late = threading.Event()
    worker = threading.Thread(target=_kept, args=(lambda: _download(url, limit, timeout, late), answer), daemon=True)
    worker.start()
    worker.join(timeout)
    late.set()
    if not answer:
        raise SourceError(f"`{paths.safe(url)}` did not answer within {timeout:g} seconds: read it to a file first.")
    if isinstance(answer[0], Exception):
        raise SourceError(_failed(url, answer[0])) from None
    if len(answer[0]) > limit:
        raise SourceError(f"`{paths.safe(url)}` has more than {limit / 1e6:.0f} MB: Byte reads no larger document.")
    return answer[0]


def _parts(url: str) -> tuple[str, str, int]:
    try:
        split = urlsplit(url)
        scheme, host, port = split.scheme.lower(), (split.hostname or "").lower(), split.port
    except ValueError:
        scheme, host, port = "", "", None
    if scheme not in _PORTS or not host or "@" in split.netloc:
        raise SourceError(f"`{paths.safe(url)}` is no address that Byte reads: give one as `https://HOST/PATH`.")
    return scheme, host, port or _PORTS[scheme]


def _public(host: str, port: int) -> bool:
    """Whether all addresses of a host are public; a name that only a proxy knows is left to the proxy."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return True
    return all(addresses.public(addresses.parsed(str(info[4][0]))) for info in found)


def _kept(work: Callable[[], bytes], answer: list[bytes | Exception]) -> None:
    try:
        answer.append(work())
    except (OSError, ValueError, SourceError, RuntimeError) as error:
        answer.append(error)
    except Exception as error:  # noqa: BLE001  (a broken server makes the library raise what it documents nowhere)
        answer.append(OSError(type(error).__name__))


def _download(url: str, limit: int, timeout: float, late: threading.Event) -> bytes:
    opener = urllib.request.build_opener(_SameHost(url))
    try:
        with opener.open(urllib.request.Request(url, headers=_HEADERS), timeout=timeout) as response:
            chunks: list[bytes] = []
            total = 0
            while total <= limit and not late.is_set() and (chunk := response.read1(_CHUNK)):
                chunks.append(chunk)
                total += len(chunk)
    except urllib.error.HTTPError as error:
        error.close()
        raise
    return b"".join(chunks)


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect within the host that was asked for only."""

    max_redirections = 5

    def __init__(self, url: str) -> None:
        self._host = _parts(url)[1]

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if _parts(newurl)[1] != self._host:
            fp.close()
            raise SourceError(f"it leads to another host, `{paths.safe(newurl)}`")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _failed(url: str, error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        said = f"status {error.code}"
    elif isinstance(error, urllib.error.URLError):
        said = str(error.reason)
    else:
        said = str(error) or type(error).__name__
    return f"`{paths.safe(url)}` cannot be read ({paths.safe(said).rstrip('.')}): check the address, or read it to a file first."
