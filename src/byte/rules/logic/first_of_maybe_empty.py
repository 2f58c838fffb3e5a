"""First element of something that may be empty.

## What it does

Finds `rows[0]`, `rows[-1]`, `rows.pop()`, `min(rows)`, `max(rows)` and `next(...)` without a default on the result of
a query or of a filter, where nothing on the way has looked whether there is an element.

## Why is this bad?

The query that finds nothing is an ordinary case. The client gets 500 for an `IndexError` instead of 404 or an empty
answer. In a coroutine or generator, a `StopIteration` even becomes a `RuntimeError`.

## Bad

```python
from sqlalchemy import select
from sqlalchemy.orm import Session


def newest(session: Session):
    rows = session.scalars(select(Item).order_by(Item.created.desc())).all()
    return rows[0]  # finding


def by_name(items: list, name: str):
    return [item for item in items if item.name == name][0]  # finding


def owner(users: list, owner_id: int):
    return next(user for user in users if user.id == owner_id)  # finding
```

## Good

```python
from sqlalchemy import select
from sqlalchemy.orm import Session


def newest(session: Session):
    return session.scalars(select(Item).order_by(Item.created.desc())).first()


def by_name(items: list, name: str):
    found = [item for item in items if item.name == name]
    if not found:
        raise LookupError(name)
    return found[0]


def owner(users: list, owner_id: int):
    return next((user for user in users if user.id == owner_id), None)
```

## Limits

It is a note: a filter may be known to find something. Any test that names the collection or its length counts as a guard, as does a loop over it around the place, or a
`try` that catches the error. Collections whose source is not known to be a query or a filter are left out, and so is
a query that always has a row, such as a count.

```python
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def first(values: list[int]) -> int:
    return values[0]


def total(session: Session) -> int:
    return session.execute(select(func.count(Item.id))).all()[0][0]


def column(table: Table, wanted: str) -> Column:
    if wanted not in {c.name for c in table.columns}:
        raise ValueError(wanted)
    return next(c for c in table.columns if c.name == wanted)
```

## References

- CWE-1284: Improper Validation of Specified Quantity in Input
- PEP 479: StopIteration inside generators
"""

import re
from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Call, Effect, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_ERRORS = frozenset({"IndexError", "LookupError", "ValueError", "StopIteration", "RuntimeError"})
_FETCH = frozenset({"all", "fetchall", "fetch_all", "findall"})
_WRAP = frozenset({"list", "sorted", "tuple", "reversed"})
_ALWAYS = re.compile(
    r"\b(func\.(count|sum|max|min|avg|now)|count\(\*\)|select\s+(count|exists|1)\b|exists\(|insert\()", re.IGNORECASE
)
_CHANGES = frozenset({"append", "insert", "extend", "add", "update"})


class _Firsts(flow.Guards):
    def __init__(self, facts: Facts, function: Function) -> None:
        self.facts = facts
        self.function = function
        self.calls: dict[int, Call] = {id(call.node): call for call in facts.calls(function)}
        self.found: dict[tuple[int, str], str] = {}
        self.ending = flow.endings(facts, function)

    def may_be_empty(self, value: s.Expr) -> bool:
        while isinstance(value, s.Await):
            value = value.value
        if isinstance(value, s.Comprehension):
            return any(g.conditions for g in value.generators)
        if not isinstance(value, s.Call):
            return False
        name = s.text(value.func).rpartition(".")[2]
        if name in _WRAP and value.args:
            return self.may_be_empty(value.args[0])
        if s.dotted(value.func) == "filter":
            return True
        call = self.calls.get(id(value))
        found = call is not None and call.target in ("re.findall", "re.Pattern.findall")
        return found or self._queries(value)

    def _looked_up(self, value: s.Expr) -> bool:
        """Whether one is taken by its name (`c.name == wanted`) where a test says before that there is such a name."""
        if not isinstance(value, s.Comprehension) or not value.generators:
            return False
        tests = [t for g in value.generators for t in g.conditions]
        if len(tests) != 1 or not isinstance(tests[0], s.Compare) or tests[0].ops != ("==",):
            return False
        wanted = {s.text(tests[0].left, 200), s.text(tests[0].comparators[0], 200)}
        return any(
            isinstance(n, s.Compare) and n.ops in (("in",), ("not in",)) and s.text(n.left, 200) in wanted
            for item in s.own(self.function.node)
            if isinstance(item, s.If) and item.line < value.line
            for n in s.walk(item.test)
        )

    def _queries(self, value: s.Expr) -> bool:
        """Whether this fetches the rows of a query that may have none."""
        while isinstance(value, s.Await):
            value = value.value
        call = self.calls.get(id(value))
        if call is None or s.text(call.node.func).rpartition(".")[2] not in _FETCH:
            return False
        if _ALWAYS.search(self._source(call.node)) or call.target in ("re.findall", "re.Pattern.findall"):
            return False
        return self.facts.reach(call, Effect.QUERY) is not None or _fetches(call.node)

    def _source(self, value: s.Expr) -> str:
        """The text of a query, with that of the names in it that this function assigns once."""
        names = flow.mentioned(value)
        texts = [s.text(value, 2000)]
        for item in s.own(self.function.node):
            if isinstance(item, s.Assign) and len(item.targets) == 1 and s.dotted(item.targets[0]) in names:
                texts.append(s.text(item.value, 2000))
        return " ".join(texts)

    def see(self, node: s.Node, state: flow.Tested, walk: flow.Walk[flow.Tested]) -> flow.Tested:
        if isinstance(node, s.Call) and isinstance(node.func, s.Attribute) and node.func.attr in _CHANGES:
            changed = s.dotted(node.func.value)
            return state | {("tested", changed)} if changed is not None else state
        if not walk.reporting or flow.expects(walk.tries, _ERRORS):
            return state
        taken, how = _taken(node)
        if taken is None:
            return state
        name = s.dotted(taken)
        if name is None:
            if self.may_be_empty(taken) and not self._looked_up(taken):
                self.found.setdefault((node.line, s.text(taken, 60)), how)
        elif name not in walk.hidden and ("empty", name) in state and ("tested", name) not in state:
            self.found.setdefault((node.line, name), how)
            return state | {("tested", name)}
        return state

    def ends(self, call: s.Call) -> bool:
        return self.ending(call)


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each element that may not be there."""
    if not any(_taken(n)[0] is not None for n in s.own(function.node)):
        return
    domain = _Firsts(facts, function)
    flow.walk_function(function.node, domain, frozenset())
    for (line, name), how in sorted(domain.found.items()):
        yield Evidence(
            message=f"{how} fails when `{name}` is empty, and nothing has checked that",
            at=Location(function.path, line, line),
            symbol=function.qualname,
            key=f"{how} {name}",
            fix=f"Answer the case that `{name}` is empty, or take the element with a default.",
        )


def _taken(node: s.Node) -> tuple[s.Expr | None, str]:
    """The collection of which a node takes an element that must be there, and how."""
    match node:
        case s.Subscript():
            text = s.text(node.index)
            return (node.value, f"`[{text}]`") if text in ("0", "-1") else (None, "")
        case s.Call(func=s.Attribute(attr="pop") as func) if not node.keywords:
            last = not node.args or s.text(node.args[0]) in ("0", "-1")
            return (func.value, "`.pop()`") if last else (None, "")
        case s.Call(func=s.Name() as func) if len(node.args) == 1:
            if func.id in ("min", "max") and not any(k.name == "default" for k in node.keywords):
                return node.args[0], f"`{func.id}()`"
            if func.id == "next" and not node.keywords:
                inner = node.args[0]
                if isinstance(inner, s.Call) and s.dotted(inner.func) == "iter" and inner.args:
                    inner = inner.args[0]
                return inner, "`next()`"
        case _:
            pass
    return None, ""


def _fetches(value: s.Call) -> bool:
    """`scalars(...).all()`, `query(...).all()`, `cursor.fetchall()` on a receiver whose type is not known."""
    text = s.text(value.func, 2000)
    return text.endswith(".fetchall") or bool(
        re.search(r"\b(scalars|query|execute|exec|select|filter|mappings)\(", text)
    )


RULE = Rule(
    id="BYT303",
    name="first-of-maybe-empty",
    area=Area.LOGIC,
    aspect=Aspect.EDGE_CASES,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
