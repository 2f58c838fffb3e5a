"""What records with a name and a revision have in common: found by their key, edited at a revision, listed in pages."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

import msgspec
from sqlalchemy import Column, ColumnElement, Select, Table, bindparam, case, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from byte.registry.errors import ExistsError, InvalidError, NotFoundError, StaleError
from byte.registry.records import Page
from byte.registry.store import steps
from byte.registry.store.connection import Read, Write
from byte.registry.store.paging import cursor_of, keys_of
from byte.registry.store.shapes import Shape
from byte.registry.store.steps import Steps
from byte.registry.store.tables import counters

R = TypeVar("R", bound=msgspec.Struct)
_COUNTED: Final = frozenset({"revision", "created_at", "updated_at"})
_REMOVED: Final = select(counters.c.value).where(counters.c.name == bindparam("counter"))
_REMOVE = insert(counters).values(name=bindparam("counter"), value=bindparam("revision"))
_REMEMBER: Final = _REMOVE.on_conflict_do_update(
    index_elements=[counters.c.name],
    set_={
        "value": case(
            (counters.c.value < _REMOVE.excluded.value, _REMOVE.excluded.value),
            else_=counters.c.value,
        )
    },
)
"""The highest revision of a table that was ever removed: what is made again has none that a client may still know."""


class Kept(Generic[R]):
    """The records of a table, each with a key.

    `noun` is what messages call one. `fixed` are fields that an edit leaves alone: others keep them.
    `remembered` is that of `Shape`.
    """

    def __init__(
        self,
        struct: type[R],
        table: Table,
        noun: str,
        *,
        key: Sequence[str] = ("name",),
        fixed: Sequence[str] = (),
        remembered: int = 0,
    ) -> None:
        self.shape: Shape[R] = Shape(struct, table, remembered=remembered)
        self.table = table
        self.noun = noun
        self._key = tuple(key)
        self._counter = f"removed from {table.name}"
        self._fields = tuple(name for name in self.shape.names if name not in {*key, *fixed, *_COUNTED})
        mine = [table.c[name] == bindparam(f"k_{name}") for name in key]
        self._find = select(*self.shape.columns).where(*mine)
        self._lock = self._find.with_for_update()
        self._add = insert(table).on_conflict_do_nothing(index_elements=[table.c[name] for name in key])
        self._remove = delete(table).where(*mine)
        if "revision" in self.shape.names:
            self._replace = (
                update(table)
                .where(*mine, table.c.revision == bindparam("k_revision"))
                .values({table.c[name]: bindparam(f"v_{name}") for name in (*self._fields, "revision", "updated_at")})
            )

    def find(self, read: Read, *key: str) -> R | None:
        """The record of a key, None where there is none."""
        row = read.row(self._find, self._keyed(key))
        return None if row is None else self.shape.load(row)

    def get(self, read: Read, *key: str) -> R:
        """The record of a key. Raises `NotFoundError`."""
        return self._there(self.find(read, *key), key)

    def get_steps(self, *key: str) -> Steps[R]:
        """`get` as the last steps of a read."""
        row = yield from steps.row(self._find, self._keyed(key), last=True)
        return self._there(None if row is None else self.shape.load(row), key)

    def lock(self, write: Write, *key: str) -> R:
        """The record of a key, and nobody else writes it before this transaction ends. Raises `NotFoundError`."""
        row = write.row(self._lock, self._keyed(key))
        return self._there(None if row is None else self.shape.load(row), key)

    def add(self, write: Write, record: R, also: Mapping[str, Any] | None = None) -> R:
        """Keeps a new record, with a revision that none before it had and the times that it lacks.

        Raises `ExistsError`.
        """
        now = write.now
        times = {name: getattr(record, name) or now for name in ("created_at", "updated_at") if hasattr(record, name)}
        counted = {"revision": 1 + self._removed(write)} if hasattr(record, "revision") else {}
        record = msgspec.structs.replace(record, **times, **counted)
        if write.run(self._add, {**self.shape.dump(record), **(also or {})}) == 0:
            raise ExistsError(f"There is a {self.noun} {self._named(self._key_of(record))} already.")
        return record

    def replace(self, write: Write, record: R, expected: int | None) -> R:
        """Edits a record: one revision more. Raises `NotFoundError`, and `StaleError` unless it is at `expected`."""
        key = self._key_of(record)
        before: Any = self.at(write, key, expected)
        values: dict[str, Any] = {name: getattr(record, name) for name in self._fields}
        after: R = msgspec.structs.replace(before, **values, revision=before.revision + 1, updated_at=write.now)
        dumped = self.shape.dump(after)
        given = {f"v_{name}": dumped[name] for name in (*self._fields, "revision", "updated_at")}
        write.run(self._replace, {**given, **self._keyed(key), "k_revision": before.revision})
        return after

    def remove(self, write: Write, key: Sequence[str], expected: int | None) -> R:
        """Removes a record and returns it. Raises `NotFoundError`, and `StaleError` unless it is at `expected`."""
        before = self.at(write, key, expected)
        write.run(self._remove, self._keyed(key))
        if hasattr(before, "revision"):
            write.run(_REMEMBER, {"counter": self._counter, "revision": before.revision})
        return before

    def _removed(self, read: Read) -> int:
        return int(read.value(_REMOVED, {"counter": self._counter}) or 0)

    def at(self, write: Write, key: Sequence[str], expected: int | None) -> R:
        """Locks a record. Raises `NotFoundError`, and `StaleError` unless it is at `expected` (None: at any revision)."""
        record: Any = self.lock(write, *key)
        if expected is not None and record.revision != expected:
            named = self._named(key)
            raise StaleError(
                f"The {self.noun} {named} is at revision {record.revision}, not {expected}: read it again."
            )
        there: R = record
        return there

    def _key_of(self, record: R) -> tuple[str, ...]:
        return tuple(getattr(record, name) for name in self._key)

    def _keyed(self, key: Sequence[str]) -> dict[str, str]:
        return {f"k_{name}": value for name, value in zip(self._key, key, strict=True)}

    def _named(self, key: Sequence[str]) -> str:
        return " of ".join(f"`{part}`" for part in reversed(key))

    def _there(self, record: R | None, key: Sequence[str]) -> R:
        if record is None:
            raise NotFoundError(f"There is no {self.noun} {self._named(key)}.")
        return record


class Listing(Generic[R]):
    """A list of records: what it may be filtered by, and in which orders it comes.

    `sorts` has the columns that each field sorts by, the last of which make every record's place its own. `filters` are
    conditions with a parameter of the filter's name.
    """

    def __init__(
        self,
        name: str,
        shape: Shape[R],
        sorts: Mapping[str, Sequence[Column[Any]]],
        filters: Mapping[str, ColumnElement[bool]],
    ) -> None:
        self._name = name
        self._shape = shape
        self._sorts = sorts
        self._filters = filters
        self.statement = lru_cache(maxsize=1_024)(self._statement)

    def page(self, read: Read, given: Mapping[str, Any], sort: str, limit: int, cursor: str | None = None) -> Page[R]:
        """A page of the records that all filters let through; `given` has None for those that are not asked for.

        Raises `InvalidError` for a sort that is none, and for the cursor of another list or sort.
        """
        return read.take(self.page_steps(given, sort, limit, cursor))

    def page_steps(self, given: Mapping[str, Any], sort: str, limit: int, cursor: str | None = None) -> Steps[Page[R]]:
        """`page` as the last steps of a read."""
        columns = self._sorts.get(sort.removeprefix("-"))
        if columns is None:
            raise InvalidError(f"`{sort}` is no order of this list: it sorts by {', '.join(self._sorts)}.")
        listing = f"{self._name} by {sort}"
        after: dict[str, Any] = {}
        if cursor is not None:
            keys = keys_of(cursor, listing, [column.type.python_type for column in columns])
            after = {f"after_{at}": key for at, key in enumerate(keys)}
        asked = {name: value for name, value in given.items() if value is not None}
        statement = self.statement(sort, tuple(asked), bool(after))
        rows = yield from steps.rows(statement, {**asked, **after, "limit": limit + 1}, last=True)
        items = tuple(map(self._shape.load, rows[:limit]))
        more = len(rows) > limit
        return Page(items, cursor_of(listing, tuple(rows[limit - 1][-len(columns) :])) if more else None)

    def _statement(self, sort: str, asked: tuple[str, ...], started: bool) -> Select[Any]:
        columns = self._sorts[sort.removeprefix("-")]
        down = sort.startswith("-")
        found = select(*self._shape.columns, *(column.label(f"key_{at}") for at, column in enumerate(columns)))
        found = found.where(*(self._filters[name] for name in asked))
        if started:
            here = tuple_(*columns)
            last = tuple_(*(bindparam(f"after_{at}", type_=column.type) for at, column in enumerate(columns)))
            found = found.where(here < last if down else here > last)
        return found.order_by(*(column.desc() if down else column for column in columns)).limit(bindparam("limit"))
