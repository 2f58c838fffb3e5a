"""Temporary file that stays behind.

## What it does

Finds a temporary file or folder that the caller has to delete (`delete=False`, `mkstemp`, `mkdtemp`) and that the
function deletes on no path, or only where nothing failed.

## Why is this bad?

Each request, or each failing one, leaves a file on the disk. The disk of a container is small, and what is in the file
(an upload, a recording) was not meant to be kept.

## Bad

```python
import os
import tempfile


def transcribe(data: bytes) -> str:
    with tempfile.NamedTemporaryFile(delete=False) as file:  # finding
        file.write(data)
    return recognise(file.name)


def convert(data: bytes) -> str:
    handle, path = tempfile.mkstemp()  # finding
    text = recognise(path)
    os.remove(path)
    return text
```

## Good

```python
import os
import tempfile


def transcribe(data: bytes) -> str:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(data)
    try:
        return recognise(file.name)
    finally:
        os.remove(file.name)
```

## Limits

A file whose name is returned, stored or handed to a background task is the matter of who gets it. A note: a function may
fill a folder for its caller without returning it.

```python
import tempfile


def export(rows: list[str]) -> str:
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.writelines(rows)
    return file.name
```

## References

- Python: tempfile
- CWE-459: Incomplete Cleanup
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_MAKES = frozenset({"tempfile.mkstemp", "tempfile.mkdtemp"})
_KEPT = frozenset({"tempfile.NamedTemporaryFile", "tempfile.SpooledTemporaryFile"})
_DELETES = frozenset({"remove", "unlink", "rmtree", "removedirs", "rmdir"})
_LATER = frozenset({"add_task", "BackgroundTask", "callback", "push", "enter_context", "register", "addCleanup",
                    "FileResponse", "append", "add"})  # fmt: skip


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each temporary file that some path leaves."""
    made = [c for c in facts.calls(function) if c.target in _MAKES or (c.target in _KEPT and _stays(c.node))]
    if not made:
        return
    for call in made:
        names = _names(function.node, call.node)
        if not names or _escapes(function.node, names):
            continue
        deleted = _deleted(function.node)
        if deleted == "always":
            continue
        when = "where anything fails" if deleted else "each time"
        name = s.text(call.node.func, 50)
        yield Evidence(
            message=f"`{name}` makes a temporary file that stays on the disk {when}",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key=name,
            fix="Delete it in a `finally`, or work inside `tempfile.TemporaryDirectory()`.",
        )


def _stays(call: s.Call) -> bool:
    delete = s.keyword(call, "delete")
    return isinstance(delete, s.Constant) and delete.value is False


def _names(node: s.Function, call: s.Call) -> set[str]:
    """The locals that hold the file or its path, and those made from them."""
    names: set[str] = set()
    for item in s.own(node):
        if isinstance(item, s.With):
            for context, target in item.items:
                if any(n is call for n in s.walk(context)):
                    names |= set(s.bound_names(target))
        elif isinstance(item, s.Assign) and item.value is not None and any(n is call for n in s.walk(item.value)):
            names |= {bound for target in item.targets for bound in s.bound_names(target)}
            held = [
                t for target in item.targets for t in (target.items if isinstance(target, s.Sequence) else (target,))
            ]
            if any(not isinstance(t, s.Name) for t in held) or _built(item.value, call):
                return set()
    for _ in range(3):
        for item in s.own(node):
            if isinstance(item, s.Assign) and item.value is not None and _path(item.value, names):
                names |= {bound for target in item.targets for bound in s.bound_names(target)}
    return names


def _built(value: s.Expr, call: s.Call) -> bool:
    """Whether the path goes straight into an object, which may look after it."""
    built = (n for n in s.walk(value) if isinstance(n, s.Call) and n is not call and not _is_path(n))
    return any(inner is call for outer in built for inner in s.walk(*outer.args, *outer.keywords))


def _is_path(call: s.Call) -> bool:
    return s.text(call.func, 100).rpartition(".")[2] in ("Path", "str", "join", "resolve", "abspath")


def _path(expr: s.Expr, names: set[str]) -> bool:
    """`file`, `file.name`, `Path(file.name)`, `str(path)`, `path / "x"`, `os.path.join(folder, "x")`."""
    match expr:
        case s.Name():
            return expr.id in names
        case s.Attribute():
            return _path(expr.value, names)
        case s.Binary():
            return _path(expr.left, names)
        case s.FString():
            return any(_path(p, names) for p in expr.parts)
        case s.Call():
            return _is_path(expr) and any(_path(a, names) for a in expr.args)
        case _:
            return False


def _escapes(node: s.Function, names: set[str]) -> bool:
    """Whether the path leaves the function: returned, yielded, stored, or given to something that runs later."""
    for item in s.walk(*node.body, into_scopes=True):
        match item:
            case s.Return() | s.Yield() if item.value is not None:
                values = item.value.items if isinstance(item.value, s.Sequence) else (item.value,)
                if any(_holds(value, names) for value in values):
                    return True
            case s.Assign() if item.value is not None:
                stored = any(not isinstance(t, (s.Name, s.Sequence)) for t in item.targets)
                if stored and _holds(item.value, names):
                    return True
            case s.Call():
                last = s.text(item.func, 200).rpartition(".")[2]
                given = (*item.args, *(k.value for k in item.keywords))
                if last in _LATER and any(_holds(value, names) for value in given):
                    return True
            case _:
                pass
    return bool(names & flow.outer_names(node))


def _holds(expr: s.Expr, names: set[str]) -> bool:
    match expr:
        case s.Mapping():
            return any(_path(value, names) for value in expr.values)
        case s.Sequence():
            return any(_path(value, names) for value in expr.items)
        case s.Call():
            given = (*expr.args, *(k.value for k in expr.keywords))
            built = s.text(expr.func, 100).rpartition(".")[2][:1].isupper()
            return _path(expr, names) or (built and any(_path(value, names) for value in given))
        case _:
            return _path(expr, names)


def _deleted(node: s.Function) -> str | None:
    """`always` if a `finally` (or a handler and the way past it) deletes something, `sometimes` if plain code does."""
    late = [stmt for item in s.own(node) if isinstance(item, s.Try) for stmt in item.final]
    handlers = [stmt for item in s.own(node) if isinstance(item, s.Try) for h in item.handlers for stmt in h.body]
    if any(_deletes(n) for n in s.walk(*late)) or any(_deletes(n) for n in s.walk(*handlers)):
        return "always"
    return "sometimes" if any(_deletes(n) for n in s.walk(*node.body, into_scopes=True)) else None


def _deletes(node: s.Node) -> bool:
    if not isinstance(node, s.Call):
        return False
    words = [s.text(node.func, 200), *(s.text(a, 100) for a in node.args)]
    lasts = {word.rpartition(".")[2].lower() for word in words}
    return bool(lasts & _DELETES) or any(
        w in last for last in lasts for w in ("cleanup", "clean_up", "delete", "remove")
    )


RULE = Rule(
    id="BYT318",
    name="temporary-file-left",
    area=Area.LOGIC,
    aspect=Aspect.ERROR_HANDLING,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
