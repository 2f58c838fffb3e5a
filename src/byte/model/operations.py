"""The operations of base and head side by side, and the models that their inputs and answers are made of."""

from collections.abc import Iterable, Iterator, Sequence
from weakref import WeakKeyDictionary

import msgspec

from byte.model import routes
from byte.model import syntax as s
from byte.model.facts import ChangeFacts, Endpoint, Facts, Field, Model, Parameter, Type
from byte.model.review import Location

_KNOWN_BASES = frozenset(
    {"pydantic.BaseModel", "sqlmodel.SQLModel", "typing.Generic", "abc.ABC", "builtins.object", "typing.Protocol",
     "pydantic_settings.BaseSettings", "builtins.str", "enum.Enum", "pydantic.generics.GenericModel"}
)  # fmt: skip
_MAX_DEPTH = 8

Name = tuple[str, str]
"""Method and path template of an operation."""


class Pair(msgspec.Struct, frozen=True):
    """One operation on both sides."""

    name: str
    base: Endpoint
    head: Endpoint


class Models(msgspec.Struct, frozen=True):
    """Two models that stand at the same place of an input or answer, before and after."""

    base: Model
    head: Model


class Fields(msgspec.Struct, frozen=True):
    """A field on both sides of a pair of models; None where it is not."""

    models: Models
    wire: str
    base: Field | None
    head: Field | None


def operations(facts: Facts) -> dict[Name, Endpoint]:
    """The operations of a project by method and nameless path, the first registration of each."""
    out: dict[Name, Endpoint] = {}
    for endpoint in facts.all(Endpoint):
        for method in endpoint.methods:
            out.setdefault((method, _key(endpoint.path)), endpoint)
    return out


def _key(path: str) -> str:
    """A slash at the end is redirected, so it makes no other operation."""
    return routes.template(path).rstrip("/") or "/"


def pairs(change: ChangeFacts) -> tuple[Pair, ...]:
    """The operations that both sides have, by method and path."""
    known = _known(change)
    if known.pairs is None:
        known.pairs = tuple(_pairs(change))
    return known.pairs


def _pairs(change: ChangeFacts) -> Iterator[Pair]:
    """The operations that both sides have, those with unknown paths left out.

    Where several handlers have one path (of applications that Byte cannot tell apart), each is compared with itself.
    """
    head = operations(change.head)
    handlers = {(method, _key(e.path), e.function.key): e for e in change.head.all(Endpoint) for method in e.methods}
    for (method, path), old in operations(change.base).items():
        same = handlers.get((method, path, head_key(old.function.key, change)))
        new = same if same is not None else head.get((method, path))
        if new is not None and routes.fixed(old):
            yield Pair(f"{method} {new.path}", old, new)


def head_key(key: str, change: ChangeFacts) -> str:
    """The key that a definition of base has in head, if its file was renamed."""
    path, _, name = key.rpartition("::")
    moved = {old: new for new, old in change.renames.items()}
    return f"{moved.get(path, path)}::{name}"


def place_of(endpoint: Endpoint, change: ChangeFacts) -> Location:
    """The line of head that stands for an endpoint of base: its handler, its router, or the file that includes it."""
    function = change.head.function(head_key(endpoint.function.key, change))
    if function is not None:
        return function.at
    router = msgspec.structs.replace(endpoint, router=head_key(endpoint.router, change))
    at = routes.router_at(router, change.head)
    if at is not None:
        return at
    app = head_key(endpoint.app or "", change)
    at = routes.router_at(msgspec.structs.replace(endpoint, router=app), change.head)
    if at is not None:
        return at
    paths = [step.path for step in reversed(endpoint.because)]
    path = next((p for p in paths if change.head.module(p) is not None), endpoint.at.path)
    return Location(path, 1, 1)


# --- models ------------------------------------------------------------------------------------


def models(base: Type | None, head: Type | None, change: ChangeFacts) -> Iterator[Models]:
    """The models at the same places of two types, nested ones included, that differ; each pair once."""
    seen: set[tuple[str, str]] = set()
    for root in _roots(base, head, change, 0):
        for pair in _closure(root, change):
            place = (pair.base.key, pair.head.key)
            if place not in seen:
                seen.add(place)
                yield pair


def _roots(base: Type | None, head: Type | None, change: ChangeFacts, depth: int) -> Iterator[Models]:
    """The models that the two types name themselves, through containers, unions and type arguments."""
    if base is None or head is None or depth > _MAX_DEPTH:
        return
    old, new = change.base.model(base.name), change.head.model(head.name)
    if old is not None and new is not None:
        yield Models(old, new)
        inner: Iterable[tuple[Type, Type]] = zip(base.args, head.args, strict=False)
    elif base.name == head.name == "typing.Union":
        inner = _members(base, head)
    elif base.name == head.name and len(base.args) == len(head.args):
        inner = zip(base.args, head.args, strict=True)
    else:
        return
    for left, right in inner:
        yield from _roots(left, right, change, depth + 1)


def _closure(root: Models, change: ChangeFacts) -> tuple[Models, ...]:
    """The pair and all pairs nested in its fields, those that differ."""
    known = _known(change)
    place = (root.base.key, root.head.key)
    if place not in known.closures:
        out: dict[tuple[str, str], Models] = {place: root}
        stack = [root]
        while stack:
            for field in fields(stack.pop()):
                if field.base is None or field.head is None:
                    continue
                for nested in _roots(field.base.type, field.head.type, change, 0):
                    inner = (nested.base.key, nested.head.key)
                    if inner not in out:
                        out[inner] = nested
                        stack.append(nested)
        known.closures[place] = tuple(p for p in out.values() if not _alike(p.base, p.head))
    return known.closures[place]


def _alike(base: Model, head: Model) -> bool:
    """Whether a client can see no difference; files that did not change share their nodes, so most are told at once."""
    if base.key != head.key or base.bases != head.bases or len(base.fields) != len(head.fields):
        return False
    if base.node is not head.node and s.shape(base.node) != s.shape(head.node):
        return False
    return all(_same(old, new) for old, new in zip(base.fields, head.fields, strict=True))


def _same(old: Field, new: Field) -> bool:
    if (old.name, old.type, old.required, old.alias) != (new.name, new.type, new.required, new.alias):
        return False
    if old.annotation is new.annotation and old.default is new.default:
        return True
    given = [(s.shape(f.annotation), s.shape(f.default), s.shape(tuple(f.constraints.values()))) for f in (old, new)]
    return given[0] == given[1]


class _Known:
    """What was worked out for one change."""

    def __init__(self, base: Facts) -> None:
        self.base = base
        self.pairs: tuple[Pair, ...] | None = None
        self.closures: dict[tuple[str, str], tuple[Models, ...]] = {}


_KNOWN: "WeakKeyDictionary[Facts, _Known]" = WeakKeyDictionary()
"""By head, for as long as its facts live; what is remembered depends on the facts alone."""


def _known(change: ChangeFacts) -> _Known:
    found = _KNOWN.get(change.head)
    if found is None or found.base is not change.base:
        found = _KNOWN[change.head] = _Known(change.base)
    return found


def _members(base: Type, head: Type) -> Iterator[tuple[Type, Type]]:
    """The members of two unions that belong together: equal ones, then those of one name, in their order."""
    left, right = list(base.args), list(head.args)
    for alike in (lambda a, b: a == b, lambda a, b: _short(a.name) == _short(b.name)):
        for old in list(left):
            new = next((b for b in right if alike(old, b)), None)
            if new is not None:
                left.remove(old)
                right.remove(new)
                yield old, new


def _short(name: str) -> str:
    return name.rpartition("::")[2].rpartition(".")[2]


def fields(pair: Models) -> Iterator[Fields]:
    """The fields of both models by the name that travels, base's first; those that are excluded do not."""
    old = {wire(f): f for f in pair.base.fields if not _excluded(f)}
    new = {wire(f): f for f in pair.head.fields if not _excluded(f)}
    for name in dict.fromkeys([*old, *new]):
        yield Fields(pair, name, old.get(name), new.get(name))


def required(field: Field) -> bool:
    """Whether input must have the field; `Query(...)` and `Body(...)` as a default are none."""
    if field.required:
        return True
    first = field.default.args[0] if isinstance(field.default, s.Call) and field.default.args else None
    return isinstance(first, s.Constant) and first.kind == "ellipsis"


def renamed(pair: Models, gone: Field) -> bool:
    """Whether a new field may carry the name of the one that is gone: its default is made by an unknown call."""
    before = {f.name for f in pair.base.fields}
    return any(
        f.name not in before and isinstance(f.default, s.Call) and (s.dotted(f.default.func) or "").endswith("Field")
        for f in pair.head.fields
        if f.name != gone.name and _short(_name(f)) == _short(_name(gone)) and not f.alias
    )


def _name(field: Field) -> str:
    return field.type.name if field.type is not None else ""


def wire(field: Field) -> str:
    """The name of a field in JSON."""
    return field.alias or field.name


def _excluded(field: Field) -> bool:
    flag = field.constraints.get("exclude")
    return isinstance(flag, s.Constant) and flag.value is True


def open_ended(model: Model, facts: Facts) -> bool:
    """Whether the model may have fields that the source does not show: unknown bases, or extra ones allowed."""
    stack, seen = [model.key], set[str]()
    while stack:
        key = stack.pop()
        if key in seen:
            continue
        seen.add(key)
        cls = facts.cls(key)
        if cls is None:
            if key not in _KNOWN_BASES:
                return True
            continue
        if any(base is None for base in cls.bases) or _extra(cls.node):
            return True
        stack.extend(base for base in cls.bases if base is not None)
    return False


def _extra(node: s.Class) -> bool:
    for stmt in node.body:
        if isinstance(stmt, s.Assign) and any(s.dotted(t) == "model_config" for t in stmt.targets):
            return 'extra="allow"' in s.text(stmt.value, 2000) or "'extra': \"allow\"" in s.text(stmt.value, 2000)
    return any(k.name == "extra" and s.string(k.value) == "allow" for k in node.keywords)


def computed(model: Model, name: str, facts: Facts) -> bool:
    """Whether a property of the model has this name: it may be a computed field."""
    stack, seen = [model.key], set[str]()
    while stack:
        key = stack.pop()
        cls = facts.cls(key)
        if cls is None or key in seen:
            continue
        seen.add(key)
        if any(isinstance(stmt, s.Function) and stmt.name == name for stmt in cls.node.body):
            return True
        stack.extend(base for base in cls.bases if base is not None)
    return False


def owner(model: Model, field: Field, facts: Facts) -> str:
    """The key of the class whose body declares the field."""
    stack, seen = [model.key], set[str]()
    while stack:
        key = stack.pop(0)
        cls = facts.cls(key)
        if cls is None or key in seen:
            continue
        seen.add(key)
        if cls.path == field.at.path and cls.node.line <= field.at.line <= cls.node.end:
            return key
        stack.extend(base for base in cls.bases if base is not None)
    return model.key


def body(endpoint: Endpoint) -> list[Parameter]:
    """The parameters that are read from a JSON body."""
    return [p for p in endpoint.parameters if p.place == "body"]


def bodies(pair: Pair) -> Iterator[tuple[Parameter, Parameter]]:
    """The body parameters that correspond: the only one to the only one, else by name."""
    old, new = body(pair.base), body(pair.head)
    if len(old) == len(new) == 1:
        yield old[0], new[0]
        return
    if len(old) > 1:
        named = {p.name: p for p in old}
        yield from ((named[p.name], p) for p in new if p.name in named)


# --- JSON --------------------------------------------------------------------------------------

_STRINGS = frozenset(
    {"builtins.str", "uuid.UUID", "datetime.datetime", "datetime.date", "datetime.time", "builtins.bytes",
     "pathlib.Path", "ipaddress.IPv4Address", "enum.StrEnum"}
)  # fmt: skip
_NUMBERS = {
    "builtins.int": "integer",
    "builtins.float": "number",
    "builtins.bool": "boolean",
    "enum.IntEnum": "integer",
}
_ARRAYS = frozenset({"builtins.list", "builtins.set", "builtins.tuple", "builtins.frozenset", "typing.Sequence"})
_PYDANTIC = {
    "EmailStr": "string", "AnyUrl": "string", "HttpUrl": "string", "AnyHttpUrl": "string", "SecretStr": "string",
    "UUID4": "string", "UUID1": "string", "UUID3": "string", "UUID5": "string", "NameEmail": "string",
    "constr": "string", "PositiveInt": "integer", "NonNegativeInt": "integer", "NegativeInt": "integer",
    "conint": "integer", "PositiveFloat": "number", "NonNegativeFloat": "number", "confloat": "number",
    "StrictStr": "string", "StrictInt": "integer", "StrictBool": "boolean", "StrictFloat": "number",
    "AwareDatetime": "string", "NaiveDatetime": "string", "PastDatetime": "string", "FutureDatetime": "string",
}  # fmt: skip


def inputs(endpoint: Endpoint, facts: Facts) -> set[str] | None:
    """The names that a JSON body must have, None if the source does not show them."""
    out: set[str] = set()
    taken = body(endpoint)
    for parameter in taken:
        embed = parameter.constraints.get("embed")
        if len(taken) > 1 or (isinstance(embed, s.Constant) and embed.value is True):
            out |= {parameter.name} if parameter.required else set()
            continue
        model = facts.model(parameter.type.name) if parameter.type is not None else None
        if model is None:
            return None
        out |= {wire(f) for f in model.fields if required(f)}
    return out


def json_kind(kind: Type | None, facts: Facts) -> str | None:
    """The JSON type that a value of this type has, None where the source does not fix one."""
    if kind is None:
        return None
    name = kind.name
    if name in _NUMBERS:
        return _NUMBERS[name]
    if name in _STRINGS:
        return "string"
    if name in _ARRAYS:
        return "array"
    if name in ("builtins.dict", "typing.Mapping"):
        return "object"
    if name.startswith("pydantic"):
        return _PYDANTIC.get(name.rpartition(".")[2])
    if facts.is_subclass(name, {"enum.Enum", "enum.StrEnum", "enum.IntEnum"}):
        if facts.is_subclass(name, {"builtins.str", "enum.StrEnum"}):
            return "string"
        return "integer" if facts.is_subclass(name, {"builtins.int", "enum.IntEnum"}) else None
    return "object" if facts.model(name) is not None else None


_SAMPLE = {"string": '"..."', "integer": "7", "number": "7.5", "boolean": "true", "array": "[]", "object": "{}"}


def example(model: Model, facts: Facts, limit: int = 8) -> str:
    """A short document of the model, `{"id": 7, "name": "..."}`: its required fields, or its first ones."""
    fields = [f for f in model.fields if not _excluded(f)]
    shown = [f for f in fields if f.required] or fields
    items = [f'"{wire(f)}": {_SAMPLE.get(json_kind(f.type, facts) or "", "null")}' for f in shown[:limit]]
    return "{" + ", ".join([*items, "..."] if len(shown) > limit else items) + "}"


def listed(names: Sequence[str]) -> str:
    """Up to three operations, or the first and how many others."""
    if len(names) <= 3:
        return ", ".join(f"`{name}`" for name in names)
    others = len(names) - 1
    return f"`{names[0]}`" + (f" and {others} other{'s' * (others > 1)}" if others else "")
