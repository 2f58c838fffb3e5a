"""Environment read past the project's settings.

## What it does

Finds a function that reads an environment variable itself, in an application that has a settings class.

## Why is this bad?

The variable is in no list of what the service needs, has no type and no check at the start: a typing mistake in the
name shows only where the line runs.

## Bad

```python title="app/settings.py"
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    dsn: str


settings = Settings()
```
```python title="app/telemetry.py"
import os

from app.settings import settings


def configure() -> None:
    start(settings.dsn, os.getenv("RELEASE", "development"))  # finding
```

## Good

```python title="app/settings.py"
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    dsn: str
    release: str = "development"


settings = Settings()
```
```python title="app/telemetry.py"
from app.settings import settings


def configure() -> None:
    start(settings.dsn, settings.release)
```

## Limits

A note. A file that imports no settings, modules named settings, config, constants or env, scripts and migrations are
left out; what a request reads is the matter of `environment-read-in-handler`.

## References

- The Twelve-Factor App, III: Config
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Effect, Facts, Function, Model
from byte.model.review import Area, Evidence, Location, Rule, Severity
from byte.model.served import offline, served

_HOMES = ("setting", "config", "const", "env", "test", "conf")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each variable that a function reads in a file that knows the settings."""
    calls = [c for c in facts.calls(function) if Effect.ENVIRONMENT in c.effects]
    if not calls or offline(function.path) or any(w in function.path.lower().rpartition("/")[2] for w in _HOMES):
        return
    settings = [m for m in facts.all(Model) if m.kind == "settings"]
    if any(m.at.path == function.path for m in settings) or not _knows(function, facts, settings):
        return
    if served(function, facts) is not None:
        return
    for call in calls:
        shown = (s.string(call.node.args[0]) if call.node.args else None) or s.text(call.node, 40)
        yield Evidence(
            message=f"`{shown}` is read from the environment, past the settings that this file uses",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key=shown,
            fix=f"Declare `{shown}` in the settings class, so that it is checked at the start.",
            cause=f"environment {function.path}",
        )


def _knows(function: Function, facts: Facts, settings: list[Model]) -> bool:
    """Whether the file imports from a module that defines settings of a class."""
    module = facts.module(function.path)
    homes = {m.at.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for m in settings}
    if module is None or not homes:
        return False
    for stmt in module.body:
        if isinstance(stmt, s.ImportFrom) and stmt.names:
            names = {stmt.module, *(f"{stmt.module}.{name}" for name, _ in stmt.names)}
            if any(name and (home == name or home.endswith(f".{name}")) for name in names for home in homes):
                return True
    return False


RULE = Rule(
    id="BYT509",
    name="environment-past-settings",
    area=Area.INTEGRATION,
    aspect=None,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
