"""Table object sent to clients.

## What it does

Finds an endpoint whose answer is a table object itself: a handler that returns one without a response model, or whose
response model is the table class.

## Why is this bad?

Every column goes out, today's and those that a later migration adds, password hashes included; the shape of the
database is the public contract, and a lazy relationship is loaded while the answer is written.

## Bad

```python
from fastapi import FastAPI
from sqlmodel import Field, Session, SQLModel

app = FastAPI()


class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
    hashed_password: str


@app.get("/users/{user_id}", response_model=User)  # finding
def read_user(user_id: int, session: Session):
    return session.get(User, user_id)


@app.get("/first")  # finding
def first_user(session: Session):
    return session.get(User, 1)
```

## Good

```python
from fastapi import FastAPI
from sqlmodel import Field, Session, SQLModel

app = FastAPI()


class UserBase(SQLModel):
    email: str


class User(UserBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    hashed_password: str


class UserPublic(UserBase):
    id: int


@app.get("/users/{user_id}", response_model=UserPublic)
def read_user(user_id: int, session: Session):
    return session.get(User, user_id)
```

## Limits

A SQLModel table as response model is an idiom of small applications: without a column whose name tells of a secret it
is a note, one for each table. Columns that the decorator leaves out (`response_model_exclude`) are taken into account.

```python
from fastapi import FastAPI
from sqlmodel import Field, Session, SQLModel

app = FastAPI()


class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    hashed_password: str


@app.get("/users/{user_id}", response_model=User, response_model_exclude={"hashed_password"})
def read_user(user_id: int, session: Session):
    return session.get(User, user_id)
```

## References

- OWASP API3:2023 Broken Object Property Level Authorization; SQLModel: Multiple Models with FastAPI
"""

import re
from collections.abc import Iterator

from byte.model import routes
from byte.model import syntax as s
from byte.model.facts import Endpoint, Facts, Table
from byte.model.review import Area, Aspect, Evidence, Rule, Severity

_SECRET = re.compile(
    r"password|passwd|secret|hashed|private_?key|api_?key|(access|refresh|auth|reset|session|verification)_token$"
    r"|totp|otp_|pin_code|\bssn\b|card_number|cvv|salt$",
    re.IGNORECASE,
)
_LISTS = frozenset({"builtins.list", "builtins.set", "typing.Sequence", "builtins.tuple", "typing.Iterable"})


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """The table that the endpoint answers, declared or returned."""
    if endpoint.websocket or s.keyword(endpoint.decorator, "response_model_include") is not None:
        return
    table = _declared(endpoint, facts)
    how = "declares"
    if table is None and not endpoint.declared and not routes.raw(endpoint, facts):
        table, how = _returned(endpoint, facts), "returns"
    if table is None:
        return
    left_out = s.text(s.keyword(endpoint.decorator, "response_model_exclude"), 400)
    secrets = [c.name for c in table.columns if _SECRET.search(c.name) and f'"{c.name}"' not in left_out]
    if how == "declares" and not secrets and left_out:
        return
    what = f"`{secrets[0]}` included" if secrets else "those that are added later included"
    yield Evidence(
        message=f"`{endpoint.name}` {how} the table `{table.cls}` as its answer: all {len(table.columns)} columns go "
        f"out, {what}",
        at=endpoint.at,
        symbol=endpoint.function.qualname,
        key=table.cls,
        fix=f"Answer with a Pydantic model that names the fields of `{table.cls}` that clients may see.",
        severity=None if secrets else Severity.NOTE,
        cause=None if secrets else f"{table.cls} as an answer",
    )


def _declared(endpoint: Endpoint, facts: Facts) -> Table | None:
    """The table class that is the response model (or the element of its list)."""
    return next((t for part in routes.parts(endpoint.response_model) if (t := _table(part.name, facts))), None)


def _table(name: str, facts: Facts) -> Table | None:
    table = facts.table(name)
    return table if table is not None and not table.abstract else None


def _returned(endpoint: Endpoint, facts: Facts) -> Table | None:
    """The table whose object (or list of objects) the handler returns."""
    for value in routes.returned(endpoint.function):
        kind = facts.type_of(endpoint.function, value)
        if kind is not None and kind.name in _LISTS and kind.args:
            kind = kind.args[0]
        table = _table(kind.name, facts) if kind is not None and not kind.factory else None
        if table is not None:
            return table
    return None


RULE = Rule(
    id="BYT107",
    name="orm-object-returned",
    area=Area.ENDPOINT,
    aspect=Aspect.REQUEST_RESPONSE_MODELS,
    severity=Severity.MAJOR,
    on=Endpoint,
    check=check,
)
