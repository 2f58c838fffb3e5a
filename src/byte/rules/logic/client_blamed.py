"""Failure of the server answered as the client's fault.

## What it does

Finds a handler for every exception, around a query or a request to another service, that answers with 400, 401, 403,
404 or another 4xx.

## Why is this bad?

When the database is down, clients read "not found" or "not authorized": they delete their copy, log users out, or never
try again. No alarm sees it, because only 5xx counts as an error of the server.

## Bad

```python
from fastapi import FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/items/{item_id}")
def read_item(item_id: int, session: Session):
    try:
        return session.scalars(select(Item).where(Item.id == item_id)).one()
    except Exception:  # finding
        raise HTTPException(status_code=404, detail="No such item")
```

## Good

```python
from fastapi import FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/items/{item_id}")
def read_item(item_id: int, session: Session):
    try:
        return session.scalars(select(Item).where(Item.id == item_id)).one()
    except NoResultFound:
        raise HTTPException(status_code=404, detail="No such item")
```

## Limits

A handler that looks at the error (its type, its status) or that also answers or raises something else is left out, and
so is a `try` body that neither queries nor sends a request: parsing what the client sent may well fail in many ways.

```python
import base64

from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.post("/pictures")
def add_picture(data: str):
    try:
        return base64.b64decode(data)
    except Exception:
        raise HTTPException(status_code=400, detail="Not a picture")
```

## References

- RFC 9110, section 15.5 and 15.6: Client Error and Server Error
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Effect, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_EFFECTS = (Effect.QUERY, Effect.HTTP)
_LOOKS = frozenset({"isinstance", "issubclass", "hasattr", "getattr"})


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each broad handler that answers 4xx."""
    for stmt in s.own(function.node):
        if not isinstance(stmt, s.Try):
            continue
        handler = next((h for h in stmt.handlers if flow.broad(h)), None)
        status = _status(facts, function, handler) if handler is not None else None
        if handler is None or status is None:
            continue
        inside = {id(n) for n in s.walk(*stmt.body) if isinstance(n, s.Call)}
        for call in facts.calls(function):
            chains = (facts.reach(call, effect) for effect in _EFFECTS) if id(call.node) in inside else ()
            chain = next((c for c in chains if c is not None), None)
            if chain is None:
                continue
            yield Evidence(
                message=f"any failure of `{s.text(call.node.func, 40)}` is answered with {status}: an outage looks like "
                "the client's fault",
                at=Location(function.path, handler.line, handler.line),
                symbol=function.qualname,
                key=f"{status} {s.text(call.node.func, 60)}",
                because=chain[1:] if len(chain) > 1 else (),
                fix=f"Catch the exception that means {status}, and let the others become a 500.",
            )
            break


def _status(facts: Facts, function: Function, handler: s.Handler) -> int | None:
    """The only 4xx that a handler answers, None if it also does something else."""
    found: set[int | None] = set()
    for node in s.walk(*handler.body):
        if isinstance(node, s.Raise):
            call = node.exc if isinstance(node.exc, s.Call) else None
            target = facts.resolve(function.path, call.func, function) if call is not None else None
            ours = call is not None and target in flow.HTTP_ERRORS
            code = s.argument(call, 0, "status_code") if call is not None and ours else None
            found.add(flow.http_status(facts, function.path, code))
        elif isinstance(node, (s.Return, s.If, s.Jump)) or _looks(node):
            return None
    only = next(iter(found)) if len(found) == 1 else None
    return only if only is not None and 400 <= only < 500 else None


def _looks(node: s.Node) -> bool:
    """Whether a node asks what the error is."""
    if isinstance(node, s.Call):
        return s.dotted(node.func) in _LOOKS
    return isinstance(node, s.Attribute) and node.attr in ("status_code", "__class__", "code")


RULE = Rule(
    id="BYT315",
    name="client-blamed",
    area=Area.LOGIC,
    aspect=Aspect.ERROR_HANDLING,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
