"""Segments: operations that came together, as they are searched. A segment never changes.

Rows are counted over all segments: those of a segment start at its `base`.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from byte.registry.search.entry import Entry, fields_of
from byte.registry.search.lexical import Lexicon, Numbers, Postings, joined, joined_lists, lists_of, postings_of
from byte.registry.search.places import Columns, Mask, Places
from byte.registry.search.vectors import Codes, Shape, Space

_DECODER = msgspec.msgpack.Decoder(Entry)


class _Id(msgspec.Struct, frozen=True):
    id: str


_ENCODER = msgspec.msgpack.Encoder()


_IDS = msgspec.msgpack.Decoder(_Id)


class Packed(msgspec.Struct, frozen=True):
    """Entries as bytes: that of row i is `data[ends[i - 1]:ends[i]]`."""

    data: bytes
    ends: Numbers

    def entry(self, row: int) -> Entry:
        return _DECODER.decode(memoryview(self.data)[int(self.ends[row - 1]) if row else 0 : int(self.ends[row])])

    def each(self) -> Iterator[bytes]:
        start = 0
        for end in self.ends.tolist():
            yield self.data[start:end]
            start = end


class Segment(msgspec.Struct, frozen=True):
    """Operations of an index from row `base` on; `space` is None where it has no embedder."""

    base: int
    packed: Packed
    columns: Columns
    postings: Postings
    space: Space | None

    def __len__(self) -> int:
        return len(self.packed.ends)

    @property
    def rows(self) -> slice:
        """Its rows among those of all segments."""
        return slice(self.base, self.base + len(self))


class Snapshot(msgspec.Struct, frozen=True):
    """An index at one moment, which never changes. `alive`: which rows are still there; `generation` counts the changes."""

    segments: tuple[Segment, ...]
    alive: Mask
    places: Places
    generation: int = 0

    def of(self, row: int) -> tuple[Segment, int]:
        """The segment of a row, and its place there."""
        at = bisect_right(self.segments, row, key=lambda segment: segment.base) - 1
        return self.segments[at], row - self.segments[at].base

    def entry(self, row: int) -> Entry:
        """The entry of a row, with what is so of its service and version."""
        segment, at = self.of(row)
        return self.places.entry(segment.packed.entry(at), int(segment.columns.version[at]))


def made(base: int, entries: Sequence[Entry], codes: Codes | None, lexicon: Lexicon, places: Places) -> Segment:
    """A segment of entries; learns their words and places."""
    titles: dict[str, list[int]] = {}
    documents: list[list[Sequence[int]]] = []
    for entry in entries:
        title, *others = fields_of(entry)
        if title not in titles:
            titles[title] = lexicon.read(title)
        documents.append([titles[title], *map(lexicon.read, others)])
    data = [_ENCODER.encode(entry) for entry in entries]
    return Segment(
        base,
        Packed(b"".join(data), np.cumsum([len(one) for one in data], dtype=np.int64)),
        _columns(entries, places),
        postings_of(documents),
        None if codes is None else Space(codes),
    )


def _columns(entries: Sequence[Entry], places: Places) -> Columns:
    return Columns(
        np.array([places.take(entry) for entry in entries], np.int32),
        np.array([places.methods.learn(entry.method) for entry in entries], np.int32),
        np.array([entry.deprecated for entry in entries], bool),
        lists_of(
            [(places.tags.learn(tag), row) for row, entry in enumerate(entries) for tag in sorted(set(entry.tags))]
        ),
    )


def merged(segments: Sequence[Segment], shape: Shape = "exact", kept: Mask | None = None) -> Segment:
    """Neighbouring segments as one. With `kept`, rows that are False go, and the others are counted anew from the base."""
    base = segments[0].base
    shifts = [segment.base - base for segment in segments]
    data = [one for segment in segments for one in segment.packed.each()]
    if kept is not None:
        data = [one for one, stays in zip(data, kept.tolist(), strict=True) if stays]
    stays = slice(None) if kept is None else kept
    tags, _ = joined_lists([(part.columns.tags, by) for part, by in zip(segments, shifts, strict=True)], kept)
    columns = Columns(
        np.concatenate([segment.columns.version for segment in segments])[stays],
        np.concatenate([segment.columns.method for segment in segments])[stays],
        np.concatenate([segment.columns.deprecated for segment in segments])[stays],
        tags,
    )
    codes = [segment.space.codes for segment in segments if segment.space is not None]
    return Segment(
        base,
        Packed(b"".join(data), np.cumsum([len(one) for one in data], dtype=np.int64)),
        columns,
        joined([(part.postings, by) for part, by in zip(segments, shifts, strict=True)], kept),
        Space(np.concatenate(codes)[stays], shape) if codes else None,
    )


def ids_of(segment: Segment) -> Iterator[str]:
    """The ids of a segment's rows, those that are gone included."""
    return (_IDS.decode(one).id for one in segment.packed.each())
