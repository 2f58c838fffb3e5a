"""Request text without a length limit, where the project sets one.

## What it does

Finds a text field of a request body without `max_length`, in a project where most such fields have one.

## Why is this bad?

The longest value that a client may send is then whatever the server accepts as a body: a name of 50 MB is stored,
logged and shown, and a password of that size is hashed.

## Bad

```python
from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class ItemIn(BaseModel):
    name: str = Field(max_length=100)
    title: str = Field(max_length=100)
    summary: str = Field(max_length=500)
    slug: str = Field(max_length=50)
    city: str = Field(max_length=100)
    note: str  # finding


@app.post("/items", status_code=201)
def create(item: ItemIn):
    return item
```

## Good

```python
from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class ItemIn(BaseModel):
    name: str = Field(max_length=100)
    title: str = Field(max_length=100)
    summary: str = Field(max_length=500)
    slug: str = Field(max_length=50)
    city: str = Field(max_length=100)
    note: str = Field(max_length=1000)


@app.post("/items", status_code=201)
def create(item: ItemIn):
    return item
```

## Limits

A note, and only where at least five text fields and three of four have a limit: a project that sets limits elsewhere
(at the proxy, in the database) keeps its way. Patterns and enumerations count as limits.

```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class ItemIn(BaseModel):
    name: str
    note: str


@app.post("/items", status_code=201)
def create(item: ItemIn):
    return item
```

## References

- OWASP API4:2023 Unrestricted Resource Consumption
"""

from collections.abc import Iterator

from byte.model.facts import Endpoint, Facts, Field, Model, Project
from byte.model.review import Area, Aspect, Evidence, Rule, Severity

_LIMITS = frozenset({"max_length", "pattern", "regex"})
_ENOUGH = 5


def check(_: Project, facts: Facts) -> Iterator[Evidence]:
    """The text fields of all request bodies."""
    models: dict[str, Model] = {}
    for endpoint in facts.all(Endpoint):
        for parameter in endpoint.parameters:
            model = facts.model(parameter.type.name) if parameter.place == "body" and parameter.type else None
            if model is not None:
                models[model.key] = model
    fields: dict[tuple[str, int], tuple[Model, Field]] = {}
    for model in models.values():
        for field in model.fields:
            if field.type is not None and field.type.name == "builtins.str":
                fields.setdefault((field.at.path, field.at.line), (model, field))
    limited = sum(bool(_LIMITS & f.constraints.keys()) for _, f in fields.values())
    if limited < _ENOUGH or limited * 4 < len(fields) * 3:
        return
    for model, field in fields.values():
        if _LIMITS & field.constraints.keys():
            continue
        yield Evidence(
            message=f"`{model.name}.{field.name}` takes text of any length, while {limited} of {len(fields)} text "
            "fields of request bodies have a limit",
            at=field.at,
            symbol=model.name,
            key=field.name,
            fix=f"Give `{field.name}` a `max_length`.",
            cause="request text without a limit",
        )


RULE = Rule(
    id="BYT213",
    name="unbounded-string-input",
    area=Area.DATA,
    aspect=Aspect.VALIDATION_RULES,
    severity=Severity.NOTE,
    on=Project,
    check=check,
)
