"""Scores a table on the shared sets, to choose by: alone, and mixed with BM25 (min-max, a half each).

    python -m bench.search.train.score MINILM_FOLDER SETS WORK [TABLE.npz...]

The teacher's vectors and BM25's scores are kept in WORK/dev. bench/search/evaluate.py is the evaluation proper.
"""

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.search.train.texts import evaluation
from byte.registry.search.words import stems

Floats = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Floats]
K1: Final = 1.2
B: Final = 0.75


class Set(msgspec.Struct, frozen=True):
    """A set of the evaluation, with what does not change while a table is trained."""

    name: str
    texts: list[str]
    questions: list[str]
    right: list[set[int]]
    lexical: Any
    teacher: Any


def bm25(texts: Sequence[str], questions: Sequence[str]) -> Floats:
    """The scores of texts for questions, (questions, texts)."""
    counted = [Counter(stems(text)) for text in texts]
    length = np.array([sum(each.values()) for each in counted], float)
    norm = K1 * (1 - B + B * length / max(length.mean(), 1.0))
    where: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, each in enumerate(counted):
        for word, count in each.items():
            where[word].append((at, count))
    out = np.zeros((len(questions), len(texts)), np.float32)
    for row, question in enumerate(questions):
        for word in set(stems(question)):
            if word in where:
                at, count = np.array(where[word]).T
                idf = math.log(1 + (len(texts) - len(at) + 0.5) / (len(at) + 0.5))
                out[row, at] += idf * count * (K1 + 1) / (count + norm[at])
    return out


def ndcg(scores: Floats, right: Sequence[set[int]], cut: int = 10) -> float:
    """Mean NDCG of the first `cut`, in percent."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :cut]
    total = 0.0
    for row, wanted in zip(best, right, strict=True):
        gain = sum(1 / math.log2(at + 2) for at, found in enumerate(row) if int(found) in wanted)
        total += gain / sum(1 / math.log2(at + 2) for at in range(min(len(wanted), cut)))
    return 100 * total / len(right)


def mixed(one: Floats, other: Floats, share: float = 0.5) -> Floats:
    """Both arms, each stretched to 0..1 for each question."""
    low, high = ((each - each.min(1, keepdims=True)) / (np.ptp(each, axis=1)[:, None] + 1e-9) for each in (one, other))
    mix: Floats = (1 - share) * low + share * high
    return mix


def sets(folder: Path, work: Path, teacher: Callable[[], Encode] | None = None) -> list[Set]:
    """The sets, in the order of their names; what is slow is made once and kept. Without `teacher`, its scores are not."""
    (work / "dev").mkdir(exist_ok=True)
    out = []
    for each in sorted(path for path in folder.iterdir() if path.is_dir()):
        ids, texts, asked, questions, right = evaluation(each)
        at = {name: index for index, name in enumerate(ids)}
        lexical = _kept(work / "dev" / f"{each.name}.bm25.npy", lambda: bm25(texts, questions))
        similar = None
        if teacher is not None:
            similar = _kept(work / "dev" / f"{each.name}.npy", lambda: _similar(teacher(), texts, questions))
        wanted = [{at[one] for one in right[name]} for name in asked]
        out.append(Set(each.name, texts, questions, wanted, lexical, similar))
    return out


def _kept(file: Path, make: Callable[[], Floats]) -> Floats:
    if not file.exists():
        np.save(file, make())
    found: Floats = np.load(file)
    return found


def _similar(encode: Encode, texts: Sequence[str], questions: Sequence[str]) -> Floats:
    return encode(questions).astype(np.float32) @ encode(texts).astype(np.float32).T


def line(name: str, values: Sequence[float]) -> str:
    """A row of the table: the sets, and their mean."""
    return f"{name:28}" + " ".join(f"{value:5.1f}" for value in values) + f"  mean {np.mean(values):5.2f}"


def anchors(chosen: Sequence[Set]) -> list[str]:
    """BM25, the teacher, and both."""
    rows = {
        "BM25": [ndcg(each.lexical, each.right) for each in chosen],
        "MiniLM": [ndcg(each.teacher, each.right) for each in chosen],
        "BM25 + MiniLM": [ndcg(mixed(each.lexical, each.teacher), each.right) for each in chosen],
    }
    return [line(*row) for row in rows.items()]


def scored(chosen: Sequence[Set], encode: Encode, asked: Encode | None = None) -> tuple[list[float], list[float]]:
    """NDCG@10 by set: alone, and mixed with BM25."""
    alone, both = [], []
    for each in chosen:
        similar = (asked or encode)(each.questions) @ encode(each.texts).T
        alone.append(ndcg(similar, each.right))
        both.append(ndcg(mixed(each.lexical, similar), each.right))
    return alone, both


def main(model: Path, folder: Path, work: Path, tables: list[Path]) -> None:
    """Prints the table."""
    from bench.search.train.teacher import Teacher
    from byte.registry.search.embed_static import read

    chosen = sets(folder, work, lambda: Teacher(model, cut=128).encode)
    print(" " * 28 + " ".join(each.name[:5].rjust(5) for each in chosen))
    print("\n".join(anchors(chosen)))
    for table in tables:
        alone, both = scored(chosen, read(table.read_bytes()).encode)
        print(line(table.stem, alone), line("+ BM25", both), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), [Path(each) for each in sys.argv[4:]])
