"""Required input added to an operation.

## What it does

Finds an input that requests need in the head and did not need in the base: a query, header, cookie or form parameter,
a body, or a field of a request model, new or optional before.

## Why is this bad?

Every request that was correct yesterday is answered 422 today.

## Bad

```python base
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class OrderIn(BaseModel):
    product: str
    note: str = ""


@app.post("/orders")
def create_order(order: OrderIn) -> dict:
    return {}


@app.get("/orders")
def list_orders(limit: int = 20) -> dict:
    return {}
```
```python head
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class OrderIn(BaseModel):
    product: str
    note: str  # finding
    quantity: int  # finding


@app.post("/orders")
def create_order(order: OrderIn) -> dict:
    return {}


@app.get("/orders")
def list_orders(shop: str, limit: int = 20) -> dict:  # finding
    return {}
```

## Good

```python base
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class OrderIn(BaseModel):
    product: str


@app.post("/orders")
def create_order(order: OrderIn) -> dict:
    return {}
```
```python head
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class OrderIn(BaseModel):
    product: str
    quantity: int = 1


@app.post("/orders")
def create_order(order: OrderIn) -> dict:
    return {}
```

## Limits

Dependencies that cannot be followed may have asked for the input before: then parameters of dependencies are left
alone. An optional field without a default is required in Pydantic 2 only, and so reported only where the project asks
for that. A new demand for authentication is not seen here. Where the contracts of both sides are known, they decide.

```python base
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class OrderIn(BaseModel):
    product: str


@app.post("/orders")
def create_order(order: OrderIn) -> dict:
    return {}
```
```python head
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class OrderIn(BaseModel):
    product: str
    note: str | None


@app.post("/orders")
def create_order(order: OrderIn) -> dict:
    return {}
```

## References

- Zalando guideline 106, 107; AIP-180
"""

from collections.abc import Iterator

from byte.model import breaks, operations, routes
from byte.model import syntax as s
from byte.model.facts import ChangeFacts, Field, Parameter, Type
from byte.model.operations import Pair
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_PLACES = {
    "query": "query parameter", "header": "header", "cookie": "cookie", "form": "form field", "file": "file",
    "body": "body",
}  # fmt: skip


def check(change: ChangeFacts) -> Iterator[Evidence]:
    """One finding for each parameter or field, with the operations that need it."""
    by_hand = {pair.name for pair in operations.pairs(change) if _by_hand(pair, change)}
    for item in breaks.breaks(change, "required input"):
        if item.difference.location.startswith("request body") and by_hand.issuperset(item.operations):
            continue
        if item.by_version:
            continue
        name = item.wire or item.difference.location
        yield Evidence(
            message=f"{item.told}: requests of today's clients are answered 422",
            at=item.at,
            symbol=item.owner,
            key=name,
            because=item.because,
            brief=f"`{name}` is now required",
            fix=f"Give `{name}` a default that means what requests without it meant before.",
        )
    yield from _of_source(change)


def _of_source(change: ChangeFacts) -> Iterator[Evidence]:
    """The inputs of operations that no contract has."""
    found: dict[tuple[Location, str, str], tuple[str, list[str]]] = {}
    for pair in operations.pairs(change):
        if breaks.covers(change, pair):
            continue
        for parameter in _parameters(pair, change):
            at = Location(parameter.path, parameter.line, parameter.line)
            what = f"{_PLACES[parameter.place]} `{_wire(parameter)}`"
            symbol = (parameter.dependency or pair.head.function.key).rpartition("::")[2]
            found.setdefault((at, symbol, _wire(parameter)), (what, []))[1].append(pair.name)
        for owner, field in _fields(pair, change):
            wire = operations.wire(field)
            found.setdefault((field.at, owner, wire), (f"field `{wire}` of `{owner}`", []))[1].append(pair.name)
    for (at, symbol, wire), (what, names) in found.items():
        yield Evidence(
            message=f"{what} is now required by {operations.listed(list(dict.fromkeys(names)))}: requests of today's "
            "clients are answered 422",
            at=at,
            symbol=symbol,
            key=wire,
            brief=f"{what} is now required",
            fix=f"Give `{wire}` a default that means what requests without it meant before.",
        )


def _by_hand(pair: Pair, change: ChangeFacts) -> bool:
    """Whether base's handler reads the body itself."""
    texts = (s.text(c.node.func) for c in change.base.calls(pair.base.function))
    return any(text.endswith((".json", ".body", ".form")) for text in texts)


def _parameters(pair: Pair, change: ChangeFacts) -> Iterator[Parameter]:
    """Parameters of head that are required, and in base were not there or not required."""
    before = {(p.place, _wire(p)): p for p in pair.base.parameters}
    needed = {_wire(p) for p in pair.base.parameters if p.required}
    unread = any(p.place == "dependency" and p.dependency is None for p in pair.base.parameters)
    by_hand = _by_hand(pair, change)
    in_path = set(routes.names(pair.head.path)) | set(routes.names(pair.base.path))
    bodies = {id(new) for _, new in operations.bodies(pair)}
    for parameter in pair.head.parameters:
        if parameter.place not in _PLACES or not parameter.required or id(parameter) in bodies:
            continue
        if parameter.name in in_path or (unread and parameter.path != pair.head.function.path):
            continue
        if parameter.place in ("body", "form", "file") and by_hand:
            continue
        if parameter.place == "body" and _same_body(pair, change):
            continue
        old = before.get((parameter.place, _wire(parameter)))
        if (old is None or not old.required) and _wire(parameter) not in needed and _sure(parameter, change):
            yield parameter
    for old, parameter in operations.bodies(pair):
        if parameter.required and not old.required:
            yield parameter


def _same_body(pair: Pair, change: ChangeFacts) -> bool:
    """Whether every name that the body must have was needed before, however it was declared."""
    old = operations.inputs(pair.base, change.base)
    new = operations.inputs(pair.head, change.head)
    return bool(old) and old is not None and new is not None and new <= old


def _sure(parameter: Parameter, change: ChangeFacts) -> bool:
    """Whether the source says where the parameter is read from, and that it stands for itself.

    A model read from the query or form stands for its fields; a class from elsewhere may be a body.
    """
    kind = parameter.type
    model = change.head.model(kind.name) if kind is not None else None
    if parameter.place == "body":
        return model is not None or bool(parameter.constraints) or parameter.default is not None
    if model is not None:
        return False
    return kind is None or parameter.place == "file" or all(_scalar(part, change) for part in routes.parts(kind))


def _scalar(kind: Type, change: ChangeFacts) -> bool:
    return operations.json_kind(kind, change.head) is not None or kind.name in ("typing.Literal", "typing.Annotated")


def _fields(pair: Pair, change: ChangeFacts) -> Iterator[tuple[str, Field]]:
    """Fields of request models that are required, and were not there or not required."""
    for old, new in operations.bodies(pair):
        for models in operations.models(old.type, new.type, change):
            if operations.open_ended(models.base, change.base):
                continue
            for field in operations.fields(models):
                if field.head is None or not operations.required(field.head):
                    continue
                if field.base is not None and operations.required(field.base):
                    continue
                if field.head.type is not None and field.head.type.optional and not _second(change):
                    continue
                owner = operations.owner(models.head, field.head, change.head)
                yield owner.rpartition("::")[2], field.head


def _wire(parameter: Parameter) -> str:
    """The name of a parameter in a request."""
    alias = s.string(parameter.constraints.get("alias"))
    if alias is not None:
        return alias
    return parameter.name.replace("_", "-") if parameter.place == "header" else parameter.name


def _second(change: ChangeFacts) -> bool:
    """Whether the project asks for Pydantic 2."""
    wanted = [r.constraint for r in change.head.project().requirements if r.name.lower() == "pydantic"]
    return any(text.lstrip("^~=> v").startswith("2") for text in wanted)


RULE = Rule(
    id="BYT122",
    name="new-required-input",
    area=Area.ENDPOINT,
    aspect=Aspect.BACKWARD_COMPATIBILITY,
    severity=Severity.BLOCKER,
    on=ChangeFacts,
    check=check,
)
