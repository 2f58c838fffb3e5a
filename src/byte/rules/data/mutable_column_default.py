"""List or dict as a column default, shared by all rows.

## What it does

Finds `Column(default=[])`, `mapped_column(default={})` and the like: a list, dict or set instead of a function that
makes one.

## Why is this bad?

SQLAlchemy does not copy the value. Every new object gets the same list, so `item.tags.append("x")` also changes the
default: the next row is saved with the tag of another one.

## Bad

```python
from sqlalchemy import JSON
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list[str]] = mapped_column(JSON, default=[])  # finding
    extra: Mapped[dict[str, str]] = mapped_column(JSON, default=dict())  # finding
```

## Good

```python
from sqlalchemy import JSON
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    extra: Mapped[dict[str, str]] = mapped_column(MutableDict.as_mutable(JSON), default={})
```

## Limits

Pydantic and SQLModel copy the default of a field, and a dataclass refuses it, so only the arguments of a column count. A
class that reads a view saves no rows.

```python
from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class Item(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    tags: list[str] = Field(default=[], sa_column=Column(JSON))
```

## References

- SQLAlchemy: Column INSERT/UPDATE Defaults
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Table
from byte.model.review import Area, Aspect, Evidence, Rule, Severity
from byte.model.tables import ancestry, column_calls, is_view, own

_MAKERS = frozenset({"list", "dict", "set"})


def check(table: Table, facts: Facts) -> Iterator[Evidence]:
    """The columns that the table's own class declares."""
    if _dataclass(table, facts):
        return
    for column in table.columns:
        if not own(facts, table, column.at):
            continue
        for call in column_calls(column):
            given = s.keyword(call, "default") or s.keyword(call, "insert_default")
            if not _mutable(given) or "Mutable" in s.text(call, 999):
                continue
            if is_view(facts, table):
                return
            kind = _factory(given)
            yield Evidence(
                message=f"all rows of `{table.cls}` share the default `{s.text(given, 30)}` of `{column.name}`: "
                "changing it in one object changes it for the next",
                at=column.at,
                symbol=table.cls,
                key=column.name,
                cause=f"shared defaults of {table.key}",
                fix=f"Write `default={kind}` instead of `default={s.text(given, 30)}`.",
            )


def _mutable(expr: s.Expr | None) -> bool:
    if isinstance(expr, s.Call):
        return s.dotted(expr.func) in _MAKERS
    return isinstance(expr, s.Mapping) or (isinstance(expr, s.Sequence) and expr.kind != "tuple")


def _factory(expr: s.Expr | None) -> str:
    empty = (isinstance(expr, s.Mapping) and not expr.keys) or (isinstance(expr, s.Sequence) and not expr.items)
    if isinstance(expr, s.Call) and not expr.args and not expr.keywords:
        return s.text(expr.func)
    if not empty:
        return f"lambda: {s.text(expr, 30)}"
    return "dict" if isinstance(expr, s.Mapping) else "list"


def _dataclass(table: Table, facts: Facts) -> bool:
    classes, _ = ancestry(facts, table.key)
    bases = {b for c in classes for b in c.bases if b is not None}
    decorated = any("mapped_as_dataclass" in s.text(d) for c in classes for d in c.node.decorators)
    return decorated or any(b.endswith("MappedAsDataclass") for b in bases)


RULE = Rule(
    id="BYT208",
    name="mutable-column-default",
    area=Area.DATA,
    aspect=Aspect.SCHEMA_DESIGN,
    severity=Severity.MAJOR,
    on=Table,
    check=check,
)
