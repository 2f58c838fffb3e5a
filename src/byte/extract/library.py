"""The syntax of files by content: read once, kept in memory and in the cache, shared by base and head."""

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Final, TypeVar

import msgspec

from byte.extract import digest, python
from byte.extract.cache import Cache
from byte.extract.digest import Digest
from byte.model import syntax as s
from byte.model.change import File, Snapshot

FORMAT: Final = f"{python.VERSION}.2"
"""Part of every cache key: the version of the reader and of this layout."""

_PARALLEL = 250
"""From this many files on, parsing is spread over processes: below, starting them costs more than it saves."""

T = TypeVar("T")

_encoder = msgspec.msgpack.Encoder()
_syntax = msgspec.msgpack.Decoder(s.Module)
_digests = msgspec.msgpack.Decoder(Digest)


class Library:
    """Modules and digests by blob id. `cache` may be a cache that holds nothing."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._modules: dict[str, s.Module | None] = {}
        self._digests: dict[str, Digest] = {}

    def digests(self, snapshot: Snapshot, files: Iterable[File]) -> Mapping[str, Digest]:
        """The digest of each of these files by path; files that cannot be read have none."""
        wanted = list(files)
        missing = [f for f in _distinct(wanted) if f.blob not in self._digests]
        for name, data in self._cache.get(_key("d", f.blob) for f in missing).items():
            found = _decode(_digests, data)
            if found is not None:
                self._digests[name.rpartition(":")[2]] = found
        self._read([f for f in missing if f.blob not in self._digests], snapshot, digests=True)
        return {f.path: self._digests[f.blob] for f in wanted if f.blob in self._digests}

    def modules(self, snapshot: Snapshot, files: Iterable[File]) -> None:
        """Make the syntax of these files ready."""
        missing = [f for f in _distinct(files) if f.blob not in self._modules]
        for name, data in self._cache.get(_key("s", f.blob) for f in missing).items():
            found = _decode(_syntax, data)
            if found is not None:
                self._modules[name.rpartition(":")[2]] = found
        self._read([f for f in missing if f.blob not in self._modules], snapshot, digests=False)

    def module(self, snapshot: Snapshot, file: File) -> s.Module | None:
        """The syntax of one file, None if it cannot be read."""
        if file.blob not in self._modules:
            self.modules(snapshot, [file])
        return self._modules.get(file.blob)

    def recall(self, name: str) -> bytes | None:
        """What was kept under this name in an earlier run."""
        return self._cache.get([_key("r", name)]).get(_key("r", name))

    def keep(self, name: str, data: bytes) -> None:
        """Keep this for later runs, if that is possible."""
        self._cache.put({_key("r", name): data})

    def _read(self, files: list[File], snapshot: Snapshot, *, digests: bool) -> None:
        """Read the syntax of files and, where they are asked for, their digests."""
        if not files:
            return
        sources = snapshot.read(files)
        known = [(f.blob, data) for f, data in zip(files, sources, strict=True) if data is not None]
        for file, data in zip(files, sources, strict=True):
            if data is None:
                self._modules[file.blob] = None
        keep: dict[str, bytes] = {}
        for blob, syntax_bytes, digest_bytes in _parse_all(known, _parse_whole if digests else _parse_syntax):
            self._modules[blob] = _syntax.decode(syntax_bytes)
            keep[_key("s", blob)] = syntax_bytes
            if digest_bytes:
                self._digests[blob] = _digests.decode(digest_bytes)
                keep[_key("d", blob)] = digest_bytes
        self._cache.put(keep)


def _key(kind: str, blob: str) -> str:
    return f"{kind}{FORMAT}:{blob}"


def _distinct(files: Iterable[File]) -> list[File]:
    return list({f.blob: f for f in files}.values())


def _decode(decoder: msgspec.msgpack.Decoder[T], data: bytes) -> T | None:
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _parse_whole(item: tuple[str, bytes]) -> tuple[str, bytes, bytes]:
    blob, source = item
    module = python.parse(source)
    return blob, _encoder.encode(module), _encoder.encode(digest.summarise(source, module))


def _parse_syntax(item: tuple[str, bytes]) -> tuple[str, bytes, bytes]:
    blob, source = item
    return blob, _encoder.encode(python.parse(source)), b""


def _parse_all(
    items: list[tuple[str, bytes]], parse: Callable[[tuple[str, bytes]], tuple[str, bytes, bytes]]
) -> list[tuple[str, bytes, bytes]]:
    workers = min(os.cpu_count() or 1, 8)
    if len(items) < _PARALLEL or workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return [parse(item) for item in items]
    gc.freeze()
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
        return list(pool.map(parse, items, chunksize=max(1, len(items) // (workers * 8))))
