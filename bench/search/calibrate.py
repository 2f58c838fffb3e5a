"""Fits what scores mean: the logistic regressions of `byte.registry.search.calibration`.

    python -m bench.search.calibrate ../shared/bench/search/sets

For a sample of the development questions, the best hit of three indexes: that of the question's own set, that of another
set, and that of its own set without its answers. The regression says how likely the best hit is right. Every set is judged
by what was fitted on the others; what is printed last is fitted on all.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.search.sets import NAMES, Questions, load
from byte.registry.search import index as searched
from byte.registry.search.calibration import SEMANTIC, Evidence
from byte.registry.search.embed_static import static
from byte.registry.search.embeddings import Embedder
from byte.registry.search.index import Index
from byte.registry.search.query import Query

_OWN: Final = 150
_OTHER: Final = 60
_STEPS: Final = 30
_PRIOR: Final = 0.01
"""How strongly coefficients are drawn to 0."""
_BINS: Final = 5

Floats = NDArray[Any]


class Case(msgspec.Struct, frozen=True):
    """The best hit of a question to a set: what speaks for it, and whether it is right."""

    name: str
    features: tuple[float, ...]
    right: bool


class Witness:
    """Takes down what speaks for hits while they are made."""

    def __init__(self) -> None:
        self.seen: list[Evidence] = []

    def __call__(self, evidence: Evidence) -> float:
        self.seen.append(evidence)
        return 0.0

    def best(self, index: Index, text: str) -> tuple[str, tuple[float, ...]] | None:
        """The best hit and its features."""
        self.seen.clear()
        hits = index.search(Query(text=text, limit=1)).hits
        return (hits[0].id, features(self.seen[0])) if hits else None


def features(evidence: Evidence) -> tuple[float, ...]:
    """What the regression knows, as in `calibration.likelihood`."""
    share = evidence.lexical / evidence.mass if evidence.mass else 0.0
    return 1.0, (evidence.semantic or 0.0) / SEMANTIC, share, evidence.lexical / evidence.rarest


def cases(sets: Sequence[Questions], embedder: Embedder | None) -> Iterator[Case]:
    """All cases."""
    witness = Witness()
    searched.__dict__["likelihood"] = witness
    indexes = {one.name: Index(embedder) for one in sets}
    for one in sets:
        indexes[one.name].add(one.entries)
    chosen = random.Random(1)
    for one in sets:
        index = indexes[one.name]
        asked = list(zip(one.questions, one.right, strict=True))
        for question, right in chosen.sample(asked, min(_OWN, len(asked))):
            if best := witness.best(index, question.text):
                yield Case(one.name, best[1], best[0] in right)
        for question, right in chosen.sample(asked, min(_OTHER, len(asked))):
            other = chosen.choice([name for name in NAMES if name != one.name])
            if best := witness.best(indexes[other], question.text):
                yield Case(other, best[1], False)
            answers = [entry for id in sorted(right) if (entry := index.get(id)) is not None]
            index.remove([entry.id for entry in answers])
            if best := witness.best(index, question.text):
                yield Case(one.name, best[1], False)
            index.add(answers)


def fitted(found: Sequence[Case], columns: Sequence[int]) -> Floats:
    """The coefficients of a logistic regression, by Newton's steps."""
    given = np.array([case.features for case in found])[:, columns]
    right = np.array([case.right for case in found], float)
    weights = np.zeros(len(columns))
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-given @ weights))
        slope = given.T @ (likely - right) + _PRIOR * weights
        curve = (given * (likely * (1 - likely))[:, None]).T @ given + _PRIOR * np.eye(len(columns))
        weights -= np.linalg.solve(curve, slope)
    return weights


def judged(found: Sequence[Case], columns: Sequence[int]) -> Iterator[str]:
    """How often hits of a likelihood are right, each set judged by the others; and the coefficients."""
    likely = np.zeros(len(found))
    for name in NAMES:
        inside = [at for at, case in enumerate(found) if case.name == name]
        weights = fitted([case for case in found if case.name != name], columns)
        given = np.array([found[at].features for at in inside])[:, columns]
        likely[inside] = 1 / (1 + np.exp(-given @ weights))
    right = np.array([case.right for case in found])
    for low in np.arange(_BINS) / _BINS:
        here = (likely >= low) & (likely < low + 1 / _BINS)
        if here.any():
            said, was = 100 * likely[here].mean(), 100 * right[here].mean()
            yield f"| {100 * low:.0f} to {100 * (low + 1 / _BINS):.0f} % | {here.sum()} | {said:.0f} % | {was:.0f} % |"
    yield "Coefficients: " + ", ".join(f"{weight:.2f}" for weight in fitted(found, columns))


def main() -> None:
    """Prints both fits."""
    sets = [load(Path(sys.argv[1]), name) for name in NAMES]
    for embedder, columns in ((static(), (0, 1, 2, 3)), (None, (0, 2, 3))):
        print("\nwith vectors" if embedder else "\nwords alone")
        print("| likelihood | questions | mean said | right |\n|---|---|---|---|")
        for line in judged(list(cases(sets, embedder)), columns):
            print(line)


if __name__ == "__main__":
    main()
