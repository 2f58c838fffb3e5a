"""What goes wrong below, in the words of the registry: a failure is told, and never an empty list."""

import sqlite3
from typing import Any, Final

import psycopg
from sqlalchemy import exc

from byte.registry.errors import (
    ConflictError,
    InvalidError,
    RegistryError,
    TooLargeError,
    UnavailableError,
    UnwritableError,
)

BELOW: Final = (exc.SQLAlchemyError, sqlite3.Error, psycopg.Error, OverflowError)
"""All that a database, its driver and SQLAlchemy raise."""

_STATES: Final[tuple[tuple[str, type[RegistryError], str], ...]] = (
    # SQLSTATE (or its class), what it is to the caller, and in which words.
    ("22", InvalidError, "A value cannot be kept: it is out of range or no text."),
    ("23", ConflictError, "Somebody else has changed what this depends on: read it again."),
    ("25006", UnwritableError, "The database takes no writes."),
    ("40", UnavailableError, "Two writes stood in each other's way: try again."),
    ("42P01", UnavailableError, "The store lacks a table: run `byte migrate`."),
    ("42703", UnavailableError, "The store lacks a column: run `byte migrate`."),
    ("53100", UnwritableError, "The store's disk is full."),
    ("53", UnavailableError, "The database is short of resources."),
    ("54", TooLargeError, "A value is too long for what it is used for."),
    ("55P03", UnavailableError, "The store is locked by another writer: try again."),
    ("57014", UnavailableError, "The database did not answer in time."),
)
_SQLITE: Final[tuple[tuple[str, type[UnavailableError], str], ...]] = (
    ("locked", UnavailableError, "The store is locked by another writer: try again."),
    ("full", UnwritableError, "The store's disk is full."),
    ("no such table", UnavailableError, "The store lacks a table: run `byte migrate`."),
    ("no such column", UnavailableError, "The store lacks a column: run `byte migrate`."),
    ("readonly", UnwritableError, "The store cannot be written to: its file is read-only."),
    ("not a database", UnavailableError, "The store's file is no SQLite database."),
    ("malformed", UnavailableError, "The store's file is damaged: restore it from a backup."),
    ("unable to open", UnavailableError, "The store's file cannot be opened."),
    ("disk i/o", UnwritableError, "The store's disk does not answer."),
)
_GONE: Final = "The store cannot be reached."


def told(error: Exception) -> Exception:
    """The error to raise for one of `BELOW`; the error itself where it is a fault of Byte."""
    if isinstance(error, exc.TimeoutError):
        return UnavailableError("The store is busy: all of its connections are in use.")
    if isinstance(error, OverflowError):
        return InvalidError("A number is too large to be kept.")
    cause: Any = error.orig if isinstance(error, exc.StatementError) else error
    if isinstance(cause, OverflowError):
        return InvalidError("A number is too large to be kept.")
    if isinstance(cause, psycopg.Error):
        return _of_postgresql(cause, error)
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, error)
    return error


def _of_postgresql(cause: psycopg.Error, error: Exception) -> Exception:
    code = cause.sqlstate or ""
    for start, kind, text in _STATES:
        if code.startswith(start):
            return kind(text)
    if isinstance(cause, psycopg.DataError):
        return InvalidError("A value cannot be kept: it is out of range or no text.")
    if isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)):
        return UnavailableError(_GONE)
    return error


def _of_sqlite(cause: sqlite3.Error, error: Exception) -> Exception:
    text = str(cause).lower()
    if isinstance(cause, sqlite3.IntegrityError):
        return ConflictError("Somebody else has changed what this depends on: read it again.")
    for words, kind, said in _SQLITE:
        if words in text:
            return kind(said)
    if isinstance(cause, sqlite3.DataError) or "too big" in text:
        return TooLargeError("A value is too large to be kept.")
    if type(cause) is sqlite3.ProgrammingError and "closed" not in text:
        return error
    return UnavailableError(_GONE)
