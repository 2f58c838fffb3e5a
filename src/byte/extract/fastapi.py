"""FastAPI: applications, routers, registrations, and the endpoints with their full paths."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from byte.extract.constants import Constants
from byte.extract.linker import Linker, internal, key, split
from byte.extract.types import Types
from byte.model import routes
from byte.model import syntax as s
from byte.model.contract import ORIGIN, Contract, Operation, operations
from byte.model.facts import Endpoint, Function, Parameter, Type
from byte.model.review import Location, Step

ROUTERS = frozenset({"fastapi.APIRouter", "fastapi.FastAPI"})
_APPS = frozenset({"fastapi.FastAPI"})
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
METHODS = _VERBS | {"api_route", "websocket"}
MENTIONS = ("include_router", "APIRouter", "FastAPI", "add_api_route", "add_api_websocket_route")
"""A file that has none of these names and no decorated route does not take part in routing."""

_CONTEXT = frozenset(
    {
        "fastapi.Request", "fastapi.Response", "fastapi.WebSocket", "fastapi.BackgroundTasks",
        "fastapi.security.SecurityScopes",
    }
)  # fmt: skip
_MARKERS = {
    "Query": "query", "Path": "path", "Header": "header", "Cookie": "cookie", "Body": "body", "Form": "form",
    "File": "file", "Depends": "dependency", "Security": "dependency",
}  # fmt: skip
_SCALARS = frozenset(
    {
        "builtins.str", "builtins.int", "builtins.float", "builtins.bool", "uuid.UUID", "datetime.datetime",
        "datetime.date", "decimal.Decimal", "enum.Enum", "typing.Literal", "datetime.time", "datetime.timedelta",
        "builtins.bytes",
    }
)  # fmt: skip
_COMPLEX = frozenset(
    {
        "builtins.dict", "typing.Mapping", "typing.MutableMapping", "collections.abc.Mapping", "builtins.list",
        "builtins.set", "builtins.tuple", "builtins.frozenset", "collections.deque", "typing.Sequence",
        "collections.abc.Sequence",
    }
)  # fmt: skip
_DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security"})
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum"})
_DATA = frozenset({"pydantic.BaseModel", "typing.TypedDict"})
_GUARD = re.compile(
    r"auth|user|token|permission|login|credential|api_?key|secur|require|verif|allow|access|admin|session_id|principal"
    r"|role|scope|guard|protect|identity|jwt|signature|secret",
    re.IGNORECASE,
)
"""Names that suggest a check of who calls."""

_REGISTRATIONS = frozenset({"include_router", "add_api_route", "add_api_websocket_route", "mount"})
_TEMPLATED = re.compile(r"\{(\w+)")
_MAX_MOUNTS = 8
_MAX_HANDS = 5
_MAX_DEPTH = 12


class Router(msgspec.Struct, frozen=True):
    """A router or application object, named by the key of the variable that holds it."""

    id: str
    path: str
    line: int
    prefix: str
    dependencies: s.Expr | None
    is_app: bool
    function: Function | None
    hidden: bool = False


class Route(msgspec.Struct, frozen=True):
    """One registration of a handler on a router."""

    router: str
    function: Function
    methods: tuple[str, ...]
    local_path: str
    call: s.Call
    at: Location
    websocket: bool


class Include(msgspec.Struct, frozen=True):
    """`parent.include_router(child, prefix=...)`, a mounted application, or a router `handed` to a function.

    `given` is the prefix where it is a parameter of that function.
    """

    parent: str
    child: str
    prefix: str
    dependencies: s.Expr | None
    path: str
    line: int
    function: Function | None
    hidden: bool = False
    handed: str = ""
    given: s.Name | None = None


class Handed(msgspec.Struct, frozen=True):
    """A call that hands routers to a function of the project: the function's parameters (as ids) -> routers."""

    call: s.Call
    made: Function
    routers: Mapping[str, str]
    path: str
    function: Function | None


class Mount(msgspec.Struct, frozen=True):
    """Where a router ends up: below this application (or topmost router), with this prefix, by these includes."""

    app: str
    prefix: str
    includes: tuple[Include, ...]
    order: tuple[tuple[str, int, int], ...]


class Routing:
    """Everything registered in the given files."""

    def __init__(self, linker: Linker, types: Types, constants: Constants, paths: list[str]) -> None:
        self.linker = linker
        self.types = types
        self.constants = constants
        self.routers: dict[str, Router] = {}
        self.routes: list[Route] = []
        self.includes: dict[str, list[Include]] = {}
        self._dependencies: dict[tuple[str, frozenset[str]], tuple[Parameter, ...]] = {}
        self._made: dict[str, list[s.Call]] = {}
        self.handed: dict[str, list[Handed]] = {}
        self.registering: set[str] = set()
        readers = [_FileReader(self, path) for path in paths]
        for reader in readers:
            reader.declarations()
        for _ in range(_MAX_HANDS):
            # A function can hand on what it is handed.
            known = len(self.registering), len(self.handed)
            self.handed = {}
            for reader in readers:
                reader.calls()
            if known == (len(self.registering), len(self.handed)):
                break
        for reader in readers:
            reader.registrations()
        self._hand_over()
        self._parents: dict[str, list[Include]] = {}
        for group in self.includes.values():
            for include in group:
                self._parents.setdefault(include.child, []).append(include)
        self._mounts: dict[str, tuple[Mount, ...]] = {}

    # --- routers -------------------------------------------------------------------------------

    def router(self, path: str, expr: s.Expr | None, function: Function | None) -> str | None:
        """The id of the router that an expression denotes."""
        if expr is None:
            return None
        if isinstance(expr, s.Call):
            target, _ = self.types.target(function, path, expr.func)
            made = self.linker.function(target)
            return self._returned(made) if made is not None else None
        text = s.dotted(expr)
        if text is None:
            return None
        if "." not in text and function is not None:
            found = self.types.local(function, text, expr.line)
            if found is not None and found[1].how != "import":
                return self._local(found[0], text, found[1].how == "param")
        target = self.types.resolve(path, expr, function)
        if target is None and isinstance(expr, s.Attribute):
            owner = self.types.of(function, expr.value) if function else self.types.module_expr(path, expr.value)
            if owner is not None and self.linker.is_subclass(owner.name, ROUTERS):
                return self.router(path, expr.value, function) if expr.attr == "router" else None
            if owner is not None and internal(owner.name):
                target = self._owned(owner.name, expr.attr)
        return self._known(target)

    def _owned(self, cls: str, attr: str) -> str | None:
        for base in self.linker.mro(cls):
            found = self.linker.cls(base)
            if found is not None and f"{base}.{attr}" in self.routers:
                return f"{base}.{attr}"
        return f"{cls}.{attr}"

    def _local(self, function: Function, name: str, param: bool) -> str | None:
        target = key(function.path, f"{function.qualname}.{name}")
        if target in self.routers:
            return target
        found = self.types.of(function, s.Name(function.node.end, name))
        is_router = found is not None and self.linker.is_subclass(found.name, ROUTERS)
        if not is_router and not (param and target in self.handed):
            return None
        is_app = found is not None and self.linker.is_subclass(found.name, _APPS)
        self.routers[target] = Router(target, function.path, function.node.line, "", None, is_app, function)
        if not param:
            entry = self.types.local(function, name, function.node.end)
            if entry is not None and isinstance(entry[1].expr, s.Call):
                made = self.router(function.path, entry[1].expr, function)
                return made if made is not None else target
        return target

    def _known(self, target: str | None) -> str | None:
        if target is None or not internal(target):
            return None
        if target in self.routers:
            return target
        found = self.types.variable(target)
        if found is None or not self.linker.is_subclass(found.name, ROUTERS):
            return None
        path, name = split(target)
        binding = self.linker.symbols(path).bindings.get(name)
        if binding is not None and isinstance(binding.expr, s.Call):
            made = self.router(path, binding.expr, None)
            if made is not None:
                return made
            self.declare(path, target, binding.expr, None)
            return target
        is_app = self.linker.is_subclass(found.name, _APPS)
        self.routers[target] = Router(target, path, 1, "", None, is_app, None)
        return target

    def _returned(self, made: Function) -> str | None:
        """The router that a factory function returns."""
        for node in s.own(made.node):
            if isinstance(node, s.Return) and isinstance(node.value, (s.Name, s.Attribute)):
                return self.router(made.path, node.value, made)
        return None

    def declare(self, path: str, target: str, call: s.Call, function: Function | None) -> None:
        """Note a router made by this constructor call."""
        made, _ = self.types.target(function, path, call.func)
        is_app = self.linker.is_subclass(made, _APPS)
        prefix = "" if is_app else self.constants.text(path, s.keyword(call, "prefix"), function)
        self.routers[target] = Router(
            target, path, call.line, prefix, s.keyword(call, "dependencies"), is_app, function, _hides(call)
        )

    # --- routers as arguments ------------------------------------------------------------------

    def _hand_over(self) -> None:
        """Put what a function does to a router that it is handed in place of the parameter, for each call."""
        for _ in range(_MAX_HANDS):
            found = [i for group in self.includes.values() for i in group]
            made = [new for include in found for new in self._handed_child(include)]
            if made == found:
                break
            self.includes = {}
            for include in made:
                self.includes.setdefault(include.parent, []).append(include)
        for param, group in self.handed.items():
            for handed in group if param in self.routers else ():
                parent, text = (
                    handed.routers[param],
                    f"{s.text(handed.call.func, 40)}({s.text(handed.call.args[0], 20)})",
                )
                if parent != param:
                    include = Include(
                        parent, param, "", None, handed.path, handed.call.line, handed.function, handed=text
                    )
                    self.includes.setdefault(parent, []).append(include)

    def _handed_child(self, include: Include) -> Iterator[Include]:
        if include.child not in self.handed:
            yield include
        for handed in self.handed.get(include.child, ()):
            prefix = include.prefix
            if include.given is not None:
                prefix = self._given_prefix(handed, include.given.id, prefix)
            yield msgspec.structs.replace(
                include,
                parent=handed.routers.get(include.parent, include.parent),
                child=handed.routers[include.child],
                prefix=prefix,
                given=None,
            )

    def _given_prefix(self, handed: Handed, name: str, unknown: str) -> str:
        for param, arg in _given(handed.made, handed.call):
            if param.name == name:
                return self.constants.text(handed.path, arg, handed.function).rstrip("/")
        default = next((p.default for p in handed.made.node.params if p.name == name), None)
        return unknown if default is None else self.constants.text(handed.made.path, default).rstrip("/")

    # --- mounts --------------------------------------------------------------------------------

    def mounts(self, router: str) -> tuple[Mount, ...]:
        """Every place below an application where a router is registered."""
        if router not in self._mounts:
            self._mounts[router] = ()
            self._mounts[router] = tuple(self._mount(router, 0))[:_MAX_MOUNTS]
        return self._mounts[router]

    def _mount(self, router: str, depth: int) -> Iterator[Mount]:
        known = self.routers.get(router)
        if depth > _MAX_DEPTH or known is None:
            return
        if not self._parents.get(router):
            yield Mount(router, known.prefix, (), ())
            return
        for include in self._parents.get(router, ()):
            for above in self.mounts(include.parent):
                place = (include.path, include.line, 0)
                yield Mount(
                    above.app,
                    above.prefix + include.prefix + known.prefix,
                    (*above.includes, include),
                    (*above.order, place),
                )

    # --- endpoints -----------------------------------------------------------------------------

    def endpoints(self) -> list[Endpoint]:
        """All endpoints in registration order of their application, then by place."""
        placed: list[tuple[tuple[object, ...], Route, Mount | None]] = []
        for route in self.routes:
            mounts = self.mounts(route.router)
            mount = next((m for m in mounts if self._visible(route.router, m)), mounts[0] if mounts else None)
            order = (*(mount.order if mount else ()), (route.at.path, route.at.line, 1))
            placed.append(((mount.app if mount else "~", order, route.at), route, mount))
        placed.sort(key=lambda item: item[0])
        return [self._endpoint(route, mount, order) for order, (_, route, mount) in enumerate(placed)]

    def _endpoint(self, route: Route, mount: Mount | None, order: int) -> Endpoint:
        router = self.routers.get(route.router)
        prefix = mount.prefix if mount is not None else (router.prefix if router is not None else "")
        full = (prefix + route.local_path) or "/"
        returned = s.keyword(route.call, "response_model")
        node = route.function.node
        path = route.function.path
        status = self.constants.value(route.at.path, s.keyword(route.call, "status_code"))
        status = status if isinstance(status, int) and not isinstance(status, bool) else self._status(route)
        expr = returned if returned is not None else node.returns
        scope = None if returned is not None else route.function
        response_class = s.keyword(route.call, "response_class")
        dependencies = tuple(self._dependency_keys(route, router, mount))
        parameters = self._parameters(route.function, full, route.function.cls is not None)
        parameters += tuple(self._of_owner(route.function.cls, full))
        for target in dependencies:
            parameters += self._of_dependency(target, full, 1)
        return Endpoint(
            function=route.function,
            methods=route.methods,
            path=full,
            local_path=route.local_path,
            at=route.at,
            decorator=route.call,
            router=route.router,
            app=mount.app if mount is not None else None,
            order=order,
            is_async=node.is_async,
            websocket=route.websocket,
            response_model=self.types.annotation(route.at.path if returned is not None else path, expr, scope),
            response_expr=expr,
            declared=expr is not None or response_class is not None,
            status_code=status,
            in_schema=not _hides(route.call) and (mount is None or self._visible(route.router, mount)),
            parameters=parameters,
            dependencies=tuple(dict.fromkeys([*dependencies, *(p.dependency for p in parameters if p.dependency)])),
            security=self._secured(route, router, mount, dependencies, parameters),
            because=tuple(
                Step(
                    i.path, i.line, f"include_router(prefix={i.prefix!r})" if i.prefix else i.handed or "include_router"
                )
                for i in (mount.includes if mount is not None else ())
            ),
        )

    def _status(self, route: Route) -> int | None:
        text = s.text(s.keyword(route.call, "status_code"))
        digits = text.rpartition("HTTP_")[2][:3]
        return int(digits) if digits.isdigit() and len(digits) == 3 else None

    def _visible(self, router: str, mount: Mount) -> bool:
        """Whether no router on the way keeps its operations out of the schema."""
        owners = [self.routers.get(name) for name in (router, *(i.parent for i in mount.includes))]
        return not any(i.hidden for i in mount.includes) and not any(o is not None and o.hidden for o in owners)

    def _dependency_keys(self, route: Route, router: Router | None, mount: Mount | None) -> Iterator[str]:
        lists: list[tuple[str, s.Expr | None, Function | None]] = []
        for include in mount.includes if mount is not None else ():
            lists.append((include.path, include.dependencies, include.function))
            parent = self.routers.get(include.parent)
            if parent is not None:
                lists.append((parent.path, parent.dependencies, parent.function))
        if router is not None:
            lists.append((router.path, router.dependencies, router.function))
        lists.append((route.at.path, s.keyword(route.call, "dependencies"), None))
        for path, expr, function in lists:
            for item in expr.items if isinstance(expr, s.Sequence) else ():
                if isinstance(item, s.Call):
                    target = self.types.dependency(path, item, function)
                    if target is not None:
                        yield target

    def _secured(
        self,
        route: Route,
        router: Router | None,
        mount: Mount | None,
        dependencies: tuple[str, ...],
        parameters: tuple[Parameter, ...],
    ) -> bool:
        """Whether anything that looks like authentication guards the operation; unknown guards count as such."""
        exprs = [s.keyword(route.call, "dependencies"), router.dependencies if router is not None else None]
        exprs += [i.dependencies for i in (mount.includes if mount is not None else ())]
        for include in mount.includes if mount is not None else ():
            parent = self.routers.get(include.parent)
            exprs.append(parent.dependencies if parent is not None else None)
        if any(e is not None for e in exprs) and not dependencies:
            return True
        names = [*dependencies, *(p.dependency for p in parameters if p.dependency)]
        names += [p.name for p in parameters if p.place in ("header", "cookie", "context", "dependency")]
        kinds = [p.type.name for p in parameters if p.type is not None]
        for name in dict.fromkeys(names):
            holder = self.types.variable(name) if internal(name) else None
            kinds += self.linker.mro(holder.name if holder is not None else name)
        unread = any(p.place == "dependency" and p.dependency is None for p in parameters)
        return unread or any(_GUARD.search(n) for n in names) or any(k.startswith("fastapi.security.") for k in kinds)

    # --- parameters ----------------------------------------------------------------------------

    def _parameters(self, function: Function, full: str, bound: bool, depth: int = 0) -> tuple[Parameter, ...]:
        out: list[Parameter] = []
        params = function.node.params[1:] if bound and not _static(function) else function.node.params
        for param in params:
            if param.kind in ("args", "kwargs"):
                continue
            found = self._parameter(function, param, full)
            out.append(found)
            if found.dependency is not None and depth < 6:
                out.extend(self._of_dependency(found.dependency, full, depth + 1))
        return tuple(out)

    def _of_dependency(self, target: str, full: str, depth: int) -> tuple[Parameter, ...]:
        """The parameters that a dependency brings into the operation."""
        # Which parameters are those of the path differs by endpoint.
        place = target, frozenset(_TEMPLATED.findall(full))
        if place in self._dependencies:
            return self._dependencies[place]
        self._dependencies[place] = ()
        made = self.linker.function(target)
        if made is None and self.linker.cls(target) is not None:
            made = self.linker.function(self.linker.class_member(target, "__init__"))
        if made is not None:
            found = self._parameters(made, full, made.cls is not None, depth)
        else:
            found = tuple(self._class_parameters(target, full))
        self._dependencies[place] = tuple(
            msgspec.structs.replace(p, dependency=p.dependency or target if p.place != "dependency" else p.dependency)
            for p in found
        )
        return self._dependencies[place]

    def _of_owner(self, cls: str | None, full: str) -> Iterator[Parameter]:
        """The dependencies that a class-based view declares as attributes, its bases' included."""
        for found in self._class_parameters(cls, full) if cls is not None else ():
            if found.place == "dependency":
                yield found
                if found.dependency is not None:
                    yield from self._of_dependency(found.dependency, full, 1)

    def _class_parameters(self, target: str, full: str) -> Iterator[Parameter]:
        """A dataclass or model used as a dependency: its fields are query parameters."""
        private = self.linker.is_subclass(target, _DATA)
        for base in self.linker.mro(target):
            cls = self.linker.cls(base)
            for stmt in cls.node.body if cls is not None else ():
                if cls is not None and isinstance(stmt, s.Assign) and stmt.annotation is not None:
                    name = s.dotted(stmt.targets[0])
                    outer = stmt.annotation.value if isinstance(stmt.annotation, s.Subscript) else stmt.annotation
                    shared = self.types.resolve(cls.path, outer) == "typing.ClassVar"
                    if name is not None and not shared and not (private and name.startswith(("_", "model_config"))):
                        param = s.Param(stmt.line, name, stmt.annotation, stmt.value, "normal")
                        yield self._parameter(Function("", cls.path, "", _EMPTY), param, full)

    def _parameter(self, function: Function, param: s.Param, full: str) -> Parameter:
        path = function.path
        # Defaults and annotations are evaluated outside of the function: `page=Depends(page)` names the outer one.
        scope = self.types.enclosing(function) if function.key else None
        kind = self.types.annotation(path, param.annotation, scope)
        marker = self.marker(path, param.annotation, param.default, scope)
        constraints: Mapping[str, s.Expr] = {}
        dependency = None
        default = param.default
        if marker is not None:
            place, call, place_path, maker = marker
            constraints = {k.name: k.value for k in call.keywords if k.name}
            if maker is not None:
                made = self._providers(maker)
                if len(made) == 1:
                    dependency = self.types.dependency(maker.path, made[0], maker)
                default = None
            elif place == "dependency":
                dependency = self.types.dependency(place_path, call, scope)
                provider = s.argument(call, 0, "dependency")
                if provider is None and kind is not None and internal(kind.name):
                    dependency = kind.name
                default = None
            elif call is param.default:
                default = s.argument(call, 0, "default")
        else:
            place = self._place(param.name, kind, full)
        required = default is None or (isinstance(default, s.Constant) and default.kind == "ellipsis")
        return Parameter(
            name=param.name,
            place=place,  # type: ignore[arg-type]
            line=param.line,
            type=kind,
            annotation=param.annotation,
            default=default,
            required=required and place not in ("dependency", "context") and "default_factory" not in constraints,
            constraints=constraints,
            dependency=dependency,
            path=path,
        )

    def marker(
        self, path: str, annotation: s.Expr | None, default: s.Expr | None, function: Function | None
    ) -> tuple[str, s.Call, str, Function | None] | None:
        """The `Query(...)`, `Depends(...)` and so on of a parameter: its place, the call, and the call's file.

        Last comes the project's function that makes the `Depends(...)`, where one does: `user = allow("admin")`.
        """
        calls = [(path, default, function)] if isinstance(default, s.Call) else []
        for place, call, scope in [*calls, *((p, c, None) for p, c in self.metadata(path, annotation))]:
            name = self.types.resolve(place, call.func, scope) or ""
            last = name.rpartition(".")[2]
            if name.startswith("fastapi.") and last in _MARKERS:
                return _MARKERS[last], call, place, None
            maker = self.linker.function(name)
            if maker is not None and self._providers(maker):
                return "dependency", call, place, maker
        return None

    def _providers(self, maker: Function) -> list[s.Call]:
        """The `Depends(...)` that a function returns."""
        found = self._made.get(maker.key)
        if found is None:
            values = (n.value for n in s.walk(*maker.node.body) if isinstance(n, s.Return))
            calls = [v for v in values if isinstance(v, s.Call)]
            found = [c for c in calls if self.types.resolve(maker.path, c.func, maker) in _DEPENDS]
            self._made[maker.key] = found
        return found

    def metadata(self, path: str, annotation: s.Expr | None, depth: int = 0) -> Iterator[tuple[str, s.Call]]:
        """The calls inside `Annotated[...]`, through aliases, with the file that each stands in."""
        if annotation is None or depth > 6:
            return
        if isinstance(annotation, s.Subscript):
            if self.types.resolve(path, annotation.value) == "typing.Annotated":
                items = annotation.index.items if isinstance(annotation.index, s.Sequence) else ()
                for item in items[1:]:
                    if isinstance(item, s.Call):
                        yield path, item
                if items:
                    yield from self.metadata(path, items[0], depth + 1)
            return
        if isinstance(annotation, s.Binary):
            yield from self.metadata(path, annotation.left, depth + 1)
            return
        target = self.types.resolve(path, annotation)
        if internal(target) and target is not None and self.linker.cls(target) is None:
            place, name = split(target)
            if not place.endswith("/"):
                binding = self.linker.symbols(place).bindings.get(name)
                if binding is not None and binding.kind == "value":
                    yield from self.metadata(place, binding.expr, depth + 1)

    def _place(self, name: str, kind: Type | None, full: str) -> str:
        if f"{{{name}}}" in full or f"{{{name}:" in full:
            return "path"
        if kind is None:
            return "query"
        if self.linker.is_subclass(kind.name, _CONTEXT):
            return "context"
        if kind.name == "fastapi.UploadFile" or (kind.args and kind.args[0].name == "fastapi.UploadFile"):
            return "file"
        return "query" if self._scalar(kind) else "body"

    def _scalar(self, kind: Type) -> bool:
        """Whether FastAPI takes a value of this type from the query: no model, mapping, dataclass or sequence."""
        if kind.name == "typing.Union":
            return all(self._scalar(part) for part in kind.args)
        if kind.name in _COMPLEX:
            return False
        if kind.name in _SCALARS or self.linker.is_subclass(kind.name, _ENUMS):
            return True
        if self.linker.is_subclass(kind.name, _DATA):
            return False
        cls = self.linker.cls(kind.name)
        return cls is None or not any("dataclass" in s.text(d) for d in cls.node.decorators)


_EMPTY = s.Function(0, 0, 0, "", (), None, (), (), False, False, ())


def _static(function: Function) -> bool:
    return any(s.dotted(d) == "staticmethod" for d in function.node.decorators)


class _FileReader:
    """Finds the routers and registrations of one file."""

    def __init__(self, routing: Routing, path: str) -> None:
        self.routing = routing
        self.path = path
        self.linker = routing.linker

    def declarations(self) -> None:
        for stmt, function, prefix in self.statements():
            if isinstance(stmt, s.Assign):
                self.assignment(stmt, function, prefix)
            call = _called(stmt) if function is not None and isinstance(stmt, s.Expression) else None
            if call is not None and isinstance(call.func, s.Attribute) and call.func.attr in _REGISTRATIONS:
                self.uses(function, (call.func.value, *call.args[:1]))
        for inner in self.linker.functions(self.path):
            called = [d.func for d in inner.node.decorators if isinstance(d, s.Call)]
            used = tuple(f.value for f in called if isinstance(f, s.Attribute) and f.attr in METHODS)
            if used and "." in inner.qualname:
                self.uses(self.routing.types.enclosing(inner), used)

    def uses(self, function: Function | None, routers: tuple[s.Expr, ...]) -> None:
        """Note the name of a function that does something to a router that is its parameter."""
        if function is not None and {p.name for p in function.node.params} & {s.dotted(r) for r in routers}:
            self.routing.registering.add(function.node.name)

    def calls(self) -> None:
        for stmt, function, _ in self.statements():
            call = _called(stmt)
            if call is not None:
                self.handing(call, function)

    def registrations(self) -> None:
        for stmt, function, _ in self.statements():
            if isinstance(stmt, s.For):
                self.loop(stmt, function)
            call = _called(stmt) if isinstance(stmt, s.Expression) else None
            if call is not None and isinstance(call.func, s.Attribute):
                self.registration(call, function, None)
        for function in self.linker.functions(self.path):
            self.decorators(function)

    def statements(self) -> Iterator[tuple[s.Stmt, Function | None, str]]:
        """All statements of the file with the function and the classes around them."""
        module = self.linker.load(self.path)
        if module is not None:
            yield from self.block(module.body, None, "")
            for function in self.linker.functions(self.path):
                yield from self.block(function.node.body, function, "")

    def block(
        self, body: tuple[s.Stmt, ...], function: Function | None, prefix: str
    ) -> Iterator[tuple[s.Stmt, Function | None, str]]:
        for stmt in body:
            if isinstance(stmt, s.Class):
                if function is None:
                    yield from self.block(stmt.body, None, f"{prefix}{stmt.name}.")
            elif not isinstance(stmt, s.Function):
                yield stmt, function, prefix
                for inner in _blocks(stmt):
                    yield from self.block(inner, function, prefix)

    def handing(self, call: s.Call, function: Function | None) -> None:
        """`register(app)`: note which parameters of which function are routers."""
        if (s.dotted(call.func) or "").rpartition(".")[2] not in self.routing.registering:
            return
        made = self.linker.function(self.routing.types.target(function, self.path, call.func)[0])
        if made is None:
            return
        self.uses(function, (*call.args, *(k.value for k in call.keywords)))
        routers: dict[str, str] = {}
        for param, arg in _given(made, call):
            if isinstance(arg, (s.Name, s.Attribute)):
                router = self.routing.router(self.path, arg, function)
                if router is not None:
                    routers[f"{made.key}.{param.name}"] = router
        handed = Handed(call, made, routers, self.path, function)
        for param_id in routers:
            self.routing.handed.setdefault(param_id, []).append(handed)

    def assignment(self, stmt: s.Assign, function: Function | None, prefix: str) -> None:
        if not isinstance(stmt.value, s.Call):
            return
        target, _ = self.routing.types.target(function, self.path, stmt.value.func)
        if not self.linker.is_subclass(target, ROUTERS):
            return
        for name in stmt.targets:
            text = s.dotted(name)
            if text is None:
                continue
            if function is not None and text.startswith("self.") and function.cls is not None:
                router = f"{function.cls}.{text[5:]}"
            else:
                router = key(self.path, f"{function.qualname}.{text}" if function is not None else prefix + text)
            self.routing.declare(self.path, router, stmt.value, function)

    def loop(self, stmt: s.For, function: Function | None) -> None:
        """`for router in (a, b): app.include_router(router)`, with a literal list or a variable that holds one."""
        name = s.dotted(stmt.target)
        items = self._literal(stmt.iter, function)
        if name is None:
            return
        for inner in stmt.body:
            if isinstance(inner, s.Expression) and isinstance(inner.value, s.Call):
                call = inner.value
                if isinstance(call.func, s.Attribute) and call.func.attr == "include_router" and call.args:
                    for item in items if s.dotted(call.args[0]) == name else ():
                        self.registration(call, function, item)

    def _literal(self, expr: s.Expr, function: Function | None) -> tuple[s.Expr, ...]:
        if isinstance(expr, s.Sequence):
            return expr.items
        if isinstance(expr, s.Name):
            if function is not None:
                found = self.routing.types.local(function, expr.id, expr.line)
                if found is not None:
                    return found[1].expr.items if isinstance(found[1].expr, s.Sequence) else ()
            binding = self.linker.symbols(self.path).bindings.get(expr.id)
            if binding is not None and isinstance(binding.expr, s.Sequence):
                return binding.expr.items
        return ()

    def registration(self, call: s.Call, function: Function | None, child: s.Expr | None) -> None:
        if not isinstance(call.func, s.Attribute):
            return
        attr = call.func.attr
        if attr not in _REGISTRATIONS:
            return
        parent = self.routing.router(self.path, call.func.value, function)
        if parent is None:
            return
        if attr == "include_router":
            target = self.routing.router(self.path, child or s.argument(call, 0, "router"), function)
            if target is not None and target != parent:
                self._include(parent, target, s.keyword(call, "prefix"), call, function)
        elif attr == "mount":
            target = self.routing.router(self.path, s.argument(call, 1, "app"), function)
            if target is not None and target != parent:
                self._include(parent, target, s.argument(call, 0, "path"), call, function)  # `/` mounts at the root
        else:
            self._add_route(parent, call, function, attr == "add_api_websocket_route")

    def _include(self, parent: str, child: str, prefix: s.Expr | None, call: s.Call, function: Function | None) -> None:
        text = self.routing.constants.text(self.path, prefix, function).rstrip("/")
        given = prefix if isinstance(prefix, s.Name) and "{?}" in text else None
        dependencies = s.keyword(call, "dependencies")
        include = Include(parent, child, text, dependencies, self.path, call.line, function, _hides(call), given=given)
        self.routing.includes.setdefault(parent, []).append(include)

    def _add_route(self, router: str, call: s.Call, function: Function | None, websocket: bool) -> None:
        handler = s.argument(call, 1, "endpoint")
        if handler is None:
            return
        target, _ = self.routing.types.target(function, self.path, handler)
        made = self.linker.function(target)
        if made is None:
            return
        methods = _methods(s.keyword(call, "methods")) if not websocket else ("WEBSOCKET",)
        self._route(router, made, methods, s.argument(call, 0, "path"), call, function, call.line, websocket)

    def decorators(self, function: Function) -> None:
        outer = self.routing.types.enclosing(function)
        for decorator in function.node.decorators:
            if not isinstance(decorator, s.Call) or not isinstance(decorator.func, s.Attribute):
                continue
            attr = decorator.func.attr
            if attr not in METHODS:
                continue
            router = self.routing.router(self.path, decorator.func.value, outer)
            if router is None:
                continue
            websocket = attr == "websocket"
            if websocket:
                methods: tuple[str, ...] = ("WEBSOCKET",)
            elif attr == "api_route":
                methods = _methods(s.keyword(decorator, "methods"))
            else:
                methods = (attr.upper(),)
            path = s.argument(decorator, 0, "path")
            self._route(router, function, methods, path, decorator, outer, decorator.line, websocket)

    def _route(
        self,
        router: str,
        function: Function,
        methods: tuple[str, ...],
        path: s.Expr | None,
        call: s.Call,
        outer: Function | None,
        line: int,
        websocket: bool,
    ) -> None:
        local = self.routing.constants.text(self.path, path, outer)
        at = Location(self.path, line, max(line, call.end))
        self.routing.routes.append(Route(router, function, methods, local, call, at, websocket))


# --- endpoints as the contracts have them ------------------------------------------------------


def served(endpoints: Iterable[Endpoint], contracts: Sequence[Contract]) -> Iterator[Endpoint]:
    """The endpoints with the paths that the contracts give their handlers, one for each path.

    What no contract has stays as the registrations show it: the router of a library, a route outside of the schema.
    """
    places: dict[tuple[str, str], dict[str, Operation]] = {}
    for contract in contracts:
        for op in operations(contract.document):
            places.setdefault((str(op.body.get(ORIGIN)), op.method.upper()), {}).setdefault(op.path or "/", op)
    every = list(endpoints)
    single = Counter(e.function.key for e in every)
    taken = {(e.function.key, method, routes.plain(e.path)) for e in every for method in e.methods}
    for endpoint in every:
        key, first = endpoint.function.key, f"{endpoint.function.path}:{endpoint.function.node.start}"
        found: dict[str, Operation] = {}
        for method in endpoint.methods:
            for path, op in places.get((first, method), {}).items():
                own = path == routes.plain(endpoint.path)
                if own or ((key, method, path) not in taken and (single[key] == 1 or _ends(path, endpoint.local_path))):
                    found.setdefault(path, op)
        yield from _placed(endpoint, found) if found else (endpoint,)


def _placed(endpoint: Endpoint, found: Mapping[str, Operation]) -> Iterator[Endpoint]:
    paths = dict(found)
    own = paths.pop(routes.plain(endpoint.path), None)
    if own is not None:
        yield _of_contract(endpoint, endpoint.path, own)
    elif routes.fixed(endpoint):
        # Hidden there, in another application whose contract could not be read, or in one that is mounted: that one's
        # own document has the end of the path.
        yield endpoint
        paths = {path: op for path, op in paths.items() if not routes.plain(endpoint.path).endswith(path)}
    else:
        first = next(iter(paths))
        yield _of_contract(endpoint, _converted(first, endpoint.local_path), paths.pop(first))
    for path, op in paths.items():
        other = _of_contract(endpoint, _converted(path, endpoint.local_path), op)
        # The chain of includes is that of one place only.
        yield msgspec.structs.replace(other, app=None, because=())


def _of_contract(endpoint: Endpoint, path: str, op: Operation) -> Endpoint:
    names = {name.partition(":")[0] for name in _TEMPLATED.findall(path)}
    parameters = tuple(
        msgspec.structs.replace(p, place="path", required=True) if p.place == "query" and p.name in names else p
        for p in endpoint.parameters
    )
    responses = op.body.get("responses")
    codes = [c for c in responses if c.startswith("2") and c.isdigit()] if isinstance(responses, dict) else []
    status = endpoint.status_code
    if status is None and len(codes) == 1 and s.keyword(endpoint.decorator, "status_code") is not None:
        status = int(codes[0])
    return msgspec.structs.replace(endpoint, path=path, parameters=parameters, status_code=status, in_schema=True)


def _ends(path: str, local: str) -> bool:
    """Whether a path is that of a route with this path of its own."""
    return path.endswith(routes.plain(local.rpartition(routes.UNKNOWN)[2]))


def _converted(path: str, local: str) -> str:
    """A path of a document, with the converters of the route's own path: a document leaves them out."""
    fixed = local.rpartition(routes.UNKNOWN)[2]
    plain = routes.plain(fixed)
    return path[: len(path) - len(plain)] + fixed if path.endswith(plain) else path


def _called(stmt: s.Stmt) -> s.Call | None:
    """The call that a statement makes, awaited or not."""
    value = stmt.value if isinstance(stmt, (s.Expression, s.Assign, s.Return)) else None
    value = value.value if isinstance(value, s.Await) else value
    return value if isinstance(value, s.Call) else None


def _given(made: Function, call: s.Call) -> Iterator[tuple[s.Param, s.Expr]]:
    """The parameters of a function with what a call gives them."""
    params = [p for p in made.node.params if p.kind in ("positional", "normal")]
    bound = made.cls is not None and not _static(made)
    yield from zip(params[1:] if bound else params, call.args, strict=False)
    for item in call.keywords:
        for param in made.node.params:
            if param.name == item.name:
                yield param, item.value


def _hides(call: s.Call) -> bool:
    """Whether a router, an inclusion or a route keeps out of the schema."""
    flag = s.keyword(call, "include_in_schema")
    return isinstance(flag, s.Constant) and flag.value is False


def _blocks(stmt: s.Stmt) -> Iterator[tuple[s.Stmt, ...]]:
    for name in ("body", "orelse", "final"):
        block = getattr(stmt, name, None)
        if isinstance(block, tuple):
            yield block
    if isinstance(stmt, s.Try):
        for handler in stmt.handlers:
            yield handler.body
    if isinstance(stmt, s.Match):
        for case in stmt.cases:
            yield case.body


def _methods(expr: s.Expr | None) -> tuple[str, ...]:
    if isinstance(expr, s.Sequence):
        found = tuple(str(s.string(i)).upper() for i in expr.items if s.string(i) is not None)
        return found or ("GET",)
    return ("GET",)
