"""The files that an evaluation reads: the project's, found by module name, and the library stubs."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from posixpath import normpath
from typing import NamedTuple

import msgspec

from byte.extract import python
from byte.extract.libraries import is_stdlib
from byte.extract.library import Library
from byte.extract.modules import Modules
from byte.model import syntax as s
from byte.model.change import File, Snapshot

STUBS = Path(__file__).resolve().parent.parent / "stubs"


_ASIDE = frozenset("benchmarks docs example examples sample samples scripts template templates test tests".split())
"""Folders whose packages are no part of an application elsewhere."""

_SHARED_FOLDERS = 2
"""How many folders without an `__init__.py` the name of a package may begin with."""


class Stub(NamedTuple):
    """One module of a library as Byte models it."""

    syntax: s.Module
    package: bool


class _Ahead:
    """Reads files as asked, and from the fourth time on all Python files that may be asked for still.

    Imports inside functions come one by one, and each reading of a repository costs a process.
    """

    def __init__(self, snapshot: Snapshot, root: str) -> None:
        self._snapshot = snapshot
        self._prefix = f"{root}/" if root else ""
        self._calls = 0
        self._held: dict[str, bytes | None] = {}

    def __call__(self, files: Iterable[File]) -> list[bytes | None]:
        wanted = list(files)
        self._calls += 1
        missing = [f for f in wanted if f.blob not in self._held]
        if self._calls == _PATIENCE and missing:
            near = [f for p, f in self._snapshot.files.items() if p.startswith(self._prefix) and p.endswith(".py")]
            if sum(f.size for f in near) <= _MOST_BYTES:
                near = [f for f in near if f.kind == "file"]
                self._held = {f.blob: data for f, data in zip(near, self._snapshot.read(near), strict=True)}
                missing = [f for f in wanted if f.blob not in self._held]
        found = dict(zip([f.blob for f in missing], self._snapshot.read(missing), strict=True)) if missing else {}
        return [found[f.blob] if f.blob in found else self._held[f.blob] for f in wanted]


_PATIENCE = 4
_MOST_BYTES = 100_000_000


class Source:
    """Modules of a snapshot by dotted name. `root` is the folder that the application is imported from ("" the top)."""

    def __init__(self, snapshot: Snapshot, library: Library, root: str, pydantic_1: bool = False) -> None:
        self.root = root.strip("/")
        self._snapshot = msgspec.structs.replace(snapshot, read=_Ahead(snapshot, self.root))
        self._library = library
        self.modules = Modules(p for p, f in snapshot.files.items() if p.endswith(".py") and f.kind == "file")
        self._pydantic_1 = pydantic_1
        self.reached: dict[str, str] = {}
        self._named: dict[tuple[str, str], str | None] = {}
        self._roots: list[str] = []
        self._chains: dict[tuple[str, str], tuple[str, ...]] = {}
        self._loaded: set[str] = set()
        self._packages: dict[str, list[str]] | None = None

    def settle(self, path: str) -> None:
        """Take the folder that an application's file is imported from for the root, where none was given.

        It comes before anything is looked up: what is found, and so what is read, depends on the root.
        """
        file = self._snapshot.files.get(path)
        module = self._library.module(self._snapshot, file) if file is not None and not self.root else None
        if module is not None:
            self.root = import_root(self.modules, path, module)

    def stub(self, name: str) -> Stub | None:
        """The model of a library module, if there is one."""
        head, _, rest = name.partition(".")
        if head == "pydantic" and (self._pydantic_1 or rest == "v1" or rest.startswith("v1.")):
            inner = rest[3:] if rest == "v1" or rest.startswith("v1.") else rest
            return _stub(f"pydantic_v1.{inner}" if inner else "pydantic_v1")
        return _stub(name)

    def find(self, importer: str, called: str, name: str) -> str | None:
        """The file of a module name; a `folder/` for a package without `__init__`.

        `importer` is the file that asks and `called` the name under which it was imported itself ("" for none).
        """
        base = _above(importer, called)
        key = (base, name)
        if key not in self._named:
            found = self._named[key] = self._find(base, name)
            if found is not None:
                root = _above(found, name)
                if root not in self._roots:
                    self._roots.append(root)
        return self._named[key]

    def _find(self, base: str, name: str) -> str | None:
        """Looked up from the folders that stand for `sys.path`: a file beside the importer hides no library."""
        namespace = None
        for root in dict.fromkeys((self.root, _joined(self.root, "src"), base, *self._roots)):
            found = self.modules.at(root, name)
            if found is not None and not found.endswith("/"):
                return found
            namespace = namespace or found
        return namespace or self._elsewhere(name)

    def _elsewhere(self, name: str) -> str | None:
        """The one package of the repository that has this name, outside of any other package.

        `a.b` may be a package in a folder `a` that is none: distributions share such a folder's name.
        """
        head = name.partition(".")[0]
        if is_stdlib(head) or self.stub(head) is not None:
            return None
        if self._packages is None:
            self._packages = self._outer_packages()
        places = self._packages.get(head, [])
        if not places:
            parts = name.split(".")
            ends = ("/".join(parts[:count]) for count in range(len(parts), 1, -1))
            places = next((found for end in ends if (found := self._packages.get(end))), [])
        return self.modules.at(places[0], name) if len(places) == 1 else None

    def _outer_packages(self) -> dict[str, list[str]]:
        """Where each package lies that is in no other: by its name, and by its last two and three folders."""
        out: dict[str, list[str]] = {}
        for path in sorted(self.modules.paths):
            folder, slash, _ = path.rpartition("/__init__.py")
            above = folder.rpartition("/")[0]
            aside = _ASIDE.intersection(above.split("/")) - set(self.root.split("/"))
            if not slash or aside or self._packaged(above):
                continue
            parts = folder.split("/")
            for count in range(1, min(len(parts), _SHARED_FOLDERS + 1) + 1):
                out.setdefault("/".join(parts[-count:]), []).append("/".join(parts[:-count]))
        return out

    def _packaged(self, folder: str) -> bool:
        """Whether a folder is a package, or lies in one."""
        while folder and _joined(folder, "__init__.py") not in self.modules.paths:
            folder = folder.rpartition("/")[0]
        return bool(folder)

    def name(self, path: str) -> str:
        """The dotted name under which the application's root imports a file."""
        inner = path
        for prefix in (f"{self.root}/src/", f"{self.root}/") if self.root else ("src/",):
            if path.startswith(prefix) and (prefix != "src/" or "src/__init__.py" not in self.modules.paths):
                inner = path[len(prefix) :]
                break
        stem = inner.removesuffix(".py").removesuffix("/__init__")
        return stem.replace("/", ".")

    def syntax(self, path: str) -> s.Module | None:
        """The syntax of a file of the project."""
        file = self._snapshot.files.get(path)
        if file is None:
            return None
        self.reached[path] = file.blob
        if path not in self._loaded:
            self.prefetch(path)
        return self._library.module(self._snapshot, file)

    def content(self, path: str) -> bytes | None:
        """The bytes of any file of the snapshot; the evaluation depends on it from now on."""
        file = self._snapshot.files.get(path)
        if file is None or file.kind != "file":
            return None
        self.reached[path] = file.blob
        return self._snapshot.read([file])[0]

    def files_below(self, folder: str) -> list[str]:
        """The files of the snapshot below a folder, relative to it, in order."""
        inside = normpath(folder).strip("/")
        prefix = f"{inside}/" if inside and inside != "." else ""
        return sorted(
            p[len(prefix) :] for p, f in self._snapshot.files.items() if p.startswith(prefix) and f.kind == "file"
        )

    def load(self, paths: Iterable[str]) -> None:
        """Read many files at once."""
        self._library.modules(self._snapshot, [self._snapshot.files[p] for p in paths if p in self._snapshot.files])

    def prefetch(self, path: str) -> None:
        """Read a file and all that its module-level imports lead to, level by level."""
        seen = self._loaded
        seen.add(path)
        level = [path]
        while level:
            self.load(level)
            following: set[str] = set()
            for current in level:
                file = self._snapshot.files.get(current)
                module = self._library.module(self._snapshot, file) if file is not None else None
                if module is not None:
                    following.update(self._imports(current, module))
            level = sorted(following - seen)
            seen.update(level)

    def _imports(self, path: str, module: s.Module) -> Iterable[str]:
        base, called = _above(path, self.name(path)), self.name(path)
        for node in _import_statements(module.body):
            if isinstance(node, s.Import):
                for name, _ in node.names:
                    yield from self._chain(path, called, base, name)
            elif node.level:
                found = self.modules.find(path, node.module, node.level)
                if found is not None:
                    yield from self._files(found)
                    for member, _ in node.names:
                        inner = self.modules.submodule(found, member)
                        if inner is not None:
                            yield from self._files(inner)
            else:
                yield from self._chain(path, called, base, node.module)
                for member, _ in node.names:
                    yield from self._chain(path, called, base, f"{node.module}.{member}")

    def _chain(self, path: str, called: str, base: str, name: str) -> tuple[str, ...]:
        """The files of a dotted name and of the packages around it."""
        known = self._chains.get((base, name))
        if known is None:
            head, dot, _ = name.rpartition(".")
            above = self._chain(path, called, base, head) if dot else ()
            own: tuple[str, ...] = ()
            if self.stub(name.partition(".")[0]) is None:
                found = self.find(path, called, name)
                own = (found,) if found is not None and not found.endswith("/") else ()
            known = self._chains[base, name] = (*above, *own)
        return known

    def _files(self, found: str) -> Iterable[str]:
        if not found.endswith("/"):
            yield found


def import_root(modules: Modules, path: str, module: s.Module) -> str:
    """The folder that an application's file is imported from.

    It is the one above the file in which most of its absolute imports are found, the outermost of equals; a file
    with none belongs to the folder above its topmost package.
    """
    folders = [""]
    for part in path.split("/")[:-1]:
        folders.append(_joined(folders[-1], part))
    nodes = list(s.walk(*module.body))
    names = {n.module for n in nodes if isinstance(n, s.ImportFrom) and not n.level}
    names |= {name for n in nodes if isinstance(n, s.Import) for name, _ in n.names}
    names = {n for n in names if not is_stdlib(n.partition(".")[0]) and _stub(n.partition(".")[0]) is None}
    names |= {n.partition(".")[0] for n in names}
    scores = [sum(modules.at(folder, name) is not None for name in sorted(names)) for folder in folders]
    if max(scores):
        return folders[scores.index(max(scores))]
    depth = len(folders) - 1
    while depth > 0 and _joined(folders[depth], "__init__.py") in modules.paths:
        depth -= 1
    return folders[depth]


def _import_statements(body: Iterable[s.Stmt]) -> Iterable[s.Import | s.ImportFrom]:
    """The imports that run with the module: at its top, or inside a branch, a `try` or a `with` there."""
    for node in body:
        if isinstance(node, (s.Import, s.ImportFrom)):
            yield node
        elif isinstance(node, s.If):
            yield from _import_statements((*node.body, *node.orelse))
        elif isinstance(node, s.Try):
            handlers = (n for h in node.handlers for n in h.body)
            yield from _import_statements((*node.body, *handlers, *node.orelse, *node.final))
        elif isinstance(node, s.With):
            yield from _import_statements(node.body)


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _above(path: str, name: str) -> str:
    """The folder from which a file is imported under this name."""
    if not name:
        return path.rpartition("/")[0]
    stem = path.removesuffix(".py").removesuffix("/__init__").rstrip("/")
    inner = name.replace(".", "/")
    if stem == inner:
        return ""
    return stem[: -len(inner) - 1] if stem.endswith(f"/{inner}") else path.rpartition("/")[0]


@cache
def _stub(name: str) -> Stub | None:
    base = STUBS.joinpath(*name.split("."))
    for path, package in ((base / "__init__.py", True), (base.with_name(base.name + ".py"), False)):
        if path.is_file():
            return Stub(python.parse(path.read_bytes()), package)
    return None
