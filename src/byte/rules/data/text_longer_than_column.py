"""Text that may be longer than its column.

## What it does

Finds a text field of a request body without `max_length` where the column of the same name, in the table that the
model is named after, has a length; and a SQLModel field whose `sa_column` has a length that the field does not repeat.

## Why is this bad?

PostgreSQL and a strict MySQL refuse a value that is too long. The client sees a 500 in place of a 422 that says which
field is too long.

## Bad

```python
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()


class Base(DeclarativeBase): ...


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class ItemCreate(BaseModel):
    name: str  # finding


@app.post("/items", status_code=201)
def create(item: ItemCreate):
    return save(item)
```

## Good

```python
from fastapi import FastAPI
from pydantic import BaseModel, Field
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()


class Base(DeclarativeBase): ...


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class ItemCreate(BaseModel):
    name: str = Field(max_length=80)


@app.post("/items", status_code=201)
def create(item: ItemCreate):
    return save(item)
```

## Limits

A note. A pattern, an enumeration and a validator that names the field count as limits.

## References

- PostgreSQL: Character Types
"""

import re
from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Column, Endpoint, Facts, Field, Model, Table
from byte.model.review import Area, Aspect, Evidence, Rule, Severity
from byte.model.tables import last_name

_LIMITS = frozenset({"max_length", "pattern", "regex"})
_SIZED = frozenset({"String", "VARCHAR", "Unicode", "AutoString", "CHAR", "NVARCHAR", "StringEncryptedType"})
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_AFFIXES = frozenset(
    {"create", "update", "in", "base", "request", "req", "schema", "input", "new", "post", "put", "patch", "params",
     "param", "payload", "dto", "data", "form", "body", "model", "add", "edit", "orm", "db", "table"}
)  # fmt: skip


def check(model: Model, facts: Facts) -> Iterator[Evidence]:
    """The text fields of a request body against the columns of the table that it is named after, or its own."""
    body = facts.table(model.key) is None and _is_body(model, facts)
    tables = [t for t in facts.all(Table) if not t.abstract] if body else []
    table = next((t for t in tables if _words(t.cls) and _words(t.cls) == _words(model.name)), None)
    columns = {c.name: c for c in table.columns} if table is not None else {}
    for field in model.fields:
        length = _length(columns.get(field.name), facts)
        column = f"{table.cls}.{field.name}" if table is not None else ""
        if not length and model.kind == "sqlmodel":
            length, column = _sized(field.constraints.get("sa_column"), field.at.path, facts), "its column"
        if length and _open(model, field):
            yield _evidence(model, field, column, length)


def _is_body(model: Model, facts: Facts) -> bool:
    return any(
        p.place == "body" and p.type is not None and p.type.name == model.key
        for endpoint in facts.all(Endpoint)
        for p in endpoint.parameters
    )


def _words(name: str) -> frozenset[str]:
    words = {w.lower() for w in _WORDS.findall(name.rpartition(".")[2])}
    return frozenset(w.removesuffix("s") for w in words - _AFFIXES)


def _open(model: Model, field: Field) -> bool:
    """A text field that nothing limits."""
    if field.type is None or field.type.name != "builtins.str" or _LIMITS & field.constraints.keys():
        return False
    methods = [stmt for stmt in model.node.body if isinstance(stmt, s.Function)]
    strings = {s.string(n) for m in methods for d in m.decorators for n in s.walk(d)}
    assigned = {s.string(n) for st in model.node.body if isinstance(st, s.Assign) and isinstance(st.value, s.Call)
                and st.annotation is None for n in s.walk(st.value)}  # fmt: skip
    return field.name not in strings | assigned


def _length(column: Column | None, facts: Facts) -> int | None:
    return _sized(column.expr, column.at.path, facts) if column is not None else None


def _sized(expr: s.Expr | None, path: str, facts: Facts) -> int | None:
    for node in s.walk(expr) if expr is not None else ():
        if isinstance(node, s.Call) and last_name(node.func) in _SIZED:
            value = facts.constant(path, s.argument(node, 0, "length"))
            return value if isinstance(value, int) and not isinstance(value, bool) else None
    return None


def _evidence(model: Model, field: Field, column: str, length: int) -> Evidence:
    return Evidence(
        message=f"`{model.name}.{field.name}` takes text of any length, and {column} holds {length} characters",
        at=field.at,
        symbol=model.name,
        key=field.name,
        fix=f"Give `{field.name}` a `max_length` of {length}.",
        cause=f"text longer than its column {model.key}",
    )


RULE = Rule(
    id="BYT216",
    name="text-longer-than-column",
    area=Area.DATA,
    aspect=Aspect.VALIDATION_RULES,
    severity=Severity.NOTE,
    on=Model,
    check=check,
)
