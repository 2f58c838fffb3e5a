"""All requests of a project: each call of a client, with the functions of the project that stand around it."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

import msgspec

from byte.extract.clients.answers import Answers, Read, Ref, Refs, merged, paths
from byte.extract.clients.bodies import Bodies, of_query, pruned
from byte.extract.clients.frames import Frame, Source, Steps, callers
from byte.extract.clients.shapes import fields
from byte.extract.clients.sites import BODIES, MENTIONS, Bases, Site, based, sites
from byte.extract.clients.texts import Part, Parts, Texts, fixed, joined, shown
from byte.model import facts as f
from byte.model import syntax as s
from byte.model.clients import HOLE, Request, Requests, Unresolved
from byte.model.fields import ALL
from byte.model.review import Location

_CALLS_MOST: Final = 3
_FRAMES_MOST: Final = 200
"""Ways to one call that are looked at."""
_ALL_FRAMES: Final = 20_000
"""Ways to all calls of a project that are looked at."""
_TOO_MANY: Final = "the project sends more requests than are followed"
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


def read(source: Source) -> Requests:
    """The requests that a project sends by httpx, requests and aiohttp, and those that it does not plainly show."""
    reader = _Reader(source)
    found: dict[tuple[str, str, tuple[str, ...], Location], list[_Found]] = {}
    unresolved: set[Unresolved] = set()
    for path in source.mentioning(*MENTIONS):
        for function in source.functions(path):
            for site in sites(source, function):
                for one in reader.of(site, function):
                    if isinstance(one, Unresolved):
                        unresolved.add(one)
                    else:
                        found.setdefault((one.method, one.url, one.names, one.at), []).append(one)
    requests = [_request(key, many) for key, many in found.items()]
    return Requests(tuple(sorted(requests, key=lambda r: (r.at, r.method, r.url, r.names))), tuple(sorted(unresolved)))


class _Found(msgspec.Struct, frozen=True):
    """A request in one frame: what is done with its answer there, and what it sends."""

    method: str
    url: str
    names: tuple[str, ...]
    at: Location
    sent: Location
    library: str
    read: Read
    sends: tuple[str, ...]


def _request(key: tuple[str, str, tuple[str, ...], Location], many: list[_Found]) -> Request:
    method, url, names, at = key
    return Request(
        method=method,
        url=url,
        names=names,
        reads=paths(merged(one.read for one in many)),
        sends=pruned([path for one in many for path in one.sends]),
        at=at,
        sent=many[0].sent,
        library=many[0].library,
    )


class _Sent(msgspec.Struct, frozen=True):
    """Where a request goes in a frame: `method` "" where it does not show; `open` where who calls decides."""

    method: str
    url: Parts
    open: bool


class _Placed(msgspec.Struct, frozen=True):
    """Where a request goes, and the place that says so."""

    sent: _Sent
    at: Location


class _Reader:
    """Reads one call of a client after another."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._steps = Steps()
        self._texts = Texts(source, self._steps)
        self._bodies = Bodies(source, self._texts, self._steps)
        self._bases = Bases(source, self._texts, self._steps)
        self._answers = Answers(source, self._steps)
        self._left = 0
        self._rest = _ALL_FRAMES

    def of(self, site: Site, function: f.Function) -> Iterator[_Found | Unresolved]:
        """The requests that a call sends."""
        if self._rest <= 0 or not self._steps.begin():
            yield Unresolved(_place(site, Frame(function)), _TOO_MANY)
            return
        self._left = _FRAMES_MOST
        yield from self._expanded(site, Frame(function), None)

    def _expanded(self, site: Site, frame: Frame, placed: "_Placed | None") -> Iterator[_Found | Unresolved]:
        """The request in a frame, or in those of its callers where these decide what it is, or what is read of it.

        `placed` is where it goes, once that is decided: who calls from further out changes nothing of it.
        """
        self._left -= 1
        self._rest -= 1
        self._steps.begin()
        sent = placed.sent if placed is not None else self._sent(site, frame)
        known, returned = self._read(site, frame)
        sends = self._sends(site, frame)
        if placed is None and not sent.open:
            placed = _Placed(sent, _place(site, frame))
        more = sent.open or bool(returned) or ALL in sends
        goes_on = more and frame.depth < _CALLS_MOST and self._left > 0
        above = list(islice(self._above(frame), _FRAMES_MOST)) if goes_on else []
        for caller, call in above:
            if self._rest <= 0:
                yield Unresolved(_place(site, frame), _TOO_MANY)
                return
            yield from self._expanded(site, frame.under(Frame(caller), call), placed)
        if not above:
            whole = Read(known.reads, known.escapes | self._end(frame, returned))
            yield self._told(site, frame, placed or _Placed(sent, _place(site, frame)), whole, sends)

    def _above(self, frame: Frame) -> Iterator[tuple[f.Function, s.Call]]:
        seen = set()
        around: Frame | None = frame
        while around is not None:
            seen.add(around.function.key)
            around = around.caller
        for caller, call in callers(self._source, frame.outermost.function):
            if caller.key not in seen:
                yield caller, call

    # --- where it goes -------------------------------------------------------------------------

    def _sent(self, site: Site, frame: Frame) -> _Sent:
        url = self._texts.of(frame, site.url)
        if site.client is not None:
            base = self._bases.of(frame, site.client)
            url = based(base or (), url, site.library.partition(".")[0])
            if not base and shown(url)[:1] not in ("", HOLE[0]) and "://" not in shown(url):
                # Below an address that its client knows, and the source does not plainly show.
                url = joined((Part(None, (f"{s.dotted(site.client) or site.library}.base_url",)),), url)
        method = site.method
        if site.method_expr is not None:
            method = (fixed(self._texts.of(frame, site.method_expr)) or "").upper()
        known = method if method in _METHODS else ""
        return _Sent(known, url, not known or self._decided_above(site, frame, url))

    def _decided_above(self, site: Site, frame: Frame, url: Parts) -> bool:
        """Whether callers give more of the URL than one segment of its path: a path, or where it begins."""
        if not any(part.parameter for part in url):
            return False
        if url[0].parameter and url[0].text is None:
            return True
        if frame.depth >= _CALLS_MOST:
            return False
        function = frame.outermost.function
        open_ = [s.Name(function.node.end, part.names[0]) for part in url if part.parameter and part.text is None]
        for caller, call in self._above(frame):
            given = (shown(self._texts.of(Frame(function, call, Frame(caller)), name)) for name in open_)
            if any("/" in text or "?" in text for text in given):
                return True
        return False

    # --- what is read and sent -----------------------------------------------------------------

    def _read(self, site: Site, frame: Frame) -> tuple[Read, Refs]:
        """What is done with the answer in all frames, and what of it the outermost function returns."""
        given: dict[int, Refs] = {id(site.node): frozenset({Ref("response")})}
        total = Read()
        around: Frame | None = frame
        returned: Refs = frozenset()
        while around is not None:
            found = self._answers.of(around.function, given, {})
            total |= Read(found.reads, found.escapes)
            returned = found.returned
            if around.call is None or not returned:
                break
            given = {id(around.call): returned}
            around = around.caller
        at_top = around is not None and around.caller is None
        return total, returned if at_top else frozenset()

    def _end(self, frame: Frame, returned: Refs) -> frozenset[tuple[str, ...]]:
        """What a function returns to nobody who shows: all of it may be read, of a handler what it declares."""
        if not returned:
            return frozenset()
        endpoint = self._source.endpoint(frame.outermost.function.key)
        declared = fields(self._source, endpoint.response_model, "read") if endpoint is not None else None
        starts = {ref.path for ref in returned}
        if declared is None:
            return frozenset(starts)
        return frozenset((*start, *path.split("/")) for start in starts for path in declared)

    def _sends(self, site: Site, frame: Frame) -> tuple[str, ...]:
        out: dict[str, None] = {}
        for _, value in site.body():
            out.update(dict.fromkeys(self._bodies.of(frame, value)))
        for value in site.spread():
            given = self._options(frame, value)
            if given is None:
                out[ALL] = None
            for name in BODIES:
                if given is not None and name in given:
                    out.update(dict.fromkeys(self._bodies.of(*given[name])))
        return tuple(out)

    def _options(self, frame: Frame, value: s.Expr) -> Mapping[str, tuple[Frame, s.Expr]] | None:
        """What `**value` gives, by name; None where that does not show."""
        if isinstance(value, s.Mapping):
            named = [
                (s.string(key) if key is not None else None, held)
                for key, held in zip(value.keys, value.values, strict=True)
            ]
            return {key: (frame, held) for key, held in named if key} if all(key for key, _ in named) else None
        found = self._source.types.local(frame.function, value.id, value.line) if isinstance(value, s.Name) else None
        if not isinstance(value, s.Name) or found is None or found[0].key != frame.function.key:
            return None
        grown = any(
            isinstance(t, s.Subscript) and s.dotted(t.value) == value.id and s.string(t.index) in (None, *BODIES)
            for t in _targets(frame.function)
        )
        if grown:
            return None
        if found[1].how == "is" and isinstance(found[1].expr, s.Mapping):
            return self._options(frame, found[1].expr)
        spread = frame.call is None or any(k.name is None for k in frame.call.keywords)
        is_kwargs = any(p.name == value.id and p.kind == "kwargs" for p in frame.function.node.params)
        return frame.extra(value.id) if is_kwargs and not spread else None

    def _told(
        self, site: Site, frame: Frame, placed: "_Placed", known: Read, sends: tuple[str, ...]
    ) -> _Found | Unresolved:
        sent, at = placed.sent, placed.at
        text, query = of_query(shown(sent.url))
        if not sent.method:
            return Unresolved(at, "its method is decided elsewhere")
        if not _shows(text):
            return Unresolved(at, "its URL is made elsewhere")
        return _Found(
            method=sent.method,
            url=text,
            names=sent.url[0].names if sent.url else (),
            at=at,
            sent=Location(frame.function.path, site.node.line, site.node.line),
            library=site.library.partition(".")[0],
            read=known,
            sends=(*sends, *query),
        )


def _targets(function: f.Function) -> Iterator[s.Expr]:
    """What the assignments of a function assign to."""
    for node in s.own(function.node):
        if isinstance(node, s.Assign):
            yield from node.targets


def _shows(url: str) -> bool:
    """Whether anything of a URL's path is fixed, or it plainly has none."""
    _, absolute, rest = url.partition("://")
    path = rest.partition("/")[2] if absolute else url
    return (HOLE not in path and absolute != "") or any(piece.replace(HOLE, "") for piece in path.split("/"))


def _place(site: Site, frame: Frame) -> Location:
    """The outermost call that leads to a request."""
    if frame.caller is None or frame.call is None:
        return Location(frame.function.path, site.node.line, site.node.line)
    around = frame
    while around.caller is not None and around.caller.caller is not None:
        around = around.caller
    line = around.call.line if around.call is not None else site.node.line
    holder = around.caller or around
    return Location(holder.function.path, line, line)
