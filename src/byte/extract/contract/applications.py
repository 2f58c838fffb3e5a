"""Which applications a folder holds, and which of them is meant when nobody says.

What starts an application says so best: commands in container files, process files, scripts, workflows, settings and
calls of `uvicorn.run`. Where nothing of that kind names it, the syntax does: a name that a module binds to
`FastAPI(...)`, to an instance of a class derived from it, or to what a function returns that makes one; a function
that returns one; an object that keeps one in an attribute. An application that another one mounts is part of that one,
unless that one does nothing but mount.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final, NamedTuple

import msgspec

from byte.extract import requirements
from byte.extract.library import Library
from byte.extract.modules import Modules
from byte.extract.python import parse_expression
from byte.model import syntax as s
from byte.model.change import File, Snapshot
from byte.model.contract import Application
from byte.model.errors import SettingsError, SourceError
from byte.model.review import Location

FASTAPI: Final = frozenset({"fastapi.FastAPI", "fastapi.applications.FastAPI"})

_ROUNDS: Final = 5
_LARGEST: Final = 1 << 18
_ADDING: Final = frozenset(
    "include_router add_api_route add_route get post put delete patch head options trace api_route websocket route "
    "add_api_websocket_route".split()
)
_WEIGHTS: Final = {"include_router": 5}
"""A router brings several operations."""
_VENDORED: Final = frozenset(
    "site-packages dist-packages node_modules __pycache__ __pypackages__ .venv venv .tox .nox .eggs third_party".split()
)
_ASIDE: Final = re.compile(
    r"(?:^|[-_./])(?:tests?|testing|e2e|e2e_tests|conftest|examples?|samples?|demos?|tutorials?|docs?(?:_src)?|"
    r"documentation|benchmarks?|scripts?|load_?tests?|load_testing|stubs|fixtures|sandbox|playground|cookbooks?)(?:[-_./]|$)"
)
_DEVELOPMENT: Final = re.compile(
    r"(?:^|[-_./])(?:dev|devel|development|devcontainer|tests?|testing|local|debug|e2e|examples?|docs?|ci|benchmarks?|"
    r"load_?tests?|load_testing)(?:[-_./]|$)"
)


class Candidate(NamedTuple):
    """Something that evaluates to an application; `routes` weighs what adds operations to it, `mounts` is what it mounts.

    One that is `silent` publishes no document.
    """

    path: str
    expression: str
    line: int
    why: str
    routes: int
    mounts: tuple[str, ...]
    silent: bool

    @property
    def key(self) -> str:
        """File and name, however it is called."""
        return f"{self.path}:{self.expression.partition('(')[0]}"


class Evidence(NamedTuple):
    """A command that names an application; a lower rank says more."""

    rank: int
    path: str
    line: int
    what: str


def find(snapshot: Snapshot, library: Library, root: str) -> tuple[Application, ...]:
    """The applications below a folder, the most likely one first."""
    root = root.strip("/")
    files = _Files(snapshot, library, root)
    # Tests and examples make applications by the hundred: they are looked at where nothing else makes one.
    candidates = _Makers(files, aside=False).candidates() or _Makers(files, aside=True).candidates()
    evidence, others = _commands(files, candidates)
    return tuple(_ranked(files, candidates, evidence, others))


def named(snapshot: Snapshot, library: Library, root: str, text: str) -> Application:
    """The application that `FILE:EXPRESSION` or `package.module:EXPRESSION` names."""
    place, colon, expression = text.partition(":")
    if not colon or not place or not expression.strip():
        raise SettingsError(f"`{text}` names no application: write FILE:EXPRESSION, as in `app/main.py:create_app()`.")
    files = _Files(snapshot, library, root.strip("/"))
    path = files.file(place)
    if path is None:
        raise SourceError(f"There is no file `{place}` in `{root or '.'}`: name it relative to that folder.")
    if parse_expression(expression) is None:
        raise SettingsError(f"`{expression}` is no expression: write a name, a call or an attribute of one.")
    return Application(path, expression.strip(), None, "named by --app")


# --- files -------------------------------------------------------------------------------------


class _Files:
    """The files of a folder: their text, their syntax, and what names in them stand for."""

    def __init__(self, snapshot: Snapshot, library: Library, root: str) -> None:
        # What is searched is read once; the syntax of a few of the files is made from the same bytes.
        self.snapshot = msgspec.structs.replace(snapshot, read=self._read)
        self.root = root
        self._library = library
        self._source = snapshot
        prefix = f"{root}/" if root else ""
        self.python = [
            path
            for path, file in snapshot.files.items()
            if path.startswith(prefix) and path.endswith(".py") and file.kind == "file" and not _vendored(path)
        ]
        self.modules = Modules(p for p, f in snapshot.files.items() if p.endswith(".py") and f.kind == "file")
        self._names: dict[str, _Names] = {}

    @cached_property
    def text(self) -> dict[str, bytes]:
        """The Python files that can be read, all at once: an application that is named needs none of them."""
        data = self._source.read([self._source.files[p] for p in self.python])
        return {path: text for path, text in zip(self.python, data, strict=True) if text is not None}

    def _read(self, files: Iterable[File]) -> list[bytes | None]:
        wanted = list(files)
        missing = [file for file in wanted if file.path not in self.text]
        read = dict(zip((f.path for f in missing), self._source.read(missing) if missing else (), strict=True))
        return [self.text.get(file.path, read.get(file.path)) for file in wanted]

    def syntax(self, path: str) -> s.Module | None:
        """The syntax of one file."""
        file = self.snapshot.files.get(path)
        return self._library.module(self.snapshot, file) if file is not None else None

    def mentioning(self, words: Iterable[str], paths: Iterable[str], pattern: str = "") -> list[str]:
        """Those of the files that hold one of these words, and match the expression if there is one; parsed together."""
        wanted = [word.encode() for word in words]
        held = [path for path in paths if any(word in self.text.get(path, b"") for word in wanted)]
        if pattern:
            sought = re.compile(pattern.encode())
            held = [path for path in held if sought.search(self.text[path])]
        self._library.modules(self.snapshot, [self.snapshot.files[p] for p in held])
        return held

    def names(self, path: str) -> "_Names":
        """The names of one file."""
        if path not in self._names:
            self._names[path] = _Names(path, self.syntax(path))
        return self._names[path]

    def resolve(self, path: str, name: str, depth: int = 0) -> str:
        """What a dotted name means in a file: `file.py::name` for the project's own, else the imported dotted name."""
        head, _, rest = name.partition(".")
        names = self.names(path)
        if head in names.bound or depth > 8:
            return f"{path}::{name}"
        imported = names.imports.get(head)
        if imported is None:
            return f"{path}::{name}"
        module, member, level = imported
        if member is None:
            return self._through(path, f"{module}.{rest}" if rest else module, depth)
        found = self.modules.find(path, module, level) if module or level else None
        tail = f"{member}.{rest}" if rest else member
        if found is None:
            return f"{module}.{tail}"
        return self._member(found, tail, depth)

    def _through(self, path: str, dotted: str, depth: int) -> str:
        """A name that starts with an imported module: the longest part that is a module of the project, then the rest."""
        parts = dotted.split(".")
        for end in range(len(parts) - 1, 0, -1):
            found = self.modules.find(path, ".".join(parts[:end]))
            if found is not None:
                return self._member(found, ".".join(parts[end:]), depth)
        return dotted

    def _member(self, found: str, name: str, depth: int) -> str:
        head, _, rest = name.partition(".")
        inner = self.modules.submodule(found, head)
        if found.endswith("/") or (inner and head not in self.names(found).known):
            return self._member(inner, rest, depth + 1) if inner and rest else f"{inner or found}::{rest}"
        return self.resolve(found, name, depth + 1)

    def file(self, place: str) -> str | None:
        """The file that a path or a dotted module name means, below the folder."""
        prefix = f"{self.root}/" if self.root else ""
        plain = posixpath.normpath(place)
        if place.endswith(".py"):
            options = [f"{prefix}{plain}", plain]
        elif "/" in place:
            options = [f"{prefix}{plain}.py", f"{prefix}{plain}/__init__.py"]
        else:
            options = []
            stem = place.replace(".", "/")
            for folder in (prefix, f"{prefix}src/", f"{prefix}app/"):
                options += [f"{folder}{stem}.py", f"{folder}{stem}/__init__.py"]
            options.append(f"{prefix}{place}")
        for option in options:
            if option in self.snapshot.files and option.endswith(".py"):
                return option
        if place.endswith(".py") or "/" in place:
            tails = [plain if plain.endswith(".py") else f"{plain}.py"]
        else:
            tails = [f"{place.replace('.', '/')}.py", f"{place.replace('.', '/')}/__init__.py"]
        hits = [path for path in self.python if any(path.endswith(f"/{tail}") for tail in tails)]
        inside = [path for path in hits if not _ASIDE.search(path)]
        hits = inside or hits
        return min(hits, key=lambda path: (path.count("/"), path)) if hits else None


class _Names:
    """What a module binds, and what its functions import or call too; `called` holds calls by the name they give."""

    def __init__(self, path: str, module: s.Module | None) -> None:
        self.imports: dict[str, tuple[str, str | None, int]] = {}
        self.bound: set[str] = set()
        self.called: dict[str, s.Expr] = {}
        for node in s.walk(*(module.body if module else ())):
            if isinstance(node, s.Function | s.Class):
                self.bound.add(node.name)
            elif isinstance(node, s.Assign):
                self.bound.update(name for target in node.targets for name in s.bound_names(target))
        for node in s.walk(*(module.body if module else ()), into_scopes=True):
            if isinstance(node, s.Import):
                for name, alias in node.names:
                    head = name.partition(".")[0]
                    self.imports.setdefault(alias or head, (name if alias else head, None, 0))
            elif isinstance(node, s.ImportFrom):
                for name, alias in node.names:
                    self.imports.setdefault(alias or name, (node.module, name, node.level))
            elif isinstance(node, s.Assign) and isinstance(node.value, s.Call | s.Await):
                self.called.update((t.id, node.value) for t in node.targets if isinstance(t, s.Name))

    @property
    def known(self) -> set[str]:
        """Everything that the module binds."""
        return self.bound | self.imports.keys()


def _vendored(path: str) -> bool:
    return not _VENDORED.isdisjoint(path.split("/")[:-1])


# --- what makes an application -----------------------------------------------------------------


class _Makers:
    """Finds classes and functions that give applications, and what is made with them, to a fixed point."""

    def __init__(self, files: _Files, *, aside: bool) -> None:
        self.files = files
        self._looked = [path for path in files.python if aside or not _aside(files, path)]
        self.classes: set[str] = set()
        self.functions: set[str] = set()
        self.holders: dict[str, set[str]] = {}
        self._found: dict[str, Candidate] = {}
        self._words = {"FastAPI"}

    def candidates(self) -> list[Candidate]:
        """Every application of the folder."""
        paths = self.files.mentioning(["FastAPI"], self._looked)
        for _ in range(_ROUNDS):
            before = len(self.classes), len(self.functions), sum(map(len, self.holders.values())), len(self._found)
            for path in paths:
                self._file(path)
            after = len(self.classes), len(self.functions), sum(map(len, self.holders.values())), len(self._found)
            if before == after:
                break
            self._words |= {name.rpartition("::")[2].rpartition(".")[2] for name in self._made}
            words = sorted(self._words - {"FastAPI"})
            if words:
                pattern = rf"\b(?:{'|'.join(map(re.escape, words))})\b"
                paths = sorted({*paths, *self.files.mentioning(words, self._looked, pattern)})
        return list(self._found.values())

    @property
    def _made(self) -> set[str]:
        return self.classes | self.functions | self.holders.keys()

    def _file(self, path: str) -> None:
        module = self.files.syntax(path)
        if module is None:
            return
        for node in s.walk(*module.body):
            if isinstance(node, s.Class):
                self._class(path, node)
            elif isinstance(node, s.Function):
                self._function(path, node, module)
        bound: dict[str, s.Expr] = {}
        for node in s.walk(*module.body):
            if isinstance(node, s.Assign) and node.value is not None:
                for target in node.targets:
                    if isinstance(target, s.Name):
                        if self._makes(path, node.value, bound):
                            self._module_level(path, module, target.id, node)
                        bound[target.id] = node.value

    def _module_level(self, path: str, module: s.Module, name: str, node: s.Assign) -> None:
        routes, mounts = self._uses(path, name, s.walk(*module.body, into_scopes=True))
        if isinstance(node.value, s.Call):
            # `app = create_app()`: what the function adds counts.
            target = self._callee(path, node.value)
            made = self._found.get(target.replace("::", ":")) if target else None
            if made is not None:
                routes, mounts = routes + made.routes, (*mounts, *made.mounts)
        self._found[f"{path}:{name}"] = Candidate(
            path, name, node.line, "made here", routes, mounts, _silent(node.value)
        )

    def _class(self, path: str, node: s.Class) -> None:
        name = f"{path}::{node.name}"
        for base in node.bases:
            dotted = s.dotted(base)
            if dotted is not None and self._is_class(self.files.resolve(path, dotted)):
                self.classes.add(name)
        methods = [n for n in node.body if isinstance(n, s.Function)]
        giving = {m.name for m in methods if self._returned(path, m)}
        for method in methods:
            local = self._locals(path, method)
            for inner in s.own(method):
                if not isinstance(inner, s.Assign) or inner.value is None:
                    continue
                value = inner.value
                makes = self._makes(path, value, local) or (isinstance(value, s.Name) and value.id in local)
                if isinstance(value, s.Call) and isinstance(value.func, s.Attribute):
                    own = isinstance(value.func.value, s.Name) and value.func.value.id == "self"
                    makes = makes or (own and value.func.attr in giving)
                if not makes:
                    continue
                for target in inner.targets:
                    if (
                        isinstance(target, s.Attribute)
                        and isinstance(target.value, s.Name)
                        and target.value.id == "self"
                    ):
                        self._held(path, node, target.attr, inner.line)
        for inner in node.body:
            if isinstance(inner, s.Assign) and inner.value is not None and self._makes(path, inner.value, {}):
                for target in inner.targets:
                    if isinstance(target, s.Name):
                        self._held(path, node, target.id, inner.line)

    def _held(self, path: str, node: s.Class, attribute: str, line: int) -> None:
        name = f"{path}::{node.name}"
        self.holders.setdefault(name, set()).add(attribute)
        inside = [n for n in s.walk(*node.body, into_scopes=True) if isinstance(n, s.Call)]
        adds = [c.func.attr for c in inside if isinstance(c.func, s.Attribute) and c.func.attr in _ADDING]
        adding = sum(_WEIGHTS.get(attr, 1) for attr in adds)
        # A class that the name of another key belongs to: `Server().app`.
        self._found[f"{path}:{node.name}.{attribute}"] = Candidate(
            path, f"{node.name}().{attribute}", line, f"kept by instances of {node.name}", adding, (), False
        )

    def _function(self, path: str, node: s.Function, module: s.Module) -> None:
        made = self._returned(path, node)
        if made is None:
            self._inside(path, node)
            return
        self.functions.add(f"{path}::{node.name}")
        if any(_keeps(d) for d in node.decorators):
            return
        local = self._locals(path, node)
        names = [
            r.value.id
            for r in s.own(node)
            if isinstance(r, s.Return) and isinstance(r.value, s.Name) and r.value.id in local
        ]
        routes, mounts = self._uses(path, names[0], s.own(node), local) if names else (0, ())
        if isinstance(made, s.Call):
            target = self._callee(path, made)
            inner = self._found.get(target.replace("::", ":")) if target else None
            if inner is not None and inner.key != f"{path}:{node.name}":
                routes, mounts = routes + inner.routes, (*mounts, *inner.mounts)
        mounts = tuple(dict.fromkeys(mounts))
        key = f"{path}:{node.name}"
        self._found[key] = Candidate(
            path, f"{node.name}()", node.line, "made by this function", routes, mounts, _silent(made)
        )

    def _inside(self, path: str, node: s.Function) -> None:
        """A function that makes an application, adds to it, and runs it without giving it to anybody."""
        local = self._locals(path, node)
        for name, value in local.items():
            routes, mounts = self._uses(path, name, s.own(node), local)
            target = self._callee(path, value) if isinstance(value, s.Call) else None
            if routes and target is not None and self._is_class(target):
                self._found[f"{path}:{node.name}"] = Candidate(
                    path, f"{node.name}()", value.line, "made inside this function", routes, mounts, _silent(value)
                )

    def _returned(self, path: str, node: s.Function) -> s.Expr | None:
        """The expression that makes the application which a function returns."""
        local = self._locals(path, node)
        for inner in s.own(node):
            if isinstance(inner, s.Return) and inner.value is not None:
                if isinstance(inner.value, s.Name) and inner.value.id in local:
                    return local[inner.value.id]
                if self._makes(path, inner.value, local):
                    return inner.value
        return None

    def _locals(self, path: str, node: s.Function) -> dict[str, s.Expr]:
        """The local names that hold an application, or an object that keeps one."""
        out: dict[str, s.Expr] = {}
        for inner in s.own(node):
            if isinstance(inner, s.Assign) and inner.value is not None:
                value = inner.value.value if isinstance(inner.value, s.Await) else inner.value
                if self._makes(path, value, out):
                    for target in inner.targets:
                        out.update((name, value) for name in s.bound_names(target))
        return out

    def _makes(self, path: str, value: s.Expr, local: dict[str, s.Expr]) -> bool:
        if isinstance(value, s.Await):
            return self._makes(path, value.value, local)
        if isinstance(value, s.Call):
            target = self._callee(path, value)
            return target is not None and (self._is_class(target) or target in self.functions)
        if isinstance(value, s.Attribute):
            owner: s.Expr | None = value.value
            if isinstance(owner, s.Name):
                owner = local.get(owner.id) or self._local_value(path, owner.id)
            owner = owner.value if isinstance(owner, s.Await) else owner
            if isinstance(owner, s.Call):
                target = self._callee(path, owner)
                return target is not None and value.attr in self.holders.get(target, ())
        return False

    def _local_value(self, path: str, name: str) -> s.Expr | None:
        """The call that a name of the module, or of a function in it, was last assigned."""
        return self.files.names(path).called.get(name)

    def _callee(self, path: str, call: s.Call, *, maker: bool = True) -> str | None:
        dotted = s.dotted(call.func)
        if dotted is None:
            return None
        if maker:
            # Most calls make something else: their names tell without opening the module that they come from.
            head, _, rest = dotted.partition(".")
            imported = self.files.names(path).imports.get(head)
            name = rest.rpartition(".")[2] or (imported[1] if imported and imported[1] else head)
            if name not in self._words and head not in self._words:
                return None
        return self.files.resolve(path, dotted)

    def _is_class(self, target: str) -> bool:
        return target in FASTAPI or target in self.classes

    def _uses(
        self, path: str, name: str, nodes: Iterable[s.Node], local: dict[str, s.Expr] | None = None
    ) -> tuple[int, tuple[str, ...]]:
        """How often something adds operations to the application of this name, and which applications it mounts."""
        routes, mounts = 0, []
        decorators: set[int] = set()
        for node in nodes:
            if isinstance(node, s.Function):
                for decorator in node.decorators:
                    if isinstance(decorator, s.Call) and _attribute_of(decorator.func, name) in _ADDING:
                        routes += 1
                        decorators.add(id(decorator))
                continue
            if not isinstance(node, s.Call) or id(node) in decorators:
                continue
            method = _attribute_of(node.func, name)
            if method in _ADDING:
                routes += _WEIGHTS.get(method or "", 1)
            elif method == "mount":
                inner = s.argument(node, 1, "app")
                if inner is not None and isinstance(inner, s.Name) and local and inner.id in local:
                    inner = local[inner.id]
                dotted = s.dotted(inner.func if isinstance(inner, s.Call) else inner)
                if dotted is not None:
                    mounts.append(self.files.resolve(path, dotted).replace("::", ":"))
            elif method is None and any(isinstance(a, s.Name) and a.id == name for a in node.args):
                # `add_routes(app)`: something of the project is given the application.
                target = self._callee(path, node, maker=False)
                routes += 5 if target is not None and "." not in (target.partition("::")[2] or ".") else 0
        return routes, tuple(mounts)


def _silent(value: s.Expr | None) -> bool:
    """Whether an application is made with `openapi_url=None`."""
    if not isinstance(value, s.Call):
        return False
    url = s.keyword(value, "openapi_url")
    return isinstance(url, s.Constant) and url.kind == "none"


def _attribute_of(func: s.Expr, name: str) -> str | None:
    if isinstance(func, s.Attribute) and isinstance(func.value, s.Name) and func.value.id == name:
        return func.attr
    return None


def _keeps(decorator: s.Expr) -> bool:
    """Whether a decorator makes the function something else than a factory."""
    dotted = s.dotted(decorator.func if isinstance(decorator, s.Call) else decorator) or ""
    return dotted.rpartition(".")[2] in ("fixture", "contextmanager", "asynccontextmanager", "command", "property")


# --- commands that start an application ----------------------------------------------------------

_SERVER = re.compile(
    r"\b(?:uvicorn|gunicorn|hypercorn|granian|daphne|UVICORN_\w+|GUNICORN_\w+|APP_MODULE|ASGI_APP\w*)\b|UvicornWorker|^entrypoint\b"
)
_TARGET = re.compile(
    r"(?<![\w./:@-])(?P<module>[A-Za-z_]\w*(?:[./][A-Za-z_]\w*)*)(?:\.py)?:(?P<attr>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"(?P<call>\([^)\"']*\))?(?![\w/:-])"
)
_APP_DIR = re.compile(r"--(?:app-dir|chdir|working-dir)[= \"',]+([\w./-]+)")
_FASTAPI_COMMAND = re.compile(r"\bfastapi[\"', ]+(?:run|dev)\b(?P<rest>.*)")
_APP_OPTION = re.compile(r"--app[= \"',]+(\w+)")
_SCRIPT = re.compile(r"(?<![\w./-])((?:[\w.-]+/)*[\w-]+\.py)\b")
_DISCOVERED = ("main.py", "app.py", "api.py", "app/main.py", "app/app.py", "app/api.py")

# How much a kind of file says; the first that fits holds.
_KINDS: Final = (
    (re.compile(r"(?:.*[./])?(?:Dockerfile|Containerfile)[^/]*|.*\.(?:dockerfile|Dockerfile)"), 0),
    (re.compile(r"(?:.*/)?Procfile[^/]*"), 0),
    (re.compile(r"(?:.*/)?pyproject\.toml"), 0),
    (re.compile(r"(?:.*/)?(?:docker-)?compose[^/]*\.ya?ml"), 1),
    (re.compile(r"\.github/.*\.ya?ml|(?:.*/)?(?:\.gitlab-ci|\.travis|azure-pipelines|\.circleci/.*)[^/]*\.ya?ml"), 5),
    (
        re.compile(
            r".*\.(?:service|ya?ml|tf|conf|toml|env)|(?:.*/)?(?:\.env[^/]*|vercel\.json|railway\.json|app\.json)"
        ),
        2,
    ),
    (re.compile(r".*\.(?:sh|bash|ps1|bat|cmd)"), 2),
    (
        re.compile(
            r"(?:.*/)?(?:Makefile|makefile|justfile|Justfile|Taskfile[^/]*|tox\.ini|noxfile\.py|package\.json)|.*\.mk"
        ),
        3,
    ),
    (re.compile(r"(?:.*/)?README[^/]*"), 6),
)
_SAME: Final = 3
"""Ranks so near to each other are taken for the same."""
_CODE_RANK = 3
_WEAK = 4
"""A place that names an application without any server beside it says that much less."""


def _commands(files: _Files, candidates: list[Candidate]) -> tuple[dict[str, Evidence], dict[str, Evidence]]:
    """The best command for each candidate by its key, and those that name something else of the folder."""
    known = {c.key: c for c in candidates}
    evidence: dict[str, Evidence] = {}
    others: dict[str, Evidence] = {}

    def note(path: str, attribute: str, item: Evidence) -> None:
        key = f"{path}:{attribute}"
        if key not in known:
            resolved = files.resolve(path, attribute).replace("::", ":")
            if resolved in known and not attribute.count("."):
                key = resolved
            elif attribute.partition(".")[0] in files.names(path).known and item.what:
                others[key] = min(item, others.get(key, item))
                return
            else:
                return
        evidence[key] = min(item, evidence.get(key, item))

    for path, rank, data in _texts(files):
        for line, text in _logical(data):
            for place, attribute, what in _told(files, known, text):
                weak = 0 if what else _WEAK
                aside = 10 if _DEVELOPMENT.search(path) or "--reload" in text else 0
                note(place, attribute, Evidence(rank + weak + aside, path, line, what))
    for path in files.mentioning(
        ["uvicorn"], files.python, r"\buvicorn\s*\.\s*(?:run|Config)\b|import\s.*\buvicorn|from uvicorn"
    ):
        for line, place, attribute in _served(files, path):
            aside = 10 if _ASIDE.search(path) else 0
            note(place, attribute, Evidence(_CODE_RANK + aside, path, line, "uvicorn.run"))
    for key in sorted(others):
        # A name that could not be followed, in the file of the one factory that it can come from.
        own = [c for c in candidates if c.path == key.partition(":")[0]]
        if len(own) == 1:
            item = others.pop(key)
            evidence[own[0].key] = min(item, evidence.get(own[0].key, item))
    return evidence, others


def _texts(files: _Files) -> Iterator[tuple[str, int, bytes]]:
    """The files that may hold commands: those of the folder, above it, and beside it."""
    ranked = {}
    for path, file in files.snapshot.files.items():
        if file.kind != "file" or file.size > _LARGEST or _vendored(path):
            continue
        rank = next((rank for pattern, rank in _KINDS if pattern.fullmatch(path)), None)
        if rank is not None:
            ranked[path] = rank
    wanted = [files.snapshot.files[path] for path in ranked]
    for file, data in zip(wanted, files.snapshot.read(wanted), strict=True):
        if data is not None:
            yield file.path, ranked[file.path], data


def _logical(data: bytes) -> Iterator[tuple[int, str]]:
    """Lines with what a backslash, or a list of a command's words over several lines, continues."""
    if b":" not in data and b"fastapi" not in data:
        return
    start, held = 1, ""
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        text = line.rstrip()
        if len(text) > 4000:
            continue
        if not held:
            start = number
            if text.lstrip().startswith(("#", "//")):
                continue
        if text.endswith("\\"):
            held += f"{text[:-1]} "
            continue
        yield start, held + text
        held = ""
    if held:
        yield start, held


def _told(files: _Files, known: dict[str, Candidate], text: str) -> Iterator[tuple[str, str, str]]:
    """The file and name that each command on a line starts; the command's word is empty where no server is named."""
    command = _FASTAPI_COMMAND.search(text)
    if command is not None:
        found = _discovered(files, known, command["rest"])
        if found is not None:
            yield *found, "fastapi run"
    if ":" not in text:
        return
    server = _SERVER.search(text)
    app_dir = _APP_DIR.search(text)
    for match in _TARGET.finditer(text):
        module, attribute = match["module"].replace("/", "."), match["attr"]
        if not server and "." not in module:
            continue
        path = files.file(f"{app_dir[1].strip('/')}/{module.replace('.', '/')}.py") if app_dir else None
        path = path or files.file(module)
        if path is not None:
            yield path, attribute, server[0] if server else ""


def _discovered(files: _Files, known: dict[str, Candidate], rest: str) -> tuple[str, str] | None:
    """What `fastapi run [PATH] [--app NAME]` starts, by its own order of looking."""
    named_file = _SCRIPT.search(rest)
    entry = re.search(r"(?:-e|--entrypoint)[= \"',]+([\w.]+):(\w+)", rest)
    if entry:
        path = files.file(entry[1])
        return (path, entry[2]) if path else None
    if named_file:
        paths = [files.file(named_file[1])]
    else:
        prefix = f"{files.root}/" if files.root else ""
        paths = [f"{prefix}{place}" for place in _DISCOVERED if f"{prefix}{place}" in files.snapshot.files]
    option = _APP_OPTION.search(rest)
    for path in paths:
        if path is None:
            continue
        for name in (option[1],) if option else ("app", "api"):
            if f"{path}:{name}" in known:
                return path, name
        if not option:
            own = [c for c in known.values() if c.path == path and "(" not in c.expression]
            if own:
                return path, min(own, key=lambda c: c.expression).expression
    return None


_RUNNERS: Final = frozenset({"uvicorn.run", "uvicorn.Config", "uvicorn.config.Config", "uvicorn.main.run"})


def _served(files: _Files, path: str) -> Iterator[tuple[int, str, str]]:
    """`uvicorn.run("pkg.mod:app")` and `uvicorn.run(app)` of a file: line, file and name of what is run."""
    module = files.syntax(path)
    for node in s.walk(*(module.body if module else ()), into_scopes=True):
        if not isinstance(node, s.Call):
            continue
        dotted = s.dotted(node.func)
        if dotted is None or files.resolve(path, dotted) not in _RUNNERS:
            continue
        target = s.argument(node, 0, "app")
        text = s.string(target)
        if isinstance(target, s.FString) and target.parts and (last := s.string(target.parts[-1])) and ":" in last:
            # f"{__name__}:app" and the like: this file.
            yield node.line, path, last.rpartition(":")[2]
        elif text is not None and ":" in text:
            place, _, attribute = text.partition(":")
            found = files.file(place)
            if found is not None:
                yield node.line, found, attribute.removesuffix("()")
        elif target is not None:
            name = s.dotted(target.func if isinstance(target, s.Call) else target)
            if name is not None:
                resolved = files.resolve(path, name)
                where, double, attribute = resolved.partition("::")
                if double and attribute:
                    yield node.line, where, attribute


# --- order -------------------------------------------------------------------------------------


def _ranked(
    files: _Files, candidates: list[Candidate], evidence: dict[str, Evidence], others: dict[str, Evidence]
) -> Iterator[Application]:
    known = {c.key: c for c in candidates}
    inner = {c.key: [known[m] for m in c.mounts if m in known and m != c.key] for c in candidates}
    # One that includes no router itself, or publishes nothing, is a shell: what it holds is meant.
    shells = {k for k, held in inner.items() if held and _is_shell(known[k], held)}
    mounted = {c.key for key, held in inner.items() if key not in shells for c in held}
    within = {c.key: known[key] for key, held in inner.items() if key in shells for c in held}
    added = {c.key: c.routes or _added_elsewhere(files, c) for c in candidates}
    # The same application under its factory's name and under the name that a module binds to the call: one is enough.
    called = _called(files, candidates)

    def order(candidate: Candidate) -> tuple[int, int, int, int, int, int, str, int]:
        said = evidence.get(candidate.key)
        outer = within.get(candidate.key)
        if said is None and outer is not None:
            said = evidence.get(outer.key)
        aside = 1 if _aside(files, candidate.path) else 0
        rank = said.rank if said is not None else 40
        if not added[candidate.key] and not candidate.mounts:
            # What nothing is added to is nobody's idea of an application, even if it is the one that is started.
            rank = 50 + rank
        shell = 1 if candidate.key in shells else 0
        depth = candidate.path.count("/")
        inside = 1 if candidate.why.startswith("made inside") else 0
        # Container files, process files and scripts say the same; then the one that more is added to is meant.
        kind = (aside * 20 + rank) // _SAME
        routes = -min(added[candidate.key], 20)
        return (kind, inside, shell, routes, rank, depth, candidate.path, candidate.line)

    for candidate in sorted(candidates, key=order):
        if candidate.key in mounted or (candidate.key in called and candidate.key not in evidence):
            continue
        said = evidence.get(candidate.key)
        if said is not None:
            at = Location(said.path, said.line, said.line)
            yield Application(candidate.path, candidate.expression, at, f"started by {said.what or 'name'}")
        else:
            at = Location(candidate.path, candidate.line, candidate.line)
            yield Application(candidate.path, candidate.expression, at, candidate.why)
    for key, said in sorted(others.items(), key=lambda item: (item[1], item[0])):
        path, _, expression = key.partition(":")
        if path.startswith(f"{files.root}/" if files.root else "") and not _aside(files, path):
            expression += "()" if _is_function(files, path, expression) else ""
            yield Application(path, expression, Location(said.path, said.line, said.line), f"started by {said.what}")


def _is_shell(outer: Candidate, held: list[Candidate]) -> bool:
    few = outer.routes < _WEIGHTS["include_router"]
    return outer.silent or (few and max(c.routes for c in held) > outer.routes)


def _is_function(files: _Files, path: str, name: str) -> bool:
    """Whether a name, or an attribute of a class, is defined by a `def` of this file."""
    module = files.syntax(path)
    body: Iterable[s.Stmt] = module.body if module else ()
    *outer, last = name.split(".")
    for part in outer:
        body = next((node.body for node in body if isinstance(node, s.Class) and node.name == part), ())
    return any(isinstance(node, s.Function) and node.name == last for node in body)


def _added_elsewhere(files: _Files, candidate: Candidate) -> int:
    """What other modules add to an application that a module binds, such as `from .main import app`."""
    name = candidate.expression
    if "(" in name or "." in name:
        return 0
    pattern = rf"\b{re.escape(name)}\s*\.\s*(?:{'|'.join(sorted(_ADDING))})\s*\("
    paths = files.mentioning([name], files.python, pattern)
    return sum(files.resolve(path, name) == f"{candidate.path}::{name}" for path in paths if path != candidate.path)


def _aside(files: _Files, path: str) -> bool:
    """Whether a file stands among tests, examples or scripts, seen from the folder that was asked for."""
    inner = path[len(files.root) + 1 :] if files.root else path
    return _ASIDE.search(inner.lower()) is not None or requirements.in_skipped_folder(inner)


def _called(files: _Files, candidates: list[Candidate]) -> set[str]:
    """The factories whose result a module of the project binds to a name: that name is the application."""
    functions = {c.key for c in candidates if c.expression.endswith("()")}
    out = set()
    for candidate in candidates:
        if "(" in candidate.expression or _aside(files, candidate.path):
            continue
        module = files.syntax(candidate.path)
        for node in s.walk(*(module.body if module else ())):
            if isinstance(node, s.Assign) and node.line == candidate.line and isinstance(node.value, s.Call):
                dotted = s.dotted(node.value.func)
                if dotted is not None:
                    key = files.resolve(candidate.path, dotted).replace("::", ":")
                    if key in functions:
                        out.add(key)
    return out
