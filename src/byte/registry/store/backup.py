"""All of a store in one file, and back: of either database, into either.

The file has a line that says what it is, then frames (a length of four bytes and as many bytes of MessagePack), and last
the SHA-256 of all that stands before. The first frame is a `_Head`, each other one some rows of a table, the last empty.

A backup is one snapshot, taken while others write. A file is read twice: once to see that it is whole, and only then into
the store, in one transaction. So a store holds all of a backup or what it held before: nothing.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
from sqlalchemy import Table, func, insert, select, text

from byte.model.errors import SourceError
from byte.registry.errors import ConflictError
from byte.registry.store import migrate
from byte.registry.store.connection import Read, Write
from byte.registry.store.store import Store
from byte.registry.store.tables import answers, counters, leases, metadata

_MAGIC: Final = b"byte backup 1\n"
_TABLES: Final[tuple[Table, ...]] = tuple(table for table in metadata.sorted_tables if table not in (leases, answers))
"""In an order in which each comes after those that it refers to. Leases are of the processes that run, answers of the requests of the last day."""
_NUMBERED: Final = tuple(table for table in _TABLES if table.name in ("versions", "health_checks"))
_ROWS: Final = 200
_FRAME: Final = 1 << 29
_DIGEST: Final = hashlib.sha256().digest_size


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """What the file was made of: the revision of its tables, when, and the columns of each table."""

    revision: str
    made_at: int
    columns: dict[str, tuple[str, ...]]


class _Rows(msgspec.Struct, frozen=True, array_like=True):
    """Some rows of a table."""

    table: str
    rows: tuple[tuple[Any, ...], ...]


_COLUMNS: Final = {str(table.name): tuple(str(column.name) for column in table.columns) for table in _TABLES}
_ENCODER: Final = msgspec.msgpack.Encoder()
_HEADS: Final = msgspec.msgpack.Decoder(_Head)
_MANY: Final = msgspec.msgpack.Decoder(_Rows)


def backup(store: Store, file: Path) -> None:
    """Writes all of a store into a new file, which only its owner may read: it has the hashes of keys.

    Raises `SourceError` where there is such a file or it cannot be written, and `UnavailableError`.
    """
    if file.exists():
        raise SourceError(f"{file} is there already: name a file that is not.")
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as out, store.reading() as read:
            part.chmod(0o600)
            _write(read, out)
            out.flush()
            os.fsync(out.fileno())
        # Unlike a rename this never replaces a file that has come meanwhile.
        file.hardlink_to(part)
    except OSError as error:
        raise SourceError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            part.unlink()


def _write(read: Read, out: BinaryIO) -> None:
    whole = hashlib.sha256(_MAGIC)
    out.write(_MAGIC)
    for data in _frames(read):
        framed = len(data).to_bytes(4, "big") + data
        whole.update(framed)
        out.write(framed)
    out.write(whole.digest())


def _frames(read: Read) -> Iterator[bytes]:
    yield _ENCODER.encode(_Head(migrate.HEAD, read.now, _COLUMNS))
    for table in _TABLES:
        for rows in read.parts(select(*table.columns).order_by(*table.primary_key.columns), _ROWS):
            yield _ENCODER.encode(_Rows(str(table.name), tuple(tuple(row) for row in rows)))
    yield b""


def restore(store: Store, file: Path) -> None:
    """Fills an empty store from a file that `backup` wrote.

    Raises `SourceError` where the file is none, is damaged, or is of another revision; `ConflictError` where the store
    is not empty; `UnavailableError`. The store is then as it was before.
    """
    try:
        with file.open("rb") as source:
            for _ in _read(file, source):
                pass
            source.seek(0)
            with store.writing() as write:
                _fill(write, file, source)
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}.") from error
    store.tune()


def _read(file: Path, source: BinaryIO) -> Iterator[_Rows]:
    """All rows of a file. Raises `SourceError`, for a damaged one at its end at the latest."""
    broken = SourceError(f"{file} is no whole backup of Byte: take another one.")
    if source.read(len(_MAGIC)) != _MAGIC:
        raise SourceError(f"{file} is no backup of Byte.")
    whole = hashlib.sha256(_MAGIC)
    head: _Head | None = None
    while True:
        length = source.read(4)
        size = int.from_bytes(length, "big")
        data = source.read(size) if size <= _FRAME else b""
        if len(length) != 4 or len(data) != size:
            raise broken
        whole.update(length + data)
        if not size:
            break
        try:
            if head is None:
                head = _HEADS.decode(data)
                _check(file, head)
                continue
            rows = _MANY.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise broken from error
        if rows.table not in _COLUMNS:
            raise broken
        yield rows
    if head is None or source.read(_DIGEST + 1) != whole.digest():
        raise broken


def _check(file: Path, head: _Head) -> None:
    if head.revision != migrate.HEAD or head.columns != _COLUMNS:
        raise SourceError(
            f"{file} is of revision {head.revision} and this Byte is at {migrate.HEAD}: "
            f"restore it with the Byte that made it, and migrate then."
        )


def _fill(write: Write, file: Path, source: BinaryIO) -> None:
    if write.kind == "postgresql":
        write.run(text("SET LOCAL statement_timeout = 0"))
    for table in _TABLES:
        if table is not counters and write.value(select(*table.primary_key.columns).limit(1)) is not None:
            raise ConflictError(f"The store is not empty, it has {table.name}: restore into a new one.")
    write.run(counters.delete())
    for frame in _read(file, source):
        table = metadata.tables[frame.table]
        names = _COLUMNS[frame.table]
        write.run(insert(table), [dict(zip(names, row, strict=True)) for row in frame.rows])
    if write.kind == "postgresql":
        for table in _NUMBERED:
            last = write.value(select(func.max(table.c.id)))
            if last is not None:
                write.row(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))
