"""The cache of per-file facts: one SQLite file, keyed by extractor version and content.

It only saves time. Whatever is wrong with it - corrupt, locked, read-only, another format - it is not there.
"""

import contextlib
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

_LIMIT = 512 * 1024 * 1024
"""A cache file above this size is started anew."""

_BATCH = 500


class Cache:
    """Bytes by key. Every value carries a checksum; a value that fails it is a miss."""

    def __init__(self, file: Path | None) -> None:
        self._connection: sqlite3.Connection | None = None
        if file is not None:
            with contextlib.suppress(sqlite3.Error, OSError):
                self._connection = _open(file)

    def get(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The values that are there and sound."""
        out: dict[str, bytes] = {}
        wanted = list(keys)
        if self._connection is None:
            return out
        try:
            for start in range(0, len(wanted), _BATCH):
                batch = wanted[start : start + _BATCH]
                marks = ",".join("?" * len(batch))
                rows = self._connection.execute(f"SELECT key, value FROM facts WHERE key IN ({marks})", batch)
                for name, value in rows:
                    sound = _checked(name, value)
                    if sound is not None:
                        out[name] = sound
        except sqlite3.Error:
            self.close()
        return out

    def put(self, values: Mapping[str, bytes]) -> None:
        """Keep these values, if that is possible."""
        if self._connection is None or not values:
            return
        rows = ((k, _checksum(k, v) + v) for k, v in values.items())
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)
        except sqlite3.Error:
            self.close()

    def close(self) -> None:
        """Let go of the file; later calls are misses."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def _checksum(name: str, value: bytes) -> bytes:
    """The sum of a value under its key: a value that moved to another key is not sound."""
    return zlib.crc32(value, zlib.crc32(name.encode())).to_bytes(4, "big")


def _checked(name: object, value: object) -> bytes | None:
    if not isinstance(name, str) or not isinstance(value, bytes) or len(value) < 4:
        return None
    return value[4:] if _checksum(name, value[4:]) == value[:4] else None


def _open(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if file.exists() and file.stat().st_size > _LIMIT:
        file.unlink()
    connection = sqlite3.connect(file, timeout=0.2)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value BLOB)")
        connection.commit()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
