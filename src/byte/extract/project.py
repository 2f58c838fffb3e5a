"""The facts of one snapshot: implements `byte.model.facts.Facts` over the readers of this package."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from byte.extract import alembic, contracts, fastapi, libraries, openapi, pydantic, sqlalchemy
from byte.extract.calls import Calls
from byte.extract.constants import Constants
from byte.extract.digest import Digest, hash_name
from byte.extract.library import Library
from byte.extract.linker import Linker
from byte.extract.modules import Modules
from byte.extract.types import Types
from byte.model import facts as f
from byte.model import syntax as s
from byte.model.change import Snapshot, Unreadable
from byte.model.contract import Contract
from byte.model.published import Published
from byte.model.review import Location, Step

K = TypeVar("K")


class ProjectFacts:
    """Computed on demand, remembered, and the same whatever was asked before.

    `read_contracts` is off where the change cannot alter them; `beside` is the other side, whose applications are tried.
    `sources` are the Python files that are read as the project's own code (tests and vendored code left out).
    `narrow` sets what `of` yields.
    """

    def __init__(self, snapshot: Snapshot, library: Library, sources: Iterable[str]) -> None:
        self.snapshot = snapshot
        self.sources = tuple(sorted(sources))
        self._library = library
        self._files = {p: snapshot.files[p] for p in self.sources}
        self.modules = Modules(self.sources)
        self.linker = Linker(self.modules, self.module)
        self.types = Types(self.linker)
        self.constants = Constants(self.types)
        self._calls = Calls(self.linker, self.types)
        self._models = pydantic.Models(self.linker, self.types)
        self._tables = sqlalchemy.Tables(self.linker, self.types)
        self._digests: Mapping[str, Digest] | None = None
        self._routing: fastapi.Routing | None = None
        self._all: dict[type[Any], tuple[Any, ...]] = {}
        self._of: dict[type[Any], tuple[Any, ...]] = {}
        self._endpoints: dict[str, f.Endpoint] | None = None
        self._project: f.Project | None = None
        self.focus_paths: frozenset[str] = frozenset(self.sources)
        self.focus_functions: frozenset[str] | None = None
        self._callers: dict[str, tuple[tuple[f.Function, f.Call], ...]] = {}
        self._handlers: frozenset[str] | None = None
        self.requirements: tuple[tuple[f.Requirement, ...], tuple[str, ...], tuple[Unreadable, ...]] = ((), (), ())
        self.judge_unused = False
        self.read_contracts = True
        self.beside: ProjectFacts | None = None
        self._contracts: tuple[Contract, ...] | None = None
        self._routed: tuple[f.Endpoint, ...] | None = None
        self._leave_out: Callable[[str], bool] = lambda _: False

    @classmethod
    def of_snapshot(
        cls, snapshot: Snapshot, library: Library, leave_out: Callable[[str], bool] | None = None
    ) -> "ProjectFacts":
        """The facts of every Python file of a snapshot but those to leave out, and of its manifests."""
        sources = (
            path
            for path, file in snapshot.files.items()
            if path.endswith(".py") and file.kind == "file" and not (leave_out is not None and leave_out(path))
        )
        made = cls(snapshot, library, sources)
        if leave_out is not None:
            made._leave_out = leave_out
        return made

    # --- files ---------------------------------------------------------------------------------

    @property
    def digests(self) -> Mapping[str, Digest]:
        """The digest of every source file that could be read."""
        if self._digests is None:
            self._digests = self._library.digests(self.snapshot, self._files.values())
        return self._digests

    def module(self, path: str) -> s.Module | None:
        """The syntax of one file."""
        file = self._files.get(path)
        return self._library.module(self.snapshot, file) if file is not None else None

    def load(self, paths: Iterable[str]) -> None:
        """Read many files at once."""
        self._library.modules(self.snapshot, (self._files[p] for p in paths if p in self._files))

    def mentioning(self, *names: str) -> list[str]:
        """The files in which any of these names may occur."""
        found = [p for p in self.sources if p in self.digests and self.digests[p].mentions(*names)]
        self.load(found)
        return found

    def narrow(self, paths: Iterable[str], functions: Iterable[str] | None = None) -> None:
        """Set what the review is about: the facts of these files; of functions only these, wherever they are."""
        self.focus_paths = frozenset(paths)
        self.focus_functions = None if functions is None else frozenset(functions)
        self._of.clear()

    # --- facts by kind -------------------------------------------------------------------------

    def of(self, kind: type[K]) -> Sequence[K]:
        """The facts of this kind that the review is about."""
        if kind not in self._of:
            self._of[kind] = tuple(self._focused(kind))
        return self._of[kind]

    def _focused(self, kind: type[Any]) -> Iterator[Any]:
        paths = sorted(self.focus_paths & set(self.sources))
        if kind is f.Function:
            if self.focus_functions is None:
                found = [fn for p in paths for fn in self.linker.functions(p)]
            else:
                wanted = (self.linker.function(k) for k in self.focus_functions if k.rpartition("::")[0] in self._files)
                found = [fn for fn in wanted if fn is not None]
            yield from sorted(found, key=lambda fn: (fn.path, fn.node.line, fn.key))
        elif kind is f.Endpoint:
            for endpoint in self.all(f.Endpoint):
                here = endpoint.function.path in self.focus_paths or endpoint.at.path in self.focus_paths
                if here or endpoint.function.key in (self.focus_functions or ()):
                    yield endpoint
        elif kind is f.Module:
            for path in paths:
                node = self.module(path)
                if node is not None:
                    yield f.Module(path, node)
        elif kind is f.Model:
            yield from (m for p in paths for m in self._models.of_file(p))
        elif kind is f.Table:
            yield from (t for p in paths for t in self._tables.of_file(p))
        elif kind is f.Migration:
            yield from (m for m in self.all(f.Migration) if m.path in self.focus_paths)
        elif kind is Published:
            # Whatever is changed can come to contradict a document, wherever it stands.
            yield from self.all(Published)
        elif kind is f.Project:
            yield self.project()

    def all(self, kind: type[K]) -> Sequence[K]:
        """The facts of this kind in the whole project."""
        if kind not in self._all:
            self._all[kind] = tuple(self._everywhere(kind))
        return self._all[kind]

    def _everywhere(self, kind: type[Any]) -> Iterator[Any]:
        if kind is f.Endpoint:
            yield from fastapi.served(self.routed(), self.contracts())
        elif kind is f.Model:
            paths = self._deriving(pydantic.MENTIONS, lambda p: (m.node.name for m in self._models.of_file(p)))
            yield from (m for p in paths for m in self._models.of_file(p))
        elif kind is f.Table:
            yield from (t for p in self.mentioning(*sqlalchemy.MENTIONS) for t in self._tables.of_file(p))
        elif kind is f.Migration:
            for path in self.mentioning(*alembic.MENTIONS):
                node = self.module(path)
                found = alembic.read(path, node) if node is not None else None
                if found is not None:
                    yield found
        elif kind is Published and self.read_contracts:
            found_documents = openapi.published(self.snapshot)
            yield from (d for d in found_documents if not self._leave_out(d.path))

    def routed(self) -> Sequence[f.Endpoint]:
        """The endpoints as the registrations show them, without the contracts."""
        if self._routed is None:
            self._routed = tuple(self.routing.endpoints())
        return self._routed

    def contracts(self) -> Sequence[Contract]:
        if not self.read_contracts:
            return ()
        if self._contracts is None:
            other = self.beside.contracts() if self.beside is not None else ()
            known = tuple(c.application for c in other if c.application is not None)
            self._contracts = contracts.contracts(self.snapshot, self._library, self.modules, self._leave_out, known)
        return self._contracts

    def _deriving(self, names: Iterable[str], found: Callable[[str], Iterable[str]]) -> list[str]:
        """Files with classes that derive from these, directly or through other such classes of the project."""
        paths: set[str] = set()
        known, new = set(names), set(names)
        while new:
            more = [p for p, d in self.digests.items() if p not in paths and d.derives(new)]
            self.load(more)
            paths.update(more)
            new = {name for p in more for name in found(p)} - known
            known |= new
        return sorted(paths)

    @property
    def routing(self) -> fastapi.Routing:
        """Routers and registrations of the whole project."""
        if self._routing is None:
            names = fastapi.MENTIONS
            paths = [p for p, d in self.digests.items() if d.routes or d.mentions(*names)]
            self.load(paths)
            self._routing = fastapi.Routing(self.linker, self.types, self.constants, sorted(paths))
        return self._routing

    def project(self) -> f.Project:
        """What the project declares and imports."""
        if self._project is None:
            places: dict[str, list[Location]] = {}
            for path in self.sources:
                found = self.digests.get(path)
                for item in found.imports if found is not None else ():
                    if not item.guarded:
                        places.setdefault(item.name, []).append(Location(path, item.line, item.line))
            imports = {name: tuple(places[name]) for name in sorted(places)}
            declared, manifests, broken = self.requirements
            known = f.Project(requirements=declared, manifests=manifests, imports=imports)
            first_party = {part for p in self.snapshot.files if p.endswith(".py") for part in p[:-3].split("/")}
            self._project = msgspec.structs.replace(
                known,
                undeclared=libraries.undeclared(
                    known, imports, first_party=first_party, opaque=[u.path for u in broken]
                ),
                unused=self._unused(known) if self.judge_unused else (),
            )
        return self._project

    def _unused(self, known: f.Project) -> tuple[f.Requirement, ...]:
        """Declared and imported nowhere; files outside the sources (tests) are searched by text, and only if needed."""
        inside = {item.name for d in self.digests.values() for item in d.imports}
        candidates = libraries.unused(known, inside)
        if not candidates:
            return ()
        sought = {name for item in candidates for name in libraries.imports_of(item.name)}
        others = [x for p, x in self.snapshot.files.items() if p.endswith((".py", ".pyi")) and p not in self._files]
        found = _imported_names(self.snapshot.read(others), sought)
        return libraries.unused(known, inside | found)

    # --- single facts --------------------------------------------------------------------------

    def function(self, key: str | None) -> f.Function | None:
        return self.linker.function(key)

    def cls(self, key: str | None) -> f.Class | None:
        return self.linker.cls(key)

    def model(self, key: str | None) -> f.Model | None:
        return self._models.model(key)

    def table(self, key: str | None) -> f.Table | None:
        return self._tables.table(key)

    def endpoint(self, function: str) -> f.Endpoint | None:
        if self._endpoints is None:
            self._endpoints = {}
            for endpoint in self.all(f.Endpoint):
                self._endpoints.setdefault(endpoint.function.key, endpoint)
        return self._endpoints.get(function)

    def functions(self, path: str) -> Sequence[f.Function]:
        return tuple(self.linker.functions(path))

    def calls(self, function: f.Function) -> Sequence[f.Call]:
        return self._calls.of(function)

    def candidates(self, name: str, path: str) -> list[str]:
        """Files that mention a name and can know the module that defines it.

        They know it by what it defines, by an instance that it makes of its own classes, or by its own name with
        that of its package (a neighbour may leave the package out).
        """
        folder, _, file = path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")
        module, package = hash_name(file), hash_name(folder.rpartition("/")[2])
        sought, ways = hash_name(name), [hash_name(n) for n in self._handles(path, name)]
        found = []
        for place, digest in self.digests.items():
            if not digest.has(sought):
                continue
            near = place.startswith(f"{folder}/") if folder else True
            by_module = digest.has(module) and (near or digest.has(package))
            if place == path or by_module or any(digest.has(way) for way in ways):
                found.append(place)
        self.load(found)
        return sorted(found)

    def _handles(self, path: str, name: str) -> Iterator[str]:
        """The names that a module binds and by which others reach what it defines."""
        bound = self.linker.symbols(path).bindings if path in self._files else {}
        for other, binding in bound.items():
            if binding.kind in ("def", "class") or other == name:
                yield other
            elif binding.kind == "value" and isinstance(binding.expr, s.Call):
                made = bound.get(s.dotted(binding.expr.func) or "")
                if made is not None and made.kind in ("def", "class"):
                    yield other

    def callers(self, function: f.Function) -> Sequence[tuple[f.Function, f.Call]]:
        if function.key not in self._callers:
            self._callers[function.key] = tuple(self._find_callers(function))
        return self._callers[function.key]

    def _find_callers(self, function: f.Function) -> Iterator[tuple[f.Function, f.Call]]:
        name = function.node.name
        if name == "__init__" and function.cls is not None:
            name = function.cls.rpartition("::")[2].rpartition(".")[2]
        for path in self.candidates(name, function.path):
            for user in self.linker.functions(path):
                if name in s.mentioned(user.node):
                    call = next((c for c in self.calls(user) if c.callee == function.key), None)
                    if call is not None:
                        yield user, call

    def handles(self, function: f.Function) -> bool:
        if self._handlers is None:
            found = {e.function.key for e in self.all(f.Endpoint)}
            for endpoint in self.all(f.Endpoint):
                for name in endpoint.dependencies:
                    found |= {name, f"{name}.__init__"}
            self._handlers = frozenset(found)
        return function.key in self._handlers

    def reach(self, start: f.Function | f.Call, effect: f.Effect) -> tuple[Step, ...] | None:
        return self._calls.reach(start, effect)

    def effects(self, function: f.Function) -> frozenset[f.Effect]:
        """Every effect that calling the function can have."""
        return self._calls.effects(function)

    def resolve(self, path: str, expr: s.Expr, function: f.Function | None = None) -> str | None:
        return self.types.resolve(path, expr, function)

    def type_of(self, function: f.Function, expr: s.Expr) -> f.Type | None:
        return self.types.of(function, expr)

    def annotation(self, path: str, expr: s.Expr | None) -> f.Type | None:
        return self.types.annotation(path, expr)

    def constant(self, path: str, expr: s.Expr | None) -> str | int | float | bool | None:
        return self.constants.value(path, expr)

    def is_subclass(self, target: str | None, ancestors: frozenset[str] | set[str]) -> bool:
        return self.linker.is_subclass(target, ancestors)


def _imported_names(sources: Iterable[bytes | None], sought: Iterable[str]) -> set[str]:
    """Those of the sought modules that some source imports, told by the text of its lines."""
    names = {name.encode(): name for name in sought}
    if not names:
        return set()
    pattern = re.compile(
        rb"^[ \t]*(?:import|from)[ \t]+(" + b"|".join(sorted(map(re.escape, names))) + rb")\b", re.MULTILINE
    )
    return {names[hit] for source in sources if source is not None for hit in pattern.findall(source)}
