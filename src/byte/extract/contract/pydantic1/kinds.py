"""What a type is, as Pydantic 1 asks it: subclasses, models, origins and names."""

from typing import Final

from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotated,
    Class,
    External,
    Instance,
    LiteralType,
    NewType,
    TypeVar,
    Union,
    Unknown,
    Value,
    external,
)

ANY: Final = external("typing.Any")
OBJECT: Final = external("builtins.object")
ROOT: Final = "__root__"

_PARENTS: Final[dict[str, tuple[str, ...]]] = {
    "builtins.bool": ("builtins.int",),
    "collections.Counter": ("builtins.dict",),
    "collections.OrderedDict": ("builtins.dict",),
    "collections.UserDict": ("collections.abc.Mapping",),
    "collections.defaultdict": ("builtins.dict",),
    "datetime.datetime": ("datetime.date",),
    "enum.Flag": ("enum.Enum",),
    "enum.IntEnum": ("enum.Enum", "builtins.int"),
    "enum.IntFlag": ("enum.Enum", "builtins.int"),
    "enum.StrEnum": ("enum.Enum", "builtins.str"),
    "pathlib.Path": ("pathlib.PurePath",),
    "pathlib.PosixPath": ("pathlib.Path", "pathlib.PurePath"),
    "pathlib.WindowsPath": ("pathlib.Path", "pathlib.PurePath"),
    "typing.NamedTuple": ("builtins.tuple",),
    "typing.TypedDict": ("builtins.dict",),
}

# In the order in which Pydantic looks: subclasses of `str` before `str`.
STANDARD: Final[tuple[tuple[str, dict[str, object]], ...]] = (
    ("pathlib.Path", {"type": "string", "format": "path"}),
    ("datetime.datetime", {"type": "string", "format": "date-time"}),
    ("datetime.date", {"type": "string", "format": "date"}),
    ("datetime.time", {"type": "string", "format": "time"}),
    ("datetime.timedelta", {"type": "number", "format": "time-delta"}),
    ("ipaddress.IPv4Network", {"type": "string", "format": "ipv4network"}),
    ("ipaddress.IPv6Network", {"type": "string", "format": "ipv6network"}),
    ("ipaddress.IPv4Interface", {"type": "string", "format": "ipv4interface"}),
    ("ipaddress.IPv6Interface", {"type": "string", "format": "ipv6interface"}),
    ("ipaddress.IPv4Address", {"type": "string", "format": "ipv4"}),
    ("ipaddress.IPv6Address", {"type": "string", "format": "ipv6"}),
    ("re.Pattern", {"type": "string", "format": "regex"}),
    ("builtins.str", {"type": "string"}),
    ("builtins.bytes", {"type": "string", "format": "binary"}),
    ("builtins.bool", {"type": "boolean"}),
    ("builtins.int", {"type": "integer"}),
    ("builtins.float", {"type": "number"}),
    ("decimal.Decimal", {"type": "number"}),
    ("uuid.UUID", {"type": "string", "format": "uuid"}),
    ("builtins.dict", {"type": "object"}),
    ("builtins.list", {"type": "array", "items": {}}),
    ("builtins.tuple", {"type": "array", "items": {}}),
    ("builtins.set", {"type": "array", "items": {}, "uniqueItems": True}),
    ("builtins.frozenset", {"type": "array", "items": {}, "uniqueItems": True}),
)
NUMBERS: Final = ("builtins.int", "builtins.float", "decimal.Decimal")


def pydantic(name: str) -> tuple[str, str]:
    """The names of a class of Pydantic 1, as itself and inside of Pydantic 2."""
    return f"pydantic.{name}", f"pydantic.v1.{name}"


MODEL: Final = pydantic("main.BaseModel")
INFO: Final = pydantic("fields.FieldInfo")
SETTINGS: Final = pydantic("env_settings.BaseSettings")


def is_sub(type_: Value, *names: str) -> bool:
    """Whether a type is a class, and this or a subclass of one of these."""
    if isinstance(type_, External):
        return type_.name in names or any(p in names for p in _PARENTS.get(type_.name, ()))
    if isinstance(type_, Class):
        return any(is_sub(c, *names) if isinstance(c, External) else c.dotted in names for c in type_.mro)
    return False


def is_model(type_: Value) -> bool:
    """Whether a type is a subclass of `BaseModel`."""
    return isinstance(type_, Class) and type_.derives(*MODEL)


def is_enum(type_: Value) -> bool:
    """Whether a type is an enumeration."""
    return isinstance(type_, Class) and is_sub(type_, "enum.Enum")


def is_dataclass(type_: Value) -> bool:
    """Whether a type is a data class, of the standard library or of Pydantic."""
    return isinstance(type_, Class) and type_.is_dataclass


def is_typed_dict(type_: Value) -> bool:
    """Whether a type is a `TypedDict`."""
    return isinstance(type_, Class) and type_.derives("typing.TypedDict")


def is_named_tuple(type_: Value) -> bool:
    """Whether a type is a named tuple."""
    return isinstance(type_, Class) and type_.derives("typing.NamedTuple")


def has_model(type_: Value) -> bool:
    """Whether Pydantic makes a model of a type that is none (`__pydantic_model__`)."""
    return not is_model(type_) and (is_dataclass(type_) or is_typed_dict(type_) or is_named_tuple(type_))


def is_none(type_: Value) -> bool:
    """Whether a type is that of None."""
    return type_ is None or (isinstance(type_, LiteralType) and type_.values == (None,))


def origin(type_: Value) -> str:
    """The name of a parametrised type's origin in Python's own terms; empty where there is none of Python's."""
    if isinstance(type_, Alias) and isinstance(type_.origin, External):
        return type_.origin.name
    return ""


def is_callable(type_: Value) -> bool:
    """Whether a type is `Callable`."""
    return origin(type_) == "collections.abc.Callable" or type_ is external("collections.abc.Callable")


def is_class_variable(type_: Value) -> bool:
    """Whether an annotation is `ClassVar`."""
    return origin(type_) == "typing.ClassVar" or type_ is external("typing.ClassVar")


def is_final(type_: Value) -> bool:
    """Whether an annotation is `Final`."""
    return origin(type_) == "typing.Final" or type_ is external("typing.Final")


def display(type_: Value, depth: int = 0) -> str:
    """How a type is named inside the name of a parametrised model (`display_as_type`)."""
    if depth > _DEEPEST_NAME:
        return "..."
    match type_:
        case None:
            return "NoneType"
        case Class():
            return name_of(type_, depth)
        case External():
            return type_.short
        case Union():
            return f"Union[{', '.join(display(a, depth + 1) for a in type_.args)}]"
        case Alias() | LiteralType() | Annotated():
            return _written(type_, depth)
        case TypeVar() | NewType():
            return type_.name
    return type(type_).__name__


def _written(type_: Value, depth: int) -> str:
    """`str(type_)` without `typing.`."""
    inner = depth + 1
    if inner > _DEEPEST_NAME:
        return "..."
    match type_:
        case None:
            return "NoneType"
        case Class():
            qualified = name_of(type_, inner) if type_.generic is not None else type_.qualname
            return f"{type_.namespace.get('__module__', type_.module.name)}.{qualified}"
        case External():
            return type_.short if type_.name.startswith(("builtins.", "typing.")) else type_.name
        case Union():
            rest = [a for a in type_.args if a is not None]
            if len(rest) == 1 and len(type_.args) == 2:
                return f"Optional[{_written(rest[0], inner)}]"
            return f"Union[{', '.join(_written(a, inner) for a in type_.args)}]"
        case Alias():
            name = type_.written or _written(type_.origin, inner).rpartition(".")[2]
            return f"{name}[{', '.join('...' if a is ... else _written(a, inner) for a in type_.args)}]"
        case LiteralType():
            return f"Literal[{', '.join(_shown(v) for v in type_.values)}]"
        case Annotated():
            return f"Annotated[{_written(type_.type, inner)}, ...]"
        case TypeVar():
            return f"~{type_.name}"
    return "?"


_DEEPEST_NAME: Final = 12


def _shown(value: Value) -> str:
    if isinstance(value, Instance) and "_name_" in value.attributes:
        cls = value.cls.name if isinstance(value.cls, Class) else value.cls.short
        return f"<{cls}.{value.attributes['_name_']}: {value.attributes['_value_']!r}>"
    return repr(value) if isinstance(value, (str, int, bool, bytes, type(None))) else "?"


def name_of(cls: Class, depth: int = 0) -> str:
    """The `__name__` of a model; that of a parametrised one is made of its arguments."""
    given = cls.attributes.get("pydantic1_name")
    if isinstance(given, str):
        return given
    if cls.generic is not None:
        base, args = cls.generic
        return f"{name_of(base)}[{', '.join(display(a, depth + 1) for a in args)}]"
    return cls.name


def attribute(cls: Value, name: str) -> Value:
    """An attribute as the body of a class or its bases binds it, EMPTY if none."""
    return cls.lookup(name) if isinstance(cls, Class) else EMPTY


def is_foreign(type_: Value) -> bool:
    """Whether a type is, or inherits from, something that is not modelled, so that it may bring its own schema."""
    if isinstance(type_, Unknown):
        return True
    if isinstance(type_, External):
        return True
    return isinstance(type_, Class) and (
        bool(type_.unknown_bases)
        or any(isinstance(c, External) and c.name.partition(".")[0] not in _OWN for c in type_.mro)
    )


_OWN: Final = frozenset(
    """builtins typing abc enum collections datetime decimal uuid pathlib ipaddress re numbers types dataclasses
    contextlib functools io""".split()
)
