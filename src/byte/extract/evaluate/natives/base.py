"""What the functions that Byte implements itself share: limits, texts, and the interpreter as they see it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from byte.extract.evaluate.equality import CONTAINERS, held_by
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotated,
    Bound,
    Class,
    External,
    Function,
    Instance,
    LiteralType,
    Module,
    Native,
    Partial,
    Raised,
    TypeVar,
    Union,
    Unknown,
    Value,
    external,
)

if TYPE_CHECKING:
    from byte.extract.evaluate.interpreter import Interpreter

MOST_ITEMS: Final = 10_000
LONGEST_TEXT: Final = 100_000
WIDEST_INT: Final = 4_096  # bits


Interp: TypeAlias = "Interpreter"
NativeFunction: TypeAlias = Callable[["Interpreter", list[Value], dict[str, Value]], Value]

CONSTANT_TYPES: Final = (str, int, float, bytes, bool, complex, type(None), type(...))


class Needs(Exception):
    """Raised inside a native where an argument is not known; becomes the native's result."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


def native(function: NativeFunction) -> NativeFunction:
    """The function with what Python raises turned into what the evaluated code sees."""

    def guarded(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        try:
            return function(interp, args, kwargs)
        except Needs as needs:
            return needs.value
        except (Raised, RecursionError):
            raise
        except PYTHON_ERRORS as error:
            raise interp.exception(type(error).__name__, str(error)) from None

    guarded.__name__ = getattr(function, "__name__", "native")
    return guarded


PYTHON_ERRORS: Final = (
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    ZeroDivisionError,
    OverflowError,
    UnicodeError,
    StopIteration,
    ArithmeticError,
)


def guarded_table(table: dict[str, NativeFunction]) -> dict[str, NativeFunction]:
    """The table with each function guarded."""
    return {name: native(function) for name, function in table.items()}


def unknown(interp: Interp, reason: str, text: str | None = None) -> Unknown:
    """Something unknown that begins at the current line."""
    return Unknown(reason, interp.at, text=text)


def known(interp: Interp, value: Value, reason: str = "it depends on a value that is not known") -> Value:
    """The value; an unknown one ends the native with itself, something opaque with a new unknown."""
    if isinstance(value, Unknown):
        raise Needs(value)
    if isinstance(value, External):
        raise Needs(unknown(interp, f"the value of {value.name} is not known"))
    if value is EMPTY:
        raise Needs(unknown(interp, reason))
    return value


def constant(interp: Interp, value: Value) -> Value:
    """The value as a constant of Python; ends the native if it is none."""
    found = held_by(known(interp, value))
    if isinstance(found, CONSTANT_TYPES):
        return found
    raise Needs(unknown(interp, "it depends on an object that is not evaluated"))


def is_constant(value: Value) -> bool:
    """Whether a value is a constant, or a container of nothing else."""
    value = held_by(value)
    if isinstance(value, CONSTANT_TYPES):
        return True
    if isinstance(value, dict):
        return all(is_constant(k) and is_constant(v) for k, v in value.items())
    return isinstance(value, CONTAINERS) and all(is_constant(v) for v in value)


def constants(value: Value) -> Value:
    """A constant value with what enum members and the like hold in their place."""
    value = held_by(value)
    if isinstance(value, dict):
        return {constants(k): constants(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([constants(v) for v in value]) if type(value) in (list, tuple) else list(value)
    return value


def listed(interp: Interp, value: Value) -> list[Value]:
    """The items of an iterable; ends the native if they are not known or too many."""
    if isinstance(value, Unknown):
        raise Needs(value)
    found = interp.items(value)
    if found is None:
        raise Needs(unknown(interp, "the items that it is made of are not known"))
    if len(found) > MOST_ITEMS:
        raise Needs(unknown(interp, f"it has more than {MOST_ITEMS} items"))
    return found


def decided(interp: Interp, value: Value) -> bool:
    """The truth of a value; ends the native if it is undecided."""
    found = interp.truth(value)
    if found is None:
        raise Needs(value if isinstance(value, Unknown) else unknown(interp, "a condition is not decided"))
    return found


def size(interp: Interp, value: Value) -> Value:
    """A string, number or container that is not too large to go on with."""
    if isinstance(value, (str, bytes)) and len(value) > LONGEST_TEXT:
        raise Needs(unknown(interp, "the text is too long"))
    if isinstance(value, int) and value.bit_length() > WIDEST_INT:
        raise Needs(unknown(interp, "the number is too large"))
    if isinstance(value, CONTAINERS) and len(value) > MOST_ITEMS:
        raise Needs(unknown(interp, f"it has more than {MOST_ITEMS} items"))
    return value


def argument(args: list[Value], kwargs: dict[str, Value], position: int, name: str, default: Value = EMPTY) -> Value:
    """An argument given by position or by name."""
    if position < len(args):
        return args[position]
    return kwargs.get(name, default)


def make(interp: Interp, name: str, held: Value = EMPTY, /, **attributes: Value) -> Instance:
    """An object of a class of the standard library, known by its dotted name."""
    instance = Instance(external(name), interp.at, interp.conditions)
    instance.held = held
    instance.attributes.update(attributes)
    return instance


def text_of(interp: Interp, value: Value, depth: int = 0) -> str | None:
    """`str(value)`, or None if it cannot be known."""
    if isinstance(value, str):
        return value
    if isinstance(value, CONSTANT_TYPES):
        if isinstance(value, int) and value.bit_length() > WIDEST_INT:
            return None
        return str(value)
    if isinstance(value, Instance):
        return _text_of_instance(interp, value, depth)
    return repr_of(interp, value, depth)


def _text_of_instance(interp: Interp, value: Instance, depth: int) -> str | None:
    if isinstance(value.cls, Class) and depth < 5:
        for name in ("__str__", "__repr__"):
            written = value.cls.lookup(name)
            if isinstance(written, Function):
                found = interp.call(written, [value], {})
                return found if isinstance(found, str) else None
        if "_name_" in value.attributes:
            if value.cls.derives("enum.StrEnum", "enum.IntEnum"):
                return text_of(interp, value.attributes["_value_"], depth + 1)
            return f"{value.cls.name}.{value.attributes['_name_']}"
    if value.held is not EMPTY:
        held = value.held
        return text_of(interp, held, depth + 1) if isinstance(held, (*CONSTANT_TYPES, *CONTAINERS)) else str(held)
    return None


def repr_of(interp: Interp, value: Value, depth: int = 0) -> str | None:
    """`repr(value)`, or None if it cannot be known."""
    if isinstance(value, CONSTANT_TYPES):
        if isinstance(value, int) and value.bit_length() > WIDEST_INT:
            return None
        return repr(value)
    if depth > 5:
        return None
    if isinstance(value, Instance):
        if isinstance(value.cls, Class):
            written = value.cls.lookup("__repr__")
            if isinstance(written, Function):
                found = interp.call(written, [value], {})
                return found if isinstance(found, str) else None
            if "_name_" in value.attributes:
                inner = repr_of(interp, value.attributes["_value_"], depth + 1)
                return None if inner is None else f"<{value.cls.name}.{value.attributes['_name_']}: {inner}>"
        elif value.held is not EMPTY and not isinstance(value.held, CONTAINERS):
            return repr(value.held)
        return None
    if isinstance(value, CONTAINERS) and len(value) <= MOST_ITEMS:
        return _repr_of_container(interp, value, depth)
    if isinstance(value, Class):
        return f"<class '{value.dotted}'>"
    if isinstance(value, External) and value.name.startswith("builtins."):
        return f"<class '{value.short}'>"
    return None


def _repr_of_container(interp: Interp, value: Value, depth: int) -> str | None:
    parts = []
    if isinstance(value, dict):
        for key, item in value.items():
            left, right = repr_of(interp, key, depth + 1), repr_of(interp, item, depth + 1)
            if left is None or right is None:
                return None
            parts.append(f"{left}: {right}")
        return "{" + ", ".join(parts) + "}"
    for item in value:
        inner = repr_of(interp, item, depth + 1)
        if inner is None:
            return None
        parts.append(inner)
    if isinstance(value, (set, frozenset)):
        body = "{" + ", ".join(sorted(parts)) + "}" if parts else "set()"
        return body if isinstance(value, set) else f"frozenset({body if parts else ''})"
    if isinstance(value, tuple):
        return "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
    return "[" + ", ".join(parts) + "]"


def text_with_gaps(interp: Interp, value: Value) -> str:
    """`str(value)` with `{?}` for what is not known."""
    if isinstance(value, Unknown):
        return value.text if value.text is not None else "{?}"
    found = text_of(interp, value)
    return "{?}" if found is None else found


def type_name(value: Value) -> str:
    """The dotted name of a plain value's type."""
    match value:
        case None:
            return "builtins.NoneType"
        case bool():
            return "builtins.bool"
        case str() | int() | float() | bytes() | complex() | set() | frozenset() | tuple() | list():
            return f"builtins.{next(t for t in type(value).__mro__ if t.__module__ == 'builtins').__name__}"
        case dict():
            return "builtins.dict"
        case _ if value is ...:
            return "types.EllipsisType"
        case Function() | Partial():
            return "types.FunctionType" if isinstance(value, Function) else "functools.partial"
        case Bound():
            return "types.MethodType"
        case Native():
            return "types.BuiltinFunctionType"
        case Module():
            return "types.ModuleType"
        case Class() | External():
            return "builtins.type"
        case Alias():
            return "types.GenericAlias"
        case Union():
            return "types.UnionType"
        case Annotated():
            return "typing._AnnotatedAlias"
        case LiteralType():
            return "typing._LiteralGenericAlias"
        case TypeVar():
            return "typing.TypeVar"
    return "builtins.object"
