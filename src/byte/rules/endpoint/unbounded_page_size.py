"""Page size without a maximum.

## What it does

Finds a parameter that sets the size of a page, in an endpoint or in a dependency of it, for which any number is
accepted.

## Why is this bad?

`?limit=100000000` reads the whole table into memory: one request slows or stops the service for everybody, and the
pagination that was meant to prevent this is only as good as its maximum.

## Bad

```python
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

app = FastAPI()


def paging(page: int = 1, per_page: int = 50):  # finding
    return page, per_page


@app.get("/users")
def list_users(session: Session, limit: int = 100):  # finding
    return session.scalars(select(User).limit(limit)).all()


@app.get("/orders")
def list_orders(session: Session, page: tuple = Depends(paging)):
    return session.scalars(select(Order).limit(page[1])).all()
```

## Good

```python
from typing import Annotated

from fastapi import FastAPI, Query
from sqlalchemy import select
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/users")
def list_users(session: Session, limit: Annotated[int, Query(ge=1, le=100)] = 50):
    return session.scalars(select(User).limit(limit)).all()
```

## Limits

Only endpoints that query are looked at. A parameter that its function compares with something or passes to `min` is
taken as bounded there, and so is one whose type is not a plain `int`.

```python
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/users")
def list_users(session: Session, limit: int = 100):
    return session.scalars(select(User).limit(min(limit, 500))).all()
```

## References

- OWASP API4:2023 Unrestricted Resource Consumption; AIP-158
"""

import re
from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Effect, Endpoint, Facts, Function, Parameter
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_SIZES = frozenset(
    {"limit", "page_size", "pagesize", "per_page", "perpage", "max_results", "items_per_page", "page_limit",
     "page_items", "results_per_page"}
)  # fmt: skip
_PAGES = frozenset({"page", "offset", "skip", "page_number", "cursor", "after", "page_token", "start"})
_CLAMPS = re.compile(r"^min$|clamp|valid|check|bound|normali", re.IGNORECASE)
_BOUNDS = ("le", "lt", "max", "maximum")


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """Each size of a page that nothing bounds, at the place where it is declared."""
    if "GET" not in endpoint.methods or not any(_is_size(p, endpoint) for p in endpoint.parameters):
        return
    if not _queries(endpoint, facts):
        return
    for parameter in endpoint.parameters:
        if not _is_size(parameter, endpoint) or _bounded(parameter, endpoint, facts):
            continue
        name = parameter.constraints.get("alias")
        shown = s.string(name) or parameter.name
        yield Evidence(
            message=f"`{shown}` has no maximum: `?{shown}=1000000` reads as many rows at once",
            at=Location(parameter.path, parameter.line, parameter.line),
            symbol=_owner(parameter, endpoint),
            key=shown,
            brief=f"`{shown}` has no maximum",
            fix=f"Give `{shown}` a maximum (`Query(le=...)`).",
        )


def _queries(endpoint: Endpoint, facts: Facts) -> bool:
    """Whether the handler, or a dependency of it, reads from the database."""
    providers = [facts.function(key) for key in endpoint.dependencies]
    return any(
        facts.reach(function, Effect.QUERY) is not None
        for function in (endpoint.function, *providers)
        if function is not None
    )


def _is_size(parameter: Parameter, endpoint: Endpoint) -> bool:
    """An int query parameter whose name is that of a page's size (`size` and `first` only beside a page)."""
    if parameter.place != "query" or parameter.type is None or parameter.type.name != "builtins.int":
        return False
    name = parameter.name.lower()
    if name in _SIZES:
        return True
    return name in ("size", "first", "take", "top", "count") and any(
        p.name.lower() in _PAGES for p in endpoint.parameters
    )


def _owner(parameter: Parameter, endpoint: Endpoint) -> str:
    """The qualified name of the function or class that declares the parameter."""
    if parameter.dependency is None:
        return endpoint.function.qualname
    return parameter.dependency.rpartition("::")[2] or endpoint.function.qualname


def _bounded(parameter: Parameter, endpoint: Endpoint, facts: Facts) -> bool:
    calls = [c for part in (parameter.annotation, parameter.default) if part is not None for c in s.walk(part)]
    for call in calls:
        if isinstance(call, s.Call) and any(k.name in _BOUNDS or k.name is None for k in call.keywords):
            return True
    if any(bound in parameter.constraints for bound in _BOUNDS):
        return True
    owner = facts.function(parameter.dependency) if parameter.dependency is not None else endpoint.function
    if owner is None and parameter.dependency is not None:
        owner = facts.function(f"{parameter.dependency}.__init__")
    checked = [owner] if owner is not None else []
    if endpoint.function not in checked:
        checked.append(endpoint.function)
    return any(_checks(function, parameter.name) for function in checked) or _validated(parameter, facts)


def _validated(parameter: Parameter, facts: Facts) -> bool:
    """A class that is a dependency and has a method about the field (a validator, a property that clamps)."""
    cls = facts.cls(parameter.dependency)
    if cls is None:
        return False
    methods = [stmt for stmt in cls.node.body if isinstance(stmt, s.Function)]
    return any(_compares(m.body, parameter.name) or parameter.name in _strings(m) for m in methods)


def _strings(method: s.Function) -> set[str | None]:
    return {s.string(node) for decorator in method.decorators for node in s.walk(decorator)}


def _checks(function: Function, name: str) -> bool:
    return _compares(function.node.body, name)


def _compares(body: tuple[s.Stmt, ...], name: str) -> bool:
    """Whether the code compares the value, or takes the least of it and something."""
    for node in s.walk(*body):
        parts: tuple[s.Node, ...] = ()
        if isinstance(node, s.Compare) and any(op in ("<", ">", "<=", ">=") for op in node.ops):
            parts = (node.left, *node.comparators)
        elif isinstance(node, s.Call) and _CLAMPS.search((s.dotted(node.func) or "").rpartition(".")[2]):
            parts = (*node.args, *(k.value for k in node.keywords))
        if any(_mentions(part, name) for part in parts):
            return True
    return False


def _mentions(expr: s.Node, name: str) -> bool:
    return any(
        (isinstance(node, s.Name) and node.id == name) or (isinstance(node, s.Attribute) and node.attr == name)
        for node in s.walk(expr)
    )


RULE = Rule(
    id="BYT109",
    name="unbounded-page-size",
    area=Area.ENDPOINT,
    aspect=Aspect.VALIDATION_RULES,
    severity=Severity.MAJOR,
    on=Endpoint,
    check=check,
)
