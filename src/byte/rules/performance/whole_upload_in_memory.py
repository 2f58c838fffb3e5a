"""Upload read into memory without a limit.

## What it does

Finds a function that reads a whole `UploadFile` at once and nowhere looks at its size, and a handler that takes an
upload as `bytes`.

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

```python
from fastapi import FastAPI, File

app = FastAPI()


@app.put("/avatar")
def set_avatar(image: bytes = File(...)):  # finding
    store(image)
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

A limit that a proxy or a middleware sets is not seen, so this is a note. A function that compares a length or size,
or reads in pieces, is left alone, wherever in the function that is.

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
from byte.model.facts import Endpoint, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_SIZES = ("size", "length", "max_bytes", "limit")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """Uploads that are read at once, unless the function looks at a size, and those that come as bytes."""
    uploads = set(_uploads(function, facts))
    if uploads and not _looks_at_size(function.node):
        yield from _reads(function, uploads, facts)
    as_bytes = [p for p in function.node.params if _is_file(p, function, facts)]
    endpoint = facts.endpoint(function.key) if as_bytes else None
    if endpoint is not None:
        yield from (_evidence(function, endpoint, p.name, p.line) for p in as_bytes)


def _reads(function: Function, uploads: set[str], facts: Facts) -> Iterator[Evidence]:
    for call in facts.calls(function):
        func = call.node.func
        if not isinstance(func, s.Attribute) or func.attr != "read" or call.node.args or call.node.keywords:
            continue
        owner = (s.dotted(func.value) or "").removesuffix(".file")
        if owner in uploads:
            yield _evidence(function, facts.endpoint(function.key), owner, call.line)


def _evidence(function: Function, endpoint: Endpoint | None, upload: str, line: int) -> Evidence:
    who = endpoint.name if endpoint is not None else function.node.name
    return Evidence(
        message=f"`{who}` holds the whole upload `{upload}` in memory, however large the client makes it",
        at=Location(function.path, line, line),
        symbol=function.qualname,
        key=upload,
        fix=f"Take `{upload}` as an `UploadFile`, refuse it above a maximum size (413), or store it in pieces.",
    )


def _uploads(function: Function, facts: Facts) -> Iterator[str]:
    """Parameters that are uploads, and the loop variables over parameters that are lists of them."""
    lists: set[str] = set()
    for param in function.node.params:
        found = facts.annotation(function.path, param.annotation)
        if found is not None and found.name.endswith(".UploadFile"):
            yield param.name
        elif found is not None and any(arg.name.endswith(".UploadFile") for arg in found.args):
            lists.add(param.name)
    for node in s.own(function.node) if lists else ():
        if isinstance(node, s.For) and s.dotted(node.iter) in lists:
            yield from s.bound_names(node.target)


def _is_file(param: s.Param, function: Function, facts: Facts) -> bool:
    """`data: bytes = File(...)`."""
    if not isinstance(param.default, s.Call) or s.dotted(param.annotation) != "bytes":
        return False
    return (facts.resolve(function.path, param.default.func) or "").rpartition(".")[2] == "File"


def _looks_at_size(node: s.Function) -> bool:
    """Whether the function compares or asks for anything that is named, or measured as, a size."""
    for item in s.walk(*node.body, into_scopes=True):
        text = ""
        if isinstance(item, s.Compare):
            text = s.text(item, 400).lower()
        elif isinstance(item, s.Call):
            text = s.text(item.func, 200).lower()
        if "len(" in text or any(word in text for word in _SIZES):
            return True
    return False


RULE = Rule(
    id="BYT406",
    name="whole-upload-in-memory",
    area=Area.PERFORMANCE,
    aspect=Aspect.MEMORY_USAGE,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
