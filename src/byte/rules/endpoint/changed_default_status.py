"""Status of success changed.

## What it does

Finds an operation that answers success with another status than before.

## Why is this bad?

Clients compare the status: generated ones treat a status that the document did not name as an error, and one that
expects a body fails on 204.

## Bad

```python base
from fastapi import FastAPI

app = FastAPI()


@app.post("/orders")
def create_order(name: str) -> dict:
    return {}
```
```python head
from fastapi import FastAPI

app = FastAPI()


@app.post("/orders", status_code=201)  # finding
def create_order(name: str) -> dict:
    return {}
```

## Good

```python base
from fastapi import FastAPI

app = FastAPI()


@app.post("/orders")
def create_order(name: str) -> dict:
    return {}
```
```python head
from fastapi import FastAPI

app = FastAPI()


@app.post("/orders", status_code=200)
def create_order(name: str) -> dict:
    return {}
```

## Limits

A status that the source does not fix, and handlers that return response objects with a status of their own, are left
alone.

```python base
from fastapi import FastAPI

app = FastAPI()


@app.post("/orders")
def create_order(name: str) -> dict:
    return {}
```
```python head
from fastapi import FastAPI

app = FastAPI()


@app.post("/orders", status_code=created_status())
def create_order(name: str) -> dict:
    return {}
```

## References

- Zalando guideline 106; AIP-180
"""

from collections.abc import Iterator

from byte.model import operations, routes
from byte.model import syntax as s
from byte.model.facts import ChangeFacts, Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Rule, Severity, Step


def check(change: ChangeFacts) -> Iterator[Evidence]:
    """One finding for each operation whose declared status differs."""
    for pair in operations.pairs(change):
        if pair.base.status_code == pair.head.status_code and pair.base.function.node == pair.head.function.node:
            continue
        before, after = _status(pair.base, change.base), _status(pair.head, change.head)
        if before is None or after is None or before == after:
            continue
        yield Evidence(
            message=f"`{pair.name}` answered {before} and now answers {after}: clients that compare the status fail",
            at=pair.head.at,
            symbol=pair.head.function.qualname,
            key=pair.name,
            because=(Step(pair.base.at.path, pair.base.at.line, f"base: {before}"),),
            fix=f"Keep {before} for `{pair.name}`, or publish the new status with a new version.",
        )


def _status(endpoint: Endpoint, facts: Facts) -> int | None:
    """The status that FastAPI sends for a returned value, None if the source does not fix it."""
    if endpoint.websocket or routes.raw(endpoint, facts):
        return None
    if endpoint.status_code is not None:
        return endpoint.status_code
    return 200 if s.keyword(endpoint.decorator, "status_code") is None else None


RULE = Rule(
    id="BYT124",
    name="changed-default-status",
    area=Area.ENDPOINT,
    aspect=Aspect.BACKWARD_COMPATIBILITY,
    severity=Severity.MAJOR,
    on=ChangeFacts,
    check=check,
)
