"""A model of sentence-transformers by its path. A BERT is run without torch; any other needs their library."""

import hashlib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from byte.registry.search.embeddings import Embedder, EmbedderError, Vectors


class SentenceEmbedder:
    """A model that sentence-transformers runs. Nothing is downloaded, and no code of the model's is run."""

    def __init__(self, folder: Path, library: Any, identity: str) -> None:
        """Raises `EmbedderError` where the library cannot load it."""
        try:
            self._model = library.SentenceTransformer(str(folder), local_files_only=True, trust_remote_code=False)
            self.dimensions = int(self._model.get_sentence_embedding_dimension())
        except Exception as error:  # whatever a library of that size raises  # noqa: BLE001
            raise EmbedderError(f"The model in {folder} cannot be loaded ({type(error).__name__}).") from None
        self.identity = identity

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, (n, dimensions), each of length 1."""
        found = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, np.float32).reshape(len(texts), self.dimensions)

    def encode_query(self, text: str) -> Vectors:
        """The vector of a question, (dimensions,)."""
        vector: Vectors = self.encode([text])[0]
        return vector


def sentence(folder: Path) -> Embedder:
    """The model of a folder. Raises `EmbedderError` where there is none, and where its library is needed and missing."""
    if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise EmbedderError(f"There is no model in {folder}: name a folder of sentence-transformers.")
    try:
        library = import_module("sentence_transformers")
    except ModuleNotFoundError:
        # Their library is a gigabyte: what can be run without it is.
        return _without(folder)
    return SentenceEmbedder(folder, library, f"sentence-{_stamp(folder)}")


def _without(folder: Path) -> Embedder:
    try:
        onnx = import_module("byte.registry.search.embed_onnx")
        made: Embedder = onnx.OnnxEmbedder(folder, exact=True)
    except ModuleNotFoundError as error:
        raise EmbedderError(f"{error.name} is not installed: `pip install 'byte-review[onnx]'`.") from None
    except EmbedderError as error:
        raise EmbedderError(f"{error} Others need `pip install sentence-transformers`.") from None
    return made


def _stamp(folder: Path) -> str:
    """What a folder is recognised by: its files with their sizes and times."""
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    lines = [f"{one.relative_to(folder)} {one.stat().st_size} {one.stat().st_mtime_ns}" for one in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
