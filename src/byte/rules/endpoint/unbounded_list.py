"""List endpoint without pagination.

## What it does

Finds a GET endpoint that returns a list, bare or as a field of its response model, which it reads from the database
without any limit.

## Why is this bad?

The response grows with the table. It works until the table is large; then the endpoint is slow, takes much memory, and
clients have come to rely on getting everything.

## Bad

```python
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

app = FastAPI()


class ItemOut(BaseModel):
    id: int


class ItemsOut(BaseModel):
    data: list[ItemOut]
    count: int


@app.get("/items", response_model=list[ItemOut])  # finding
def list_items(session: Session = Depends(get_session)):
    return session.scalars(select(Item)).all()


@app.get("/all-items", response_model=ItemsOut)  # finding
def all_items(session: Session = Depends(get_session)):
    items = session.scalars(select(Item)).all()
    return ItemsOut(data=items, count=len(items))
```

## Good

```python
from fastapi import Depends, FastAPI, Query
from sqlalchemy import select
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/items", response_model=list[ItemOut])
def list_items(session: Session = Depends(get_session), limit: int = Query(default=20, le=100)):
    return session.scalars(select(Item).limit(limit)).all()
```

## Limits

Only endpoints that query are looked at, and only when neither they nor a dependency has a parameter that pages. The
list below one thing (`/orders/{id}/lines`) is a note: it is often short. Where the project has tables and none is named
like the elements, these are computed and left alone; so is a handler that passes a limit of its own or sums up
(`/stats`).

```python
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/items/latest", response_model=list[ItemOut])
def latest_items(session: Session = Depends(get_session)):
    return session.scalars(select(Item).order_by(Item.id.desc()).limit(10)).all()
```

## References

- AIP-158, Zalando guideline 159
"""

import re
from collections.abc import Iterator

from byte.model import routes
from byte.model import syntax as s
from byte.model.facts import Call, Effect, Endpoint, Facts, Function, Parameter, Table, Type
from byte.model.review import Area, Aspect, Evidence, Rule, Severity, Step

_PAGING = frozenset(
    {"limit", "page", "page_size", "per_page", "size", "cursor", "offset", "skip", "first", "pagination", "params",
     "count", "max_results", "page_token", "perpage", "pagesize", "top", "take", "paging"}
)  # fmt: skip
_LISTS = frozenset({"builtins.list", "builtins.set", "typing.Sequence", "builtins.tuple"})
_FIELDS = frozenset({"data", "items", "results", "rows", "records", "entries", "content", "values"})
_SCALARS = frozenset({"builtins.str", "builtins.int", "builtins.float", "builtins.bool", "typing.Any", "builtins.dict"})
_SUMS = re.compile(
    r"stat(s|istics?)$|count|histor|summary|aggregat|metric|analytic|chart|distinct|total|dashboard$|report$|suggest"
    r"|autocomplete|enum|types$|options$|latest|recent|top-?\d*$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_AFFIXES = frozenset(
    {"out", "read", "schema", "public", "response", "summary", "base", "dto", "model", "view", "detail", "details",
     "item", "row", "record", "table", "orm", "db", "in", "get", "list", "info", "basic", "short"}
)  # fmt: skip


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """A GET whose declared response is a list, that queries, and that nothing pages."""
    element = _element(endpoint, facts)
    if "GET" not in endpoint.methods or element is None or element.name in _SCALARS:
        return
    if any(_pages(p, facts) for p in endpoint.parameters) or any(_SUMS.search(x) for x in _last(endpoint)):
        return
    chain = facts.reach(endpoint.function, Effect.QUERY)
    if chain is None or _limited(endpoint.function, chain, facts):
        return
    stored = _stored(element, facts)
    if not stored and facts.all(Table):
        return
    below = "{" in endpoint.path.rstrip("/").rpartition("/")[0]
    yield Evidence(
        message=f"`{endpoint.name}` returns every row: it has no limit and no page parameter",
        at=endpoint.at,
        symbol=endpoint.function.qualname,
        key=endpoint.name,
        because=chain,
        brief=f"`{endpoint.name}` returns every row",
        fix=f"Give `{endpoint.name}` a `limit` with a default and a maximum, and a cursor or offset.",
        severity=None if stored and not below else Severity.NOTE,
    )


def _element(endpoint: Endpoint, facts: Facts) -> Type | None:
    """The type of the elements of the list that is the answer, or that the answer wraps."""
    kind = endpoint.response_model
    if kind is None:
        return None
    if kind.name in _LISTS:
        return kind.args[0] if kind.args else None
    model = facts.model(kind.name)
    for field in model.fields if model is not None else ():
        if field.name in _FIELDS and field.type is not None and field.type.name in _LISTS and field.type.args:
            return kind.args[0] if kind.args else field.type.args[0]
    return None


def _pages(parameter: Parameter, facts: Facts) -> bool:
    """Whether the parameter, its type, or a field of its type sets a page."""
    name = parameter.name.lower()
    if name in _PAGING or "pagina" in name or name.endswith("_limit"):
        return True
    kind = parameter.type
    if kind is None:
        return parameter.place == "dependency" and parameter.dependency is None and "filter" in name
    if "pag" in kind.name.lower():
        return True
    model = facts.model(kind.name)
    return model is not None and any(f.name.lower() in _PAGING for f in model.fields)


def _last(endpoint: Endpoint) -> list[str]:
    """The last two fixed segments of the path."""
    return routes.segments(endpoint.path)[-2:]


def _limited(function: Function, chain: tuple[Step, ...], facts: Facts) -> bool:
    """Whether a function on the way to the query, or the call to it, sets a limit."""
    places = [function, *(f for step in chain if (f := _around(step, facts)) is not None)]
    return any(_sets_limit(call, place) for place in places for call in facts.calls(place))


def _around(step: Step, facts: Facts) -> Function | None:
    """The innermost function that holds the place."""
    found = [f for f in facts.functions(step.path) if f.node.start <= step.line <= f.node.end]
    return max(found, key=lambda f: f.node.start, default=None)


def _sets_limit(call: Call, function: Function) -> bool:
    name = s.text(call.node.func, 400).rpartition(".")[2]
    if name in ("fetchmany", "paginate", "fetch_page", "islice"):
        return True
    if name == "limit":
        return any(not _optional(arg, function) for arg in call.node.args)
    return any(k.name in ("limit", "max_results") and isinstance(k.value, s.Constant) for k in call.node.keywords)


def _optional(expr: s.Expr, function: Function) -> bool:
    """A parameter that callers may leave out limits nothing by itself."""
    return isinstance(expr, s.Name) and any(p.name == expr.id and p.default for p in function.node.params)


def _stored(element: Type, facts: Facts) -> bool:
    """Whether the elements are rows: a table, or a model that is named after one."""
    if facts.table(element.name) is not None:
        return True
    words = _words(element.name.rpartition("::")[2].rpartition(".")[2])
    return bool(words) and any(words <= _words(table.cls) for table in facts.all(Table) if not table.abstract)


def _words(name: str) -> set[str]:
    return {w.lower().removesuffix("s") for w in _WORDS.findall(name)} - _AFFIXES


RULE = Rule(
    id="BYT101",
    name="unbounded-list",
    area=Area.ENDPOINT,
    aspect=Aspect.ENDPOINT_STRUCTURE,
    severity=Severity.MAJOR,
    on=Endpoint,
    check=check,
)
