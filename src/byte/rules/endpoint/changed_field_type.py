"""Type of a field changed.

## What it does

Finds a field of a request or response model whose JSON type changed, a field of an answer that may now be null, and a
field of a request that may no longer be.

## Why is this bad?

Clients in typed languages fail to read the answer, others compare a number with a text and are wrong in silence.

## Bad

```python base
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    number: str
    total: int


@app.get("/orders/{order_id}", response_model=Order)
def read_order(order_id: int):
    return {}
```
```python head
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    number: int  # finding
    total: int | None  # finding


@app.get("/orders/{order_id}", response_model=Order)
def read_order(order_id: int):
    return {}
```

## Good

```python base
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    id: str
    total: float


@app.get("/orders/{order_id}", response_model=Order)
def read_order(order_id: int):
    return {}
```
```python head
from uuid import UUID

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    id: UUID
    total: int


@app.get("/orders/{order_id}", response_model=Order)
def read_order(order_id: int):
    return {}
```

## Limits

Constraints and formats are told by `incompatible-contract`. Where the application has no contract that can be read, unions, literals
and types that Byte does not know are not compared.

```python base
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    code: str


@app.post("/orders")
def create_order(order: Order) -> dict:
    return {}
```
```python head
from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class Order(BaseModel):
    code: str = Field(max_length=3)


@app.post("/orders")
def create_order(order: Order) -> dict:
    return {}
```

## References

- Zalando guideline 106; AIP-180
"""

from collections.abc import Iterator

from byte.model import breaks, operations
from byte.model.facts import ChangeFacts, Facts, Field, Type
from byte.model.operations import Fields
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step


def check(change: ChangeFacts) -> Iterator[Evidence]:
    """One finding for each field, with the operations that it is part of."""
    for item in breaks.breaks(change, "type"):
        yield Evidence(
            message=item.told,
            at=item.at,
            symbol=item.owner,
            key=f"{item.difference.id} {item.wire or item.difference.location}",
            because=item.because,
            brief=f"`{item.subject}` has another type",
            fix=f"Keep the type of `{item.wire or item.owner}`, and add a new field for the new meaning.",
        )
    yield from _of_source(change)


def _of_source(change: ChangeFacts) -> Iterator[Evidence]:
    """The fields of operations that no contract has."""
    found: dict[tuple[Location, str, str], tuple[str, Fields, list[str]]] = {}
    for pair in operations.pairs(change):
        if breaks.covers(change, pair):
            continue
        answers = operations.models(pair.base.response_model, pair.head.response_model, change)
        inputs = (m for old, new in operations.bodies(pair) for m in operations.models(old.type, new.type, change))
        for sent, group in ((True, answers), (False, inputs)):
            for models in group:
                for field in operations.fields(models):
                    what = _difference(field, sent, change)
                    if what is None or field.head is None:
                        continue
                    owner = operations.owner(models.head, field.head, change.head).rpartition("::")[2]
                    place = (field.head.at, owner, field.wire)
                    found.setdefault(place, (what, field, []))[2].append(pair.name)
    for (at, owner, wire), (what, field, names) in found.items():
        old = field.base
        because = (Step(old.at.path, old.at.line, f"base: {field.models.base.name}.{wire}"),) if old is not None else ()
        yield Evidence(
            message=f"`{owner}.{wire}` {what} in {operations.listed(list(dict.fromkeys(names)))}",
            at=at,
            symbol=owner,
            key=wire,
            because=because,
            brief=f"`{owner}.{wire}` {what}",
            fix=f"Keep the type of `{wire}`, and add a new field for the new meaning.",
        )


def _difference(field: Fields, sent: bool, change: ChangeFacts) -> str | None:
    """What is different for a client, None if nothing is."""
    if field.base is None or field.head is None or field.base.type is None or field.head.type is None:
        return None
    old, new = field.base.type, field.head.type
    before, after = _kind(old, change.base), _kind(new, change.head)
    if before is not None and after is not None and not _fits(before, after, sent):
        return f"was `{before}` and is now `{after}`"
    if before is None or after is None:
        return None
    if sent and new.optional and not old.optional:
        return "may now be null"
    if not sent and old.optional and not new.optional and _kept(field.base, field.head):
        return "may no longer be null"
    return None


def _kept(old: Field, new: Field) -> bool:
    """Whether the field is as required as before; where not, that is the finding."""
    return operations.required(old) == operations.required(new)


def _kind(kind: Type, facts: Facts) -> str | None:
    """The JSON type; for an array, with that of its elements."""
    found = operations.json_kind(kind, facts)
    if found == "array" and kind.args and not kind.name.endswith("tuple"):
        inner = operations.json_kind(kind.args[0], facts)
        return f"array of {inner}" if inner is not None else found
    return found


def _fits(before: str, after: str, sent: bool) -> bool:
    """Whether a client that knows the first type can live with the second."""
    if before == after or "array" in (before, after):
        return before.partition(" ")[0] == after.partition(" ")[0]
    wide, narrow = (before, after) if sent else (after, before)
    return "number" in wide and wide.replace("number", "integer") == narrow


RULE = Rule(
    id="BYT123",
    name="changed-field-type",
    area=Area.ENDPOINT,
    aspect=Aspect.BACKWARD_COMPATIBILITY,
    severity=Severity.MAJOR,
    on=ChangeFacts,
    check=check,
)
