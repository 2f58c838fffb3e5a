"""Independent requests one after the other.

## What it does

Finds two or more awaited requests to other services in consecutive statements, none of which uses what one before gave.

## Why is this bad?

The response takes the sum of their times, where it could take the longest of them.

## Bad

```python
import httpx


async def page(client: httpx.AsyncClient, user: int) -> dict:
    profile = await client.get(f"https://users.example/{user}")
    orders = await client.get(f"https://orders.example/{user}")  # finding
    return {"profile": profile.json(), "orders": orders.json()}
```

## Good

```python
import asyncio

import httpx


async def page(client: httpx.AsyncClient, user: int) -> dict:
    profile, orders = await asyncio.gather(
        client.get(f"https://users.example/{user}"),
        client.get(f"https://orders.example/{user}"),
    )
    return {"profile": profile.json(), "orders": orders.json()}
```

## Limits

Queries on one session cannot run side by side, so calls that query are left out. So are calls that change something
(`post`, `put`, `patch`, `delete`): their order may be meant. It is a note.

```python
import httpx


async def page(client: httpx.AsyncClient, user: int) -> dict:
    profile = (await client.get(f"https://users.example/{user}")).json()
    team = await client.get(f"https://teams.example/{profile['team']}")
    return team.json()
```

## References

- Python: asyncio.gather, asyncio.TaskGroup
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Call, Effect, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity
from byte.model.served import offline

_CHANGES = ("post", "put", "patch", "delete", "send", "create", "update", "save", "write", "remove", "upload", "login")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each run of independent requests."""
    if not function.node.is_async or offline(function.path):
        return
    remote = {id(c.node): c for c in facts.calls(function) if c.awaited and _reads(c, facts)}
    if len(remote) < 2:
        return
    for block in _blocks(function.node.body):
        run: list[tuple[s.Assign, Call]] = []
        for stmt in (*block, None):
            call = _request(stmt, remote)
            if isinstance(stmt, s.Assign) and call is not None and not _uses(stmt, run):
                run.append((stmt, call))
                continue
            if len(run) > 1:
                yield _evidence(function, run)
            run = [(stmt, call)] if isinstance(stmt, s.Assign) and call is not None else []


def _reads(call: Call, facts: Facts) -> bool:
    name = s.text(call.node.func, 200).rpartition(".")[2].lower()
    if any(word in name for word in _CHANGES) or facts.reach(call, Effect.HTTP) is None:
        return False
    return facts.reach(call, Effect.QUERY) is None


def _request(stmt: s.Stmt | None, remote: dict[int, Call]) -> Call | None:
    """The request that the statement's whole value is."""
    value = stmt.value if isinstance(stmt, s.Assign) else None
    return remote.get(id(value.value)) if isinstance(value, s.Await) else None


def _uses(stmt: s.Assign, run: list[tuple[s.Assign, Call]]) -> bool:
    given = {name for earlier, _ in run for target in earlier.targets for name in s.bound_names(target)}
    return stmt.value is not None and any(isinstance(n, s.Name) and n.id in given for n in s.walk(stmt.value))


def _blocks(body: tuple[s.Stmt, ...]) -> Iterator[tuple[s.Stmt, ...]]:
    yield body
    for node in s.walk(*body):
        for name in ("body", "orelse", "final"):
            inner = getattr(node, name, None)
            if isinstance(inner, tuple) and not isinstance(node, s.SCOPES):
                yield inner


def _evidence(function: Function, run: list[tuple[s.Assign, Call]]) -> Evidence:
    names = [s.text(call.node.func, 40) for _, call in run]
    last = run[-1][0]
    return Evidence(
        message=f"{len(run)} requests wait for each other and need not: " + ", ".join(f"`{n}`" for n in names[:4]),
        at=Location(function.path, last.line, last.end),
        symbol=function.qualname,
        key=" ".join(names),
        fix="Run them together with `asyncio.gather`.",
    )


RULE = Rule(
    id="BYT408",
    name="sequential-awaits",
    area=Area.PERFORMANCE,
    aspect=Aspect.QUERY_EFFICIENCY,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
