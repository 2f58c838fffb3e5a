"""Query in a loop.

## What it does

Finds a database query that runs once for each element of a loop or comprehension: in the loop itself, in a function
that it calls, however many calls away, or in the access to a relationship that the visible query does not load.

## Why is this bad?

The number of round trips grows with the data: a page of 100 rows makes 101 queries. Each is fast on a developer's
machine; together they are the most common cause of slow endpoints.

## Bad

```python
from sqlalchemy.orm import Session
from sqlalchemy import select


def load_author(session: Session, author_id: int):
    return session.get(Author, author_id)


def titles(session: Session, books: list):
    out = []
    for book in books:
        author = load_author(session, book.author_id)  # finding
        out.append((book.title, author.name))
    return out
```

```python
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped["Author"] = relationship()


def lines(session: Session):
    books = session.scalars(select(Book)).all()
    return [f"{book.id} {book.author.name}" for book in books]  # finding
```

## Good

```python
from sqlalchemy.orm import Session
from sqlalchemy import select


def titles(session: Session, books: list):
    ids = {book.author_id for book in books}
    authors = {a.id: a for a in session.scalars(select(Author).where(Author.id.in_(ids)))}
    return [(book.title, authors[book.author_id].name) for book in books]
```

## Limits

A loop over a literal, a constant, a `range` of a constant, an enumeration or a retry loop (`while`, or a loop that
returns or breaks after its first success) is not reported: its number of rounds does not grow with the data. So is a
loop whose rounds are batches: its iterable or its variable is named a batch, chunk or page.

```python
from sqlalchemy.orm import Session

ROLES = ["admin", "guest"]


def seed(session: Session, ids: list[int]):
    for name in ROLES:
        session.execute(select_role(name))
    for chunk in split(ids, 500):
        session.execute(select_items(chunk))


def tagged(session: Session, books: bool, films: bool):
    kinds = []
    if books:
        kinds.append("book")
    if films:
        kinds.append("film")
    return [session.scalars(select_tagged(kind)) for kind in kinds]
```

It is a major finding where a request reaches the loop and each round only reads; a note in code that no handler is
seen to call, and where the rounds write, because distinct rows often have to be written one by one. Writes in
scripts, migrations and command lines are not reported.

```python title="scripts/load.py"
from sqlalchemy.orm import Session


def load(session: Session, rows: list[dict]):
    for row in rows:
        session.execute(insert(Item).values(**row))
```

Rounds that commit are the matter of `commit-in-loop`. A relationship is reported only where the query stands in the same function and nothing there mentions loader options.

## References

- SQLAlchemy: Relationship Loading Techniques
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Call, Effect, Facts, Function, Loop, Table
from byte.model.loops import assigned, growing
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step
from byte.model.served import first_call, offline, served

_EAGER = ("selectinload", "joinedload", "subqueryload", "contains_eager", "options", "raiseload", "immediateload")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each loop and query in it."""
    yield from _queries(function, facts)
    yield from _lazy(function, facts)


def _queries(function: Function, facts: Facts) -> Iterator[Evidence]:
    seen: set[tuple[int, str]] = set()
    for call in facts.calls(function):
        if not call.loops or call.callee == function.key or facts.reach(call, Effect.QUERY) is None:
            continue
        loop = growing(call, function, facts)
        if loop is None:
            continue
        name = s.text(call.node.func, 50)
        writes = facts.reach(call, Effect.WRITE) is not None
        if (loop.line, name) in seen or (writes and offline(function.path)):
            continue
        if facts.reach(call, Effect.COMMIT) is not None:
            continue  # commit-in-loop
        found = first_call(function, call, facts, lambda c: Effect.QUERY in c.effects)
        if found is None:
            continue
        seen.add((loop.line, name))
        yield _evidence(function, facts, loop, name, call.line, found[0][1:], writes)


def _evidence(
    function: Function,
    facts: Facts,
    loop: Loop,
    name: str,
    line: int,
    chain: tuple[Step, ...] = (),
    writes: bool = False,
    verb: str = "runs",
) -> Evidence:
    what = s.text(loop.target, 30) if loop.target is not None else "round"
    iterable = s.text(loop.iter, 40)
    asked = None if offline(function.path) else served(function, facts)
    return Evidence(
        message=f"one query per `{what}`: `{name}` {verb} in the loop over `{iterable}`",
        at=Location(function.path, line, line),
        symbol=function.qualname,
        key=name,
        because=chain,
        brief=f"one query per `{what}`",
        fix=f"Load what `{name}` needs for all of `{iterable}` in one query before the loop."
        if not writes
        else f"Write all of `{iterable}` with one statement, or say why each row needs its own.",
        alternative=None if writes else f"One query with `IN` (or a join) instead of one per `{what}`.",
        cause=f"{function.key} loop over {s.text(loop.iter, 200)}",
        severity=Severity.NOTE if writes or asked is None else None,
    )


# --- relationships -----------------------------------------------------------------------------


def _lazy(function: Function, facts: Facts) -> Iterator[Evidence]:
    """Relationships read in a loop over rows that a query of this function gives."""
    queries = [c for c in facts.calls(function) if Effect.QUERY in c.effects and not c.awaited and not c.loops]
    if not queries or any(_mentions_loading(c.node) for c in facts.calls(function)):
        return
    for loop, body in _loops(function.node):
        table = _rows(loop.iter, function, facts, queries)
        if table is None or not isinstance(loop.target, s.Name):
            continue
        lazy = {r.name for r in table.relationships if _default_lazy(r.options.get("lazy"))}
        read = next((a for a in _reads(body, loop.target.id) if a.attr in lazy), None)
        if read is not None:
            name = f"{loop.target.id}.{read.attr}"
            yield _evidence(function, facts, loop, name, read.line, verb="is loaded")


def _mentions_loading(node: s.Call) -> bool:
    return isinstance(node.func, (s.Attribute, s.Name)) and s.text(node.func, 400).rpartition(".")[2] in _EAGER


def _default_lazy(option: s.Expr | None) -> bool:
    return option is None or (isinstance(option, s.Constant) and option.value in ("select", True))


def _loops(node: s.Function) -> Iterator[tuple[Loop, tuple[s.Node, ...]]]:
    for item in s.walk(*node.body):
        if isinstance(item, s.For):
            yield Loop("for", item.line, item.end, item.iter, item.target, item), item.body
        elif isinstance(item, s.Comprehension) and len(item.generators) == 1:
            generator = item.generators[0]
            inside = tuple(n for n in (item.key, item.element) if n is not None)
            yield Loop("comprehension", item.line, item.line, generator.iter, generator.target, item), inside


def _rows(expr: s.Expr | None, function: Function, facts: Facts, queries: list[Call]) -> Table | None:
    """The table whose rows the iterable holds, if a query of this function makes it."""
    source = expr
    if isinstance(expr, s.Name):
        values = assigned(function, expr.id)
        source = values[0] if len(values) == 1 else None
    if expr is None or source is None or not any(q.node is n for q in queries for n in s.walk(source)):
        return None
    found = facts.type_of(function, expr)
    return facts.table(found.args[0].name) if found is not None and found.args else None


def _reads(body: tuple[s.Node, ...], name: str) -> Iterator[s.Attribute]:
    for node in s.walk(*body):
        if isinstance(node, s.Attribute) and isinstance(node.value, s.Name) and node.value.id == name:
            yield node


RULE = Rule(
    id="BYT401",
    name="query-in-loop",
    area=Area.PERFORMANCE,
    aspect=Aspect.QUERY_EFFICIENCY,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
