"""Makes the table that comes with Byte out of a run, or of the mean of several.

    python -m bench.search.train.export WORK STEPS OUT.npz NAME...

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

LIMIT: Final = 8_000_000


def weighted(work: Path, names: list[str]) -> NDArray[np.float32]:
    """The vectors of tokens times their weights, the mean over runs."""
    states = [torch.load(work / f"{name}.pt")["table"] for name in names]
    made = torch.stack([state["vectors"] * state["weights"].exp()[:, None] for state in states]).mean(0)
    found: NDArray[np.float32] = made.numpy().astype(np.float32)
    return found


def packed(data: bytes, *, numbers: bool = False) -> NDArray[np.uint8]:
    """Compressed with zlib; numbers that repeat nothing are only coded by how frequent they are, which is smaller."""
    strategy = zlib.Z_HUFFMAN_ONLY if numbers else zlib.Z_DEFAULT_STRATEGY
    made = zlib.compressobj(9, zlib.DEFLATED, 15, 9, strategy)
    return np.frombuffer(made.compress(data) + made.flush(), np.uint8)


def main(work: Path, steps: float, out: Path, names: list[str]) -> None:
    """Writes the table; the same bytes for the same runs."""
    vectors = weighted(work, names)
    vectors /= np.sqrt((vectors**2).sum(1).mean())
    scales = vectors.std(axis=1).astype(np.float32) / np.float32(steps) + np.float32(1e-9)
    table = np.clip(np.rint(vectors / scales[:, None]), -127, 127).astype(np.int8)
    tokens = json.loads((work / "vocabulary.json").read_text())["tokens"]
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
