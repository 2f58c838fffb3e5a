"""Client input that names a file without a check.

## What it does

Finds an endpoint whose text parameter, uploaded file name or body field becomes part of a path that is opened, sent,
written or deleted, while nothing in the handler looks at it first.

## Why is this bad?

`../../etc/passwd` is a valid query value, and so is `/etc/passwd`: joined to a folder, an absolute path replaces it.
The client reads, overwrites or deletes any file that the process can.

## Bad

```python
from pathlib import Path

from fastapi import FastAPI, UploadFile
from fastapi.responses import FileResponse

app = FastAPI()
FOLDER = Path("/data")


@app.get("/files")
def read(name: str):
    path = FOLDER / name
    if not path.exists():
        return None
    return FileResponse(path)  # finding


@app.get("/raw/{name:path}")
def raw(name: str):
    return open(f"/data/{name}").read()  # finding


@app.post("/files", status_code=201)
def write(file: UploadFile):
    with open(FOLDER / file.filename, "wb") as target:  # finding
        target.write(file.file.read())
```

## Good

```python
from pathlib import Path

from fastapi import FastAPI, HTTPException, UploadFile
from fastapi.responses import FileResponse

app = FastAPI()
FOLDER = Path("/data")


@app.get("/files")
def read(name: str):
    path = (FOLDER / name).resolve()
    if not path.is_relative_to(FOLDER):
        raise HTTPException(404)
    return FileResponse(path)


@app.post("/files", status_code=201)
def write(file: UploadFile):
    with open(FOLDER / Path(file.filename).name, "wb") as target:
        target.write(file.file.read())
```

## Limits

A path parameter without `:path` cannot hold a slash, and a value that is handed to any other function, or compared
with anything, before its use counts as checked. Only the handler's own body is looked at.

```python
from fastapi import FastAPI
from fastapi.responses import FileResponse

app = FastAPI()


@app.get("/files/{name}")
def read(name: str):
    return FileResponse(f"/data/{name}.txt")


@app.get("/checked")
def checked(name: str):
    ensure_known(name)
    return FileResponse(f"/data/{name}")
```

## References

- CWE-22: Path Traversal; OWASP: Path Traversal
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Endpoint, Facts, Function, Parameter
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step
from byte.model.tables import last_name

_PLACES = frozenset({"query", "form", "header", "cookie", "body"})
_PATTERNS = frozenset({"pattern", "regex", "enum"})
_BUILDERS = frozenset({"join", "Path", "PurePath", "str", "joinpath", "format", "AnyioPath"})
_METHODS = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "absolute", "expanduser", "with_suffix", "as_posix"}
)
_PATH_SINKS = frozenset(
    {
        "open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "rmdir", "mkdir", "touch", "iterdir",
        "rename",
    }
)  # fmt: skip
_SINKS = frozenset(
    {
        "builtins.open", "io.open", "aiofiles.open", "os.remove", "os.unlink", "os.rmdir", "os.mkdir", "os.makedirs",
        "os.listdir", "os.scandir", "os.rename", "os.replace", "os.removedirs", "shutil.rmtree", "shutil.copy",
        "shutil.copyfile", "shutil.copy2", "shutil.copytree", "shutil.move", "shutil.unpack_archive",
    }
)  # fmt: skip
_LOOKS = frozenset({"exists", "is_file", "is_dir", "isfile", "isdir", "len", "bool", "endswith"})
_TALKS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "print", "log", "HTTPException"})


def check(endpoint: Endpoint, facts: Facts) -> Iterator[Evidence]:
    """The file accesses in the handler's own body."""
    function = endpoint.function
    flow = _Flow(endpoint, facts)
    if not flow.sources:
        return
    sinks = [(c, p) for c in _calls(function) for p in flow.opened(c) if flow.carries(p)]
    unchecked = [(call, path) for call, path in sinks if not flow.checked(call)]
    if not unchecked:
        return
    call, path = unchecked[0]
    source = min(flow.used(path))
    yield Evidence(
        message=f"`{endpoint.name}` uses `{source}` from the client as a path in `{s.text(call.func, 40)}` unchecked: "
        "`../` reaches any file",
        at=Location(function.path, call.line, call.line),
        symbol=function.qualname,
        key=f"{source} {s.text(call.func, 60)}",
        because=(Step(function.path, function.node.line, f"{source} comes from the client"),),
        fix=f"Resolve the path and require `is_relative_to` its folder, or take only the last part of `{source}`.",
    )


def _calls(function: Function) -> Iterator[s.Call]:
    return (n for n in s.own(function.node) if isinstance(n, s.Call))


class _Flow:
    """Which expressions of a handler hold text of the client, as it came."""

    def __init__(self, endpoint: Endpoint, facts: Facts) -> None:
        self.facts = facts
        self.function = endpoint.function
        self.parameters = {p.name: p for p in endpoint.parameters if p.path == "" or p.path == endpoint.function.path}
        own = {p.name for p in endpoint.function.node.params}
        self.parameters = {name: p for name, p in self.parameters.items() if name in own}
        self.names = {n for n, p in self.parameters.items() if _text(p, endpoint.local_path)}
        self.sources = self.names | {n for n, p in self.parameters.items() if _holder(p)}
        self.origin: dict[str, str] = {name: name for name in self.names}
        self._spread()

    def _spread(self) -> None:
        assigns = [x for x in s.walk(*self.function.node.body) if isinstance(x, s.Assign) and x.value is not None]
        for _ in range(4):
            for stmt in assigns:
                for target in stmt.targets:
                    if isinstance(target, s.Name) and target.id not in self.origin and self.carries(stmt.value):
                        self.origin[target.id] = min(self.used(stmt.value))

    def carries(self, expr: s.Expr | None) -> bool:
        """Whether the value of the expression contains the client's text."""
        match expr:
            case s.Name():
                return expr.id in self.origin
            case s.Attribute():
                return self._field(expr) is not None
            case s.FString():
                return any(self.carries(p) for p in expr.parts)
            case s.Binary():
                return expr.op in ("/", "+", "%") and (self.carries(expr.left) or self.carries(expr.right))
            case s.Boolean():
                return self.carries(expr.left) or self.carries(expr.right)
            case s.Conditional():
                return self.carries(expr.body) or self.carries(expr.orelse)
            case s.Await():
                return self.carries(expr.value)
            case s.Call():
                name = expr.func.attr if isinstance(expr.func, s.Attribute) else last_name(expr.func)
                if name in _METHODS and isinstance(expr.func, s.Attribute):
                    return self.carries(expr.func.value)
                if name in _BUILDERS:
                    inside = isinstance(expr.func, s.Attribute) and self.carries(expr.func.value)
                    return inside or any(self.carries(a) for a in expr.args)
                return False
            case _:
                return False

    def used(self, expr: s.Expr | None) -> set[str]:
        """The client's values in the expression, as the source names them."""
        out: set[str] = set()
        for node in s.walk(expr) if expr is not None else ():
            if isinstance(node, s.Name) and node.id in self.origin:
                out.add(self.origin[node.id])
            elif isinstance(node, s.Attribute):
                found = self._field(node)
                if found is not None:
                    out.add(found)
        return out

    def _field(self, expr: s.Attribute) -> str | None:
        """`file.filename` of an upload, or a text field of the body."""
        if not isinstance(expr.value, s.Name):
            return None
        parameter = self.parameters.get(expr.value.id)
        if parameter is None or not _holder(parameter) or parameter.type is None:
            return None
        if parameter.type.name.endswith("UploadFile"):
            return s.text(expr) if expr.attr == "filename" else None
        model = self.facts.model(parameter.type.name)
        field = next((f for f in model.fields if f.name == expr.attr), None) if model is not None else None
        if field is None or field.type is None or field.type.name != "builtins.str":
            return None
        if field.constraints.keys() & _PATTERNS or self._validated(parameter.type.name, field.name):
            return None
        return s.text(expr)

    def _validated(self, model: str, field: str) -> bool:
        cls = self.facts.cls(model)
        return cls is not None and any(isinstance(x, s.Function) and x.decorators for x in cls.node.body)

    def opened(self, call: s.Call) -> Iterator[s.Expr]:
        """The paths that a call opens, sends, writes or deletes."""
        target = self.facts.resolve(self.function.path, call.func, self.function)
        if target in _SINKS:
            yield from call.args[: 2 if "shutil" in (target or "") else 1]
        elif last_name(call.func) == "FileResponse":
            found = s.argument(call, 0, "path")
            if found is not None:
                yield found
        elif isinstance(call.func, s.Attribute) and call.func.attr in _PATH_SINKS and target is None:
            yield call.func.value

    def checked(self, use: s.Call) -> bool:
        """Whether anything before the use looks at the text: a test of it, or a function that is handed it."""
        for node in s.walk(*self.function.node.body):
            if node.line > use.end:
                continue
            if isinstance(node, (s.Compare, s.Match)):
                parts = (node.left, *node.comparators) if isinstance(node, s.Compare) else (node.subject,)
                nothing = any(isinstance(p, s.Constant) and p.value in (None, "") for p in parts)
                if not nothing and any(self.used(p) for p in parts):
                    return True
            elif isinstance(node, s.Call) and self._examines(node):
                return True
        return False

    def _examines(self, call: s.Call) -> bool:
        name = call.func.attr if isinstance(call.func, s.Attribute) else last_name(call.func)
        if name in _LOOKS or name in _TALKS or name in _BUILDERS or name in _METHODS or name == "FileResponse":
            return False
        if list(self.opened(call)):
            return False
        receiver = isinstance(call.func, s.Attribute) and self.carries(call.func.value)
        whole = any(
            isinstance(a, s.Name) and a.id in self.parameters and _holder(self.parameters[a.id]) for a in call.args
        )
        handed = any(self.used(a) for a in (*call.args, *(k.value for k in call.keywords)))
        return receiver or handed or (whole and not name.startswith("copyfileobj"))


def _text(parameter: Parameter, path: str) -> bool:
    """Whether the parameter is any text at all."""
    if parameter.type is None or parameter.type.name != "builtins.str" or parameter.constraints.keys() & _PATTERNS:
        return False
    if parameter.place == "path":
        return f"{{{parameter.name}:path}}" in path
    return parameter.place in _PLACES


def _holder(parameter: Parameter) -> bool:
    """Whether the parameter has text inside: an upload or a body."""
    kind = parameter.type.name if parameter.type is not None else ""
    return parameter.place in ("body", "form", "file") and (kind.endswith("UploadFile") or "::" in kind)


RULE = Rule(
    id="BYT211",
    name="unvalidated-path-input",
    area=Area.DATA,
    aspect=Aspect.VALIDATION_RULES,
    severity=Severity.BLOCKER,
    on=Endpoint,
    check=check,
)
