"""One probe of a service, by its kind: what is asked, and which answers are good.

- rest: GET of the base URL and the probe's path; good is 2xx, or what the probe expects. Redirects are followed within
  the host, unless the probe expects one.
- mcp: `initialize` of the Model Context Protocol over streamable HTTP; good is an answer of JSON-RPC, as JSON or as the
  first event of a stream. 401 and 403 are good too: a server that asks for a key is there.
- a2a: GET of the agent card at its well-known path, or at the older one; good is a JSON object with a name.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from byte.registry.clock import Clock
from byte.registry.health.states import SLOW
from byte.registry.net import Answer, Client, Limits, NetError, RefusedError
from byte.registry.records import HealthCheck, Kind, Service

Prober = Callable[[Service], Awaitable[HealthCheck]]

_BODY: Final = 256 << 10
_REASON: Final = 300
_MCP_VERSION: Final = "2025-06-18"
_INITIALIZE: Final = msgspec.json.encode(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": _MCP_VERSION,
            "capabilities": {},
            "clientInfo": {"name": "byte-registry", "version": "1"},
        },
    }
)
_CARDS: Final = ("/.well-known/agent-card.json", "/.well-known/agent.json")
_GUARDED: Final = frozenset({401, 403})


class _Said(msgspec.Struct, frozen=True):
    """An answer, and what is wrong with it ("" where nothing is)."""

    answer: Answer
    wrong: str


def prober(client: Client, clock: Clock) -> Prober:
    """Probes over the network."""

    async def probe(service: Service) -> HealthCheck:
        at = clock()
        base = (service.base_url or "").rstrip("/")
        limits = Limits(seconds=service.probe.timeout, body=_BODY)
        try:
            said = await _ASK[service.kind](client, service, base, limits)
        except RefusedError as error:
            return HealthCheck(service=service.name, at=at, state="not-probed", reason=str(error)[:_REASON])
        except NetError as error:
            return HealthCheck(service=service.name, at=at, state="down", reason=str(error)[:_REASON])
        return judged(service, at, said.answer, said.wrong)

    return probe


def judged(service: Service, at: int, answer: Answer, wrong: str) -> HealthCheck:
    """What one answer says of a service."""
    slow = answer.seconds > SLOW * service.probe.timeout
    reason = wrong
    if slow and not wrong:
        reason = (
            f"It took {answer.seconds:.1f} seconds, more than half of the {service.probe.timeout} that it is given."
        )
    return HealthCheck(
        service=service.name,
        at=at,
        state="down" if wrong else "degraded" if slow else "up",
        latency_ms=round(answer.seconds * 1_000, 3),
        status=answer.status,
        reason=reason[:_REASON],
    )


async def _rest(client: Client, service: Service, base: str, limits: Limits) -> _Said:
    expected = service.probe.expect
    if any(300 <= status < 400 for status in expected):
        limits = msgspec.structs.replace(limits, redirects=0)
    answer = await client.request("GET", base + service.probe.path, limits=limits, enough=lambda _: True)
    good = answer.status in expected if expected else _good(answer)
    wanted = " or ".join(map(str, expected)) or "2xx"
    return _Said(answer, "" if good else f"It answered {answer.status} instead of {wanted}.")


async def _mcp(client: Client, service: Service, base: str, limits: Limits) -> _Said:
    headers = {
        "accept": "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-protocol-version": _MCP_VERSION,
    }
    answer = await client.request("POST", base, headers=headers, body=_INITIALIZE, limits=limits, enough=_event_there)
    session = answer.headers.get("mcp-session-id")
    if session is not None and _good(answer):
        await _end_session(client, base, session, limits)
    expected = service.probe.expect
    if answer.status in (expected or _GUARDED):
        return _Said(answer, "")
    if not _good(answer) or expected:
        return _Said(answer, f"It answered `initialize` with {answer.status}.")
    reply = _json(_first_event(answer.body) if _streams(answer) else answer.body)
    if reply is None or reply.get("jsonrpc") != "2.0" or not {"result", "error"} & reply.keys():
        return _Said(answer, "Its answer to `initialize` is none of JSON-RPC 2.0.")
    return _Said(answer, "It refused `initialize`." if "error" in reply else "")


async def _end_session(client: Client, base: str, session: str, limits: Limits) -> None:
    """A probe leaves no session behind; a server that knows no DELETE says so, and that is fine too."""
    try:
        headers = {"mcp-session-id": session, "mcp-protocol-version": _MCP_VERSION}
        await client.request("DELETE", base, headers=headers, limits=limits, enough=lambda _: True)
    except NetError:
        return


async def _a2a(client: Client, service: Service, base: str, limits: Limits) -> _Said:
    said = None
    for path in _CARDS:
        answer = await client.request("GET", base + path, limits=limits)
        expected = service.probe.expect
        if answer.status in expected:
            return _Said(answer, "")
        if _good(answer) and not expected:
            card = _json(answer.body)
            named = card is not None and isinstance(card.get("name"), str)
            return _Said(answer, "" if named else "What it shows as its agent card is none.")
        said = said or _Said(answer, f"It answered {answer.status} instead of its agent card.")
    assert said is not None
    return said


_ASK: Final[Mapping[Kind, Callable[[Client, Service, str, Limits], Awaitable[_Said]]]] = {
    "rest": _rest,
    "mcp": _mcp,
    "a2a": _a2a,
}


def _good(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def _streams(answer: Answer) -> bool:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower() == "text/event-stream"


def _event_there(data: bytes) -> bool:
    """Whether a stream has said its first whole event with data; JSON has no empty line of this kind before its end."""
    text = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return any(b"data:" in event for event in text.split(b"\n\n")[:-1])


def _first_event(data: bytes) -> bytes:
    """The data of the first event that has some (HTML standard, section 9.2.6)."""
    text = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for event in text.split(b"\n\n"):
        lines = [line[5:].removeprefix(b" ") for line in event.split(b"\n") if line.startswith(b"data:")]
        if lines:
            return b"\n".join(lines)
    return b""


def _json(data: bytes) -> Mapping[str, Any] | None:
    """A JSON object, None for anything else."""
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return found if isinstance(found, dict) else None
