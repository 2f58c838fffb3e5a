"""Foreign key without an index.

## What it does

Finds a foreign key column that has no index: it is no key, not unique, and not the first column of an index that the
model or a migration declares.

## Why is this bad?

PostgreSQL and SQLite index the column that a foreign key refers to, not the column itself. Every join from the parent
and every delete of a parent row then reads the whole child table.

## Bad

```python
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))  # finding
```

## Good

```python
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    __table_args__ = (Index("ix_items_shop", "shop_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column()
```

## Limits

A note: a small table, or one whose parents are never deleted and never joined from, needs no index. Projects that use
MySQL are left out, since InnoDB makes the index itself.

```python
import pymysql
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
```

## References

- PostgreSQL: Constraints, Foreign Keys
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Column, Facts, Migration, Table
from byte.model.review import Area, Aspect, Evidence, Rule, Severity
from byte.model.tables import column_name, only_mysql, own, upgrades

_INDEXING = frozenset({"create_index", "create_unique_constraint", "create_primary_key"})


def check(table: Table, facts: Facts) -> Iterator[Evidence]:
    """The foreign keys that the table's own class declares."""
    keys = [c for c in table.columns if c.foreign_key is not None and own(facts, table, c.at)]
    if not keys or table.abstract or only_mysql(facts):
        return
    leading = {names[0] for names in table.indexes if names} | _migrated(facts, table.name)
    for column in keys:
        if _indexed(column) or {column.name, column_name(column)} & leading or _alone(table, column):
            continue
        yield Evidence(
            message=f"`{table.cls}.{column.name}` refers to `{column.foreign_key}` without an index: joins from there "
            f"and deletes there read the whole table",
            at=column.at,
            symbol=table.cls,
            key=column.name,
            fix=f"Add `index=True` to `{table.cls}.{column.name}`, and a migration for it.",
            cause=f"foreign keys of {table.key}",
        )


def _indexed(column: Column) -> bool:
    unknown = isinstance(column.expr, s.Call) and any(k.name is None for k in column.expr.keywords)
    return column.index or column.unique or unknown


def _alone(table: Table, column: Column) -> bool:
    """The only or the first column of the primary key."""
    keys = [c.name for c in table.columns if c.primary_key]
    return bool(keys) and keys[0] == column.name


def _migrated(facts: Facts, table: str) -> set[str]:
    """The first columns of the indexes that revisions make."""
    return {
        op.columns[0]
        for migration in facts.all(Migration)
        for op in upgrades(migration)
        if table and op.table == table and op.kind in _INDEXING and op.columns
    }


RULE = Rule(
    id="BYT204",
    name="missing-foreign-key-index",
    area=Area.DATA,
    aspect=Aspect.RELATIONSHIPS,
    severity=Severity.NOTE,
    on=Table,
    check=check,
)
