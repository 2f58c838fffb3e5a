"""Commit in a loop.

## What it does

Finds a commit that runs once for each element of a loop: in the loop itself, or in a function that it calls.

## Why is this bad?

Every commit waits for the disk, so the loop takes as long as the data is large. When a round fails, the rows before it
stay and those after it are missing: the caller gets an error and the data is half changed.

## Bad

```python
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

app = FastAPI()


def save(session: Session, item):
    session.add(item)
    session.commit()


@app.post("/items")
def create_items(items: list[dict], session: Session = Depends(get_session)):
    for item in items:
        save(session, Item(**item))  # finding
```

## Good

```python
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

app = FastAPI()


@app.post("/items")
def create_items(items: list[dict], session: Session = Depends(get_session)):
    for item in items:
        session.add(Item(**item))
    session.commit()
```

## Limits

A loop whose rounds are batches may commit each of them. Scripts, migrations and command lines are not looked at, and
code that no handler is seen to call gets a note: a worker may want to keep what it has done so far. So does a
commit many calls away, or one that is made only where something is missing (`get_or_create`). A function that calls
itself for parts of one value, and one that commits only where an error was caught, is not reported.

```python title="scripts/load.py"
from sqlalchemy.orm import Session


def load(session: Session, rows: list[dict]):
    for row in rows:
        session.add(Item(**row))
        session.commit()
```

## References

- SQLAlchemy: When do I construct a Session, when do I commit it?
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Call, Effect, Facts, Function
from byte.model.loops import growing
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step
from byte.model.served import first_call, offline, served

_NEAR = 3
"""Calls down to the commit, itself included: beyond these its transaction is rarely the loop's to decide."""
_SOMETIMES = ("get_or_", "or_create", "if_not", "if_missing", "ensure", "init_")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each loop that commits."""
    if offline(function.path):
        return
    seen: set[int] = set()
    for call in facts.calls(function):
        if not call.loops or facts.reach(call, Effect.COMMIT) is None:
            continue
        loop = growing(call, function, facts)
        if loop is None or loop.line in seen:
            continue
        if call.callee == function.key or _only_after_errors(call, facts):
            continue
        found = first_call(function, call, facts, lambda c: Effect.COMMIT in c.effects)
        if found is None:
            continue
        seen.add(loop.line)
        what, name, iterable = s.text(loop.target, 30), s.text(call.node.func, 50), s.text(loop.iter, 40)
        yield Evidence(
            message=f"one commit per `{what}`: `{name}` commits in the loop over `{iterable}`, so a failure leaves it "
            "half done",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key=name,
            brief=f"one commit per `{what}`",
            because=found[0][1:],
            fix=f"Commit once, after the loop over `{iterable}`.",
            severity=None if _certain(found[0]) and served(function, facts) is not None else Severity.NOTE,
        )


def _certain(chain: tuple[Step, ...]) -> bool:
    """A commit close by that each round reaches: not deep in a service, nor only where something is missing."""
    return len(chain) <= _NEAR and not any(word in step.text for step in chain for word in _SOMETIMES)


def _only_after_errors(call: Call, facts: Facts) -> bool:
    """Whether the called function commits nowhere but in its exception handlers."""
    callee = facts.function(call.callee)
    if callee is None:
        return False
    handlers = [n for n in s.own(callee.node) if isinstance(n, s.Handler)]
    commits = [c for c in facts.calls(callee) if facts.reach(c, Effect.COMMIT) is not None]
    return bool(commits) and all(any(h.line <= c.line <= h.end for h in handlers) for c in commits)


RULE = Rule(
    id="BYT412",
    name="commit-in-loop",
    area=Area.PERFORMANCE,
    aspect=Aspect.QUERY_EFFICIENCY,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
