"""Collection copied in each round of a loop.

## What it does

Finds a loop that grows with data and in each round copies what it has built so far: `rows = rows + [x]`,
`rows.insert(0, x)`, `merged = {**merged, **x}`, `pandas.concat([frame, part])`, or `sum(lists, [])`.

## Why is this bad?

Each round copies everything of the rounds before, so the work grows with the square of the data: ten times the rows
take a hundred times as long.

## Bad

```python
def flatten(groups: list[list[int]]) -> list[int]:
    out: list[int] = []
    for rows in groups:
        out = out + rows  # finding
    return out


def merged(parts: list[dict]) -> dict:
    out: dict = {}
    for part in parts:
        out = {**out, **part}  # finding
    return out


def total(groups: list[list[int]]) -> list[int]:
    return sum(groups, [])  # finding
```

## Good

```python
from itertools import chain


def flatten(groups: list[list[int]]) -> list[int]:
    out: list[int] = []
    for rows in groups:
        out.extend(rows)
    return out


def merged(parts: list[dict]) -> dict:
    out: dict = {}
    for part in parts:
        out.update(part)
    return out


def total(groups: list[list[int]]) -> list[int]:
    return list(chain.from_iterable(groups))
```

## Limits

`text += part` is not reported: CPython extends a string in place where nothing else refers to it. It is a note: how many rounds there are, the source does not say.

```python
def report(lines: list[str]) -> str:
    text = ""
    for line in lines:
        text += line
    return text
```

## References

- Python: sum ("to concatenate a series of iterables, consider itertools.chain"); wiki: TimeComplexity
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Function, Loop
from byte.model.loops import assigned, bounded, grows
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity
from byte.model.served import offline


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each statement that copies what was built."""
    if offline(function.path):
        return
    found = [*_sums(function, facts), *_copies(function, facts)]
    for node, name, what, better in sorted(found, key=lambda f: f[0].line):
        yield Evidence(
            message=f"`{what}` copies all of `{name}` in each round: the work grows with the square of the data",
            at=Location(function.path, node.line, node.line),
            symbol=function.qualname,
            key=what,
            fix=better,
        )


def _sums(function: Function, facts: Facts) -> Iterator[tuple[s.Node, str, str, str]]:
    for call in facts.calls(function):
        node = call.node
        start = s.argument(node, 1, "start")
        if call.target != "builtins.sum" or not isinstance(start, s.Sequence) or start.items:
            continue
        if not bounded(node.args[0], function, facts):
            yield node, "the result", s.text(node, 50), "Use `itertools.chain.from_iterable`."


def _copies(function: Function, facts: Facts) -> Iterator[tuple[s.Node, str, str, str]]:
    for outer in s.own(function.node):
        if not isinstance(outer, s.For):
            continue
        loop = Loop("for", outer.line, outer.end, outer.iter, outer.target, outer)
        for node in s.walk(*outer.body):
            found = _copied(node, function, facts)
            if found is not None and grows(loop, function, facts) and not _made_inside(found[0], outer):
                yield node, found[0], s.text(_shown(node), 50), found[1]


def _shown(node: s.Node) -> s.Node:
    return node.value if isinstance(node, (s.Assign, s.Expression)) and node.value is not None else node


def _copied(node: s.Node, function: Function, facts: Facts) -> tuple[str, str] | None:
    """The collection that this statement copies, and what to do instead."""
    if isinstance(node, s.Call) and isinstance(node.func, s.Attribute) and node.func.attr == "insert":
        first = node.args[0] if len(node.args) == 2 else None
        name = s.dotted(node.func.value)
        if isinstance(first, s.Constant) and first.value == 0 and name and _local_list(name, function):
            return name, f"Append to `{name}` and reverse it at the end, or use a `deque`."
        return None
    target = s.dotted(node.targets[0]) if isinstance(node, s.Assign) and len(node.targets) == 1 else None
    if target is None or not isinstance(node, s.Assign):
        return None
    match node.value:
        case s.Binary(op="+", left=s.Name(id=left)) if left == target and _local_list(target, function):
            return target, f"Extend `{target}` in place."
        case s.Mapping() if any(
            k is None and s.dotted(v) == target for k, v in zip(node.value.keys, node.value.values, strict=True)
        ):
            return target, f"Update `{target}` in place."
        case s.Sequence(kind="list") if any(
            isinstance(i, s.Starred) and s.dotted(i.value) == target for i in node.value.items
        ):
            return target, f"Extend `{target}` in place."
        case s.Call(args=(s.Sequence() as parts, *_)) if (
            facts.resolve(function.path, node.value.func) == "pandas.concat"
        ):
            if any(s.dotted(p) == target for p in parts.items):
                return target, "Collect the parts in a list and concatenate once, after the loop."
    return None


def _local_list(name: str, function: Function) -> bool:
    """A local that starts as a list."""
    starts = (v for v in assigned(function, name) if not isinstance(v, s.Binary))
    return any(isinstance(v, (s.Sequence, s.Comprehension)) and v.kind == "list" for v in starts)


def _made_inside(name: str, loop: s.For) -> bool:
    """Whether each round starts the collection anew."""
    return any(
        isinstance(node, s.Assign)
        and any(s.dotted(t) == name for t in node.targets)
        and isinstance(node.value, (s.Sequence, s.Mapping, s.Comprehension))
        and name not in _names(node.value)
        for node in s.walk(*loop.body)
    )


def _names(expr: s.Expr) -> set[str]:
    return {n.id for n in s.walk(expr) if isinstance(n, s.Name)}


RULE = Rule(
    id="BYT414",
    name="quadratic-building",
    area=Area.PERFORMANCE,
    aspect=Aspect.ALGORITHM_COMPLEXITY,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
