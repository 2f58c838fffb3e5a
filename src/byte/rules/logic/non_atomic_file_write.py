"""State file overwritten in place.

## What it does

Finds a file that the project also reads back as its state, and that is opened for writing and filled in place.

## Why is this bad?

Opening for writing empties the file first. When the process is killed or the disk is full before the write is done,
half a file is left, and the next start reads it: the state is gone.

## Bad

```python
import json
from pathlib import Path


class Store:
    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> dict:
        with open(self.path) as file:
            return json.load(file)

    def save(self, state: dict) -> None:
        with open(self.path, "w") as file:  # finding
            json.dump(state, file)
```

## Good

```python
import json
import os
from pathlib import Path


class Store:
    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> dict:
        with open(self.path) as file:
            return json.load(file)

    def save(self, state: dict) -> None:
        temporary = self.path.with_suffix(".tmp")
        with open(temporary, "w") as file:
            json.dump(state, file)
        os.replace(temporary, self.path)
```

## Limits

The file must be read in the same module, by the same attribute or constant. A file that nothing reads back is a report
or an export, and left out; so is a script.

```python
import json
from pathlib import Path


class Report:
    def __init__(self, path: Path) -> None:
        self.path = path

    def save(self, rows: list) -> None:
        with open(self.path, "w") as file:
            json.dump(rows, file)
```

## References

- Python: os.replace
- LWN: Ensuring data reaches disk
"""

import re
from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_SAFE = re.compile(r"(^|[._])(replace|rename|move|atomic\w*|mkstemp|NamedTemporaryFile)$")
_TEMPORARY = re.compile(r"te?mp", re.IGNORECASE)
_DUMPS = frozenset({"dump", "dumps", "safe_dump", "model_dump_json", "json"})
_LOADS = frozenset({"load", "loads", "safe_load", "model_validate_json", "parse_raw"})
_TOOLS = frozenset({"scripts", "script", "dev", "tools", "bin", "examples", "docs", "cli", "benchmarks", "migrations"})


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each state file that is written in place."""
    if _TOOLS & set(function.path.lower().split("/")[:-1]):
        return
    names = {s.text(n.func, 200) for n in s.own(function.node) if isinstance(n, s.Call)}
    last = {name.rpartition(".")[2] for name in names}
    if not last & _DUMPS or any(_SAFE.search(name) for name in names):
        return
    for node in s.own(function.node):
        opened = _opened(node)
        if opened is None or opened[1] != "write":
            continue
        place = _place(opened[0])
        if place is None or _TEMPORARY.search(place):
            continue
        reader = _reader(facts, function, place)
        if reader is None:
            continue
        yield Evidence(
            message=f"`{place}` is overwritten in place: a crash while writing leaves half a file for the next start",
            at=Location(function.path, node.line, node.line),
            symbol=function.qualname,
            key=place,
            because=(Step(function.path, reader[1], f"`{reader[0]}` reads it"),),
            fix="Write a temporary file beside it, and `os.replace` it.",
        )


def _opened(node: s.Node) -> tuple[s.Expr, str] | None:
    """The path that a call opens, and whether to `read` or `write` it."""
    if not isinstance(node, s.Call):
        return None
    name = s.text(node.func, 200)
    if name == "open" or name.endswith(("aiofiles.open", "io.open")):
        path, mode = s.argument(node, 0, "file"), s.string(s.argument(node, 1, "mode")) or "r"
    elif isinstance(node.func, s.Attribute) and node.func.attr in ("write_text", "write_bytes"):
        path, mode = node.func.value, "w"
    elif isinstance(node.func, s.Attribute) and node.func.attr in ("read_text", "read_bytes"):
        path, mode = node.func.value, "r"
    elif isinstance(node.func, s.Attribute) and node.func.attr == "open" and s.dotted(node.func.value) != "os":
        path, mode = node.func.value, s.string(s.argument(node, 0, "mode")) or "r"
    else:
        return None
    if path is None or "a" in mode or "x" in mode:
        return None
    return path, "write" if "w" in mode else "read"


def _place(path: s.Expr) -> str | None:
    """The attribute or constant that names the file: `self.path`, `settings.state_file`, `STATE_FILE`."""
    text = s.dotted(path)
    if text is None:
        return None
    return text if "." in text or text.isupper() else None


def _reader(facts: Facts, function: Function, place: str) -> tuple[str, int] | None:
    """A function of this file that reads the same file and parses it."""
    for other in facts.functions(function.path):
        if other.key == function.key or (place.startswith("self.") and other.cls != function.cls):
            continue
        for node in s.own(other.node):
            opened = _opened(node)
            if opened is not None and opened[1] == "read" and _place(opened[0]) == place:
                parsed = {s.text(n.func).rpartition(".")[2] for n in s.own(other.node) if isinstance(n, s.Call)}
                if parsed & _LOADS:
                    return other.qualname, node.line
    return None


RULE = Rule(
    id="BYT314",
    name="non-atomic-file-write",
    area=Area.LOGIC,
    aspect=Aspect.EDGE_CASES,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
