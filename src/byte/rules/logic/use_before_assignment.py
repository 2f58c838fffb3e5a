"""Local name used before it is assigned.

## What it does

Finds a name that is read where no path can have assigned it yet. A name that a function assigns anywhere is local in
all of it: an import or a global of the same name is not seen, not even above the assignment.

It also finds a name that a `try` body assigns and that is read after a handler that goes on without it.

## Why is this bad?

The line raises `UnboundLocalError` each time it runs. Often it is the error path that no test runs: the answer is
then a 500 instead of the intended 403 or 404.

## Bad

```python
from fastapi import FastAPI, HTTPException, status

app = FastAPI()


@app.post("/toggle/{name}")
def toggle(name: str, user: str):
    if user != "admin":
        raise HTTPException(status_code=status.HTTP_403_FORBIDDEN)  # finding
    status = "on"
    return {"name": name, "status": status}
```

```python
import logging


def total(client):
    try:
        rows = client.rows()
    except ConnectionError:
        logging.exception("no rows")
    return len(rows)  # finding
```

## Good

```python
from fastapi import FastAPI, HTTPException, status

app = FastAPI()


@app.post("/toggle/{name}")
def toggle(name: str, user: str):
    if user != "admin":
        raise HTTPException(status_code=status.HTTP_403_FORBIDDEN)
    new_status = "on"
    return {"name": name, "status": new_status}
```

## Limits

A name that only some paths assign is not reported, except after such a handler: the tests that decide may belong
together. For the same reason nothing is said once another test has been passed, or where a `try` around the line
catches everything.

```python
def label(kind: str, known: bool):
    if known:
        found = kind.upper()
    return found if known else "?"
```

Functions with source that cannot be read are left out.

## References

- Python language reference: Resolution of names
- Python FAQ: Why am I getting an UnboundLocalError when the variable has a value?
"""

from collections.abc import Iterator

import msgspec

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_LOOKUPS = frozenset({"NameError", "UnboundLocalError"})


class _State(msgspec.Struct, frozen=True):
    """`may`: some path assigned it. `unset`: some path did not. `lost`: unset because a handler went on.

    `dead`: this path has read a name that it never assigned, so it ends in an error.
    """

    may: frozenset[str]
    unset: frozenset[str]
    lost: frozenset[str] = frozenset()
    dead: bool = False


class _Assigned(flow.Domain[_State]):
    def __init__(self, names: frozenset[str], facts: Facts, function: Function) -> None:
        self.names = names
        self.ending = flow.endings(facts, function)
        self.never: set[tuple[str, int]] = set()
        self.lost: set[tuple[str, int]] = set()

    def join(self, left: _State, right: _State) -> _State:
        if left.dead != right.dead:
            return right if left.dead else left
        return _State(left.may | right.may, left.unset | right.unset, left.lost | right.lost, left.dead)

    def see(self, node: s.Node, state: _State, walk: flow.Walk[_State]) -> _State:
        if not isinstance(node, s.Name) or node.id not in self.names or node.id in walk.hidden:
            return state
        handlers = [handler for stmt in walk.tries for handler in stmt.handlers]
        if any(_LOOKUPS & set(flow.caught(h)) for h in handlers):
            return state
        if walk.reporting:
            if node.id not in state.may:
                self.never.add((node.id, node.line))
            elif node.id in state.lost and not any(flow.broad(h) for h in handlers):
                self.lost.add((node.id, node.line))
        return _State(state.may, state.unset, state.lost - {node.id}, state.dead or node.id not in state.may)

    def bind(self, name: str, value: s.Expr | None, line: int, state: _State) -> _State:
        one = frozenset({name})
        return _State(state.may | one, state.unset - one, state.lost - one, state.dead)

    def unbind(self, name: str, state: _State) -> _State:
        one = frozenset({name})
        return _State(state.may - one, state.unset | one, state.lost - one, state.dead)

    def assume(self, test: s.Expr, truth: bool, state: _State) -> _State:
        return _State(state.may, state.unset, dead=state.dead) if state.lost else state

    def catch(self, stmt: s.Try, handler: s.Handler, state: _State) -> _State:
        anything = flow.broad(handler)
        made = frozenset(name for name, value in _bound_in(stmt.body) if anything or _calls(value))
        return _State(state.may, state.unset, state.lost | (made & state.unset), state.dead)

    def ends(self, call: s.Call) -> bool:
        return self.ending(call)


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each name, at the first line that reads it too early."""
    node = function.node
    bound = dict[str, s.Node]()
    for name, item in flow.bindings(node):
        bound.setdefault(name, item)
    if not bound or _plain(node, set(bound)) or any(isinstance(n, (s.Opaque, s.Broken)) for n in _readable(node)):
        return
    params = frozenset(p.name for p in node.params)
    names = frozenset(bound) - flow.outer_names(node)
    domain = _Assigned(names, facts, function)
    flow.walk_function(node, domain, _State(params, names - params))
    for name, line, again in _places(domain.never):
        at = bound[name]
        here = (Step(function.path, at.line, f"`{name}` becomes a local name here"),) if at.line != line else ()
        more = tuple(Step(function.path, other, f"`{name}` is read too early here too") for other in again)
        yield Evidence(
            message=f"`{name}` is read before it is assigned, so this line raises `UnboundLocalError`",
            at=Location(function.path, line, line),
            symbol=function.qualname,
            key=name,
            because=(*here, *more),
            fix=f"Rename the local `{name}`, or assign it before this line.",
        )
    seen = {name for name, _ in domain.never}
    for name, line, _ in _places(domain.lost):
        if name in seen:
            continue
        yield Evidence(
            message=f"`{name}` has no value here when its `try` failed, so the handled error ends in an "
            "`UnboundLocalError`",
            at=Location(function.path, line, line),
            symbol=function.qualname,
            key=f"{name} after except",
            because=(Step(function.path, bound[name].line, f"`{name}` is assigned in a `try`"),),
            fix=f"Give `{name}` a value in the handler, or leave the function there.",
            severity=Severity.MAJOR,
        )


def _plain(node: s.Function, names: set[str]) -> bool:
    """Whether the body itself, outside of any block, assigns every name on a line before all others that have it."""
    sure: dict[str, int] = {p.name: 0 for p in node.params}
    for stmt in node.body:
        if isinstance(stmt, s.Assign) and stmt.value is not None:
            found = [name for target in stmt.targets for name in s.bound_names(target)]
        elif isinstance(stmt, (s.Import, s.ImportFrom)):
            found = list(flow.imported_names(stmt))
        else:
            continue
        for name in found:
            sure.setdefault(name, s.last_line(stmt))
    if not names <= set(sure):
        return False
    for item in s.own(node):
        if isinstance(item, s.Delete) or (isinstance(item, s.Handler) and item.name in names):
            return False
        if isinstance(item, s.Name) and item.id in names and item.line <= sure[item.id]:
            first = any(item is target for stmt in node.body if isinstance(stmt, s.Assign) for target in stmt.targets)
            if not first:
                return False
    return True


def _places(found: set[tuple[str, int]]) -> Iterator[tuple[str, int, list[int]]]:
    """Each name with its first line and the others."""
    lines: dict[str, list[int]] = {}
    for name, line in sorted(found, key=lambda item: (item[1], item[0])):
        lines.setdefault(name, []).append(line)
    for name, (first, *more) in lines.items():
        yield name, first, more


def _bound_in(body: tuple[s.Stmt, ...]) -> Iterator[tuple[str, s.Expr | None]]:
    """The names that a block assigns, with what."""
    for node in s.walk(*body):
        if isinstance(node, s.Assign):
            for target in node.targets:
                yield from ((name, node.value) for name in s.bound_names(target))
        elif isinstance(node, s.With):
            for context, entered in node.items:
                yield from ((name, context) for name in s.bound_names(entered))


def _calls(value: s.Expr | None) -> bool:
    """Whether making the value can raise what a handler of a named exception waits for."""
    return value is not None and any(isinstance(n, (s.Call, s.Await)) for n in s.walk(value))


def _readable(node: s.Function) -> Iterator[s.Node]:
    """The nodes of the body without the patterns of `match`, which are never taken apart."""
    patterns = {id(n.pattern) for n in s.own(node) if isinstance(n, s.Case)}
    return (n for n in s.own(node) if id(n) not in patterns)


RULE = Rule(
    id="BYT302",
    name="use-before-assignment",
    area=Area.LOGIC,
    aspect=Aspect.EDGE_CASES,
    severity=Severity.BLOCKER,
    on=Function,
    check=check,
)
