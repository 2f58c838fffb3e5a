"""Where a registry is read from: a server, a file that one was exported to, or a store. One way to ask all of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from byte.model.errors import SourceError
from byte.registry import clock
from byte.registry.actors import Actor
from byte.registry.client import Client
from byte.registry.consumers import keep_consumer
from byte.registry.documents import LIMITS, read
from byte.registry.errors import NotFoundError, RegistryError
from byte.registry.lines import ConsumerLine, ServiceLine, VersionLine, decoded, document_of, longest, probe_of, split
from byte.registry.records import Consumer, Document, Kind, Service, State, Use
from byte.registry.store import Store, consumers, services, versions
from byte.sources import paths

_LIMIT: Final = 200
_PAGES: Final = 1_000
_CHUNK: Final = 1 << 20


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a service with its document. `sunset` is when a deprecated one ends (RFC 3339), None where none was said."""

    service: Service
    label: str
    state: State
    document: Document
    sunset: str | None = None

    def operations(self) -> tuple[str, ...]:
        """The names of its operations. Raises `SourceError` where the document cannot be read."""
        content = read(self.document.data, self.service.name, kind=self.service.kind)
        return tuple(operation.name for operation in content.operations)


class Place(Protocol):
    """A registry that can be asked. Every question raises `RegistryError`, `NotFoundError` where there is no such thing."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    def services(self) -> Iterable[Service]:
        """All services, by name."""

    def find(self, service: str) -> Service | None:
        """A service, None where there is none of that name."""

    def published(self, service: str, label: str | None = None) -> Published:
        """A version of a service, without a label its latest."""

    def consumers(self, service: str) -> tuple[Consumer, ...]:
        """Who uses a service, by name."""

    def declare(self, consumer: Consumer) -> bool:
        """Says what a consumer uses; whether that is something new."""


# --- a server ----------------------------------------------------------------------------------


class Served:
    """A registry that runs at an address."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def name(self) -> str:
        return self._client.server

    @property
    def client(self) -> Client:
        """The client that asks it."""
        return self._client

    def services(self) -> Iterator[Service]:
        yield from (_service(item) for item in self._all("/v1/services"))

    def find(self, service: str) -> Service | None:
        told = self._client.read(f"/v1/services/{_part(service)}")
        return None if told is None else _service(told)

    def published(self, service: str, label: str | None = None) -> Published:
        found = self.find(service)
        if found is None:
            raise _unknown(self.name, service)
        chosen = label or found.latest
        if chosen is None:
            raise NotFoundError(f"`{service}` has no version yet.")
        at = f"/v1/services/{_part(service)}/versions/{_part(chosen)}"
        told = self._client.read(at)
        document = self._client.request("GET", f"{at}/document")
        if told is None or document.status == 404:
            raise NotFoundError(f"`{service}` has no version `{chosen}`.")
        media = document.headers.get("content-type", "application/json").partition(";")[0]
        known: _ToldVersion = _converted(told, _ToldVersion)
        content = Document("", media, document.body)
        return Published(service=found, label=chosen, state=known.state, document=content, sunset=known.sunset_at)

    def consumers(self, service: str) -> tuple[Consumer, ...]:
        return tuple(_consumer(item) for item in self._all(f"/v1/services/{_part(service)}/consumers"))

    def declare(self, consumer: Consumer) -> bool:
        at = f"/v1/services/{_part(consumer.service)}/consumers/{_part(consumer.name)}"
        uses = [{"operation": u.operation, "reads": list(u.reads), "sends": list(u.sends)} for u in consumer.uses]
        body = msgspec.json.encode({"uses": uses, "evidence": list(consumer.evidence)})
        known = self._client.request("GET", at)
        etag = known.headers.get("etag", "*")
        held = {"If-None-Match": "*"} if known.status == 404 else {"If-Match": etag}
        answer = self._client.request("PUT", at, body, held)
        if answer.status == 404:
            raise _unknown(self.name, consumer.service)
        return answer.headers.get("etag") != known.headers.get("etag") or known.status == 404

    def _all(self, path: str) -> Iterator[dict[str, Any]]:
        """The items of all pages."""
        cursor = ""
        for _ in range(_PAGES):
            told = self._client.read(f"{path}?limit={_LIMIT}{f'&cursor={_part(cursor)}' if cursor else ''}")
            items = (told or {}).get("items")
            yield from (item for item in (items if isinstance(items, list) else ()) if isinstance(item, dict))
            found = parse_qs(urlsplit(str((told or {}).get("next") or "")).query).get("cursor")
            if not found:
                return
            cursor = found[0]


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a service that a server tells."""

    name: str
    kind: Kind = "rest"
    title: str = ""
    base_url: str | None = None
    latest: str | None = None


def _service(told: Mapping[str, Any]) -> Service:
    known = _converted(told, _Told)
    return Service(name=known.name, kind=known.kind, title=known.title, base_url=known.base_url, latest=known.latest)


class _ToldVersion(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a version that a server tells."""

    state: State
    sunset_at: str | None = None


class _ToldConsumer(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a consumer that a server tells."""

    service: str
    name: str
    uses: tuple[Use, ...] = ()
    evidence: tuple[str, ...] = ()


def _consumer(told: Mapping[str, Any]) -> Consumer:
    known = _converted(told, _ToldConsumer)
    return Consumer(service=known.service, name=known.name, uses=known.uses, evidence=known.evidence)


def _converted(told: Mapping[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(told, kind)
    except msgspec.ValidationError as error:
        raise RegistryError(f"The server does not answer as a registry does: {error}.") from None


def _part(name: str) -> str:
    return quote(name, safe="")


def _unknown(place: str, service: str) -> NotFoundError:
    return NotFoundError(f"There is no service `{paths.safe(service)}` in {paths.safe(place)}.")


# --- an export ---------------------------------------------------------------------------------


class Exported:
    """A registry as it was exported (`GET /v1/export`): lines of NDJSON. Documents are kept as they are until asked for."""

    def __init__(self, name: str, chunks: Iterable[bytes]) -> None:
        self._name = name
        self._services: dict[str, Service] = {}
        self._versions: dict[str, list[tuple[int, VersionLine]]] = {}
        self._consumers: dict[str, list[Consumer]] = {}
        for number, data in enumerate(split(chunks, longest(LIMITS.bytes)), 1):
            if data is None or not data.strip():
                continue
            self._take(number, decoded(number, data))

    @classmethod
    def of_file(cls, path: str) -> "Exported":
        """The export in a file. Raises `SourceError`, and `InvalidError` where a line is none."""
        return cls(path, _chunks(path))

    def _take(self, number: int, line: Any) -> None:
        if isinstance(line, ServiceLine):
            self._services[line.name] = Service(
                name=line.name, kind=line.kind, title=line.title, base_url=line.base_url, probe=probe_of(line),
                description=line.description, owner=line.owner, lifecycle=line.lifecycle, tags=line.tags,
            )  # fmt: skip
        elif isinstance(line, VersionLine) and line.service is not None and line.label is not None:
            self._versions.setdefault(line.service, []).append((number, line))
        elif isinstance(line, ConsumerLine):
            made = Consumer(service=line.service, name=line.name, uses=line.uses, evidence=line.evidence)
            self._consumers.setdefault(line.service, []).append(made)

    @property
    def name(self) -> str:
        return self._name

    def services(self) -> Iterator[Service]:
        for name in sorted(self._services):
            found = self.find(name)
            if found is not None:
                yield found

    def find(self, service: str) -> Service | None:
        found = self._services.get(service)
        latest = self._latest(service)
        if found is None:
            return None
        return msgspec.structs.replace(found, latest=latest[1].label if latest is not None else None)

    def published(self, service: str, label: str | None = None) -> Published:
        found = self.find(service)
        if found is None:
            raise _unknown(self.name, service)
        every = self._versions.get(service, [])
        chosen = self._latest(service) if label is None else next((one for one in every if one[1].label == label), None)
        number, line = chosen or (0, None)
        if line is None or line.label is None:
            raise NotFoundError(f"`{service}` has no version{f' `{label}`' if label else ' yet'}.")
        data = document_of(number, line)
        media = "application/json" if data[:1] in (b"{", b"[") else "application/yaml"
        sunset = line.sunset.astimezone(UTC).isoformat().replace("+00:00", "Z") if line.sunset is not None else None
        document = Document("", media, data)
        return Published(service=found, label=line.label, state=line.state, document=document, sunset=sunset)

    def consumers(self, service: str) -> tuple[Consumer, ...]:
        return tuple(sorted(self._consumers.get(service, ()), key=lambda one: one.name))

    def declare(self, consumer: Consumer) -> bool:
        raise RegistryError(f"{self._name} is an export and cannot be changed: name a registry with `--server`.")

    def _latest(self, service: str) -> tuple[int, VersionLine] | None:
        """As a registry chooses it: the last that is active, else the last of all; with the number of its line."""
        every = self._versions.get(service, [])
        active = [one for one in every if one[1].state == "active"]
        return next(iter((active or every)[-1:]), None)


# --- a store -----------------------------------------------------------------------------------


class Stored:
    """The registry of a store."""

    def __init__(self, store: Store, who: Actor) -> None:
        self._store = store
        self._who = who

    @property
    def name(self) -> str:
        return "this registry"

    def services(self) -> Iterator[Service]:
        cursor: str | None = None
        while True:
            with self._store.reading() as reading:
                page = services.page(reading, services.ALL, "name", _LIMIT, cursor)
            yield from page.items
            cursor = page.next
            if cursor is None:
                return

    def find(self, service: str) -> Service | None:
        with self._store.reading() as reading:
            return services.find(reading, service)

    def published(self, service: str, label: str | None = None) -> Published:
        with self._store.reading() as reading:
            found = services.get(reading, service)
            if label is None and found.latest is None:
                raise NotFoundError(f"`{service}` has no version yet.")
            version = versions.get(reading, service, label or found.latest or "")
            document = versions.document(reading, version.document)
        sunset = clock.shown(version.sunset) if version.sunset is not None else None
        return Published(service=found, label=version.label, state=version.state, document=document, sunset=sunset)

    def consumers(self, service: str) -> tuple[Consumer, ...]:
        with self._store.reading() as reading:
            return consumers.uses_of(reading, service)

    def declare(self, consumer: Consumer) -> bool:
        with self._store.writing() as write:
            services.get(write, consumer.service)
            old = consumers.find(write, consumer.service, consumer.name)
            return keep_consumer(write, self._who, consumer) != old


def _chunks(path: str) -> Iterator[bytes]:
    try:
        with Path(path).open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise SourceError(f"`{paths.safe(path)}` cannot be read ({said}).") from None
