"""Committed OpenAPI document that the source contradicts.

## What it does

Reads the OpenAPI documents that the repository holds (JSON or YAML, tests and libraries left out) and compares each
with the application that it describes, as its source says it: operations that only one of them has, parameters and
fields that are missing, not there any more, required differently or of another type, and answers with another status.

## Why is this bad?

Clients are generated from the document and people read it: both call what is not there and miss what is.

## Bad

```python title="app/main.py"
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    id: int
    total: float
    paid: bool


@app.get("/orders")
def list_orders(limit: int = 20, shop: str | None = None) -> list[Order]:
    return []


@app.delete("/orders/{order_id}", status_code=204)
def delete_order(order_id: int) -> None: ...
```
```yaml title="docs/openapi.yaml"
openapi: 3.1.0
info: {title: Shop, version: 1.0.0}
paths:
  /orders:
    get:  # finding
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
      responses:
        "200":
          description: The orders
          content:
            application/json:
              schema:
                type: array
                items:
                  $ref: "#/components/schemas/Order"
  /orders/{id}:
    delete:
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
      responses:
        "204": {description: Gone}
components:
  schemas:
    Order:  # finding
      type: object
      properties:
        id: {type: integer}
        total: {type: string}  # finding
```

## Good

```python title="app/main.py"
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    id: int


@app.get("/orders")
def list_orders(limit: int = 20) -> list[Order]:
    return []
```
```yaml title="docs/openapi.yaml"
openapi: 3.1.0
info: {title: Shop, version: 1.0.0}
servers:
  - url: https://shop.example.com
paths:
  /orders:
    get:
      summary: The orders
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 100}}
      responses:
        "200":
          description: The orders
          content:
            application/json:
              schema:
                type: array
                items: {type: object, properties: {id: {type: integer}}}
        "401": {description: Not signed in}
```

## Limits

A document of which less than half is in the application describes something else, and one that holds a part of the
application is not blamed for the rest. What the source does not fix, texts, examples, constraints, names of path
parameters, errors that only the document has, and whether a field of an answer is required are left alone. Where a
document has been out of step for long (a tenth of it and more), a new contradiction is a note.

```python title="app/main.py"
from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/search")
def search(request: Request):
    return find(request.query_params["q"])
```
```yaml title="docs/openapi.yaml"
openapi: 3.1.0
info: {title: Shop, version: 1.0.0}
paths:
  /search:
    get:
      parameters:
        - {name: q, in: query, required: true, schema: {type: string}}
      responses:
        "200": {description: Hits}
```

## References

- OpenAPI 3.1, 4.8: the document describes the API; Zalando guideline 101
"""

from collections.abc import Iterator

from byte.model import published, routes
from byte.model.contract import ORIGIN, Operation
from byte.model.facts import Endpoint, Facts
from byte.model.published import Match, Published
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_KEPT = 10
"""A document is kept in step if less than one in this many of its operations and schemas are contradicted."""


def check(document: Published, facts: Facts) -> Iterator[Evidence]:
    """One finding for each difference; those of one document become one with its places."""
    match = published.described(document, facts.contracts())
    if match is None:
        return
    handlers = _handlers(facts)
    found = published.differences(
        match, lambda op: _by_hand(handlers.get(_origin(op))), lambda op: _elsewhere(op, facts)
    )
    symbols = len({item.symbol for item in found})
    kept = symbols <= 1 or _KEPT * symbols <= len(match.both) + len(_schemas(match))
    for item in found:
        path, _, line = (item.origin or "").rpartition(":")
        because = (Step(path, int(line), "the source"),) if path and line.isdigit() else ()
        yield Evidence(
            message=f"{item.text[:1].upper()}{item.text[1:]}",
            at=Location(document.path, item.line, item.line),
            symbol=item.symbol,
            key=f"{document.path} {item.key}",
            because=because,
            brief=f"`{document.path}` is contradicted by the source",
            fix=f"Write `{document.path}` anew from the source, and check in the pipeline that it is up to date.",
            severity=None if kept else Severity.NOTE,
            cause=document.path,
        )


def _schemas(match: Match) -> dict[str, object]:
    document = match.document.document
    components = document.get("components")
    found = components.get("schemas") if isinstance(components, dict) else document.get("definitions")
    return found if isinstance(found, dict) else {}


def _handlers(facts: Facts) -> dict[str, Endpoint]:
    """The endpoints by the first line of their handlers."""
    return {f"{e.function.path}:{e.function.node.start}": e for e in facts.all(Endpoint)}


def _origin(operation: Operation) -> str:
    return str(operation.body.get(ORIGIN))


def _by_hand(endpoint: Endpoint | None) -> bool:
    """Whether the handler is given the request itself, or is not seen."""
    if endpoint is None:
        return True
    kinds = (p.type.name for p in endpoint.parameters if p.place == "context" and p.type is not None)
    return any(kind.endswith("Request") for kind in kinds)


def _elsewhere(operation: Operation, facts: Facts) -> bool:
    """Whether a route of the source that no application is known to include may be this operation."""
    path = routes.template(operation.path).rstrip("/")
    for endpoint in facts.all(Endpoint):
        if operation.method.upper() in endpoint.methods:
            local = routes.template(endpoint.path.rpartition(routes.UNKNOWN)[2]).rstrip("/")
            if path.endswith(local) and (local or not path):
                return True
    return False


RULE = Rule(
    id="BYT114",
    name="stale-openapi-document",
    area=Area.ENDPOINT,
    aspect=Aspect.REQUEST_RESPONSE_MODELS,
    severity=Severity.MAJOR,
    on=Published,
    check=check,
)
