"""What a registry answers to a review: the port of `byte.model.ports` over any place that a registry is read from."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any, Final
from urllib.parse import quote

import msgspec

from byte.model.consulted import Similar
from byte.model.contract import Operation
from byte.model.difference import Comparison
from byte.model.errors import ByteError
from byte.model.fields import called
from byte.model.ports import Consumers
from byte.registry import documents, impact
from byte.registry.errors import NotFoundError, RegistryError
from byte.registry.places import Place, Served

ALIKE: Final = 0.7
"""The score from which an operation counts as one that does the same."""
_HITS: Final = 3
_LIMIT: Final = 10
_TEXT: Final = 300
_LARGEST: Final = 64 << 20
"""Bytes of documents of an export that are read to search in it."""


class Answering:
    """Answers from a place. `service` is what the project is called there; None: as its contract's title or, where there is
    no such service, as the project itself (`project`).
    """

    def __init__(self, place: Place, service: str | None = None, project: str | None = None) -> None:
        self._place = place
        self._service = service
        self._project = project

    def consumers(self, comparisons: Sequence[Comparison]) -> Consumers:
        """Who is broken. Raises `RegistryError`, `NotFoundError` where the project is no registered service."""
        names = [self._service] if self._service is not None else self._guesses(comparisons)
        name = next((one for one in names if self._place.find(one) is not None), None)
        if name is None:
            raise NotFoundError(
                f"`{names[0]}` is no service of {self._place.name}: say what the project is called there, by `--service` or "
                "`service` in [tool.byte]."
            )
        self._service = name
        known = self._place.consumers(name)
        impacts = [one for comparison in comparisons for one in impact.broken(comparison, known)]
        return Consumers(service=name, number=len(known), impacts=tuple(impacts))

    def _guesses(self, comparisons: Sequence[Comparison]) -> list[str]:
        info = comparisons[0].base.document.get("info")
        title = info.get("title") if isinstance(info, dict) else None
        said = [documents.slug(name) for name in (title, self._project) if isinstance(name, str) and name.strip()]
        return list(dict.fromkeys(name for name in said if name)) or ["unnamed"]

    def similar(self, operations: Sequence[Operation]) -> Sequence[Sequence[Similar]]:
        """What is registered already, of other services. Raises `RegistryError`."""
        search = self._remote if isinstance(self._place, Served) else self._local()
        return [self._others(operation, search(operation)) for operation in operations]

    def _others(self, operation: Operation, hits: Iterable[Similar]) -> tuple[Similar, ...]:
        """Those that are good enough, of other services; what is called the same is not new there."""
        found = [hit for hit in hits if hit.score >= ALIKE and hit.service != self._service]
        same = [hit for hit in found if hit.operation.partition(" ")[0] == operation.method.upper()]
        return tuple(same[:_HITS])

    # --- a server ------------------------------------------------------------------------------

    def _remote(self, operation: Operation) -> list[Similar]:
        assert isinstance(self._place, Served)
        asked = (
            f"/v1/operations?q={quote(question(operation), safe='')}&method={operation.method.upper()}&limit={_LIMIT}"
        )
        told = self._place.client.read(asked) or {}
        if told.get("answer") not in ("good", "weak", "none"):
            raise RegistryError(f"`{self._place.name}` does not search: what is there already is not known.")
        items = told.get("items") if told.get("answer") == "good" else None
        return [_similar(item) for item in (items if isinstance(items, list) else []) if isinstance(item, dict)]

    # --- a file --------------------------------------------------------------------------------

    def _local(self) -> Any:
        """A search in what the place holds."""
        try:
            search, entry, query = (
                import_module(f"byte.registry.search.{name}") for name in ("index", "entry", "query")
            )
        except ModuleNotFoundError:
            raise RegistryError(
                "What is there already is not known: install 'byte-review[search]' to search in a file."
            ) from None
        index = search.Index()
        size = 0
        for service in self._place.services():
            if service.latest is None:
                continue
            published = self._place.published(service.name)
            size += len(published.document.data)
            if size > _LARGEST:
                raise RegistryError(f"`{self._place.name}` is too large to be searched here: name a server instead.")
            index.add([entry.entry_of(one, published.service) for one in _operations(published)])

        def find(operation: Operation) -> list[Similar]:
            asked = query.Query(
                text=question(operation), limit=_LIMIT, filters=query.Filters(method=operation.method.upper())
            )
            results = index.search(asked)
            hits = results.hits if results.answer == "good" else ()
            return [
                Similar(
                    service=hit.entry.service,
                    operation=hit.entry.name,
                    score=hit.score,
                    reason=matched(hit.matched),
                    id=hit.id,
                )
                for hit in hits
            ]

        return find


def _operations(published: Any) -> list[Any]:
    """The operations of a version, with their service and label."""
    try:
        content = documents.read(published.document.data, published.service.name, kind=published.service.kind)
    except ByteError:
        return []
    return [
        msgspec.structs.replace(
            operation,
            id=operation.id or f"{published.service.name} {operation.name}",
            service=published.service.name,
            version=published.label,
            kind=published.service.kind,
        )
        for operation in content.operations
    ]


def question(operation: Operation) -> str:
    """What is looked for: what an operation says that it does, else what it is called."""
    body = operation.body
    said = [body.get("summary"), body.get("operationId")]
    words = next((text for text in said if isinstance(text, str) and text.strip()), "")
    path = " ".join(part for part in operation.path.split("/") if part and "{" not in part)
    return f"{words} {path}".strip()[:_TEXT].replace("\n", " ") or called(operation.name)


def matched(words: Any) -> str:
    """Why something was found: the words that both have."""
    if not isinstance(words, dict):
        return ""
    said = dict.fromkeys(str(word) for held in words.values() for word in held)
    return f"both say {', '.join(f'`{word}`' for word in list(said)[:5])}" if said else ""


def _similar(item: dict[str, Any]) -> Similar:
    score = item.get("score")
    return Similar(
        service=str(item.get("service", "")),
        operation=str(item.get("name", "")),
        score=float(score) if isinstance(score, (int, float)) else 0.0,
        reason=matched(item.get("matched")),
        id=str(item.get("id", "")),
    )
