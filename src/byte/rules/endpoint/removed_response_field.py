"""Field removed from a response.

## What it does

Finds a field that answers of the base had and answers of the head no longer have, in the response model or in a model
nested in it, also where a base class, an alias or `exclude=True` changed.

## Why is this bad?

Clients that read the field break, or go on with nothing where a value was. A field is deprecated first and removed in
the next version of the API.

## Bad

```python base
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class User(BaseModel):
    id: int
    email: str


@app.get("/users", response_model=list[User])
def list_users(limit: int = 20):
    return []
```
```python head
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class User(BaseModel):  # finding
    id: int


@app.get("/users", response_model=list[User])
def list_users(limit: int = 20):
    return []
```

## Good

```python base
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class User(BaseModel):
    id: int
    email: str


@app.get("/users/{user_id}", response_model=User)
def read_user(user_id: int):
    return {"id": user_id}
```
```python head
from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class User(BaseModel):
    id: int
    mail: str = Field(alias="email")


@app.get("/users/{user_id}", response_model=User)
def read_user(user_id: int):
    return {"id": user_id}
```

## Limits

Only operations that both sides have, with models that the source shows completely: a model with an unknown base class,
or one that allows extra fields, is left alone. A property of the same name counts as a computed field.

```python base
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Internal(BaseModel):
    id: int
    note: str


@app.post("/notes")
def create_note(data: Internal) -> dict:
    return {}
```
```python head
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Internal(BaseModel):
    id: int


@app.post("/notes")
def create_note(data: Internal) -> dict:
    return {}
```

## References

- Zalando guideline 106, 107; AIP-180
"""

from collections.abc import Iterator

from byte.model import operations
from byte.model.facts import ChangeFacts
from byte.model.operations import Fields, Pair
from byte.model.review import Area, Aspect, Evidence, Rule, Severity, Step


def check(change: ChangeFacts) -> Iterator[Evidence]:
    """One finding for each field that a class of base declares and that no longer arrives."""
    found: dict[tuple[str, str], list[tuple[Pair, Fields]]] = {}
    for pair in operations.pairs(change):
        for models in operations.models(pair.base.response_model, pair.head.response_model, change):
            if operations.open_ended(models.head, change.head):
                continue
            for field in operations.fields(models):
                if field.base is None or field.head is not None:
                    continue
                if operations.computed(models.head, field.base.name, change.head):
                    continue
                owner = operations.owner(models.base, field.base, change.base)
                found.setdefault((owner, field.wire), []).append((pair, field))
    for (owner, wire), uses in found.items():
        yield _evidence(owner, wire, uses, change)


def _evidence(owner: str, wire: str, uses: list[tuple[Pair, Fields]], change: ChangeFacts) -> Evidence:
    pair, field = uses[0]
    old, new = field.models.base, field.models.head
    cls = change.head.cls(operations.head_key(owner, change))
    same = operations.head_key(old.key, change) == new.key
    at = cls.at if cls is not None and same else (new.at if same else pair.head.at)
    names = list(dict.fromkeys(p.name for p, _ in uses))
    before = field.base.at if field.base is not None else old.at
    shown = operations.example(new, change.head)
    return Evidence(
        message=f"`{old.name}.{wire}` is gone from the answers of {operations.listed(names)}: clients now get `{shown}`",
        at=at,
        symbol=owner.rpartition("::")[2],
        key=wire,
        because=(Step(before.path, before.line, f"base: {old.name}.{wire}"),),
        fix=f"Keep `{wire}` in `{new.name}` and mark it deprecated, or publish a new version of the operation.",
    )


RULE = Rule(
    id="BYT121",
    name="removed-response-field",
    area=Area.ENDPOINT,
    aspect=Aspect.BACKWARD_COMPATIBILITY,
    severity=Severity.BLOCKER,
    on=ChangeFacts,
    check=check,
)
