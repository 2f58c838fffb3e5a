"""Contract that today's clients no longer fit.

## What it does

Compares the contracts of both sides, as FastAPI would publish them, and finds what a client of the base sends that the
head rejects, or what the head answers that a client of the base does not expect: a narrower limit, an enum without one
of its values or with one more, a pattern, a new scope, a media type that is gone. Each comes with the payload or
request that proves it.

## Why is this bad?

Requests that were answered are refused with 422, 401 or 415, and clients whose types were made from the document fail
to read the answer.

## Bad

```python base
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/orders")
def list_orders(limit: int = Query(20, ge=1, le=500)) -> dict:
    return {}
```
```python head
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/orders")
def list_orders(limit: int = Query(20, ge=1, le=100)) -> dict:  # finding
    return {}
```

## Good

```python base
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/orders")
def list_orders(limit: int = Query(20, ge=1, le=100)) -> dict:
    return {}
```
```python head
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/orders")
def list_orders(limit: int = Query(20, ge=1, le=500)) -> dict:
    return {}
```

## Limits

What cannot be known from the source on either side is undecided and no finding: it is counted on the line Backward
Compatibility, and asked. Removed operations and fields, new required inputs and other types have rules of their own.

```python base
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/orders")
def list_orders(limit: int = Query(20, le=500)) -> dict:
    return {}
```
```python head
from elsewhere import MOST
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/orders")
def list_orders(limit: int = Query(20, le=MOST)) -> dict:
    return {}
```

## References

- Zalando guideline 106, 107; AIP-180
"""

from collections.abc import Iterator

from byte.model import breaks
from byte.model.facts import ChangeFacts
from byte.model.review import Area, Aspect, Evidence, Rule, Severity


def check(change: ChangeFacts) -> Iterator[Evidence]:
    """One finding for each place that breaks clients."""
    for item in breaks.breaks(change, "other"):
        yield Evidence(
            message=item.told,
            at=item.at,
            symbol=item.owner,
            key=f"{item.difference.id} {item.wire or item.difference.location}",
            because=item.because,
            brief=item.difference.message,
            fix=f"Keep `{item.subject}` as it was for today's clients, or publish the change with a new version.",
        )


RULE = Rule(
    id="BYT126",
    name="incompatible-contract",
    area=Area.ENDPOINT,
    aspect=Aspect.BACKWARD_COMPATIBILITY,
    severity=Severity.MAJOR,
    on=ChangeFacts,
    check=check,
)
