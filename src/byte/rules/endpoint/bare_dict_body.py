"""Request body without a model.

## What it does

Finds an endpoint that takes its body as a bare `dict`, `Any` or a list of these, or reads `await request.json()`
itself.

## Why is this bad?

Anything goes in. A missing key is a `KeyError` and so a 500 instead of a 422, a wrong type goes as far as the database,
and the API document tells clients nothing about what to send.

## Bad

```python
from typing import Any

from fastapi import FastAPI, Request

app = FastAPI()


@app.post("/orders")
def create_order(order: dict):  # finding
    return {"id": order["id"]}


@app.patch("/orders/{order_id}")
def update_order(order_id: int, changes: dict[str, Any]):  # finding
    return {"id": order_id}


@app.put("/orders/{order_id}")
async def replace_order(order_id: int, request: Request):
    order = await request.json()  # finding
    return {"id": order["id"]}
```

## Good

```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class OrderIn(BaseModel):
    id: int


@app.post("/orders")
def create_order(order: OrderIn):
    return {"id": order.id}
```

## Limits

A mapping with typed values (`dict[str, int]`) is a model of its own. Handlers of webhooks and callbacks read the raw
request because its sender, or its signature, wants that; proxies pass on what they do not know; protocols (OAuth,
SAML, SCIM) are read by their libraries. Where the handler gives what it read to a model, only the API document lacks
it, and the finding is a note.

```python
from fastapi import FastAPI, Request

app = FastAPI()


@app.post("/webhooks/payments")
async def payment_webhook(request: Request):
    event = await request.json()
    return {"id": event["id"]}


@app.post("/scores")
def scores(points: dict[str, int]):
    return {"sum": sum(points.values())}
```

## References

- FastAPI: Request Body
"""

import re
from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Endpoint, Facts, Function, Parameter, Type
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_RAW = re.compile(
    r"hook|callback|proxy|rpc|mcp|forward|ingest|relay|passthrough|notify|event|oauth|saml|scim", re.IGNORECASE
)
_REQUESTS = frozenset({"fastapi.Request", "starlette.requests.Request"})
_PARSERS = frozenset({"model_validate", "parse_obj", "validate_python"})
_LISTS = frozenset({"builtins.list", "typing.Sequence", "typing.Iterable"})
_DICTS = frozenset({"builtins.dict", "typing.Mapping", "collections.OrderedDict"})


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """One finding for each body parameter without a shape, and for reading the body by hand."""
    function = endpoint.function
    if _RAW.search(endpoint.path) or _RAW.search(function.qualname) or endpoint.websocket:
        return
    for parameter in endpoint.parameters:
        if parameter.place == "body" and parameter.path == function.path and _shapeless(parameter):
            yield Evidence(
                message=f"`{endpoint.name}` takes any JSON: its body `{parameter.name}` is a "
                f"`{s.text(parameter.annotation, 40)}` and nothing is validated",
                at=Location(parameter.path, parameter.line, parameter.line),
                symbol=function.qualname,
                key=parameter.name,
                fix=f"Declare `{parameter.name}` as a Pydantic model.",
            )
    yield from _by_hand(endpoint, facts)


def _shapeless(parameter: Parameter) -> bool:
    kind = parameter.type
    return kind is not None and _open(kind)


def _open(kind: Type) -> bool:
    if kind.name in ("typing.Any", "builtins.object"):
        return True
    if kind.name in _DICTS:
        return len(kind.args) < 2 or kind.args[1].name in ("typing.Any", "builtins.object")
    return kind.name in _LISTS and (not kind.args or _open(kind.args[0]))


def _by_hand(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """`await request.json()` in a handler that has no body parameter."""
    if any(p.place in ("body", "form", "file") for p in endpoint.parameters):
        return
    for call in facts.calls(endpoint.function):
        func = call.node.func
        if not isinstance(func, s.Attribute) or func.attr != "json" or not call.awaited:
            continue
        kind = facts.type_of(endpoint.function, func.value)
        if kind is not None and kind.name in _REQUESTS:
            checked = _checked(endpoint.function, facts)
            lacks = "the API document shows no body"
            yield Evidence(
                message=f"`{endpoint.name}` reads its body with `{s.text(call.node, 40)}`: "
                + (f"`{checked}` checks it, but {lacks}" if checked else f"nothing is validated, and {lacks}"),
                at=Location(endpoint.function.path, call.line, call.line),
                symbol=endpoint.function.qualname,
                key="request.json",
                fix="Take the body as a parameter with a Pydantic model.",
                severity=Severity.NOTE if checked else None,
            )
            return


def _checked(function: Function, facts: Facts) -> str | None:
    """The model that the handler gives data to: `Order(**data)`, `Order.model_validate(data)`."""
    for call in facts.calls(function):
        func = call.node.func
        if isinstance(func, s.Attribute) and func.attr in _PARSERS:
            func = func.value
        elif not any(k.name is None for k in call.node.keywords):
            continue
        name = facts.resolve(function.path, func, function)
        if name is not None and facts.model(name) is not None:
            return s.text(func, 40)
    return None


RULE = Rule(
    id="BYT106",
    name="bare-dict-body",
    area=Area.ENDPOINT,
    aspect=Aspect.REQUEST_RESPONSE_MODELS,
    severity=Severity.MAJOR,
    on=Endpoint,
    check=check,
)
