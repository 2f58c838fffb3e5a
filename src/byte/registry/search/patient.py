"""An embedder that may be away for a while: what comes in meanwhile has no vectors, and gets them later."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import numpy as np

from byte.registry.search.embeddings import Embedder, EmbedderError, Vectors, is_quick

REST: Final = 30.0
"""Seconds that an embedder which failed is not asked again: neither changes nor searches wait for it over and over."""


class Patient:
    """Asks an embedder, and lets it rest when it has failed.

    Operations that are added within `lenient` get empty vectors then: a new operation is found by its words at once,
    whatever becomes of its vector.
    """

    def __init__(self, inner: Embedder, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self.inner = inner
        self._ticks = ticks
        self._lock = threading.Lock()
        self._until = 0.0
        self._error: EmbedderError | None = None
        self._lent = threading.local()

    @property
    def identity(self) -> str:
        """That of the embedder."""
        return self.inner.identity

    @property
    def dimensions(self) -> int:
        """Those of the embedder."""
        return self.inner.dimensions

    @property
    def quick(self) -> bool:
        """Whether the embedder is."""
        return is_quick(self.inner)

    @property
    def error(self) -> EmbedderError | None:
        """Why it rests; None where it can be asked."""
        with self._lock:
            return self._error if self._ticks() < self._until else None

    @contextmanager
    def lenient(self) -> Iterator[list[str]]:
        """Within it this thread gets empty vectors where the embedder fails; the list has why, once for each time."""
        missed: list[str] = []
        self._lent.missed = missed
        try:
            yield missed
        finally:
            self._lent.missed = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts. Raises `EmbedderError`, but within `lenient`."""
        try:
            return self._asked(lambda: self.inner.encode(texts))
        except EmbedderError as error:
            missed: list[str] | None = getattr(self._lent, "missed", None)
            if missed is None:
                raise
            missed.append(str(error))
            return np.zeros((len(texts), self.dimensions), np.float32)

    def encode_query(self, text: str) -> Vectors:
        """The vector of a question. Raises `EmbedderError`."""
        return self._asked(lambda: self.inner.encode_query(text))

    def works(self) -> bool:
        """Tries it, unless it rests."""
        try:
            self._asked(lambda: self.inner.encode_query("is there anybody"))
        except EmbedderError:
            return False
        return True

    def _asked(self, ask: Callable[[], Vectors]) -> Vectors:
        error = self.error
        if error is not None:
            raise error
        try:
            return ask()
        except EmbedderError as failed:
            with self._lock:
                self._error, self._until = failed, self._ticks() + REST
            raise
