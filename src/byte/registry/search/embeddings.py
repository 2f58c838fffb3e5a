"""What turns texts into vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from byte.model.errors import ByteError

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """A model that turns texts into vectors whose inner product says how near their meanings are.

    `identity` names the model and the digest of its data: an index made with another is not used.
    """

    @property
    def identity(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, (n, dimensions), each of length 1 (or 0 where a text says nothing)."""
        ...

    def encode_query(self, text: str) -> Vectors:
        """The vector of a question, (dimensions,), of length 1 or 0."""
        ...


class EmbedderError(ByteError):
    """A model cannot be had, or gives no vectors now: results are lexical until it does."""


def is_quick(embedder: Embedder) -> bool:
    """Whether a model takes microseconds for a text (it says so with `quick`): its questions are read by sentence too."""
    return bool(getattr(embedder, "quick", False))
