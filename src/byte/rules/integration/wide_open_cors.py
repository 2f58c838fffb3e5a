"""CORS open to every origin, with credentials.

## What it does

Finds `CORSMiddleware` with `allow_credentials=True` and `"*"` (or a pattern that matches everything) as origin.

## Why is this bad?

Starlette then answers every origin with its own name, so any page that a logged-in user visits can call the API with
that user's cookies and read the answer.

## Bad

```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # finding
```

## Good

```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://app.example"], allow_credentials=True)
```

## Limits

Origins that come from the settings are not known. Without credentials a public API may be open to all.

```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"])
app.add_middleware(CORSMiddleware, allow_origins=settings.origins, allow_credentials=True)
```

## References

- Fetch standard, CORS protocol and credentials; FastAPI: CORS
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Module
from byte.model.review import Area, Evidence, Location, Rule, Severity

_EVERYTHING = frozenset({"*", ".*", "^.*$", "https?://.*", ".+"})


def check(module: Module, facts: Facts) -> Iterator[Evidence]:
    """Calls that set up the middleware with credentials and every origin."""
    for node in s.walk(*module.node.body, into_scopes=True):
        if not isinstance(node, s.Call) or not _is_cors(node, module, facts):
            continue
        credentials = s.keyword(node, "allow_credentials")
        if not (isinstance(credentials, s.Constant) and credentials.value is True):
            continue
        option = next((o for o in ("allow_origins", "allow_origin_regex") if _open(s.keyword(node, o), module)), None)
        if option is not None:
            yield Evidence(
                message=f"`{option}` accepts every origin together with credentials: any website can act as the user",
                at=Location(module.path, node.line, node.end),
                symbol="<module>",
                key=option,
                fix="List the origins that may call with credentials, or set `allow_credentials=False`.",
            )


def _is_cors(node: s.Call, module: Module, facts: Facts) -> bool:
    targets = (facts.resolve(module.path, n) or s.dotted(n) or "" for n in (node.func, *node.args[:1]))
    return any(target.rpartition(".")[2] == "CORSMiddleware" for target in targets)


def _open(expr: s.Expr | None, module: Module) -> bool:
    if isinstance(expr, s.Name):
        values = [
            stmt.value
            for stmt in s.walk(*module.node.body, into_scopes=True)
            if isinstance(stmt, s.Assign) and any(s.dotted(t) == expr.id for t in stmt.targets)
        ]
        expr = values[0] if len(values) == 1 else None
    if isinstance(expr, s.Sequence):
        return any(s.string(item) == "*" for item in expr.items)
    return s.string(expr) in _EVERYTHING


RULE = Rule(
    id="BYT506",
    name="wide-open-cors",
    area=Area.INTEGRATION,
    aspect=None,
    severity=Severity.MAJOR,
    on=Module,
    check=check,
)
