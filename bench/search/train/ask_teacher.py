"""Encodes the corpus with the teacher: WORK/GROUP.texts.json and WORK/GROUP.npy (float16, n x 384) for each group.

    python bench/search/train/ask_teacher.py MINILM_FOLDER WORK [GROUP...]

About fifteen minutes on one core; a group that is there is not made again.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import torch

from bench.search.train.teacher import Teacher
from bench.search.train.texts import first_sentence, parts, records, text_of
from byte.registry.search.entry import plain

SAMPLE: Final = 20_000


def _unique(texts: list[str], limit: int | None = None) -> list[str]:
    kept = sorted({text.strip() for text in texts if len(text.strip()) > 3})
    if limit is not None and len(kept) > limit:
        kept = sorted(random.Random(0).sample(kept, limit))
    return kept


def _documents(work: Path) -> list[str]:
    """Operations as documents, at most thirty of a service and six hundred of a provider."""
    services: Counter[str] = Counter()
    providers: Counter[str] = Counter()
    order = list(records(work / "operations.jsonl"))
    random.Random(0).shuffle(order)
    out = []
    for operation in order:
        provider, service = operation["provider"], operation["provider"] + operation["service"]
        if services[service] < (30 if operation["service"] else 100) and providers[provider] < 600:
            services[service] += 1
            providers[provider] += 1
            out.append(text_of(parts(operation)))
    return _unique(out, SAMPLE)


def _bodies(work: Path) -> list[str]:
    out = []
    for operation in records(work / "operations.jsonl"):
        pieces = parts(operation)
        out += [pieces["S"], first_sentence(pieces["D"])]
    return _unique(out)


def _functions(work: Path) -> list[str]:
    return _unique([parts(each)["S"] for each in records(work / "functions.jsonl")])


def _fields(work: Path) -> list[str]:
    return _unique([plain(x, 160) for each in records(work / "operations.jsonl") for x in each["fields"]], SAMPLE)


def _glosses(work: Path) -> list[str]:
    senses = [each for each in records(work / "wordnet.jsonl") if each["lemmas"][0].islower()]
    return _unique([f"{', '.join(each['lemmas'][:4])}: {each['gloss'][:200]}" for each in senses], 2 * SAMPLE)


def _examples(work: Path) -> list[str]:
    return _unique([x for each in records(work / "wordnet.jsonl") for x in each["examples"]], SAMPLE)


def _packages(work: Path) -> list[str]:
    texts = [f"{each['line']}. {each['paragraph'][:300]}" for each in records(work / "packages.jsonl")]
    return _unique(texts, SAMPLE // 2)


def _lines(work: Path) -> list[str]:
    return _unique([each["line"] for each in records(work / "packages.jsonl")])


GROUPS: Final[dict[str, Callable[[Path], list[str]]]] = {
    "bodies": _bodies,
    "glosses": _glosses,
    "functions": _functions,
    "documents": _documents,
    "lines": _lines,
    "packages": _packages,
    "fields": _fields,
    "examples": _examples,
}


def main(model: Path, work: Path, groups: list[str]) -> None:
    """Makes what is not there yet."""
    torch.set_num_threads(1)
    teacher = Teacher(model, cut=56)
    for group in groups or GROUPS:
        if (work / f"{group}.npy").exists():
            continue
        texts = GROUPS[group](work)
        print(group, len(texts), flush=True)
        np.save(work / f"{group}.npy", teacher.encode(texts, report=100))
        (work / f"{group}.texts.json").write_text(json.dumps(texts))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
