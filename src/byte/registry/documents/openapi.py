"""OpenAPI 2 and 3 documents: operations with their references, and all that they refer to.

The service is named by `info.x-providerName` and `info.x-serviceName` where the document has them ("github.com" and
"api.github.com": "github.com-api.github.com"), else by its title, else by its file. Webhooks and callbacks are no
operations of the service: they stay in the document.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

import msgspec

from byte.extract import documents
from byte.extract.documents.text import Parsed
from byte.model import contract
from byte.model.contract import METHODS, UNKNOWN, Contract, Source, escaped, unquoted, value_at
from byte.registry.documents.canonical import canonical, digest, digest_of_bytes
from byte.registry.documents.limits import Bounds, refused
from byte.registry.documents.naming import base_url_of, line_of, links_of, slug, tags_of, text_of
from byte.registry.documents.structure import wrong
from byte.registry.records import Component, Content, Document, Operation

_MEDIA: Final = {"json": "application/json", "yaml": "application/yaml"}
_WARNINGS: Final = 100
_SCHEMAS: Final = "#/components/schemas/"
_SCHEMES: Final = "#/components/securitySchemes/"
_TAGS: Final = 100
_CHAIN: Final = 100
_URL: Final = 2_000
"""Characters of a server's address whose variables are filled in, and of what fills one in."""


def read(source: Source, parsed: Parsed, stem: str, bounds: Bounds) -> Content:
    """The content of an OpenAPI document. Raises `SourceError` and `UnreadableError`."""
    swagger = isinstance(parsed.value, dict) and "openapi" not in parsed.value
    _check_count(parsed.value, bounds)
    # Reading puts marks in the place of what is wrong.
    faults = wrong(parsed.value) if isinstance(parsed.value, dict) else []
    found = documents.read(source, parsed)
    bounds.settle(faults)
    if found.gaps:
        _without_places(found.document, source.name)
    said = digest(chain((b"openapi",), _parts(found.document, bounds)))
    operations = _operations(found.document, bounds)
    components = _components(found.document, operations, bounds)
    info = found.document.get("info")
    info = info if isinstance(info, dict) else {}
    return Content(
        kind="rest",
        format="openapi-2.0" if swagger else f"openapi-{str(found.document.get('openapi'))[:3]}",
        name=_name(info, stem),
        title=line_of(info.get("title")),
        description=text_of(info.get("description")) or text_of(info.get("summary")),
        version=text_of(info.get("version")),
        digest=said,
        document=_document(source, found),
        operations=operations,
        components=components,
        base_url=base_url_of(_servers(found.document)),
        links=links_of(_pages(found.document, info)),
        tags=tags_of(_tags(info)),
        warnings=_warnings(found),
        contract=found,
    )


def _document(source: Source, found: Contract) -> Document:
    """The bytes as they were; those of several files are kept as the one that they were brought into."""
    if len({text.path for text in found.texts}) > 1:
        data = msgspec.json.encode(found.document)
        return Document(digest_of_bytes(data), _MEDIA["json"], data)
    return Document(digest_of_bytes(source.data), _MEDIA[found.texts[0].syntax], source.data)


def _without_places(document: Any, name: str) -> None:
    """Takes out of the marks of what cannot be read where that stands and in which file: neither is the contract's."""
    stack = [document]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        mark = node.get(UNKNOWN) if isinstance(node, dict) else None
        if isinstance(mark, dict) and isinstance(mark.get("reason"), str):
            mark.pop("at", None)
            mark["reason"] = mark["reason"].replace(f"`{name}`", "the document")
        stack += [
            held for held in (node.values() if isinstance(node, dict) else node) if isinstance(held, (dict, list))
        ]


def _check_count(value: Any, bounds: Bounds) -> None:
    """Refuses too many operations before anything is made of them."""
    paths = value.get("paths") if isinstance(value, dict) else None
    items = [item for item in paths.values() if isinstance(item, dict)] if isinstance(paths, dict) else []
    if sum(map(len, items)) > bounds.limits.operations:
        bounds.operations([method for item in items for method in item if method in METHODS], "operations")


def _parts(document: Mapping[str, Any], bounds: Bounds) -> Iterator[bytes]:
    """The document in canonical form, path by path: one path item can be in many places."""
    paths = document.get("paths")
    yield canonical({key: held for key, held in document.items() if key != "paths"})
    for path, item in sorted(paths.items()) if isinstance(paths, dict) else ():
        data = canonical([path, item])
        bounds.take(len(data))
        yield data


# --- operations --------------------------------------------------------------------------------


class _Parameters:
    """What parameters are called, references followed: each once."""

    def __init__(self, document: contract.Document) -> None:
        self._document = document
        self._known: dict[str, tuple[str, str]] = {}

    def key(self, parameter: Any) -> tuple[str, str]:
        """Name and place of a parameter."""
        if type(parameter) is dict and "$ref" not in parameter:
            return _called(parameter)
        asked: list[str] = []
        found = None
        for _ in range(_CHAIN):
            reference = parameter.get("$ref") if isinstance(parameter, dict) else None
            if not isinstance(reference, str) or reference in self._known:
                found = self._known.get(reference) if isinstance(reference, str) else None
                break
            asked.append(reference)
            parameter = value_at(self._document, unquoted(reference[1:]))[1]
        if found is None:
            found = _called(parameter)
        self._known.update(dict.fromkeys(asked, found))
        return found


def _called(parameter: Any) -> tuple[str, str]:
    if not isinstance(parameter, dict):
        return "", ""
    name, place = parameter.get("name"), parameter.get("in")
    return name if isinstance(name, str) else "", place if isinstance(place, str) else ""


def _operations(document: contract.Document, bounds: Bounds) -> tuple[Operation, ...]:
    given = list(contract.operations(document))
    bounds.operations(given, "operations")
    security = document.get("security")
    shared = {"security": security} if isinstance(security, list) else {}
    inherited = len(msgspec.json.encode(shared))
    for operation in given:
        if not bounds.is_name(operation.path):
            raise refused(f"`{bounds.name}` has a path that is no path: {line_of(operation.path, 60)}.", "/paths")
        bounds.take(inherited)
    parameters = _Parameters(document)
    return tuple(
        _operation(operation, _whole(document, operation, shared, parameters), parameters) for operation in given
    )


def _operation(given: contract.Operation, body: contract.Document, parameters: _Parameters) -> Operation:
    names = (parameters.key(parameter)[0] for parameter in _list(body.get("parameters")))
    return Operation(
        id="",
        service="",
        version="",
        kind="rest",
        name=given.name,
        method=given.method.upper(),
        path=given.path,
        operation_id=line_of(given.body.get("operationId")),
        summary=text_of(given.body.get("summary")),
        description=text_of(given.body.get("description")),
        tags=tuple(
            dict.fromkeys(line_of(tag) for tag in _list(given.body.get("tags"))[:_TAGS] if isinstance(tag, str))
        ),
        parameters=tuple(dict.fromkeys(line_of(name) for name in names if name)),
        deprecated=given.body.get("deprecated") is True,
        body=body,
    )


def _whole(
    document: contract.Document, given: contract.Operation, shared: Mapping[str, Any], parameters: _Parameters
) -> contract.Document:
    """The operation with what its path and its document say for it: parameters, servers, security."""
    item = document["paths"][given.path]
    body = {**{field: held for field, held in shared.items() if field not in given.body}, **given.body}
    if "servers" not in body and isinstance(item.get("servers"), list):
        body["servers"] = item["servers"]
    outer = _list(item.get("parameters"))
    if outer:
        inner = _list(given.body.get("parameters"))
        own = {parameters.key(parameter) for parameter in inner}
        kept = [held for held in outer if parameters.key(held) not in own] if own else outer
        body["parameters"] = [*kept, *inner]
    return body


# --- components --------------------------------------------------------------------------------


def _components(
    document: contract.Document, operations: tuple[Operation, ...], bounds: Bounds
) -> tuple[Component, ...]:
    """All that operations refer to, directly or not, by the text of the reference."""
    seen: dict[str, Any] = {}
    waiting: list[Any] = [operation.body for operation in operations]
    walked: set[int] = set()
    while waiting:
        for reference in _references(waiting.pop(), walked):
            if reference in seen or not bounds.is_name(reference):
                continue
            exists, held = value_at(document, unquoted(reference[1:]))
            if exists:
                seen[reference] = held
                bounds.take(len(msgspec.json.encode(held)))
                bounds.components(seen)
                waiting.append(held)
    return tuple(Component(reference, seen[reference]) for reference in sorted(seen))


def _references(body: Any, walked: set[int]) -> Iterator[str]:
    """The references within a value; objects that were walked before are passed over."""
    stack = [body]
    while stack:
        node = stack.pop()
        if type(node) is list:
            stack += node
        if type(node) is not dict or id(node) in walked:
            continue
        walked.add(id(node))
        stack += node.values()
        reference = node.get("$ref")
        if type(reference) is str and reference.startswith("#"):
            yield reference
        mapping = node.get("mapping")
        if type(mapping) is dict:
            for held in mapping.values():
                if type(held) is str:
                    yield held if held.startswith("#") else f"{_SCHEMAS}{escaped(held)}"
        security = node.get("security")
        if type(security) is list:
            for names in security:
                yield from (f"{_SCHEMES}{escaped(scheme)}" for scheme in names) if type(names) is dict else ()


# --- what it is about --------------------------------------------------------------------------


def _name(info: Mapping[str, Any], stem: str) -> str:
    provider = [info[key] for key in ("x-providerName", "x-serviceName") if isinstance(info.get(key), str)]
    return slug("-".join(provider)) or slug(text_of(info.get("title"))) or slug(stem)


def _servers(document: Mapping[str, Any]) -> Iterator[str]:
    for server in _list(document.get("servers")):
        url = server.get("url") if isinstance(server, dict) else None
        if isinstance(url, str):
            variables = server.get("variables")
            for key, held in variables.items() if isinstance(variables, dict) else ():
                default = held.get("default") if isinstance(held, dict) else None
                if isinstance(default, str) and len(url) < _URL and len(default) < _URL:
                    url = url.replace(f"{{{key}}}", default, 1)
            yield url


def _pages(document: Mapping[str, Any], info: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The addresses of pages about the service."""
    for rel, held in (("documentation", document.get("externalDocs")), ("contact", info.get("contact"))):
        if isinstance(held, dict):
            yield rel, held.get("url")
    yield "terms-of-service", info.get("termsOfService")


def _tags(info: Mapping[str, Any]) -> list[Any]:
    return [*_list(info.get("x-apisguru-categories")), *_list(info.get("x-tags"))]


def _warnings(found: Contract) -> tuple[str, ...]:
    """What could not be read of the document: the first hundred."""
    said = [f"{gap.path}:{gap.line}: {gap.reason}" for gap in found.gaps[:_WARNINGS]]
    if len(found.gaps) > _WARNINGS:
        said.append(f"and {len(found.gaps) - _WARNINGS} more")
    return tuple(said)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
