"""Error that nobody sees.

## What it does

Finds a handler for every exception that neither raises, logs nor uses the error, around a query, a request to another
service or a write, or around a check of an endpoint. It also finds a handler that logs the failure of a query and then answers an empty list or dict.

## Why is this bad?

The failure looks like success. Data is missing and nothing says so; `except Exception` hides typing mistakes and lost
connections alike. An empty list on a database failure tells the client that there is nothing, and caches keep it.

## Bad

```python
import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session


def publish(url: str, event: dict):
    try:
        httpx.post(url, json=event)
    except Exception:  # finding
        pass


def list_items(session: Session, log):
    try:
        return session.scalars(select(Item)).all()
    except Exception as error:  # finding
        log.error("no items: %s", error)
        return []
```

## Good

```python
import logging

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session


def publish(url: str, event: dict):
    try:
        httpx.post(url, json=event)
    except httpx.HTTPError:
        logging.exception("event not published")


def list_items(session: Session):
    return session.scalars(select(Item)).all()
```

## Limits

Cleaning up (`close`, `disconnect`, `unlink`, in `finally`, `__exit__` or another handler) may fail in silence, and a
probe (`is_alive`, `ping`, `check_...`) may turn an error into its answer. A handler that falls back on None or False,
one around a request that only fetches, and any in a script, is a note: the caller can tell, but not why. A comment that says why is not read.

```python
import httpx


def is_alive(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except Exception:
        return False


def stop(client: httpx.Client):
    try:
        client.close()
    except Exception:
        pass
```

## References

- CWE-390: Detection of Error Condition Without Action
- Google API design guide: Errors
"""

import re
from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Call, Effect, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_MATTERS = (Effect.COMMIT, Effect.WRITE, Effect.QUERY, Effect.HTTP, Effect.FILE_WRITE)
_WHAT = {
    Effect.COMMIT: "a failed commit",
    Effect.WRITE: "a failed write",
    Effect.QUERY: "a failed query",
    Effect.HTTP: "a failed request",
    Effect.FILE_WRITE: "a failed file write",
}
_CLEANUP = re.compile(
    r"(^|_)(close|aclose|disconnect|shutdown|stop|cancel|rollback|unlink|remove|rmtree|release|terminate|kill|cleanup|"
    r"clean|dispose|teardown|logout|quit|unsubscribe|unlock|delete_temp|exit|aexit|del)(_|$)",
    re.IGNORECASE,
)
_PROBE = re.compile(
    r"^_*(is|has|can|check|ping|health|healthcheck|try|exists|validate|verify|test|probe|supports|detect|maybe|wait)(_|$)",
    re.IGNORECASE,
)
_TOOLS = frozenset({"scripts", "script", "dev", "tools", "bin", "examples", "docs", "cli", "benchmarks"})
_LOG = re.compile(
    r"(^|_)(debug|info|warn|warning|error|exception|critical|log|logger|capture|report|print|echo|fail|record|notify)",
    re.IGNORECASE,
)


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each handler that hides an error that matters."""
    tries = [n for n in s.own(function.node) if isinstance(n, s.Try) and any(flow.broad(h) for h in n.handlers)]
    if not tries or _CLEANUP.search(function.node.name) or function.node.name in ("__exit__", "__aexit__", "__del__"):
        return
    calls = facts.calls(function)
    script = bool(_TOOLS & set(function.path.lower().split("/")[:-1]))
    apart = _cleanups(function.node)
    for stmt in tries:
        handler = next(h for h in stmt.handlers if flow.broad(h))
        kind = _hides(handler)
        if kind is None or id(stmt) in apart:
            continue
        inside = {id(n) for n in s.walk(*stmt.body) if isinstance(n, s.Call)}
        found = _what(facts, [c for c in calls if id(c.node) in inside])
        if found is None:
            if kind == "silent" and facts.endpoint(function.key) is not None and _decides(stmt.body):
                yield _unseen(function, handler)
            continue
        call, effect, chain = found
        probing = _PROBE.match(function.node.name) is not None
        if probing or (kind == "logged" and effect not in (Effect.QUERY, Effect.COMMIT, Effect.WRITE)):
            continue
        value = s.text(_last_return(handler), 20)
        if kind == "logged":
            message = f"`{_catches(handler)}` turns {_WHAT[effect]} into `{value}`: the caller sees an empty result"
        else:
            message = (
                f"`{_catches(handler)}` hides {_WHAT[effect]} of `{s.text(call.node.func, 40)}`: nothing is logged"
            )
        yield Evidence(
            message=message,
            at=Location(function.path, handler.line, handler.line),
            symbol=function.qualname,
            key=f"{kind} {s.text(call.node.func, 60)}",
            because=chain,
            fix="Catch the exceptions that are expected, and raise or log the others.",
            severity=Severity.NOTE if kind == "answered" or script or _only_reads(call, effect) else None,
        )


def _decides(body: tuple[s.Stmt, ...]) -> bool:
    """A body that tests something and answers or refuses because of it."""
    return any(
        isinstance(node, s.If) and any(isinstance(n, (s.Return, s.Raise)) for n in s.walk(*node.body))
        for node in s.walk(*body)
    )


def _unseen(function: Function, handler: s.Handler) -> Evidence:
    return Evidence(
        message=f"`{_catches(handler)}` skips a check when it fails: the request goes on as if it had passed",
        at=Location(function.path, handler.line, handler.line),
        symbol=function.qualname,
        key="silent check",
        fix="Catch the exceptions that are expected, and raise or log the others.",
    )


def _hides(handler: s.Handler) -> str | None:
    """`silent`: goes on as if nothing was. `answered`: falls back on None or False. `logged`: logs, answers empty."""
    logs = False
    for node in s.walk(*handler.body):
        if isinstance(node, s.Raise) or (isinstance(node, s.Name) and node.id == handler.name and not logs):
            logs = logs or not isinstance(node, s.Raise)
            if isinstance(node, s.Raise):
                return None
        if isinstance(node, s.Call):
            if not _LOG.search(s.dotted(node.func) or s.text(node.func)):
                return None
            logs = True
    last = _last_return(handler)
    empty = last is not None and flow.is_empty_display(last)
    if logs:
        return "logged" if empty else None
    if not all(_idle(stmt) for stmt in handler.body):
        return None
    fallback = any(isinstance(stmt, s.Assign) for stmt in handler.body)
    return "answered" if fallback or (last is not None and not empty) else "silent"


def _idle(stmt: s.Stmt) -> bool:
    """A statement that does nothing about the error."""
    match stmt:
        case s.Jump():
            return True
        case s.Expression():
            return isinstance(stmt.value, s.Constant)
        case s.Return():
            return stmt.value is None or isinstance(stmt.value, s.Constant) or flow.is_empty_display(stmt.value)
        case s.Assign():
            return isinstance(stmt.value, s.Constant) and stmt.value.kind == "none"
        case _:
            return False


def _last_return(handler: s.Handler) -> s.Expr | None:
    last = handler.body[-1] if handler.body else None
    return last.value if isinstance(last, s.Return) else None


def _cleanups(node: s.Function) -> set[int]:
    """The `try` statements inside `finally` blocks and handlers: what they do is on the way out already."""
    out: set[int] = set()
    for item in s.own(node):
        if isinstance(item, s.Try):
            late = (*item.final, *(stmt for h in item.handlers for stmt in h.body))
            out.update(id(n) for n in s.walk(*late) if isinstance(n, s.Try))
    return out


def _what(facts: Facts, calls: list[Call]) -> tuple[Call, Effect, tuple[Step, ...]] | None:
    """The call in the body whose failure is hidden, worst effect first."""
    for effect in _MATTERS:
        for call in calls:
            if _CLEANUP.search(s.text(call.node.func).rpartition(".")[2]):
                continue
            chain = facts.reach(call, effect)
            if chain is not None:
                return call, effect, chain[1:] if len(chain) > 1 else ()
    return None


def _only_reads(call: Call, effect: Effect) -> bool:
    """A request that fetches something: the rest may well do without it."""
    return effect is Effect.HTTP and s.text(call.node.func).rpartition(".")[2] in ("get", "head", "options", "stream")


def _catches(handler: s.Handler) -> str:
    return f"except {s.text(handler.catches)}" if handler.catches is not None else "except"


RULE = Rule(
    id="BYT301",
    name="swallowed-exception",
    area=Area.LOGIC,
    aspect=Aspect.ERROR_HANDLING,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
