"""List endpoint without pagination.

## What it does

Finds a GET endpoint that returns a list which it reads from the database without any limit.

## Why is this bad?

The response grows with the table. It works until the table is large; then the endpoint is slow, takes much memory, and
clients have come to rely on getting everything.

## Bad

```python
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/items", response_model=list[ItemOut])  # finding
def list_items(session: Session = Depends(get_session)):
    return session.scalars(select(Item)).all()
```

## Good

```python
from fastapi import Depends, FastAPI, Query
from sqlalchemy import select
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/items", response_model=list[ItemOut])
def list_items(session: Session = Depends(get_session), limit: int = Query(default=20, le=100)):
    return session.scalars(select(Item).limit(limit)).all()
```

## Limits

Only endpoints that query are looked at, and only when neither they nor a dependency has a parameter that pages. A
list of a fixed small set (roles, settings) is reported too: allow it on the line.

## References

- AIP-158, Zalando guideline 159
"""

from collections.abc import Iterator

from byte.model.facts import Effect, Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Rule, Severity

_PAGING = frozenset(
    {"limit", "page", "page_size", "per_page", "size", "cursor", "offset", "skip", "first", "pagination", "params",
     "count", "max_results", "page_token", "perpage", "pagesize", "top", "take", "paging"}
)  # fmt: skip
_LISTS = frozenset({"builtins.list", "builtins.set", "typing.Sequence", "builtins.tuple"})


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """A GET whose declared response is a list, that queries, and that nothing pages."""
    model = endpoint.response_model
    if "GET" not in endpoint.methods or model is None or model.name not in _LISTS:
        return
    if any(p.name.lower() in _PAGING or "pagination" in p.name.lower() for p in endpoint.parameters):
        return
    if any(p.type is not None and "pag" in p.type.name.lower() for p in endpoint.parameters):
        return
    chain = facts.reach(endpoint.function, Effect.QUERY)
    if chain is None:
        return
    yield Evidence(
        message=f"`{endpoint.name}` returns every row: it has no limit and no page parameter",
        at=endpoint.at,
        symbol=endpoint.function.qualname,
        key=endpoint.name,
        because=chain,
        fix=f"Give `{endpoint.name}` a `limit` with a default and a maximum, and a cursor or offset.",
    )


RULE = Rule(
    id="BYT101",
    name="unbounded-list",
    area=Area.ENDPOINT,
    aspect=Aspect.ENDPOINT_STRUCTURE,
    severity=Severity.MAJOR,
    on=Endpoint,
    check=check,
)
