"""From an application to its contract: evaluate its file, then its expression, then write what FastAPI would.

A finished contract is kept under everything that it follows from, so that asking again for the same content costs the
comparison of two lists of files.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

import msgspec

import byte
from byte.extract import requirements
from byte.extract.contract import evaluation, openapi, startup
from byte.extract.contract.fields import Schemas
from byte.extract.contract.pydantic1 import Pydantic1Schemas
from byte.extract.contract.pydantic2 import Pydantic2Schemas
from byte.extract.evaluate import interpreter
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.source import Source
from byte.extract.evaluate.values import (
    EMPTY,
    Bound,
    Class,
    External,
    Function,
    Instance,
    Module,
    Place,
    Raised,
    Scope,
    Stopped,
    Unknown,
    Value,
)
from byte.extract.library import Library
from byte.extract.python import parse_expression
from byte.model import syntax as s
from byte.model.change import Snapshot
from byte.model.contract import Application, Contract, Gap, Target
from byte.model.errors import SourceError

APPLICATION: Final = "fastapi.applications.FastAPI"
ROUTERS: Final = ("fastapi.routing.APIRouter", "starlette.routing.Router")

_WRAPPED: Final = ("app", "application", "other_asgi_app", "asgi_app", "fastapi_app", "_app")
_MOST_WRAPPERS: Final = 8
_MOST_MAKERS: Final = 8

_DEEPEST: Final = 150
"""Levels of a document."""

_encoder = msgspec.msgpack.Encoder()


class Kept(msgspec.Struct, frozen=True):
    """A contract with the files that it was read from, each with its content."""

    files: tuple[tuple[str, str], ...]
    contract: Contract


_kept = msgspec.msgpack.Decoder(Kept)
_applications = msgspec.msgpack.Decoder(tuple[Application, ...])


def read(snapshot: Snapshot, library: Library, root: str, application: Application, target: Target) -> Contract:
    """The contract of an application of a snapshot; `root` is the folder that it is imported from."""
    name = _name(snapshot, root, application, target)
    known = _recalled(library, name, snapshot)
    if known is not None:
        return known
    source = Source(snapshot, library, root, target.pydantic < (2,))
    contract = _evaluated(source, _Searched(snapshot, root), application, target)
    reached = tuple(sorted(source.reached.items()))
    library.keep(name, _encoder.encode(Kept(reached, contract)))
    return contract


def remembered(
    library: Library, snapshot: Snapshot, root: str, find: Callable[[], tuple[Application, ...]]
) -> tuple[Application, ...]:
    """The applications that `find` gives, or gave for the same content."""
    listing = [(f.path, f.blob) for f in snapshot.files.values()]
    name = "applications:" + _digest([_byte(), root, listing])
    data = library.recall(name)
    if data is not None:
        try:
            return _applications.decode(data)
        except (msgspec.DecodeError, ValueError):
            pass
    found = find()
    library.keep(name, _encoder.encode(found))
    return found


# --- evaluation --------------------------------------------------------------------------------


class _Searched:
    """The files below a folder, to be searched by what stands in them."""

    def __init__(self, snapshot: Snapshot, root: str) -> None:
        self._snapshot = snapshot
        self._prefix = f"{root.strip('/')}/" if root.strip("/") else ""

    def mentioning(self, pattern: bytes) -> list[str]:
        """The project's own Python files in which a regular expression occurs, tests and examples left out."""
        found = [
            file
            for path, file in self._snapshot.files.items()
            if path.startswith(self._prefix)
            and path.endswith(".py")
            and file.kind == "file"
            and not requirements.in_skipped_folder(path[len(self._prefix) :])
        ]
        sought = re.compile(pattern)
        contents = zip(found, self._snapshot.read(found), strict=True)
        return [file.path for file, data in contents if data is not None and sought.search(data)]


def _evaluated(source: Source, searched: _Searched, application: Application, target: Target) -> Contract:
    interp = evaluation.interpreter(source, interpreter.Target(target.fastapi, target.pydantic))
    with interp.deep():
        source.settle(application.path)
        source.prefetch(application.path)
        app = _application(interp, searched, application)
        startup.start(interp, app)
        try:
            written = openapi.write(interp, app, _schemas(interp, app, target))
        except (Stopped, RecursionError, MemoryError):
            # What is written part by part is bounded; this is for a project that is made to exceed all bounds at once.
            interp.gap("the document grows larger than is followed", Place(application.path, 1))
            written = openapi.Written({"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {}}, {})
    return Contract(
        document=_plain(written.document, 0),
        application=application,
        target=target,
        gaps=tuple(_gaps(interp)),
        derivations={f"{method.upper()} {path}": tuple(said) for (method, path), said in written.derivations.items()},
    )


def _plain(value: Any, depth: int) -> Any:
    """The value as JSON: what a project handed in and cannot be known is marked."""
    if isinstance(value, dict) and depth < _DEEPEST:
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and depth < _DEEPEST:
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return float(value)  # as JSON readers take it
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, Unknown):
        return {"x-unknown": {"reason": value.reason, "at": _place(value.at)}}
    return {"x-unknown": {"reason": "a value that is not followed", "at": "in a library"}}


def _schemas(interp: Interpreter, app: Instance, target: Target) -> Schemas:
    if target.pydantic < (2,):
        return Pydantic1Schemas(interp)
    separate = interp.truth(app.attributes.get("separate_input_output_schemas", True))
    return Pydantic2Schemas(interp, separate_input_output=separate is not False)


def _application(interp: Interpreter, searched: _Searched, application: Application) -> Instance:
    """The instance of FastAPI that an expression over the names of a file stands for."""
    expr = parse_expression(application.expression)
    if expr is None:
        raise SourceError(f"`{application.expression}` is no expression: write a name, a call or an attribute of one.")
    try:
        module = interp.module_at(application.path)
    except Raised as failed:
        raise SourceError(f"Importing {application.path} would fail: {failed.text} ({_place(failed.at)}).") from None
    if isinstance(expr, s.Name) and expr.id not in module.scope.names:
        raise SourceError(f"{application.path} binds no `{expr.id}`: `--list` shows the applications there are.")
    interp.path, interp.line = application.path, application.at.line if application.at else 1
    try:
        expression = _Expression(interp, searched, module.scope)
        value = interp.awaited(expression.value(expr))
    except Raised as failed:
        raise SourceError(f"`{application.name}` would fail: {failed.text} ({_place(failed.at)}).") from None
    app = _unwrapped(interp, value)
    if app is None and isinstance(expr, s.Call):
        app = expression.inside(expr)
    if app is None and isinstance(expr, s.Name) and isinstance(value, Instance | Unknown | External):
        app = _alone(interp, module, application)
    if app is None:
        raise SourceError(f"`{application.name}` is no FastAPI application: {_kind(value)}.")
    return app


class _Expression:
    """Evaluates the expression of an application: names, attributes, and calls that may leave out arguments."""

    def __init__(self, interp: Interpreter, searched: _Searched, scope: Scope) -> None:
        self._interp = interp
        self._searched = searched
        self._scope = scope
        self._under_way: list[Class] = []

    def value(self, expr: s.Expr) -> Value:
        if isinstance(expr, s.Attribute):
            return self._interp.getattr(self._interp.awaited(self.value(expr.value)), expr.attr)
        if not isinstance(expr, s.Call) or any(isinstance(a, s.Starred) for a in expr.args):
            return self._interp.expr(expr, self._scope)
        called = self.value(expr.func)
        args = [self.value(a) for a in expr.args]
        kwargs = {k.name: self.value(k.value) for k in expr.keywords if k.name}
        return self.call(called, args, kwargs)

    def call(self, called: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """A call in which every argument that is required and not given is unknown.

        An object of the project's own class is taken from where the project makes one, if that can be followed.
        """
        args, kwargs, missing = self._filled(called, args, kwargs)
        if missing and isinstance(called, Class) and called.module.path and called not in self._under_way:
            self._under_way.append(called)
            made = next(self._made(called), None)
            self._under_way.pop()
            if made is not None:
                return made
        return self._interp.call(called, args, kwargs)

    def _filled(
        self, called: Value, args: list[Value], kwargs: dict[str, Value]
    ) -> tuple[list[Value], dict[str, Value], bool]:
        positional, missing = 0, False
        kwargs = dict(kwargs)
        for param in self._interp.signature(called):
            if param.kind in ("positional", "normal") and positional < len(args):
                positional += 1
            elif param.name not in kwargs and param.default is EMPTY and param.kind not in ("args", "kwargs"):
                missing = True
                unknown = Unknown(f"the argument {param.name} is not given", param.at)
                if param.kind == "positional":
                    args = [*args, unknown]
                    positional += 1
                else:
                    kwargs[param.name] = unknown
        return args, kwargs, missing

    def _made(self, cls: Class) -> Iterator[Instance]:
        """Objects of a class that functions of the project return, each function called as if by its user."""
        for path in self._searched.mentioning(rf"\breturn\s+{re.escape(cls.name)}\(".encode())[:_MOST_MAKERS]:
            syntax = self._interp.source.syntax(path)
            for owner, function in _functions(syntax.body if syntax is not None else ()):
                if not any(_returns(node, cls.name) for node in s.own(function)):
                    continue
                try:
                    module = self._interp.module_at(path)
                    if owner is None:
                        maker = self._interp.getattr(module, function.name)
                    else:
                        held = self.call(self._interp.getattr(module, owner), [], {})
                        maker = self._interp.getattr(held, function.name)
                    try:
                        made = self._interp.awaited(self.call(maker, [], {}))
                    except Raised:
                        # A setting that is missing stops it; what it builds does not depend on that.
                        made = self._as_far_as_known(maker)
                except Raised:
                    continue
                if isinstance(made, Instance) and isinstance(made.cls, Class) and cls in made.cls.mro:
                    yield made

    def inside(self, call: s.Call) -> Instance | None:
        """The application that a function makes and keeps to itself, such as a `main()` that runs it."""
        scope = self._followed(self.value(call.func))[1]
        names = scope.names.values() if scope is not None else ()
        found: dict[int, Instance] = {id(value): value for value in names if _is_application(value)}
        return found.popitem()[1] if len(found) == 1 else None

    def _as_far_as_known(self, maker: Value) -> Value:
        """What a function returns if each of its statements that fails leaves what it assigns unknown."""
        return self._followed(maker)[0]

    def _followed(self, maker: Value) -> tuple[Value, Scope | None]:
        """What a function returns, and its names at the end."""
        function = maker.function if isinstance(maker, Bound) else maker
        if not isinstance(function, Function) or not isinstance(function.node, s.Function):
            return None, None
        scope = Scope(function.module, function.scope, "function")
        given = [maker.self] if isinstance(maker, Bound) else []
        for index, param in enumerate(function.node.params):
            value = function.defaults.get(param.name, Unknown(f"the argument {param.name} is not given", function.at))
            empty: Value = () if param.kind == "args" else {} if param.kind == "kwargs" else value
            scope.names[param.name] = given[index] if index < len(given) else empty
        for statement in function.node.body:
            try:
                signal = self._interp.block([statement], scope)
            except Raised as failed:
                self._interp.gap(failed.text, failed.at)
                signal = interpreter.FAILED
                for node in s.walk(statement):
                    for name in _assigned(node):
                        scope.names.setdefault(name, Unknown(failed.text, failed.at))
            if isinstance(signal, interpreter.Return):
                return signal.value, scope
        return None, scope


def _assigned(node: s.Node) -> Iterator[str]:
    if isinstance(node, s.Assign):
        for target in node.targets:
            yield from s.bound_names(target)


def _functions(body: Iterable[s.Stmt]) -> Iterator[tuple[str | None, s.Function]]:
    """The functions of a module with the class that holds them, if any."""
    for node in body:
        if isinstance(node, s.Function):
            yield None, node
        elif isinstance(node, s.Class):
            yield from ((node.name, inner) for inner in node.body if isinstance(inner, s.Function))


def _returns(node: s.Node, name: str) -> bool:
    call = node.value if isinstance(node, s.Return) else None
    return isinstance(call, s.Call) and (s.dotted(call.func) or "").rpartition(".")[2] == name


def _unwrapped(interp: Interpreter, value: Value) -> Instance | None:
    """The application itself, one made for a router, or the one inside of middlewares."""
    for _ in range(_MOST_WRAPPERS):
        if not isinstance(value, Instance) or not isinstance(value.cls, Class):
            return None
        if value.cls.derives(APPLICATION):
            return value
        if value.cls.derives(*ROUTERS):
            return _around(interp, value)
        held = (value.attributes.get(name) for name in _WRAPPED)
        value = next((item for item in held if isinstance(item, Instance)), None)
    return None


def _is_application(value: Value) -> bool:
    return isinstance(value, Instance) and isinstance(value.cls, Class) and value.cls.derives(APPLICATION)


def _around(interp: Interpreter, router: Instance) -> Instance:
    """A plain application with this router."""
    module = interp.import_module("fastapi")
    app = interp.call(interp.getattr(module, "FastAPI"), [], {})
    interp.call(interp.getattr(app, "include_router"), [router], {})
    assert isinstance(app, Instance)
    return app


def _alone(interp: Interpreter, module: Module, application: Application) -> Instance | None:
    """The one application that the module binds, where the one asked for is inside something that is not followed."""
    found: dict[int, Instance] = {id(v): v for v in module.scope.names.values() if _is_application(v)}
    if len(found) != 1:
        return None
    interp.gap(
        f"`{application.expression}` is not an application that can be followed; the one that its module makes is read",
        Place(application.path, application.at.line if application.at else 1),
    )
    return found.popitem()[1]


def _kind(value: Value) -> str:
    if isinstance(value, Unknown):
        at = f" ({_place(value.at)})" if value.at.path else ""
        return f"it is not known, {value.reason}{at}"
    if isinstance(value, Instance):
        return f"it is a {value.cls.name.rpartition('.')[2]}"
    return f"it is {value!r}"[:80] if not isinstance(value, Class) else f"it is the class {value.name}, call it"


def _place(at: Place) -> str:
    return f"{at.path}:{at.line}" if at.path else "in a library"


def _gaps(interp: Interpreter) -> Iterator[Gap]:
    found = {(gap.at.path, gap.at.line, gap.reason) for gap in interp.gaps.values()}
    for path, line, reason in sorted(found):
        yield Gap(path, line, reason)


# --- what was read before ----------------------------------------------------------------------


def _name(snapshot: Snapshot, root: str, application: Application, target: Target) -> str:
    """Everything that decides a contract but the content of files: a new file may be found by an import."""
    return "contract:" + _digest([
        _byte(),
        root,
        (application.path, application.expression),
        (target.fastapi, target.pydantic),
        [path for path in snapshot.files if path.endswith(".py") or "/.env" in f"/{path}"],
    ])  # fmt: skip


def _recalled(library: Library, name: str, snapshot: Snapshot) -> Contract | None:
    data = library.recall(name)
    if data is None:
        return None
    try:
        kept = _kept.decode(data)
    except (msgspec.DecodeError, ValueError):
        return None
    same = all(path in snapshot.files and snapshot.files[path].blob == blob for path, blob in kept.files)
    return kept.contract if same else None


def _digest(value: Any) -> str:
    return hashlib.blake2b(_encoder.encode(value), digest_size=20).hexdigest()


@cache
def _byte() -> str:
    """The content of the part of Byte that reads contracts, its models of libraries included."""
    digest = hashlib.blake2b(digest_size=20)
    for folder in ("extract", "model"):
        for name, file in sorted(_sources(files(byte) / folder), key=lambda item: item[0]):
            digest.update(name.encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable, prefix: str = "") -> Iterable[tuple[str, Traversable]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _sources(item, f"{prefix}{item.name}/")
        elif not item.name.endswith((".pyc", ".pyo")):
            yield f"{prefix}{item.name}", item
