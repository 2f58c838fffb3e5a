"""Between rows and records: which columns a record is made of, and how each is kept."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

import msgspec
from sqlalchemy import Column, LargeBinary, Table

from byte.registry.store.packing import pack, unpack
from byte.registry.store.tables import Text

R = TypeVar("R", bound=msgspec.Struct)
_Way = Callable[[Any], Any]
_JSON: Final = msgspec.json.Encoder()


class Shape(Generic[R]):
    """A record's struct and its table: fields and columns of the same names.

    A field that is no text in a column of text is kept as JSON, in a column of bytes as compressed JSON. Fields that are
    left out (`without`) have their default. `remembered`: so many rows are known again, and are the same record then, which
    costs a tenth of making it; only where records hold nothing that can be changed.
    """

    def __init__(self, struct: type[R], table: Table, *, without: Collection[str] = (), remembered: int = 0) -> None:
        self.struct = struct
        self.names: tuple[str, ...] = tuple(name for name in struct.__struct_fields__ if name not in without)
        self.columns: tuple[Column[Any], ...] = tuple(table.c[name] for name in self.names)
        self._size = len(self.columns)
        self._made = lru_cache(maxsize=remembered)(self._make) if remembered else self._make
        kinds = {field.name: field.type for field in msgspec.structs.fields(struct)}
        ways = {name: _ways(kinds[name], table.c[name]) for name in self.names}
        self._loads = {name: way[0] for name, way in ways.items() if way is not None}
        self._dumps = {name: way[1] for name, way in ways.items() if way is not None}

    def load(self, row: Sequence[Any]) -> R:
        """The record of a row that begins with `columns`."""
        return self._made(*row[: self._size])

    def _make(self, *row: Any) -> R:
        values: dict[str, Any] = dict(zip(self.names, row, strict=True))
        for name, load in self._loads.items():
            values[name] = load(values[name])
        return self.struct(**values)

    def dump(self, record: R) -> dict[str, Any]:
        """The values of a record's columns."""
        values: dict[str, Any] = {name: getattr(record, name) for name in self.names}
        for name, dump in self._dumps.items():
            values[name] = dump(values[name])
        return values


def _ways(kind: Any, column: Column[Any]) -> tuple[_Way, _Way] | None:
    """How a field of a type is read from its column and written to it; None where it is kept as it is."""
    if isinstance(column.type, LargeBinary) and kind is not bytes:
        return unpack, pack
    if isinstance(column.type, Text) and not _is_text(kind):
        return msgspec.json.Decoder(kind).decode, _as_text
    return None


def _as_text(value: Any) -> str:
    return _JSON.encode(value).decode()


def _is_text(kind: Any) -> bool:
    """Whether a field's type holds texts (or None) alone."""
    told = msgspec.inspect.type_info(kind)
    kinds = told.types if isinstance(told, msgspec.inspect.UnionType) else (told,)
    texts = (msgspec.inspect.StrType, msgspec.inspect.NoneType)
    return all(
        isinstance(one, texts) or (isinstance(one, msgspec.inspect.LiteralType) and isinstance(one.values[0], str))
        for one in kinds
    )
