"""Back reference that only one side declares.

## What it does

Finds a relationship whose `back_populates` names a relationship of the other class that does not point back to it.

## Why is this bad?

Setting one side then changes the other, but not the reverse: after `book.author = author`, `author.books` lacks the
book until it is loaded again. What a handler returns depends on which side it happened to set. Cascades that start
at the stale side miss the object.

## Bad

```python
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list["Book"]] = relationship(back_populates="author")  # finding


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
    author: Mapped[Author] = relationship()
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

A view-only relationship needs no partner.

```python
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list["Book"]] = relationship(back_populates="author", viewonly=True)


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
    author: Mapped[Author] = relationship()
```

## References

- SQLAlchemy: Working with ORM Related Objects; `relationship.back_populates`
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Relationship, Table
from byte.model.review import Area, Aspect, Evidence, Rule, Severity, Step
from byte.model.tables import mapped_class, own, relationship


def check(table: Table, facts: Facts) -> Iterator[Evidence]:
    """The relationships of the table's own class."""
    for relation in table.relationships:
        if relation.back_populates is None or _view(relation) or not own(facts, table, relation.at):
            continue
        other = mapped_class(facts, relation.target)
        back = relationship(other, relation.back_populates) if other is not None else None
        if other is None or back is None or _view(back) or back.options.keys() & {"backref", "**"}:
            continue
        given = back.options.get("back_populates")
        if back.back_populates == relation.name or (given is not None and s.string(given) is None):
            continue
        says = f"points to `{back.back_populates}`" if back.back_populates else "does not point back"
        yield Evidence(
            message=f"`{table.cls}.{relation.name}` refers back to `{other.cls}.{back.name}`, which {says}: "
            "setting one side leaves the other stale",
            at=relation.at,
            symbol=table.cls,
            key=f"{relation.name}>{other.cls}.{back.name}",
            because=(Step(back.at.path, back.at.line, f"`{other.cls}.{back.name}` {says.replace('`', '')}"),),
            fix=f'Give `{other.cls}.{back.name}` `back_populates="{relation.name}"`.',
        )


def _view(relation: Relationship) -> bool:
    return s.text(relation.options.get("viewonly")) == "True"


RULE = Rule(
    id="BYT206",
    name="one-sided-back-populates",
    area=Area.DATA,
    aspect=Aspect.RELATIONSHIPS,
    severity=Severity.MAJOR,
    on=Table,
    check=check,
)
