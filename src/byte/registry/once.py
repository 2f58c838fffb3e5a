"""What is done once although it is asked for twice: requests with a key (draft-ietf-httpapi-idempotency-key-header-07).

Whoever is not sure that a request arrived sends it again with the same key, and gets the answer of the first time.

- The answer is kept in the transaction of what it answers: after a crash both are there, or neither. What failed is not
  kept, for nothing was done: it is tried anew.
- A key belongs to who uses it, and to one request: another body under it is refused (`ReusedError`).
- Some answers have secrets that are shown once. So an answer is sealed (AES-256-GCM) under what only the client knows: its
  key and its credentials. The store has a digest of the first and no way to the second; a copy of it opens nothing.
- Answers are forgotten after `KEPT`. One that is further off than that, because somebody set the clock, counts for none.
"""

import hashlib
import os
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from byte.registry.clock import DAY
from byte.registry.errors import ConflictError, InvalidError
from byte.registry.store import Read, Write
from byte.registry.store import answers as kept

KEPT: Final = DAY
"""Microseconds for which an answer is kept."""
_NONCE: Final = 12


class BusyError(ConflictError):
    """A request with this key is being answered now."""


class ReusedError(InvalidError):
    """The key was used for another request."""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What was answered: status, headers by name, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Answered(Exception):  # noqa: N818 - no failure: somebody was faster
    """It was done before; `answer` is what was said then."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("This request was answered before.")
        self.answer = answer


class Once:
    """A request with a key, of somebody (`who`: an id). `secret`: their credentials, where they stay the same."""

    def __init__(self, who: str, key: str, secret: str, fingerprint: bytes) -> None:
        self.who = who
        self.digest = hashlib.sha256(key.encode()).digest()
        self._fingerprint = fingerprint
        self._seal = AESGCM(_digest(b"byte answer 1", who.encode(), key.encode(), secret.encode()))

    def known(self, read: Read) -> Answer | None:
        """The answer that is kept, None where there is none. Raises `ReusedError`."""
        found = kept.find(read, self.who, self.digest)
        if found is None or abs(read.now - found.at) >= KEPT:
            return None
        if found.fingerprint != self._fingerprint:
            raise ReusedError("This `Idempotency-Key` was used for another request: a new request needs a new key.")
        try:
            data = self._seal.decrypt(found.answer[:_NONCE], found.answer[_NONCE:], self._fingerprint)
        except InvalidTag:
            raise ReusedError("This `Idempotency-Key` was used with other credentials: use a new key.") from None
        return msgspec.msgpack.decode(data, type=Answer)

    def begin(self, write: Write) -> None:
        """The first thing that its transaction does. Raises `BusyError`, `ReusedError`, and `Answered` where it is done."""
        if not kept.alone(write, _digest(self.who.encode(), self.digest)):
            raise BusyError("A request with this `Idempotency-Key` is being answered now: ask again in a moment.")
        found = self.known(write)
        if found is not None:
            raise Answered(found)

    def end(self, write: Write, answer: Answer) -> None:
        """The last thing that its transaction does."""
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._seal.encrypt(nonce, msgspec.msgpack.encode(answer), self._fingerprint)
        kept.add(write, self.who, self.digest, kept.Kept(self._fingerprint, write.now, sealed))


def fingerprint(*parts: bytes) -> bytes:
    """What a request is: the same for the same method, address, type and body."""
    return _digest(*parts)


def _digest(*parts: bytes) -> bytes:
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8))
        found.update(part)
    return found.digest()
