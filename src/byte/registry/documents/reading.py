"""A document of any kind: what it is, and its content."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from byte.extract.documents.text import Parsed, parse
from byte.model.contract import Source
from byte.model.errors import SourceError
from byte.registry.documents import a2a, mcp, openapi
from byte.registry.documents.limits import LIMITS, Bounds, Limits, refused
from byte.registry.errors import TooLargeError
from byte.registry.records import Content, Kind

__all__ = ["LIMITS", "Limits", "detect", "read"]

Fetch = Callable[[str], Source]
"""The document that a reference names, as `Source.fetch`."""

_ENDING: Final = re.compile(r"(\.(json|ya?ml))+$", re.IGNORECASE)
_SEEN: Final = 5


def read(
    data: bytes,
    name: str = "document",
    *,
    stem: str | None = None,
    kind: Kind | None = None,
    fetch: Fetch | None = None,
    limits: Limits = LIMITS,
) -> Content:
    """What a document says. `name` is what messages call it. A service whose document does not name it is named by `stem`,
    by default the file's or address's name without its ending.

    Without a kind it is what the document looks like. Other documents that it refers to are read with `fetch`; they are
    kept with it as one. Raises `TooLargeError`, and `UnreadableError` with the faults and their places.
    """
    if len(data) > limits.bytes:
        raise TooLargeError(f"`{name}` has {len(data):,} bytes: the registry takes {limits.bytes:,} at most.")
    if not data.strip():
        raise refused(f"`{name}` is empty: give an OpenAPI document, an MCP descriptor or an A2A agent card.")
    try:
        parsed = parse(name, data)
        seen = detect(parsed.value)
        found = kind or seen
        if found is None:
            raise refused(_unknown(name, parsed.value))
        if seen not in (None, found) and not _FITS[found](parsed.value):
            raise refused(f"`{name}` is {_CALLED[seen]}, not {_CALLED[found]}: `{found}` is the wrong kind for it.")
        return _READERS[found](
            Source(name, name, data, fetch or _alone),
            parsed,
            _stem(name) if stem is None else stem,
            Bounds(name, limits),
        )
    except SourceError as error:
        raise refused(str(error)) from None


def detect(value: Any) -> Kind | None:
    """The kind of document that a value is, None where it is none that is known."""
    if not isinstance(value, dict):
        return None
    order: tuple[Kind, ...] = ("rest", "a2a", "mcp")
    return next((kind for kind in order if _FITS[kind](value)), None)


_FITS: Final[Mapping[Kind, Callable[[Mapping[str, Any]], bool]]] = {
    "rest": lambda value: "openapi" in value or "swagger" in value,
    "mcp": mcp.is_descriptor,
    "a2a": a2a.is_card,
}
_CALLED: Final[Mapping[Kind, str]] = {
    "rest": "an OpenAPI document",
    "mcp": "an MCP descriptor",
    "a2a": "an A2A agent card",
}
_READERS: Final[Mapping[Kind, Callable[[Source, Parsed, str, Bounds], Content]]] = {
    "rest": openapi.read,
    "mcp": mcp.read,
    "a2a": a2a.read,
}


def _alone(_target: str) -> Source:
    raise SourceError("the registry reads no other documents: bundle them into one")


def _stem(name: str) -> str:
    """What a file or address is called, without its folder and ending."""
    return _ENDING.sub("", name.rstrip("/").rpartition("/")[2].partition("?")[0])


def _unknown(name: str, value: Any) -> str:
    held = f"an object with {_keys(value)}" if isinstance(value, dict) else "no object"
    return (
        f"`{name}` holds {held}: it is no OpenAPI document (`openapi` or `swagger`), no MCP descriptor (`tools`, or "
        "`name` with `packages` or `remotes`) and no A2A agent card (`name` with `skills`)."
    )


def _keys(value: dict[str, Any]) -> str:
    return ", ".join(f"`{key[:40]}`" for key in list(value)[:_SEEN]) or "nothing"
