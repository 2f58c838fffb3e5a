"""Classes as they are made and as they make objects: order of bases, enumerations, models, data classes."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from byte.extract.evaluate import settings, typeforms
from byte.extract.evaluate.values import (
    EMPTY,
    MODELS,
    Alias,
    Annotated,
    Annotation,
    Bound,
    Class,
    ClassMethod,
    External,
    Function,
    Instance,
    Native,
    Parameter,
    Place,
    Property,
    Raised,
    Scope,
    StaticMethod,
    TypeVar,
    Union,
    Unknown,
    Value,
    external,
)
from byte.model import syntax as s

if TYPE_CHECKING:
    from byte.extract.evaluate.interpreter import Interpreter

_ENUM: Final = ("enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.ReprEnum")
_HELD: Final[dict[str, type]] = {
    "builtins.str": str, "builtins.int": int, "builtins.float": float, "builtins.bytes": bytes, "builtins.dict": dict,
    "builtins.list": list, "builtins.tuple": tuple, "builtins.set": set, "collections.OrderedDict": dict,
    "collections.defaultdict": dict, "collections.UserDict": dict, "enum.StrEnum": str, "enum.IntEnum": int,
    "enum.IntFlag": int,
}  # fmt: skip
_CLOSED: Final = frozenset(
    "builtins.object typing.Generic typing.Protocol abc.ABC enum.Enum enum.StrEnum enum.IntEnum enum.Flag enum.IntFlag "
    "builtins.str builtins.int builtins.dict builtins.list builtins.Exception typing.NamedTuple typing.TypedDict".split()
)
_SPECIAL: Final = frozenset({"__qualname__", "__byte_class__"})


def begin(
    interp: "Interpreter",
    node: s.Class | None,
    bases: list[Value],
    keywords: dict[str, Value],
    scope: Scope,
    qualname: str,
    at: Place,
) -> Class:
    """A class whose body is about to be followed in `scope`."""
    name = qualname.rpartition(".")[2]
    made = Class(name, scope.module, bases, at, qualname)
    made.node, made.scope, made.keywords = node, scope, keywords
    made.conditions = interp.conditions
    made.unknown_bases = [b for b in bases if isinstance(b, Unknown)]
    for base in bases:
        origin = base.origin if isinstance(base, Alias) else base
        if isinstance(origin, Class):
            made.unknown_bases += [b for b in origin.unknown_bases if b not in made.unknown_bases]
            inherited = origin.keywords.get("metaclass")
            if inherited is not None:
                made.keywords = {"metaclass": inherited, **made.keywords}
    made.mro = linearised(made, [_ancestor(b) for b in bases])
    own = node.type_params if node is not None else ()
    if own:
        made.type_params = (
            tuple(v for v in scope.parent.names.values() if isinstance(v, TypeVar)) if scope.parent else ()
        )
        if not any(c is external("typing.Generic") for c in made.mro):
            made.mro.append(external("typing.Generic"))
    else:
        made.type_params = typeforms.parameters_of(bases)
    scope.names["__byte_class__"] = made
    return made


def _ancestor(base: Value) -> Value:
    if isinstance(base, Alias):
        return base.origin
    if isinstance(base, Native):  # `typing.NamedTuple`, `TypedDict` where they are functions
        return external(base.name)
    return base


def linearised(cls: Class, bases: list[Value]) -> "list[Class | External]":
    """The method resolution order (C3); in the order of the bases where there is none."""
    known = [b for b in bases if isinstance(b, (Class, External))]
    if len(known) == 1:
        return [cls, *known[0].mro] if isinstance(known[0], Class) else [cls, known[0]]
    generic = external("typing.Generic")
    if generic in known and any(isinstance(b, Class) and generic in b.mro for b in known):
        known = [b for b in known if b is not generic]
    sequences = [list(b.mro) if isinstance(b, Class) else [b] for b in known] + [list(known)]
    out: list[Class | External] = [cls]
    while True:
        sequences = [x for x in sequences if x]
        if not sequences:
            return out
        head = next((x[0] for x in sequences if not any(x[0] in other[1:] for other in sequences)), None)
        if head is None:
            rest = [c for x in sequences for c in x]
            return [*out, *dict.fromkeys(c for c in rest if c not in out)]
        out.append(head)
        sequences = [[c for c in x if c is not head] for x in sequences]


def finish(interp: "Interpreter", made: Class) -> Value:
    """Take what the body has bound, and do what the metaclass and the bases do with a new class.

    Gives what the name of the class is bound to, which a metaclass may have chosen.
    """
    scope = made.scope
    if scope is not None:
        made.namespace = {n: v for n, v in scope.names.items() if n not in _SPECIAL}
    meta = made.keywords.get("metaclass")
    if not isinstance(meta, Class) or meta.module.stub:
        _complete(interp, made)
        return made
    new, init = meta.lookup("__new__"), meta.lookup("__init__")
    if isinstance(new, StaticMethod):
        new = new.function
    namespace = {**made.namespace, "__byte_class__": made}
    keywords = {k: v for k, v in made.keywords.items() if k != "metaclass"}
    value: Value = made
    if isinstance(new, Function):
        namespace["__annotations__"] = {name: _given(interp, a) for name, a in made.annotations.items()}
        value = interp.call(new, [meta, made.name, tuple(made.bases), namespace], keywords)
        if isinstance(value, Unknown):
            made.unknown_bases = [*made.unknown_bases, value]
            _complete(interp, made)
            return made
    else:
        _complete(interp, made)
    if isinstance(init, Function) and isinstance(value, Class):
        interp.call(init, [value, made.name, tuple(made.bases), namespace], keywords)
    return value


def _given(interp: "Interpreter", annotation: Annotation | Value) -> Value:
    """An annotation as a metaclass sees it; one that cannot be evaluated yet stays as it is written."""
    found = interp.annotation(annotation)
    return annotation if isinstance(found, Unknown) else found


def _type_new(
    interp: "Interpreter",
    meta: Class,
    name: str,
    bases: list[Value],
    namespace: dict[str, Value],
    keywords: dict[str, Value],
) -> Class:
    """`type.__new__(meta, name, bases, namespace)`, as a metaclass calls it for a class statement or by itself."""
    made = namespace.get("__byte_class__")
    if not isinstance(made, Class):
        scope = Scope(interp.module, interp.module.scope, "class")
        scope.names.update(namespace)
        made = begin(interp, None, bases, {"metaclass": meta, **keywords}, scope, name, interp.at)
        made.lines = dict.fromkeys(namespace, interp.line)
    elif (
        made.name != name
        or any(a is not b for a, b in zip(made.bases, bases, strict=False))
        or len(made.bases) != len(bases)
    ):
        made.name, made.bases = name, bases
        made.unknown_bases = [b for b in bases if isinstance(b, Unknown)]
        made.mro = linearised(made, [_ancestor(b) for b in bases])
    annotations = namespace.get("__annotations__")
    if isinstance(annotations, dict):
        made.annotations = {k: v for k, v in annotations.items() if isinstance(k, str)}
    made.namespace = {k: v for k, v in namespace.items() if k not in _SPECIAL and k != "__annotations__"}
    _complete(interp, made)
    return made


def is_metaclass(cls: Class) -> bool:
    """Whether instances of this class are classes."""
    return any(
        isinstance(c, External) and (c.name == "builtins.type" or c.name.endswith(("Meta", "Metaclass")))
        for c in cls.mro
    )


def _complete(interp: "Interpreter", made: Class) -> None:
    """What `type.__new__` does once the namespace of a class is known."""
    for base in made.mro[1:]:
        if isinstance(base, Class):
            base.attributes.setdefault("subclasses", []).append(made)
            break
    for value in list(made.namespace.values()):
        adopt(made, value)
    if any(isinstance(c, External) and c.name in _ENUM for c in made.mro):
        _enumerate(interp, made)
    for base in made.mro[1:]:
        if isinstance(base, Class):
            hook = base.namespace.get("__init_subclass__", EMPTY)
            if hook is EMPTY:
                hook = base.namespace.get("__pydantic_init_subclass__", EMPTY)
            if hook is not EMPTY:
                function = hook.function if isinstance(hook, (ClassMethod, StaticMethod)) else hook
                keywords = {k: v for k, v in made.keywords.items() if k != "metaclass"}
                interp.call(Bound(function, made), [], keywords)
                break
    for name, value in list(made.namespace.items()):
        if isinstance(value, Instance) and isinstance(value.cls, Class):
            named = value.cls.lookup("__set_name__")
            if isinstance(named, Function):
                interp.call(named, [value, made, name], {})


def adopt(cls: Class, value: Value) -> None:
    """Tell a function of a class body whose it is."""
    if isinstance(value, (StaticMethod, ClassMethod)):
        value = value.function
    elif isinstance(value, Property):
        setter = value.attributes.get("setter")
        if isinstance(setter, Function) and setter.owner is None:
            setter.owner = cls
        value = value.getter
    for _ in range(10):
        if not isinstance(value, Function):
            return
        if value.owner is None and (value.scope is cls.scope or value.scope.parent is cls.scope):
            value.owner = cls
        value = value.attributes.get("__wrapped__")


# --- enumerations ------------------------------------------------------------------------------


def _enumerate(interp: "Interpreter", cls: Class) -> None:
    members: list[Instance] = []
    by_value: list[tuple[Value, Instance]] = []
    mixin = next((c for c in cls.mro if isinstance(c, External) and c.name in _HELD), None)
    ignored = cls.namespace.get("_ignore_", ())
    ignored = ignored.replace(",", " ").split() if isinstance(ignored, str) else ignored
    text = cls.derives("enum.StrEnum")
    count = 0
    for name, value in list(cls.namespace.items()):
        if name.startswith("_") or isinstance(value, (Function, Property, StaticMethod, ClassMethod, Class, Native)):
            continue
        if name in (ignored if isinstance(ignored, (list, tuple)) else ()):
            continue
        if isinstance(value, Instance) and value.cls is external("enum.nonmember"):
            continue
        if isinstance(value, Instance) and value.cls is external("enum.auto"):
            generate = cls.lookup("_generate_next_value_")
            function = generate.function if isinstance(generate, StaticMethod) else generate
            if isinstance(function, Function):
                value = interp.call(function, [name, 1, count, [v for v, _ in by_value]], {})
            elif text:
                value = name.lower()
            else:
                numbers = [v for v, _ in by_value if isinstance(v, int)]
                flag = cls.derives("enum.Flag", "enum.IntFlag")
                value = (2 * max(numbers, default=0) or 1) if flag else max(numbers, default=0) + 1
        count += 1
        known = next((m for v, m in by_value if _same_value(v, value)), None)
        if known is not None:
            cls.namespace[name] = known
            continue
        member = Instance(cls, Place(cls.module.path, cls.lines.get(name, cls.at.line)))
        member.attributes["_name_"] = name
        made = value
        custom = cls.lookup("__new__")
        if isinstance(custom, (Function, StaticMethod)):
            function = custom.function if isinstance(custom, StaticMethod) else custom
            built = interp.call(function, [cls, *(value if isinstance(value, tuple) else (value,))], {})
            if isinstance(built, Instance):
                member.attributes.update(built.attributes)
                made = built.attributes.get("_value_", built.held if built.held is not EMPTY else value)
        if mixin is not None and isinstance(made, (str, int, float)):
            kind = _HELD[mixin.name]
            if kind in (str, int, float) and custom is EMPTY:
                with suppress(ValueError):
                    made = kind(made)  # `B = auto()` of a `str` enumeration is "1"
            member.held = made
        member.attributes["_value_"] = made
        init = cls.lookup("__init__")
        if isinstance(init, Function):
            interp.call(init, [member, *(value if isinstance(value, tuple) else (value,))], {})
        by_value.append((made, member))
        members.append(member)
        cls.namespace[name] = member
    if members or "members" not in cls.attributes:
        cls.attributes["members"] = members


def _same_value(left: Value, right: Value) -> bool:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return False
    try:
        return type(left) is type(right) and bool(left == right)
    except RecursionError:
        return False


def enumeration(interp: "Interpreter", base: Value, name: str, members: list[tuple[str, Value]]) -> Class:
    """`Enum("Name", [...])`."""
    bases = [base]
    made = Class(name, interp.module, bases, interp.at)
    made.mro = linearised(made, bases)
    made.namespace = dict(members)
    made.lines = {n: interp.line for n, _ in members}
    _enumerate(interp, made)
    return made


def make(
    interp: "Interpreter", name: str, bases: list[Value], namespace: dict[str, Value], keywords: dict[str, Value]
) -> Class:
    """A class made by a call (`type(name, bases, namespace)`)."""
    named = interp.modules.get(str(namespace.get("__module__", "")))
    scope = Scope(named or interp.module, None, "class")
    scope.parent = scope.module.scope
    scope.names.update(namespace)
    annotations = scope.names.pop("__annotations__", None)
    made = begin(interp, None, bases, keywords, scope, name, interp.at)
    if isinstance(annotations, dict):
        made.annotations = {k: v for k, v in annotations.items() if isinstance(k, str)}
    made.lines = dict.fromkeys(namespace, interp.line)
    value = finish(interp, made)
    return value if isinstance(value, Class) else made


# --- objects -----------------------------------------------------------------------------------


def open_ended(cls: Class) -> bool:
    """Whether it inherits from something that is not modelled, so that it may have any attribute."""
    return bool(cls.unknown_bases) or any(
        (isinstance(c, External) and c.name not in _CLOSED) or (isinstance(c, Class) and c.module.stub) for c in cls.mro
    )


def own_constructor(ancestor: Class, cls: Class) -> Value:
    """The constructor that this class of the order gives by itself, EMPTY if none."""
    found = ancestor.namespace.get("__init__", EMPTY)
    if found is not EMPTY:
        return found
    if "dataclass" in ancestor.attributes or ancestor.dotted in MODELS:
        return Native("__init__", _initialise)
    return EMPTY


def constructor(cls: Class) -> Value:
    """What `cls(...)` calls to fill a new object."""
    for ancestor in cls.mro:
        if isinstance(ancestor, Class):
            found = own_constructor(ancestor, cls)
            if found is not EMPTY:
                return found
        elif ancestor.name == "typing.NamedTuple":
            return Native("__init__", _initialise)
    return EMPTY


def _initialise(interp: "Interpreter", args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Fill the fields of a model, data class or named tuple."""
    instance = args[0]
    if not isinstance(instance, Instance) or not isinstance(instance.cls, Class):
        return None
    given = dict(kwargs)
    names = []
    cls = instance.cls
    model = cls.derives(*MODELS)
    variables = settings.committed(interp, cls) if cls.derives(*settings.SETTINGS) else {}
    prefix = settings.prefix(interp, cls) if variables else ""
    positional = list(args[1:])
    for name, (annotation, default, owner) in fields(cls).items():
        names.append(name)
        aliases = _aliases(interp, cls, name, default) if model else ()
        alias = next((a for a in aliases if a in given), None)
        variable = next((variables[a.lower()] for a in (*aliases, f"{prefix}{name}") if a.lower() in variables), None)
        if name in given:
            value = given.pop(name)
        elif alias is not None:
            value = given.pop(alias)
        elif positional:
            value = positional.pop(0)
        else:
            value = settings.converted(interp, interp.annotation(annotation), variable) if variable else EMPTY
            if value is EMPTY:
                value = _default(interp, owner, name, annotation, default)
        instance.attributes[name] = value
    if instance.cls.derives("typing.NamedTuple"):
        instance.held = tuple(instance.attributes[n] for n in names)
    if instance.cls.derives(*MODELS):
        instance.attributes.update(given)
        hook = instance.cls.lookup("model_post_init")
        if isinstance(hook, Function):
            interp.call(hook, [instance, None], {})
    else:
        hook = instance.cls.lookup("__post_init__")
        if isinstance(hook, Function):
            interp.call(hook, [instance], {})
    return None


def fields(cls: Class) -> dict[str, tuple[Annotation | Value, Value, Class]]:
    """Annotated names with their defaults and the class that declares each, base classes first."""
    out: dict[str, tuple[Annotation | Value, Value, Class]] = {}
    model = cls.derives(*MODELS)
    for ancestor in reversed(cls.mro):
        if not isinstance(ancestor, Class) or ancestor.dotted in MODELS:
            continue
        for name, annotation in ancestor.annotations.items():
            if (model and name.startswith("_")) or _is_class_variable(annotation):
                continue
            out[name] = (annotation, ancestor.namespace.get(name, EMPTY), ancestor)
        for name in out:
            if name in ancestor.namespace and name not in ancestor.annotations:
                out[name] = (out[name][0], ancestor.namespace[name], ancestor)
    return out


def _is_class_variable(annotation: Annotation | Value) -> bool:
    if not isinstance(annotation, Annotation):
        return isinstance(annotation, Alias) and annotation.origin is external("typing.ClassVar")
    expr = annotation.expr
    if isinstance(expr, s.Subscript):
        expr = expr.value
    return (s.dotted(expr) or "").rpartition(".")[2] == "ClassVar"


def _info(value: Value) -> Instance | None:
    """What `Field(...)`, `field(...)` or the like has made."""
    if isinstance(value, Instance):
        name = value.cls.name if isinstance(value.cls, External) else value.cls.dotted
        if name.endswith(("FieldInfo", ".Field", "ModelPrivateAttr")) or (
            isinstance(value.cls, Class)
            and value.cls.derives("pydantic.fields.FieldInfo", "pydantic.v1.fields.FieldInfo")
        ):
            return value
    return None


def _aliases(interp: "Interpreter", cls: Class, name: str, default: Value) -> tuple[str, ...]:
    """The names under which a model takes a field beside its own, the one of its signature first."""
    info = _info(default)
    found = [info.attributes.get(n) for n in ("alias", "validation_alias")] if info is not None else []
    given = tuple(a for a in found if isinstance(a, str))
    if given:
        return given
    generator = _generator(cls)
    if generator is EMPTY or generator is None:
        return ()
    if isinstance(generator, Instance):
        parts = [generator.attributes.get(n) for n in ("alias", "validation_alias")]
        made = [interp.call(g, [name], {}) for g in parts if g is not None]
    else:
        made = [interp.call(generator, [name], {})]
    return tuple(a for a in made if isinstance(a, str))


def _generator(cls: Class) -> Value:
    """The alias generator that the configuration of a model names."""
    for ancestor in cls.mro:
        if isinstance(ancestor, Class):
            config = ancestor.namespace.get("model_config", EMPTY)
            if isinstance(config, dict) and "alias_generator" in config:
                return config["alias_generator"]
            if "alias_generator" in ancestor.keywords:
                return ancestor.keywords["alias_generator"]
            inner = ancestor.namespace.get("Config", EMPTY)
            if isinstance(inner, Class):
                found = inner.lookup("alias_generator")
                if found is not EMPTY:
                    return found.function if isinstance(found, StaticMethod) else found
    return EMPTY


def is_undefined(value: Value) -> bool:
    """Whether it stands for "no default"."""
    if value is EMPTY or value is ...:
        return True
    if isinstance(value, External):
        return value.short in ("MISSING", "PydanticUndefined", "Undefined", "PydanticUndefinedType")
    if isinstance(value, Instance):
        name = value.cls.name.rpartition(".")[2]
        return name in ("PydanticUndefinedType", "UndefinedType", "_MISSING_TYPE")
    return False


def _default(interp: "Interpreter", cls: Class, name: str, annotation: Annotation | Value, default: Value) -> Value:
    info = _info(default)
    if info is None and default is EMPTY:
        resolved = interp.annotation(annotation)
        for item in resolved.metadata if isinstance(resolved, Annotated) else ():
            info = _info(item) or info
    if info is not None:
        factory = info.attributes.get("default_factory")
        if factory is not None and not is_undefined(factory):
            return interp.call(factory, [], {})
        default = info.attributes.get("default", EMPTY)
    if is_undefined(default):
        if default is not ... and _nothing_by_default(interp, cls, annotation):
            return None
        return Unknown(
            f"{cls.name}.{name} has no default", Place(cls.module.path, getattr(annotation, "line", cls.at.line))
        )
    if isinstance(default, (list, dict, set)):
        return default.copy()
    return default


def _nothing_by_default(interp: "Interpreter", cls: Class, annotation: Annotation | Value) -> bool:
    """Whether a field of Pydantic 1 without a default is None, as its type allows that."""
    if not cls.derives(*(MODELS if interp.target.pydantic < (2,) else MODELS[1:])):
        return False
    type_ = interp.annotation(annotation)
    type_ = type_.type if isinstance(type_, Annotated) else type_
    return type_ is external("typing.Any") or (isinstance(type_, Union) and None in type_.args)


def parameters(interp: "Interpreter", cls: Class) -> list[Parameter]:
    """The signature of a model or data class."""
    out = []
    model = cls.derives(*MODELS)
    for name, (annotation, default, owner) in fields(cls).items():
        info = _info(default)
        shown = default
        if info is not None:
            shown = info.attributes.get("default", EMPTY)
            factory = info.attributes.get("default_factory")
            if is_undefined(shown) and factory is not None and not is_undefined(factory):
                shown = factory
            if info.attributes.get("init") is False:
                continue
        line = annotation.line if isinstance(annotation, Annotation) else owner.at.line
        type_ = interp.annotation(annotation)
        if cls.generic is not None:
            type_ = typeforms.substitute(
                interp, type_, dict(zip(cls.generic[0].type_params, cls.generic[1], strict=False))
            )
        aliases = _aliases(interp, cls, name, default) if model else ()
        out.append(
            Parameter(
                next((a for a in aliases if a.isidentifier()), name),
                "keyword" if model else "normal",
                type_,
                EMPTY if is_undefined(shown) else shown,
                Place(owner.module.path, line),
            )
        )
    return out


def instantiate(interp: "Interpreter", cls: Class, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`cls(*args, **kwargs)`."""
    members = cls.attributes.get("members")
    if members is not None:
        return _member(interp, cls, members, args, kwargs)
    if cls.derives("typing.TypedDict"):
        return {**(args[0] if args and isinstance(args[0], dict) else {}), **kwargs}
    meta = cls.keywords.get("metaclass")
    if isinstance(meta, Class) and not meta.module.stub:
        hook = meta.lookup("__call__")
        if isinstance(hook, Function) and not cls.attributes.get("making"):
            cls.attributes["making"] = True
            try:
                made = interp.call(hook, [cls, *args], kwargs)
            finally:
                cls.attributes["making"] = False
            if isinstance(made, Instance):
                return made
    new = cls.lookup("__new__")
    instance: Value = EMPTY
    if isinstance(new, (Function, StaticMethod)):
        function = new.function if isinstance(new, StaticMethod) else new
        instance = interp.call(function, [cls, *args], kwargs)
        if not isinstance(instance, (Instance, Unknown)):
            init = cls.lookup("__init__")
            if isinstance(instance, Class) and isinstance(init, Function) and is_metaclass(cls):
                interp.call(init, [instance, *args], kwargs)
            return instance
        if isinstance(instance, Instance) and instance.cls is not cls:
            return instance
    elif len(args) == 3 and isinstance(args[0], str) and isinstance(args[2], dict) and is_metaclass(cls):
        return make(interp, args[0], list(interp.items(args[1]) or ()), args[2], {"metaclass": cls, **kwargs})
    if not isinstance(instance, Instance):
        instance = blank(interp, cls, args, kwargs)
    init = constructor(cls)
    if init is not EMPTY:
        interp.call(init, [instance, *args], kwargs)
    elif kwargs and open_ended(cls):
        instance.attributes.update(kwargs)
    return instance


def blank(interp: "Interpreter", cls: Class, args: list[Value], kwargs: dict[str, Value]) -> Instance:
    """`object.__new__(cls)`."""
    made = Instance(cls, interp.at, interp.conditions)
    for ancestor in cls.mro:
        if isinstance(ancestor, External) and ancestor.name in _HELD:
            own = constructor(cls) is not EMPTY
            native = interp.natives.get(ancestor.name)
            try:
                held = interp.call_native(native, args[:1], kwargs) if native is not None and not own else EMPTY
            except Raised:
                held = EMPTY
            if isinstance(held, Instance):
                held = held.held
            if not isinstance(held, _HELD[ancestor.name]):
                kind = _HELD[ancestor.name]
                held = kind() if kind in (dict, list, set) else EMPTY
            made.held = held
            break
    return made


def _member(
    interp: "Interpreter", cls: Class, members: list[Instance], args: list[Value], kwargs: dict[str, Value]
) -> Value:
    if len(args) == 1 and not kwargs:
        wanted = args[0]
        if isinstance(wanted, Instance) and wanted in members:
            return wanted
        for member in members:
            if _same_value(member.attributes["_value_"], wanted):
                return member
        if isinstance(wanted, Unknown):
            return wanted
        missing = cls.lookup("_missing_")
        if isinstance(missing, ClassMethod):
            found = interp.call(missing.function, [cls, wanted], {})
            if isinstance(found, Instance):
                return found
        raise interp.exception("ValueError", f"{cls.name} has no member with this value")
    if len(args) >= 2 and isinstance(args[0], str) and not members:
        found = pairs(interp, args[1], texts=cls.derives("enum.StrEnum"))
        return enumeration(interp, cls, args[0], found or [])
    return interp.unknown(f"a member of {cls.name}")


def pairs(interp: "Interpreter", value: Value, *, texts: bool = False) -> list[tuple[str, Value]] | None:
    """The names and values that an enumeration is made of by a call; names alone count from 1, or stand for `texts`."""
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if isinstance(value, dict):
        return [(k, v) for k, v in value.items() if isinstance(k, str)]
    found = interp.items(value)
    if found is None:
        return None
    out: list[tuple[str, Value]] = []
    for index, item in enumerate(found, 1):
        if isinstance(item, str):
            out.append((item, item.lower() if texts else index))
        elif isinstance(item, (tuple, list)) and len(item) == 2 and isinstance(item[0], str):
            out.append((item[0], item[1]))
        else:
            return None
    return out


def inherited(interp: "Interpreter", cls: Class, instance: Value, name: str) -> Value:
    """What `super()` finds beyond the classes that are modelled."""
    if name == "__init__":

        def fill(i: "Interpreter", args: list[Value], kwargs: dict[str, Value]) -> Value:
            held = instance.held if isinstance(instance, Instance) else EMPTY
            if isinstance(held, dict):
                if args and isinstance(args[0], dict):
                    held.update(args[0])
                held.update(kwargs)
            elif isinstance(held, list) and args:
                held += i.items(args[0]) or []
            return None

        return Native("object.__init__", fill)
    if name == "__new__":
        return Native("object.__new__", lambda i, args, kwargs: _new(i, args, kwargs))
    if name == "__setattr__":
        return Native("object.__setattr__", lambda i, args, kwargs: _set(instance, args))
    if name == "__getattribute__":
        return Native("object.__getattribute__", lambda i, args, kwargs: i.getattr(instance, args[0]))
    if name in ("__init_subclass__", "__pydantic_init_subclass__", "__set_name__", "__post_init__", "model_post_init"):
        return Native(f"object.{name}", lambda i, args, kwargs: None)
    if name == "__class_getitem__" and isinstance(instance, Class):
        return Native("__class_getitem__", lambda i, args, kwargs: typeforms.parametrised_by(i, instance, args[0]))
    if name == "__call__" and isinstance(instance, Class):
        return Native("type.__call__", lambda i, args, kwargs: instantiate(i, instance, args, kwargs))
    if isinstance(instance, Class):
        return (
            pseudo_attribute(interp, instance, name)
            if pseudo_attribute(interp, instance, name) is not EMPTY
            else interp.unknown(f"{name} of super()")
        )
    return interp.unknown(f"{name} of super()")


def _new(interp: "Interpreter", args: list[Value], kwargs: dict[str, Value]) -> Value:
    if args and isinstance(args[0], Class):
        if len(args) == 4 and isinstance(args[1], str) and isinstance(args[3], dict) and is_metaclass(args[0]):
            return _type_new(interp, args[0], args[1], list(args[2]), args[3], kwargs)
        made = Instance(args[0], interp.at, interp.conditions)
        for ancestor in args[0].mro:
            if isinstance(ancestor, External) and ancestor.name in _HELD:
                kind = _HELD[ancestor.name]
                value = args[1] if len(args) > 1 else kind()
                made.held = value if isinstance(value, kind) else EMPTY
                break
        return made
    return interp.unknown("a new object of a class that is not known")


def _set(instance: Value, args: list[Value]) -> None:
    if len(args) == 3:
        instance, args = args[0], args[1:]
    if isinstance(instance, Instance) and len(args) == 2 and isinstance(args[0], str):
        instance.attributes[args[0]] = args[1]


def pseudo_attribute(interp: "Interpreter", cls: Class, name: str) -> Value:
    """Attributes that Pydantic, dataclasses and named tuples give a class; EMPTY for others."""
    if name in ("_fields", "__match_args__") and cls.derives("typing.NamedTuple"):
        return tuple(fields(cls))
    if name == "__dataclass_fields__" and cls.is_dataclass:
        return {n: default for n, (_, default, _) in fields(cls).items()}
    if cls.derives(*MODELS):
        native = interp.natives.get(f"pydantic.main.BaseModel.{name}")
        if native is not None:
            return Native(f"BaseModel.{name}", native)
        if name in ("model_fields", "__fields__", "__pydantic_fields__"):
            return model_fields(interp, cls)
    return EMPTY


def model_fields(interp: "Interpreter", cls: Class) -> Value:
    """`cls.model_fields`: the field infos by name, each with its `annotation`."""
    known = cls.attributes.get("model_fields")
    if known is not None:
        return known
    info_class = interp.library_class("pydantic.fields", "FieldInfo")
    out: dict[str, Value] = {}
    for name, (annotation, default, _) in fields(cls).items():
        info = _info(default)
        made = interp.call(info_class, [], {} if default is EMPTY else {"default": default}) if info is None else None
        shown = made if isinstance(made, Instance) else info
        if shown is None:
            continue
        copied = Instance(shown.cls, shown.at, shown.conditions)
        copied.attributes = dict(shown.attributes)
        type_ = interp.annotation(annotation)
        inner = type_.type if isinstance(type_, Annotated) else type_
        required = is_undefined(copied.attributes.get("default", EMPTY)) and not copied.attributes.get(
            "default_factory"
        )
        aliases = _aliases(interp, cls, name, default)
        alias = aliases[0] if aliases else name if interp.target.pydantic < (2,) else None
        copied.attributes.update(
            alias=alias,
            annotation=inner,
            metadata=list(type_.metadata) if isinstance(type_, Annotated) else [],
            type_=inner,  # the last five are those of Pydantic 1
            outer_type_=inner,
            field_info=copied,
            required=required,
            name=name,
            is_required=Native("is_required", _always(required)),
        )
        out[name] = copied
    cls.attributes["model_fields"] = out
    return out


def _always(value: Value) -> "Callable[[Interpreter, list[Value], dict[str, Value]], Value]":
    return lambda interp, args, kwargs: value


# --- decorators that make or mark ----------------------------------------------------------------


def _property(interp: "Interpreter", args: list[Value], kwargs: dict[str, Value]) -> Value:
    made = Property(args[0] if args else kwargs.get("fget"))
    setter = args[1] if len(args) > 1 else kwargs.get("fset")
    if setter is not None:
        made.attributes["setter"] = setter
    return made


def _dataclass(interp: "Interpreter", args: list[Value], kwargs: dict[str, Value]) -> Value:
    def decorate(i: "Interpreter", inner: list[Value], _: dict[str, Value]) -> Value:
        cls = inner[0]
        if isinstance(cls, Class):
            cls.attributes["dataclass"] = dict(kwargs)
        return cls

    return decorate(interp, args, {}) if args and isinstance(args[0], Class) else Native("dataclass", decorate)


def _enum(base: str) -> Any:
    def call(interp: "Interpreter", args: list[Value], kwargs: dict[str, Value]) -> Value:
        names = args[1] if len(args) > 1 else kwargs.get("names")
        found = pairs(interp, names, texts=base == "enum.StrEnum")
        if not args or not isinstance(args[0], str) or found is None:
            return interp.unknown("an enumeration made by a call")
        mixin = kwargs.get("type")
        made = Class(args[0], interp.module, [external(base)], interp.at)
        bases = [*([mixin] if mixin is not None else []), external(base)]
        made.mro = linearised(made, bases)
        made.namespace, made.lines = dict(found), {n: interp.line for n, _ in found}
        _enumerate(interp, made)
        return made

    return call


NATIVES: Final = {
    "asyncio.run": lambda interp, args, kwargs: interp.awaited(args[0]),
    "builtins.property": _property,
    "typing.TypeAliasType": lambda interp, args, kwargs: typeforms.alias(interp, args, kwargs),
    "builtins.staticmethod": lambda interp, args, kwargs: StaticMethod(args[0]),
    "builtins.classmethod": lambda interp, args, kwargs: ClassMethod(args[0]),
    "dataclasses.dataclass": _dataclass,
    "builtins.object.__new__": _new,
    **{f"{name}.__new__": _new for name in _HELD},
    "builtins.object.__setattr__": lambda interp, args, kwargs: _set(None, args),
    "builtins.object.__init__": lambda interp, args, kwargs: None,
    **{name: _enum(name) for name in _ENUM},
}
