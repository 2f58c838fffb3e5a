"""Template environment made per request.

## What it does

Finds `Jinja2Templates(...)` or `jinja2.Environment(...)` in code that each request runs, where it is not kept.

## Why is this bad?

The environment is the cache of compiled templates. Made anew, it reads and compiles every template again: tens of
milliseconds of computing per request, on the event loop where the handler is async.

## Bad

```python
from fastapi import FastAPI, Request
from fastapi.templating import Jinja2Templates

app = FastAPI()


def templates() -> Jinja2Templates:
    return Jinja2Templates("templates")  # finding


@app.get("/")
def index(request: Request):
    return templates().TemplateResponse(request, "index.html")
```

## Good

```python
from fastapi import FastAPI, Request
from fastapi.templating import Jinja2Templates

app = FastAPI()
templates = Jinja2Templates("templates")


@app.get("/")
def index(request: Request):
    return templates.TemplateResponse(request, "index.html")
```

## Limits

A function that is cached, or keeps the environment in an attribute or a global, is left alone.

```python
from functools import lru_cache

from fastapi import FastAPI, Request
from fastapi.templating import Jinja2Templates

app = FastAPI()


@lru_cache
def templates() -> Jinja2Templates:
    return Jinja2Templates("templates")


@app.get("/")
def index(request: Request):
    return templates().TemplateResponse(request, "index.html")
```

## References

- Jinja: API, the Environment ("should not be modified ... after the first template was loaded"; cache_size)
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity
from byte.model.served import cached, offline, served

_MADE = frozenset(
    {
        "fastapi.templating.Jinja2Templates", "starlette.templating.Jinja2Templates", "jinja2.Environment",
        "jinja2.sandbox.SandboxedEnvironment", "jinja2.sandbox.ImmutableSandboxedEnvironment",
    }
)  # fmt: skip


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """Calls of a served function that make an environment which nothing keeps."""
    for call in facts.calls(function):
        known = call.target in _MADE or facts.is_subclass(call.target, _MADE)
        if not known or offline(function.path) or cached(function) or _keeps(function):
            continue
        chain = served(function, facts)
        if chain is None:
            continue
        name = s.text(call.node.func, 50)
        yield Evidence(
            message=f"`{name}` is made for every request, so each one reads and compiles its templates again",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key="template environment",
            because=chain,
            fix=f"Make `{name}` once, at module level or behind a cache.",
        )


def _keeps(function: Function) -> bool:
    """Whether the function stores something beyond its own locals."""
    if function.node.name == "__init__":
        return True
    return any(isinstance(node, s.Scope) for node in s.own(function.node)) or any(
        isinstance(node, s.Assign)
        and isinstance(node.value, s.Call)
        and any(isinstance(t, (s.Attribute, s.Subscript)) and s.dotted(t) != "env" for t in node.targets)
        and "nvironment" in s.text(node.value.func) + s.text(node.value)
        for node in s.own(function.node)
    )


RULE = Rule(
    id="BYT415",
    name="template-environment-per-request",
    area=Area.PERFORMANCE,
    aspect=Aspect.CACHING,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
