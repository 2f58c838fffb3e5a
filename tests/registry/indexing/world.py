"""What the tests of the index share: a registry that changes, a model that needs no data, and what the index should hold."""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from byte.registry import catalog
from byte.registry.actors import SYSTEM
from byte.registry.documents import read
from byte.registry.indexing.keeper import Keeper, Opened
from byte.registry.publish import Publication, append
from byte.registry.records import Content, State
from byte.registry.search.embeddings import Embedder, EmbedderError, Vectors
from byte.registry.search.entry import Entry, entry_of
from byte.registry.search.index import Index
from byte.registry.store import Store, operations, searched, services


class Hashing:
    """A model that knows words alone: each has a vector of its own."""

    def __init__(self, name: str = "hashing", dimensions: int = 16) -> None:
        self.identity, self.dimensions = name, dimensions
        self.broken = ""
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise EmbedderError(self.broken)
        self.encoded += len(texts)
        return np.stack([self._vector(text) for text in texts])

    def encode_query(self, text: str) -> Vectors:
        if self.broken:
            raise EmbedderError(self.broken)
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        found = np.zeros(self.dimensions, np.float32)
        for word in text.lower().split():
            digest = hashlib.sha256(f"{self.identity} {word}".encode()).digest()
            found += np.frombuffer(digest[: self.dimensions], np.uint8).astype(np.float32) - 127.5
        length = np.linalg.norm(found)
        return found / length if length else found


def content(name: str, label: str, *paths: str, title: str = "") -> Content:
    """A document with an operation for each path."""
    made: dict[str, Any] = {
        path: {"get": {"summary": f"Read {path[1:]} of {name}", "responses": {"200": {"description": "OK"}}}}
        for path in paths or ("/things",)
    }
    value = {"openapi": "3.1.0", "info": {"title": title or name, "version": label}, "paths": made}
    return read(json.dumps(value).encode())


def published(store: Store, name: str, label: str = "1", *paths: str, state: State = "active") -> None:
    """A version of a service, which is made where there is none; nobody judges it."""
    made = Publication(service=name, content=content(name, label, *paths), label=label, state=state, create=True)
    with store.writing() as write:
        append(write, SYSTEM, made)


def titled(store: Store, name: str, title: str) -> None:
    """A service with another title."""
    catalog.edit_service(store, SYSTEM, name, None, lambda old: replaced(old, title=title))


def replaced(record: Any, **given: Any) -> Any:
    return type(record)(**{name: given.get(name, getattr(record, name)) for name in record.__struct_fields__})


def stored(store: Store) -> dict[str, Entry]:
    """All entries that there should be, by id."""
    found: dict[str, Entry] = {}
    with store.reading() as at:
        for name, service in searched.find(at).items():
            record = services.get(at, name)
            for version in service.versions.values():
                found |= {one.id: entry_of(one, record) for one in operations.of_version(at, version.number)}
    return found


def held(index: Index) -> dict[str, Entry]:
    """All entries of an index, by id."""
    return {entry.id: entry for entry in index.entries()}


@contextmanager
def kept(store: Store, file: Path | None, opened: Opened, embeddings: str = "hashing") -> Iterator[Keeper]:
    """A keeper at work."""
    keeper = Keeper(store, file, embeddings, opened, look=0.01)
    thread = threading.Thread(target=keeper.run)
    thread.start()
    try:
        yield keeper
    finally:
        keeper.stop()
        thread.join()


def until(condition: Any, what: str = "it") -> None:
    """Waits until something is so."""
    for _ in range(3_000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail(f"{what} does not come")


def ready(keeper: Keeper) -> Index:
    """The index of a keeper, once it answers."""
    until(lambda: keeper.status().ready, "the index")
    return keeper.index


def always(embedder: Embedder | None) -> Opened:
    """Opens one embedder whatever the setting."""
    return lambda setting: embedder


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """What Byte's own loggers said."""
    return "\n".join(record.getMessage() for record in caplog.records if record.levelno >= logging.INFO)
