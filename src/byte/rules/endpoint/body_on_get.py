"""GET that takes a body.

## What it does

Finds a GET or HEAD endpoint with a parameter that FastAPI reads from the request body.

## Why is this bad?

A body on GET has no meaning: browsers refuse to send one, caches and proxies drop it, and the API document cannot
describe it. The usual cause is a model or a `dict` that was meant to be query parameters.

## Bad

```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Search(BaseModel):
    text: str


@app.get("/items")
def search_items(search: Search):  # finding
    return []
```

## Good

```python
from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import BaseModel

app = FastAPI()


class Search(BaseModel):
    text: str


@app.get("/items")
def search_items(search: Annotated[Search, Query()]):
    return []
```

## Limits

A handler that serves GET and another method together is left alone, and so are dependencies, which operations with
other methods share, and bodies of DELETE, which HTTP discourages but which clients can send.

```python
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Search(BaseModel):
    text: str


@app.api_route("/items", methods=["GET", "POST"])
def search_items(search: Search):
    return []
```

## References

- RFC 9110, 9.3.1
"""

from collections.abc import Iterator

from byte.model.facts import Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity


def check(endpoint: Endpoint, _: Facts) -> Iterator[Evidence]:
    """Each body parameter of an endpoint that only reads."""
    if not endpoint.methods or not set(endpoint.methods) <= {"GET", "HEAD"}:
        return
    for parameter in endpoint.parameters:
        if parameter.place in ("body", "form", "file") and parameter.dependency is None:
            yield Evidence(
                message=f"`{endpoint.name}` takes `{parameter.name}` from the body, which clients of GET cannot send",
                at=Location(parameter.path, parameter.line, parameter.line),
                symbol=endpoint.function.qualname,
                key=parameter.name,
                fix=f"Take `{parameter.name}` as query parameters, or use POST.",
            )


RULE = Rule(
    id="BYT113",
    name="body-on-get",
    area=Area.ENDPOINT,
    aspect=Aspect.ENDPOINT_STRUCTURE,
    severity=Severity.MAJOR,
    on=Endpoint,
    check=check,
)
