"""Debug switch left on.

## What it does

Finds `debug=True` for the application, `reload=True` for uvicorn and `echo=True` for an engine, as literals.

## Why is this bad?

With `debug=True` every error answers the client with the traceback and its source lines. `echo=True` writes every
statement with its parameters to the log. `reload=True` watches the files and runs one worker.

## Bad

```python
from fastapi import FastAPI
from sqlalchemy import create_engine

app = FastAPI(debug=True)  # finding
engine = create_engine("postgresql://db/app", echo=True)  # finding
```

## Good

```python
from fastapi import FastAPI
from sqlalchemy import create_engine

app = FastAPI(debug=settings.debug)
engine = create_engine("postgresql://db/app", echo=settings.debug)
```

## Limits

`reload` and `echo` are notes. A file with `if __name__ == "__main__"` is how people start a server by hand, so `reload`
may be on there.

```python
import uvicorn


def main():
    uvicorn.run("app.main:app", reload=True)


if __name__ == "__main__":
    main()
```

## References

- Starlette: Applications, debug; CWE-489: Active Debug Code
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Module
from byte.model.review import Area, Evidence, Location, Rule, Severity
from byte.model.served import offline

_SWITCHES = {
    "fastapi.FastAPI": ("debug", "answers clients with tracebacks", None),
    "starlette.applications.Starlette": ("debug", "answers clients with tracebacks", None),
    "uvicorn.run": ("reload", "watches the files and allows one worker only", Severity.NOTE),
    "sqlalchemy.create_engine": ("echo", "logs every statement with its parameters", Severity.NOTE),
    "sqlalchemy.ext.asyncio.create_async_engine": ("echo", "logs every statement with its parameters", Severity.NOTE),
}


def check(module: Module, facts: Facts) -> Iterator[Evidence]:
    """Calls with a debug switch that is literally on."""
    if offline(module.path):
        return
    by_hand = any(map(_main, module.node.body))
    for node in s.walk(*(stmt for stmt in module.node.body if not _main(stmt)), into_scopes=True):
        found = _SWITCHES.get(facts.resolve(module.path, node.func) or "") if isinstance(node, s.Call) else None
        if found is None or not isinstance(node, s.Call):
            continue
        option, effect, severity = found
        value = s.keyword(node, option)
        if isinstance(value, s.Constant) and value.value is True and not (by_hand and option == "reload"):
            name = s.text(node.func, 40)
            yield Evidence(
                message=f"`{name}` with `{option}=True` {effect}, in production too",
                at=Location(module.path, node.line, node.end),
                symbol="<module>",
                key=f"{name} {option}",
                fix=f"Take `{option}` from the settings, off by default.",
                severity=severity,
            )


def _main(stmt: s.Stmt) -> bool:
    return isinstance(stmt, s.If) and "__name__" in s.text(stmt.test)


RULE = Rule(
    id="BYT508",
    name="debug-left-on",
    area=Area.INTEGRATION,
    aspect=None,
    severity=Severity.MAJOR,
    on=Module,
    check=check,
)
