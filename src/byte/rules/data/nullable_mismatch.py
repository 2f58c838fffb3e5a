"""Column whose annotation and `nullable` contradict each other.

## What it does

Finds a mapped column whose annotation says that the value is always there while `nullable=True` lets it be NULL, and
one whose annotation allows None while `nullable=False` refuses it and nothing fills it in.

## Why is this bad?

The type checker believes the annotation and the database obeys `nullable`. In the first case code that checks clean
meets None; in the second an object that the annotation allows fails when it is saved.

## Bad

```python
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(nullable=True)  # finding
    note: Mapped[str | None] = mapped_column(nullable=False)  # finding
```

## Good

```python
from sqlalchemy import func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(nullable=True)
    note: Mapped[str] = mapped_column(nullable=False)
    created_at: Mapped[str | None] = mapped_column(nullable=False, server_default=func.now())
```

## Limits

The annotation that only allows None is a note: a parent may fill the value in before the row is saved. A subclass that
shares its parent's table must allow NULL for the other rows of the table, and a text search vector is filled by the
database: neither is reported. An annotation whose type is not known (`Mapped[JSON]` of the project's own making) is left alone, since it may include
None; and so is a SQLModel field, whose annotation also describes the object before it is saved.

```python
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from unknown_library import Maybe


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Maybe] = mapped_column(nullable=True)
```

## References

- SQLAlchemy: Declarative Table with mapped_column, nullability
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Column, Facts, Table
from byte.model.review import Area, Aspect, Evidence, Rule, Severity
from byte.model.tables import column_calls, own, shares_table

_KNOWN = ("builtins.", "datetime.", "uuid.", "decimal.", "enum.")


def check(table: Table, facts: Facts) -> Iterator[Evidence]:
    """The columns that the table's own class declares with `Mapped[...]`."""
    if table.sqlmodel or shares_table(facts, table):
        return
    for column in table.columns:
        flag = _flag(column)
        if flag is None or column.primary_key or column.type == "TSVECTOR" or not own(facts, table, column.at):
            continue
        optional = _optional(column, facts)
        if optional is None or optional is flag:
            continue
        if optional and (column.default is not None or column.server_default):
            continue
        says = "may be None" if optional else "is never None"
        does = "refuses" if optional else "allows"
        yield Evidence(
            message=f"`{table.cls}.{column.name}` {says} by its annotation, but `nullable={flag}` {does} NULL",
            at=column.at,
            symbol=table.cls,
            key=f"{column.name} {flag}",
            fix=f"Make the annotation of `{column.name}` and `nullable` say the same.",
            severity=Severity.NOTE if optional else None,
            cause=f"nullable of {table.key} {flag}",
        )


def _flag(column: Column) -> bool | None:
    for call in column_calls(column):
        value = s.keyword(call, "nullable")
        if isinstance(value, s.Constant) and isinstance(value.value, bool):
            return value.value
    return None


def _optional(column: Column, facts: Facts) -> bool | None:
    """Whether the annotation allows None; None if its type is not known."""
    if not isinstance(column.annotation, s.Subscript):
        return None
    found = facts.annotation(column.at.path, column.annotation)
    if found is None:
        return None
    if found.optional:
        return True
    known = found.name.startswith(_KNOWN) or facts.cls(found.name) is not None
    return False if known else None


RULE = Rule(
    id="BYT210",
    name="nullable-mismatch",
    area=Area.DATA,
    aspect=Aspect.SCHEMA_DESIGN,
    severity=Severity.MAJOR,
    on=Table,
    check=check,
)
