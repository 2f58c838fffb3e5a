"""Row made because a look found none, open to a race.

## What it does

Finds a function that looks a row up, makes one if there is none, and neither locks, catches `IntegrityError` nor uses
an insert that minds conflicts.

## Why is this bad?

Two requests that arrive together both find nothing and both insert. With a unique constraint the second one answers
500; without one there are two rows, and every later `scalar_one` fails.

## Bad

```python
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase): ...


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)


def customer_for(session: Session, email: str) -> Customer:
    customer = session.scalar(select(Customer).where(Customer.email == email))
    if customer is None:
        customer = Customer(email=email)  # finding
        session.add(customer)
        session.commit()
    return customer
```

## Good

```python
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase): ...


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)


def customer_for(session: Session, email: str) -> Customer:
    found = session.scalar(select(Customer).where(Customer.email == email))
    if found is not None:
        return found
    customer = Customer(email=email)
    session.add(customer)
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        return session.scalars(select(Customer).where(Customer.email == email)).one()
    return customer
```

## Limits

A note: how often two requests meet, only the author knows. Scripts and migrations are left out, and so is what a lock,
a savepoint or a handler of every error surrounds.

## References

- CWE-367: Time-of-check Time-of-use Race Condition
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Effect, Facts, Function, Table
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step
from byte.model.served import offline

_CONFLICTS = frozenset({"IntegrityError", "UniqueViolation", "UniqueViolationError", "DuplicateKeyError", "DBAPIError",
                        "SQLAlchemyError", "UniqueConstraintError"})  # fmt: skip
_CAREFUL = ("lock", "on_conflict", "on_duplicate", "for_update", "begin_nested", "savepoint", "upsert", "merge")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each table of which the function makes a row after it found none."""
    if offline(function.path) or _careful(function.node):
        return
    calls = facts.calls(function)
    made = [(c, t) for c in calls if (t := facts.table(c.target)) is not None]
    if not made or facts.reach(function, Effect.WRITE) is None:
        return
    seen: set[str] = set()
    for name, table, line in _lookups(function, facts):
        call = next((c for c, t in made if t.key == table.key and c.line > line), None)
        if call is None or table.key in seen or not _asked(function.node, name, line, call.line):
            continue
        seen.add(table.key)
        yield Evidence(
            message=f"a `{table.cls}` is made because none was found: two requests at once make two, or the second fails",
            at=Location(function.path, call.line, call.node.end),
            symbol=function.qualname,
            key=table.cls,
            because=(Step(function.path, line, f"`{name}` is looked up"),),
            fix="Insert with `ON CONFLICT DO NOTHING` (or catch `IntegrityError`) and read again.",
            cause=f"check then insert {table.key}",
        )


def _careful(node: s.Function) -> bool:
    for item in s.own(node):
        if isinstance(item, s.Try) and any(flow.broad(h) or _CONFLICTS & set(flow.caught(h)) for h in item.handlers):
            return True
        if isinstance(item, (s.Name, s.Attribute)):
            word = (item.id if isinstance(item, s.Name) else item.attr).lower()
            if any(part in word for part in _CAREFUL) and "block" not in word:
                return True
    return False


def _lookups(function: Function, facts: Facts) -> Iterator[tuple[str, Table, int]]:
    """The locals that hold a row that was looked up, or None."""
    for item in s.own(function.node):
        if not isinstance(item, s.Assign) or len(item.targets) != 1 or not isinstance(item.targets[0], s.Name):
            continue
        value = item.value.value if isinstance(item.value, s.Await) else item.value
        if not isinstance(value, s.Call) or item.value is None:
            continue
        found = facts.type_of(function, item.value)
        table = facts.table(found.name) if found is not None and found.optional and not found.factory else None
        if table is not None:
            yield item.targets[0].id, table, item.line


def _asked(node: s.Function, name: str, start: int, end: int) -> bool:
    """Whether a test between the look and the insert asks for the row."""
    for item in s.own(node):
        if isinstance(item, s.If) and start < item.line < end and name in flow.mentioned(item.test):
            return _absent(item.test, name) or flow.leaves(item.body) or bool(item.orelse)
    return False


def _absent(test: s.Expr, name: str) -> bool:
    return any(
        (isinstance(n, s.Unary) and n.op == "not" and s.dotted(n.operand) == name)
        or (isinstance(n, s.Compare) and n.ops[0] in ("is", "==") and s.dotted(n.left) == name)
        for n in s.walk(test)
    )


RULE = Rule(
    id="BYT319",
    name="check-then-insert",
    area=Area.LOGIC,
    aspect=Aspect.EDGE_CASES,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
