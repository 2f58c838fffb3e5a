"""The same file read for every request.

## What it does

Finds a file at a fixed place (a literal, a constant, a setting) that a handler reads on each request, itself or through
a function that it calls, and nothing in the module writes.

## Why is this bad?

The content does not depend on the request, yet each request opens, reads and parses it again. Read once and kept, it
costs nothing.

## Bad

```python
import json

from fastapi import FastAPI

app = FastAPI()
COUNTRIES = "data/countries.json"


def countries() -> dict:
    with open(COUNTRIES) as file:  # finding
        return json.load(file)


@app.get("/countries/{code}")
def country(code: str):
    return countries()[code]
```

## Good

```python
import json
from functools import cache

from fastapi import FastAPI

app = FastAPI()
COUNTRIES = "data/countries.json"


@cache
def countries() -> dict:
    with open(COUNTRIES) as file:
        return json.load(file)


@app.get("/countries/{code}")
def country(code: str):
    return countries()[code]
```

## Limits

A function that keeps what it read in an attribute or a global, and a file that the module also writes, are left alone.
A file that another program changes has to be read again: allow that on the line.

```python
import json

from fastapi import FastAPI

app = FastAPI()
STATE = "data/state.json"


@app.get("/state")
def state():
    with open(STATE) as file:
        return json.load(file)


@app.put("/state")
def change(state: dict):
    with open(STATE, "w") as file:
        json.dump(state, file)
```

## References

- Python: functools.cache
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Call, Effect, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity
from byte.model.served import cached, offline, served


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each fixed file that a served function reads."""
    if offline(function.path) or cached(function) or function.node.name == "__init__":
        return
    for call in facts.calls(function):
        path = _path(call) if Effect.FILE_READ in call.effects else None
        if path is None or not _fixed(path, function, facts):
            continue
        chain = served(function, facts)
        if chain is None or _kept(function) or _written(path, function, facts):
            return
        name = s.text(path, 60)
        yield Evidence(
            message=f"`{name}` does not depend on the request, and every request reads it again",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key=s.text(path, 200),
            because=chain,
            fix=f"Read `{name}` once, at the start or behind `functools.cache`.",
        )


def _path(call: Call) -> s.Expr | None:
    """What names the file: the receiver of a `Path` method, else the first argument."""
    func = call.node.func
    if (
        isinstance(func, s.Attribute)
        and func.attr in ("read_text", "read_bytes", "open")
        and (call.receiver is not None or call.target is None or "Path" in call.target)
    ):
        return func.value
    return call.node.args[0] if call.node.args else None


def _fixed(path: s.Expr, function: Function, facts: Facts) -> bool:
    """Whether every name in the path is one of the module or of the settings, and there is at least a place."""
    named = False
    for node in s.walk(path):
        if isinstance(node, s.Name) and facts.resolve(function.path, node, function) is None:
            return False
        named = named or s.string(node) is not None or (isinstance(node, s.Attribute) and s.dotted(node) is not None)
        named = named or (isinstance(node, s.Name) and node.id.isupper())
    return named


def _kept(function: Function) -> bool:
    """Whether the function stores anything beyond its own locals."""
    for node in s.own(function.node):
        if isinstance(node, s.Scope):
            return True
        if isinstance(node, s.Assign) and any(isinstance(t, (s.Attribute, s.Subscript)) for t in node.targets):
            return True
    return False


def _written(path: s.Expr, function: Function, facts: Facts) -> bool:
    """Whether any function of the module writes the same place."""
    wanted = s.text(path, 300)
    for other in facts.functions(function.path):
        for call in facts.calls(other):
            place = _path(call) if Effect.FILE_WRITE in call.effects else None
            if place is not None and s.text(place, 300) == wanted:
                return True
    return False


RULE = Rule(
    id="BYT404",
    name="file-read-per-request",
    area=Area.PERFORMANCE,
    aspect=Aspect.CACHING,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
