"""A finished review by everything that it follows from, so that asking again costs the reading of two file lists.

A workflow asks several times for one change: once for each format, again when a job is repeated. The key holds the
content of both sides, the settings, and the content of Byte itself, so that no answer outlives what it was drawn from.
"""

import hashlib

import msgspec

from byte.extract.edition import edition
from byte.extract.library import Library
from byte.model.change import Snapshot
from byte.model.review import Review
from byte.sources.read import Request

_encoder = msgspec.msgpack.Encoder()
_reviews = msgspec.msgpack.Decoder(Review)


def recall(library: Library, name: str) -> Review | None:
    """The review that was kept under this name, None if there is none or it cannot be read."""
    data = library.recall(name)
    if data is None:
        return None
    try:
        return _reviews.decode(data)
    except (msgspec.DecodeError, ValueError):
        return None


def keep(library: Library, name: str, review: Review) -> None:
    """Keep a review under its name."""
    library.keep(name, _encoder.encode(review))


def name_of(request: Request, existing: bool) -> str:
    """Everything that decides the review, as one digest."""
    change = request.change
    digest = hashlib.blake2b(digest_size=20)
    parts = (
        edition(),
        existing,
        request.scope,
        request.as_of,
        msgspec.to_builtins(request.settings),
        sorted(change.renames.items()),
        _side(change.base) if change.base is not None else None,
        _side(change.head),
    )
    for part in parts:
        digest.update(_encoder.encode(part))
    return digest.hexdigest()


def _side(snapshot: Snapshot) -> tuple[object, ...]:
    listing = [(f.path, f.blob, f.kind, f.size) for f in snapshot.files.values()]
    return snapshot.label, listing, snapshot.unreadable
