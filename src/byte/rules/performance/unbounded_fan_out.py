"""Unbounded fan-out.

## What it does

Finds `asyncio.gather` (or tasks of a loop that are gathered) over a collection that grows with data, where each member
makes a request or a query, and nothing limits how many run at once.

## Why is this bad?

All of them start at the same moment: a thousand members open a thousand connections. The pool runs out, the other
service throttles, and the memory of all answers is held together.

## Bad

```python
import asyncio

import httpx


async def probe(client: httpx.AsyncClient, url: str) -> bool:
    return (await client.get(url)).is_success


async def probe_all(client: httpx.AsyncClient, urls: list[str]) -> list[bool]:
    return await asyncio.gather(*[probe(client, url) for url in urls])  # finding
```

## Good

```python
import asyncio

import httpx


async def probe(client: httpx.AsyncClient, url: str, limit: asyncio.Semaphore) -> bool:
    async with limit:
        return (await client.get(url)).is_success


async def probe_all(client: httpx.AsyncClient, urls: list[str]) -> list[bool]:
    limit = asyncio.Semaphore(10)
    return await asyncio.gather(*[probe(client, url, limit) for url in urls])
```

## Limits

A semaphore or limiter is recognised by name, in the function and in what it gathers. A client with its own connection
limit still queues all requests at once. Queries are a note: the pool of the database bounds them; so is what no
handler is seen to call. Collections that the source fixes, and a chosen number of workers (`range(workers)`), are not
reported.

```python
import asyncio

import httpx


async def both(client: httpx.AsyncClient) -> list:
    return await asyncio.gather(*[client.get(url) for url in ("https://a.example", "https://b.example")])


async def load(client: httpx.AsyncClient, workers: int) -> None:
    await asyncio.gather(*(client.get("https://a.example") for _ in range(workers)))
```

## References

- Python: asyncio.gather, asyncio.Semaphore
"""

from collections.abc import Iterator, Sequence

from byte.model import syntax as s
from byte.model.facts import Call, Effect, Facts, Function, Loop
from byte.model.loops import growing
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step
from byte.model.served import first_call, offline, served

_GATHER = frozenset({"asyncio.gather", "asyncio.wait", "asyncio.as_completed"})
_LIMITS = ("semaphore", "sem", "limiter", "throttle", "concurren", "bulkhead", "max_workers")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each gathering of remote calls over a growing collection."""
    if not function.node.is_async or offline(function.path):
        return
    calls = facts.calls(function)
    gathers = [c for c in calls if c.target in _GATHER and not c.loops]
    if not gathers or _limited(function):
        return
    for gather in gathers:
        found = next(_members(gather, calls, function, facts), None)
        if found is None:
            continue
        member, loop, chain, remote = found
        name, iterable = s.text(member.node.func, 50), s.text(loop.iter, 40)
        yield Evidence(
            message=f"`{name}` runs for all of `{iterable}` at once: nothing bounds how many connections that opens",
            at=Location(function.path, gather.line, gather.line),
            symbol=function.qualname,
            key=f"{name} for {s.text(loop.iter, 200)}",
            because=chain,
            fix=f"Hold an `asyncio.Semaphore` in `{name}`, or work through `{iterable}` in batches.",
            severity=None if remote and served(function, facts) is not None else Severity.NOTE,
        )


def _members(
    gather: Call, calls: Sequence[Call], function: Function, facts: Facts
) -> Iterator[tuple[Call, Loop, tuple[Step, ...], bool]]:
    """Remote calls that are made in a growing loop and handed to this gathering; whether they are requests."""
    inside = {id(n) for a in gather.node.args for n in s.walk(a)}
    names = {n.id for a in gather.node.args for n in s.walk(a) if isinstance(n, s.Name)}
    for call in calls:
        if call.awaited or not call.loops or call.line > gather.node.end:
            continue
        if id(call.node) not in inside and not _collected(call, names, function):
            continue
        loop = growing(call, function, facts)
        found = first_call(function, call, facts, lambda c: bool({Effect.HTTP, Effect.QUERY} & c.effects))
        callee = facts.function(call.callee)
        if loop is None or _workers(loop.iter):
            continue
        if found is not None and not (callee is not None and _limited(callee)):
            yield call, loop, found[0][1:], Effect.HTTP in found[1].effects


def _workers(iterable: s.Expr | None) -> bool:
    """`range(slots)`: as many as somebody chose, unless it counts a collection."""
    if not isinstance(iterable, s.Call) or s.dotted(iterable.func) != "range":
        return False
    return not any(isinstance(n, s.Call) for a in iterable.args for n in s.walk(a))


def _collected(call: Call, names: set[str], function: Function) -> bool:
    """Whether the call is put into one of these lists: by `append`, or by the comprehension assigned to it."""
    for node in s.own(function.node):
        if isinstance(node, s.Call) and isinstance(node.func, s.Attribute) and node.func.attr == "append":
            owner, values = s.dotted(node.func.value), node.args
        elif isinstance(node, s.Assign) and len(node.targets) == 1 and isinstance(node.value, s.Comprehension):
            owner, values = s.dotted(node.targets[0]), (node.value,)
        else:
            continue
        if owner in names and any(n is call.node for v in values for n in s.walk(v)):
            return True
    return False


def _limited(function: Function) -> bool:
    for node in s.walk(*function.node.body, into_scopes=True):
        name = node.id if isinstance(node, s.Name) else node.attr if isinstance(node, s.Attribute) else ""
        words = name.lower()
        if any(limit in words for limit in _LIMITS if limit != "sem") or words == "sem":
            return True
    return False


RULE = Rule(
    id="BYT411",
    name="unbounded-fan-out",
    area=Area.PERFORMANCE,
    aspect=Aspect.QUERY_EFFICIENCY,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
