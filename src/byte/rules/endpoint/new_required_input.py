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

from byte.model import exchange, operations, routes
from byte.model import syntax as s
from byte.model.contract import ORIGIN
from byte.model.exchange import Exchange, Part
from byte.model.facts import ChangeFacts, Field, Parameter, Type
from byte.model.operations import Pair
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_PLACES = {
    "query": "query parameter", "header": "header", "cookie": "cookie", "form": "form field", "file": "file",
    "body": "body",
}  # fmt: skip


def check(change: ChangeFacts) -> Iterator[Evidence]:
    """One finding for each parameter or field, with the operations that need it."""
    found: dict[tuple[Location, str, str], tuple[str, list[str]]] = {}
    for pair in operations.pairs(change):
        known = operations.exchanged(pair, change)
        seen: set[str] = set()
        for parameter in _parameters(pair, change):
            if known is not None and _was_needed(known, parameter):
                continue
            seen.add(_wire(parameter).lower())
            at = Location(parameter.path, parameter.line, parameter.line)
            what = f"{_PLACES[parameter.place]} `{_wire(parameter)}`"
            symbol = (parameter.dependency or pair.head.function.key).rpartition("::")[2]
            found.setdefault((at, symbol, _wire(parameter)), (what, []))[1].append(pair.name)
        for owner, field in _fields(pair, change):
            wire = operations.wire(field)
            same = [p for p in _needed(known) if p.is_of(wire, None, field.at)] if known is not None else []
            if known is not None and known.told(sent=False) and not same:
                continue
            wire = same[0].wire if same else wire
            seen.add(wire.lower())
            what = f"field `{operations.wire(field)}` of `{owner}`"
            found.setdefault((field.at, owner, wire), (what, []))[1].append(pair.name)
        for at, symbol, wire, what in _of_contract(known, pair, change) if known is not None else ():
            if wire.lower() not in seen:
                found.setdefault((at, symbol, wire), (what, []))[1].append(pair.name)
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


def _was_needed(known: Exchange, parameter: Parameter) -> bool:
    """Whether the contracts say that a parameter was required before, or is not now."""
    wire = _wire(parameter)
    place = (parameter.place, wire.lower() if parameter.place == "header" else wire)
    before, after = known.parameters.get(place, (None, None))
    if "parameters" in known.unread or after is None:
        return False
    return not after.get("required") or (before is not None and bool(before.get("required")))


def _needed(known: Exchange) -> list[Part]:
    """Fields of bodies that are required now and were not."""
    found = [p for p in known.parts if not p.sent and p.after is not None and p.needed == (False, True)]
    return [p for p in found if known.versions or "null" not in (p.kinds[1] or ())]


def _of_contract(known: Exchange, pair: Pair, change: ChangeFacts) -> Iterator[tuple[Location, str, str, str]]:
    """What the contracts show to be required now, be it declared far from the handler: place, symbol, name, words."""
    needed = {name for (_, name), (before, _) in known.parameters.items() if before and before.get("required")}
    for (kind, name), (_, after) in known.parameters.items() if "parameters" not in known.unread else ():
        if kind != "path" and after is not None and after.get("required") and name not in needed:
            at = exchange.place(after.get(ORIGIN), change.head) or pair.head.at
            yield at, pair.head.function.qualname, str(after["name"]), f"{_PLACES[kind]} `{after['name']}`"
    if _by_hand(pair, change):
        return
    for part in _needed(known):
        at = exchange.place(part.origin, change.head) or pair.head.at
        what = f"field `{part.wire}` of `{part.owner}`" if part.owner else f"field `{part.wire}`"
        yield at, part.owner or pair.head.function.qualname, part.wire, what


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
