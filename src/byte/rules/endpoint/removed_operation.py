"""Operation removed from the API.

## What it does

Finds a method and path that the base answers and the head does not.

## Why is this bad?

Every client that calls it gets 404 or 405 from the moment of the deployment. Operations are announced as deprecated
first and removed when nobody calls them any more.

## Bad

```python base
from fastapi import FastAPI

app = FastAPI()


@app.get("/orders/{order_id}")
def read_order(order_id: int) -> dict:
    return {"id": order_id}


@app.delete("/orders/{order_id}")
def delete_order(order_id: int) -> None:
    remove(order_id)
```
```python head
from fastapi import FastAPI

app = FastAPI()  # finding


@app.get("/orders/{order_id}")
def read_order(order_id: int) -> dict:
    return {"id": order_id}
```

## Good

```python base
from fastapi import FastAPI

app = FastAPI()


@app.get("/orders/{order_id}")
def read_order(order_id: int) -> dict:
    return {"id": order_id}
```
```python head
from fastapi import FastAPI

app = FastAPI()


@app.get("/orders/{id}", deprecated=True)
def get_order(id: int) -> dict:
    return {"id": id}


@app.get("/v2/orders/{id}")
def get_order_v2(id: int) -> dict:
    return {"id": id}
```

## Limits

A renamed path parameter, a slash at the end and a handler in another file are no removal. Routes outside the schema,
pages of HTML, and paths whose prefix the source does not fix are left alone; what was deprecated is a note.

```python base
from fastapi import FastAPI

app = FastAPI()


@app.get("/internal/state", include_in_schema=False)
def state() -> dict:
    return {}
```
```python head
from fastapi import FastAPI

app = FastAPI()
```

## References

- Zalando guideline 106, 189; AIP-180
"""

import re
from collections.abc import Iterator

from byte.model import exchange, operations, routes
from byte.model import syntax as s
from byte.model.contract import CONDITIONAL, ORIGIN, UNKNOWN
from byte.model.facts import ChangeFacts, Endpoint
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_DATA = re.compile(r"json|file|stream|plain|xml|csv|pdf|[^a-z]Response\(", re.IGNORECASE)
"""Answers for programs, among response objects."""


def check(change: ChangeFacts) -> Iterator[Evidence]:
    """Every operation of base that head does not have."""
    head = operations.operations(change.head)
    known = exchange.described(change.head)
    for (method, path), old in operations.operations(change.base).items():
        if (method, path) in head or not _public(old) or _page(old, change):
            continue
        if exchange.name(method, old.path) in known:
            continue
        if any(_may_be(old, path, new) for (verb, _), new in head.items() if verb == method):
            continue
        if any(verb == method and _takes_over(new, old, change) for (verb, _), new in head.items()):
            continue
        moved = _moved(old, method, change)
        name = f"{method} {old.path}"
        where = f": its handler now answers `{moved.name}`" if moved is not None else ""
        yield Evidence(
            message=f"`{name}` is gone{where}; clients that call it get 404",
            at=moved.at if moved is not None else operations.place_of(old, change),
            symbol=old.function.qualname,
            key=f"{method} {path}",
            brief=f"`{name}` removed",
            fix=f"Keep `{name}`, mark it `deprecated=True`, and remove it when nobody calls it.",
            severity=Severity.NOTE if _deprecated(old) else None,
            cause=_cause(old, moved) if head else "every route is gone",
        )

    yield from _of_contract(change)


def _of_contract(change: ChangeFacts) -> Iterator[Evidence]:
    """Operations that only the contracts show: those that a library or a loop registers."""
    before, after = exchange.described(change.base), exchange.described(change.head)
    seen = {
        exchange.name(m, e.path) for side in (change.base, change.head) for e in side.all(Endpoint) for m in e.methods
    }
    gaps = {gap.reason for contract in change.base.contracts() for gap in contract.gaps}
    fresh = [gap for contract in change.head.contracts() for gap in contract.gaps if gap.reason not in gaps]
    applications = {c.application.name for c in change.head.contracts() if c.application is not None}
    for name, old in before.items() if not fresh else ():
        application, body = old.contract.application, old.operation.body
        if name in after or name in seen or application is None or application.name not in applications:
            continue
        if CONDITIONAL in body or UNKNOWN in body:
            continue
        shown = old.operation.name
        at = exchange.place(body.get(ORIGIN), change.head)
        unmoved = (
            at is not None and change.head.snapshot.files[at.path].blob == change.base.snapshot.files[at.path].blob
        )
        yield Evidence(
            message=f"`{shown}` is gone; clients that call it get 404",
            at=at if at is not None and unmoved else Location(at.path if at else application.path, 1, 1),
            symbol=application.expression,
            key=" ".join(name),
            brief=f"`{shown}` removed",
            fix=f"Keep `{shown}`, and remove it when nobody calls it.",
            severity=Severity.NOTE if body.get("deprecated") is True else None,
            cause=f"{body.get(ORIGIN)} is gone",
        )


def _cause(old: Endpoint, moved: Endpoint | None) -> str:
    """One change of a prefix, or one router that is gone, is one finding."""
    if moved is None:
        return f"{old.router} is gone"
    before, after = old.path.split("/"), moved.path.split("/")
    while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
        before.pop()
        after.pop()
    return f"{'/'.join(before)} -> {'/'.join(after)}"


def _public(endpoint: Endpoint) -> bool:
    return endpoint.in_schema and routes.fixed(endpoint)


def _page(endpoint: Endpoint, change: ChangeFacts) -> bool:
    """HTML for people is no contract."""
    chosen = s.text(s.keyword(endpoint.decorator, "response_class"))
    declared = endpoint.response_model.name if endpoint.response_model is not None else ""
    if "HTML" in chosen or "HTML" in declared or "Template" in declared:
        return True
    for maker in routes.makers(endpoint, change.base):
        if any(_false(s.keyword(maker, name)) for name in ("include_in_schema", "openapi_url")):
            return True
        if "HTML" in s.text(s.keyword(maker, "default_response_class")):
            return True
    texts = [s.text(value, 200) for value in routes.returned(endpoint.function)]
    if any("TemplateResponse" in text for text in texts):
        return True
    return not endpoint.declared and routes.raw(endpoint, change.base) and not any(map(_DATA.search, texts))


def _false(expr: s.Expr | None) -> bool:
    return isinstance(expr, s.Constant) and not expr.value


def _may_be(old: Endpoint, path: str, new: Endpoint) -> bool:
    """Whether a route of head whose prefix is not known may be the one of base."""
    local = routes.template(new.path.rpartition(routes.UNKNOWN)[2])
    if not routes.fixed(new):
        return path.endswith(local.rstrip("/"))
    same = new.function.qualname == old.function.qualname and new.app != old.app
    return same and (old.path.endswith(new.path) or new.path.endswith(old.path))


def _takes_over(new: Endpoint, old: Endpoint, change: ChangeFacts) -> bool:
    """Whether a more general route, which base did not have, answers the requests now."""
    if "{" not in new.path or not routes.fixed(new) or not routes.matches(new.path, old.path):
        return False
    kinds = [p.type.name for p in new.parameters if p.place == "path" and p.type is not None]
    if any(kind.startswith(("uuid.", "pydantic.", "builtins.int", "builtins.float", "datetime.")) for kind in kinds):
        return False  # fixed text is no number or id: answered 422
    return all(routes.template(e.path) != routes.template(new.path) for e in change.base.all(Endpoint))


def _moved(old: Endpoint, method: str, change: ChangeFacts) -> Endpoint | None:
    """The endpoint that base's handler is in head."""
    found = change.head.endpoint(operations.head_key(old.function.key, change))
    return found if found is not None and method in found.methods else None


def _deprecated(endpoint: Endpoint) -> bool:
    flag = s.keyword(endpoint.decorator, "deprecated")
    return isinstance(flag, s.Constant) and flag.value is True


RULE = Rule(
    id="BYT120",
    name="removed-operation",
    area=Area.ENDPOINT,
    aspect=Aspect.BACKWARD_COMPATIBILITY,
    severity=Severity.BLOCKER,
    on=ChangeFacts,
    check=check,
)
