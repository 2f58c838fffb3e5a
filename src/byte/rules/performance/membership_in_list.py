"""Search of a list in a loop.

## What it does

Finds `x in rows`, `rows.index(x)` or `rows.count(x)` inside a loop that grows with data, where `rows` is a list that
the function built from data.

## Why is this bad?

Each search walks the list, so two collections of a thousand make a million comparisons. A set or a dictionary answers
in one step.

## Bad

```python
def missing(wanted: list[str], books: list) -> list[str]:
    known = [book.isbn for book in books]
    out = []
    for isbn in wanted:
        if isbn not in known:  # finding
            out.append(isbn)
    return out
```

## Good

```python
def missing(wanted: list[str], books: list) -> list[str]:
    known = {book.isbn for book in books}
    return [isbn for isbn in wanted if isbn not in known]
```

## Limits

Lists of which the source fixes the length, and lists that come in as arguments, are not reported: often they are short.
Nor is a list that the loop itself makes anew. It is a note: how long the lists become, the source does not say.

```python
def visible(users: list, roles: list[str]) -> list:
    shown = ["admin", "owner"]
    return [u for u in users if u.role in shown or u.role in roles]
```

## References

- Python wiki: TimeComplexity
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Function, Loop
from byte.model.loops import assigned, bounded, extended, grows
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity
from byte.model.served import offline

_MAKERS = ("list", "sorted")


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each list that is searched in a growing loop."""
    if offline(function.path):
        return
    seen: set[str] = set()
    for loop, body in _loops(function.node):
        searches = [(n, name, text) for n in s.walk(*body) for name, text in _searched(n)]
        if not searches or not grows(loop, function, facts):
            continue
        for node, name, text in searches:
            if name in seen or not _built(name, loop, function, facts):
                continue
            seen.add(name)
            yield Evidence(
                message=f"`{text}` searches the list `{name}` for each `{s.text(loop.target, 30)}`: "
                "the work grows with the product of both",
                at=Location(function.path, node.line, node.line),
                symbol=function.qualname,
                key=f"{name} in {s.text(loop.iter, 200)}",
                fix=f"Make `{name}` a set, or a dictionary by what is looked up, before the loop.",
            )


def _loops(node: s.Function) -> Iterator[tuple[Loop, tuple[s.Node, ...]]]:
    """Loops with what runs in each round."""
    for item in s.walk(*node.body):
        if isinstance(item, s.For):
            yield Loop("for", item.line, item.end, item.iter, item.target, item), item.body
        elif isinstance(item, s.Comprehension):
            first = item.generators[0]
            inside = (item.element, item.key, *first.conditions, *item.generators[1:])
            loop = Loop("comprehension", item.line, item.line, first.iter, first.target, item)
            yield loop, tuple(n for n in inside if n is not None)


def _searched(node: s.Node) -> Iterator[tuple[str, str]]:
    """The lists that this node searches."""
    if isinstance(node, s.Compare):
        for op, right in zip(node.ops, node.comparators, strict=False):
            if op in ("in", "not in") and isinstance(right, s.Name):
                yield right.id, s.text(node, 50)
    match node:
        case s.Call(func=s.Attribute(value=s.Name(id=name), attr="index" | "count"), args=(_,)):
            yield name, s.text(node, 50)


def _built(name: str, loop: Loop, function: Function, facts: Facts) -> bool:
    """Whether the name is a list that the function made from data before the loop, or in its rounds."""
    values = assigned(function, name)
    if len(values) != 1 or any(p.name == name for p in function.node.params):
        return False
    value = values[0]
    if isinstance(loop.node, s.For) and any(n is value for n in s.walk(*loop.node.body)):
        return False
    match value:
        case s.Comprehension(kind="list"):
            return not any(bounded(g.iter, function, facts) for g in value.generators)
        case s.Sequence(kind="list"):
            return extended(function, name) and _appended(name, function, facts)
        case s.Call(func=s.Name(id=maker), args=(only,)) if maker in _MAKERS:
            return not bounded(only, function, facts)
        case _:
            return False


def _appended(name: str, function: Function, facts: Facts) -> bool:
    """Whether a growing loop appends to the list."""
    for loop, body in _loops(function.node):
        for node in s.walk(*body):
            match node:
                case s.Call(func=s.Attribute(value=s.Name(id=owner), attr="append")) if owner == name:
                    if grows(loop, function, facts):
                        return True
    return False


RULE = Rule(
    id="BYT413",
    name="membership-in-list",
    area=Area.PERFORMANCE,
    aspect=Aspect.ALGORITHM_COMPLEXITY,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
