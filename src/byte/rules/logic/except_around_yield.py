"""Errors of the caller caught around a yield.

## What it does

Finds a context manager or a dependency whose `yield` stands in a `try` with a handler for every exception that swallows
the error or raises another one instead.

## Why is this bad?

What the caller raises inside the `with` block, or in the endpoint, comes out at the `yield`. The handler was written for
the set-up, but it also gets every later error: a 404 of the endpoint becomes a connection error, or disappears.

## Bad

```python
from contextlib import contextmanager

from fastapi import Depends, FastAPI

app = FastAPI()


@contextmanager
def connection(engine):
    try:
        with engine.connect() as found:
            yield found
    except Exception as error:  # finding
        raise ConnectionError from error


def get_session():
    session = make_session()
    try:
        yield session
        session.commit()
    except Exception:  # finding
        session.rollback()
    finally:
        session.close()


@app.get("/items")
def list_items(session=Depends(get_session)):
    return session.items()
```

## Good

```python
from contextlib import contextmanager


@contextmanager
def connection(engine):
    try:
        found = engine.connect()
    except Exception as error:
        raise ConnectionError from error
    try:
        yield found
    finally:
        found.close()


def get_session():
    session = make_session()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()
```

## Limits

Only `contextmanager` functions and the dependencies of endpoints are looked at, with one `yield` outside of loops. A
handler that makes the error to raise from the one it got is left out.

```python
def rows(client):
    for page in client.pages():
        try:
            yield client.read(page)
        except Exception:
            continue
```

## References

- FastAPI: Dependencies with yield and except
- Python: contextlib.contextmanager
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Endpoint, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_MANAGERS = ("contextmanager", "asynccontextmanager")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each handler that takes the caller's errors."""
    node = function.node
    yields = [(n, tries) for n, tries in flow.guarded_nodes(node) if isinstance(n, s.Yield)]
    if not node.is_generator or len(yields) != 1 or any(isinstance(n, (s.For, s.While)) for n in s.own(node)):
        return
    managed = any((s.dotted(d) or "").rpartition(".")[2] in _MANAGERS for d in node.decorators)
    item, tries = yields[0]
    if not tries or not (managed or _provides(function, facts)):
        return
    for stmt in reversed(tries):
        handler = next((h for h in stmt.handlers if flow.broad(h)), None)
        if handler is None or any(isinstance(n, s.Yield) for n in s.walk(*handler.body)):
            continue
        raises = [n for n in s.walk(*handler.body) if isinstance(n, s.Raise)]
        if any(n.exc is None or s.dotted(n.exc) == (handler.name or "") or _made_from(n, handler) for n in raises):
            continue
        if any(s.text(n).startswith("isinstance(") for n in s.walk(*handler.body) if isinstance(n, s.Call)):
            continue
        outcome = f"becomes `{s.text(raises[-1].exc, 40)}`" if raises else "disappears"
        yield Evidence(
            message=f"an error in the caller's block {outcome}: the handler stands around the `yield`",
            at=Location(function.path, handler.line, handler.line),
            symbol=function.qualname,
            key=s.text(handler.catches) or "except",
            because=(Step(function.path, item.line, "the caller's errors come out here"),),
            fix="Raise the error again at the end of the handler, or take the `yield` out of its `try`.",
        )
        return


def _provides(function: Function, facts: Facts) -> bool:
    """Whether an endpoint depends on the function."""
    return any(
        function.key in endpoint.dependencies or any(p.dependency == function.key for p in endpoint.parameters)
        for endpoint in facts.all(Endpoint)
    )


def _made_from(raised: s.Raise, handler: s.Handler) -> bool:
    """`raise mirror_of(error)`: a function makes the error that goes on from the caller's one."""
    call = raised.exc
    if not isinstance(call, s.Call) or handler.name not in {s.dotted(a) for a in call.args}:
        return False
    return s.text(call.func).rpartition(".")[2].lstrip("_")[:1].islower()


RULE = Rule(
    id="BYT316",
    name="except-around-yield",
    area=Area.LOGIC,
    aspect=Aspect.ERROR_HANDLING,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
