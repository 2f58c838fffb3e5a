"""Same method and path registered twice.

## What it does

Finds a route whose method and path another route of the same application has already taken.

## Why is this bad?

The first registration answers every request; the second handler never runs, and the API document shows one of the two.
It is usually a copy whose path was not changed, so that one of two operations is missing.

## Bad

```python
from fastapi import FastAPI

app = FastAPI()


@app.post("/orders/{order_id}/cancel")
def cancel_order(order_id: int):
    return {"id": order_id}


@app.post("/orders/{id}/cancel")  # finding
def refund_order(id: int):
    return {"id": id}
```

## Good

```python
from fastapi import FastAPI

app = FastAPI()


@app.post("/orders/{order_id}/cancel")
def cancel_order(order_id: int):
    return {"id": order_id}


@app.post("/orders/{order_id}/refund")
def refund_order(order_id: int):
    return {"id": order_id}
```

## Limits

Paths whose prefix the source does not fix are left alone, and so are routes in different branches of an `if`, routes
that a versioning decorator tells apart, and different handlers of different applications.

```python
from fastapi import FastAPI

app = FastAPI()

if DEBUG:

    @app.get("/items")
    def debug_items():
        return []

else:

    @app.get("/items")
    def items():
        return []
```

## References

- Starlette: Routing, "Route priority"
"""

from collections.abc import Iterator

from byte.model import routes
from byte.model import syntax as s
from byte.model.facts import Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Rule, Severity, Step


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """The first earlier route with the same method and path."""
    if not routes.fixed(endpoint) or _versioned(endpoint):
        return
    for other in routes.alike(endpoint, facts):
        common = [m for m in endpoint.methods if m in other.methods]
        if not common or other.at == endpoint.at or _versioned(other):
            continue
        if not routes.matches(other.path, endpoint.path) or not routes.registered_before(other, endpoint, facts):
            continue
        name = f"{'|'.join(common)} {endpoint.path}"
        yield Evidence(
            message=f"`{name}` is registered twice: `{other.function.qualname}` answers, this handler never runs",
            at=endpoint.at,
            symbol=endpoint.function.qualname,
            key=name,
            because=(Step(other.at.path, other.at.line, f"{'|'.join(common)} {other.path}"),),
            fix=f"Give `{endpoint.function.qualname}` a path of its own, or delete it.",
        )
        return


def _versioned(endpoint: Endpoint) -> bool:
    """Another decorator may choose between handlers of one path."""
    texts = [s.text(d).lower() for d in endpoint.function.node.decorators if d is not endpoint.decorator]
    return any("version" in text for text in texts) or any(
        "version" in (k.name or "") for k in endpoint.decorator.keywords
    )


RULE = Rule(
    id="BYT105",
    name="duplicate-route",
    area=Area.ENDPOINT,
    aspect=Aspect.ENDPOINT_STRUCTURE,
    severity=Severity.MAJOR,
    on=Endpoint,
    check=check,
)
