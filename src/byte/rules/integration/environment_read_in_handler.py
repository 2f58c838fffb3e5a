"""Environment read while a request is served.

## What it does

Finds `os.environ` or `os.getenv` in code that a request reaches, in a project that has a settings class.

## Why is this bad?

The setting is neither declared nor validated with the others: a typing error in its name or value shows when the first
request needs it, not when the application starts, and nobody who deploys finds it.

## Bad

```python title="app/settings.py"
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
```
```python title="app/main.py"
import os

from fastapi import FastAPI

app = FastAPI()


@app.get("/exports")
def exports():
    return list_files(os.getenv("EXPORT_BUCKET"))  # finding
```

## Good

```python title="app/settings.py"
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    export_bucket: str


settings = Settings()
```
```python title="app/main.py"
from fastapi import FastAPI

from app.settings import settings

app = FastAPI()


@app.get("/exports")
def exports():
    return list_files(settings.export_bucket)
```

## Limits

A project without a settings class is left alone, and so is the module that defines one. Only settings of the same
top-level folder count: one repository may hold several applications.

```python
import os

from fastapi import FastAPI

app = FastAPI()


@app.get("/exports")
def exports():
    return list_files(os.getenv("EXPORT_BUCKET"))
```

## References

- The Twelve-Factor App, III: Config
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Effect, Facts, Function, Model
from byte.model.review import Area, Evidence, Location, Rule, Severity
from byte.model.served import cached, offline, served


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each variable that a served function reads."""
    calls = [c for c in facts.calls(function) if Effect.ENVIRONMENT in c.effects]
    if not calls or offline(function.path) or cached(function):
        return
    place = function.path.partition("/")[0]
    settings = [m for m in facts.all(Model) if m.kind == "settings" and m.at.path.partition("/")[0] == place]
    if not settings or any(m.at.path == function.path for m in settings):
        return
    chain = served(function, facts)
    if chain is None:
        return
    for call in calls:
        name = s.string(call.node.args[0]) if call.node.args else None
        shown = name or s.text(call.node, 40)
        yield Evidence(
            message=f"`{shown}` is read from the environment per request, past the settings class `{settings[0].name}`",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key=shown,
            because=chain,
            fix=f"Declare `{shown}` in `{settings[0].name}`, so that it is checked at the start.",
        )


RULE = Rule(
    id="BYT502",
    name="environment-read-in-handler",
    area=Area.INTEGRATION,
    aspect=None,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
