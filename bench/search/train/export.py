"""Makes the table that comes with Byte out of a run, or of a mean of several.

    python -m bench.search.train.export WORK STEPS OUT.npz NAME=SHARE...

A row is kept as whole steps of its standard deviation divided by STEPS. With few steps the bytes say little each, and
the file, which is compressed, is small: 4 steps make about 4 bits of a number.
"""

import json
import sys
import zlib
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from byte.registry.search.embed_static import Vocabulary

LIMIT: Final = 8_000_000
EVEN: Final = 0.1
"""The power of a direction's variance that it is divided by: directions in which all texts differ say less each."""
SAMPLE: Final = ("documents", "packages")


def weighted(work: Path, shares: list[str]) -> NDArray[np.float32]:
    """The vectors of tokens times their weights: a mean over runs, each first made of the same size."""
    made = []
    for each in shares:
        name, _, share = each.partition("=")
        state = torch.load(work / f"{name}.pt")["table"]
        vectors = (state["vectors"] * state["weights"].exp()[:, None]).numpy()
        made.append(float(share or 1) * vectors / np.sqrt((vectors**2).sum(1).mean()))
    found: NDArray[np.float32] = np.sum(made, axis=0, dtype=np.float32)
    return found


def evened(vectors: NDArray[np.float32], work: Path, vocabulary: Vocabulary) -> NDArray[np.float32]:
    """The vectors turned to the directions in which texts of the corpus differ, large ones made a little smaller."""
    sums = []
    for group in SAMPLE:
        for text in json.loads((work / f"{group}.texts.json").read_text())[::5]:
            total = vectors[vocabulary.ids(text)].sum(0)
            sums.append(total / max(float(np.linalg.norm(total)), 1e-9))
    variances, directions = np.linalg.eigh(np.cov(np.array(sums).T))
    found: NDArray[np.float32] = ((vectors @ directions) * variances**-EVEN).astype(np.float32)
    return found


def packed(data: bytes, *, numbers: bool = False) -> NDArray[np.uint8]:
    """Compressed with zlib; numbers that repeat nothing are only coded by how frequent they are, which is smaller."""
    strategy = zlib.Z_HUFFMAN_ONLY if numbers else zlib.Z_DEFAULT_STRATEGY
    made = zlib.compressobj(9, zlib.DEFLATED, 15, 9, strategy)
    return np.frombuffer(made.compress(data) + made.flush(), np.uint8)


def main(work: Path, steps: float, out: Path, shares: list[str]) -> None:
    """Writes the table; the same bytes for the same runs."""
    tokens = json.loads((work / "vocabulary.json").read_text())["tokens"]
    vectors = evened(weighted(work, shares), work, Vocabulary(tokens))
    scales = vectors.std(axis=1).astype(np.float32) / np.float32(steps) + np.float32(1e-9)
    table = np.clip(np.rint(vectors / scales[:, None]), -127, 127).astype(np.int8)
    np.savez(
        out,
        tokens=packed("\n".join(tokens).encode("ascii")),
        table=packed(table.tobytes(), numbers=True),
        scales=scales,
    )
    size = out.stat().st_size
    print(out, table.shape, size, "bytes")
    if size > LIMIT:
        raise SystemExit(f"{size} bytes are more than {LIMIT}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
