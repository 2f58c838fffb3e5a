"""HTTP error caught by a broad handler.

## What it does

Finds an `HTTPException` that is raised in a `try` (or by a function called in it) whose `except Exception` answers
something else: the intended 404 or 403 never reaches the client.

## Why is this bad?

`HTTPException` is an `Exception`. A missing row is then answered with 500, counted as an outage, and retried by
clients; where the handler swallows the error, a refused request looks like success.

## Bad

```python
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/items/{item_id}")
def read_item(item_id: int):
    try:
        item = load(item_id)
        if item is None:
            raise HTTPException(status_code=404, detail="No such item")  # finding
        return item
    except Exception as error:
        raise HTTPException(status_code=500, detail="Could not read the item")
```

## Good

```python
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/items/{item_id}")
def read_item(item_id: int):
    try:
        item = load(item_id)
        if item is None:
            raise HTTPException(status_code=404, detail="No such item")
        return item
    except HTTPException:
        raise
    except Exception as error:
        raise HTTPException(status_code=500, detail="Could not read the item")
```

## Limits

A handler that hands the error on, raises it again, looks at its type or status, or answers the same status is not
reported. Nor is a handler that swallows what a called function raises: `is_logged_in` may well mean that.

```python
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/items/{item_id}")
def read_item(item_id: int):
    try:
        raise HTTPException(status_code=404)
    except Exception as error:
        return answer(error)


def require_user(token: str):
    if not token:
        raise HTTPException(status_code=401)
    return token


def is_logged_in(token: str) -> bool:
    try:
        return bool(require_user(token))
    except Exception:
        return False
```

## References

- FastAPI: Handling Errors
"""

from collections import deque
from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Call, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_LOGGING = frozenset(
    "debug info warning warn error exception critical log print str repr type format_exc capture_exception "
    "record_exception format set_status add_note print_exc".split()
)
_LOST = "is lost"
_MAX_DEPTH = 3
_MAX_VISITED = 60


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each handler that changes an HTTP error, at the first place that raises one."""
    if not any(isinstance(n, s.Handler) and flow.broad(n) for n in s.own(function.node)):
        return
    calls = {id(call.node): call for call in facts.calls(function)}
    seen: set[int] = set()
    for node, tries in flow.guarded_nodes(function.node):
        if not tries:
            continue
        if isinstance(node, s.Raise):
            target, status = _raised(facts, function, node)
            chain: tuple[Step, ...] = ()
        elif isinstance(node, s.Call) and id(node) in calls:
            target, status, chain = _raised_by(facts, function, calls[id(node)])
        else:
            continue
        if target is None or (status is not None and status >= 500):
            continue
        handler = _catcher(facts, function, target, tries)
        if handler is None or id(handler) in seen:
            continue
        answer = _answer(facts, function, handler, status)
        if answer is None or (chain and answer == _LOST):
            continue
        seen.add(id(handler))
        what = str(status) if status is not None else "HTTP error"
        source = f"that `{s.text(node.func, 40)}` raises " if isinstance(node, s.Call) else ""
        yield Evidence(
            message=f"the {what} {source}{answer}: `{_catches(handler)}` catches it",
            at=Location(function.path, node.line, node.line),
            symbol=function.qualname,
            key=f"{what} {s.text(node.func, 40) if isinstance(node, s.Call) else 'raise'}",
            because=(*chain, Step(function.path, handler.line, _catches(handler))),
            fix="Put `except HTTPException: raise` before the broad handler, or raise outside the `try`.",
            severity=Severity.NOTE if answer == _LOST else None,
        )


def _raised(facts: Facts, function: Function, node: s.Raise) -> tuple[str | None, int | None]:
    """The class of an HTTP error that a statement raises, and its status."""
    call = node.exc if isinstance(node.exc, s.Call) else None
    expr = call.func if call is not None else node.exc
    target = facts.resolve(function.path, expr, function) if expr is not None else None
    if not facts.is_subclass(target, flow.HTTP_ERRORS):
        return None, None
    status = s.argument(call, 0, "status_code") if call is not None and target in flow.HTTP_ERRORS else None
    return target, flow.http_status(facts, function.path, status)


def _raised_by(facts: Facts, start: Function, call: Call) -> tuple[str | None, int | None, tuple[Step, ...]]:
    """The first HTTP error below 500 that a project function lets out, with the chain to it."""
    first = facts.function(call.callee)
    if first is None or not _runs(first, call):
        return None, None, ()
    queue: deque[tuple[Function, tuple[Step, ...]]] = deque([(first, ())])
    visited = {start.key, first.key}
    while queue and len(visited) < _MAX_VISITED:
        function, chain = queue.popleft()
        calls = {id(c.node): c for c in facts.calls(function)}
        for node, tries in flow.guarded_nodes(function.node):
            if any(flow.broad(h) or "HTTPException" in flow.caught(h) for t in tries for h in t.handlers):
                continue
            if isinstance(node, s.Raise):
                target, status = _raised(facts, function, node)
                if target is not None and status is not None and status < 500:
                    return target, status, (*chain, Step(function.path, node.line, s.text(node.exc, 60)))
            elif isinstance(node, s.Call) and len(chain) < _MAX_DEPTH - 1:
                inner = calls.get(id(node))
                callee = facts.function(inner.callee) if inner is not None else None
                if inner is not None and callee is not None and callee.key not in visited and _runs(callee, inner):
                    visited.add(callee.key)
                    queue.append((callee, (*chain, Step(function.path, node.line, s.text(node.func, 60)))))
    return None, None, ()


def _runs(callee: Function, call: Call) -> bool:
    return not callee.node.is_generator and (call.awaited or not callee.node.is_async)


def _catcher(facts: Facts, function: Function, target: str, tries: tuple[s.Try, ...]) -> s.Handler | None:
    """The broad handler that catches the error; None if it gets out or is caught by its name."""
    for stmt in reversed(tries):
        for handler in stmt.handlers:
            if flow.broad(handler):
                if _raises_again(handler):
                    break
                return handler
            items = handler.catches.items if isinstance(handler.catches, s.Sequence) else (handler.catches,)
            classes = {facts.resolve(function.path, c, function) for c in items if c is not None}
            if facts.is_subclass(target, {c for c in classes if c is not None}) or None in classes:
                return None
    return None


def _raises_again(handler: s.Handler) -> bool:
    for node in s.walk(*handler.body):
        if isinstance(node, s.Raise) and (node.exc is None or s.dotted(node.exc) == (handler.name or "")):
            return True
    return False


def _answer(facts: Facts, function: Function, handler: s.Handler, status: int | None) -> str | None:
    """What becomes of the error, None if the handler may know what it does."""
    for node in s.walk(*handler.body):
        if isinstance(node, s.Attribute) and node.attr in ("status_code", "detail"):
            return None
        if isinstance(node, s.Call):
            name = (s.dotted(node.func) or s.text(node.func)).rpartition(".")[2]
            if name in ("isinstance", "issubclass", "hasattr", "getattr"):
                return None
            given = (*node.args, *(k.value for k in node.keywords))
            if handler.name in {s.dotted(a) for a in given} and name not in _LOGGING:
                return None
    ends = [n for n in s.walk(*handler.body) if isinstance(n, (s.Raise, s.Return))]
    if not ends:
        last = handler.body[-1] if handler.body else None
        return _LOST if not (isinstance(last, s.Expression) and isinstance(last.value, s.Call)) or _logs(last) else None
    end = ends[-1]
    if isinstance(end, s.Return):
        call = end.value if isinstance(end.value, s.Call) else None
        code = flow.http_status(facts, function.path, s.keyword(call, "status_code")) if call is not None else None
        if code is None and call is not None and not flow.is_empty_display(call):
            return None
        return None if code == status and code is not None else f"becomes {code}" if code else _LOST
    target, code = _raised(facts, function, end)
    if target in flow.HTTP_ERRORS:
        return f"becomes {code}" if code is not None and code != status else None
    builtin = isinstance(end.exc, s.Call) and (facts.resolve(function.path, end.exc.func, function) or "")
    return f"becomes `{s.text(end.exc, 40)}`" if builtin and builtin.startswith("builtins.") else None


def _logs(stmt: s.Expression) -> bool:
    call = stmt.value
    return isinstance(call, s.Call) and (s.dotted(call.func) or "").rpartition(".")[2] in _LOGGING


def _catches(handler: s.Handler) -> str:
    return f"except {s.text(handler.catches)}" if handler.catches is not None else "except"


RULE = Rule(
    id="BYT309",
    name="http-error-caught",
    area=Area.LOGIC,
    aspect=Aspect.ERROR_HANDLING,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
