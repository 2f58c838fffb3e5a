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
from byte.registry.search.lexical import LONG, RECIPE, Lexicon, Term, corrections, terms_of
from byte.registry.search.places import Mask, places
from byte.registry.search.query import ALL, Arms, Filters, Hit, Query, Results, Twin
from byte.registry.search.ranking import Ranked, Weighed, best, weighed
from byte.registry.search.segment import Segment, Snapshot, ids_of, made, merged
from byte.registry.search.twins import alike
from byte.registry.search.vectors import Codes, Shape, codes_of, vectors_of
from byte.registry.search.words import sentences_of

__all__ = ["BATCH", "LONG", "Followed", "Index", "IndexFileError", "Turned"]

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


class Asked(msgspec.Struct, frozen=True):
    """A question as the lexical arm reads it."""

    terms: list[Term]
    unknown: list[str]


class Followed(msgspec.Struct, frozen=True):
    """What is so of a service now: `latest` is the label of its latest version."""

    service: str
    owner: str | None
    health: HealthState
    latest: str | None


class Turned(msgspec.Struct, frozen=True):
    """The state that a version is in now."""

    service: str
    version: str
    state: State


class Index:
    """Operations that can be searched by words and by meaning.

    Searches run beside changes, from any thread: each sees one state of the index. Changes wait for each other.
    """

    def __init__(self, embedder: Embedder | None = None, *, shape: Shape = "auto") -> None:
        self._embedder = embedder
        self._shape = shape
        self._measured: Spread | None = None
        self._lexicon = Lexicon()
        self._rows: dict[str, int] = {}
        self._now = Snapshot((), np.zeros(0, bool), places([], [], [], []))
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
            now = self._now
            places = now.places
            number = places.service_names.number(service)
            wanted = np.array([of.service == number and version in (None, of.label) for of in places.versions], bool)
            return frozenset(
                segment.packed.entry(int(row)).id
                for segment in now.segments
                for row in np.flatnonzero(wanted[segment.columns.version] & now.alive[segment.rows])
            )

    def counts(self) -> dict[tuple[str, str], int]:
        """How many operations it holds of each service and version, where any."""
        with self._changing:
            now = self._now
            rows = [segment.columns.version[now.alive[segment.rows]] for segment in now.segments]
            held = np.bincount(np.concatenate(rows)).tolist() if rows else []
            return {
                (now.places.services[of.service].name, of.label): count
                for of, count in zip(now.places.versions, held, strict=False)
                if count
            }

    def get(self, id: str) -> Entry | None:
        """An entry as it is now, None where there is none."""
        now, row = self._find(id)
        return None if row is None else now.entry(row)

    def _find(self, id: str) -> tuple[Snapshot, int | None]:
        """A state of the index, and the row of an operation there."""
        now, row = self._now, self._rows.get(id)
        if row is None or (row < len(now.alive) and now.alive[row] and now.entry(row).id == id):
            return now, row
        # It is another state's: whoever makes that is waited for, some seconds at most.
        with self._changing:
            return self._now, self._rows.get(id)

    def entries(self) -> Iterator[Entry]:
        """All entries, in the order in which they came."""
        now = self._now
        for row in np.flatnonzero(now.alive).tolist():
            yield now.entry(row)

    # --- changes ---------------------------------------------------------------------------------

    def add(self, entries: Sequence[Entry]) -> None:
        """Adds operations; one whose id is there already takes its place. What they say of their service and version

        (`service_title`, `owner`, `health`, `current`, `state`) holds for all operations of these from then on.
        """
        self.change(add=entries)

    def remove(self, ids: Iterable[str]) -> int:
        """Takes operations out; how many of them were there."""
        return self.change(remove=ids)

    def change(
        self,
        *,
        add: Sequence[Entry] = (),
        remove: Iterable[str] = (),
        services: Iterable[Followed] = (),
        versions: Iterable[Turned] = (),
    ) -> int:
        """Adds and takes out operations, and then changes what is so of services and versions: all of it at once for

        whoever searches (but more than `BATCH` new ones, which come in parts). How many were there of those taken out.
        """
        unique = list({entry.id: entry for entry in add}.values())
        *parts, last = (unique[at : at + BATCH] for at in range(0, len(unique) or 1, BATCH))
        for part in parts:
            codes = self._codes(part)
            with self._changing:
                self._put(self._with(self._now, part, codes))
        # The slow part is done before others have to wait.
        codes = self._codes(last)
        with self._changing:
            now = self._with(self._now, last, codes)
            held = len(self._rows)
            self._put(_so(self._without(now, remove), services, versions))
            return held - len(self._rows)

    def _codes(self, entries: Sequence[Entry]) -> Codes | None:
        if self._embedder is None or not entries:
            return None
        return codes_of(self._embedder.encode([text_of(entry) for entry in entries]))

    def _with(self, now: Snapshot, entries: Sequence[Entry], codes: Codes | None) -> Snapshot:
        """A state with more operations."""
        if not entries:
            return now
        base, places = len(now.alive), now.places.copy()
        new = made(base, entries, codes, self._lexicon, places)
        alive = np.append(now.alive, np.ones(len(entries), bool))
        alive[[row for entry in entries if (row := self._rows.get(entry.id)) is not None]] = False
        self._rows.update((entry.id, base + at) for at, entry in enumerate(entries))
        return Snapshot(_settled((*now.segments, new)), alive, places)

    def _without(self, now: Snapshot, ids: Iterable[str]) -> Snapshot:
        rows = [row for id in ids if (row := self._rows.pop(id, None)) is not None]
        if not rows:
            return now
        alive = now.alive.copy()
        alive[rows] = False
        return msgspec.structs.replace(now, alive=alive)

    def _put(self, now: Snapshot) -> None:
        if now is not self._now:
            self._now = msgspec.structs.replace(now, generation=self._now.generation + 1)
            self._masks = {}

    def tidy(self) -> None:
        """Makes the index small and fast again after many changes: for whoever has a moment (some seconds at most)."""
        with self._changing:
            now = self._now
            if not now.segments:
                return
            gone = len(now.alive) - int(np.count_nonzero(now.alive))
            if gone > _WASTE * len(now.alive):
                whole = merged(now.segments, self._shape, now.alive)
                self._put(Snapshot((whole,) if len(whole) else (), np.ones(len(whole), bool), now.places))
                self._rows = {id: row for row, id in enumerate(ids_of(whole))}
            elif len(now.segments) > 1:
                self._put(msgspec.structs.replace(now, segments=(merged(now.segments, self._shape),)))

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
        chosen, others = _grouped(now, ranked, query.limit) if query.group else (ranked, {})
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
            versions = now.places.let_through(filters)
            mask = now.alive.copy()
            for segment in now.segments:
                mask[segment.rows] &= now.places.rows(segment.columns, filters, versions)
            if len(masks) < _MASKS:
                masks[key] = mask
        return mask

    def _hit(
        self, now: Snapshot, one: Ranked, words: Weighed, shown: dict[int, tuple[str, ...]], others: int = 0
    ) -> Hit:
        entry = now.entry(one.row)
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
        now, row = self._find(id)
        if row is None:
            return Results(reason=f"There is no operation `{id}`.")
        allowed = self._allowed(now, filters).copy()
        if others:
            self._without_service_of(now, row, allowed)
        allowed[row] = True
        terms, _ = terms_of(text_of(now.entry(row)), self._lexicon)
        words = weighed(now, terms, allowed)
        vector, spread, reason = self._vector_of(now, row)
        ranked = [one for one in best(now, words.scores, vector, allowed, spread, limit + 1) if one.row != row]
        shown, itself = shown_of(terms), float(words.scores[row])
        hits = _falling(
            msgspec.structs.replace(self._hit(now, one, words, shown), score=_likeness(one, itself, spread))
            for one in ranked[:limit]
        )
        return Results(hits=hits, answer="good" if hits else "none", arms=_arms(vector), reason=reason)

    def _vector_of(self, now: Snapshot, row: int) -> tuple[Vectors | None, Spread, str]:
        """The vector of a row, how far those of others are from each other, and why that is not known."""
        segment, at = now.of(row)
        if segment.space is None:
            return None, Spread(), ""
        try:
            return vectors_of(segment.space.codes[at]), self._spread, ""
        except EmbedderError as error:
            return None, Spread(), str(error)

    def _without_service_of(self, now: Snapshot, row: int, allowed: Mask) -> None:
        segment, at = now.of(row)
        own = now.places.versions[int(segment.columns.version[at])].service
        versions = np.array([version.service != own for version in now.places.versions], bool)
        for one in now.segments:
            allowed[one.rows] &= versions[one.columns.version]

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
        services = np.array([version.service for version in now.places.versions], np.int64)[versions]
        left = self._allowed(now, filters)[rows]
        return tuple(
            Twin(
                first=now.entry(int(rows[first])),
                second=now.entry(int(rows[second])),
                score=score,
            )
            for first, second, score in alike(codes, services, left, threshold, limit)
        )

    # --- files -----------------------------------------------------------------------------------

    def save(self, path: Path, mark: bytes) -> None:
        """Writes the index to a file, whole or not at all, with a mark that is its keeper's own."""
        with self._changing:
            now, lexicon = self._now, self._lexicon
            places = now.places
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
            index._lexicon = kept.lexicon_of(said)
            index._now = kept.snapshot_of(said, arrays, shape, vectors=same)
            ids = (id for segment in index._now.segments for id in ids_of(segment))
            each = zip(ids, index._now.alive.tolist(), strict=True)
            index._rows = {id: row for row, (id, alive) in enumerate(each) if alive}
        except (msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
            raise IndexFileError(f"`{path}` cannot be read ({error}): it is to be built anew.") from error
        return index, said.mark


def _settled(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Segments, the last ones merged while they are small and not much smaller than the one before."""
    while len(segments) > 1:
        before, last = segments[-2:]
        if 2 * len(last) < len(before) or len(before) + len(last) > SMALL:
            break
        segments = (*segments[:-2], merged((before, last)))
    return segments


def _so(now: Snapshot, services: Iterable[Followed], versions: Iterable[Turned]) -> Snapshot:
    """A state in which other things are so of services and versions: in no time, however large they are."""
    followed, turned = tuple(services), tuple(versions)
    if not followed and not turned:
        return now
    held = now.places.copy()
    for of in turned:
        held.change_version(of.service, of.version, of.state)
    for one in followed:
        held.change_service(one.service, one.owner, one.health, one.latest)
    return msgspec.structs.replace(now, places=held)


def _falling(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits in their order, none more likely than the one before: what both arms say together decides which is better."""
    found: list[Hit] = []
    for hit in hits:
        least = found[-1].score if found else 1.0
        found.append(hit if hit.score <= least else msgspec.structs.replace(hit, score=least))
    return tuple(found)


def _likeness(one: Ranked, itself: float, spread: Spread) -> float:
    """The mean of what both arms say: the share of its own words' worth that another has, and the cosine."""
    words = min(one.lexical / itself, 1.0) if itself else 0.0
    if one.semantic is None:
        return round(words, 4)
    cosine = one.semantic * spread.spread / SEMANTIC + spread.mean
    return round((words + min(max(cosine, 0.0), 1.0)) / 2, 4)


def _arms(vector: Vectors | None) -> Arms:
    return "lexical" if vector is None or not vector.any() else "lexical+semantic"


def _grouped(now: Snapshot, ranked: Sequence[Ranked], limit: int) -> tuple[list[Ranked], dict[int, int]]:
    """The best of each service, and how many others of its service were found."""
    first: dict[int, Ranked] = {}
    others: dict[int, int] = {}
    for one in ranked:
        segment, at = now.of(one.row)
        service = now.places.versions[int(segment.columns.version[at])].service
        best = first.setdefault(service, one)
        others[best.row] = others.get(best.row, -1) + 1
    return list(first.values())[:limit], others
