"""Library imported but not declared.

## What it does

Finds an import of a known library that no manifest governing the file declares, in any group, neither directly nor
through a library whose public face it is (`fastapi` brings `starlette` and `pydantic`).

## Why is this bad?

It works while something else happens to install the library. The next upgrade of that something removes it, and the
service fails at start.

## Bad

```toml title="pyproject.toml"
[project]
name = "shop"
dependencies = ["fastapi"]
```
```python title="shop/rates.py"
import requests  # finding


def rates():
    return requests.get("https://example.com/rates", timeout=5).json()
```

## Good

```toml title="pyproject.toml"
[project]
name = "shop"
dependencies = ["fastapi", "requests"]
```
```python title="shop/rates.py"
import requests


def rates():
    return requests.get("https://example.com/rates", timeout=5).json()
```

## Limits

Only libraries of Byte's table are judged: which distribution brings another module cannot be told offline. Imports in
`try`, in functions and under `if TYPE_CHECKING` are optional and not judged, nor are tests, examples, `setup.py`
(what builds a package is installed for the build) and files without a manifest above them.

```toml title="pyproject.toml"
[project]
name = "shop"
dependencies = ["fastapi"]
```
```python title="shop/rates.py"
try:
    import orjson
except ImportError:
    orjson = None
```
```python title="setup.py"
from setuptools import setup

setup(name="shop")
```

## References

- PEP 621, Storing project metadata in pyproject.toml
"""

from collections.abc import Iterator

from byte.model.facts import Facts, Project
from byte.model.review import Area, Evidence, Rule, Severity


def check(project: Project, facts: Facts) -> Iterator[Evidence]:
    for item in project.undeclared:
        first = item.at[0]
        usual = item.distributions[0]
        more = len({at.path for at in item.at}) - 1
        where = f" and {more} more {'file' if more == 1 else 'files'}" if more else ""
        yield Evidence(
            message=f"`{item.name}` is imported here{where} and `{item.manifests[0]}` does not declare `{usual}`",
            at=first,
            symbol="",
            key=item.name,
            fix=f"Declare `{usual}` in `{item.manifests[0]}`.",
        )


RULE = Rule(
    id="BYT503",
    name="undeclared-dependency",
    area=Area.INTEGRATION,
    aspect=None,
    severity=Severity.MAJOR,
    on=Project,
    check=check,
)
