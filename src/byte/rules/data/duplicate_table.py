"""Table or column declared twice.

## What it does

Finds two classes of one declarative base with the same `__tablename__`, and a class that declares one attribute as a
column twice.

## Why is this bad?

SQLAlchemy refuses a second table of the same name when the module is imported, so the application does not start once
both modules are loaded. Of two columns with one name the first is silently lost.

## Bad

```python
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column()  # finding


class Product(Base):  # finding
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
```

## Good

```python
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)


class Product(Base):
    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)
```

## Limits

Single-table inheritance shares a name on purpose, `extend_existing` allows it, and two bases, or one base with several
schemas, have a table each. SQLModel classes are compared within one folder only.

```python
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)


class ArchivedItem(Base):
    __tablename__ = "items"
    __table_args__ = {"schema": "archive"}
    id: Mapped[int] = mapped_column(primary_key=True)


class SpecialItem(Item):
    pass
```

## References

- SQLAlchemy: `MetaData`, `Table.extend_existing`
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Table
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step
from byte.model.tables import ancestry, column_calls, folder

_COLUMN = frozenset({"mapped_column", "Column", "Field"})


def check(table: Table, facts: Facts) -> Iterator[Evidence]:
    """The table's name among all others, and the statements of its class."""
    yield from _twice(table, facts)
    if not _names_itself(table, facts):
        return
    for other in facts.all(Table):
        if other.name != table.name or (other.at.path, other.at.line) >= (table.at.path, table.at.line):
            continue
        if not _names_itself(other, facts) or _base(table, facts) is None:
            continue
        if _base(other, facts) != _base(table, facts) or _related(table, other, facts):
            continue
        yield Evidence(
            message=f"`{table.cls}` declares the table `{table.name}` that `{other.cls}` already has: "
            "importing both raises",
            at=table.at,
            symbol=table.cls,
            key=f"table {table.name}",
            because=(Step(other.at.path, other.at.line, f"{other.cls} declares {table.name}"),),
            fix=f"Give `{table.cls}` a table of its own, or remove one of the two classes.",
        )
        return


def _twice(table: Table, facts: Facts) -> Iterator[Evidence]:
    cls = facts.cls(table.key)
    known = {c.name: c for c in table.columns}
    first: dict[str, int] = {}
    for stmt in cls.node.body if cls is not None else ():
        if not isinstance(stmt, s.Assign) or not isinstance(stmt.value, s.Call):
            continue
        name = s.dotted(stmt.targets[0])
        if name is None or name not in known or (s.dotted(stmt.value.func) or "").rpartition(".")[2] not in _COLUMN:
            continue
        if name in first:
            yield Evidence(
                message=f"`{table.cls}.{name}` is declared twice: the column of line {first[name]} is lost",
                at=Location(table.at.path, stmt.line, stmt.end),
                symbol=table.cls,
                key=f"column {name}",
                fix=f"Remove one of the two declarations of `{name}`.",
                severity=Severity.MAJOR,
            )
        first.setdefault(name, stmt.line)


def _names_itself(table: Table, facts: Facts) -> bool:
    """Whether the class gives a fixed name and nothing that makes sharing it legal."""
    cls = facts.cls(table.key)
    if (
        cls is None
        or "#" in cls.key
        or not table.name
        or table.abstract
        or not any(True for c in table.columns if [*column_calls(c)])
    ):
        return False
    named = False
    for stmt in cls.node.body:
        if isinstance(stmt, s.Assign):
            target, text = s.dotted(stmt.targets[0]), s.text(stmt.value, 2000)
            named = named or (target == "__tablename__" and s.string(stmt.value) is not None)
            if target == "__table_args__" and (
                "extend_existing" in text or "schema" in text or "keep_existing" in text
            ):
                return False
    return named


def _base(table: Table, facts: Facts) -> str | None:
    """The key of the declarative base, None if it is not certain."""
    classes, whole = ancestry(facts, table.key)
    roots = [c.key for c in classes if c.key != table.key and c.bases and not any(facts.cls(b) for b in c.bases)]
    if not whole:
        return None
    if table.sqlmodel:
        return f"sqlmodel in {folder(table.at.path)}"  # all of SQLModel shares one base, several services do not
    made = {b for c in classes for b in c.bases if b is not None and b.endswith("()")}
    found = {*roots, *made}
    return found.pop() if len(found) == 1 else None


def _related(table: Table, other: Table, facts: Facts) -> bool:
    mine, _ = ancestry(facts, table.key)
    theirs, _ = ancestry(facts, other.key)
    return other.key in {c.key for c in mine} or table.key in {c.key for c in theirs}


RULE = Rule(
    id="BYT212",
    name="duplicate-table",
    area=Area.DATA,
    aspect=Aspect.SCHEMA_DESIGN,
    severity=Severity.BLOCKER,
    on=Table,
    check=check,
)
