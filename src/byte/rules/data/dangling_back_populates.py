"""Back reference to an attribute that does not exist.

## What it does

Finds a relationship whose `back_populates` names an attribute that the class on the other side does not have.

## Why is this bad?

SQLAlchemy looks the attribute up when it configures its mappers, which happens at the first query. It then raises
`InvalidRequestError`, for this query and for every other one of the application. Importing the module still works.

## Bad

```python
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list["Book"]] = relationship(back_populates="writer")  # finding


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
    author: Mapped[Author] = relationship(back_populates="books")
```

## Good

```python
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list["Book"]] = relationship(back_populates="author")


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
    author: Mapped[Author] = relationship(back_populates="books")
```

## Limits

The other class must be the only mapped class of its name, and all its bases must be known: a base of a library that
Byte does not know may have the attribute.

```python
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from unknown_library import WithBooks


class Base(DeclarativeBase):
    pass


class Author(WithBooks, Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author: Mapped[Author] = relationship(back_populates="books")
```

## References

- SQLAlchemy: Basic Relationship Patterns; `relationship.back_populates`
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Class, Facts, Table
from byte.model.review import Area, Aspect, Evidence, Rule, Severity
from byte.model.tables import ancestry, mapped_class, own


def check(table: Table, facts: Facts) -> Iterator[Evidence]:
    """The relationships of the table's own class."""
    for relation in table.relationships:
        name = relation.back_populates
        if name is None or not own(facts, table, relation.at):
            continue
        other = mapped_class(facts, relation.target)
        if other is None:
            continue
        classes, whole = ancestry(facts, other.key)
        if not whole or _has(facts, classes, name, other):
            continue
        yield Evidence(
            message=f"`{table.cls}.{relation.name}` refers back to `{other.cls}.{name}`, which does not exist: "
            "the first query of the application raises",
            at=relation.at,
            symbol=table.cls,
            key=f"{relation.name}>{other.cls}.{name}",
            fix=f'Declare `{name}` on `{other.cls}` with `back_populates="{relation.name}"`, or name what is there.',
        )


def _has(facts: Facts, classes: list[Class], name: str, other: Table) -> bool:
    """Whether the class has the attribute: in a body, by a `backref`, or set on the class later."""
    for cls in classes:
        for stmt in s.walk(*cls.node.body):
            if isinstance(stmt, s.Assign) and any(name in s.bound_names(t) for t in stmt.targets):
                return True
            if isinstance(stmt, (s.Function, s.Class)) and stmt.name == name:
                return True
    for table in facts.all(Table):
        for relation in table.relationships:
            if "backref" in relation.options and relation.target in {c.node.name for c in classes}:
                given = relation.options["backref"]
                if s.string(given) is None or s.string(given) == name:
                    return True
    return any(_set_later(facts, path, other.cls, name) for path in {c.path for c in classes})


def _set_later(facts: Facts, path: str, cls: str, name: str) -> bool:
    module = facts.module(path)
    return any(
        isinstance(node, s.Assign) and any(s.dotted(t) == f"{cls}.{name}" for t in node.targets)
        for node in s.walk(*module.body if module is not None else ())
    )


RULE = Rule(
    id="BYT205",
    name="dangling-back-populates",
    area=Area.DATA,
    aspect=Aspect.RELATIONSHIPS,
    severity=Severity.BLOCKER,
    on=Table,
    check=check,
)
