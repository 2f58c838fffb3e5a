"""JSON endpoint without a response model.

## What it does

Finds an endpoint that answers JSON, but declares neither a `response_model` nor a return annotation that says what is
in it.

## Why is this bad?

Nothing checks or filters what goes out, the API document says only "successful response", and generated clients get
`any`. A field that is renamed in the code breaks clients without a trace in the contract.

## Bad

```python
from fastapi import FastAPI
from pydantic import BaseModel


class UserOut(BaseModel):
    id: int


app = FastAPI()


@app.get("/users/{user_id}", response_model=UserOut)
def read_user(user_id: int):
    return {"id": user_id}


@app.get("/users/{user_id}/address")  # finding
def read_address(user_id: int):
    return {"street": "Main Street", "city": "Springfield"}
```

## Good

```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Address(BaseModel):
    street: str
    city: str


@app.get("/users/{user_id}/address")
def read_address(user_id: int) -> Address:
    return Address(street="Main Street", city="Springfield")
```

## Limits

Health checks, pages, files, redirects, 204, routes outside the schema and endpoints whose every answer is a response
object are left alone, and so are values of unknown type. Where most endpoints of the project declare no model, the
finding is a note for all of them together.

```python
from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/report")
def report():
    return JSONResponse({"rows": []})
```

## References

- FastAPI: Response Model - Return Type; Zalando guideline 101
"""

from collections.abc import Iterator

from byte.model import routes
from byte.model import syntax as s
from byte.model.facts import Endpoint, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Rule, Severity

_JSON = frozenset(
    {
        "builtins.dict", "builtins.list", "builtins.tuple", "builtins.set", "builtins.str", "builtins.int",
        "builtins.float", "builtins.bool", "typing.Mapping", "typing.Sequence", "sqlalchemy.Row",
    }
)  # fmt: skip
_DUMPS = frozenset({"dict", "model_dump", "to_dict", "as_dict", "jsonable_encoder"})
_EMPTY = frozenset({204, 205, 304})


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """An endpoint of the schema whose answer is JSON, with nothing declared."""
    if not _bare(endpoint, facts):
        return
    found = next(
        (what for v in routes.returned(endpoint.function) if (what := _json(endpoint.function, v, facts))), None
    )
    if found is None:
        return
    usual = routes.declared_by_most(facts)
    yield Evidence(
        message=f"`{endpoint.name}` answers {found}, and no response model says what is in it",
        at=endpoint.at,
        symbol=endpoint.function.qualname,
        key=endpoint.name,
        brief=f"`{endpoint.name}` declares no response model",
        fix=f"Declare the answer of `{endpoint.function.qualname}` as a Pydantic model.",
        severity=None if usual else Severity.NOTE,
        cause=None if usual else "endpoints without a response model",
    )


def _bare(endpoint: Endpoint, facts: Facts) -> bool:
    if endpoint.declared or not endpoint.in_schema or endpoint.status_code in _EMPTY:
        return False
    return not routes.for_machines(endpoint) and not routes.raw(endpoint, facts) and _public(endpoint, facts)


def _public(endpoint: Endpoint, facts: Facts) -> bool:
    """Whether the router as a whole is in the schema."""
    router = routes.router_call(endpoint, facts)
    flag = s.keyword(router, "include_in_schema") if router is not None else None
    return not (isinstance(flag, s.Constant) and flag.value is False)


def _json(function: Function, value: s.Expr, facts: Facts) -> str | None:
    """What the value is, if it is surely sent as JSON."""
    if isinstance(value, s.Mapping):
        return "a `dict`"
    if isinstance(value, (s.Sequence, s.Comprehension)):
        return "a `list`"
    if isinstance(value, s.Call) and (s.dotted(value.func) or "").rpartition(".")[2] in _DUMPS:
        return "a `dict`"
    kind = facts.type_of(function, value)
    if kind is None:
        return None
    if facts.model(kind.name) is not None or facts.table(kind.name) is not None:
        return f"a `{kind.name.rpartition('::')[2]}`"
    return f"a `{kind.name.rpartition('.')[2]}`" if kind.name in _JSON else None


RULE = Rule(
    id="BYT103",
    name="missing-response-model",
    area=Area.ENDPOINT,
    aspect=Aspect.REQUEST_RESPONSE_MODELS,
    severity=Severity.MAJOR,
    on=Endpoint,
    check=check,
)
