"""Attributes, items, truth, iteration and kinds of values."""

import builtins
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from byte.extract.evaluate import classes, dotted
from byte.extract.evaluate.equality import CONTAINERS, PLAIN, hashable, held_by, is_plain, same, sort_key
from byte.extract.evaluate.natives import get_attribute
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotated,
    Annotation,
    Bound,
    Class,
    ClassMethod,
    External,
    Forward,
    Function,
    Instance,
    LiteralType,
    Module,
    NamedAlias,
    Native,
    NewType,
    Partial,
    Pending,
    Property,
    Raised,
    StaticMethod,
    Super,
    TypeVar,
    Union,
    Unknown,
    Value,
    external,
)
from byte.model import syntax as s

if TYPE_CHECKING:
    from byte.extract.evaluate.interpreter import Interpreter

MAX_ITEMS: Final = 100_000
"""Items of a container that are followed."""

GUARDED: Final = frozenset({"__class__", "__dict__", "__init__"})
"""Attributes that are never those that code has set."""

_KINDS: Final[dict[type, str]] = {
    str: "builtins.str", bytes: "builtins.bytes", int: "builtins.int", float: "builtins.float", bool: "builtins.bool",
    type(None): "builtins.NoneType", list: "builtins.list", tuple: "builtins.tuple", dict: "builtins.dict",
    set: "builtins.set", frozenset: "builtins.frozenset", slice: "builtins.slice",
}  # fmt: skip
_OBJECT: Final = frozenset(n for n in dir(object) if n not in ("__class__", "__dict__", "__doc__"))
_ABSTRACT: Final[dict[str, tuple[type, ...]]] = {
    "collections.abc.Sequence": (list, tuple, str, bytes),
    "collections.abc.Iterable": (list, tuple, str, bytes, dict, set, frozenset),
    "collections.abc.Collection": (list, tuple, str, bytes, dict, set, frozenset),
    "collections.abc.Mapping": (dict,),
    "collections.abc.MutableMapping": (dict,),
    "collections.abc.MutableSequence": (list,),
    "collections.abc.Set": (set, frozenset),
    "collections.abc.Hashable": (str, int, float, tuple, bytes),
    "numbers.Number": (int, float),
    "builtins.object": (object,),
    "typing.Any": (object,),
}


def shown(interp: "Interpreter", value: Value) -> str | None:
    """`str(value)`; None if unknown."""
    if isinstance(value, Instance):
        if isinstance(value.cls, Class):
            method = value.cls.lookup("__str__")
            if isinstance(method, Function):
                found = interp.call(method, [value], {})
                return found if isinstance(found, str) else None
            if "_value_" in value.attributes:
                if value.cls.derives("enum.StrEnum", "enum.IntEnum", "enum.IntFlag"):
                    return str(value.attributes["_value_"])
                if value.held is not EMPTY and not value.cls.derives("enum.ReprEnum"):
                    return str(value.held)
                return f"{value.cls.name}.{value.attributes['_name_']}"
        inner = value.held
        return None if inner is EMPTY or isinstance(inner, CONTAINERS) else str(inner)
    if isinstance(value, PLAIN):
        return str(value)
    if isinstance(value, (list, tuple)) and all(is_plain(v) for v in value):
        return str(value)
    return None


# --- attributes --------------------------------------------------------------------------------


def get(interp: "Interpreter", value: Value, name: str) -> Value:
    """`value.name`; Raised AttributeError where it is known not to exist."""
    kind = type(value)
    if kind is Instance:
        return _of_instance(interp, value, name)
    if kind is Module:
        return _of_module(interp, value, name)
    if kind is Class:
        return _of_class(interp, value, name)
    if kind is External:
        return _of_external(interp, value, name)
    if kind is Unknown:
        return value if not value.alternatives else _of_alternatives(interp, value, name)
    if kind is Function:
        return _of_function(interp, value, name)
    if kind is Bound:
        if name == "__self__":
            return value.self
        if name == "__func__":
            return value.function
        return get(interp, value.function, name)
    if kind is Super:
        return _of_super(interp, value, name)
    if kind is Partial:
        found = {"func": value.function, "args": tuple(value.args), "keywords": value.keywords}.get(name, EMPTY)
        found = value.attributes.get(name, found)
        if found is not EMPTY:
            return found
        raise interp.exception("AttributeError", f"a partial has no {name}")
    if kind is Property:
        return _of_property(interp, value, name)
    if kind in (StaticMethod, ClassMethod):
        return value.function if name in ("__func__", "__wrapped__") else get(interp, value.function, name)
    if kind is Native:
        if name in value.attributes:
            return value.attributes[name]
        if name in ("__name__", "__qualname__"):
            return value.name.rpartition(".")[2]
        return interp.unknown(f"an attribute of {value.name}")
    if kind in (Alias, Union, Annotated, LiteralType, TypeVar, NewType, NamedAlias, Forward):
        return _of_type(interp, value, name)
    if kind in _KINDS:
        if name == "__class__":
            return external(_KINDS[kind])
        found = get_attribute(interp, value, name)
        if found is not EMPTY:
            return found
        if name.startswith("__") and name != "__doc__":
            return interp.unknown(f"{name} of a value")
        raise interp.exception("AttributeError", f"{_KINDS[kind].rpartition('.')[2]} has no {name}")
    return interp.unknown(f"the attribute {name} of something that is not known")


def _of_alternatives(interp: "Interpreter", value: Unknown, name: str) -> Value:
    found = []
    for option in value.alternatives:
        if isinstance(option, Unknown):
            return Unknown(value.reason, value.at)
        try:
            found.append(get(interp, option, name))
        except Raised:
            continue
    if len(found) == 1 or (found and all(same(f, found[0]) for f in found)):
        return found[0]
    return Unknown(value.reason, value.at, tuple(found))


def _of_instance(interp: "Interpreter", value: Instance, name: str) -> Value:
    cls = value.cls
    if name == "__class__":
        return cls
    if name == "__dict__":
        return value.attributes
    if isinstance(cls, External):
        if name in value.attributes:
            return value.attributes[name]
        native = interp.natives.get(f"{cls.name}.{name}")
        if native is not None:
            return Bound(Native(f"{cls.name}.{name}", native), value)
        found = get_attribute(interp, value, name)
        return found if found is not EMPTY else interp.unknown(f"{name} of a {cls.name}")
    descriptor = cls.lookup(name)
    if isinstance(descriptor, Property):
        return _computed(interp, descriptor, value, name)
    if name in value.attributes and name not in GUARDED:
        return value.attributes[name]
    if descriptor is not EMPTY:
        return _bound(interp, descriptor, value, cls)
    if "_value_" in value.attributes and name in ("name", "value"):
        return value.attributes[f"_{name}_"]
    if name == "__init__":
        made = classes.constructor(cls)
        if made is not EMPTY:
            return Bound(made, value)
    if value.held is not EMPTY:
        found = get_attribute(interp, value.held, name)
        if found is not EMPTY:
            return found
    pseudo = classes.pseudo_attribute(interp, cls, name)
    if pseudo is not EMPTY:
        return pseudo if not isinstance(pseudo, Native) else Bound(pseudo, value)
    for ancestor in cls.mro:
        if isinstance(ancestor, External):
            native = interp.natives.get(f"{ancestor.name}.{name}")
            if native is not None:
                return Bound(Native(f"{ancestor.name}.{name}", native), value)
    hook = cls.lookup("__getattr__")
    if isinstance(hook, Function) and (id(value), name) not in interp.asked:
        interp.asked.add((id(value), name))
        try:
            return interp.call(hook, [value, name], {})
        finally:
            interp.asked.discard((id(value), name))
    if name in _OBJECT:
        return Bound(external(f"builtins.object.{name}"), value)
    if cls.module.stub or classes.open_ended(cls):
        return interp.unknown(f"{name} of a {cls.name}")
    if any(isinstance(c, Class) and name in c.annotations for c in cls.mro):
        return interp.unknown(f"{cls.name}.{name}, which is declared and not set")
    raise interp.exception("AttributeError", f"{cls.name} has no {name}")


def _computed(interp: "Interpreter", descriptor: Property, value: Instance, name: str) -> Value:
    if descriptor.cached and name in value.attributes:
        return value.attributes[name]
    result = interp.awaited(interp.call(descriptor.getter, [value], {}))
    if descriptor.cached:
        value.attributes[name] = result
    return result


def _bound(interp: "Interpreter", found: Value, value: Value, cls: Class) -> Value:
    if isinstance(found, (Function, Native)):
        return Bound(found, value)
    if isinstance(found, ClassMethod):
        return Bound(found.function, cls)
    if isinstance(found, StaticMethod):
        return found.function
    if isinstance(found, Instance) and isinstance(found.cls, Class):
        getter = found.cls.lookup("__get__")
        if isinstance(getter, Function):
            return interp.call(getter, [found, value if value is not cls else None, cls], {})
    return found


def _of_module(interp: "Interpreter", value: Module, name: str) -> Value:
    names = value.scope.names
    if name in names:
        return names[name]
    if value.package or value.stub:
        found = interp.module_named(f"{value.name}.{name}", value)
        if found is not None:
            return found
    if name == "__dict__":
        return names
    if value.stub:
        return dotted.named(f"{value.name}.{name}")
    if value.path.endswith("/"):
        return dotted.named(f"{value.name}.{name}")
    hook = names.get("__getattr__")
    if isinstance(hook, Function):
        return interp.call(hook, [name], {})
    raise interp.exception("AttributeError", f"the module {value.name} has no {name}")


def _of_class(interp: "Interpreter", value: Class, name: str) -> Value:
    found = value.lookup(name)
    if found is not EMPTY:
        return found if isinstance(found, Property) else _class_bound(interp, found, value)
    if name in _CLASS_ATTRIBUTES:
        return _CLASS_ATTRIBUTES[name](interp, value)
    if name == "__members__" and "members" in value.attributes:
        return {k: v for k, v in value.namespace.items() if isinstance(v, Instance) and "_value_" in v.attributes}
    if name == "__init__":
        made = classes.constructor(value)
        if made is not EMPTY:
            return made
    pseudo = classes.pseudo_attribute(interp, value, name)
    if pseudo is not EMPTY:
        return Bound(pseudo, value) if isinstance(pseudo, Native) else pseudo
    for ancestor in value.mro:
        if isinstance(ancestor, External):
            native = interp.natives.get(f"{ancestor.name}.{name}")
            if native is not None:
                return Native(f"{ancestor.name}.{name}", native)
    if name in _OBJECT:
        return external(f"builtins.object.{name}")
    meta = value.keywords.get("metaclass")
    if isinstance(meta, Class):
        inherited = meta.lookup(name)
        if inherited is not EMPTY:
            return (
                interp.call(inherited.getter, [value], {})
                if isinstance(inherited, Property)
                else _bound(interp, inherited, value, meta)
            )
    if value.module.stub or classes.open_ended(value):
        return interp.unknown(f"{name} of the class {value.name}")
    raise interp.exception("AttributeError", f"{value.name} has no {name}")


def _class_bound(interp: "Interpreter", found: Value, cls: Class) -> Value:
    if isinstance(found, ClassMethod):
        return Bound(found.function, cls)
    if isinstance(found, StaticMethod):
        return found.function
    if isinstance(found, Instance):
        return _bound(interp, found, cls, cls)
    return found


def _annotations(interp: "Interpreter", value: Class) -> Value:
    annotations = value.annotations
    if value.seen is None or value.seen[0].keys() != annotations.keys():
        given = {n: interp.annotation(a) if isinstance(a, Annotation) else a for n, a in annotations.items()}
        value.seen = (given, dict(given))
    return value.seen[0]


_CLASS_ATTRIBUTES: Final[dict[str, Callable[[Any, Class], Value]]] = {
    "__name__": lambda interp, cls: cls.name,
    "__qualname__": lambda interp, cls: cls.qualname,
    "__module__": lambda interp, cls: cls.module.name,
    "__mro__": lambda interp, cls: tuple(cls.mro),
    "__bases__": lambda interp, cls: tuple(b.origin if isinstance(b, Alias) else b for b in cls.bases),
    "__dict__": lambda interp, cls: cls.namespace,
    "__annotations__": _annotations,
    "__doc__": lambda interp, cls: cls.namespace.get("__doc__"),
    "__class__": lambda interp, cls: cls.keywords.get("metaclass", external("builtins.type")),
    "__parameters__": lambda interp, cls: tuple(cls.type_params),
    "__orig_bases__": lambda interp, cls: tuple(cls.bases),
    "__subclasses__": lambda interp, cls: Native(
        "__subclasses__", lambda i, a, k: list(cls.attributes.get("subclasses", []))
    ),
    "mro": lambda interp, cls: Native("mro", lambda i, a, k: list(cls.mro)),
}


def _of_external(interp: "Interpreter", value: External, name: str) -> Value:
    if name in ("__name__", "__qualname__"):
        return value.short
    if name == "__module__":
        return value.name.rpartition(".")[0]
    return dotted.named(f"{value.name}.{name}")


def _of_function(interp: "Interpreter", value: Function, name: str) -> Value:
    if name in value.attributes:
        return value.attributes[name]
    if name == "__name__":
        return value.name
    if name == "__qualname__":
        return value.qualname
    if name == "__module__":
        return value.scope.module.name
    if name == "__doc__":
        return _raw_docstring(value)
    if name == "__annotations__":
        found = {p.name: p.annotation for p in interp.signature(value) if p.annotation is not EMPTY}
        returned = interp.returns(value)
        if returned is not EMPTY:
            found["return"] = returned
        value.attributes["__annotations__"] = found
        return found
    if name == "__defaults__":
        return (
            tuple(value.defaults[p.name] for p in value.node.params if p.name in value.defaults and p.kind != "keyword")
            or None
        )
    if name == "__kwdefaults__":
        return {
            p.name: value.defaults[p.name]
            for p in value.node.params
            if p.name in value.defaults and p.kind == "keyword"
        }
    if name == "__dict__":
        return value.attributes
    if name == "__globals__":
        return value.scope.module.scope.names
    if name == "__call__":
        return value
    if name == "__class__":
        return external("types.FunctionType")
    if name in ("__code__", "__closure__"):
        return interp.unknown(f"{name} of a function")
    if value.wrappers:
        return interp.unknown(f"{name} of the decorated function {value.name}")
    raise interp.exception("AttributeError", f"the function {value.name} has no {name}")


def _of_super(interp: "Interpreter", value: Super, name: str) -> Value:
    instance = value.instance
    cls = instance.cls if isinstance(instance, Instance) else instance
    if isinstance(instance, Class) and value.cls not in instance.mro:
        cls = instance.keywords.get("metaclass")  # a method of a metaclass
    if not isinstance(cls, Class) or value.cls not in cls.mro:
        return interp.unknown("super() of something that is not known")
    rest = cls.mro[cls.mro.index(value.cls) + 1 :]
    for ancestor in rest:
        if isinstance(ancestor, Class):
            if name in ancestor.namespace:
                found = ancestor.namespace[name]
                if isinstance(found, Property):
                    return interp.call(found.getter, [instance], {})
                if isinstance(found, StaticMethod):
                    return found if name != "__new__" else found.function
                if isinstance(found, ClassMethod):
                    return Bound(found.function, cls)
                if name == "__new__":
                    return found
                return _bound(interp, found, instance, cls)
            if name == "__init__":
                made = classes.own_constructor(ancestor, cls)
                if made is not EMPTY:
                    return Bound(made, instance)
        else:
            native = interp.natives.get(f"{ancestor.name}.{name}")
            if native is not None:
                return Bound(Native(f"{ancestor.name}.{name}", native), instance)
            if isinstance(instance, Instance) and instance.held is not EMPTY:
                found = get_attribute(interp, instance.held, name)
                if found is not EMPTY:
                    return found
    return classes.inherited(interp, cls, instance, name)


def _of_property(interp: "Interpreter", value: Property, name: str) -> Value:
    if name in ("setter", "deleter", "getter"):

        def replaced(i: "Interpreter", args: list[Value], kwargs: dict[str, Value]) -> Value:
            made = Property(args[0] if name == "getter" else value.getter, value.cached)
            made.attributes = dict(value.attributes)
            if name == "setter":
                made.attributes["setter"] = args[0]
            return made

        return Native(f"property.{name}", replaced)
    if name == "fget":
        return value.getter
    if name in value.attributes:
        return value.attributes[name]
    return get(interp, value.getter, name)


def _of_type(interp: "Interpreter", value: Value, name: str) -> Value:
    if isinstance(value, Alias):
        if name == "__origin__":
            return value.origin
        if name == "__args__":
            return value.args
        if isinstance(value.origin, (Class, External)):
            return get(interp, value.origin, name)
    if isinstance(value, Union):
        if name == "__args__":
            return tuple(external("builtins.NoneType") if a is None else a for a in value.args)
        if name == "__origin__":
            return external("typing.Union")
    if isinstance(value, Annotated):
        if name == "__metadata__":
            return value.metadata
        if name in ("__origin__", "__args__"):
            return value.type if name == "__origin__" else (value.type,)
        return get(interp, value.type, name)
    if isinstance(value, LiteralType) and name == "__args__":
        return value.values
    if isinstance(value, (TypeVar, NewType, NamedAlias)) and name == "__name__":
        return value.name
    if isinstance(value, NewType) and name == "__supertype__":
        return value.supertype
    if isinstance(value, NamedAlias) and name == "__value__":
        return interp.alias_value(value)
    if isinstance(value, TypeVar) and name == "__bound__":
        return None if value.bound is EMPTY else value.bound
    if name == "__class__":
        return external(f"typing.{type(value).__name__.rstrip('_')}")
    raise interp.exception("AttributeError", f"a type has no {name}")


def put(interp: "Interpreter", value: Value, name: str, new: Value) -> None:
    """`value.name = new`."""
    if isinstance(value, Instance):
        if isinstance(value.cls, Class):
            descriptor = value.cls.lookup(name)
            if isinstance(descriptor, Property) and "setter" in descriptor.attributes:
                interp.call(descriptor.attributes["setter"], [value, new], {})
                return
            hook = value.cls.lookup("__setattr__")
            if isinstance(hook, Function) and not value.cls.module.stub:
                interp.call(hook, [value, name, new], {})
                return
        value.attributes[name] = new
    elif isinstance(value, (Function, Partial, Native, Property)):
        value.attributes[name] = new
    elif isinstance(value, (Bound, StaticMethod, ClassMethod)):
        put(interp, value.function, name, new)
    elif isinstance(value, Class):
        value.namespace[name] = new
        value.lines.setdefault(name, interp.line)
        if name == "__name__" and isinstance(new, str):
            value.name = new
        elif name == "__qualname__" and isinstance(new, str):
            value.qualname = new
        elif name == "__annotations__" and isinstance(new, dict):
            value.annotations = dict(new)
            del value.namespace[name]
    elif isinstance(value, Module):
        value.scope.names[name] = new
    elif isinstance(value, (External, Unknown)):
        return
    else:
        interp.gap(f"the attribute {name} is set on something that is not followed")


def remove(interp: "Interpreter", value: Value, name: str) -> None:
    """`del value.name`."""
    if isinstance(value, Instance):
        value.attributes.pop(name, None)
    elif isinstance(value, Class):
        value.namespace.pop(name, None)
    elif isinstance(value, Module):
        value.scope.names.pop(name, None)


# --- items -------------------------------------------------------------------------------------


def item(interp: "Interpreter", value: Value, index: Value) -> Value:
    """`value[index]` of a container."""
    inner = held_by(value)
    if isinstance(index, Unknown):
        return index
    position = held_by(index)
    if isinstance(inner, (list, tuple, str, bytes)):
        if isinstance(position, (int, slice)):
            try:
                return inner[position]
            except (IndexError, ValueError) as error:
                raise interp.exception(type(error).__name__, f"there is no item {position!r}"[:80]) from None
        return interp.unknown("an item of a list")
    if isinstance(inner, dict):
        for key in (index, position):
            if hashable(key) and (key in inner or (type(inner) is not dict and key is index)):
                return inner[key]
        if isinstance(value, Instance):
            missing = value.attributes.get("default_factory", EMPTY)
            if missing is not EMPTY and missing is not None:
                made = inner[index] = interp.call(missing, [], {})
                return made
        raise interp.exception(
            "KeyError", f"there is no key {position!r}"[:80] if is_plain(position) else "there is no such key"
        )
    if isinstance(value, Instance):
        if isinstance(value.cls, Class):
            method = value.cls.lookup("__getitem__")
            if method is not EMPTY:
                return interp.call(method, [value, index], {})
            return interp.unknown(f"an item of a {value.cls.name}")
        native = interp.natives.get(f"{value.cls.name}.__getitem__")
        if native is not None:
            return interp.call_native(native, [value, index], {})
    if isinstance(value, External):
        native = interp.natives.get(f"{value.name}.__getitem__")
        if native is not None:
            return interp.call_native(native, [value, index], {})
    return value if isinstance(value, Unknown) else interp.unknown("an item of something that is not known")


def put_item(interp: "Interpreter", value: Value, index: Value, new: Value) -> None:
    """`value[index] = new`."""
    inner = held_by(value)
    if isinstance(inner, dict):
        if hashable(index):
            inner[index] = new
        else:
            interp.gap("a key that is not known is set")
    elif isinstance(inner, list) and isinstance(index, int) and -len(inner) <= index < len(inner):
        inner[index] = new
    elif isinstance(inner, list) and isinstance(index, slice):
        found = items(interp, new)
        if found is not None:
            inner[index] = found
    elif isinstance(value, Instance) and isinstance(value.cls, Class):
        method = value.cls.lookup("__setitem__")
        if method is not EMPTY:
            interp.call(method, [value, index, new], {})


def remove_item(interp: "Interpreter", value: Value, index: Value) -> None:
    """`del value[index]`."""
    inner = held_by(value)
    if isinstance(inner, dict) and hashable(index):
        inner.pop(index, None)
    elif isinstance(inner, list) and isinstance(index, (int, slice)):
        try:
            del inner[index]
        except IndexError as error:
            raise interp.exception("IndexError", str(error)) from None


def items(interp: "Interpreter", value: Value) -> list[Value] | None:
    """What iterating over it gives; None if unknown."""
    if isinstance(value, CONTAINERS) and len(value) > MAX_ITEMS:
        return None
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, dict):
        return list(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=sort_key)
    if isinstance(value, str):
        return list(value) if len(value) <= 10_000 else None
    if isinstance(value, bytes):
        return list(value) if len(value) <= 10_000 else None
    if isinstance(value, Class):
        members = value.attributes.get("members")
        return list(members) if members is not None else None
    if isinstance(value, Pending):
        return interp.generate(value)
    if isinstance(value, Instance):
        if isinstance(value.cls, Class):
            method = value.cls.lookup("__iter__")
            if isinstance(method, (Function, Bound)):
                made = interp.call(method, [value], {})
                return items(interp, made) if made is not value else None
        if isinstance(value.held, (*CONTAINERS, str)):
            found = items(interp, value.held)
            if value.cls is external("builtins.iterator") and isinstance(value.held, list):
                value.held.clear()
            return found
        if "_fields" in value.attributes:
            return [value.attributes[n] for n in value.attributes["_fields"]]
    if isinstance(value, Alias) and value.origin is external("typing.Unpack"):
        return [value]
    return None


# --- truth and kinds ---------------------------------------------------------------------------


def truth(interp: "Interpreter", value: Value) -> bool | None:
    """Whether it counts as true; None if that is not decided."""
    if isinstance(value, (*PLAIN, *CONTAINERS)):
        return bool(value)
    if isinstance(value, Unknown):
        if value.text is not None and value.text.replace("{?}", ""):
            return True
        if value.alternatives and not any(isinstance(a, Unknown) for a in value.alternatives):
            decided = [truth(interp, a) for a in value.alternatives]
            if None not in decided and len(set(decided)) == 1:
                return decided[0]
        return None
    if isinstance(value, External):
        return (
            True
            if value.name in interp.natives or value.name.startswith(("builtins.", "typing."))
            else _module_like(interp, value)
        )
    if isinstance(value, Instance):
        if isinstance(value.cls, Class):
            for name in ("__bool__", "__len__"):
                method = value.cls.lookup(name)
                if isinstance(method, Function):
                    return truth(interp, interp.call(method, [value], {}))
            if "_value_" in value.attributes and value.held is EMPTY:
                return True
        if value.held is not EMPTY:
            return bool(value.held)
        return True
    return True


def _module_like(interp: "Interpreter", value: External) -> bool | None:
    """A library's module or class counts as true; other names of libraries are not decided."""
    return True if "." not in value.name or (value.short[:1].isupper() and not value.short.isupper()) else None


def _kind(value: Value) -> Value:
    """The class of a value."""
    if isinstance(value, Instance):
        return value.cls
    name = _KINDS.get(type(value))
    if name is not None:
        return external(name)
    if isinstance(value, Class):
        return value.keywords.get("metaclass", external("builtins.type"))
    if isinstance(value, Function):
        return external("types.FunctionType")
    if isinstance(value, Bound):
        return external("types.MethodType")
    if isinstance(value, Module):
        return external("types.ModuleType")
    if isinstance(value, Property):
        return external("functools.cached_property" if value.cached else "builtins.property")
    if isinstance(value, StaticMethod):
        return external("builtins.staticmethod")
    if isinstance(value, ClassMethod):
        return external("builtins.classmethod")
    if isinstance(value, Partial):
        return external("functools.partial")
    if isinstance(value, TypeVar):
        return external("typing.TypeVar")
    if isinstance(value, Union):
        return external("types.UnionType")
    if isinstance(value, Alias):
        return external("types.GenericAlias")
    return EMPTY


def is_instance(interp: "Interpreter", value: Value, cls: Value) -> bool | None:
    """`isinstance(value, cls)`; None if unknown."""
    options = _options(cls)
    if isinstance(value, Unknown):
        return None
    results = [_instance_of(interp, value, option) for option in options]
    return True if True in results else None if None in results else False


def _options(cls: Value) -> list[Value]:
    if isinstance(cls, (tuple, list)):
        return [o for c in cls for o in _options(c)]
    if isinstance(cls, Union):
        return list(cls.args)
    if isinstance(cls, Alias):
        return [cls.origin]
    return [cls]


def _instance_of(interp: "Interpreter", value: Value, cls: Value) -> bool | None:
    if isinstance(cls, Unknown):
        return None
    if cls is None:
        return value is None
    if isinstance(cls, External):
        name = cls.name
        types = _ABSTRACT.get(name)
        if types is not None:
            if isinstance(held_by(value), types):
                return True
            return False if is_plain(value) or isinstance(value, CONTAINERS) else None
        if name == "builtins.type":
            return isinstance(value, (Class, External))
        if name == "collections.abc.Callable":
            return isinstance(value, (Function, Bound, Class, Native, Partial, External))
        if name == "builtins.int" and isinstance(held_by(value), bool):
            return True
    kind = _kind(value)
    if kind is EMPTY:
        return False
    if isinstance(value, External):
        return None
    return is_subclass(interp, kind, cls)


def is_subclass(interp: "Interpreter", value: Value, cls: Value) -> bool | None:
    """`issubclass(value, cls)`; None if unknown."""
    options = _options(cls)
    if len(options) != 1:
        results = [is_subclass(interp, value, option) for option in options]
        return True if True in results else None if None in results else False
    cls = options[0]
    if isinstance(value, Alias):
        value = value.origin
    if isinstance(value, Unknown) or isinstance(cls, Unknown):
        return None
    if value is cls or cls is external("builtins.object"):
        return True
    if isinstance(value, Class):
        if cls in value.mro:
            return True
        if isinstance(cls, Class) and cls.generic is not None and cls.generic[0] in value.mro:
            return False
        outside = [c for c in value.mro if isinstance(c, External)]
        results = [is_subclass(interp, c, cls) for c in outside if isinstance(cls, External)]
        if True in results:
            return True
        return None if value.unknown_bases or None in results else False
    if isinstance(value, External) and isinstance(cls, External):
        return _external_subclass(value.name, cls.name)
    if isinstance(value, External):
        # A library does not know the project's classes, but may know another library's.
        own = value.name.startswith((*_OWN, "pathlib."))
        return False if own or (isinstance(cls, Class) and not cls.module.stub) else None
    raise interp.exception("TypeError", "issubclass() of something that is no class")


def is_exception(name: str) -> bool:
    """Whether it is one of Python's own exceptions."""
    found = getattr(builtins, name[9:], None) if name.startswith("builtins.") else None
    return inspect.isclass(found) and issubclass(found, BaseException)


_OWN: Final = (
    "builtins.", "typing.", "collections.", "datetime.", "uuid.", "enum.", "types.", "decimal.", "inspect.", "functools.",
)  # fmt: skip
"""Parts of Python none of whose classes derives from a library's or project's."""
_PARENTS: Final = {
    "enum.StrEnum": ("enum.Enum", "builtins.str", "enum.ReprEnum"), "enum.IntEnum": ("enum.Enum", "builtins.int", "enum.ReprEnum"),
    "enum.Flag": ("enum.Enum",), "enum.IntFlag": ("enum.Enum", "enum.Flag", "builtins.int"), "builtins.bool": ("builtins.int",),
    "datetime.datetime": ("datetime.date",), "collections.OrderedDict": ("builtins.dict",),
    "collections.defaultdict": ("builtins.dict",), "collections.Counter": ("builtins.dict",),
    "json.JSONDecodeError": ("builtins.ValueError", "builtins.Exception", "builtins.BaseException"),
    "pathlib.Path": ("pathlib.PurePath", "os.PathLike"),
}  # fmt: skip


def _external_subclass(value: str, cls: str) -> bool | None:
    if cls in _PARENTS.get(value, ()):
        return True
    if value.startswith("builtins.") and cls.startswith("builtins."):
        first, second = (getattr(builtins, n[9:], None) for n in (value, cls))
        if inspect.isclass(first) and inspect.isclass(second):
            return issubclass(first, second)
        return False
    types = _ABSTRACT.get(cls)
    if types is not None:
        return any(_KINDS.get(t) == value for t in types) or object in types or None
    if value.startswith(_OWN):
        return False
    return None


# --- docstrings --------------------------------------------------------------------------------


def _raw_docstring(function: Function) -> str | None:
    node = function.node
    if isinstance(node, s.Function) and node.body:
        first = node.body[0]
        if isinstance(first, s.Expression) and isinstance(first.value, s.Constant) and first.value.kind == "str":
            return str(first.value.value)
    return None


def docstring(interp: "Interpreter", value: Value) -> str | None:
    """`inspect.getdoc(value)`."""
    for _ in range(20):
        if isinstance(value, Function):
            found = value.attributes.get("__doc__", EMPTY)
            text = found if found is not EMPTY else _raw_docstring(value)
            return inspect.cleandoc(text) if isinstance(text, str) else None
        if isinstance(value, (Bound, StaticMethod, ClassMethod)):
            value = value.function
        elif isinstance(value, Property):
            value = value.getter
        else:
            break
    if isinstance(value, Class):
        for cls in value.mro:
            text = cls.namespace.get("__doc__") if isinstance(cls, Class) else None
            if isinstance(text, str):
                return inspect.cleandoc(text)
    if isinstance(value, Partial):
        return None
    return None
