"""What a registry answers to a review: the port of `byte.model.ports` over any place that a registry is read from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from byte.model.consulted import Similar
from byte.model.contract import Operation
from byte.model.difference import Comparison
from byte.model.errors import ByteError
from byte.model.fields import called
from byte.model.ports import Consumers
from byte.model.routes import for_tools
from byte.registry import documents, impact
from byte.registry.errors import NotFoundError, RegistryError
from byte.registry.places import Place, Published, Served
from byte.registry.records import Content, Service

ALIKE: Final = 0.7
"""The score from which an operation counts as one that does the same."""
_HITS: Final = 3
_LIMIT: Final = 10
_TEXT: Final = 300
_WORD: Final = 60
_ENOUGH: Final = 3
"""Words that say what an operation is about."""
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
        self._failed: RegistryError | None = None

    def consumers(self, comparisons: Sequence[Comparison]) -> Consumers:
        """Who is broken. Raises `RegistryError`, `NotFoundError` where the project is no registered service."""
        try:
            return self._consumers(comparisons)
        except NotFoundError:
            raise
        except RegistryError as error:
            # Who does not answer once is not waited for again.
            self._failed = error
            raise

    def _consumers(self, comparisons: Sequence[Comparison]) -> Consumers:
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
        if self._failed is not None:
            raise self._failed
        search = self._remote if isinstance(self._place, Served) else self._local()
        return [self._others(operation, search(operation)) for operation in operations]

    def _others(self, operation: Operation, hits: Iterable[Similar]) -> tuple[Similar, ...]:
        """Those that are good enough, of other services: with the same method, for one thing where it is for one, for many
        where it is for many. Every service has health checks and documentation of its own.
        """
        if for_tools(operation.path):
            return ()
        wanted = (operation.method.upper(), _is_one(operation.path))
        found = [hit for hit in hits if hit.score >= ALIKE and hit.service != self._service]
        return tuple(hit for hit in found if _shape(hit.operation) == wanted)[:_HITS]

    # --- a server ------------------------------------------------------------------------------

    def _remote(self, operation: Operation) -> list[Similar]:
        assert isinstance(self._place, Served)
        method = operation.method.upper()
        told = self._place.client.searched(
            {"q": question(operation), "method": method, "deprecated": False, "limit": _LIMIT}
        )
        items = told["items"] if told["answer"] == "good" else []
        return [
            Similar(
                service=str(item["service"])[:_TEXT],
                operation=str(item["name"])[:_TEXT],
                score=min(float(item["score"]), 1.0),
                reason=matched(item["matched"]),
                id=str(item.get("id", ""))[:_TEXT],
            )
            for item in items
        ]

    # --- a file, or a store --------------------------------------------------------------------

    def _local(self) -> Callable[[Operation], list[Similar]]:
        """A search in what the place holds: by words and by meaning, as `byte search` does in files."""
        try:
            search, local, query, choice = (
                import_module(f"byte.registry.search.{name}") for name in ("index", "local", "query", "choice")
            )
        except ModuleNotFoundError:
            raise RegistryError(
                "What is there already is not known: install 'byte-review[search]' to search in a file."
            ) from None
        index = search.Index(_embedder(choice))
        size = 0
        for service in self._place.services():
            content, published = self._content(service)
            if published is None or content is None:
                continue
            size += len(published.document.data)
            if size > _LARGEST:
                raise RegistryError(f"`{self._place.name}` is too large to be searched here: name a server instead.")
            index.add(list(local.entries(content, service.name, published.label)))

        def find(operation: Operation) -> list[Similar]:
            filters = query.Filters(method=operation.method.upper(), deprecated=False)
            results = index.search(query.Query(text=question(operation), limit=_LIMIT, filters=filters))
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

    def _content(self, service: Service) -> tuple[Content | None, Published | None]:
        """What the latest version of a service says, where it is in use and can be read."""
        if service.latest is None or service.name == self._service:
            return None, None
        try:
            published = self._place.published(service.name)
            if published.state not in ("active", "deprecated"):
                return None, None
            return documents.read(published.document.data, service.name, kind=service.kind), published
        except ByteError:
            return None, None


def _embedder(choice: Any) -> Any:
    """The model in the box, None where it cannot be had: search is then by words alone."""
    try:
        return choice.opened(choice.STATIC)
    except ByteError:
        return None


def _shape(name: str) -> tuple[str, bool]:
    """The method of an operation, and whether its path ends in a parameter."""
    method, _, path = name.partition(" ")
    return method, _is_one(path)


def _is_one(path: str) -> bool:
    return path.rstrip("/").endswith("}")


def question(operation: Operation) -> str:
    """What is looked for: what an operation says that it does; where that is little ("Get all") its path beside it."""
    body = operation.body
    said = [body.get("summary"), body.get("operationId")]
    words = next((text for text in said if isinstance(text, str) and text.strip()), "")
    path = " ".join(part for part in operation.path.split("/") if part and "{" not in part)
    said_enough = len(words.split()) >= _ENOUGH
    asked = "".join(char if char.isprintable() else " " for char in (words if said_enough else f"{words} {path}"))
    return " ".join(asked.split())[:_TEXT].strip() or called(operation.name)


def matched(words: Mapping[str, Sequence[str]]) -> str:
    """Why something was found: the words that both have."""
    said = dict.fromkeys(str(word)[:_WORD] for held in words.values() for word in held)
    return f"both say {', '.join(f'`{word}`' for word in list(said)[:5])}" if said else "it means nearly the same"
