"""A registry that runs elsewhere, asked over HTTP; and documents as it takes them."""

import asyncio
import ipaddress
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, Protocol
from urllib.parse import quote, urlencode

import msgspec

from byte.model.contract import Source
from byte.model.errors import ByteError
from byte.registry import net
from byte.registry.documents import read
from byte.registry.errors import RegistryError, UnavailableError
from byte.registry.imports import BATCH, OPTIONS, WEIGHT, Options, Result, flaws_of, named
from byte.registry.lines import VersionLine, longest, split, with_document
from byte.registry.records import Content, Document

_EVERYWHERE: Final = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
"""Whoever names a server may mean one nearby."""
_LIMITS: Final = net.Limits(seconds=900, body=256 << 20)
_OBJECT: Final = msgspec.json.Decoder(dict[str, Any])
_ENCODER: Final = msgspec.json.Encoder()
_SHOWN: Final = 300
_UNREADABLE: Final = (msgspec.MsgspecError, ValueError, RecursionError)
"""What is raised for an answer that is no JSON, or is nested too deeply."""


class _Shares(msgspec.Struct):
    lexical: float
    semantic: float


class _Item(msgspec.Struct):
    service: str
    version: str
    name: str
    summary: str
    score: float
    shares: _Shares
    matched: dict[str, list[str]]
    others: int


class _Found(msgspec.Struct):
    """What an answer to a search has at least."""

    items: list[_Item]
    answer: Literal["good", "weak", "none"]
    reason: str


class Client:
    """A registry at an address; `key` is the API key. Each request may take so many `seconds`, all of them `altogether`."""

    def __init__(
        self,
        server: str,
        key: str | None = None,
        *,
        seconds: float = _LIMITS.seconds,
        altogether: float = math.inf,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server.rstrip("/")
        self._altogether = self._left = altogether
        self._ticks = ticks
        self._limits = msgspec.structs.replace(_LIMITS, seconds=seconds)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def imported(self, lines: Iterable[bytes], *, gate: bool = True) -> Iterator[Result]:
        """Sends lines of NDJSON to be imported; what became of each. Raises `RegistryError`."""
        headers = {**self._headers, "Content-Type": "application/x-ndjson", "Accept": "application/x-ndjson"}
        answer = self._asked("POST", f"/v1/imports{'' if gate else '?gate=off'}", headers, b"".join(lines))
        if answer.status != 200:
            raise _refused(self._server, answer, "import")
        last = None
        for line in answer.body.splitlines():
            last = _told(self._server, line)
            if last.get("type") == "interrupted":
                raise UnavailableError(str(last.get("reason"))[:_SHOWN])
            if last.get("type") != "summary":
                yield _result(self._server, last)
        if last is None or last.get("type") != "summary":
            raise UnavailableError(f"`{self._server}` broke off its answer: import again, what is kept stays.")

    def searched(self, given: Mapping[str, str | int | bool | None]) -> dict[str, Any]:
        """What a search finds, as the registry answers it; `given` by the names of its parameters. Raises `RegistryError`."""
        words = {True: "true", False: "false"}
        query = {
            name: words[value] if isinstance(value, bool) else str(value)
            for name, value in given.items()
            if value is not None
        }
        answer = self._asked(
            "GET",
            f"/v1/operations?{urlencode(query, errors='replace')}",
            {**self._headers, "Accept": "application/json"},
            b"",
        )
        if answer.status != 200:
            raise _refused(self._server, answer, "search")
        told = _told(self._server, answer.body)
        try:
            msgspec.convert(told, _Found)
        except msgspec.ValidationError:
            raise _odd(self._server) from None
        return told

    def published(self, service: str, document: Document, asked: Mapping[str, str]) -> dict[str, Any]:
        """Publishes a document; what the registry answers, with `published`, `unchanged` or `refused` as `outcome`.

        `asked` are the parameters of the request. Raises `RegistryError`, for a base that is no longer the latest, too.
        """
        headers = {**self._headers, "Content-Type": document.media_type, "Accept": "application/json"}
        path = f"/v1/services/{quote(service, safe='')}/versions?{urlencode(asked)}"
        answer = self._asked("POST", path, headers, document.data)
        if answer.status == 422 and str((problem := _problem(answer)).get("type")).endswith("/version-refused"):
            return {"outcome": "refused", "detail": problem.get("detail"), "review": problem.get("review")}
        if answer.status not in (200, 201):
            raise _refused(self._server, answer, "document")
        told = _told(self._server, answer.body)
        # Of a trial there is no version yet that could have a place among the others.
        new = answer.status == 201 or told.get("review") or told.get("sequence") == 0
        return {"outcome": "published" if new else "unchanged", **told}

    def reviewed(self, review: Mapping[str, Any]) -> dict[str, Any]:
        """Sends a review to be kept; as it is kept. Raises `RegistryError`."""
        headers = {**self._headers, "Content-Type": "application/json", "Accept": "application/json"}
        answer = self._asked("POST", "/v1/reviews", headers, _ENCODER.encode(review))
        if answer.status not in (200, 201):
            raise _refused(self._server, answer, "review")
        return _told(self._server, answer.body)

    @property
    def server(self) -> str:
        """Its address."""
        return self._server

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> net.Answer:
        """The answer to a request, a success or 404. Raises `RegistryError` for any other."""
        kind = {"Content-Type": "application/json"} if body else {}
        answer = self._asked(method, path, {**self._headers, **kind, **(headers or {})}, body)
        if answer.status >= 300 and not (answer.status == 404 and _problem(answer)):
            raise _refused(self._server, answer, "request")
        return answer

    def read(self, path: str) -> dict[str, Any] | None:
        """What a GET answers as JSON, None where there is nothing (404). Raises `RegistryError`."""
        answer = self.request("GET", path)
        return None if answer.status == 404 else _told(self._server, answer.body)

    def _asked(self, method: str, path: str, headers: dict[str, str], body: bytes) -> net.Answer:
        async def ask() -> net.Answer:
            async with net.Client(allow=_EVERYWHERE) as client:
                url = f"{self._server}{path}"
                return await client.request(method, url, headers=headers, body=body, limits=limits, private_http=True)

        if self._left <= 0:
            raise UnavailableError(
                f"The registry was not asked further: `{self._server}` took {self._altogether:g} seconds to answer."
            )
        limits = msgspec.structs.replace(self._limits, seconds=min(self._limits.seconds, self._left))
        began = self._ticks()
        try:
            return asyncio.run(ask())
        except net.NetError as error:
            raise UnavailableError(f"The registry was not reached: {error}") from None
        finally:
            self._left -= self._ticks() - began


def _told(server: str, line: bytes) -> dict[str, Any]:
    try:
        return _OBJECT.decode(line)
    except _UNREADABLE:
        raise _odd(server) from None


def _result(server: str, told: dict[str, Any]) -> Result:
    try:
        return msgspec.convert(told, Result)
    except msgspec.ValidationError:
        raise _odd(server) from None


def _refused(server: str, answer: net.Answer, what: str) -> RegistryError:
    """The error for an answer that is none, with what the server says about it."""
    problem = _problem(answer)
    said = problem.get("detail") or problem.get("title")
    if said is None:
        return _odd(server)
    kind = UnavailableError if answer.status >= 500 else RegistryError
    return kind(f"`{server}` refused the {what} ({answer.status}): {str(said)[:_SHOWN]}")


def _problem(answer: net.Answer) -> dict[str, Any]:
    """What a server says is wrong; empty where it is no problem."""
    try:
        return _OBJECT.decode(answer.body)
    except _UNREADABLE:
        return {}


def _odd(server: str) -> RegistryError:
    return RegistryError(f"`{server}` does not answer as a registry does: give the address that `byte serve` prints.")


# --- what is sent ------------------------------------------------------------------------------


class Bundle(msgspec.Struct, frozen=True):
    """Lines to be sent together, the names of what each is of, and what could not be read at all."""

    lines: list[bytes]
    names: list[str | None]
    failed: list[Result]

    def named(self, result: Result) -> Result:
        """A result as that of what was given: the registry knows its line only."""
        at = (result.line or 0) - 1
        name = self.names[at] if 0 <= at < len(self.names) else None
        return result if name is None else msgspec.structs.replace(result, name=name, line=None)


class Supplied(Protocol):
    """Something to import: a document, or a file with lines."""

    @property
    def name(self) -> str: ...
    @property
    def lines(self) -> bool: ...
    def read(self) -> Source: ...
    def chunks(self) -> Iterator[bytes]: ...


def bundles(given: Iterable[Supplied], options: Options = OPTIONS) -> Iterator[Bundle]:
    """Documents as lines for a registry elsewhere, so many together as it keeps in one transaction.

    Each is read here first, for only here its name and the documents that it refers to are known.
    """
    bundle = Bundle([], [], [])
    weight = 0
    for one in given:
        for line, failed in _sendable(one, options):
            if failed is not None:
                bundle.failed.append(failed)
            else:
                bundle.lines.append(line)
                bundle.names.append(None if one.lines else one.name)
                weight += len(line)
            if weight >= WEIGHT or len(bundle.lines) + len(bundle.failed) >= BATCH:
                yield bundle
                bundle, weight = Bundle([], [], []), 0
    if bundle.lines or bundle.failed:
        yield bundle


def _sendable(one: Supplied, options: Options) -> Iterator[tuple[bytes, Result | None]]:
    if one.lines:
        for line in split(one.chunks(), longest(options.limits.bytes)):
            if line is not None and line.strip():
                yield line + b"\n", None
        return
    try:
        source = one.read()
        content = read(source.data, source.name, kind=options.kind, fetch=source.fetch, limits=options.limits)
        made = _ENCODER.encode(_sent(one.name, content, options))
    except ByteError as error:
        yield b"", Result(name=one.name, outcome="failed", reason=str(error), errors=flaws_of(error))
        return
    yield made + b"\n", None


def _sent(name: str, content: Content, options: Options) -> VersionLine:
    line = VersionLine(service=named(name, content.name), kind=content.kind, owner=options.owner, state=options.state)
    return with_document(line, content.document.data)
