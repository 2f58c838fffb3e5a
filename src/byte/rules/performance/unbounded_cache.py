"""Cache without a bound.

## What it does

Finds `functools.cache` or `lru_cache(maxsize=None)` on a method, or on a function with arguments that a request reaches.

## Why is this bad?

The cache keeps every set of arguments that it has seen, for as long as the process lives. On a method one of the
arguments is `self`, so it also keeps every instance, with its session and its data.

## Bad

```python
from functools import cache


class Prices:
    def __init__(self, session):
        self.session = session

    @cache
    def of(self, sku: str) -> int:  # finding
        return self.session.execute(price_of(sku)).scalar()
```

## Good

```python
from functools import cache, cached_property, lru_cache


@lru_cache(maxsize=1024)
def tax_rate(country: str) -> float:
    return table()[country]


@cache
def table() -> dict:
    return load_table()


class Prices:
    @cached_property
    def currency(self) -> str:
        return load_currency()
```

## Limits

A function whose arguments have few values (an enum, a flag) is not reported where its annotations say so. A method
with a bounded `lru_cache` keeps at most that many instances and is not reported.

```python
from enum import Enum
from functools import cache


class Plan(Enum):
    FREE = "free"
    PRO = "pro"


@cache
def limits(plan: Plan, strict: bool) -> dict:
    return load(plan, strict)
```

## References

- Python: functools.cache; flake8-bugbear B019
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Rule, Severity
from byte.model.served import offline, served

_FEW = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "builtins.bool", "typing.Literal"})


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """A cache without a bound whose keys grow."""
    node = function.node
    decorator = next((d for d in node.decorators if _unbounded(d, function, facts)), None)
    if decorator is None or node.is_async or offline(function.path):
        return
    static = any(s.dotted(d) in ("staticmethod", "classmethod") for d in node.decorators)
    method = function.cls is not None and not static
    chain = served(function, facts)
    params = node.params[1:] if function.cls is not None and not (static and _is_static(node)) else node.params
    growing = [p for p in params if not _few(p, function, facts)]
    if not (method or (growing and chain is not None)):
        return
    what = "every instance of its class" if method else f"every `{growing[0].name}` it was ever called with"
    name = s.text(decorator, 40)
    yield Evidence(
        message=f"`@{name}` has no bound, so `{node.name}` keeps {what} for the life of the process",
        at=function.at,
        symbol=function.qualname,
        key="unbounded cache",
        because=chain or (),
        fix=f"Give the cache of `{node.name}` a `maxsize`"
        + (" and put it on a function without `self`." if method else "."),
        severity=None if chain is not None else Severity.NOTE,
    )


def _unbounded(decorator: s.Expr, function: Function, facts: Facts) -> bool:
    call = decorator if isinstance(decorator, s.Call) else None
    target = facts.resolve(function.path, call.func if call is not None else decorator)
    if target == "functools.cache":
        return True
    if target != "functools.lru_cache" or call is None:
        return False
    size = s.argument(call, 0, "maxsize")
    return isinstance(size, s.Constant) and size.kind == "none"


def _is_static(node: s.Function) -> bool:
    return any(s.dotted(d) == "staticmethod" for d in node.decorators)


def _few(param: s.Param, function: Function, facts: Facts) -> bool:
    """Whether the parameter's type has few values."""
    found = facts.annotation(function.path, param.annotation)
    return found is not None and (found.factory or facts.is_subclass(found.name, _FEW))


RULE = Rule(
    id="BYT410",
    name="unbounded-cache",
    area=Area.PERFORMANCE,
    aspect=Aspect.MEMORY_USAGE,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
