"""Requests that source sends, matched to the operations of a registered service: what a consumer uses, and where that is seen.

A request belongs to a service where its address is the service's (base URL and servers), or where the project says so: by
a URL or by what its source calls it (a setting, an environment variable, a constant). Its path and method must then be
those of exactly one operation: where several fit, the one with more fixed segments; where that leaves two, none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from byte.model.clients import HOLE, Request, Requests
from byte.model.contract import Document, operations, value_at
from byte.model.fields import ALL, Fields, Path, Sent, parsed
from byte.model.schemas import parameters
from byte.registry.records import Consumer, Use

EVIDENCE_EACH: Final = 5
EVIDENCE_MOST: Final = 100
_PARAMETER: Final = re.compile(r"\{[^{}]*\}")
_BEGINNING: Final = re.compile(r"^\{\}(?:://(?:\{\})+)?")
"""A hole where a URL begins, or the holes of an address that is put together."""
_PORTS: Final = {"http": 80, "https": 443}


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A service as requests are matched to it: `bases` are URLs of it, `names` what the source calls them."""

    name: str
    document: Document
    bases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A request that uses an operation; `unknown` are fields that it reads or sends and the operation does not have."""

    request: Request
    operation: str
    reads: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class Left(msgspec.Struct, frozen=True, order=True):
    """A request that is claimed for nothing: where it stands, what it is, and why."""

    at: str
    request: str
    reason: str


class Consumed(msgspec.Struct, frozen=True, kw_only=True):
    """What of a service is used; `left` are requests to it that no operation answers, and those that do not show."""

    service: str
    seen: tuple[Seen, ...] = ()
    left: tuple[Left, ...] = ()

    def consumer(self, name: str) -> Consumer:
        """The consumer that a project is by that."""
        reads: dict[str, set[str]] = {}
        sends: dict[str, set[str]] = {}
        places: dict[str, list[str]] = {}
        for one in self.seen:
            reads.setdefault(one.operation, set()).update(one.reads)
            sends.setdefault(one.operation, set()).update(one.sends)
            places.setdefault(one.operation, []).append(str(one.request.at))
        uses = tuple(Use(op, tuple(sorted(reads[op])), tuple(sorted(sends[op]))) for op in sorted(reads))
        evidence = [evidence_of(at, op) for op in sorted(places) for at in sorted(set(places[op]))[:EVIDENCE_EACH]]
        return Consumer(service=self.service, name=name, uses=uses, evidence=tuple(evidence[:EVIDENCE_MOST]))


def evidence_of(at: str, operation: str) -> str:
    """A place as evidence of the use of an operation: "src/shop.py:12 GET /orders/{id}"."""
    return f"{at} {operation}"


def consumed(found: Requests, service: Service) -> Consumed:
    """What the requests of a project use of a service."""
    match = _Match(service)
    seen: list[Seen] = []
    left = [Left(str(one.at), "", one.reason) for one in found.unresolved]
    for request in found.found:
        paths = list(match.paths(request))
        if not paths:
            continue
        known = match.operation(request.method, paths)
        if isinstance(known, str):
            seen.append(match.seen(request, known))
        else:
            left.append(Left(str(request.at), f"{request.method} {request.url}", known.reason))
    return Consumed(service=service.name, seen=tuple(seen), left=tuple(sorted(left)))


class _None(msgspec.Struct, frozen=True):
    """No operation, and why."""

    reason: str


class _Match:
    """Matches requests to the operations of one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._fields = Fields(service.document)
        self._operations = [(op.method.upper(), op.path, op.name) for op in operations(service.document)]
        self._names = frozenset(name.lower() for name in service.names)
        self._bases = [base for base in service.bases if base]
        self._held: dict[tuple[str, Sent, Path], bool] = {}
        self._below = dict.fromkeys(["", *(_path_of(base) for base in self._bases)])

    # --- the service ---------------------------------------------------------------------------

    def paths(self, request: Request) -> Iterator[str]:
        """What the path of a request may be below the service; none where it is a request to another."""
        named = not self._names.isdisjoint(_said(request.names))
        if request.url.startswith(("http://", "https://")):
            inner = _path_of(request.url)
            if not named and not any(_same_host(base, request.url) for base in self._bases):
                return
        elif request.url.startswith(HOLE) and named:
            inner = _BEGINNING.sub("", request.url, count=1)
        else:
            return
        inner = f"/{inner.lstrip('/')}"
        for prefix in self._below:
            if inner == prefix or inner.startswith(f"{prefix}/"):
                yield inner[len(prefix) :] or "/"

    # --- the operation -------------------------------------------------------------------------

    def operation(self, method: str, paths: Sequence[str]) -> str | _None:
        """The operation that a request is for, by its name."""
        fits = [
            (score, name)
            for verb, template, name in self._operations
            for path in paths
            if verb == method and (score := _fit(template, path)) is not None
        ]
        if not fits:
            others = sorted({verb for verb, template, _ in self._operations for path in paths if _fit(template, path)})
            also = f"; that path has {', '.join(others)}" if others else ""
            return _None(f"`{self._service.name}` has no such operation{also}")
        best = max(score for score, _ in fits)
        names = sorted({name for score, name in fits if score == best})
        if best[0]:
            return _None(f"it may be {' or '.join(f'`{name}`' for name in names[:3])}: a part of its path is not fixed")
        return names[0] if len(names) == 1 else _None(f"several operations fit: {', '.join(names[:3])}")

    # --- the fields ----------------------------------------------------------------------------

    def seen(self, request: Request, operation: str) -> Seen:
        """The fields of a request that the operation has, and those that it does not."""
        reads = self._known(operation, request.reads, sends=False)
        sends = self._known(operation, request.sends, sends=True)
        asked = {*request.reads, *request.sends}
        kept = {*reads, *sends}
        unknown = {path for path in asked if path not in kept and path.removesuffix(f"/{ALL}") not in kept}
        return Seen(request=request, operation=operation, reads=reads, sends=sends, unknown=tuple(sorted(unknown)))

    def _known(self, operation: str, paths: Iterable[str], *, sends: bool) -> tuple[str, ...]:
        names = self._parameters(operation) if sends else frozenset[str]()
        sent: Sent = "request" if sends else "response"
        described = self._holds(operation, sent, ())
        out = []
        for path in paths:
            if path in names or path == ALL or not described:
                out.append(path)
            elif self._fields.has(operation, sent, parsed(path)):
                out.append(self._whole(operation, path, sends=sends))
        return tuple(sorted(set(out)))

    def _whole(self, operation: str, path: str, *, sends: bool) -> str:
        """`total/*` of a plain value is `total`."""
        plain = path.removesuffix(f"/{ALL}")
        return path if self._holds(operation, "request" if sends else "response", parsed(plain)) else plain

    def _holds(self, operation: str, sent: Sent, path: Path) -> bool:
        """Whether a field, or what is sent as a whole, is described as something with fields."""
        key = (operation, sent, path)
        if key not in self._held:
            below = self._fields.below(operation, sent, path)
            self._held[key] = any("properties" in _at(self._service.document, pointer) for pointer in below)
        return self._held[key]

    def _parameters(self, operation: str) -> frozenset[str]:
        found = self._fields.operation(operation)
        if found is None:
            return frozenset()
        document = self._service.document
        item = document["paths"].get(found.path)
        above = parameters(document, item.get("parameters")) if isinstance(item, dict) else {}
        return frozenset(name for _, name in {**above, **parameters(document, found.body.get("parameters"))})


def _at(document: Document, pointer: str) -> Mapping[str, object]:
    value = value_at(document, pointer)[1]
    return value if isinstance(value, dict) else {}


def _said(names: Iterable[str]) -> frozenset[str]:
    """What a beginning is called, whole and by the last part: `settings.shop_url` is also `shop_url`."""
    return frozenset(part for name in names for part in (name.lower(), name.rpartition(".")[2].lower()))


def _path_of(url: str) -> str:
    """The path of a URL without a slash at its end."""
    rest = url.partition("://")[2] if "://" in url else url
    slash = rest.find("/")
    return "" if slash < 0 else rest[slash:].partition("?")[0].rstrip("/")


def _same_host(base: str, url: str) -> bool:
    return _host(base) is not None and _host(base) == _host(url)


def _host(url: str) -> tuple[str, int] | None:
    """Host and port of a URL, None where it fixes none."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.hostname.lower(), port) if parts.hostname and "{" not in parts.hostname else None


def _fit(template: str, path: str) -> tuple[int, int] | None:
    """How well a path fits a template, None where it does not; larger is better, the first part is 0 or less where it is plain.

    Segments that the template fixes and the path does not make it doubtful.
    """
    wanted, given = template.strip("/").split("/"), path.strip("/").split("/")
    if ":path}" in template and len(given) > len(wanted):
        given = [*given[: len(wanted) - 1], HOLE]
    if len(wanted) != len(given):
        return None
    fixed = doubtful = 0
    for want, have in zip(wanted, given, strict=True):
        if "{" in want:
            if not have or not _may_be(want, have):
                return None
        elif want == have:
            fixed += 1
        elif HOLE in have and _may_be(have, want):
            doubtful += 1
        else:
            return None
    return -doubtful, fixed


def _may_be(pattern: str, text: str) -> bool:
    """Whether a segment with holes may be another segment, with or without holes."""
    pieces, others = _PARAMETER.split(pattern), text.split(HOLE)
    if len(others) > 1:
        # Between holes anything may stand: what is before the first and behind the last is what is known.
        starts, ends = (pieces[0], others[0]), (pieces[-1], others[-1])
        return any(a.startswith(b) for a, b in (starts, starts[::-1])) and any(
            a.endswith(b) for a, b in (ends, ends[::-1])
        )
    first, *inner, last = pieces
    if not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first) + 1, len(text) - len(last)
    for piece in inner:
        # The first place of each is the best one: it leaves the most to the others.
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece) + 1
    return at <= end
