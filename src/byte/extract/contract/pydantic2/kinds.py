"""What a type is: the questions that reading fields and writing schemas both ask."""

import re
from typing import Any, Final

from byte.extract.evaluate import typeforms
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotated,
    Class,
    ClassMethod,
    External,
    Forward,
    Function,
    Instance,
    LiteralType,
    NamedAlias,
    NewType,
    TypeVar,
    Union,
    Value,
    external,
)
from byte.model import syntax as s

BASE_MODEL: Final = "pydantic.main.BaseModel"
ROOT_MODEL: Final = "pydantic.root_model.RootModel"
FIELD_INFO: Final = "pydantic.fields.FieldInfo"

_ENUMS: Final = ("enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.ReprEnum")
_ANY: Final = external("typing.Any")
_UNSET: Final = frozenset({"PydanticUndefined", "PydanticUndefinedType", "Undefined", "_Unset", "Unset", "MISSING"})


def unset(value: Value) -> bool:
    """Whether a value says that nothing was passed."""
    return value is EMPTY or (isinstance(value, External) and value.short in _UNSET)


def dotted(value: Value) -> str:
    """The full name of a class or of something of a library; empty for anything else."""
    if isinstance(value, Class):
        return value.dotted
    return value.name if isinstance(value, External) else ""


def made_by(value: Value, *names: str) -> bool:
    """Whether a value is an object of a class of one of these names, or of one derived from it."""
    if not isinstance(value, Instance):
        return False
    if isinstance(value.cls, Class):
        return value.cls.derives(*names)
    return value.cls.name in names


def is_field_info(value: Value) -> bool:
    """Whether a value is what `Field(...)`, `Query(...)` and the like give."""
    return made_by(value, FIELD_INFO)


def is_model(value: Value) -> bool:
    """Whether a value is a Pydantic model, `BaseModel` included."""
    return isinstance(value, Class) and value.derives(BASE_MODEL)


def is_root_model(value: Value) -> bool:
    """Whether a value is a root model."""
    return isinstance(value, Class) and value.derives(ROOT_MODEL)


def is_enum(value: Value) -> bool:
    """Whether a value is an enumeration."""
    return isinstance(value, Class) and value.derives(*_ENUMS)


def is_typed_dict(value: Value) -> bool:
    """Whether a value is a `TypedDict`."""
    return isinstance(value, Class) and value.derives("typing.TypedDict", "typing_extensions.TypedDict")


def is_named_tuple(value: Value) -> bool:
    """Whether a value is a `NamedTuple`, or made by `collections.namedtuple`."""
    return isinstance(value, Class) and value.derives("typing.NamedTuple", "collections.namedtuple")


def is_dataclass(value: Value) -> bool:
    """Whether a value is a dataclass, of the standard library or of Pydantic."""
    return isinstance(value, Class) and any(own_dataclass(c) for c in value.mro if isinstance(c, Class))


def own_dataclass(cls: Class) -> bool:
    """Whether the class itself was decorated as a dataclass."""
    if any(key in cls.attributes for key in ("dataclass", "__dataclass__", "pydantic_dataclass")):
        return True
    if "__dataclass_fields__" in cls.namespace or "__dataclass_params__" in cls.namespace:
        return True
    return any(dotted(d) in ("dataclasses.dataclass", "pydantic.dataclasses.dataclass") for d in cls.decorators)


def is_pydantic_dataclass(cls: Class) -> bool:
    """Whether a dataclass is one of Pydantic, itself or by a base."""
    return any("pydantic_dataclass" in c.attributes for c in cls.mro if isinstance(c, Class))


def own_doc(cls: Class) -> str | None:
    """`__doc__` of a class, which is never inherited, without its indentation."""
    if cls.generic is not None:
        return None
    found: Any = cls.namespace.get("__doc__", EMPTY)
    if found is EMPTY and cls.node is not None and cls.node.body:
        first = cls.node.body[0]
        if isinstance(first, s.Expression):
            found = s.string(first.value)
    return clean(found) if isinstance(found, str) and found else None


def clean(text: str) -> str:
    """`inspect.cleandoc`."""
    lines = text.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    out = [lines[0].lstrip(), *(line[margin:] for line in lines[1:])]
    while out and not out[-1].strip():
        out.pop()
    while out and not out[0].strip():
        out.pop(0)
    return "\n".join(out)


def parameters(value: Value) -> tuple[TypeVar, ...]:
    """The type variables that a class takes: what `X[...]` would substitute."""
    if isinstance(value, Class):
        return tuple(p for p in value.type_params if isinstance(p, TypeVar))
    return ()


def substitute(interp: Interpreter, value: Value, by: dict[TypeVar, Value]) -> Value:
    """The type with type variables replaced; a generic model without arguments stands for itself with its own."""
    if not by:
        return value
    if isinstance(value, Forward):
        value = interp.resolve(value)
    if isinstance(value, TypeVar):
        return by.get(value, value)
    if isinstance(value, Annotated):
        inner = substitute(interp, value.type, by)
        if isinstance(inner, Annotated):
            return Annotated(inner.type, (*inner.metadata, *value.metadata))
        return Annotated(inner, value.metadata)
    if isinstance(value, Union):
        args = tuple(substitute(interp, a, by) for a in value.args)
        dropped = tuple(interp.target.pydantic) >= (2, 10)
        if dropped and any(a is _ANY for a in args) and not all(a is b for a, b in zip(args, value.args, strict=True)):
            return _ANY
        return typeforms.union(args)
    if isinstance(value, Alias):
        return Alias(value.origin, tuple(substitute(interp, a, by) for a in value.args), value.at, value.written)
    if isinstance(value, (list, tuple)):
        return type(value)(substitute(interp, a, by) for a in value)
    if isinstance(value, Class) and is_model(value) and value.type_params:
        origin, old = value.generic if value.generic is not None else (value, value.type_params)
        new = tuple(substitute(interp, a, by) for a in old)
        if all(a is b for a, b in zip(new, old, strict=True)):
            return value
        return interp.subscript(origin, new if len(new) > 1 else new[0])
    return value


def typevars_of(value: Value) -> tuple[Value, dict[TypeVar, Value]]:
    """The class behind a generic alias or a parametrised class, and what its type variables stand for."""
    if isinstance(value, Class) and value.generic is not None:
        origin, args = value.generic
    elif isinstance(value, Alias):
        origin, args = value.origin, value.args
    else:
        return value, {}
    return origin, dict(zip(parameters(origin), args, strict=False))


def display(value: Value) -> str:
    """The name of a type as Pydantic writes it into the names of generic models."""
    if value is None:
        return "NoneType"
    if isinstance(value, Class):
        if value.generic is None:
            return value.qualname
        origin, arguments = value.generic
        own = origin.lookup("model_parametrized_name")
        if isinstance(own, ClassMethod) and not getattr(own.function, "module", origin.module).stub:
            return value.name
        return f"{origin.name}[{', '.join(map(display, arguments))}]"
    if isinstance(value, External):
        if value.name.startswith("typing."):
            return value.name[7:]
        return value.short
    if isinstance(value, Alias):
        args = ", ".join("..." if a is ... else display(a) for a in value.args)
        return f"{value.written or display(value.origin)}[{args}]"
    if isinstance(value, Union):
        return f"Union[{', '.join(map(display, value.args))}]"
    if isinstance(value, LiteralType):
        return f"Literal[{', '.join(map(_constant, value.values))}]"
    if isinstance(value, Annotated):
        return f"Annotated[{display(value.type)}, {', '.join(_described(m, value.type) for m in value.metadata)}]"
    if isinstance(value, TypeVar):
        return "TypeVar"  # from Python 3.12 on; `~T` before
    if isinstance(value, (NamedAlias, NewType)):
        return value.name
    if isinstance(value, Forward):
        return f"ForwardRef('{value.text}')"
    if value is ...:
        return "..."
    if isinstance(value, Function):
        return value.name
    if isinstance(value, list):
        return f"[{', '.join(map(display, value))}]"
    if isinstance(value, Instance):
        return display(value.cls)
    return type(value).__name__


def _constant(value: Value) -> str:
    if isinstance(value, Instance) and "_name_" in value.attributes:
        return f"<{display(value.cls)}.{value.attributes['_name_']}: {value.attributes.get('_value_')!r}>"
    return display(value) if isinstance(value, (Instance, Class, External, Function)) else repr(value)


# Pydantic's own objects are written as `repr` has them, anything else by its class.
_WRITTEN: Final = ("Strict", "AllowInfNan", "FailFast")
_TOLD: Final = (
    "default", "default_factory", "alias", "alias_priority", "validation_alias", "serialization_alias", "title",
    "field_title_generator", "description", "examples", "exclude", "exclude_if", "discriminator", "deprecated",
    "json_schema_extra", "frozen", "validate_default", "init", "init_var", "kw_only",
)  # fmt: skip
_CONSTRAINTS: Final = {
    "strict": "Strict", "gt": "Gt", "ge": "Ge", "lt": "Lt", "le": "Le", "multiple_of": "MultipleOf",
    "allow_inf_nan": "AllowInfNan", "min_length": "MinLen", "max_length": "MaxLen", "fail_fast": "FailFast",
}  # fmt: skip
_GENERAL: Final = ("pattern", "coerce_numbers_to_str", "max_digits", "decimal_places", "union_mode")


def _described(value: Value, of: Value) -> str:
    if not isinstance(value, Instance):
        known = (Class, External, Alias, Union, Function)
        return display(value) if value is None or isinstance(value, known) else type(value).__name__
    if is_field_info(value):
        return _field_described(value.attributes)
    name = display(value.cls)
    if name in _WRITTEN:
        return f"{name}({', '.join(f'{key}={_constant(found)}' for key, found in value.attributes.items())})"
    if made_by(value, "pydantic.types._Known"):
        given = value.attributes.get("kwargs")
        return _limits(given if isinstance(given, dict) else {}, of)
    return name


def _limits(given: dict[str, Value], of: Value) -> str:
    """What `conint`, `confloat`, ... put beside their type."""

    def one(name: str) -> str:
        found = given.get(name)
        if found is None:
            return "NoneType"
        made = _CONSTRAINTS[name]
        return f"{made}({name}={found!r})" if made in _WRITTEN else made

    kind = dotted(of)
    if kind == "builtins.bytes":
        return f"{one('strict')}, Len"
    parts = [one("strict"), "Interval"]
    if kind != "datetime.date":
        parts.append(one("multiple_of"))
    if kind == "decimal.Decimal":
        digits = [f"{name}={given[name]!r}" for name in ("max_digits", "decimal_places") if given.get(name) is not None]
        parts.append(f"_PydanticGeneralMetadata({', '.join(digits)})")
    if kind in ("builtins.float", "decimal.Decimal"):
        parts.append(one("allow_inf_nan"))
    return ", ".join(parts)


def _field_described(given: dict[str, Value]) -> str:
    default, factory = given.get("default", EMPTY), given.get("default_factory")
    required = (unset(default) or default is ...) and factory is None
    parts = ["annotation=NoneType", f"required={required}"]
    for name in _TOLD:
        found = given.get(name, EMPTY)
        alias = name in ("validation_alias", "serialization_alias") and found == given.get("alias")
        if unset(found) or found is ... or alias or (found is None and name != "default"):
            continue
        if name != "frozen" or found is not False:
            parts.append(f"{name}={display(found) if name == 'default_factory' else _constant(found)}")
    metadata = [f"{cls}({name}={given[name]!r})" for name, cls in _CONSTRAINTS.items() if given.get(name) is not None]
    general = [f"{name}={given[name]!r}" for name in _GENERAL if given.get(name) is not None]
    if general:
        metadata.append(f"_PydanticGeneralMetadata({', '.join(general)})")
    if metadata:
        parts.append(f"metadata=[{', '.join(metadata)}]")
    return f"FieldInfo({', '.join(parts)})"


_WORD: Final = re.compile(r"[^a-zA-Z0-9.\-_]")


def normalize(name: str) -> str:
    """A name as it may stand in a reference."""
    return _WORD.sub("_", name).replace(".", "__")
