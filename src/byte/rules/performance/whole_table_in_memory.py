"""Rows loaded only to be counted, filtered or cut.

## What it does

Finds a query whose rows are all loaded and then only counted with `len`, filtered in Python, or cut with a slice.

## Why is this bad?

The whole result travels from the database and becomes objects, to be thrown away. It takes memory and time in
proportion to the table; the database answers the same question with an index.

## Bad

```python
from sqlalchemy import select
from sqlalchemy.orm import Session


def count_items(session: Session) -> int:
    return len(session.scalars(select(Item)).all())  # finding


def overdue(session: Session, today):
    return [i for i in session.scalars(select(Item)).all() if i.due < today]  # finding


def latest(session: Session):
    return session.query(Item).order_by(Item.id.desc()).all()[:10]  # finding
```

## Good

```python
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def count_items(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Item))


def overdue(session: Session, today):
    return session.scalars(select(Item).where(Item.due < today)).all()


def latest(session: Session):
    return session.query(Item).order_by(Item.id.desc()).limit(10).all()
```

## Limits

A variable is followed only inside its function, and only where counting is all that happens to it. A filter in Python
after a filter in the database is not reported: the rest may not be expressible in SQL.

```python
from sqlalchemy import select
from sqlalchemy.orm import Session


def names(session: Session):
    rows = session.scalars(select(Item)).all()
    print(len(rows))
    return [r.name for r in rows]


def odd(session: Session, owner: int):
    return [i for i in session.scalars(select(Item).where(Item.owner == owner)).all() if i.is_odd()]
```

## References

- SQLAlchemy: func.count, Select.limit
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Effect, Facts, Function
from byte.model.loops import assigned
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity
from byte.model.served import offline, served

_ALL = ("all", "fetchall")
_NARROWS = (
    "where", "filter", "filter_by", "limit", "join", "outerjoin", "group_by", "having", "distinct", "get", "from_statement",
)  # fmt: skip


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each query whose rows are only counted, filtered or cut."""
    queries = [c.node for c in facts.calls(function) if Effect.QUERY in c.effects]
    if not queries or offline(function.path):
        return
    for node in s.own(function.node):
        found = _misuse(node, function, queries)
        if found is None:
            continue
        rows, what, fix = found
        name = s.text(rows, 60)
        yield Evidence(
            message=f"`{name}` loads every row, and the rows are only {what}",
            at=Location(function.path, node.line, node.line),
            symbol=function.qualname,
            key=f"{what} {s.text(rows, 300)}",
            fix=fix,
            severity=Severity.NOTE if served(function, facts) is None else None,
        )


def _misuse(node: s.Node, function: Function, queries: list[s.Call]) -> tuple[s.Expr, str, str] | None:
    match node:
        case s.Call(func=s.Name(id="len"), args=(counted,)):
            rows = _rows(counted, function, queries)
            if rows is not None:
                return rows, "counted", "Let the database count: `select(func.count())` with the same conditions."
        case s.Comprehension(generators=(only,)) if only.conditions:
            rows = _loaded(only.iter, queries)
            if rows is not None and not _narrowed(rows) and _plain(only):
                return rows, "filtered in Python", "Filter in the query with `where`."
        case s.Subscript(index=s.Slice(upper=s.Constant())):
            rows = _loaded(node.value, queries)
            if rows is not None and not _limited(rows):
                return rows, "cut", "Give the query a `limit` (and an `offset`)."
    return None


def _rows(expr: s.Expr, function: Function, queries: list[s.Call]) -> s.Expr | None:
    """The query behind `len(x)`, if counting is all that happens to its rows."""
    found = _loaded(expr, queries)
    if found is not None or not isinstance(expr, s.Name):
        return found
    values = assigned(function, expr.id)
    uses = sum(isinstance(n, s.Name) and n.id == expr.id for n in s.walk(*function.node.body, into_scopes=True))
    if len(values) == 1 and uses == 2:  # the assignment and this one
        return _loaded(values[0], queries)
    return None


def _loaded(expr: s.Expr, queries: list[s.Call]) -> s.Expr | None:
    """The expression, if it gives all rows of a query as a list."""
    inner = expr.value if isinstance(expr, s.Await) else expr
    if (
        isinstance(inner, s.Call)
        and isinstance(inner.func, s.Name)
        and inner.func.id == "list"
        and len(inner.args) == 1
    ):
        inner = inner.args[0].value if isinstance(inner.args[0], s.Await) else inner.args[0]
    elif not (isinstance(inner, s.Call) and isinstance(inner.func, s.Attribute) and inner.func.attr in _ALL):
        return None
    return expr if any(node is query for query in queries for node in s.walk(inner)) else None


def _methods(rows: s.Expr) -> set[str]:
    calls = (n.func.attr for n in s.walk(rows) if isinstance(n, s.Call) and isinstance(n.func, s.Attribute))
    return set(calls)


def _narrowed(rows: s.Expr) -> bool:
    """Whether the query already has conditions, or is built elsewhere."""
    if _methods(rows) & set(_NARROWS):
        return True
    executed = [n for n in s.walk(rows) if isinstance(n, s.Call) and n.args and isinstance(n.args[0], s.Name)]
    return any(isinstance(c.func, s.Attribute) and c.func.attr in ("execute", "scalars", "exec") for c in executed)


def _limited(rows: s.Expr) -> bool:
    return "limit" in _methods(rows)


def _plain(generator: s.Generator) -> bool:
    """Conditions that compare a column: what calls a method or looks elsewhere may not be expressible in SQL."""
    names = set(s.bound_names(generator.target))
    for condition in generator.conditions:
        if not isinstance(condition, (s.Compare, s.Attribute, s.Unary)):
            return False
        if any(isinstance(n, s.Call) for n in s.walk(condition)):
            return False
        if not any(isinstance(n, s.Attribute) and s.dotted(n.value) in names for n in s.walk(condition)):
            return False
    return True


RULE = Rule(
    id="BYT405",
    name="whole-table-in-memory",
    area=Area.PERFORMANCE,
    aspect=Aspect.MEMORY_USAGE,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
