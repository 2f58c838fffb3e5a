"""Query in a loop.

## What it does

Finds a database query that runs once for each element of a loop or comprehension, in the loop itself or in a
function that it calls, however many calls away.

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

A loop over a literal, a `range` of a constant or a retry loop (`while`, or a loop that returns or breaks after its
first success) is not reported: its number of rounds does not grow with the data. So is a loop whose rounds are
batches: its iterable is a call or slice that is named a batch, chunk or page.

```python
from sqlalchemy.orm import Session


def seed(session: Session):
    for name in ("admin", "guest"):
        session.execute(insert_role(name))
```

## References

- SQLAlchemy: Relationship Loading Techniques
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Call, Effect, Facts, Function, Loop
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_BATCH = ("batch", "chunk", "page", "partition")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each loop and query in it."""
    seen: set[tuple[int, str]] = set()
    for call in facts.calls(function):
        loop = _growing(call)
        if loop is None:
            continue
        chain = facts.reach(call, Effect.QUERY)
        if chain is None:
            continue
        name = s.text(call.node.func, 50)
        if (loop.line, name) in seen:
            continue
        seen.add((loop.line, name))
        what = s.text(loop.target, 30) if loop.target is not None else "round"
        yield Evidence(
            message=f"one query per `{what}`: `{name}` runs in the loop over `{s.text(loop.iter, 40)}`",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key=name,
            because=chain[1:] if len(chain) > 1 else (),
            fix=f"Load what `{name}` needs for all of `{s.text(loop.iter, 40)}` in one query before the loop.",
            alternative=f"One query with `IN` (or a join) instead of one per `{what}`.",
        )


def _growing(call: Call) -> Loop | None:
    """The innermost loop around the call whose number of rounds grows with data."""
    for loop in reversed(call.loops):
        if loop.kind == "while" or loop.iter is None:
            continue
        if not _bounded(loop.iter) and not _leaves(loop):
            return loop
    return None


def _bounded(expr: s.Expr) -> bool:
    if isinstance(expr, (s.Sequence, s.Constant, s.Mapping)):
        return True
    if isinstance(expr, s.Call):
        name = (s.dotted(expr.func) or "").rpartition(".")[2].lower()
        if name == "range":
            return all(isinstance(a, s.Constant) for a in expr.args)
        if name in ("enumerate", "reversed", "sorted", "list", "zip") and expr.args:
            return any(_bounded(a) for a in expr.args)
        return any(word in name for word in _BATCH)
    return isinstance(expr, s.Name) and any(word in expr.id.lower() for word in _BATCH)


def _leaves(loop: Loop) -> bool:
    """A loop that always ends in its first round: its body's last statement leaves it."""
    node = loop.node
    if not isinstance(node, s.For) or not node.body:
        return False
    last = node.body[-1]
    return isinstance(last, (s.Return, s.Raise)) or (isinstance(last, s.Jump) and last.kind == "break")


RULE = Rule(
    id="BYT401",
    name="query-in-loop",
    area=Area.PERFORMANCE,
    aspect=Aspect.QUERY_EFFICIENCY,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
