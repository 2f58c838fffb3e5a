"""Route without the guard that its neighbours have.

## What it does

Finds a route without authentication on a router where at least four of five other routes have some.

## Why is this bad?

A forgotten dependency is invisible in the code, in tests that are signed in, and in the API document; it is found by
the person who should not have found it.

## Bad

```python
from fastapi import APIRouter, Depends, FastAPI

app = FastAPI()
router = APIRouter(prefix="/orders")


@router.get("/")
def list_orders(user=Depends(get_current_user)):
    return []


@router.post("/")
def create_order(user=Depends(get_current_user)):
    return {}


@router.get("/{order_id}")
def read_order(order_id: int, user=Depends(get_current_user)):
    return {}


@router.put("/{order_id}")
def update_order(order_id: int, user=Depends(get_current_user)):
    return {}


@router.delete("/{order_id}")  # finding
def delete_order(order_id: int):
    return {}


app.include_router(router)
```

## Good

```python
from fastapi import APIRouter, Depends, FastAPI

app = FastAPI()
router = APIRouter(prefix="/orders", dependencies=[Depends(get_current_user)])


@router.get("/")
def list_orders():
    return []


@router.post("/")
def create_order():
    return {}


@router.get("/{order_id}")
def read_order(order_id: int):
    return {}


@router.put("/{order_id}")
def update_order(order_id: int):
    return {}


app.include_router(router)
```

## Limits

What is public on purpose cannot be told from what was forgotten, so this is a note with a question for the author.
Sign-in, health checks, callbacks, webhooks, and paths that hold a token or secret are left alone, and so are handlers
that check by themselves. Where two or more routes that only read are open, reading is public on that router. Guards
in a middleware are not seen.

```python
from fastapi import APIRouter, Depends, FastAPI

app = FastAPI()
router = APIRouter(prefix="/users")


@router.get("/")
def list_users(user=Depends(get_current_user)):
    return []


@router.get("/{user_id}")
def read_user(user_id: int, user=Depends(get_current_user)):
    return {}


@router.put("/{user_id}")
def update_user(user_id: int, user=Depends(get_current_user)):
    return {}


@router.delete("/{user_id}")
def delete_user(user_id: int, user=Depends(get_current_user)):
    return {}


@router.post("/signup")
def sign_up():
    return {}


app.include_router(router)
```

```python
from fastapi import APIRouter, Depends, FastAPI

app = FastAPI()
router = APIRouter(prefix="/posts")


@router.get("/")
def list_posts():
    return []


@router.get("/{post_id}")
def read_post(post_id: int):
    return {}


@router.post("/")
def create_post(user=Depends(get_current_user)):
    return {}


@router.put("/{post_id}")
def update_post(post_id: int, user=Depends(get_current_user)):
    return {}


@router.delete("/{post_id}")
def delete_post(post_id: int, user=Depends(get_current_user)):
    return {}


@router.post("/{post_id}/pin")
def pin_post(post_id: int, user=Depends(get_current_user)):
    return {}


app.include_router(router)
```

## References

- OWASP API5:2023 Broken Function Level Authorization
"""

import re
from collections.abc import Iterator

from byte.model import routes
from byte.model import syntax as s
from byte.model.facts import Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Rule, Severity

_SHARE = 0.8
_FEWEST = 4
_READS = frozenset({"GET", "HEAD"})
_PUBLIC = re.compile(
    r"log-?in|log-?out|sign-?(in|up|out)|regist|password|recover|reset|forgot|public|hook|callback|oauth|sso|saml"
    r"|auth|token|secret|verif|confirm|redirect|static|docs|openapi|\.well-known|health|ping|status$|version|invit"
    r"|unsubscribe|share|embed|captcha|jwks|/t/|/r/|/s/|install|setup|favicon|robots|manifest|worker",
    re.IGNORECASE,
)
_GUARD = re.compile(
    r"auth|current|user|permission|credential|secur|require|verif|check|ensure|enforce|guard|protect|allow|admin"
    r"|access|principal|identity|session|signature|limit",
    re.IGNORECASE,
)


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """An open route among guarded ones, on one router."""
    if endpoint.security or _PUBLIC.search(endpoint.path) or _PUBLIC.search(endpoint.function.qualname):
        return
    if routes.for_machines(endpoint) or _guarded(endpoint, facts):
        return
    others = [e for e in facts.all(Endpoint) if e.router == endpoint.router and e.at != endpoint.at]
    guarded = sum(e.security for e in others)
    if _READS.issuperset(endpoint.methods) and any(_READS.issuperset(e.methods) and not e.security for e in others):
        return
    if len(others) < _FEWEST or guarded < _SHARE * len(others):
        return
    yield Evidence(
        message=f"`{endpoint.name}` has no authentication, while {guarded} of the {len(others)} other routes of its "
        "router have some",
        at=endpoint.at,
        symbol=endpoint.function.qualname,
        key=endpoint.name,
        fix=f"Give `{endpoint.name}` the dependency that its neighbours have.",
        question=f"Is `{endpoint.name}` meant to be open to everybody?",
    )


def _guarded(endpoint: Endpoint, facts: Facts) -> bool:
    """Whether a dependency, or a call in the handler, looks like a check of who calls."""
    given = [name.rpartition("::")[2] for name in endpoint.dependencies]
    called = [s.text(call.node.func, 80) for call in facts.calls(endpoint.function)]
    handled = [s.text(d, 80) for d in endpoint.function.node.decorators if d is not endpoint.decorator]
    return any(_GUARD.search(name.replace("session.", "")) for name in (*given, *called, *handled) if _real(name))


def _real(name: str) -> bool:
    """A database session is no guard."""
    return not re.search(r"(db|sql|get|async|read|write)_?session|session\.|^get_db", name, re.IGNORECASE)


RULE = Rule(
    id="BYT112",
    name="unauthenticated-route",
    area=Area.ENDPOINT,
    aspect=Aspect.ENDPOINT_STRUCTURE,
    severity=Severity.NOTE,
    on=Endpoint,
    check=check,
)
