"""An index as a file: a head, the arrays, and a digest of all that.

The file is written beside its place and moved there, so it is whole or not there at all. What is read is believed only
after its digest is found right; nothing in it is code. The file is a cache: whoever finds it damaged builds it anew.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from byte.model.errors import ByteError

FORMAT: Final = 1
_MAGIC: Final = b"byte search index\n"
_DIGEST: Final = 32
_SIZE: Final = 8
_ALIGNED: Final = 64
_KINDS: Final = ("int8", "uint8", "int32", "int64", "float32", "bool")

Array = NDArray[Any]


class IndexFileError(ByteError):
    """The file is no index, is damaged, or is of another version of Byte: it is to be built anew."""


class Part(msgspec.Struct, frozen=True):
    """Where an array stands in the file, from the end of the head on."""

    name: str
    kind: str
    shape: tuple[int, ...]
    start: int


class Head(msgspec.Struct, frozen=True):
    """What stands at the head: `said` is what the index says of itself."""

    format: int
    said: msgspec.Raw
    parts: tuple[Part, ...]


def write(path: Path, said: bytes, arrays: Mapping[str, Array]) -> None:
    """Writes an index: `said` is JSON. Raises `OSError`."""
    parts, pieces = _laid_out(arrays)
    head = msgspec.json.encode(Head(FORMAT, msgspec.Raw(said), parts))
    # Arrays are read where they stand: numbers that straddle words of memory would be copied at every look.
    head += b" " * (-(len(_MAGIC) + _SIZE + len(head)) % _ALIGNED)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    digest = hashlib.sha256()
    try:
        with new.open("wb") as file:
            for piece in (_MAGIC, len(head).to_bytes(_SIZE, "little"), head, *pieces):
                digest.update(piece)
                file.write(piece)
            file.write(digest.digest())
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _laid_out(arrays: Mapping[str, Array]) -> tuple[tuple[Part, ...], list[bytes | memoryview]]:
    parts: list[Part] = []
    pieces: list[bytes | memoryview] = []
    at = 0
    for name, array in arrays.items():
        whole = np.ascontiguousarray(array)
        parts.append(Part(name, whole.dtype.name, whole.shape, at))
        pieces.append(whole.reshape(-1).view(np.uint8).data)
        padding = -whole.nbytes % _ALIGNED
        pieces.append(bytes(padding))
        at += whole.nbytes + padding
    return tuple(parts), pieces


def read(path: Path) -> tuple[bytes, dict[str, Array]]:
    """What an index says of itself, and its arrays. Raises `IndexFileError`, `OSError`."""
    data = path.read_bytes()
    start = len(_MAGIC) + _SIZE
    if not data.startswith(_MAGIC) or len(data) < start + _DIGEST:
        raise IndexFileError(f"`{path}` is no search index: it is to be built anew.")
    whole = memoryview(data)[:-_DIGEST]
    if hashlib.sha256(whole).digest() != data[-_DIGEST:]:
        raise IndexFileError(f"`{path}` is damaged: its digest is not that of what it holds. It is to be built anew.")
    end = start + int.from_bytes(data[len(_MAGIC) : start], "little")
    try:
        head = msgspec.json.decode(whole[start:end], type=Head)
        if head.format != FORMAT:
            raise IndexFileError(f"`{path}` is of another version of Byte: it is to be built anew.")
        return bytes(head.said), dict(_arrays(head.parts, whole[end:]))
    except (msgspec.MsgspecError, ValueError) as error:
        raise IndexFileError(f"`{path}` cannot be read ({error}): it is to be built anew.") from error


def _arrays(parts: Sequence[Part], body: memoryview) -> Iterator[tuple[str, Array]]:
    for part in parts:
        if part.kind not in _KINDS:
            raise ValueError(f"an array of {part.kind}")
        kind = np.dtype(part.kind)
        count = int(np.prod(part.shape, dtype=np.int64))
        yield part.name, np.frombuffer(body, kind, count, part.start).reshape(part.shape)
