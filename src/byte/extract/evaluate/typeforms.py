"""Types as values: subscripts, unions, parametrised classes, substitution of variables."""

from typing import TYPE_CHECKING, Any, Final

from byte.extract.evaluate.equality import is_plain
from byte.extract.evaluate.values import (
    EMPTY,
    MODELS,
    Alias,
    Annotated,
    Bound,
    Class,
    ClassMethod,
    External,
    Forward,
    Function,
    Instance,
    LiteralType,
    NamedAlias,
    Native,
    NewType,
    Scope,
    StaticMethod,
    TypeVar,
    Union,
    Unknown,
    Value,
    external,
    parts_of,
)

if TYPE_CHECKING:
    from byte.extract.evaluate.interpreter import Interpreter

MAX_PARTS: Final = 2_000
"""Parts that a type may be made of."""


def is_type(value: Value) -> bool:
    """Whether a subscript of it makes a type."""
    return isinstance(value, (External, Class, Alias, NamedAlias, Union, Annotated))


def key(value: Value) -> Any:
    """Equal for types that are equal."""
    kind = type(value)
    if kind is Alias:
        return ("alias", value.written or key(value.origin), tuple(key(a) for a in value.args))
    if kind is Union:
        return ("union", frozenset(key(a) for a in value.args))
    if kind is Annotated:
        return ("annotated", key(value.type), tuple(id(m) for m in value.metadata))
    if kind is LiteralType:
        return ("literal", tuple((type(v).__name__, v if is_plain(v) else id(v)) for v in value.values))
    if kind is Forward:
        return ("forward", value.text, id(value.scope.module))
    if kind in (tuple, list):
        return (kind.__name__, tuple(key(a) for a in value))
    if is_plain(value):
        return (kind.__name__, value)
    return id(value)


def union(args: tuple[Value, ...]) -> Value:
    """The union of types: flat, each once, alone if there is one."""
    flat: list[Value] = []
    for arg in args:
        flat += arg.args if isinstance(arg, Union) else (arg,)
    seen: set[Any] = set()
    distinct = []
    for arg in flat:
        if isinstance(arg, External) and arg.name == "builtins.NoneType":
            arg = None
        name = key(arg)
        if name not in seen:
            seen.add(name)
            distinct.append(arg)
    return distinct[0] if len(distinct) == 1 else Union(tuple(distinct))


def unpacked(interp: "Interpreter", value: Value) -> Value:
    """`*value` inside a type's arguments."""
    return Alias(external("typing.Unpack"), (value,), interp.at)


def _forward(interp: "Interpreter", value: Value, scope: Scope | None) -> Value:
    if isinstance(value, str) and scope is not None:
        return Forward(value, scope, interp.at)
    if isinstance(value, list):
        return [_forward(interp, v, scope) for v in value]
    return value


def subscript(interp: "Interpreter", value: Value, index: Value, scope: Scope | None) -> Value:
    """The type `value[index]` (or the member of an enumeration); strings among its arguments are forward references."""
    kind = type(value)
    if parts_of(index) + parts_of(value) > MAX_PARTS:
        return interp.unknown("a type that is made of too many parts")
    if kind is External:
        return _external(interp, value, index, scope)
    if kind is Class:
        return _class(interp, value, index, scope)
    if kind is Alias:
        args = index if isinstance(index, tuple) else (index,)
        wanted = variables(value)
        mapping = dict(zip(wanted, (_forward(interp, a, scope) for a in args), strict=False))
        return substitute(interp, value, mapping)
    if kind in (Union, Annotated):
        args = index if isinstance(index, tuple) else (index,)
        mapping = dict(zip(variables(value), (_forward(interp, a, scope) for a in args), strict=False))
        return substitute(interp, value, mapping)
    if kind is NamedAlias:
        args = index if isinstance(index, tuple) else (index,)
        return Alias(value, tuple(_forward(interp, a, scope) for a in args), interp.at)
    return interp.unknown("a subscript of something that is no type")


def _external(interp: "Interpreter", value: External, index: Value, scope: Scope | None) -> Value:
    name = value.name
    args = index if isinstance(index, tuple) else (index,)
    if name == "typing.Optional":
        return _class_of_none(union((_forward(interp, index, scope), None)))
    if name == "typing.Union":
        return _class_of_none(union(tuple(_forward(interp, a, scope) for a in args)))
    if name == "typing.Annotated":
        inner = _forward(interp, args[0], scope)
        metadata = tuple(args[1:])
        if isinstance(inner, Annotated):
            return Annotated(inner.type, (*inner.metadata, *metadata))
        return Annotated(inner, metadata)
    if name == "typing.Literal":
        flat: list[Value] = []
        for arg in args:
            flat += arg.values if isinstance(arg, LiteralType) else (arg,)
        unique: dict[Any, Value] = {}
        for item in flat:
            unique.setdefault((type(item), item if is_plain(item) else id(item)), item)
        return LiteralType(tuple(unique.values()))
    if isinstance(index, Unknown) and not is_generic_name(name):
        return index
    return Alias(value, tuple(_forward(interp, a, scope) for a in args), interp.at)


def _class_of_none(found: Value) -> Value:
    """`Optional[None]` and `Union[None]` are NoneType: as what a handler returns not the same as None."""
    return external("builtins.NoneType") if found is None else found


def is_generic_name(name: str) -> bool:
    """Whether a name of Python's own takes types as arguments."""
    return name.startswith(("typing.", "builtins.", "collections."))


def _class(interp: "Interpreter", cls: Class, index: Value, scope: Scope | None) -> Value:
    members = cls.attributes.get("members")
    if members is not None:
        found = cls.namespace.get(index, EMPTY) if isinstance(index, str) else EMPTY
        return found if found is not EMPTY else interp.unknown(f"a member of {cls.name}")
    custom = cls.lookup("__class_getitem__")
    if isinstance(custom, (Function, ClassMethod, StaticMethod, Native)):
        function = custom.function if isinstance(custom, (ClassMethod, StaticMethod)) else custom
        return interp.call(Bound(function, cls), [index], {})
    return parametrised_by(interp, cls, index, scope)


def parametrised_by(interp: "Interpreter", cls: Class, index: Value, scope: Scope | None = None) -> Value:
    """What Python's own `__class_getitem__` of a class gives."""
    args = tuple(_forward(interp, a, scope) for a in (index if isinstance(index, tuple) else (index,)))
    if cls.derives(*MODELS):
        return parametrised(interp, cls, args)
    return Alias(cls, args, interp.at)


def parametrised(interp: "Interpreter", cls: Class, args: tuple[Value, ...]) -> Value:
    """A generic model with its variables given; the same object for the same arguments."""
    if cls.generic is not None:
        origin, inner = cls.generic
        mapping = dict(zip(cls.type_params, args, strict=False))
        return parametrised(interp, origin, tuple(substitute(interp, a, mapping) for a in inner))
    if not cls.type_params:
        return interp.unknown(f"{cls.name} takes no type arguments")
    params = list(cls.type_params)
    given = list(args)
    if len(params) == 1 and isinstance(params[0], TypeVar) and params[0].kind == "TypeVarTuple":
        given = [tuple(args)]
    for param in params[len(given) :]:
        given.append(param.default if isinstance(param, TypeVar) and param.default is not EMPTY else param)
    arguments = tuple(given)
    if all(a is b for a, b in zip(arguments, params, strict=False)):
        return cls
    known: dict[Any, Class] = cls.attributes.setdefault("parametrised", {})
    name = tuple(key(a) for a in arguments)
    found = known.get(name)
    if found is not None:
        return found
    if _depth(arguments) > 12 or len(known) > 2000:
        return interp.unknown(f"{cls.name} is parametrised without end")
    made = Class(f"{cls.name}[{', '.join(display(a) for a in arguments)}]", cls.module, [cls], cls.at)
    made.qualname = made.name
    made.generic = (cls, arguments)
    made.node, made.scope = cls.node, cls.scope
    made.keywords = cls.keywords
    made.mro = [made, *cls.mro]
    made.type_params = tuple(dict.fromkeys(v for a in arguments for v in variables(a)))
    made.unknown_bases = cls.unknown_bases
    if cls.derives("pydantic.generics.GenericModel", "pydantic.v1.generics.GenericModel"):
        made.namespace["__module__"] = interp.module.name  # that of the code which asks for it first
    known[name] = made
    return made


def _depth(value: Value) -> int:
    if isinstance(value, tuple):
        return max((_depth(v) for v in value), default=0)
    if isinstance(value, Class) and value.generic is not None:
        return 1 + _depth(value.generic[1])
    if isinstance(value, (Alias, Union)):
        return 1 + _depth(value.args)
    return 0


def alias(interp: "Interpreter", args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`TypeAliasType(name, value, type_params=(T, ...))`; strings in the value are forward references."""
    name = args[0] if args else kwargs.get("name")
    value = args[1] if len(args) > 1 else kwargs.get("value")
    if not isinstance(name, str):
        return interp.unknown("a type alias without a name")
    params = tuple(v for v in interp.items(kwargs.get("type_params", ())) or () if isinstance(v, TypeVar))
    module = interp.module
    return NamedAlias(name, module, params, interp.at, value=_forward(interp, value, module.scope))


def _shown_member(value: Value) -> str:
    """How a type's name shows a value."""
    if isinstance(value, Instance) and "_name_" in value.attributes:
        cls = value.cls.name if isinstance(value.cls, Class) else value.cls.short
        return f"<{cls}.{value.attributes['_name_']}: {value.attributes['_value_']!r}>"
    return "?"


def display(value: Value) -> str:
    """How Pydantic names a type inside the name of a parametrised model (`_repr.display_as_type`)."""
    kind = type(value)
    if value is None:
        return "NoneType"
    if value is ...:
        return "..."
    if kind is External:
        return str(value.short)
    if kind in (Class, TypeVar):
        return f"~{value.name}" if kind is TypeVar else str(value.name)
    if kind is Alias:
        origin = value.written or display(value.origin)
        return f"{origin}[{', '.join(display(a) for a in value.args)}]"
    if kind is Union:
        return f"Union[{', '.join(display(a) for a in value.args)}]"
    if kind is Annotated:
        return f"Annotated[{display(value.type)}, ...]"
    if kind is LiteralType:
        return f"Literal[{', '.join(repr(v) if is_plain(v) else _shown_member(v) for v in value.values)}]"
    if kind is Forward:
        return str(value.text)
    if kind in (NewType, NamedAlias):
        return str(value.name)
    if kind in (tuple, list):
        return f"[{', '.join(display(v) for v in value)}]"
    return "?"


def variables(value: Value) -> list[TypeVar]:
    """The type variables in a type, in order, each once."""
    kind = type(value)
    if kind is TypeVar:
        return [value]
    if kind in (Alias, Union):
        parts: tuple[Value, ...] = value.args
    elif kind is Annotated:
        parts = (value.type,)
    elif kind is Class and value.generic is not None:
        parts = value.generic[1]
    elif kind in (tuple, list):
        parts = tuple(value)
    else:
        return []
    return list(dict.fromkeys(v for part in parts for v in variables(part)))


def substitute(interp: "Interpreter", value: Value, mapping: dict[Any, Value]) -> Value:
    """The type with its variables replaced."""
    if not mapping:
        return value
    kind = type(value)
    if kind is TypeVar:
        return mapping.get(value, value)
    if kind is Forward:  # resolved later: an alias may refer to itself
        return Forward(value.text, value.scope, value.at, {**(value.mapping or {}), **mapping})
    if kind is Alias:
        return Alias(value.origin, tuple(substitute(interp, a, mapping) for a in value.args), value.at, value.written)
    if kind is Union:
        return union(tuple(substitute(interp, a, mapping) for a in value.args))
    if kind is Annotated:
        inner = substitute(interp, value.type, mapping)
        if isinstance(inner, Annotated):
            return Annotated(inner.type, (*inner.metadata, *value.metadata))
        return Annotated(inner, value.metadata)
    if kind is Class and value.generic is not None and value.type_params:
        origin, args = value.generic
        return parametrised(interp, origin, tuple(substitute(interp, a, mapping) for a in args))
    if kind in (tuple, list):
        return kind(substitute(interp, v, mapping) for v in value)
    return value


def parameters_of(bases: list[Value]) -> tuple[TypeVar, ...]:
    """The type variables that a class with these bases takes."""
    for base in bases:
        if isinstance(base, Alias) and base.origin is external("typing.Generic"):
            return tuple(v for v in base.args if isinstance(v, TypeVar))
    own = tuple(dict.fromkeys(v for base in bases for v in variables(base)))
    if own:
        return own
    # A model inherits the variables of its parent, as `Parent[T]` with its own variables is the parent itself.
    return next((base.type_params for base in bases if isinstance(base, Class) and base.type_params), ())


def is_member(value: Value) -> bool:
    """Whether it is a member of an enumeration."""
    return isinstance(value, Instance) and "_value_" in value.attributes
