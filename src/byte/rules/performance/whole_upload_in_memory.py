"""Upload read into memory without a limit.

## What it does

Finds a handler that reads a whole `UploadFile` at once and nowhere looks at its size.

## Why is this bad?

The client decides how much memory the server uses. A few large uploads at the same time end the process.

## Bad

```python
from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/images")
async def add_image(file: UploadFile):
    data = await file.read()  # finding
    return {"bytes": len(data)}
```

## Good

```python
from fastapi import FastAPI, HTTPException, UploadFile

app = FastAPI()
MAX_BYTES = 5_000_000


@app.post("/images")
async def add_image(file: UploadFile):
    if file.size is None or file.size > MAX_BYTES:
        raise HTTPException(413)
    data = await file.read()
    return {"bytes": len(data)}
```

## Limits

A limit that a proxy or a middleware sets is not seen, so this is a note. A handler that compares a length or size,
or reads in pieces, is left alone, wherever in the handler that is.

```python
from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/images")
async def add_image(file: UploadFile):
    while piece := await file.read(65536):
        store(piece)
```

## References

- OWASP: File Upload Cheat Sheet, upload and download limits
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Endpoint, Facts
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_SIZES = ("size", "length", "max_bytes", "max_size", "limit")


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """One finding for each upload that a handler reads at once, unless it looks at a size."""
    function = endpoint.function
    uploads = {p.name for p in endpoint.parameters if p.type is not None and _is_upload(p.type.name)}
    uploads |= {
        p.name
        for p in function.node.params
        if (found := facts.annotation(function.path, p.annotation)) is not None and _is_upload(found.name)
    }
    if not uploads or _looks_at_size(function.node):
        return
    for call in facts.calls(function):
        func = call.node.func
        if not isinstance(func, s.Attribute) or func.attr != "read" or call.node.args or call.node.keywords:
            continue
        owner = s.dotted(func.value) or ""
        if owner in uploads or owner.removesuffix(".file") in uploads:
            yield Evidence(
                message=f"`{endpoint.name}` reads the whole upload `{owner}` into memory, however large the client makes it",
                at=Location(function.path, call.line, call.line),
                symbol=function.qualname,
                key=f"{owner}.read",
                fix=f"Refuse a `{owner}` above a maximum size (413), or read and store it in pieces.",
            )


def _is_upload(name: str) -> bool:
    return name.endswith(".UploadFile")


def _looks_at_size(node: s.Function) -> bool:
    """Whether the handler compares anything that is named, or measured as, a size."""
    for item in s.walk(*node.body, into_scopes=True):
        if isinstance(item, s.Compare):
            text = s.text(item, 400).lower()
            if "len(" in text or any(word in text for word in _SIZES):
                return True
        if isinstance(item, s.Call) and any(word in s.text(item.func, 200).lower() for word in _SIZES):
            return True
    return False


RULE = Rule(
    id="BYT406",
    name="whole-upload-in-memory",
    area=Area.PERFORMANCE,
    aspect=Aspect.MEMORY_USAGE,
    severity=Severity.NOTE,
    on=Endpoint,
    check=check,
)
