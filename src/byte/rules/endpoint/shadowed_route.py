"""Route that an earlier route hides.

## What it does

Finds a route that can never be reached, because a route registered before it in the same application and for the same
method has a parameter where this one has fixed text.

## Why is this bad?

Routes are tried in the order of their registration and the first that matches answers. A request for `/users/me`
goes to `/users/{user_id}` if that comes first: it answers for a user called "me", or 422 where the parameter is a
number. The type of the parameter does not help: the path is matched as text, then validated.

## Bad

```python
from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter(prefix="/users")


@router.get("/{user_id}")
def read_user(user_id: int):
    return {"id": user_id}


@router.get("/me")  # finding
def read_me():
    return {"id": 1}


app.include_router(router)
```

## Good

```python
from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter(prefix="/users")


@router.get("/me")
def read_me():
    return {"id": 1}


@router.get("/{user_id}")
def read_user(user_id: int):
    return {"id": user_id}


app.include_router(router)
```

## Limits

Only where the order of registration is certain: on one router, or on routers that are included one after the other in
one function. A converter in the path (`{user_id:int}`) is taken into account. Routes in branches of an `if` are left
alone.

```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/users/{user_id:int}")
def read_user(user_id: int):
    return {"id": user_id}


@app.get("/users/me")
def read_me():
    return {"id": 1}
```

## References

- FastAPI: Path Parameters, "Order matters"; Starlette: Routing, "Route priority"
"""

from collections.abc import Iterator

from byte.model import routes
from byte.model.facts import Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Rule, Severity, Step


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """The first earlier route that takes every request of this one."""
    if not routes.fixed(endpoint):
        return
    own = routes.template(endpoint.path)
    for other in routes.general(endpoint, facts):
        common = [m for m in endpoint.methods if m in other.methods]
        if not common or not routes.fixed(other) or routes.template(other.path) == own:
            continue
        if not routes.matches(other.path, endpoint.path) or not routes.registered_before(other, endpoint, facts):
            continue
        name = f"{'|'.join(common)} {endpoint.path}"
        yield Evidence(
            message=f"`{name}` is never reached: `{other.path}` is registered before it and takes its requests",
            at=endpoint.at,
            symbol=endpoint.function.qualname,
            key=name,
            brief=f"`{name}` is never reached",
            because=(Step(other.at.path, other.at.line, f"{'|'.join(common)} {other.path}"),),
            fix=f"Register `{endpoint.path}` before `{other.path}`.",
        )
        return


RULE = Rule(
    id="BYT104",
    name="shadowed-route",
    area=Area.ENDPOINT,
    aspect=Aspect.ENDPOINT_STRUCTURE,
    severity=Severity.BLOCKER,
    on=Endpoint,
    check=check,
)
