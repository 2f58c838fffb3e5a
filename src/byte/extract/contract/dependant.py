"""What an endpoint and all that it depends on take: FastAPI's `get_dependant` and the ways it is flattened."""

import keyword
from typing import Any, Final, NamedTuple

from byte.extract.contract.fields import ModelField, Schemas
from byte.extract.contract.parameters import Details, Reader, attribute, is_field_info, is_model
from byte.extract.contract.plain import reason
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import (
    EMPTY,
    Annotated,
    Bound,
    Class,
    External,
    Function,
    Instance,
    Native,
    Parameter,
    Partial,
    Place,
    Raised,
    StaticMethod,
    Union,
    Unknown,
    Value,
)
from byte.model import syntax as s

MERGED_SCOPES: Final = (0, 123, 7)
"""The version from which the scopes of one security scheme are put together, and wrapped schemes are found."""

_DEEPEST: Final = 50
_MOST_DEPENDANTS: Final = 2_000  # of one route, those that others share apart
_LIMITS: Final = frozenset(
    """gt ge lt le multiple_of min_length max_length pattern regex strict max_digits decimal_places allow_inf_nan
    min_items max_items unique_items metadata""".split()
)

CacheKey = tuple[Any, ...]


class Problem(NamedTuple):
    """Something about an operation that cannot be known."""

    reason: str
    at: Place


class Dependant:
    """A callable with its parameters by place and the dependants under it."""

    __slots__ = (
        "at", "body", "call", "cookie", "dependencies", "header", "name", "own_scopes", "parent_scopes", "path",
        "problems", "query", "requirement_scopes", "scheme", "scope", "scopes", "use_cache", "wants_scopes",
    )  # fmt: skip

    def __init__(self, call: Value, name: str | None, at: Place) -> None:
        self.call = call
        self.name = name
        self.at = at
        self.path: list[ModelField] = []
        self.query: list[ModelField] = []
        self.header: list[ModelField] = []
        self.cookie: list[ModelField] = []
        self.body: list[ModelField] = []
        self.dependencies: list[Dependant] = []
        self.problems: list[Problem] = []
        self.scheme: Instance | None = None
        self.own_scopes: list[Value] = []
        self.parent_scopes: list[Value] = []
        self.scopes: list[Value] = []
        self.requirement_scopes: list[Value] = []
        self.scope: str | None = None
        self.use_cache = True
        self.wants_scopes = False

    def fields(self, place: str) -> list[ModelField]:
        """The fields of one place."""
        found: list[ModelField] = getattr(self, place)
        return found


class Flat(NamedTuple):
    """All parameters of an operation, each dependency met once, with the security schemes on the way."""

    path: list[ModelField]
    query: list[ModelField]
    header: list[ModelField]
    cookie: list[ModelField]
    security: list[tuple[Instance, list[Value]]]
    chains: dict[int, tuple[str, ...]]
    problems: list[Problem]


def names_in(path: str) -> frozenset[str]:
    """The names of the parameters in a path."""
    out = []
    rest = path
    while "{" in rest:
        inner, closing, rest = rest.partition("{")[2].partition("}")
        if closing:
            out.append(inner)
    return frozenset(out)


def unwrapped(call: Value) -> Value:
    """What stands behind partials and `functools.wraps`."""
    for _ in range(_DEEPEST):
        if isinstance(call, Partial):
            call = call.function
            continue
        inner = call.attributes.get("__wrapped__", EMPTY) if isinstance(call, (Function, Instance, Native)) else EMPTY
        if inner is EMPTY:
            break
        call = inner
    return call


def identity(call: Value) -> Any:
    """What two equal callables have in common."""
    if isinstance(call, Bound):
        return ("bound", id(call.function), id(call.self))
    return id(call)


def place_of(call: Value) -> Place:
    """Where a callable stands in the source."""
    call = unwrapped(call)
    if isinstance(call, Bound):
        return place_of(call.function)
    if isinstance(call, (Function, Class, Instance, Unknown)):
        return call.at
    return Place("", 0)


def label(call: Value) -> str:
    """How a callable is named in a derivation."""
    call = unwrapped(call)
    if isinstance(call, Bound):
        return label(call.function)
    if isinstance(call, Function):
        return f"{call.qualname}()"
    if isinstance(call, Class):
        return f"{call.name}()"
    if isinstance(call, Instance):
        return f"an object of {call.cls.name if isinstance(call.cls, Class) else call.cls.short}"
    if isinstance(call, External):
        return call.name
    return "a callable"


def is_generator(call: Value) -> bool:
    """Whether calling it gives a generator, as FastAPI finds out."""
    for candidate in (call.function if isinstance(call, Partial) else call, unwrapped(call)):
        found = candidate.function if isinstance(candidate, (Bound, StaticMethod)) else candidate
        if isinstance(found, Instance) and isinstance(found.cls, Class):
            found = found.cls.lookup("__call__")
        if isinstance(found, Function) and isinstance(found.node, s.Function) and found.node.is_generator:
            return True
    return False


class Dependants:
    """Builds dependants for one interpreter; what a callable takes is analysed once."""

    def __init__(self, interp: Interpreter, schemas: Schemas) -> None:
        self.interp = interp
        self.schemas = schemas
        self.reader = Reader(interp)
        self.fastapi: tuple[int, ...] = interp.target.fastapi
        self._signatures: dict[Any, tuple[Value, list[Parameter], list[Problem]]] = {}
        self._analysed: dict[tuple[Any, frozenset[str]], list[Details]] = {}
        self._flattened: dict[int, tuple[Class, list[ModelField]]] = {}
        self._made: dict[CacheKey, tuple[Value, Dependant]] = {}
        self._depth = 0
        self._left = _MOST_DEPENDANTS

    def of_route(self, path: str, endpoint: Value, depends: list[Value]) -> Dependant:
        """The dependant of a route: the endpoint's, with what its decorators and routers add in front."""
        names = names_in(path)
        self._left = _MOST_DEPENDANTS
        out = self._dependant(endpoint, names, None, [], [], True, "function")
        added = []
        for one in depends:
            if isinstance(one, Instance):
                call = attribute(one, "dependency")
                scopes = self._scopes_of(one)
                added.append(self._sub(call, names, None, scopes, [], one))
            else:
                why, at = reason(one)
                out.problems.append(Problem(f"a dependency is not known: {why}", at))
        out.dependencies[:0] = added
        return out

    def _scopes_of(self, depends: Instance) -> list[Value]:
        found = attribute(depends, "scopes")
        return list(found) if isinstance(found, (list, tuple)) else []

    def _sub(
        self,
        call: Value,
        names: frozenset[str],
        name: str | None,
        own: list[Value],
        parent: list[Value],
        depends: Instance,
    ) -> Dependant:
        use_cache = attribute(depends, "use_cache") is not False
        scope = attribute(depends, "scope")
        scope = scope if isinstance(scope, str) else None
        # What a route depends on is mostly what others do, too. Lists of scopes that grow are not shared.
        shared = self._depth < _DEEPEST // 2 and (self.fastapi >= MERGED_SCOPES or not (own or parent))
        key = (identity(call), names, name, _texts(own), _texts(parent), use_cache, scope)
        known = self._made.get(key) if shared else None
        if known is None:
            known = (call, self._dependant(call, names, name, own, parent, use_cache, scope))
            if shared:
                self._made[key] = known
        return known[1]

    def _dependant(
        self,
        call: Value,
        names: frozenset[str],
        name: str | None,
        own: list[Value],
        parent: list[Value],
        use_cache: bool,
        scope: str | None,
    ) -> Dependant:
        out = Dependant(call, name, place_of(call))
        out.use_cache, out.scope = use_cache, scope
        out.own_scopes, out.parent_scopes = own, parent
        merged = self.fastapi >= MERGED_SCOPES
        if merged:
            out.scopes = list(parent) + [x for x in own if x not in parent]
        else:
            # Up to there one list of scopes went through all that depends on each other, and grew on the way.
            out.scopes = parent or []
            out.scopes.extend(own)
        scheme = unwrapped(call) if merged else call
        if is_field_info(scheme, "fastapi.security.base.SecurityBase"):
            out.scheme = scheme
            scoped = is_field_info(
                scheme, "fastapi.security.oauth2.OAuth2", "fastapi.security.open_id_connect_url.OpenIdConnect"
            )
            out.requirement_scopes = out.scopes if scoped else []
        self._left -= 1
        if self._depth >= _DEEPEST or self._left < 0:
            out.problems.append(
                Problem("the dependencies are too many or nested too deep, or depend on themselves", out.at)
            )
            return out
        self._depth += 1
        try:
            self._fill(out, call, names, parent + own if merged else out.scopes)
        finally:
            self._depth -= 1
        return out

    def _fill(self, out: Dependant, call: Value, names: frozenset[str], scopes: list[Value]) -> None:
        details, problems = self._details(call, names)
        out.problems += problems
        for one in details:
            if one.depends is not None:
                own = self._scopes_of(one.depends)
                out.dependencies.append(self._sub(one.dependency, names, one.name, own, scopes, one.depends))
            elif one.field is not None:
                out.fields(one.place).append(one.field)
            elif one.wants_scopes:
                out.wants_scopes = True
            if one.doubt:
                out.problems.append(Problem(one.doubt, one.at))

    def _details(self, call: Value, names: frozenset[str]) -> tuple[list[Details], list[Problem]]:
        same = identity(call)
        if same not in self._signatures:
            self._signatures[same] = (call, *self._signature(call))
        _, params, problems = self._signatures[same]
        mine = names & {p.name for p in params}
        key = (same, mine)
        if key not in self._analysed:
            self._analysed[key] = [self.reader.analyse(p, p.name in mine) for p in params]
        return self._analysed[key], problems

    def _signature(self, call: Value) -> tuple[list[Parameter], list[Problem]]:
        if isinstance(call, (Unknown, External)):
            if isinstance(call, External) and call.name.startswith(("builtins.", "collections.")):
                return [], []
            why, at = reason(call)
            return [], [Problem(f"what is called is not known: {why}", at)]
        try:
            if isinstance(call, Class) and is_model(call) and self._plain_model(call):
                return self._of_model(call), []
            found: list[Parameter] = self.interp.signature(call)
        except Raised as failed:
            return [], [Problem(f"its signature is not known: {failed.text}", failed.at)]
        # `*args` and `**kwargs` are parameters to FastAPI as any other.
        return found, []

    def _plain_model(self, model: Class) -> bool:
        """Whether the signature of a Pydantic model follows from its fields."""
        written = model.lookup("__init__")
        stub = not isinstance(written, Function) or written.scope.module.stub
        return stub and model.lookup("__signature__") is EMPTY

    def _of_model(self, model: Class) -> list[Parameter]:
        """The parameters of a Pydantic model: its fields by alias, with their constraints and nothing else."""
        out = []
        for field in self.schemas.model_fields(model):
            # `alias` before `validation_alias`, the other way round than where values are read.
            aliases = (attribute(field.info, "alias"), field.alias)
            name = next((a for a in aliases if isinstance(a, str) and a.isidentifier()), field.name)
            if not name.isidentifier() or keyword.iskeyword(name):
                continue
            type_ = stripped(field.type)
            beside = [m for m in getattr(field.type, "metadata", ()) if not is_field_info(m)]
            limits = self.limits(field.info)
            if limits is not None:
                beside.append(limits)
            if beside:
                type_ = Annotated(type_, tuple(beside))
            default = field.default
            factory = attribute(field.info, "default_factory")
            if default is EMPTY and factory is not None:
                default = Unknown("a default factory makes it", field.at)
            out.append(Parameter(name, "keyword", type_, default, field.at))
        return out

    def limits(self, info: Instance | None) -> Instance | None:
        """The constraints of a field, without its title, description and the like."""
        given = {k: v for k, v in (info.attributes if info is not None else {}).items() if k in _LIMITS}
        if info is None or not any(v is not None for v in given.values()):
            return None
        made = Instance(self.interp.library_class("pydantic.fields", "FieldInfo"), info.at)
        made.attributes.update(given)
        return made

    # --- flattening ----------------------------------------------------------------------------

    def flat(self, root: Dependant) -> Flat:
        """All parameters and security schemes, each dependency met once (`get_flat_dependant`, `skip_repeats`)."""
        out = Flat([], [], [], [], [], {}, [])
        visited: set[CacheKey] = set()
        merged = self.fastapi >= MERGED_SCOPES
        stack: list[tuple[Dependant, list[Value], bool, tuple[str, ...]]] = [(root, [], True, ())]
        while stack:
            current, parents, is_root, chain = stack.pop()
            key = self._cache_key(current)
            if key in visited:
                continue
            visited.add(key)
            scopes = list(parents)
            if merged:
                scopes += [x for x in current.scopes if x not in scopes]
            for place in ("path", "query", "header", "cookie"):
                for field in current.fields(place):
                    getattr(out, place).append(field)
                    out.chains.setdefault(id(field), chain)
            out.problems.extend(current.problems)
            if current.scheme is not None and (not is_root or not merged):
                out.security.append((current.scheme, scopes if merged else current.requirement_scopes))
            for sub in reversed(current.dependencies):
                step = f"{label(sub.call)} {sub.at.path}:{sub.at.line}" if sub.at.path else label(sub.call)
                stack.append((sub, scopes, False, (*chain, step)))
        return out

    def _cache_key(self, one: Dependant) -> CacheKey:
        if self.fastapi < MERGED_SCOPES or self._uses_scopes(one):
            scopes = tuple(sorted({str(x) for x in one.scopes}))
        else:
            scopes = ()
        scope = ""
        if self.fastapi >= (0, 121):
            scope = one.scope or ("request" if is_generator(one.call) else "")
        return (identity(one.call), scopes, scope)

    def _uses_scopes(self, one: Dependant) -> bool:
        return bool(
            one.own_scopes
            or one.wants_scopes
            or one.scheme is not None
            or any(self._uses_scopes(sub) for sub in one.dependencies)
        )

    def bodies(self, root: Dependant) -> list[ModelField]:
        """The body parameters of all dependants, repeated ones too (`_get_flat_body_params`)."""
        out = []
        stack = [root]
        while stack:
            current = stack.pop()
            out += current.body
            stack += reversed(current.dependencies)
        return out

    def spread(self, fields: list[ModelField]) -> list[ModelField]:
        """The fields with a parameter model replaced by its own (`_get_flat_fields_from_params`)."""
        if self.fastapi >= (0, 159):
            out: list[ModelField] = []
            for field in fields:
                model = self.param_model(field)
                out += [field] if model is None else self.model_fields(model)
            return out
        if self.fastapi >= (0, 115) and len(fields) == 1:
            type_ = stripped(fields[0].type)
            if is_model(type_):
                return self.model_fields(type_)
        return fields

    def param_model(self, field: ModelField) -> Class | None:
        """The model whose fields a parameter stands for, where it may be optional (from 0.159 on)."""
        type_ = stripped(field.type)
        if isinstance(type_, Union) and len(type_.args) == 2 and None in type_.args:
            type_ = stripped(next(arg for arg in type_.args if arg is not None))
        return type_ if isinstance(type_, Class) and is_model(type_) else None

    def model_fields(self, model: Class) -> list[ModelField]:
        """The fields of a parameter model, made once."""
        known = self._flattened.get(id(model))
        if known is None:
            fields = self.schemas.model_fields(model)
            if self.fastapi < (0, 124) and self.interp.target.pydantic >= (2,):
                for field in fields:  # a `validation_alias` did not count then
                    alias = attribute(field.info, "alias")
                    field.alias = alias if isinstance(alias, str) else field.name
            known = self._flattened[id(model)] = (model, fields)
        return known[1]


def _texts(scopes: list[Value]) -> tuple[str, ...]:
    return tuple(map(str, scopes))


def stripped(type_: Value) -> Value:
    """A type without its `Annotated` metadata."""
    while isinstance(type_, Annotated):
        type_ = type_.type
    return type_
