"""Chooses the tokens: those of the teacher in ASCII letters, and whole words that the corpus has and the teacher not.

    python -m bench.search.train.vocabulary MINILM_FOLDER WORK SIZE

Writes WORK/vocabulary.json: tokens, and how often each is seen in the corpus.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from bench.search.train.texts import parts, records, text_of
from byte.registry.search.embed_static import Vocabulary
from byte.registry.search.words import words

USUAL: Final = re.compile(r"(##)?[a-z0-9]+")
ADDED: Final = re.compile(r"[a-z]{3,24}|[a-z]+[0-9]|[a-z]{1,3}[0-9]{1,2}")
"""What a whole word that is added looks like."""
NUMBER: Final = re.compile(r"(##)?\d{3,}")
"""Numbers and years are spelled by pairs of digits."""


WEIGHTS: Final = {"operations": 10, "functions": 3}


def _texts(work: Path) -> dict[str, tuple[str, str]]:
    """Texts with where they are from, and what counts as one voice there."""
    out: dict[str, tuple[str, str]] = {}
    for source in ("operations", "functions"):
        for each in records(work / f"{source}.jsonl"):
            fields = " ".join(each["fields"] + each["body"] + each["tags"])
            out[text_of(parts(each)) + " " + fields] = (source, each["service"] if source == "functions" else each["provider"])
    for at, each in enumerate(records(work / "wordnet.jsonl")):
        out[" ".join([*each["lemmas"], each["gloss"], *each["examples"]])] = ("wordnet", str(at))
    for each in records(work / "packages.jsonl"):
        out[f"{each['line']} {each['paragraph']}"] = ("packages", each["name"])
    return out


def main(model: Path, work: Path, size: int) -> None:
    """A word is added by how many providers, modules, senses and packages say it, weighted by `WEIGHTS`."""
    usual = [token for token in (model / "vocab.txt").read_text("utf-8").splitlines() if USUAL.fullmatch(token)]
    tokens = [token for token in usual if not NUMBER.fullmatch(token)]
    known = set(tokens)
    voices: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    texts = _texts(work)
    for text, (source, voice) in texts.items():
        for word in set(words(text)):
            if word not in known and ADDED.fullmatch(word) and (word, voice) not in seen:
                seen.add((word, voice))
                voices[word] += WEIGHTS.get(source, 1)
    ranked = sorted(voices, key=lambda word: (-voices[word], word))
    tokens += ranked[: size - len(tokens)]
    print(len(usual), "usual,", len(tokens), "in all; the last added is said", voices[tokens[-1]])
    vocabulary = Vocabulary(tokens)
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(vocabulary.ids(text))
    found = {"tokens": tokens, "counts": [counts[at] for at in range(len(tokens))]}
    (work / "vocabulary.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
