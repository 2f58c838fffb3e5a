"""Where operations belong, in numbers: services, versions, methods and tags, and which rows a filter lets through.

What is so of a service or a version is kept once, so that it changes at once for all operations.
"""

from typing import Final, Generic, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from byte.registry.records import HealthState, Kind, State
from byte.registry.search.entry import Entry
from byte.registry.search.lexical import Lists, Rows
from byte.registry.search.query import Filters

Mask = NDArray[np.bool_]
Key = TypeVar("Key")
LISTED: Final = ("active", "deprecated")
"""The states of versions that are searched unless others are asked for."""


class Service(msgspec.Struct, frozen=True):
    """What is so of a service: whatever its operations share."""

    name: str
    title: str = ""
    kind: Kind = "rest"
    owner: str | None = None
    health: HealthState = "unknown"


class Version(msgspec.Struct, frozen=True):
    """What is so of a version; `service` is the number of its service."""

    service: int
    label: str
    state: State = "active"
    current: bool = True


class Names(Generic[Key]):
    """Numbers for keys, from 0, in the order in which they come."""

    def __init__(self, keys: list[Key]) -> None:
        self.keys = keys
        self._numbers = {key: at for at, key in enumerate(keys)}

    def copy(self) -> "Names[Key]":
        copied: Names[Key] = Names([])
        copied.keys, copied._numbers = self.keys.copy(), self._numbers.copy()
        return copied

    def number(self, key: Key) -> int | None:
        return self._numbers.get(key)

    def learn(self, key: Key) -> int:
        number = self._numbers.setdefault(key, len(self.keys))
        if number == len(self.keys):
            self.keys.append(key)
        return number


class Columns(msgspec.Struct, frozen=True):
    """Of each row of a segment: the numbers of its version and method, whether it is deprecated; the rows of each tag."""

    version: Rows
    method: Rows
    deprecated: Mask
    tags: Lists


class Places(msgspec.Struct, frozen=True):
    """All services, versions, methods and tags; `services` and `versions` by their number.

    Those of a state of the index never change: what changes is a `copy`. (Methods and tags only get more.)
    """

    services: list[Service]
    versions: list[Version]
    service_names: Names[str]
    version_names: Names[tuple[int, str]]
    methods: Names[str]
    tags: Names[str]

    def copy(self) -> "Places":
        """Places that can change while these stay as they are."""
        return msgspec.structs.replace(
            self,
            services=self.services.copy(),
            versions=self.versions.copy(),
            service_names=self.service_names.copy(),
            version_names=self.version_names.copy(),
        )

    def take(self, entry: Entry) -> int:
        """The number of the version of an entry, with what the entry says of its service and version."""
        service = self.service_names.learn(entry.service)
        said = Service(entry.service, entry.service_title, entry.kind, entry.owner, entry.health)
        _put(self.services, service, said)
        version = self.version_names.learn((service, entry.version))
        _put(self.versions, version, Version(service, entry.version, entry.state, entry.current))
        return version

    def entry(self, kept: Entry, version: int) -> Entry:
        """An entry with what is so of its service and version now."""
        of = self.versions[version]
        service = self.services[of.service]
        return msgspec.structs.replace(
            kept,
            service_title=service.title,
            owner=service.owner,
            health=service.health,
            state=of.state,
            current=of.current,
        )

    def change_service(self, name: str, owner: str | None, health: HealthState, latest: str | None) -> None:
        """What is so of a service now; `latest` is the label of its latest version."""
        number = self.service_names.number(name)
        if number is None:
            return
        said = msgspec.structs.replace(self.services[number], owner=owner, health=health)
        self.services[number] = said
        for at, version in enumerate(self.versions):
            if version.service == number and version.current != (version.label == latest):
                self.versions[at] = msgspec.structs.replace(version, current=version.label == latest)

    def change_version(self, service: str, label: str, state: State) -> None:
        """The state that a version is in now."""
        of = self.service_names.number(service)
        number = None if of is None else self.version_names.number((of, label))
        if number is None:
            return
        self.versions[number] = msgspec.structs.replace(self.versions[number], state=state)

    def let_through(self, filters: Filters) -> Mask:
        """Which versions a filter lets through."""
        services = [_service_fits(service, filters) for service in self.services]
        return np.array([services[of.service] and _version_fits(of, filters) for of in self.versions], bool)

    def rows(self, columns: Columns, filters: Filters, versions: Mask) -> Mask:
        """Which rows of a segment a filter lets through, `versions` being those that it does."""
        through: Mask = versions[columns.version]
        if filters.method is not None:
            number = self.methods.number(filters.method.upper())
            through &= columns.method == (-1 if number is None else number)
        if filters.deprecated is not None:
            through &= columns.deprecated == filters.deprecated
        if filters.tag is not None:
            number = self.tags.number(filters.tag)
            tagged = np.zeros(len(through), bool)
            if number is not None:
                tagged[columns.tags.rows[columns.tags.place(number)]] = True
            through &= tagged
        return through


def places(services: list[Service], versions: list[Version], methods: list[str], tags: list[str]) -> Places:
    """Places of what was kept."""
    return Places(
        services,
        versions,
        Names([service.name for service in services]),
        Names([(version.service, version.label) for version in versions]),
        Names(methods),
        Names(tags),
    )


def _put(records: list[Key], at: int, record: Key) -> None:
    if at == len(records):
        records.append(record)
    elif records[at] != record:
        records[at] = record


def _service_fits(service: Service, filters: Filters) -> bool:
    return (
        filters.service in (None, service.name)
        and filters.kind in (None, service.kind)
        and filters.owner in (None, service.owner)
        and filters.health in (None, service.health)
    )


def _version_fits(version: Version, filters: Filters) -> bool:
    if filters.version is None and filters.state is None and not version.current:
        return False
    listed = version.state in LISTED if filters.state is None else version.state == filters.state
    return listed and filters.version in (None, version.label)
