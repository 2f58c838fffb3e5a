"""Trains a table: first to say of texts what the teacher says, then to find operations by questions as well.

    python -m bench.search.train.train MINILM_FOLDER SETS WORK NAME [--key value...]

Writes WORK/NAME.pt (vectors, weights, settings); export.py makes the table of it. The settings are the fields of
`Settings`.
"""

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from bench.search.train.questions import Asker, Tokens
from bench.search.train.score import line, scored, sets
from bench.search.train.teacher import Teacher
from bench.search.train.texts import first_sentence, parts, records
from byte.registry.search.embed_static import Vocabulary

GROUPS: Final = ("bodies", "functions", "glosses", "documents", "lines", "packages", "fields", "examples")
SAID: Final = ("bodies", "functions")
"""The groups that questions are made of."""
DOCUMENT: Final = "VPNSDA"


class Settings(msgspec.Struct, frozen=True):
    """What a run may be given."""

    start: str = ""
    """A run to go on from; else the table is distilled."""
    dimensions: int = 256
    copy_steps: int = 2000
    tune_steps: int = 1200
    copy_rate: float = 0.003
    rate: float = 0.002
    batch: int = 768
    other_batch: int = 256
    copy_batch: int = 384
    heat: float = 0.05
    soft: float = 0.0
    """Share of the teacher's judgement of the batch in what is aimed at."""
    keep: float = 2.0
    """Weight of what the teacher says of texts, while questions are learned."""
    near: float = 0.85
    """Similarity of two bodies, by the teacher, from which on one is no wrong answer to the other's question."""
    asked: bool = False
    """Whether questions have token weights of their own."""
    seed: int = 0
    every: int = 200
    """Steps from a line of the log to the next; each third scores."""


class Table(nn.Module):
    """Vectors of tokens, and the logarithm of their weights."""

    def __init__(self, vectors: torch.Tensor, weights: torch.Tensor) -> None:
        super().__init__()
        self.vectors = nn.Parameter(vectors)
        self.weights = nn.Parameter(weights)
        self.asked = nn.Parameter(torch.zeros_like(weights))

    def forward(self, texts: Sequence[Tokens], *, asked: bool = False) -> torch.Tensor:
        """The vectors of texts, each of length 1."""
        flat = torch.from_numpy(np.array([token for text in texts for token in text], np.int64))
        starts = torch.from_numpy(np.cumsum([0] + [len(text) for text in texts[:-1]]))
        weights = self.weights[flat] + self.asked[flat] if asked else self.weights[flat]
        pooled = F.embedding_bag(flat, self.vectors, starts, mode="sum", per_sample_weights=weights.exp())
        return F.normalize(pooled, dim=1)

    @torch.inference_mode()
    def encode(self, texts: Sequence[Tokens], *, asked: bool = False) -> NDArray[np.float32]:
        """The same, for scoring."""
        found: NDArray[np.float32] = self.forward([text or [0] for text in texts], asked=asked).numpy()
        return found


class Copied(msgspec.Struct, frozen=True):
    """Texts with what the teacher says of them, in the table's dimensions."""

    texts: list[Tokens]
    wanted: torch.Tensor


class Pairs(msgspec.Struct, frozen=True):
    """What questions are made of, by operation: tokens of its parts, its provider's operations, its bodies."""

    parts: list[dict[str, Tokens]]
    bodies: list[list[tuple[Tokens, int]]]
    groups: list[list[int]]
    shares: NDArray[np.float64]
    extras: list[list[Tokens]]


def distilled(model: Path, work: Path, dimensions: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Vectors of the tokens by the teacher, their weights by how rare they are, and the rotation to fewer dimensions."""
    vocabulary = json.loads((work / "vocabulary.json").read_text())
    kept = work / "tokens.npy"
    if not kept.exists():
        np.save(kept, Teacher(model).encode([token.removeprefix("##") for token in vocabulary["tokens"]]))
    vectors = torch.from_numpy(np.load(kept).astype(np.float32))
    sample = torch.from_numpy(
        np.concatenate([np.load(work / f"{g}.npy")[::4] for g in _present(work)]).astype(np.float32)
    )
    _, basis = torch.linalg.eigh(sample.T @ sample)
    rotation = basis[:, -dimensions:].flip(1).contiguous()
    share = torch.tensor(vocabulary["counts"], dtype=torch.float32) + 1
    share = share / share.sum()
    return F.normalize(vectors @ rotation, dim=1), torch.log(1e-3 / (1e-3 + share)), rotation


def _present(work: Path) -> list[str]:
    return [group for group in GROUPS if (work / f"{group}.npy").exists()]


def copied(work: Path, vocabulary: Vocabulary, rotation: torch.Tensor) -> Copied:
    """All groups that the teacher has encoded."""
    texts: list[Tokens] = []
    wanted = []
    for group in _present(work):
        ids = [vocabulary.ids(text) for text in json.loads((work / f"{group}.texts.json").read_text())]
        rows = [at for at, each in enumerate(ids) if each]
        texts += [ids[at] for at in rows]
        wanted.append(np.load(work / f"{group}.npy")[rows])
    full = torch.from_numpy(np.concatenate(wanted).astype(np.float32))
    return Copied(texts, F.normalize(full @ rotation, dim=1))


def said(work: Path) -> torch.Tensor:
    """The teacher's vectors of the bodies, in the order of the rows that `operations` gives."""
    rows: dict[str, NDArray[np.float16]] = {}
    for group in SAID:
        for text, row in zip(json.loads((work / f"{group}.texts.json").read_text()), np.load(work / f"{group}.npy"), strict=True):
            rows.setdefault(text, row)
    return torch.from_numpy(np.stack(list(rows.values())).astype(np.float32))


def operations(work: Path, vocabulary: Vocabulary) -> Pairs:
    """The operations, their bodies with the row of the teacher's vector of each."""
    rows: dict[str, int] = {}
    for text in (text for group in SAID for text in json.loads((work / f"{group}.texts.json").read_text())):
        rows.setdefault(text, len(rows))
    made: list[dict[str, Tokens]] = []
    bodies: list[list[tuple[Tokens, int]]] = []
    extras: list[list[Tokens]] = []
    groups: dict[str, list[int]] = defaultdict(list)
    for each in (each for name in ("operations", "functions") for each in records(work / f"{name}.jsonl")):
        pieces = parts(each)
        found = [
            text.strip() for text in (pieces["S"], pieces["S"], first_sentence(pieces["D"])) if text.strip() in rows
        ]
        chosen = [(vocabulary.ids(text), rows[text]) for text in found if vocabulary.ids(text)]
        if not chosen:
            continue
        groups[each["provider"] + "|" + each["service"] * bool(each["path"])].append(len(made))
        made.append({letter: vocabulary.ids(text) for letter, text in pieces.items()})
        bodies.append(chosen)
        names = [vocabulary.ids(name)[:6] for name in (each["parameters"] + each["body"])[:12]]
        extras.append([*names, *[vocabulary.ids(text)[:16] for text in each["fields"][:8]]])
    # Of a package's functions few are alike: more of them are drawn.
    shares = np.array([len(group) ** 0.6 * (1 if made[group[0]]["P"] else 2) for group in groups.values()])
    return Pairs(made, bodies, list(groups.values()), np.cumsum(shares / shares.sum()), extras)


def others(work: Path, vocabulary: Vocabulary) -> dict[int, list[Tokens]]:
    """Other words for a word, by the senses of WordNet that list it first or second; only words of one token."""
    out: dict[int, list[Tokens]] = defaultdict(list)
    for sense in records(work / "wordnet.jsonl"):
        lemmas = [vocabulary.ids(lemma) for lemma in sense["lemmas"][:4]]
        for lemma in lemmas[:2]:
            if len(lemma) == 1:
                out[lemma[0]] += [other for other in lemmas if other and other != lemma and len(other) <= 2]
    return {token: found[:6] for token, found in out.items() if found}


def plain_pairs(work: Path, vocabulary: Vocabulary) -> list[tuple[list[Tokens], Tokens]]:
    """What WordNet and Debian say twice: a short saying (or several), and a long one."""
    out = []
    for sense in records(work / "wordnet.jsonl"):
        if sense["lemmas"][0].islower():
            short = [" ".join(sense["lemmas"][:2]), *sense["lemmas"][:3], *sense["examples"][:3]]
            out.append((short, " ".join([sense["gloss"], *sense["general"][:1]])))
    for package in records(work / "packages.jsonl"):
        out.append(([package["line"]] * 2 + [package["name"]], package["paragraph"][:300]))
    pairs = [([vocabulary.ids(text) for text in short], vocabulary.ids(long)) for short, long in out]
    return [([each for each in short if each], long) for short, long in pairs if long and any(short)]


class Trainer:
    """A run."""

    def __init__(self, model: Path, folder: Path, work: Path, settings: Settings) -> None:
        self._settings = settings
        self._chance = random.Random(settings.seed)
        torch.manual_seed(settings.seed)
        tokens = json.loads((work / "vocabulary.json").read_text())["tokens"]
        vocabulary = Vocabulary(tokens)
        self._pairs = operations(work, vocabulary)
        self._plain = plain_pairs(work, vocabulary)
        scenes = [vocabulary.ids(x)[:12] for each in records(work / "wordnet.jsonl") for x in each["examples"][:1]]
        self._asker = Asker(vocabulary.ids, others(work, vocabulary), scenes, self._chance)
        self._vocabulary = vocabulary
        self._sets = sets(folder, work)
        self._ids = {text: vocabulary.ids(text) for each in self._sets for text in (*each.texts, *each.questions)}
        vectors, weights, rotation = distilled(model, work, settings.dimensions)
        self.table = Table(vectors, weights)
        if settings.start:
            self.table.load_state_dict(torch.load(work / f"{settings.start}.pt")["table"])
        self._copied = copied(work, vocabulary, rotation)
        self._bodies = said(work)
        print(len(self._copied.texts), "texts,", len(self._pairs.parts), "operations,", len(self._plain), "pairs")

    def _copy_loss(self, size: int) -> torch.Tensor:
        """How far the table is from the teacher: of each text, and of each pair of texts."""
        at = [self._chance.randrange(len(self._copied.texts)) for _ in range(size)]
        wanted = self._copied.wanted[at]
        made = self.table([self._copied.texts[one] for one in at])
        apart = 1 - (made * wanted).sum(1).mean()
        return apart + 10 * ((made @ made.T - wanted @ wanted.T) ** 2).mean()

    def _document(self, one: int) -> Tokens:
        """A document with parts left out: the summary often, since questions are made of it."""
        pieces, drawn = self._pairs.parts[one], self._chance
        letters = [x for x in DOCUMENT if drawn.random() > (0.6 if x == "S" else 0.25)]
        out = [token for letter in letters for token in pieces[letter][: drawn.choice((20, 40, 60))]]
        return out or pieces["P"] + pieces["V"] or pieces["D"]

    def _drawn(self, size: int) -> list[int]:
        """Operations, several of a service, so that wrong answers are near."""
        out: list[int] = []
        while len(out) < size:
            group = self._pairs.groups[int(np.searchsorted(self._pairs.shares, self._chance.random()))]
            out += self._chance.sample(group, min(len(group), self._chance.choice((1, 2, 4, 8, 16))))
        return out[:size]

    def _asked(self, ops: Sequence[int]) -> tuple[list[Tokens], list[int], torch.Tensor]:
        """Questions for operations, the rows of their bodies, and which documents are right for which."""
        right = torch.eye(len(ops))
        said = [self._chance.choice(self._pairs.bodies[one]) for one in ops]
        out = []
        for at, one in enumerate(ops):
            body = said[at][0]
            pieces = self._pairs.parts[one]
            drawn = self._chance.random()
            if drawn < 0.15 and len(pieces["N"]) > 1:
                body = pieces["N"]
            elif drawn < 0.2:
                body = pieces["V"] + body
            extra = self._chance.choice(self._pairs.extras[one]) if self._pairs.extras[one] else None
            second = None
            if at % 4 == 0 and at + 1 < len(ops):
                second = said[at + 1][0]
                right[at, at + 1] = 1
            out.append(self._asker.question(body, second, extra))
        return out, [row for _, row in said], right

    def _tune_loss(self) -> torch.Tensor:
        settings = self._settings
        ops = self._drawn(settings.batch)
        questions, rows, right = self._asked(ops)
        bodies = self._bodies[rows]
        alike = bodies @ bodies.T
        loss = self._find_loss(questions, [self._document(one) for one in ops], right, alike)
        if settings.other_batch:
            chosen = [self._chance.choice(self._plain) for _ in range(settings.other_batch)]
            short = [self._chance.choice(each[0]) for each in chosen]
            short = [self._asker.question(text) if self._chance.random() < 0.5 else text for text in short]
            loss = loss + 0.4 * self._find_loss(short, [each[1] for each in chosen], torch.eye(len(chosen)), None)
        return loss

    def _find_loss(
        self, questions: list[Tokens], documents: list[Tokens], right: torch.Tensor, alike: torch.Tensor | None
    ) -> torch.Tensor:
        """Each question is to be nearest to its documents, and the other way round."""
        settings = self._settings
        asked = self.table(questions, asked=settings.asked)
        scores = asked @ self.table(documents).T / settings.heat
        wanted = right / right.sum(1, keepdim=True)
        back = right.T / right.sum(0).clamp(min=1)[:, None]
        if alike is not None:
            scores = scores.masked_fill((alike > settings.near) & (right == 0), -1e4)
            if settings.soft:
                judged = torch.softmax(alike / 0.05, 1).masked_fill((alike > settings.near) & (right == 0), 0)
                wanted = (1 - settings.soft) * wanted + settings.soft * judged / judged.sum(1, keepdim=True)
        forth = -(wanted * F.log_softmax(scores, 1)).sum(1).mean()
        return 0.7 * forth - 0.3 * (back * F.log_softmax(scores.T, 1)).sum(1).mean()

    def score(self) -> str:
        """The sets of the evaluation, alone and with BM25."""

        def encode(texts: Sequence[str], *, asked: bool = False) -> NDArray[np.float32]:
            return self.table.encode([self._ids[text] for text in texts], asked=asked)

        questions = (lambda texts: encode(texts, asked=True)) if self._settings.asked else None
        alone, both = scored(self._sets, encode, questions)
        return line("alone", alone) + "\n" + line("with BM25", both)

    def _steps(self, count: int, rate: float) -> Iterator[int]:
        """So many steps, the rate going up and then down."""
        groups = [
            {"params": [self.table.vectors], "lr": rate},
            {"params": [self.table.weights, self.table.asked], "lr": 10 * rate},
        ]
        self._optimizer = torch.optim.Adam(groups, betas=(0.9, 0.99), fused=True)
        for step in range(count):
            factor = min(1.0, (step + 1) / 50) * max(0.02, 1 - step / count)
            for group, base in zip(self._optimizer.param_groups, (rate, 10 * rate), strict=True):
                group["lr"] = base * factor
            yield step

    def _update(self, loss: torch.Tensor) -> None:
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()

    def copy(self) -> None:
        """To say what the teacher says."""
        for step in self._steps(self._settings.copy_steps, self._settings.copy_rate):
            loss = self._copy_loss(1024)
            self._update(loss)
            if step % self._settings.every == 0:
                print("copy", step, round(loss.item(), 4), flush=True)
        print(self.score(), flush=True)

    def tune(self) -> None:
        """To find operations, and not to forget."""
        for step in self._steps(self._settings.tune_steps, self._settings.rate):
            loss = self._tune_loss()
            if self._settings.keep:
                loss = loss + self._settings.keep * self._copy_loss(self._settings.copy_batch)
            self._update(loss)
            if step % self._settings.every == 0:
                print("tune", step, round(loss.item(), 4), flush=True)
                if step and step % (3 * self._settings.every) == 0:
                    print(self.score(), flush=True)
        print(self.score(), flush=True)


def main(model: Path, folder: Path, work: Path, name: str, given: Sequence[str]) -> None:
    """A run, of which the table is kept."""
    torch.set_num_threads(1)
    values = dict(zip([key.removeprefix("--") for key in given[::2]], given[1::2], strict=True))
    settings = msgspec.convert(values, Settings, strict=False)
    print(name, settings, flush=True)
    trainer = Trainer(model, folder, work, settings)
    print(trainer.score(), flush=True)
    if settings.copy_steps:
        trainer.copy()
        save(work / f"{name}.copy.pt", trainer.table, settings)
    if settings.tune_steps:
        trainer.tune()
    save(work / f"{name}.pt", trainer.table, settings)


def save(file: Path, table: Table, settings: Settings) -> None:
    """A run as it can be gone on from."""
    kept: dict[str, Any] = {"table": table.state_dict(), "settings": msgspec.to_builtins(settings)}
    torch.save(kept, file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], sys.argv[5:])
