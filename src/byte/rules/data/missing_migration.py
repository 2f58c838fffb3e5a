"""Model change without its migration.

## What it does

Finds a table or column that a change adds to the models and that no Alembic revision creates, and a NOT NULL column
that the change takes out of a model while no revision drops it.

## Why is this bad?

Tests that make their tables from the models pass. In production the column is not there and every query of the
table fails; or it is still there, NOT NULL, and every insert fails.

## Bad

```python base title="app/models.py"
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column()
```

```python base title="app/alembic/versions/1_orders.py"
import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
    )
```

```python head title="app/models.py"
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):  # finding
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str | None] = mapped_column()  # finding


class Item(Base):  # finding
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
```

```python head title="app/alembic/versions/1_orders.py"
import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
    )
```

## Good

```python base title="app/models.py"
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
```

```python base title="app/alembic/versions/1_orders.py"
import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))
```

```python head title="app/models.py"
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str | None] = mapped_column()
```

```python head title="app/alembic/versions/1_orders.py"
import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))
```

```python head title="app/alembic/versions/2_note.py"
import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade():
    op.add_column("orders", sa.Column("note", sa.String(), nullable=True))
```

## Limits

Only projects whose revisions create the table (for a new table: most tables of the same base class) are looked at. A
revision that names table and column in SQL text or in code that cannot be read counts as the migration. Changed
types, keys and indexes are not compared.

```python base title="app/models.py"
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
```

```python base title="app/alembic/versions/1_orders.py"
revision = "1"
down_revision = None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))
```

```python head title="app/models.py"
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str | None] = mapped_column()
```

```python head title="app/alembic/versions/1_orders.py"
revision = "1"
down_revision = None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))
```

```python head title="app/alembic/versions/2_note.py"
revision = "2"
down_revision = "1"


def upgrade():
    op.execute("ALTER TABLE orders ADD COLUMN note TEXT")
```

## References

- Alembic: Auto Generating Migrations; `alembic check`
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from byte.model import syntax as s
from byte.model.facts import ChangeFacts, Column, Facts, Migration, Table
from byte.model.review import Area, Aspect, Evidence, Rule, Severity
from byte.model.tables import ancestry, column_name, folder, shares_table, upgrades

_WORD = re.compile(r"\w+")
_MAX_RENAMES = 20


class _History(msgspec.Struct):
    """What the revisions of head do: columns by table, and every word of those that cannot be read whole."""

    created: dict[str, set[str]] = {}
    dropped: set[tuple[str, str]] = set()
    vague: list[set[str]] = []
    roots: dict[str, set[str]] = {}
    former: dict[str, str] = {}


def check(change: ChangeFacts) -> Iterator[Evidence]:
    """The tables of the changed files, against base and against the revisions."""
    tables = [t for t in change.head.of(Table) if t.name and not t.abstract]
    if not tables:
        return
    if not change.head.all(Migration):
        return
    history = _read(change.head)
    old = _by_name(change.base)
    new = _by_name(change.head)
    for table in tables:
        if not _reaches(history, table) or (table.name not in old and shares_table(change.head, table)):
            continue
        before = table.name if table.name in old else history.former.get(table.name, table.name)
        if before not in old:
            if _missing_table(change, table, history, old):
                yield _table(table)
            continue
        if table.name in history.created:
            yield from _columns(table, history, old[before], new[table.name])


def _columns(table: Table, history: _History, old: list[Table], new: list[Table]) -> Iterator[Evidence]:
    had = {column_name(c): c for t in old for c in t.columns}
    has = {column_name(c) for t in new for c in t.columns}
    for column in table.columns:
        name = column_name(column)
        if name in had or any(column.at == c.at for t in new if t.key < table.key for c in t.columns):
            continue
        if name in history.created[table.name] or _vague(history, table.name, name):
            continue
        yield Evidence(
            message=f"`{table.name}.{name}` is in the model but no revision adds it: every query of "
            f"`{table.name}` will fail",
            at=column.at,
            symbol=table.cls,
            key=f"add {table.name}.{name}",
            brief=f"column `{table.name}.{name}` has no migration",
            fix=f"Add an Alembic revision that adds `{name}` to `{table.name}`.",
        )
    if new[0].key != table.key:
        return
    for name, gone in had.items():
        if name in has or name not in history.created[table.name] or not _demanding(gone):
            continue
        if (table.name, name) in history.dropped or _vague(history, table.name, name):
            continue
        yield Evidence(
            message=f"`{table.name}.{name}` is gone from the model but stays NOT NULL in the database: every "
            f"insert into `{table.name}` will fail",
            at=table.at,
            symbol=table.cls,
            key=f"drop {table.name}.{name}",
            brief=f"column `{table.name}.{name}` is not dropped by a migration",
            fix=f"Add an Alembic revision that drops `{name}` from `{table.name}` or makes it nullable.",
        )


def _demanding(column: Column) -> bool:
    return column.nullable is False and not column.server_default and not column.primary_key


def _table(table: Table) -> Evidence:
    return Evidence(
        message=f"table `{table.name}` is in the models but no revision creates it: every query of it will fail",
        at=table.at,
        symbol=table.cls,
        key=f"create {table.name}",
        brief=f"table `{table.name}` has no migration",
        fix=f"Add an Alembic revision that creates `{table.name}`.",
    )


def _missing_table(change: ChangeFacts, table: Table, history: _History, old: Mapping[str, list[Table]]) -> bool:
    if table.name in history.created or _vague(history, table.name, table.name) or not table.columns:
        return False
    cls = change.head.cls(table.key)
    if cls is not None and any(
        isinstance(stmt, s.Assign)
        and s.dotted(stmt.targets[0]) == "__table_args__"
        and '"info"' in s.text(stmt.value, 999)
        for stmt in cls.node.body
    ):
        return False  # `include_object` may leave such a table to someone else
    base = _base(change.head, table)
    siblings = [name for name, found in old.items() if _base(change.base, found[0]) == base]
    known = sum(name in history.created for name in siblings)
    return known > 0 and known * 2 >= len(siblings)


def _base(facts: Facts, table: Table) -> str:
    """The name of the declarative base, which stands for one set of tables."""
    classes, _ = ancestry(facts, table.key)
    roots = [c.key for c in classes if not any(facts.cls(b) is not None for b in c.bases)]
    with_base = [k for k in roots if k != table.key and any(b for b in _bases(facts, k))]
    return (with_base or ["sqlmodel" if table.sqlmodel else ""])[-1].rpartition("::")[2]


def _bases(facts: Facts, key: str) -> tuple[str | None, ...]:
    cls = facts.cls(key)
    return cls.bases if cls is not None else ()


def _by_name(facts: Facts) -> dict[str, list[Table]]:
    out: dict[str, list[Table]] = {}
    for table in facts.all(Table):
        if table.name and not table.abstract:
            out.setdefault(table.name, []).append(table)
    return out


def _read(facts: Facts) -> _History:
    history = _History({}, set(), [], {}, {})
    renames: list[tuple[str, str]] = []
    for migration in facts.all(Migration):
        unread = migration.raw
        for op in upgrades(migration):
            unread = unread or (op.table is None and op.kind != "execute")
            if op.table is None:
                continue
            if op.kind in ("create_table", "add_column", "alter_column"):
                names = set(op.columns)
                if op.kind == "alter_column":
                    renamed = s.string(s.keyword(op.call, "new_column_name"))
                    names = {renamed} if renamed else set()
                    history.dropped.update((op.table, c) for c in op.columns)
                if op.kind != "alter_column" or names:
                    history.created.setdefault(op.table, set()).update(names)
            elif op.kind == "rename_table":
                renames.extend((op.table, name) for name in op.columns)
            elif op.kind in ("drop_column", "drop_table"):
                history.dropped.update((op.table, c) for c in op.columns)
            history.roots.setdefault(op.table, set()).add(_root(migration.path))
        if unread:
            history.vague.append(_words(facts, migration))
    history.former.update({after: before for before, after in renames})
    for _ in renames[:_MAX_RENAMES]:  # a table may be renamed again and again
        for before, after in renames:
            history.created.setdefault(after, set()).update(history.created.get(before, set()))
    return history


def _words(facts: Facts, migration: Migration) -> set[str]:
    module = facts.module(migration.path)
    body = module.body if module is not None else ()
    return {
        word
        for node in s.walk(*body, into_scopes=True)
        if isinstance(node, s.Constant) and node.kind == "str"
        for word in _WORD.findall(str(node.value))
    }


def _vague(history: _History, table: str, column: str) -> bool:
    return any(table in words and column in words for words in history.vague)


def _root(path: str) -> str:
    """The part of the project that a revision belongs to: what holds the folder of `versions`."""
    return folder(folder(folder(path)))


def _reaches(history: _History, table: Table) -> bool:
    """Whether the revisions stand in the same part of the project as the model."""
    top = table.at.path.split("/")[0]
    every = set().union(*history.roots.values()) if history.roots else set()
    return any(root == "" or root.split("/")[0] == top for root in every)


RULE = Rule(
    id="BYT201",
    name="missing-migration",
    area=Area.DATA,
    aspect=Aspect.SCHEMA_DESIGN,
    severity=Severity.BLOCKER,
    on=ChangeFacts,
    check=check,
)
