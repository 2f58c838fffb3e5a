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

Unions, literals, decimals and types that Byte does not know are not compared, nor are formats (a text that is now a
UUID) and constraints.

```python base
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
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
    total: int | str


@app.get("/orders/{order_id}", response_model=Order)
def read_order(order_id: int):
    return {}
```

## References

- Zalando guideline 106; AIP-180
"""

from collections.abc import Iterator

from byte.model import exchange, operations, schemas
from byte.model.exchange import Exchange, Part
from byte.model.facts import ChangeFacts, Facts, Field, Type
from byte.model.operations import Fields
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step


def check(change: ChangeFacts) -> Iterator[Evidence]:
    """One finding for each field, with the operations that it is part of."""
    found: dict[tuple[Location, str, str], tuple[str, Fields, list[str]]] = {}
    more: dict[tuple[Location, str, str], tuple[str, list[str]]] = {}
    for pair in operations.pairs(change):
        known = operations.exchanged(pair, change)
        seen: set[tuple[bool, str]] = set()
        answers = operations.models(pair.base.response_model, pair.head.response_model, change)
        inputs = (m for old, new in operations.bodies(pair) for m in operations.models(old.type, new.type, change))
        for sent, group in ((True, answers), (False, inputs)):
            for models in group:
                for field in operations.fields(models):
                    what = _difference(field, sent, change)
                    if what is None or field.head is None or (known is not None and _refuted(known, field, sent=sent)):
                        continue
                    parts = known.parts if known is not None else ()
                    same = [p for p in parts if p.sent is sent and _is(p, field)]
                    seen |= {(sent, p.wire) for p in same}
                    owner = operations.owner(models.head, field.head, change.head).rpartition("::")[2]
                    place = (field.head.at, owner, field.wire)
                    found.setdefault(place, (what, field, []))[2].append(pair.name)
        for part in known.parts if known is not None else ():
            told = _told(part)
            if told is not None and (part.sent, part.wire) not in seen:
                at = exchange.place(part.origin, change.head) or pair.head.at
                more.setdefault((at, part.owner or pair.head.function.qualname, part.wire), (told, []))[1].append(
                    pair.name
                )
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

    places = {(at.path, at.line) for at, _, _ in found}
    for (at, owner, wire), (what, names) in more.items():
        if (at.path, at.line) not in places:
            yield Evidence(
                message=f"`{owner}.{wire}` {what} in {operations.listed(list(dict.fromkeys(names)))}",
                at=at,
                symbol=owner,
                key=wire,
                brief=f"`{owner}.{wire}` {what}",
                fix=f"Keep the type of `{wire}`, and add a new field for the new meaning.",
            )


def _refuted(known: Exchange, field: Fields, *, sent: bool) -> bool:
    """Whether the contracts show every field of this name to be of the same types as before."""
    same = [p for p in known.parts if p.sent is sent and _is(p, field)]
    return known.told(sent) and all(p.kinds[0] == p.kinds[1] is not None for p in same)


def _is(part: Part, field: Fields) -> bool:
    before, after = field.base, field.head
    return part.is_of(field.wire, before.at if before is not None else None, after.at if after is not None else None)


def _told(part: Part) -> str | None:
    """What the contracts say is different of a field's type, where both of them fix one."""
    before, after = part.kinds
    if part.before is None or part.after is None or not before or not after:
        return None
    one, two = schemas.wide(before), schemas.wide(after)
    if one and two and not one & two:
        return f"was `{_words(before)}` and is now `{_words(after)}`"
    if part.sent and "null" in after and "null" not in before and one == two:
        return "may now be null"
    if not part.sent and "null" in before and "null" not in after and one == two and part.needed[0] == part.needed[1]:
        return "may no longer be null"
    return None


def _words(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds - schemas.NULL))


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
