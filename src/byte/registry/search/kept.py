"""What of an index is kept in a file, and how it comes back."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from byte.registry.search.calibration import Spread
from byte.registry.search.files import IndexFileError
from byte.registry.search.lexical import RECIPE, Lexicon, Lists, Postings
from byte.registry.search.places import Columns, Service, Version, places
from byte.registry.search.segment import Packed, Segment, Snapshot
from byte.registry.search.vectors import Shape, Space

Array = NDArray[Any]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What an index says of itself. `embedder`: the identity of what its vectors are made with, None without."""

    recipe: int
    mark: bytes
    embedder: str | None
    spread: Spread
    segments: int
    services: list[Service]
    versions: list[Version]
    methods: list[str]
    tags: list[str]
    stems: list[str]
    forms: list[str]


def laid_out(now: Snapshot) -> dict[str, Array]:
    """The arrays of a snapshot by name."""
    arrays: dict[str, Array] = {"alive": now.alive}
    for at, segment in enumerate(now.segments):
        columns, postings = segment.columns, segment.postings
        named: dict[str, Array] = {
            "entries": np.frombuffer(segment.packed.data, np.uint8),
            "ends": segment.packed.ends,
            "version": columns.version,
            "method": columns.method,
            "deprecated": columns.deprecated,
            "tags.keys": columns.tags.keys,
            "tags.starts": columns.tags.starts,
            "tags.rows": columns.tags.rows,
            "terms.keys": postings.lists.keys,
            "terms.starts": postings.lists.starts,
            "terms.rows": postings.lists.rows,
            "terms.weights": postings.weights,
        }
        if segment.space is not None:
            named["codes"] = segment.space.codes
        arrays.update((f"{at}/{name}", array) for name, array in named.items())
    return arrays


def lexicon_of(said: Said) -> Lexicon:
    """The numbers of words as they were."""
    lexicon = Lexicon(said.stems)
    for form in said.forms:
        lexicon.learn(form)
    if len(lexicon.stems) != len(said.stems):
        raise IndexFileError("The words of the search index are stemmed otherwise now: it is to be built anew.")
    return lexicon


def snapshot_of(said: Said, arrays: Mapping[str, Array], shape: Shape, *, vectors: bool) -> Snapshot:
    """The snapshot of arrays, without vectors unless they are wanted."""
    if said.recipe != RECIPE:
        raise IndexFileError("The search index is of another version of Byte: it is to be built anew.")
    segments: list[Segment] = []
    base = 0
    for at in range(said.segments):
        found = {name.partition("/")[2]: array for name, array in arrays.items() if name.startswith(f"{at}/")}
        segments.append(_segment(base, found, shape, vectors))
        base += len(segments[-1])
    held = places(said.services, said.versions, said.methods, said.tags)
    return Snapshot(tuple(segments), arrays["alive"], held)


def _segment(base: int, found: Mapping[str, Array], shape: Shape, vectors: bool) -> Segment:
    tags = Lists(found["tags.keys"], found["tags.starts"], found["tags.rows"])
    terms = Lists(found["terms.keys"], found["terms.starts"], found["terms.rows"])
    return Segment(
        base,
        Packed(found["entries"].tobytes(), found["ends"]),
        Columns(found["version"], found["method"], found["deprecated"], tags),
        Postings(terms, found["terms.weights"]),
        Space(found["codes"], shape) if vectors else None,
    )
