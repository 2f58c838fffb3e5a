"""Module-level collection that only grows.

## What it does

Finds a dict, list or set at module level that a request adds to, under a key or with a value that comes from the
request, while nothing in the module ever takes anything out.

## Why is this bad?

It grows for as long as the process lives: memory rises with every new client until the process is killed. And each
worker has its own copy, so what one request stores another does not find.

## Bad

```python
from fastapi import FastAPI

app = FastAPI()
_profiles: dict[str, dict] = {}


@app.get("/profiles/{name}")
def profile(name: str):
    if name not in _profiles:
        _profiles[name] = load(name)  # finding
    return _profiles[name]
```

## Good

```python
from cachetools import TTLCache
from fastapi import FastAPI

app = FastAPI()
_profiles = TTLCache(maxsize=1000, ttl=60)


@app.get("/profiles/{name}")
def profile(name: str):
    if name not in _profiles:
        _profiles[name] = load(name)
    return _profiles[name]
```

## Limits

Removal in another module is not seen, so a public name that others may import is a note. A collection whose length
the module compares, or that is assigned anew, is not reported.

```python
from fastapi import FastAPI

app = FastAPI()
_recent: list[str] = []


@app.get("/search")
def search(q: str):
    _recent.append(q)
    if len(_recent) > 100:
        _recent.pop(0)
    return _recent
```

```python
import asyncio

from fastapi import FastAPI

app = FastAPI()
_tasks: set[asyncio.Task] = set()


@app.post("/jobs")
async def start(name: str):
    task = asyncio.create_task(work(name))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
```

## References

- The Twelve-Factor App, VI: Processes
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Function, Module
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity
from byte.model.served import served

_MAKERS = ("dict", "list", "set", "defaultdict", "OrderedDict", "Counter")
_ADDS = frozenset({"append", "add", "setdefault", "extend", "update", "insert"})
_TAKES = frozenset(
    {"pop", "popitem", "clear", "remove", "discard", "popleft", "difference_update", "intersection_update"}
)


def check(module: Module, facts: Facts) -> Iterator[Evidence]:
    """One finding for each collection of the module that requests only add to."""
    names = {name for stmt in module.node.body for name in _collections(stmt)}
    if not names:
        return
    names -= set(_shrunk(module.node, names))
    for function in facts.functions(module.path) if names else ():
        for name, line, added in _grown(function, names):
            if served(function, facts) is None or not _from_request(added, function):
                continue
            names.discard(name)
            yield Evidence(
                message=f"`{name}` lives as long as the process, and `{function.node.name}` only ever adds to it: it grows "
                "with every new request",
                at=Location(module.path, line, line),
                symbol=function.qualname,
                key=name,
                because=served(function, facts) or (),
                fix=f"Bound `{name}` (an LRU or TTL cache), or keep it in a store that all workers share.",
                severity=None if name.startswith("_") else Severity.NOTE,
            )


def _collections(stmt: s.Stmt) -> Iterator[str]:
    """Names that a module-level statement binds to an empty collection."""
    if not isinstance(stmt, s.Assign):
        return
    value = stmt.value
    empty = (isinstance(value, s.Mapping) and not value.keys) or (
        isinstance(value, s.Sequence) and not value.items and value.kind == "list"
    )
    if isinstance(value, s.Call):
        name = (s.dotted(value.func) or "").rpartition(".")[2]
        empty = name in _MAKERS and not any(k.name == "maxlen" for k in value.keywords)
        empty = empty and (not value.args or name == "defaultdict")
    if empty:
        yield from (name for target in stmt.targets for name in s.bound_names(target))


def _shrunk(module: s.Module, names: set[str]) -> Iterator[str]:
    """Names from which something is taken, whose length is looked at, or that are bound anew."""
    top = set(map(id, module.body))
    for node in s.walk(*module.body, into_scopes=True):
        match node:
            case s.Attribute(value=s.Name() as owner, attr=attr) if attr in _TAKES:
                yield owner.id  # called here, or handed on to be called: `add_done_callback(_tasks.discard)`
            case s.Call(func=s.Name(id="len"), args=(s.Name() as counted,)):
                yield counted.id
            case s.Delete():
                for target in node.targets:
                    base = target.value if isinstance(target, s.Subscript) else target
                    if isinstance(base, s.Name):
                        yield base.id
            case s.Assign() if id(node) not in top:
                yield from (n for t in node.targets for n in s.bound_names(t))
                yield from (
                    t.value.id
                    for t in node.targets
                    if isinstance(t, s.Subscript) and isinstance(t.index, s.Slice) and isinstance(t.value, s.Name)
                )
            case s.Call() if any(isinstance(a, s.Name) and a.id in names for a in node.args):
                # handed to another function, which may take something out
                yield from (a.id for a in node.args if isinstance(a, s.Name))


def _grown(function: Function, names: set[str]) -> Iterator[tuple[str, int, tuple[s.Expr, ...]]]:
    """Additions: the name, the line, and the keys or values added."""
    own = {p.name for p in function.node.params}
    for node in s.own(function.node):
        if isinstance(node, s.Assign):
            for target in node.targets:
                if (
                    isinstance(target, s.Subscript)
                    and isinstance(target.value, s.Name)
                    and target.value.id in names - own
                ):
                    yield target.value.id, node.line, (target.index,)
        elif isinstance(node, s.Call) and isinstance(node.func, s.Attribute) and node.func.attr in _ADDS:
            owner = node.func.value
            if isinstance(owner, s.Name) and owner.id in names - own:
                keys = node.args[:1] if node.func.attr == "setdefault" else node.args
                yield owner.id, node.line, keys


def _from_request(added: tuple[s.Expr, ...], function: Function) -> bool:
    """Whether what is added depends on a parameter or local of the function."""
    local = {p.name for p in function.node.params if p.name not in ("self", "cls")}
    for node in s.own(function.node):
        if isinstance(node, s.Assign):
            local |= {n for t in node.targets for n in s.bound_names(t)}
        elif isinstance(node, s.For):
            local |= set(s.bound_names(node.target))
    return any(isinstance(n, s.Name) and n.id in local for expr in added for n in s.walk(expr))


RULE = Rule(
    id="BYT407",
    name="growing-global",
    area=Area.PERFORMANCE,
    aspect=Aspect.MEMORY_USAGE,
    severity=Severity.MAJOR,
    on=Module,
    check=check,
)
