"""The index: operations in memory, searched, changed and kept on disk."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, Self

from byte.model.errors import ByteError
from byte.registry.records import HealthState, State
from byte.registry.search.embeddings import Embedder
from byte.registry.search.entry import Entry
from byte.registry.search.query import ALL, Filters, Query, Results, Twin

Shape = Literal["auto", "exact", "hnsw", "ivf"]
"""How vectors are searched: exactly (`auto` up to 250,000), or nearly, by graph or by cells."""


class IndexFileError(ByteError):
    """The file is no index, is damaged, or is of another version of Byte: it is to be built anew."""


class Index:
    """Operations that can be searched by words and by meaning.

    Searches run beside changes, from any thread: each sees one state of the index. Changes wait for each other.
    """

    def __init__(self, embedder: Embedder | None = None, *, shape: Shape = "auto") -> None: ...

    @property
    def embedder(self) -> Embedder | None:
        """What its vectors are made with; None where it has none: results are then lexical."""
        raise NotImplementedError

    def __len__(self) -> int:
        """How many operations it holds."""
        raise NotImplementedError

    def __contains__(self, id: object) -> bool:
        raise NotImplementedError

    def ids(self, service: str | None = None, version: str | None = None) -> frozenset[str]:
        """The ids that it holds: all, those of a service, or those of one of its versions."""
        raise NotImplementedError

    def get(self, id: str) -> Entry | None:
        """An entry as it is now, None where there is none."""
        raise NotImplementedError

    def entries(self) -> Iterator[Entry]:
        """All entries, in the order in which they came."""
        raise NotImplementedError

    def add(self, entries: Sequence[Entry]) -> None:
        """Adds operations; one whose id is there already takes its place. What they say of their service and version

        (`service_title`, `owner`, `health`, `current`, `state`) holds for all operations of these from then on.
        """
        raise NotImplementedError

    def remove(self, ids: Iterable[str]) -> int:
        """Takes operations out; how many of them were there."""
        raise NotImplementedError

    def change_service(self, name: str, *, owner: str | None, health: HealthState, latest: str | None) -> None:
        """What is so of a service now: `latest` is the label of its latest version. In no time, however large it is."""
        raise NotImplementedError

    def change_version(self, service: str, version: str, *, state: State) -> None:
        """The state that a version is in now."""
        raise NotImplementedError

    def tidy(self) -> None:
        """Makes the index small and fast again after many changes: for whoever has a moment (a second or less)."""
        raise NotImplementedError

    def embedded(self, embedder: Embedder | None) -> "Index":
        """The same operations with the vectors of another model; this index goes on answering meanwhile."""
        raise NotImplementedError

    def search(self, query: Query) -> Results:
        """What is found for a question."""
        raise NotImplementedError

    def like(self, id: str, limit: int = 10, filters: Filters = ALL, *, others: bool = False) -> Results:
        """Operations that say nearly the same as one of the index; `others`: of other services only.

        Nothing where there is no such id.
        """
        raise NotImplementedError

    def twins(self, threshold: float = 0.9, limit: int = 100, filters: Filters = ALL) -> tuple[Twin, ...]:
        """Pairs of operations of different services that say nearly the same, most alike first."""
        raise NotImplementedError

    def save(self, path: Path, mark: int) -> None:
        """Writes the index to a file, whole or not at all. `mark`: the number of the last event that it holds."""
        raise NotImplementedError

    @classmethod
    def load(cls, path: Path, embedder: Embedder | None = None, *, shape: Shape = "auto") -> tuple[Self, int]:
        """An index and its mark from a file. Vectors of another embedder are left out: `embedder` is then None.

        Raises `IndexFileError` where the file is damaged or no index, `FileNotFoundError` where there is none.
        """
        raise NotImplementedError
