"""Value returned with a status that has no body.

## What it does

Finds an endpoint whose status is 204, 205 or 304 and whose handler returns a value.

## Why is this bad?

These statuses have no body: the value is dropped, and a client that waits for it gets nothing. Where a response model
is declared too, the application does not even start.

## Bad

```python
from fastapi import FastAPI

app = FastAPI()


@app.delete("/items/{item_id}", status_code=204)
def delete_item(item_id: int):
    return {"deleted": item_id}  # finding
```

## Good

```python
from fastapi import FastAPI

app = FastAPI()


@app.delete("/items/{item_id}", status_code=204)
def delete_item(item_id: int) -> None:
    remove(item_id)
```

## Limits

A handler that returns a response object sets its own status; a value of unknown type that a call returns is not
reported, since it is often None.

```python
from fastapi import FastAPI, Response

app = FastAPI()


@app.delete("/items/{item_id}", status_code=204)
def delete_item(item_id: int):
    return Response(status_code=204)


@app.delete("/users/{user_id}", status_code=204)
def delete_user(user_id: int):
    return service.delete(user_id)
```

## References

- RFC 9110, 15.3.5
"""

from collections.abc import Iterator

from byte.model import routes
from byte.model import syntax as s
from byte.model.facts import Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_EMPTY = frozenset({204, 205, 304})
_VALUES = frozenset(
    {"builtins.dict", "builtins.list", "builtins.str", "builtins.int", "builtins.bool", "builtins.float"}
)


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """The first value that the handler surely returns although its status has no body."""
    if endpoint.status_code not in _EMPTY or endpoint.websocket:
        return
    for value in routes.returned(endpoint.function):
        if _is_value(endpoint, value, facts):
            yield Evidence(
                message=f"`{endpoint.name}` answers {endpoint.status_code}, which has no body: "
                f"`{s.text(value, 40)}` never arrives",
                at=Location(endpoint.function.path, value.line, value.line),
                symbol=endpoint.function.qualname,
                key=f"{endpoint.status_code}",
                fix=f"Return nothing from `{endpoint.function.qualname}`, or answer 200.",
            )
            return


def _is_value(endpoint: Endpoint, value: s.Expr, facts: Facts) -> bool:
    if isinstance(value, (s.Mapping, s.Sequence, s.Comprehension, s.Constant, s.FString)):
        return True
    kind = facts.type_of(endpoint.function, value)
    if kind is None or kind.optional or routes.is_response(kind.name):
        return False
    return kind.name in _VALUES or facts.model(kind.name) is not None or facts.table(kind.name) is not None


RULE = Rule(
    id="BYT111",
    name="body-with-204",
    area=Area.ENDPOINT,
    aspect=Aspect.ENDPOINT_STRUCTURE,
    severity=Severity.MAJOR,
    on=Endpoint,
    check=check,
)
