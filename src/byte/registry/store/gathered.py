"""A page of records as one row: the database writes them as JSON, and one decoder reads them all.

The driver of SQLite lets go of Python's lock for each row that it steps to. A page of fifty rows is fifty chances to wait for
all other threads: under load that costs four times what the page costs. As one row it is one step, and the decoder makes
records of the text without Python between.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    FromClause,
    Select,
    Text,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql

from byte.registry.errors import UnavailableError
from byte.registry.store.connection import Read

R = TypeVar("R", bound=msgspec.Struct)
_KEYS: Final = msgspec.json.Decoder(list[tuple[Any, ...]])


class Field(NamedTuple):
    """Where a field of a record comes from; `nested`: the column is text that holds JSON."""

    column: ColumnElement[Any]
    nested: bool = False


class Gathered(Generic[R]):
    """How records of a struct are gathered from a statement, each with the keys of its place in the list."""

    def __init__(self, struct: type[R], fields: Mapping[str, Field]) -> None:
        self._fields = fields
        self._decoder: msgspec.json.Decoder[list[R]] = msgspec.json.Decoder(list[struct])  # type: ignore[valid-type]
        self.columns: tuple[ColumnElement[Any], ...] = tuple(
            field.column.label(f"f_{name}") for name, field in fields.items()
        )
        """What the statement selects, and then the keys as `placed`."""

    @staticmethod
    def placed(keys: Sequence[Column[Any]]) -> tuple[ColumnElement[Any], ...]:
        """The columns of the keys, as the statement selects them."""
        return tuple(key.label(f"key_{at}") for at, key in enumerate(keys))

    def statement(self, kind: str, ordered: Select[Any], keys: int) -> Select[Any]:
        """The rows of a statement in its order as one row, for a kind of database."""
        rows = ordered.subquery()
        pairs: list[ColumnElement[Any]] = []
        for name, field in self._fields.items():
            pairs += [literal_column(f"'{name}'"), _value(kind, rows, f"f_{name}", field)]
        places = [rows.c[f"key_{at}"] for at in range(keys)]
        if kind == "sqlite":
            return _joined(rows, func.group_concat, func.json_object(*pairs), func.json_array(*places))
        texts = (cast(func.json_build_object(*pairs), Text), cast(func.json_build_array(*places), Text))
        return _joined(rows, func.string_agg, *texts)

    def load(
        self, read: Read, statement: Select[Any], given: Mapping[str, Any]
    ) -> tuple[list[R], list[tuple[Any, ...]]]:
        """The records, and the keys of each."""
        row = read.row(statement, given)
        if row is None or row[0] is None:
            return [], []
        try:
            return self._decoder.decode(f"[{row[0]}]"), _KEYS.decode(f"[{row[1]}]")
        except msgspec.DecodeError as error:
            raise UnavailableError(f"The store holds broken data ({error}): restore it from a backup.") from error


def tuples(kind: str, ordered: Select[Any]) -> Select[Any]:
    """The rows of a statement (numbers and texts) in its order as one row: `load_tuples` reads it."""
    rows = ordered.subquery()
    if kind == "sqlite":
        return _joined(rows, func.group_concat, func.json_array(*rows.c))
    return _joined(rows, func.string_agg, cast(func.json_build_array(*rows.c), Text))


def load_tuples(read: Read, statement: Select[Any], given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that `tuples` made one of."""
    text = read.value(statement, given)
    return [] if text is None else _KEYS.decode(f"[{text}]")


def _value(kind: str, rows: FromClause, name: str, field: Field) -> ColumnElement[Any]:
    column: ColumnElement[Any] = rows.c[name]
    if field.nested:
        return func.json(column) if kind == "sqlite" else cast(column, postgresql.JSON)
    if kind == "sqlite" and isinstance(field.column.type, Boolean):
        # It has no truth of its own.
        return func.json(case((column, literal_column("'true'")), else_=literal_column("'false'")))
    return column


def _joined(rows: FromClause, join: Any, *texts: ColumnElement[Any]) -> Select[Any]:
    return select(*(join(text, literal_column("','")) for text in texts)).select_from(rows)
