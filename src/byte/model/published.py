"""An OpenAPI document that the repository holds as a file, and where the source contradicts it.

Only what both sides surely say is compared: what is unknown or conditional in the source contradicts nothing, and
neither does what a document leaves open. Errors that a document adds may be raised by the code, so they are no
contradiction; nor are texts, examples, names of path parameters and constraints.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from byte.model import routes, schemas
from byte.model.contract import CONDITIONAL, ORIGIN, UNKNOWN, Contract, Operation, operations, resolved
from byte.model.review import Location

_HOST: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//[^/]*", re.IGNORECASE)
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_HIDING: Final = re.compile(r"rout|mount|include", re.IGNORECASE)
"""What a gap says that may hide operations."""

Name = tuple[str, str]
"""Method, and path without the names of its parameters."""


class Placed(dict[str, Any]):
    """An object of a document, with the line that it starts on."""

    __slots__ = ("line",)

    def __init__(self, items: Iterable[tuple[str, Any]], line: int) -> None:
        super().__init__(items)
        self.line = line


class Published(msgspec.Struct, frozen=True, eq=False):
    """A committed document: its file, and its value with lines."""

    path: str
    document: Placed

    @property
    def at(self) -> Location:
        """Its first line."""
        return Location(self.path, 1, 1)


class Difference(msgspec.Struct, frozen=True):
    """One thing that a document says otherwise than the source: of an operation or schema (`symbol`), on a line.

    `key` is the same as long as the difference is; `origin` is the source's "path:line" where it has one.
    """

    symbol: str
    key: str
    text: str
    line: int
    origin: str | None


class Match(msgspec.Struct, frozen=True):
    """A document and the application that it describes: the operations that both have, and those of one alone."""

    document: Published
    contract: Contract
    both: tuple[tuple[Operation, Operation], ...]
    only_document: tuple[Operation, ...]
    only_source: tuple[Operation, ...]


# --- which application -------------------------------------------------------------------------


def described(document: Published, contracts: Iterable[Contract]) -> Match | None:
    """The application that a document describes: at least half of its operations are those of the application."""
    best: tuple[int, int, Match] | None = None
    for contract in contracts:
        for given in _prefixes(document.document):
            for added in _prefixes(contract.document):
                found = _matched(document, contract, given, added)
                near = _common(document.path, contract.application.path if contract.application else "")
                if best is None or (len(found.both), near) > best[:2]:
                    best = (len(found.both), near, found)
    if best is None or not best[2].both or len(best[2].both) < len(best[2].only_document):
        return None
    return best[2]


def _matched(document: Published, contract: Contract, given: str, added: str) -> Match:
    theirs = {_name(op, given): op for op in operations(document.document)}
    ours = {_name(op, added): op for op in operations(contract.document)}
    return Match(
        document=document,
        contract=contract,
        both=tuple((op, ours[name]) for name, op in theirs.items() if name in ours),
        only_document=tuple(op for name, op in theirs.items() if name not in ours),
        only_source=tuple(op for name, op in ours.items() if name not in theirs),
    )


def _name(operation: Operation, prefix: str) -> Name:
    return operation.method, routes.template(prefix + operation.path).rstrip("/") or "/"


def _prefixes(document: Mapping[str, Any]) -> list[str]:
    """The paths of a document's servers, and none."""
    servers = document.get("servers")
    urls = [s.get("url") for s in servers if isinstance(s, dict)] if isinstance(servers, list) else []
    paths = [_HOST.sub("", url).rstrip("/") for url in [*urls, document.get("basePath")] if isinstance(url, str)]
    return list(dict.fromkeys(["", *(p for p in paths if p.startswith("/") and "{" not in p)]))


def _common(one: str, other: str) -> int:
    """How many folders two paths share from the top."""
    shared = 0
    for left, right in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if left != right:
            break
        shared += 1
    return shared


# --- differences -------------------------------------------------------------------------------


def differences(
    match: Match, by_hand: Callable[[Operation], bool], exists: Callable[[Operation], bool]
) -> list[Difference]:
    """Everything that the document says otherwise than the source, in the order of the document.

    `by_hand` says of an operation of the source that it reads the request itself, so that more may be read than
    shows; `exists` of one of the document that the source may have it although the contract does not.
    """
    found = [*_missing(match, exists)]
    walk = _Walk(match)
    for theirs, ours in match.both:
        if CONDITIONAL not in ours.body:
            found += walk.operation(theirs, ours, by_hand(ours))
    seen: set[tuple[str, str]] = set()
    out: list[Difference] = []
    for item in found:
        if (item.symbol, item.key) not in seen:
            seen.add((item.symbol, item.key))
            out.append(item)
    return sorted(out, key=lambda d: (d.line, d.symbol, d.key))


def _missing(match: Match, exists: Callable[[Operation], bool]) -> Iterator[Difference]:
    """Operations of one side alone."""
    if not any(_HIDING.search(gap.reason) for gap in match.contract.gaps):
        for op in match.only_document:
            if not exists(op):
                text = f"`{op.name}` is in the document, and no route of the source answers it"
                yield Difference(op.name, "only in the document", text, _line(op.body), None)
    # A document of some operations is not one of all.
    whole = 3 * len(match.both) >= 2 * (len(match.both) + len(match.only_source))
    top = _line(match.document.document.get("paths"))
    for op in match.only_source if whole else ():
        if CONDITIONAL not in op.body and not routes.for_tools(op.path):
            text = f"`{op.name}` is not in the document"
            yield Difference(op.name, "only in the source", text, top, _origin(op.body))


class _Walk:
    """Compares the operations that both sides have; a pair of named schemas once."""

    def __init__(self, match: Match) -> None:
        self.theirs = match.document.document
        self.ours = match.contract.document
        self.old = "swagger" in self.theirs
        self._seen: set[tuple[str, str, bool]] = set()

    def operation(self, theirs: Operation, ours: Operation, by_hand: bool) -> Iterator[Difference]:
        """The differences of one operation."""
        name, line = theirs.name, _line(theirs.body)
        item = self.theirs["paths"].get(theirs.path)
        yield from self._parameters(name, line, item, theirs.body, ours.body, by_hand)
        yield from self._bodies(name, line, theirs.body, ours.body, by_hand)
        yield from self._responses(name, line, theirs.body, ours.body)

    # --- parameters ----------------------------------------------------------------------------

    def _parameters(
        self, name: str, line: int, item: Any, theirs: dict[str, Any], ours: dict[str, Any], by_hand: bool
    ) -> Iterator[Difference]:
        above = item.get("parameters") if isinstance(item, dict) else None
        old = {**schemas.parameters(self.theirs, above), **schemas.parameters(self.theirs, theirs.get("parameters"))}
        new = schemas.parameters(self.ours, ours.get("parameters"))
        open_ = by_hand or UNKNOWN in ours
        for key, param in old.items():
            if key[0] in ("query", "header") and key not in new and not open_ and not _usual(key):
                text = f"`{name}` has no {key[0]} parameter `{param['name']}` in the source"
                yield Difference(
                    name, f"{key[0]} {key[1]} only in the document", text, _line(param, line), _origin(ours)
                )
        for key, param in new.items():
            if key[0] == "path" or CONDITIONAL in param:
                continue
            known = old.get(key)
            if known is None:
                text = f"{key[0]} parameter `{param['name']}` of `{name}` is not in the document"
                yield Difference(name, f"{key[0]} {key[1]} only in the source", text, line, _origin(param))
                continue
            if bool(known.get("required")) != bool(param.get("required")) and UNKNOWN not in param:
                now = "required" if param.get("required") else "optional"
                text = (
                    f"{key[0]} parameter `{param['name']}` of `{name}` is {now} in the source, not so in the document"
                )
                yield Difference(name, f"{key[0]} {key[1]} {now}", text, _line(known, line), _origin(param))
            schema = known if self.old else known.get("schema")
            what = f"{key[0]} parameter `{param['name']}` of `{name}`"
            yield from self._kind(
                name, f"{key[0]} {key[1]}", what, schema, param.get("schema"), _line(known, line), _origin(param)
            )

    # --- bodies and answers --------------------------------------------------------------------

    def _bodies(
        self, name: str, line: int, theirs: dict[str, Any], ours: dict[str, Any], by_hand: bool
    ) -> Iterator[Difference]:
        old, new = self._body(theirs), schemas.content(self.ours, ours.get("requestBody"))
        unknown = UNKNOWN in ours or _is_unknown(ours.get("requestBody"))
        if old and not new and "requestBody" not in ours and not by_hand and not unknown:
            text = f"`{name}` takes no body in the source"
            yield Difference(name, "body only in the document", text, line, _origin(ours))
        elif new and not old and "requestBody" not in theirs:
            text = f"the body of `{name}` is not in the document"
            yield Difference(name, "body only in the source", text, line, _origin(ours))
        elif old and new and not unknown:
            media = next((m for m in new if m in old), None)
            if media is not None:
                yield from self._schema(name, "body", old[media], new[media], line, _origin(ours), sent=False)
            elif not by_hand and "*/*" not in old and not _forms(old, new):
                text = f"`{name}` takes `{next(iter(new))}` in the source, `{next(iter(old))}` in the document"
                yield Difference(name, f"body is {next(iter(new))}", text, line, _origin(ours))

    def _body(self, operation: dict[str, Any]) -> dict[str, Any]:
        if not self.old:
            return schemas.content(self.theirs, operation.get("requestBody"))
        params = [resolved(self.theirs, p) for p in schemas.listed(operation.get("parameters"))]
        if any(p.get("in") == "formData" for p in params if isinstance(p, dict)):
            return {media: {} for media in _FORMS}
        body = next((p for p in params if isinstance(p, dict) and p.get("in") == "body"), None)
        return {"application/json": body.get("schema")} if body is not None else {}

    def _responses(self, name: str, line: int, theirs: dict[str, Any], ours: dict[str, Any]) -> Iterator[Difference]:
        old, new = schemas.answers(self.theirs, theirs), schemas.answers(self.ours, ours)
        if _is_unknown(ours.get("responses")) or not old or "default" in old:
            return
        good = [code for code in new if code.startswith("2")]
        shown = [code for code in old if code.startswith("2")]
        said = [code for code in good if self._says(new[code])]
        if good and shown and not set(good) & set(shown) and not any("X" in code.upper() for code in shown):
            # A handler without a declared answer may send another status by hand.
            if said or good != ["200"]:
                text = f"`{name}` answers {good[0]} in the source, {shown[0]} in the document"
                yield Difference(name, f"answers {good[0]}", text, _line(old[shown[0]], line), _origin(ours))
            return
        for code in new:
            if code not in old and code != "422" and code.isdigit() and CONDITIONAL not in new[code]:
                text = f"the answer {code} of `{name}` is not in the document"
                yield Difference(name, f"answer {code} only in the source", text, line, _origin(ours))
        for code in [c for c in good if c in old and CONDITIONAL not in new[c]]:
            before = {"application/json": old[code]["schema"]} if "schema" in old[code] else old[code].get("content")
            after = new[code].get("content")
            if isinstance(before, dict) and isinstance(after, dict):
                media = next((m for m in after if m in before), None)
                if media is not None:
                    one = before[media] if self.old else schemas.schema_of(before[media])
                    place = _line(old[code], line)
                    yield from self._schema(
                        name, f"answer {code}", one, schemas.schema_of(after[media]), place, _origin(ours), sent=True
                    )

    def _says(self, response: dict[str, Any]) -> bool:
        """Whether the source says what an answer is made of."""
        content = response.get("content")
        return isinstance(content, dict) and any(schemas.schema_of(m) for m in content.values())

    # --- schemas -------------------------------------------------------------------------------

    def _schema(
        self, name: str, what: str, theirs: Any, ours: Any, line: int, origin: str | None, *, sent: bool, depth: int = 0
    ) -> Iterator[Difference]:
        """The differences of two schemas; what a named schema says otherwise is said once, of that schema."""
        if depth > schemas.DEEPEST:
            return
        old, given = schemas.plain(self.theirs, theirs)
        new, own = schemas.plain(self.ours, ours)
        if not old or not new or UNKNOWN in new or CONDITIONAL in new:
            return
        line, origin = _line(old, line), _origin(new) or origin
        if given is not None:
            place = (given, own or f"{name} {what}", sent)
            if place in self._seen:
                return
            self._seen.add(place)
            name, what = given, ""
        wrong = list(self._kind(name, what, f"`{name}`" + (f" ({what})" if what else ""), old, new, line, origin))
        yield from wrong
        if wrong:
            return
        before, after = schemas.properties(self.theirs, old), schemas.properties(self.ours, new)
        if before is not None and after is not None and before and after:
            yield from self._fields(name, what, (old, before), (new, after), line, sent=sent, depth=depth)
        elif "items" in old and "items" in new:
            yield from self._schema(
                name, f"{what} items".strip(), old["items"], new["items"], line, origin, sent=sent, depth=depth + 1
            )

    def _fields(
        self,
        name: str,
        what: str,
        theirs: tuple[dict[str, Any], dict[str, Any]],
        ours: tuple[dict[str, Any], dict[str, Any]],
        line: int,
        *,
        sent: bool,
        depth: int,
    ) -> Iterator[Difference]:
        (old, before), (new, after) = theirs, ours
        where = f" in the {what} of `{name}`" if what else f" of `{name}`"
        for field, schema in before.items():
            if field not in after and not new.get("additionalProperties"):
                text = f"field `{field}`{where} is in the document and not in the source"
                yield Difference(
                    name, f"{what} {field} only in the document".strip(), text, _line(schema, line), _origin(new)
                )
        needed = schemas.required(self.theirs, old), schemas.required(self.ours, new)
        for field, schema in after.items():
            if isinstance(schema, dict) and CONDITIONAL in schema:
                continue
            at = _origin(schema) or _origin(new)
            if field not in before:
                if not old.get("additionalProperties"):
                    text = f"field `{field}`{where} is not in the document"
                    yield Difference(name, f"{what} {field} only in the source".strip(), text, line, at)
                continue
            place = _line(before[field], line)
            if not sent and (field in needed[0]) != (field in needed[1]):
                now = "required" if field in needed[1] else "optional"
                text = f"field `{field}`{where} is {now} in the source, not so in the document"
                yield Difference(name, f"{what} {field} {now}".strip(), text, place, at)
            inner = f"{what} {field}".strip()
            yield from self._schema(name, inner, before[field], schema, place, at, sent=sent, depth=depth + 1)

    def _kind(
        self, name: str, key: str, what: str, theirs: Any, ours: Any, line: int, origin: str | None
    ) -> Iterator[Difference]:
        before, after = schemas.kinds(self.theirs, theirs), schemas.kinds(self.ours, ours)
        if before is None or after is None or not before - schemas.NULL or not after - schemas.NULL:
            return
        if not (schemas.wide(before) & schemas.wide(after)):
            one, two = " or ".join(sorted(after - schemas.NULL)), " or ".join(sorted(before - schemas.NULL))
            text = f"{what} is `{one}` in the source, `{two}` in the document"
            yield Difference(name, f"{key} is {one}".strip(), text, line, origin)


# --- small parts -------------------------------------------------------------------------------


def _usual(key: tuple[str, str]) -> bool:
    """Headers that servers, proxies and security schemes read, whatever the handlers say."""
    return key[0] == "header" and (key[1].startswith("x-") or key[1] in ("authorization", "accept", "content-type"))


def _forms(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return any(m in _FORMS for m in old) and any(m in _FORMS for m in new)


def _line(node: Any, other: int = 1) -> int:
    return node.line if isinstance(node, Placed) else other


def _origin(node: Any) -> str | None:
    found = node.get(ORIGIN) if isinstance(node, dict) else None
    return found if isinstance(found, str) else None


def _is_unknown(node: Any) -> bool:
    return isinstance(node, dict) and UNKNOWN in node
