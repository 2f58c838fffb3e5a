"""Coroutine that is never awaited.

## What it does

Finds a call of the project's own `async def` whose result is thrown away or used as a truth value, without `await`.

## Why is this bad?

Nothing runs: the call only makes a coroutine. A mail is not sent, a row is not written. As a condition the coroutine
is always true, so a check such as `if is_allowed(user)` lets everyone in.

## Bad

```python
async def notify(user: str) -> None: ...


async def is_allowed(user: str) -> bool: ...


async def create(user: str):
    notify(user)  # finding
    if not is_allowed(user):  # finding
        raise PermissionError
```

## Good

```python
import asyncio


async def notify(user: str) -> None: ...


async def create(user: str):
    await notify(user)
    await asyncio.gather(notify(user), notify("admin"))
    return notify(user)
```

## Limits

Only calls whose target is certain are looked at, and only targets without decorators that may change what a call
does. A coroutine that is put in a name and then forgotten is not found.

```python
@task
async def notify(user: str) -> None: ...


async def create(user: str):
    notify(user)
    later = other(user)


async def other(user: str) -> None: ...
```

## References

- Python: Developing with asyncio, Detect never-awaited coroutines
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_PLAIN = frozenset({"staticmethod", "classmethod", "override", "final"})


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each coroutine that is thrown away or tested."""
    found = {id(call): (call, tested) for call, tested in _unused(function.node)}
    if not found:
        return
    for call in facts.calls(function):
        callee = facts.function(call.callee) if id(call.node) in found and not call.awaited else None
        if callee is None or not callee.node.is_async or callee.node.is_generator or callee.node.name == "__init__":
            continue
        if any((s.dotted(d) or s.text(d)).rpartition(".")[2] not in _PLAIN for d in callee.node.decorators):
            continue
        name = s.text(call.node.func, 50)
        tested = found[id(call.node)][1]
        effect = "the test is always true" if tested else "nothing runs"
        yield Evidence(
            message=f"`{name}(...)` is a coroutine that is not awaited: {effect}",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key=name,
            because=(Step(callee.path, callee.node.line, f"async def {callee.node.name}"),),
            fix=f"Write `await {name}(...)`."
            if function.node.is_async
            else f"Make this function async, or run `{name}`.",
        )


def _unused(node: s.Function) -> Iterator[tuple[s.Call, bool]]:
    """Calls that are a statement of their own (False) or a test (True)."""
    for item in s.own(node):
        match item:
            case s.Expression(value=s.Call() as call):
                yield call, False
            case s.If() | s.While() | s.Assert() | s.Conditional():
                yield from ((call, True) for call in _operands(item.test))
            case s.Boolean():
                yield from ((call, True) for call in _operands(item.left))
            case s.Unary() if item.op == "not":
                yield from ((call, True) for call in _operands(item.operand))
            case _:
                pass


def _operands(test: s.Expr) -> Iterator[s.Call]:
    match test:
        case s.Call():
            yield test
        case s.Boolean():
            yield from _operands(test.left)
            yield from _operands(test.right)
        case s.Unary() if test.op == "not":
            yield from _operands(test.operand)
        case _:
            pass


RULE = Rule(
    id="BYT312",
    name="unawaited-coroutine",
    area=Area.LOGIC,
    aspect=Aspect.ERROR_HANDLING,
    severity=Severity.BLOCKER,
    on=Function,
    check=check,
)
