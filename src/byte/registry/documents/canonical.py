"""The digest of what a contract says: the same however it is written.

What counts is all that the document says, wording and examples too: a reader of the registry finds an operation by its
description, so another description is another content. What does not count is how it is written: JSON or YAML, the
order of keys, white space, comments, anchors, escapes, `1.0` for `1`. The order of lists counts. What a format says to
have no meaning is left out by its reader: the order of tools and skills, envelopes, signatures.
"""

import hashlib
import math
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

_WHOLE: Final = re.compile(rb"\.0(?![0-9])")
_EXACT: Final = 2**53
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if math.isfinite(value) and abs(value) < _EXACT and value.is_integer() else value


_DECODER: Final = msgspec.json.Decoder(float_hook=_number)


def canonical(value: Any) -> bytes:
    """A JSON value as bytes: sorted keys, no white space, whole numbers as such (up to 2^53)."""
    data = _ENCODER.encode(value)
    return _ENCODER.encode(_DECODER.decode(data)) if _WHOLE.search(data) else data


def digest(parts: Iterable[bytes]) -> str:
    """The SHA-256 of parts in their order, each ended."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
        found.update(b"\n")
    return f"sha256:{found.hexdigest()}"


def digest_of_bytes(data: bytes) -> str:
    """The SHA-256 of a document's bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
