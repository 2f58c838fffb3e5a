"""functools cache on a coroutine function.

## What it does

Finds `functools.lru_cache` or `functools.cache` on an `async def`.

## Why is this bad?

What is cached is the coroutine, not its result, and a coroutine can be awaited once. The first request works; the
second with the same arguments raises `RuntimeError: cannot reuse already awaited coroutine`.

## Bad

```python
from functools import lru_cache


@lru_cache(maxsize=32)
async def load_settings(tenant: str) -> dict:  # finding
    return await fetch(tenant)
```

## Good

```python
from async_lru import alru_cache


@alru_cache(maxsize=32)
async def load_settings(tenant: str) -> dict:
    return await fetch(tenant)
```

## Limits

A decorator between the cache and the function may turn the coroutine into something that can be awaited twice, so
only a cache directly on the function is reported.

```python
from functools import lru_cache


@lru_cache
@as_future
async def load_settings(tenant: str) -> dict:
    return await fetch(tenant)
```

## References

- Python: functools.lru_cache; bugs.python.org issue 35040
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Rule, Severity

_CACHES = frozenset({"functools.lru_cache", "functools.cache"})


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """The decorator nearest to an async function is a cache of functools."""
    node = function.node
    if not node.is_async or not node.decorators:
        return
    nearest = node.decorators[-1]
    expr = nearest.func if isinstance(nearest, s.Call) else nearest
    if facts.resolve(function.path, expr) not in _CACHES:
        return
    yield Evidence(
        message=f"`@{s.text(expr)}` caches the coroutine of `{node.name}`: the second call with the same arguments fails",
        at=function.at,
        symbol=function.qualname,
        key="cached coroutine",
        fix=f"Cache what `{node.name}` returns (for example with `async_lru.alru_cache`), not the coroutine.",
    )


RULE = Rule(
    id="BYT409",
    name="cache-on-coroutine",
    area=Area.PERFORMANCE,
    aspect=Aspect.CACHING,
    severity=Severity.BLOCKER,
    on=Function,
    check=check,
)
