"""Blocking call in an async function.

## What it does

Finds a call that holds the thread (a request with a sync client, a query on a sync session, `time.sleep`, a
subprocess, a model or index that is computed or written) in an `async def`, directly or through sync helpers.

## Why is this bad?

All requests of a worker share one event loop. While the call waits, none of them moves: one slow row or one slow
neighbour service stops every client, health checks included.

## Bad

```python
import requests
from fastapi import FastAPI

app = FastAPI()


def rate(currency: str) -> float:
    return requests.get(f"https://rates.example/{currency}", timeout=5).json()["rate"]


@app.get("/price")
async def price(currency: str):
    return {"price": 100 * rate(currency)}  # finding
```

## Good

```python
import asyncio

import requests
from fastapi import FastAPI

app = FastAPI()


def rate(currency: str) -> float:
    return requests.get(f"https://rates.example/{currency}", timeout=5).json()["rate"]


@app.get("/price")
async def price(currency: str):
    return {"price": 100 * await asyncio.to_thread(rate, currency)}


@app.get("/rate")
def plain(currency: str):
    return rate(currency)
```

## Limits

Reading a small local file is not reported. Writing one is a note. So is an async function that no handler is seen to
reach. Functions of scripts and those that only run when the application starts are left out.

```python
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app: FastAPI):
    time.sleep(1)
    yield
```

Many functions that block for one reason (a sync session in an async application) are one finding with many places.

## References

- FastAPI: Concurrency and async / await
- Python: Developing with asyncio, Running Blocking Code
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Call, Effect, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step
from byte.model.served import first_call, offline, served

_WRITERS = ("open", "write_text", "write_bytes", "dump", "copyfile", "copy", "move")
_START = ("lifespan", "startup", "shutdown", "on_startup", "on_shutdown", "main")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each reason to block in an async function."""
    if not function.node.is_async or offline(function.path) or _at_start(function):
        return
    seen: set[str] = set()
    for call in facts.calls(function):
        found = _blocking(function, call, facts)
        if found is None:
            continue
        chain, last, heavy = found
        cause = _cause(last, chain[-1]) if heavy else f"file {function.key}"
        if cause not in seen:
            seen.add(cause)
            yield _evidence(function, call, chain, last, cause, heavy, facts)


def _blocking(function: Function, call: Call, facts: Facts) -> tuple[tuple[Step, ...], Call, bool] | None:
    callee = facts.function(call.callee)
    if callee is not None and callee.node.is_async:
        return None
    if facts.reach(call, Effect.BLOCKING) is not None:
        found = first_call(function, call, facts, lambda c: Effect.BLOCKING in c.effects and not c.awaited, _sync)
        return (*found, True) if found is not None else None
    if facts.reach(call, Effect.FILE_WRITE) is not None:
        found = first_call(function, call, facts, _writes_file, _sync)
        return (*found, False) if found is not None else None
    return None


def _sync(function: Function) -> bool:
    return not function.node.is_async


def _writes_file(call: Call) -> bool:
    name = s.text(call.node.func, 200).rpartition(".")[2]
    return Effect.FILE_WRITE in call.effects and name in _WRITERS


def _cause(last: Call, place: Step) -> str:
    """All queries on one kind of session have one cause; else the calls of one library in one file."""
    if Effect.QUERY in last.effects:
        return (last.target or "query").rpartition(".")[0]
    return f"{place.path} {(last.target or place.text).partition('.')[0]}"


def _evidence(
    function: Function, call: Call, chain: tuple[Step, ...], last: Call, cause: str, heavy: bool, facts: Facts
) -> Evidence:
    name, end = s.text(call.node.func, 50), s.text(last.node.func, 50)
    through = f" through `{name}`" if len(chain) > 1 else ""
    verb = "writes a file on" if not heavy else "blocks"
    return Evidence(
        message=f"`{function.node.name}` is async, and `{end}`{through} {verb} the event loop: every other request waits",
        at=Location(function.path, call.line, call.line),
        symbol=function.qualname,
        key=last.target or end,
        because=chain[1:],
        fix=f"Await an async equivalent of `{end}`, run `{name}` with `asyncio.to_thread`, or make the handler `def`.",
        cause=f"blocking {cause}",
        severity=None if heavy and served(function, facts) is not None else Severity.NOTE,
    )


def _at_start(function: Function) -> bool:
    name = function.node.name
    decorators = {
        s.text(d.func if isinstance(d, s.Call) else d, 100).rpartition(".")[2] for d in function.node.decorators
    }
    return (
        name.strip("_") in _START
        or "on_event" in decorators
        or ("asynccontextmanager" in decorators and "lifespan" in name)
    )


RULE = Rule(
    id="BYT402",
    name="blocking-in-async",
    area=Area.PERFORMANCE,
    aspect=Aspect.QUERY_EFFICIENCY,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
