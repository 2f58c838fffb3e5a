"""Delete that rows of another table forbid.

## What it does

Finds a `session.delete(parent)` whose class another table refers to by a NOT NULL foreign key without `ondelete`,
while no relationship cascades the delete and the function does not touch the children.

## Why is this bad?

As soon as a child exists the delete fails: the database refuses to leave the child without its parent, or SQLAlchemy
tries to set the NOT NULL column to NULL. The client gets a 500 for a row that tests delete without trouble, because
there it has no children.

## Bad

```python
from fastapi import Depends, FastAPI
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


app = FastAPI()


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)


@app.delete("/authors/{author_id}", status_code=204)
def remove(author_id: int, session: Session = Depends(get_session)):
    author = session.get_one(Author, author_id)
    session.delete(author)  # finding
    session.commit()
```

## Good

```python
from fastapi import Depends, FastAPI
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


app = FastAPI()


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id", ondelete="CASCADE"), index=True)


@app.delete("/authors/{author_id}", status_code=204)
def remove(author_id: int, session: Session = Depends(get_session)):
    author = session.get_one(Author, author_id)
    session.delete(author)
    session.commit()
```

## Limits

A note, since a check of the children elsewhere is not seen. A delete that expects the refusal (in a `try` with
handlers), one whose function mentions the children, and one outside of requests (scripts, tasks) is left alone.

```python
from fastapi import Depends, FastAPI
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


app = FastAPI()


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)


@app.delete("/authors/{author_id}", status_code=204)
def remove(author_id: int, session: Session = Depends(get_session)):
    author = session.get_one(Author, author_id)
    if session.scalar(select(Book).where(Book.author_id == author.id)) is None:
        session.delete(author)
```

## References

- SQLAlchemy: Cascades; Using foreign key ON DELETE cascade with ORM relationships
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Column, Facts, Function, Table
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step
from byte.model.served import served
from byte.model.tables import shares_table

_SESSIONS = ("sqlalchemy.", "sqlmodel.")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """The deletes in the own body of a function that serves requests."""
    deletes = any(isinstance(n, s.Attribute) and n.attr == "delete" for n in s.own(function.node))
    if not deletes or served(function, facts) is None:
        return
    for call in facts.calls(function):
        if not isinstance(call.node.func, s.Attribute) or call.node.func.attr != "delete" or len(call.node.args) != 1:
            continue
        if not (call.target or "").startswith(_SESSIONS) or call.guarded:
            continue
        deleted = facts.type_of(function, call.node.args[0])
        parent = facts.table(deleted.name) if deleted is not None and not deleted.factory else None
        if parent is None or not parent.name:
            continue
        for child, column in _children(parent, facts):
            if _handled(function, parent, child):
                continue
            yield Evidence(
                message=f"deleting a `{parent.cls}` fails once a `{child.cls}` refers to it: `{column.name}` is NOT "
                "NULL, without `ondelete` or a cascade",
                at=Location(function.path, call.line, call.line),
                symbol=function.qualname,
                key=f"{parent.cls} {child.cls}.{column.name}",
                because=(Step(column.at.path, column.at.line, f"{child.cls}.{column.name} refers to {parent.name}"),),
                fix=f"Give the foreign key of `{child.cls}.{column.name}` an `ondelete`, or `{parent.cls}` a cascade.",
                cause=f"delete {parent.key}",
            )


def _children(parent: Table, facts: Facts) -> Iterator[tuple[Table, Column]]:
    """The tables that refer to the parent so that it cannot go first."""
    for child in facts.all(Table):
        if child.abstract or child.key == parent.key or shares_table(facts, child):
            continue
        for column in child.columns:
            table = (column.foreign_key or "").rpartition(".")[0]
            if table != parent.name or column.nullable is not False or column.ondelete is not None:
                continue
            if not _cascades(parent, child):
                yield child, column


def _cascades(parent: Table, child: Table) -> bool:
    """Whether the ORM, or something that is not known, takes care of the children."""
    for relation in parent.relationships:
        options = relation.options
        between = {s.dotted(options.get(o)) or s.string(options.get(o)) for o in ("secondary", "link_model")}
        if between & {child.cls, child.name}:
            return True  # the rows of an association go with either side
        if relation.target not in (child.cls, None):
            continue
        cascade = s.string(options.get("cascade"))
        unknown = relation.target is None or (cascade is None and "cascade" in options)
        if unknown or options.keys() & {"**", "passive_deletes", "cascade_delete"}:
            return True
        if cascade is not None and ("all" in cascade or "delete" in cascade):
            return True
    return any("backref" in r.options for r in child.relationships)


def _handled(function: Function, parent: Table, child: Table) -> bool:
    """Whether the function speaks of the children in any way."""
    links = {r.name for r in parent.relationships if r.target == child.cls}
    words = {child.cls.lower(), child.name.lower(), *links}
    for node in s.own(function.node):
        name = node.id if isinstance(node, s.Name) else node.attr if isinstance(node, s.Attribute) else None
        if name is not None and any(word and word in name.lower() for word in words):
            return True
    return False


RULE = Rule(
    id="BYT214",
    name="delete-with-children",
    area=Area.DATA,
    aspect=Aspect.RELATIONSHIPS,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
