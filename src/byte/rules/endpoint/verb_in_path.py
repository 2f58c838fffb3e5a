"""CRUD verb in a path.

## What it does

Finds a path with a segment that says what the HTTP method says already (`GET /get-users`), or contradicts it
(`GET /users/{id}/delete`).

## Why is this bad?

The method is the verb of a request; a second one in the path makes two names for one thing, and where they differ, a
client that reads the path believes the wrong one.

## Bad

```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/users")
def users():
    return []


@app.get("/orders")
def orders():
    return []


@app.get("/invoices")
def invoices():
    return []


@app.get("/get-items")  # finding
def get_items():
    return []


@app.put("/orders/update/{order_id}")  # finding
def update_order(order_id: int):
    return {}
```

## Good

```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/items")
def items():
    return []


@app.post("/orders/{order_id}/cancel")
def cancel_order(order_id: int):
    return {}
```

## Limits

Only verbs of create, read, update and delete count: an action of the business as a POST below its resource is good
style. A project in which many paths hold verbs has its own style and no finding; pages of HTML have none either.

```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/get-items")
def get_items():
    return []


@app.get("/get-users")
def get_users():
    return []


@app.post("/create-user")
def create_user():
    return {}
```

## References

- Zalando guideline 141; AIP-136 (custom methods)
"""

import re
from collections.abc import Iterator

from byte.model import routes
from byte.model.facts import Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Rule, Severity

_READ = frozenset({"get", "fetch", "list", "retrieve"})
_CREATE = frozenset({"create", "insert"})
_UPDATE = frozenset({"update", "edit", "modify"})
_DELETE = frozenset({"delete", "remove"})
_WRONG = {
    "GET": _READ | _CREATE | _UPDATE | _DELETE,
    "POST": _READ | _DELETE | _UPDATE | {"create", "insert"},
    "PUT": _READ | _CREATE | _UPDATE | _DELETE,
    "PATCH": _READ | _CREATE | _UPDATE | _DELETE,
    "DELETE": _READ | _CREATE | _UPDATE | _DELETE,
}
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DIALECT = 0.1


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """The first segment of the route's own path that begins with a CRUD verb."""
    found = _verb(endpoint)
    if found is None or routes.raw(endpoint, facts) or not endpoint.in_schema:
        return
    surface = [e for e in facts.all(Endpoint) if not e.websocket and len(e.methods) == 1]
    others = [e for e in surface if e.at != endpoint.at]
    if sum(_verb(e) is not None for e in others) > _DIALECT * len(surface) + 1:
        return
    segment, verb = found
    method = endpoint.methods[0]
    yield Evidence(
        message=f"`{endpoint.name}` has the verb `{verb}` in its path: the method `{method}` is the verb",
        at=endpoint.at,
        symbol=endpoint.function.qualname,
        key=endpoint.name,
        fix=f"Name the resource in place of `{segment}` and let the method say what happens to it.",
    )


def _verb(endpoint: Endpoint) -> tuple[str, str] | None:
    """The segment and its verb; a POST of a bare verb is the accepted form of an action."""
    if len(endpoint.methods) != 1:
        return None
    method = endpoint.methods[0]
    for segment in routes.segments(endpoint.path):
        words = [w.lower() for w in _WORDS.findall(segment)]
        if words and words[0] in _WRONG.get(method, ()):
            if method == "POST" and len(words) == 1:
                continue
            return segment, words[0]
    return None


RULE = Rule(
    id="BYT102",
    name="verb-in-path",
    area=Area.ENDPOINT,
    aspect=Aspect.ENDPOINT_STRUCTURE,
    severity=Severity.NOTE,
    on=Endpoint,
    check=check,
)
