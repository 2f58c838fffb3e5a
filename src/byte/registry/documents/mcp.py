"""MCP descriptors: `server.json` of the MCP registry, and the answer to `tools/list`.

- `server.json` (schemas of 2025-07-09 to 2025-12-11, in snake case and camel case), bare or as the MCP registry's API
  wraps it (`{"server": ..., "_meta": ...}`). It names no tools unless it has a `tools` list of its own.
- `tools/list` (protocol revisions since 2024-11-05), bare (`{"tools": [...]}`) or in its JSON-RPC envelope; `serverInfo`
  as of `initialize`, `prompts`, `resources` and `resourceTemplates` may stand beside the tools.

An operation is a tool, by its name. Prompts and resources are called otherwise: they are kept as components, by
"#/prompts/NAME" and "#/resources/URI". `_meta`, envelopes, cursors and the order of lists are no part of the contract.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from byte.extract.documents.text import Parsed
from byte.model.contract import Source, escaped
from byte.registry.documents.canonical import canonical, digest, digest_of_bytes
from byte.registry.documents.limits import Bounds, refused
from byte.registry.documents.naming import base_url_of, line_of, links_of, slug, text_of
from byte.registry.errors import Fault
from byte.registry.records import Component, Content, Document, Operation

_MEDIA: Final = {"json": "application/json", "yaml": "application/yaml"}
_BESIDE: Final = {"prompts": "name", "resources": "uri", "resourceTemplates": "uriTemplate"}
"""Lists of other things than tools, with what names each."""
_MANAGED: Final = frozenset({"_meta", "$schema", "nextCursor", "tools", *_BESIDE})
_NAMING: Final = ("tools", "name", "serverInfo", *_BESIDE)
_DEPLOYED: Final = ("packages", "remotes", "version_detail", "repository")


def is_descriptor(value: Mapping[str, Any]) -> bool:
    """Whether an object is one of the descriptors."""
    held = _opened(value)
    if "tools" in held or "server.schema.json" in str(held.get("$schema"))[:300]:
        return True
    if value.get("jsonrpc") == "2.0" and "error" in value:
        return True
    return isinstance(held.get("name"), str) and any(field in held for field in _DEPLOYED)


def read(source: Source, parsed: Parsed, stem: str, bounds: Bounds) -> Content:
    """The content of a descriptor. Raises `UnreadableError`."""
    held = _opened(_object(source.name, parsed.value))
    if not any(field in held for field in _NAMING):
        raise refused(f"`{source.name}` is no MCP descriptor: it has no `tools` and no `name`.")
    at = "/result" if "result" in parsed.value and held is parsed.value["result"] else ""
    faults: list[Fault] = []
    tools = _named(held, "tools", "name", at, faults, bounds)
    others = {field: _named(held, field, key, at, faults, bounds) for field, key in _BESIDE.items()}
    faults += [
        Fault(f"`{field}` is no list.", f"{at}/{field}")
        for field in ("packages", "remotes")
        if not isinstance(held.get(field, []), list)
    ]
    bounds.settle(faults)
    bounds.operations(tools, "tools")
    components = tuple(
        Component(f"#/{field}/{escaped(name)}", body) for field, found in others.items() for name, body in found.items()
    )
    bounds.components(components)
    about = _about(held)
    described = {key: value for key, value in held.items() if key not in _MANAGED}
    return Content(
        kind="mcp",
        format="mcp-tools" if isinstance(held.get("tools"), list) else "mcp-server",
        name=slug(about["name"]) or slug(stem),
        title=line_of(about["title"] or about["name"]),
        description=about["description"],
        version=about["version"],
        digest=digest((b"mcp", canonical(described), canonical(_plain(tools)), canonical(others))),
        document=Document(digest_of_bytes(source.data), _MEDIA[parsed.syntax], source.data),
        operations=tuple(_tool(name, tool) for name, tool in tools.items()),
        components=tuple(sorted(components, key=lambda component: component.reference)),
        base_url=base_url_of(_remotes(held)),
        links=links_of(_pages(held)),
        warnings=("the list of tools goes on after this page (`nextCursor`)",) if held.get("nextCursor") else (),
    )


def _object(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise refused(f"`{name}` is no MCP descriptor: it holds no object.")
    error = value.get("error")
    if "jsonrpc" in value and "result" not in value and isinstance(error, dict):
        raise refused(f"`{name}` is an error, not a list of tools: {line_of(error.get('message'), 100)}.", "/error")
    if "jsonrpc" in value and not isinstance(value.get("result"), dict):
        raise refused(f"`{name}` is no MCP descriptor: its `result` is no object.", "/result")
    return value


def _opened(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """What lies in the envelope of JSON-RPC, or in that of the MCP registry's API."""
    if "jsonrpc" in value and isinstance(value.get("result"), dict):
        return dict(value)["result"]  # type: ignore[no-any-return]
    server = value.get("server")
    return server if isinstance(server, dict) and isinstance(server.get("name"), str) else value


def _named(
    held: Mapping[str, Any], field: str, key: str, at: str, faults: list[Fault], bounds: Bounds
) -> dict[str, dict[str, Any]]:
    """The objects of a list by what names each; those without a name, and names that stand twice, are faults."""
    given = held.get(field, [])
    if not isinstance(given, list):
        faults.append(Fault(f"`{field}` is no list.", f"{at}/{field}"))
        return {}
    found: dict[str, dict[str, Any]] = {}
    for index, item in enumerate(given):
        name = item.get(key) if isinstance(item, dict) else None
        wrong = _wrong(item, name, key, found, bounds)
        if wrong is not None:
            faults.append(Fault(wrong, f"{at}/{field}/{index}"))
        elif isinstance(name, str):
            found[name] = item
    return found


def _wrong(item: Any, name: Any, key: str, found: Mapping[str, Any], bounds: Bounds) -> str | None:
    if not isinstance(item, dict):
        return "It is no object."
    if not isinstance(name, str) or not name:
        return f"It has no `{key}`."
    if name in found:
        return f"`{line_of(name, 60)}` stands twice."
    if not bounds.is_name(name):
        return f"`{line_of(name, 60)}` is no name."
    schemas = [field for field in ("inputSchema", "outputSchema") if not isinstance(item.get(field, {}), dict)]
    return f"`{schemas[0]}` is no JSON Schema object." if schemas else None


def _tool(name: str, tool: Mapping[str, Any]) -> Operation:
    schema = tool.get("inputSchema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    notes = tool.get("annotations")
    title = tool.get("title") or (notes.get("title") if isinstance(notes, dict) else None)
    return Operation(
        id="",
        service="",
        version="",
        kind="mcp",
        name=name,
        summary=line_of(title),
        description=text_of(tool.get("description")),
        parameters=tuple(map(line_of, properties)) if isinstance(properties, dict) else (),
        body={key: held for key, held in tool.items() if key != "_meta"},
    )


def _plain(tools: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: {key: held for key, held in tool.items() if key != "_meta"} for name, tool in tools.items()}


def _about(held: Mapping[str, Any]) -> dict[str, str]:
    """Name, title, description and version: of `server.json`, or of `serverInfo`."""
    info = held.get("serverInfo")
    info = info if isinstance(info, dict) else {}
    about = {
        key: text_of(held.get(key)) or text_of(info.get(key)) for key in ("name", "title", "description", "version")
    }
    detail = held.get("version_detail")
    if not about["version"] and isinstance(detail, dict):
        about["version"] = text_of(detail.get("version"))
    about["description"] = about["description"] or text_of(held.get("instructions"))
    return about


def _remotes(held: Mapping[str, Any]) -> Iterator[Any]:
    remotes = held.get("remotes")
    for remote in remotes if isinstance(remotes, list) else ():
        if isinstance(remote, dict):
            yield remote.get("url")


def _pages(held: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "documentation", held.get("websiteUrl") or held.get("website_url")
    repository = held.get("repository")
    if isinstance(repository, dict):
        yield "source", repository.get("url")
