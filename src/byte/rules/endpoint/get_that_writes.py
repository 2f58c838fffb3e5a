"""GET that changes something.

## What it does

Finds a GET endpoint whose handler writes to the database or to a file, itself or in a function that it calls.

## Why is this bad?

GET is safe by definition: browsers prefetch it, crawlers follow it, clients and proxies repeat it after a timeout and
caches answer it. Each of these then changes data, or the change does not happen at all.

## Bad

```python
from fastapi import FastAPI
from sqlalchemy.orm import Session

app = FastAPI()


def archive(session: Session, order_id: int):
    session.delete(session.get(Order, order_id))


@app.get("/orders/{order_id}/archive")  # finding
def archive_order(order_id: int, session: Session):
    archive(session, order_id)
    return {"id": order_id}
```

## Good

```python
from fastapi import FastAPI
from sqlalchemy.orm import Session

app = FastAPI()


@app.post("/orders/{order_id}/archive")
def archive_order(order_id: int, session: Session):
    session.delete(session.get(Order, order_id))
    session.commit()
    return {"id": order_id}
```

## Limits

Signing in and out, callbacks, confirmation links and redirects must write on GET, and nobody minds caches, audit
trails, counters, temporary files and new folders: chains through such names are left alone. A commit alone is no
write: sessions are often committed after reading.

```python
from fastapi import FastAPI
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/auth/callback")
def callback(session: Session, code: str):
    session.add(Login(code=code))
    session.commit()
    return {"ok": True}


@app.get("/orders/{order_id}")
def read_order(order_id: int, session: Session):
    order = session.get(Order, order_id)
    session.commit()
    return {"id": order.id}
```

## References

- RFC 9110, 9.2.1 Safe Methods
"""

import re
from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Call, Effect, Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Rule, Severity, Step
from byte.model.served import first_call

_HARMLESS_PATH = re.compile(
    r"callback|consent|log-?in|log-?out|sign-?in|sign-?out|authorize|oauth|sso|saml|verif|confirm|unsubscribe|redirect|token"
    r"|session|accept|claim|magic|activate|auth/|healthz?$|/r/|/t/|/s/|export|download|impersonat|backup|dump|report",
    re.IGNORECASE,
)
_HARMLESS_CHAIN = re.compile(
    r"audit|log_|_log\b|logger|track|visit|view_count|increment|counter|metric|stat(s|istic)|last_|touch|cache|memo"
    r"|session_(service|repo|store|manager)|create_session|user_session|login|logout|token|oauth|consent|authorization_code|nonce|csrf"
    r"|te?mp|settings|config|secret|lock|heartbeat|usage|analytic|event|histor|refresh|dry_run|get_or_create|ensure",
    re.IGNORECASE,
)
_NO_WRITE = frozenset({"commit", "flush", "refresh", "mkdir", "makedirs", "close", "rollback"})


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """The nearest write that a handler of GET alone makes."""
    if not endpoint.methods or not set(endpoint.methods) <= {"GET", "HEAD"} or _HARMLESS_PATH.search(endpoint.path):
        return
    function = endpoint.function
    if not any(facts.reach(function, e) is not None for e in (Effect.WRITE, Effect.FILE_WRITE)):
        return
    for call in facts.calls(function):
        found = first_call(function, call, facts, _writes)
        if found is None or _harmless(call, found[0]):
            continue
        chain, _ = found
        what = "a file" if Effect.FILE_WRITE in found[1].effects else "the database"
        yield Evidence(
            message=f"`{endpoint.name}` writes to {what} (`{s.text(found[1].node.func, 50)}`), which a GET must not do",
            at=endpoint.at,
            symbol=function.qualname,
            key=endpoint.name,
            because=chain,
            brief=f"`{endpoint.name}` writes",
            fix=f"Make `{endpoint.path}` a POST, or move the write out of the request that reads.",
        )
        return


def _writes(call: Call) -> bool:
    if not call.effects & {Effect.WRITE, Effect.FILE_WRITE}:
        return False
    return (s.dotted(call.node.func) or s.text(call.node.func)).rpartition(".")[2] not in _NO_WRITE


def _harmless(call: Call, chain: tuple[Step, ...]) -> bool:
    if any(k.name is not None and "dry" in k.name for k in call.node.keywords):
        return True
    return any(_HARMLESS_CHAIN.search(step.text) for step in chain)


RULE = Rule(
    id="BYT108",
    name="get-that-writes",
    area=Area.ENDPOINT,
    aspect=Aspect.ENDPOINT_STRUCTURE,
    severity=Severity.MAJOR,
    on=Endpoint,
    check=check,
)
