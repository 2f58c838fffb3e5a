"""Which object of the evaluated project an application's expression stands for."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from byte.extract import requirements
from byte.extract.contract.plain import place
from byte.extract.evaluate import interpreter
from byte.extract.evaluate.interpreter import Interpreter
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
from byte.extract.python import parse_expression
from byte.model import syntax as s
from byte.model.change import Snapshot
from byte.model.contract import Application
from byte.model.errors import SourceError

APPLICATION: Final = "fastapi.applications.FastAPI"
ROUTERS: Final = ("fastapi.routing.APIRouter", "starlette.routing.Router")

_WRAPPED: Final = ("app", "application", "other_asgi_app", "asgi_app", "fastapi_app", "_app")
_MOST_WRAPPERS: Final = 8
_MOST_MAKERS: Final = 8


class Searched:
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


def located(interp: Interpreter, searched: Searched, application: Application) -> Instance:
    """The instance of FastAPI that an expression over the names of a file stands for."""
    try:
        return _located(interp, searched, application)
    except (Stopped, RecursionError, MemoryError):
        raise SourceError(
            f"`{application.name}` takes more steps than are followed: name something smaller, such as a router."
        ) from None


def _located(interp: Interpreter, searched: Searched, application: Application) -> Instance:
    expr = parse_expression(application.expression)
    if expr is None:
        raise SourceError(f"`{application.expression}` is no expression: write a name, a call or an attribute of one.")
    try:
        module = interp.module_at(application.path)
    except Raised as failed:
        raise SourceError(f"Importing {application.path} would fail: {failed.text} ({_at(failed.at)}).") from None
    if isinstance(expr, s.Name) and expr.id not in module.scope.names:
        raise SourceError(f"{application.path} binds no `{expr.id}`: `--list` shows the applications there are.")
    interp.path, interp.line = application.path, application.at.line if application.at else 1
    try:
        expression = _Expression(interp, searched, module.scope)
        value = interp.awaited(expression.value(expr))
        app = _unwrapped(interp, value)
        if app is None and isinstance(expr, s.Call):
            app = expression.inside(expr)
    except Raised as failed:
        raise SourceError(f"`{application.name}` would fail: {failed.text} ({_at(failed.at)}).") from None
    if app is None and isinstance(expr, s.Name) and isinstance(value, Instance | Unknown | External):
        app = _alone(interp, module, application)
    if app is None:
        raise SourceError(f"`{application.name}` is no FastAPI application: {_kind(value)}.")
    return app


class _Expression:
    """Evaluates the expression of an application: names, attributes, and calls that may leave out arguments."""

    def __init__(self, interp: Interpreter, searched: Searched, scope: Scope) -> None:
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
        at = f" ({_at(value.at)})" if value.at.path else ""
        return f"it is not known, {value.reason}{at}"
    if isinstance(value, Instance):
        return f"it is a {value.cls.name.rpartition('.')[2]}"
    return f"it is {value!r}"[:80] if not isinstance(value, Class) else f"it is the class {value.name}, call it"


def _at(found: Place) -> str:
    return place(found) or "in a library"
