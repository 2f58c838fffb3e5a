"""Task that nothing holds.

## What it does

Finds `asyncio.create_task` and `ensure_future` whose result is thrown away, or kept only in a local name that nothing
reads.

## Why is this bad?

The event loop holds tasks by weak references: one that nothing else holds may be collected before it has finished. Its
exception is seen by no one, and shutdown does not wait for it.

## Bad

```python
import asyncio

from fastapi import FastAPI

app = FastAPI()


@app.post("/orders")
async def create_order(order: dict):
    asyncio.create_task(send_mail(order))  # finding
    return {"ok": True}
```

## Good

```python
import asyncio

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()
running: set[asyncio.Task] = set()


@app.post("/orders")
async def create_order(order: dict, background: BackgroundTasks):
    background.add_task(send_mail, order)
    task = asyncio.create_task(index(order))
    running.add(task)
    task.add_done_callback(running.discard)
    return {"ok": True}
```

## Limits

Tasks of a `TaskGroup` are held by it. A local name in a function that goes on awaiting afterwards keeps its task for
that long, and is not reported.

```python
import asyncio


async def work():
    async with asyncio.TaskGroup() as group:
        group.create_task(step())
    ticker = asyncio.create_task(tick())
    await serve()
```

## References

- Python: asyncio.create_task, "Save a reference to the result of this function"
- ruff RUF006
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_MAKERS = frozenset({"asyncio.create_task", "asyncio.ensure_future", "asyncio.tasks.create_task"})
_LOOPS = frozenset({"asyncio.get_event_loop", "asyncio.get_running_loop", "asyncio.new_event_loop"})


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each task that nothing holds."""
    reads: set[str] | None = None
    for node in s.own(function.node):
        named = isinstance(node, s.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], s.Name)
        call = (
            node.value
            if isinstance(node, (s.Expression, s.Assign)) and (named or not isinstance(node, s.Assign))
            else None
        )
        if not isinstance(call, s.Call) or not _makes(facts, function, call):
            continue
        if isinstance(node, s.Assign):
            reads = reads if reads is not None else _reads(function.node)
            name = s.dotted(node.targets[0])
            if name in reads or name in flow.outer_names(function.node) or _waits_after(function.node, node.line):
                continue
        what = s.text(call.args[0] if call.args else None, 40)
        yield Evidence(
            message=f"nothing holds the task of `{what}`: it may be collected unfinished, and its errors are lost",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key=s.text(call.args[0].func if call.args and isinstance(call.args[0], s.Call) else call.func, 60),
            fix="Keep the task in a set until it is done, or run the work in a `TaskGroup` or a background task.",
        )


def _makes(facts: Facts, function: Function, call: s.Call) -> bool:
    target = facts.resolve(function.path, call.func, function)
    if target in _MAKERS:
        return True
    if not isinstance(call.func, s.Attribute) or call.func.attr != "create_task":
        return False
    loop = call.func.value
    if isinstance(loop, s.Name):
        assigned = [
            n.value for n in s.own(function.node) if isinstance(n, s.Assign) and s.dotted(n.targets[0]) == loop.id
        ]
        loop = assigned[-1] if assigned and assigned[-1] is not None else loop
    return isinstance(loop, s.Call) and facts.resolve(function.path, loop.func, function) in _LOOPS


def _reads(node: s.Function) -> set[str]:
    """The names that the function, or one inside it, reads."""
    bound = {id(t) for n in s.walk(*node.body, into_scopes=True) if isinstance(n, s.Assign) for t in n.targets}
    return {n.id for n in s.walk(*node.body, into_scopes=True) if isinstance(n, s.Name) and id(n) not in bound}


def _waits_after(node: s.Function, line: int) -> bool:
    nodes = [n for n in s.own(node) if n.line >= line]
    return any(isinstance(n, (s.Await, s.Yield)) or (isinstance(n, (s.With, s.For)) and n.is_async) for n in nodes)


RULE = Rule(
    id="BYT311",
    name="dangling-task",
    area=Area.LOGIC,
    aspect=Aspect.ERROR_HANDLING,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
