"""An index and what it knows of the store: how far it has come, and the way to go on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import msgspec

from byte.registry import records
from byte.registry.indexing import plan
from byte.registry.search.embeddings import Embedder
from byte.registry.search.entry import Entry, entry_of
from byte.registry.search.index import Followed, Index, IndexFileError, Turned
from byte.registry.search.patient import Patient
from byte.registry.store import Read, Store, events, operations, searched

AT_ONCE: Final = 8_000
"""About so many operations are read, and added, together."""
_EVENTS: Final = 1_000
_SERVICES: Final = 200
_HURRIED: Final = 10
"""How often a store that changes all the time is tried to be compared with."""
_FOLLOWED: Final = ("service.", "version.", "health.")
"""The events after which something else is to be found."""


class Mark(msgspec.Struct, frozen=True):
    """The last event that an index holds: its number, and when it was (another store has another there)."""

    number: int = 0
    at: int = 0


class _Kept(msgspec.Struct, frozen=True):
    """What is written down beside an index; `embeddings`: the setting that its vectors were made by."""

    embeddings: str
    mark: Mark
    services: dict[str, searched.Service]
    bare: tuple[str, ...] = ()


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Kept)


class Copy:
    """What the store has, as an index: `advance` until it says that there is no more, and again when there may be."""

    def __init__(self, index: Index, kept: _Kept | None = None) -> None:
        self.index = index
        self.mark = kept.mark if kept is not None else Mark()
        self.event = self.mark.number
        """The number of the last event after which it holds what the store has."""
        self.services = kept.services if kept is not None else {}
        self.bare: set[str] = set(kept.bare) if kept is not None else set()
        """The services whose operations came in without vectors."""
        self.changed = False
        """Whether it has changed since it was written down."""
        self.total = 0
        """How many operations the store had at the last comparison of all."""
        self._compared = False
        self._hurried = 0
        self._waiting: dict[str, int] = {}

    @property
    def complete(self) -> bool:
        """Whether it was compared with all of the store, and has nothing to make up."""
        return self._compared and not self._waiting

    def doubt(self) -> None:
        """Something went wrong: all of it is compared again."""
        self._compared = False

    def advance(self, store: Store) -> bool:
        """Does a part of what there is to do; whether there is more. Raises `UnavailableError`."""
        with store.reading() as read:
            if self._compared:
                self._look(read)
            if not self._compared:
                self._compare(read)
        self._make_up(store)
        if not self._waiting:
            self.event = self.mark.number
        return bool(self._waiting)

    def tidy(self) -> None:
        """Makes the index fast again after many changes; searches go on meanwhile."""
        self.index.tidy()

    def proven(self, store: Store) -> bool:
        """Whether it holds the very operations of the store, where the store stands still for so long.

        Raises `RuntimeError` where it holds others although it has seen everything: it cannot be trusted.
        """
        with store.reading() as read:
            if events.last(read) != self.mark.number:
                self._hurried += 1
                return self._hurried > _HURRIED
            same = self.index.ids() == frozenset(searched.ids(read))
        if not same:
            raise RuntimeError("the index does not hold what the store has")
        return True

    # --- what there is to do -------------------------------------------------------------------

    def _look(self, read: Read) -> None:
        """The services that something has happened to since the mark, which must still be what it was."""
        found = events.after(read, self.mark.number - 1, _EVENTS)
        before = found[0] if found else None
        if before is not None and (before.number, before.at) == (self.mark.number, self.mark.at):
            for event in found[1:]:
                if event.service is not None and event.type.startswith(_FOLLOWED):
                    self._waiting.setdefault(event.service, 0)
            self.mark = Mark(found[-1].number, found[-1].at)
        elif before is not None or events.last(read) != self.mark.number:
            # Events that it has not seen are forgotten already, or the store is another one.
            self._compared = False

    def _compare(self, read: Read) -> None:
        """All services that are not as the index has them."""
        number = events.last(read)
        last = events.get(read, number)
        now, counts = searched.find(read), self.index.counts()
        weights = {name: _weight(service) for name, service in now.items()}
        self.total = sum(weights.values())
        self._waiting = {
            name: weights.get(name, 0)
            for name in sorted({*now, *self.services})
            if now.get(name) != self.services.get(name) or self._odd(name, counts)
        }
        self.mark = Mark(number, last.at if last is not None else 0)
        self._compared = True

    def _odd(self, name: str, counts: Mapping[tuple[str, str], int]) -> bool:
        """Whether the index does not hold what it was given of a service; then all of it comes in anew."""
        known = self.services[name].versions
        if all(counts.get((name, label), 0) == known[label].operations for label in known):
            return False
        self.index.remove(self.index.ids(name))
        del self.services[name]
        return True

    # --- doing it ------------------------------------------------------------------------------

    def _make_up(self, store: Store) -> None:
        names = list(self._next())
        if not names:
            return
        with store.reading() as read:
            now = searched.find(read, names)
            todo = {
                name: tuple(plan.steps(self.services.get(name), now.get(name), anew=name in self.bare))
                for name in names
            }
            entries = [entry for name in names for entry in _read(read, now.get(name), todo[name])]
        if any(todo.values()):
            self.changed = True
            self._apply(todo, now, entries)
        for name in names:
            del self._waiting[name]
            self.services.pop(name, None)
            if name in now:
                self.services[name] = now[name]

    def _next(self) -> Iterator[str]:
        weight = 0
        for at, (name, more) in enumerate(self._waiting.items()):
            weight += more
            if at and (weight > AT_ONCE or at >= _SERVICES):
                return
            yield name

    def _apply(
        self, todo: Mapping[str, Sequence[plan.Step]], now: Mapping[str, searched.Service], entries: Sequence[Entry]
    ) -> None:
        """Takes steps, all of them at once: whoever searches meanwhile finds what was, or what is."""
        gone: set[str] = set()
        followed: list[Followed] = []
        turned: list[Turned] = []
        for name, steps in todo.items():
            for step in steps:
                match step:
                    case plan.Remove(label):
                        gone |= self.index.ids(name, label)
                    case plan.Turn(version):
                        turned.append(Turned(name, version.label, version.state))
                    case plan.Follow():
                        service = now[name]
                        followed.append(Followed(name, service.owner, service.health, service.latest))
        embedder = self.index.embedder
        missed: list[str] = []
        # Without vectors where there is nothing to make them with now.
        with embedder.lenient() if isinstance(embedder, Patient) else nullcontext(missed) as missed:
            left = sorted(gone.difference(entry.id for entry in entries))
            self.index.change(add=entries, remove=left, services=followed, versions=turned)
        self.bare.difference_update(todo)
        if missed:
            self.bare.update(entry.service for entry in entries)

    def embed(self) -> None:
        """What has no vectors gets them: all of it comes in again."""
        self._waiting |= {name: _weight(self.services[name]) for name in sorted(self.bare) if name in self.services}

    # --- on disk -------------------------------------------------------------------------------

    def save(self, path: Path, embeddings: str) -> None:
        """Writes it down, with what made its vectors. Raises `OSError`, `EmbedderError`; then it has changed still."""
        self.index.save(path, _ENCODER.encode(_Kept(embeddings, self.mark, self.services, tuple(sorted(self.bare)))))
        self.changed = False

    @classmethod
    def load(cls, path: Path, embedder: Embedder | None) -> "tuple[Copy, str]":
        """What was written down, and what made its vectors; they are left out where `embedder` is not that.

        Raises `IndexFileError` where it is damaged, and `OSError`.
        """
        index, mark = Index.load(path, embedder)
        try:
            kept = _DECODER.decode(mark)
        except msgspec.DecodeError:
            raise IndexFileError(f"`{path}` holds an index of another Byte.") from None
        return cls(index, kept), kept.embeddings


def _weight(service: searched.Service) -> int:
    return sum(version.operations for version in service.versions.values())


def _read(read: Read, service: searched.Service | None, steps: Sequence[plan.Step]) -> Iterator[Entry]:
    """The entries of the versions that come in."""
    if service is None:
        return
    of = records.Service(
        name=service.name,
        kind=service.kind,
        title=service.title,
        owner=service.owner,
        health=service.health,
        latest=service.latest,
    )
    for step in steps:
        if isinstance(step, plan.Add):
            for operation in operations.of_version(read, step.version.number):
                yield entry_of(operation, of)
