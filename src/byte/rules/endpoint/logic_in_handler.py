"""Handler that does the service layer's work.

## What it does

In a project whose handlers leave the database to other functions, finds a handler that queries or commits itself.

## Why is this bad?

The project has one place for this work. A handler that goes around it cannot be reused by a task or a command, repeats
rules that stand elsewhere, and is the one that is forgotten when they change.

## Bad

```python title="app/service.py"
from sqlalchemy import select
from sqlalchemy.orm import Session


def list_items(session: Session):
    return session.scalars(select(Item)).all()


def create_item(session: Session, name: str):
    session.add(Item(name=name))
    session.commit()
```
```python title="app/main.py"
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app import service

app = FastAPI()


@app.get("/items")
def items(session: Session):
    return service.list_items(session)


@app.get("/items/first")
def first_items(session: Session):
    return service.list_items(session)[:1]


@app.get("/names")
def names(session: Session):
    return [item.name for item in service.list_items(session)]


@app.post("/items")
def create(session: Session, name: str):
    return service.create_item(session, name)


@app.put("/items/{item_id}")
def rename(session: Session, item_id: int, name: str):  # finding
    item = session.get(Item, item_id)
    item.name = name
    session.commit()
    return item
```

## Good

```python
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/items")
def items(session: Session):
    return session.scalars(select(Item)).all()
```

## Limits

A project in which handlers usually query themselves, as small applications do, has no such layer and no finding. The
commit at the end of a handler alone is no finding: many projects end the transaction there on purpose.

```python title="app/service.py"
from sqlalchemy import select
from sqlalchemy.orm import Session


def list_items(session: Session):
    return session.scalars(select(Item)).all()
```
```python title="app/main.py"
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app import service

app = FastAPI()


@app.get("/items")
def items(session: Session):
    return service.list_items(session)


@app.get("/items/first")
def first_items(session: Session):
    return session.get(Item, 1)
```

## References

- FastAPI: Bigger Applications
"""

from collections.abc import Iterator

from byte.model import routes
from byte.model import syntax as s
from byte.model.facts import Call, Effect, Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_SHARE = 0.8
_FEWEST = 5
_TRANSACTION = frozenset({"commit", "refresh", "flush", "rollback", "add", "begin"})


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """One finding for a handler that queries although most of the project's handlers do not."""
    direct = _direct(endpoint, facts)
    if not direct or routes.for_machines(endpoint):
        return
    through, all_of_them = _layered(facts)
    if all_of_them < _FEWEST or through < _SHARE * all_of_them:
        return
    first = direct[0]
    yield Evidence(
        message=f"`{s.text(first.node.func, 40)}` queries in the handler: {through} of {all_of_them} handlers leave "
        "that to another function",
        at=Location(endpoint.function.path, endpoint.function.node.line, endpoint.function.node.line),
        symbol=endpoint.function.qualname,
        key="query in handler",
        because=tuple(Step(endpoint.function.path, c.line, s.text(c.node.func, 60)) for c in direct[:3]),
        fix=f"Move the database work of `{endpoint.function.qualname}` next to that of the other endpoints.",
    )


def _direct(endpoint: Endpoint, facts: Facts) -> list[Call]:
    """The handler's own calls that query; those that only end a transaction do not count."""
    out = []
    for call in facts.calls(endpoint.function):
        name = s.text(call.node.func, 200).rpartition(".")[2]
        if Effect.QUERY in call.effects and name not in _TRANSACTION:
            out.append(call)
    return out


def _layered(facts: Facts) -> tuple[int, int]:
    """How many endpoints with database effects reach them through another function, and how many there are."""
    through = total = 0
    for endpoint in facts.all(Endpoint):
        if facts.reach(endpoint.function, Effect.QUERY) is not None:
            total += 1
            through += not _direct(endpoint, facts)
    return through, total


RULE = Rule(
    id="BYT110",
    name="logic-in-handler",
    area=Area.ENDPOINT,
    aspect=Aspect.ENDPOINT_STRUCTURE,
    severity=Severity.NOTE,
    on=Endpoint,
    check=check,
)
