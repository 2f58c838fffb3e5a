"""The index: operations in memory, searched, changed and kept on disk."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Self

import msgspec
import numpy as np

from byte.registry.records import HealthState, State
from byte.registry.search import files, kept
from byte.registry.search.calibration import SEMANTIC, Evidence, Spread, answered, likelihood, spread_of
from byte.registry.search.embeddings import Embedder, EmbedderError, Vectors, is_quick
from byte.registry.search.entry import Entry, text_of
from byte.registry.search.explain import matched, shown_of
from byte.registry.search.files import IndexFileError
from byte.registry.search.lexical import RECIPE, Lexicon, Term, corrections, terms_of
from byte.registry.search.places import Mask, Places, places
from byte.registry.search.query import ALL, Arms, Filters, Hit, Query, Results, Twin
from byte.registry.search.ranking import Ranked, Weighed, best, weighed
from byte.registry.search.segment import Segment, Snapshot, ids_of, made, merged
from byte.registry.search.twins import alike
from byte.registry.search.vectors import Codes, Shape, codes_of, vectors_of
from byte.registry.search.words import sentences_of

__all__ = ["BATCH", "LONG", "Index", "IndexFileError"]

BATCH: Final = 16_384
"""How many operations are taken in at once: a segment of its own."""
SMALL: Final = 4_096
"""Up to how many operations segments are merged when others are added: in some milliseconds."""
_WASTE: Final = 0.2
"""The share of rows that are gone from which on `tidy` takes them out."""
_MASKS: Final = 32
"""How many filters are remembered."""
_GROUPED: Final = 8
"""How many hits are looked at for each service that is asked for."""
LONG: Final = 2_000
"""Characters of a question that an embedding reads."""


class Asked(msgspec.Struct, frozen=True):
    """A question as the lexical arm reads it."""

    terms: list[Term]
    unknown: list[str]


class Index:
    """Operations that can be searched by words and by meaning.

    Searches run beside changes, from any thread: each sees one state of the index. Changes wait for each other.
    """

    def __init__(self, embedder: Embedder | None = None, *, shape: Shape = "auto") -> None:
        self._embedder = embedder
        self._shape = shape
        self._measured: Spread | None = None
        self._lexicon = Lexicon()
        self._places: Places = places([], [], [], [])
        self._rows: dict[str, int] = {}
        self._now = Snapshot()
        self._masks: dict[tuple[int, Filters], Mask] = {}
        self._changing = threading.RLock()

    @property
    def embedder(self) -> Embedder | None:
        """What its vectors are made with; None where it has none: results are then lexical."""
        return self._embedder

    @property
    def _spread(self) -> Spread:
        """Measured when it is needed first: a model that is asked over the network is not asked before."""
        if self._measured is None:
            self._measured = Spread() if self._embedder is None else spread_of(self._embedder)
        return self._measured

    def __len__(self) -> int:
        """How many operations it holds."""
        return len(self._rows)

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    def ids(self, service: str | None = None, version: str | None = None) -> frozenset[str]:
        """The ids that it holds: all, those of a service, or those of one of its versions."""
        with self._changing:
            if service is None:
                return frozenset(self._rows)
            places, now = self._places, self._now
            number = places.service_names.number(service)
            wanted = np.array([of.service == number and version in (None, of.label) for of in places.versions], bool)
            return frozenset(
                segment.packed.entry(int(row)).id
                for segment in now.segments
                for row in np.flatnonzero(wanted[segment.columns.version] & now.alive[segment.rows])
            )

    def get(self, id: str) -> Entry | None:
        """An entry as it is now, None where there is none."""
        with self._changing:
            row = self._rows.get(id)
            return None if row is None else self._now.entry(row, self._places)

    def entries(self) -> Iterator[Entry]:
        """All entries, in the order in which they came."""
        now = self._now
        for row in np.flatnonzero(now.alive).tolist():
            yield now.entry(row, self._places)

    # --- changes ---------------------------------------------------------------------------------

    def add(self, entries: Sequence[Entry]) -> None:
        """Adds operations; one whose id is there already takes its place. What they say of their service and version

        (`service_title`, `owner`, `health`, `current`, `state`) holds for all operations of these from then on.
        """
        unique = list({entry.id: entry for entry in entries}.values())
        for at in range(0, len(unique), BATCH):
            batch = unique[at : at + BATCH]
            # The slow part is done before others have to wait.
            codes = self._codes(batch)
            with self._changing:
                self._append(batch, codes)

    def _codes(self, entries: Sequence[Entry]) -> Codes | None:
        if self._embedder is None:
            return None
        return codes_of(self._embedder.encode([text_of(entry) for entry in entries]))

    def _append(self, entries: Sequence[Entry], codes: Codes | None) -> None:
        now = self._now
        base = len(now.alive)
        new = made(base, entries, codes, self._lexicon, self._places)
        alive = np.append(now.alive, np.ones(len(entries), bool))
        gone = [row for entry in entries if (row := self._rows.get(entry.id)) is not None]
        alive[gone] = False
        self._rows.update((entry.id, base + at) for at, entry in enumerate(entries))
        self._put(_settled((*now.segments, new)), alive)

    def _put(self, segments: tuple[Segment, ...], alive: Mask) -> None:
        self._now = Snapshot(segments, alive, self._now.generation + 1)
        self._masks = {}

    def remove(self, ids: Iterable[str]) -> int:
        """Takes operations out; how many of them were there."""
        with self._changing:
            rows = [row for id in ids if (row := self._rows.pop(id, None)) is not None]
            if rows:
                alive = self._now.alive.copy()
                alive[rows] = False
                self._put(self._now.segments, alive)
            return len(rows)

    def change_service(self, name: str, *, owner: str | None, health: HealthState, latest: str | None) -> None:
        """What is so of a service now: `latest` is the label of its latest version. In no time, however large it is."""
        with self._changing:
            number = self._places.service_names.number(name)
            if number is None:
                return
            self._places.change_service(number, owner, health, latest)
            self._put(self._now.segments, self._now.alive)

    def change_version(self, service: str, version: str, *, state: State) -> None:
        """The state that a version is in now."""
        with self._changing:
            number = self._places.service_names.number(service)
            found = None if number is None else self._places.version_names.number((number, version))
            if found is None:
                return
            self._places.change_version(found, state)
            self._put(self._now.segments, self._now.alive)

    def tidy(self) -> None:
        """Makes the index small and fast again after many changes: for whoever has a moment (some seconds at most)."""
        with self._changing:
            now = self._now
            if not now.segments:
                return
            gone = len(now.alive) - int(np.count_nonzero(now.alive))
            if gone > _WASTE * len(now.alive):
                whole = merged(now.segments, self._shape, now.alive)
                self._put((whole,) if len(whole) else (), np.ones(len(whole), bool))
                self._rows = {id: row for row, id in enumerate(ids_of(whole))}
            elif len(now.segments) > 1:
                self._put((merged(now.segments, self._shape),), now.alive)

    def embedded(self, embedder: Embedder | None) -> "Index":
        """The same operations with the vectors of another model; this index goes on answering meanwhile."""
        new = Index(embedder, shape=self._shape)
        batch: list[Entry] = []
        for entry in self.entries():
            batch.append(entry)
            if len(batch) == BATCH:
                new.add(batch)
                batch = []
        new.add(batch)
        new.tidy()
        return new

    # --- questions -------------------------------------------------------------------------------

    def search(self, query: Query) -> Results:
        """What is found for a question."""
        now = self._now
        allowed = self._allowed(now, query.filters)
        terms, unknown = terms_of(query.text, self._lexicon)
        vector, sentences, spread, reason = self._meant(query.text[:LONG])
        asked = Asked(terms, unknown)
        most = query.limit * _GROUPED if query.group else query.limit
        words, used = self._weighed(now, asked, allowed)
        ranked = best(now, words.scores, vector, allowed, spread, most, sentences)
        chosen, others = _grouped(now, ranked, self._places, query.limit) if query.group else (ranked, {})
        shown = shown_of(used)
        hits = _falling(self._hit(now, one, words, shown, others.get(one.row, 0)) for one in chosen)
        answer, said = answered([hit.score for hit in hits])
        return Results(hits=hits, answer=answer, arms=_arms(vector), reason=f"{said} {reason}".strip())

    def _meant(self, text: str) -> tuple[Vectors | None, list[Vectors], Spread, str]:
        """The vector of a question, those of its sentences (of a quick model), how far those of others are from each

        other, and why there is none.
        """
        if self._embedder is None:
            return None, [], Spread(), ""
        parts = sentences_of(text) if is_quick(self._embedder) else ()
        try:
            vector, *sentences = (self._embedder.encode_query(part) for part in (text, *parts))
            return vector, sentences, self._spread, ""
        except EmbedderError as error:
            return None, [], Spread(), str(error)

    def _weighed(self, now: Snapshot, asked: Asked, allowed: Mask) -> tuple[Weighed, list[Term]]:
        """The lexical arm; words that are found nowhere are taken for slips of others."""
        found = weighed(now, asked.terms, allowed, len(asked.unknown))
        meant = list(corrections((*asked.unknown, *found.missing), self._lexicon))
        if not meant:
            return found, asked.terms
        terms = [*asked.terms, *meant]
        return weighed(now, terms, allowed, len(asked.unknown)), terms

    def _allowed(self, now: Snapshot, filters: Filters) -> Mask:
        masks = self._masks
        key = (now.generation, filters)
        mask = masks.get(key)
        if mask is None:
            versions = self._places.let_through(filters)
            mask = now.alive.copy()
            for segment in now.segments:
                mask[segment.rows] &= self._places.rows(segment.columns, filters, versions)
            if len(masks) < _MASKS:
                masks[key] = mask
        return mask

    def _hit(
        self, now: Snapshot, one: Ranked, words: Weighed, shown: dict[int, tuple[str, ...]], others: int = 0
    ) -> Hit:
        entry = now.entry(one.row, self._places)
        parts = one.lexical, max(one.semantic or 0.0, 0.0)
        share = parts[0] / sum(parts) if any(parts) else 0.0
        return Hit(
            id=entry.id,
            score=likelihood(Evidence(one.lexical, one.semantic, words.mass, words.rarest)),
            lexical=round(share, 4),
            semantic=round(1 - share, 4),
            matched=matched(entry, shown, self._lexicon),
            entry=entry,
            others=others,
        )

    def like(self, id: str, limit: int = 10, filters: Filters = ALL, *, others: bool = False) -> Results:
        """Operations that say nearly the same as one of the index; `others`: of other services only.

        A score is how alike they are, 1 for the same. Nothing where there is no such id.
        """
        with self._changing:
            now, row = self._now, self._rows.get(id)
        if row is None:
            return Results(reason=f"There is no operation `{id}`.")
        allowed = self._allowed(now, filters).copy()
        if others:
            self._without_service_of(now, row, allowed)
        allowed[row] = True
        terms, _ = terms_of(text_of(now.entry(row, self._places)), self._lexicon)
        words = weighed(now, terms, allowed)
        segment, at = now.of(row)
        vector = None if segment.space is None else vectors_of(segment.space.codes[at])
        ranked = [one for one in best(now, words.scores, vector, allowed, self._spread, limit + 1) if one.row != row]
        shown, itself = shown_of(terms), float(words.scores[row])
        hits = _falling(
            msgspec.structs.replace(self._hit(now, one, words, shown), score=self._likeness(one, itself))
            for one in ranked[:limit]
        )
        return Results(hits=hits, answer="good" if hits else "none", arms=_arms(vector))

    def _without_service_of(self, now: Snapshot, row: int, allowed: Mask) -> None:
        segment, at = now.of(row)
        own = self._places.versions[int(segment.columns.version[at])].service
        versions = np.array([version.service != own for version in self._places.versions], bool)
        for one in now.segments:
            allowed[one.rows] &= versions[one.columns.version]

    def _likeness(self, one: Ranked, itself: float) -> float:
        """The mean of what both arms say: the share of its own words' worth that another has, and the cosine."""
        words = min(one.lexical / itself, 1.0) if itself else 0.0
        if one.semantic is None:
            return round(words, 4)
        cosine = one.semantic * self._spread.spread / SEMANTIC + self._spread.mean
        return round((words + min(max(cosine, 0.0), 1.0)) / 2, 4)

    def twins(self, threshold: float = 0.9, limit: int = 100, filters: Filters = ALL) -> tuple[Twin, ...]:
        """Pairs of operations of different services that say nearly the same (by their vectors), most alike first.

        With `filters.service`, what that service has in common with the others. Every operation is compared with every
        other: a second for 20,000, a minute for 125,000; nothing without an embedder.
        """
        now = self._now
        everywhere = self._allowed(now, msgspec.structs.replace(filters, service=None))
        rows = np.flatnonzero(everywhere)
        if self._embedder is None or not len(rows):
            return ()
        codes = np.concatenate([s.space.codes for s in now.segments if s.space is not None])[rows]
        versions = np.concatenate([segment.columns.version for segment in now.segments])[rows]
        services = np.array([version.service for version in self._places.versions], np.int64)[versions]
        left = self._allowed(now, filters)[rows]
        return tuple(
            Twin(
                first=now.entry(int(rows[first]), self._places),
                second=now.entry(int(rows[second]), self._places),
                score=round(score, 4),
            )
            for first, second, score in alike(codes, services, left, threshold, limit)
        )

    # --- files -----------------------------------------------------------------------------------

    def save(self, path: Path, mark: bytes) -> None:
        """Writes the index to a file, whole or not at all, with a mark that is its keeper's own."""
        with self._changing:
            now, places, lexicon = self._now, self._places, self._lexicon
            said = kept.Said(
                recipe=RECIPE,
                mark=mark,
                embedder=None if self._embedder is None else self._embedder.identity,
                spread=self._spread,
                segments=len(now.segments),
                services=places.services,
                versions=places.versions,
                methods=places.methods.keys,
                tags=places.tags.keys,
                stems=lexicon.stems,
                forms=list(lexicon.forms),
            )
            encoded = msgspec.json.encode(said)
        files.write(path, encoded, kept.laid_out(now))

    @classmethod
    def load(cls, path: Path, embedder: Embedder | None = None, *, shape: Shape = "auto") -> tuple[Self, bytes]:
        """An index and its mark from a file. Vectors of another embedder are left out: `embedder` is then None.

        Raises `IndexFileError` where the file is damaged or no index, `FileNotFoundError` where there is none.
        """
        encoded, arrays = files.read(path)
        try:
            said = msgspec.json.decode(encoded, type=kept.Said)
            same = embedder is not None and said.embedder == embedder.identity
            index = cls(shape=shape)
            index._embedder = embedder if same else None
            index._measured = said.spread if same else None
            index._lexicon, index._places = kept.lexicon_of(said), kept.places_of(said)
            index._now = kept.snapshot_of(said, arrays, shape, vectors=same)
        except (msgspec.MsgspecError, KeyError, ValueError) as error:
            raise IndexFileError(f"`{path}` cannot be read ({error}): it is to be built anew.") from error
        alive = index._now.alive.tolist()
        ids = (id for segment in index._now.segments for id in ids_of(segment))
        index._rows = {id: row for row, id in enumerate(ids) if alive[row]}
        return index, said.mark


def _settled(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Segments, the last ones merged while they are small and not much smaller than the one before."""
    while len(segments) > 1:
        before, last = segments[-2:]
        if 2 * len(last) < len(before) or len(before) + len(last) > SMALL:
            break
        segments = (*segments[:-2], merged((before, last)))
    return segments


def _falling(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits in their order, none more likely than the one before: what both arms say together decides which is better."""
    found: list[Hit] = []
    for hit in hits:
        least = found[-1].score if found else 1.0
        found.append(hit if hit.score <= least else msgspec.structs.replace(hit, score=least))
    return tuple(found)


def _arms(vector: Vectors | None) -> Arms:
    return "lexical" if vector is None or not vector.any() else "lexical+semantic"


def _grouped(
    now: Snapshot, ranked: Sequence[Ranked], places: Places, limit: int
) -> tuple[list[Ranked], dict[int, int]]:
    """The best of each service, and how many others of its service were found."""
    first: dict[int, Ranked] = {}
    others: dict[int, int] = {}
    for one in ranked:
        segment, at = now.of(one.row)
        service = places.versions[int(segment.columns.version[at])].service
        best = first.setdefault(service, one)
        others[best.row] = others.get(best.row, -1) + 1
    return list(first.values())[:limit], others
