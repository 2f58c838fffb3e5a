"""Library declared but not imported.

## What it does

Finds a main requirement that nothing in the repository imports, tests included.

## Why is this bad?

It is installed everywhere, has to be kept safe, and misleads whoever asks what the service is built on.

## Bad

```toml title="pyproject.toml"
[project]
name = "shop"
dependencies = [
    "fastapi",
    "requests",  # finding
]
```
```python title="shop/app.py"
from fastapi import FastAPI

app = FastAPI()
```

## Good

```toml title="pyproject.toml"
[project]
name = "shop"
dependencies = [
    "fastapi",
]
```
```python title="shop/app.py"
from fastapi import FastAPI

app = FastAPI()
```

## Limits

Only libraries of Byte's table whose every use is an import are judged: no servers, drivers, plugins and other things
that are loaded by name. An entry with a comment beside or above it is explained and not judged. In the review of a
change it is looked for when the change touches a manifest.

```toml title="pyproject.toml"
[project]
name = "shop"
dependencies = [
    "fastapi",
    "uvicorn",
]
```
```python title="shop/app.py"
from fastapi import FastAPI

app = FastAPI()
```

## References

- PEP 621, Storing project metadata in pyproject.toml
"""

from collections.abc import Iterator

from byte.model.facts import Facts, Project
from byte.model.review import Area, Evidence, Rule, Severity


def check(project: Project, facts: Facts) -> Iterator[Evidence]:
    for requirement in project.unused:
        yield Evidence(
            message=f"`{requirement.name}` is declared and nothing imports it",
            at=requirement.at,
            symbol="",
            key=requirement.name,
            fix=f"Remove `{requirement.name}` from `{requirement.at.path}`, or say beside it what needs it.",
        )


RULE = Rule(
    id="BYT504",
    name="unused-dependency",
    area=Area.INTEGRATION,
    aspect=None,
    severity=Severity.NOTE,
    on=Project,
    check=check,
)
