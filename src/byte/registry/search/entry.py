"""What is searched of an operation, and the text that an embedding reads of it."""

import re
from typing import Final

import msgspec

from byte.registry.records import HealthState, Kind, Operation, Service, State
from byte.registry.search.words import split

DESCRIPTION: Final = 300
"""Characters of a description that are searched: what an operation does stands in its first sentences."""
SUMMARY: Final = 300
TITLE: Final = 120
PARAMETERS: Final = 12
"""How many names of parameters are searched: those of large filters say little about an operation."""
TAGS: Final = 16
NAME: Final = 300
_READ: Final = 2_000
"""Characters of a text that are looked at, before its markup is taken out."""
_MARKUP: Final = (
    (re.compile(r"<[^<>]{1,200}>"), " "),
    (re.compile(r"!?\[([^\[\]]{0,300})\]\([^()]{0,500}\)"), r"\1"),
    (re.compile(r"https?://\S+"), " "),
    (re.compile(r"\s+"), " "),
)
VERBS: Final = {
    "GET": "get",
    "HEAD": "get",
    "POST": "create",
    "PUT": "update",
    "PATCH": "update",
    "DELETE": "delete",
}
"""The word for what a method does."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An operation as it is searched and shown: texts are plain (no markup) and cut.

    - `id`: that of the operation; `name`, `method`, `path`, `operation_id`, `parameters`, `tags` as in `Operation`.
    - `owner`, `health`: those of its service; `current`: its version is the latest of its service.
    """

    id: str
    service: str
    service_title: str = ""
    version: str
    kind: Kind = "rest"
    name: str
    method: str = ""
    path: str = ""
    operation_id: str = ""
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    deprecated: bool = False
    state: State = "active"
    owner: str | None = None
    health: HealthState = "unknown"
    current: bool = True


def entry_of(operation: Operation, service: Service) -> Entry:
    """The entry of an operation of a service."""
    return Entry(
        id=operation.id,
        service=operation.service,
        service_title=plain(service.title, TITLE),
        version=operation.version,
        kind=operation.kind,
        name=operation.name[:NAME],
        method=operation.method,
        path=operation.path[:NAME],
        operation_id=operation.operation_id[:NAME],
        summary=plain(operation.summary, SUMMARY),
        description=plain(operation.description, DESCRIPTION),
        tags=tuple(operation.tags[:TAGS]),
        parameters=tuple(name[:TITLE] for name in operation.parameters[:PARAMETERS]),
        deprecated=operation.deprecated,
        state=operation.state,
        owner=service.owner,
        health=service.health,
        current=service.latest == operation.version,
    )


def plain(text: str, limit: int) -> str:
    """A text without markup (HTML, links of Markdown, URLs), its spaces joined, cut to so many characters."""
    text = text[:_READ]
    for pattern, put in _MARKUP:
        text = pattern.sub(put, text)
    return text.strip()[:limit]


def fields_of(entry: Entry) -> tuple[str, ...]:
    """The texts of an entry in the order of `FIELDS`, identifiers split into words.

    A REST operation is named by its `operation_id`: its `name` repeats method and path.
    """
    name = entry.operation_id if entry.kind == "rest" and entry.path else entry.operation_id or entry.name
    path = f"{VERBS.get(entry.method, '')} {split(entry.path)}" if entry.path else ""
    return (
        entry.service_title,
        path.strip(),
        split(name),
        entry.summary,
        entry.description,
        split(" ".join(entry.parameters)),
    )


FIELDS: Final = ("service", "path", "name", "summary", "description", "parameters")
"""The fields that are searched, as explanations name them."""


def text_of(entry: Entry) -> str:
    """What an embedding reads of an entry: its fields, each once, as sentences."""
    seen: dict[str, str] = {}
    for text in fields_of(entry):
        if text:
            seen.setdefault(text.lower(), text)
    return ". ".join(seen.values()) or split(entry.name)
