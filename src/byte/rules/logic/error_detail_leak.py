"""Error text sent to the client.

## What it does

Finds a 5xx answer whose text holds the exception that a handler for every error has caught.

## Why is this bad?

Nobody chose that text. It may be a SQL statement with values, a path, or the address of an internal service; and a
client that parses it depends on the wording of a library.

## Bad

```python
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/report")
def report():
    try:
        return build()
    except Exception as error:
        raise HTTPException(status_code=500, detail=f"failed: {error}")  # finding
```

## Good

```python
import logging

from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/report")
def report():
    try:
        return build()
    except Exception as error:
        logging.exception("report failed")
        raise HTTPException(status_code=500, detail="The report could not be built") from error
```

## Limits

Handlers of named exceptions are not looked at: their text may be meant for the client. Nor are 4xx answers.

```python
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/report")
def report():
    try:
        return build()
    except ValueError as error:
        raise HTTPException(status_code=400, detail=str(error))
```

## References

- CWE-209: Generation of Error Message Containing Sensitive Information
- OWASP Error Handling Cheat Sheet
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_RESPONSES = frozenset(
    {"fastapi.responses.JSONResponse", "fastapi.responses.PlainTextResponse", "fastapi.Response",
     "fastapi.responses.HTMLResponse", "fastapi.responses.ORJSONResponse"}
)  # fmt: skip
_TRACE = frozenset({"traceback.format_exc", "traceback.format_exception"})


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each answer that holds the caught exception."""
    for handler in s.own(function.node):
        if not isinstance(handler, s.Handler) or not flow.broad(handler):
            continue
        for node in s.walk(*handler.body):
            if not isinstance(node, s.Call):
                continue
            text = _text(facts, function, node)
            if text is None or not _holds(facts, function, handler, text):
                continue
            yield Evidence(
                message=f"the answer holds the text of any exception (`{s.text(text, 40)}`): internals reach the client",
                at=Location(function.path, node.line, max(node.line, node.end)),
                symbol=function.qualname,
                key=s.text(node.func, 60),
                fix="Log the exception, and answer a fixed text.",
                cause=function.path,
            )


def _text(facts: Facts, function: Function, node: s.Call) -> s.Expr | None:
    """What a 5xx answer says."""
    target = facts.resolve(function.path, node.func, function)
    if target in flow.HTTP_ERRORS:
        status, text = s.argument(node, 0, "status_code"), s.argument(node, 1, "detail")
    elif target in _RESPONSES:
        status, text = s.argument(node, 1, "status_code"), s.argument(node, 0, "content")
    else:
        return None
    code = flow.http_status(facts, function.path, status)
    return text if code is not None and code >= 500 else None


def _holds(facts: Facts, function: Function, handler: s.Handler, text: s.Expr) -> bool:
    for node in s.walk(text):
        if isinstance(node, s.Name) and handler.name is not None and node.id == handler.name:
            return not s.text(text).startswith("type(")
        if isinstance(node, s.Call) and facts.resolve(function.path, node.func, function) in _TRACE:
            return True
    return False


RULE = Rule(
    id="BYT313",
    name="error-detail-leak",
    area=Area.LOGIC,
    aspect=Aspect.ERROR_HANDLING,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
