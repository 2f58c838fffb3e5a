"""Vectors from a service that speaks OpenAI's API (`POST /embeddings`), asked as carefully as any other machine.

Whatever comes back is checked: as many vectors as texts, all of the length of the first answer, finite, none of it larger
than it can be. A service that fails is tried again with growing pauses; then there is an `EmbedderError`, and results are
lexical until it answers.
"""

import asyncio
import hashlib
import ipaddress
import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import numpy as np

from byte.registry import net
from byte.registry.search.embeddings import EmbedderError, Vectors
from byte.sources.addresses import Network

BATCH: Final = 128
"""Texts of one request."""
CHARACTERS: Final = 4_000
"""How much of a text is sent."""
DIMENSIONS: Final = 8_192
SECONDS: Final = 30.0
"""For a request with many texts."""
FIRST_SECONDS: Final = 10.0
"""For the first request, which is made while nothing else is done: whoever starts without a model asks again later."""
QUERY_SECONDS: Final = 3.0
"""For a question: somebody waits."""
TRIES: Final = 3
_PAUSE: Final = 0.5
_NUMBER: Final = 40
"""Bytes that a number of a vector may take in the answer."""
_NEAR: Final = tuple(
    map(ipaddress.ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"))
)
"""Whoever runs the registry names the service: it may be nearby, and is spoken to without TLS only there."""
_AGAIN: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class _Vector(msgspec.Struct, frozen=True):
    index: int
    embedding: list[float]


class _Answer(msgspec.Struct, frozen=True):
    data: list[_Vector]


_ANSWERS: Final = msgspec.json.Decoder(_Answer)
_ENCODER: Final = msgspec.json.Encoder()


class HttpEmbedder:
    """The model of a service at a base URL (`https://host/v1`), which is asked once to learn its dimensions."""

    def __init__(
        self,
        url: str,
        model: str,
        key: str = "",
        allow: Sequence[Network] = (),
        *,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Raises `EmbedderError` where it does not answer as it should."""
        self._url = f"{url.rstrip('/')}/embeddings"
        self._model, self._key, self._allow, self._sleep = model, key, (*_NEAR, *allow), sleep
        self.dimensions = 0
        self.dimensions = self._asked(["operation"], FIRST_SECONDS, 1).shape[1]
        of = hashlib.sha256(f"{self._url}\0{model}\0{self.dimensions}".encode()).hexdigest()[:16]
        self.identity = f"http-{of}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, (n, dimensions), each of length 1. Raises `EmbedderError`."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), BATCH):
            some = texts[start : start + BATCH]
            found[start : start + len(some)] = self._asked(some, SECONDS, TRIES)
        return found

    def encode_query(self, text: str) -> Vectors:
        """The vector of a question, (dimensions,). Raises `EmbedderError`, and soon: it is not tried again."""
        vector: Vectors = self._asked([text], QUERY_SECONDS, 1)[0]
        return vector

    def _asked(self, texts: Sequence[str], seconds: float, tries: int) -> Vectors:
        # A text of nothing is refused by some, and half of a character is none in JSON.
        whole = [text[:CHARACTERS].encode("utf-8", "replace").decode() or " " for text in texts]
        sent = {"input": whole, "encoding_format": "float"}
        body = _ENCODER.encode({**sent, "model": self._model} if self._model else sent)
        at = 0
        while True:
            at += 1
            try:
                answer = self._answer(body, len(texts), seconds)
            except net.NetError as error:
                failed, again = EmbedderError(f"The embeddings were not had: {error}"), True
            else:
                if answer.status == 200:
                    return self._read(answer.body, len(texts))
                failed = EmbedderError(f"`{self._url}` answers {answer.status} where embeddings were asked for.")
                again = answer.status in _AGAIN
            if at >= tries or not again:
                raise failed
            self._sleep(_PAUSE * 2 ** (at - 1))

    def _answer(self, body: bytes, texts: int, seconds: float) -> net.Answer:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        room = (64 << 10) + texts * (self.dimensions or DIMENSIONS) * _NUMBER
        limits = net.Limits(seconds=seconds, body=room, redirects=0)

        async def ask() -> net.Answer:
            async with net.Client(allow=self._allow) as client:
                return await client.request(
                    "POST", self._url, headers=headers, body=body, limits=limits, private_http=True
                )

        return asyncio.run(ask())

    def _read(self, body: bytes, wanted: int) -> Vectors:
        """The vectors of an answer in the order of the texts. Raises `EmbedderError` for what none could be."""
        try:
            told = sorted(_ANSWERS.decode(body).data, key=lambda one: one.index)
        except msgspec.DecodeError:
            raise EmbedderError(f"`{self._url}` does not answer as OpenAI's API does.") from None
        if [one.index for one in told] != list(range(wanted)):
            raise EmbedderError(f"`{self._url}` answers {len(told)} vectors for {wanted} texts.")
        lengths = {len(one.embedding) for one in told}
        expected = self.dimensions or next(iter(lengths), 0)
        if lengths != {expected} or not 0 < expected <= DIMENSIONS:
            raise EmbedderError(f"`{self._url}` answers vectors of another length than {expected or 'any'}.")
        found = np.array([one.embedding for one in told], np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            norms = np.linalg.norm(found, axis=1, keepdims=True)
        if not np.isfinite(norms).all():
            raise EmbedderError(f"`{self._url}` answers vectors with numbers that are none.")
        vectors: Vectors = (found / np.where(norms > 0, norms, 1.0)).astype(np.float32)
        return vectors
