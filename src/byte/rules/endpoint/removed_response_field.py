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
or one that allows extra fields, is left alone. A property of the same name counts as a computed field. Where the
contracts of both sides are known, they decide.

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

from byte.model import breaks, operations
from byte.model import syntax as s
from byte.model.facts import ChangeFacts, Class, Field
from byte.model.operations import Fields, Models, Pair
from byte.model.review import Area, Aspect, Evidence, Rule, Severity


def check(change: ChangeFacts) -> Iterator[Evidence]:
    """One finding for the fields that one class of base declares and that no longer arrive."""
    for item in breaks.breaks(change, "removed field", levels=("breaking", "warning")):
        optional = item.difference.level == "warning"
        yield Evidence(
            message=item.told,
            at=item.at,
            symbol=item.owner,
            key=item.wire or item.difference.location,
            because=item.because,
            brief=f"`{item.subject}` removed",
            fix=f"Keep `{item.wire or item.owner}` and mark it deprecated, or publish a new version of the operation.",
            severity=Severity.MAJOR if optional else None,
        )
    yield from _of_source(change)


def _of_source(change: ChangeFacts) -> Iterator[Evidence]:
    """The fields of operations that no contract has."""
    found: dict[tuple[str, str], list[tuple[Pair, Fields]]] = {}
    for pair in operations.pairs(change):
        if breaks.covers(change, pair):
            continue
        for models in operations.models(pair.base.response_model, pair.head.response_model, change):
            if operations.open_ended(models.head, change.head):
                continue
            alike = models.base.name == models.head.name
            for field in operations.fields(models):
                if field.base is None or field.head is not None or _hidden(models, field.base, change):
                    continue
                owner = operations.owner(models.base, field.base, change.base) if alike else models.base.key
                found.setdefault((owner, "" if alike else pair.name), []).append((pair, field))
    for (owner, operation), uses in found.items():
        yield _evidence(owner, operation, uses, change)


def _hidden(models: Models, field: Field, change: ChangeFacts) -> bool:
    """Whether the field may still arrive in a way that the fields of head do not show."""
    return operations.computed(models.head, field.name, change.head) or operations.renamed(models, field)


def _evidence(owner: str, operation: str, uses: list[tuple[Pair, Fields]], change: ChangeFacts) -> Evidence:
    """`operation` is set where it has another model now, and not one that lost fields."""
    pair, field = uses[0]
    old, new = field.models.base, field.models.head
    cls = change.head.cls(operations.head_key(owner, change))
    kept = cls is None or any(name == field.wire for name in _declared(cls))
    at = pair.head.at if operation else (new.at if cls is None or kept else cls.at)
    names = list(dict.fromkeys(p.name for p, _ in uses))
    fields = list(dict.fromkeys(f.wire for _, f in uses))
    shown = ", ".join(f"`{old.name}.{name}`" for name in fields[:3])
    more = f" and {len(fields) - 3} more" if len(fields) > 3 else ""
    verb = "are" if len(fields) > 1 else "is"
    return Evidence(
        message=f"{shown}{more} {verb} gone from the answers of {operations.listed(names)}: clients that read "
        f"{'them' if len(fields) > 1 else 'it'} now get `{operations.example(new, change.head)}`",
        at=at,
        symbol=owner.rpartition("::")[2],
        key=" ".join([operation, *fields]).strip(),
        brief=f"{shown}{more} removed",
        fix=f"Keep `{fields[0]}` in `{new.name}` and mark it deprecated, or publish a new version of the operation.",
    )


def _declared(cls: Class) -> Iterator[str]:
    """The names that a class body annotates."""
    for stmt in cls.node.body:
        if isinstance(stmt, s.Assign) and stmt.annotation is not None:
            yield s.dotted(stmt.targets[0]) or ""


RULE = Rule(
    id="BYT121",
    name="removed-response-field",
    area=Area.ENDPOINT,
    aspect=Aspect.BACKWARD_COMPATIBILITY,
    severity=Severity.BLOCKER,
    on=ChangeFacts,
    check=check,
)
