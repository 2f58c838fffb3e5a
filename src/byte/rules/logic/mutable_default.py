"""Mutable default that calls share.

## What it does

Finds a parameter whose default is a list, dict or set that the function changes, keeps or returns.

## Why is this bad?

The default is made once, when the function is defined. What one call puts in is there in the next: entries of one
request turn up in another.

## Bad

```python
def collect(item: str, into: list[str] = []) -> list[str]:  # finding
    into.append(item)
    return into


class Job:
    def __init__(self, tags: dict = {}):  # finding
        self.tags = tags

    def tag(self, name: str):
        self.tags[name] = True
```

## Good

```python
def collect(item: str, into: list[str] | None = None) -> list[str]:
    into = [] if into is None else into
    into.append(item)
    return into
```

## Limits

A default that is only read is harmless and not reported; one that is kept and not seen to change is a note. FastAPI copies the defaults of endpoints.

```python
from fastapi import FastAPI

app = FastAPI()


@app.post("/items")
def create(tags: list[str] = []):
    tags.append("new")
    return tags


def names(extra: list[str] = []) -> list[str]:
    return [name.upper() for name in extra]
```

## References

- ruff B006
- Python FAQ: Why are default values shared between objects?
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_MAKERS = frozenset({"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict"})
_CHANGES = frozenset(
    "append extend insert add update setdefault pop popitem remove discard clear sort reverse appendleft".split()
)


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each shared default."""
    shared = [p for p in function.node.params if _mutable(p.default)]
    if not shared or facts.endpoint(function.key) is not None:
        return
    bound = {name for name, item in flow.bindings(function.node) if not isinstance(item, s.Augment)}
    for param in shared:
        use = None if param.name in bound else _use(function.node, param.name)
        if use is None:
            continue
        line, what, attr = use
        harmless = what == "returns" or (what == "keeps" and not _changed_later(facts, function, attr))
        yield Evidence(
            message=f"all calls share the default `{param.name}={s.text(param.default, 20)}`, and the function {what} it",
            at=Location(function.path, param.line, param.line),
            symbol=function.qualname,
            key=param.name,
            because=(Step(function.path, line, f"the function {what} `{param.name}`"),),
            fix=f"Make the default of `{param.name}` None, and make a new value in the body.",
            severity=Severity.NOTE if harmless else None,
        )


def _mutable(expr: s.Expr | None) -> bool:
    match expr:
        case s.Sequence():
            return expr.kind != "tuple"
        case s.Mapping() | s.Comprehension():
            return True
        case s.Call():
            return (s.dotted(expr.func) or "").rpartition(".")[2] in _MAKERS
        case _:
            return False


def _changed_later(facts: Facts, function: Function, attr: str) -> bool:
    """Whether this file changes an attribute of this name."""
    module = facts.module(function.path)
    for node in s.walk(*(module.body if module is not None else ()), into_scopes=True):
        if isinstance(node, s.Call) and isinstance(node.func, s.Attribute) and node.func.attr in _CHANGES:
            changed: s.Expr = node.func.value
        elif isinstance(node, s.Assign) and isinstance(node.targets[0], s.Subscript):
            changed = node.targets[0].value
        elif isinstance(node, s.Augment):
            changed = node.target
        else:
            continue
        if isinstance(changed, s.Attribute) and changed.attr == attr:
            return True
    return False


def _use(node: s.Function, name: str) -> tuple[int, str, str] | None:
    """The first line that changes, keeps or returns the value."""

    def same(expr: s.Expr | None) -> bool:
        return isinstance(expr, s.Name) and expr.id == name

    for item in s.own(node):
        match item:
            case s.Call(func=s.Attribute() as func) if func.attr in _CHANGES and same(func.value):
                return item.line, "changes", ""
            case s.Assign():
                if any(isinstance(t, s.Subscript) and same(t.value) for t in item.targets):
                    return item.line, "changes", ""
                for target in item.targets:
                    if same(item.value) and isinstance(target, s.Attribute):
                        return item.line, "keeps", target.attr
            case s.Augment():
                target = item.target
                if same(target) or (isinstance(target, s.Subscript) and same(target.value)):
                    return item.line, "changes", ""
            case s.Delete() if any(isinstance(t, s.Subscript) and same(t.value) for t in item.targets):
                return item.line, "changes", ""
            case s.Return() if same(item.value):
                return item.line, "returns", ""
            case _:
                pass
    return None


RULE = Rule(
    id="BYT307",
    name="mutable-default",
    area=Area.LOGIC,
    aspect=Aspect.EDGE_CASES,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
