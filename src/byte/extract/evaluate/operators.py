"""Arithmetic, comparison and the other operators, on what is known and within bounds."""

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from byte.extract.evaluate import typeforms
from byte.extract.evaluate.equality import CONTAINERS, hashable, held_by, is_plain
from byte.extract.evaluate.natives import binary as natives_binary
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Annotated,
    Class,
    External,
    Forward,
    Instance,
    LiteralType,
    NamedAlias,
    NewType,
    Scope,
    TypeVar,
    Union,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from byte.extract.evaluate.interpreter import Interpreter

MAX_TEXT: Final = 100_000
"""Characters of a string, items of a list, that an operator may make."""

MAX_NUMBER: Final = 2**256

_TYPES: Final = (External, Class, Alias, Union, Annotated, LiteralType, Forward, TypeVar, NamedAlias, NewType)
_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "|": operator.or_, "&": operator.and_, "^": operator.xor, "<<": operator.lshift,
    ">>": operator.rshift,
}  # fmt: skip
_METHODS: Final = {
    "+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "//": "__floordiv__", "%": "__mod__",
    "|": "__or__", "&": "__and__", "^": "__xor__", "<<": "__lshift__", ">>": "__rshift__", "**": "__pow__", "@": "__matmul__",
}  # fmt: skip
_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def binary(interp: "Interpreter", left: Value, op: str, right: Value, scope: Scope | None = None) -> Value:
    """`left op right`."""
    if op == "|" and _typed(left, right, interp.lenient):
        sides = (Forward(x, scope, interp.at) if isinstance(x, str) and scope is not None else x for x in (left, right))
        return typeforms.union(tuple(sides))
    if op == "+" and isinstance(left, (str, External)) and isinstance(right, (str, External)) and left is not right:
        left, right = (_named(interp, x) if isinstance(x, External) else x for x in (left, right))
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _partial(left, op, right)
    a, b = held_by(left), held_by(right)
    if isinstance(left, Instance) or isinstance(right, Instance):
        found = _special(interp, left, op, right)
        if found is not EMPTY:
            return found
    found = natives_binary(interp, op, left, right)
    if found is not EMPTY:
        return found
    if op == "%" and isinstance(a, str):
        return _formatted(interp, a, b)
    if (isinstance(a, CONTAINERS) and isinstance(b, CONTAINERS)) or (is_plain(a) and is_plain(b)):
        return _computed(interp, a, op, b)
    if (isinstance(a, (*CONTAINERS, str)) and isinstance(b, int)) or (
        isinstance(b, (*CONTAINERS, str)) and isinstance(a, int)
    ):
        return _computed(interp, a, op, b)
    return interp.unknown(f"the result of an operator ({op}) on values that are not known")


def _named(interp: "Interpreter", value: External) -> Unknown:
    return interp.unknown(f"the value of {value.name}")


def _typed(left: Value, right: Value, lenient: int) -> bool:
    left_type, right_type = isinstance(left, _TYPES), isinstance(right, _TYPES)
    if lenient and (left_type or right_type or left is None or right is None):
        return True
    return (left_type and (right_type or right is None or isinstance(right, str))) or (
        right_type and (left is None or isinstance(left, str))
    )


def _partial(left: Value, op: str, right: Value) -> Unknown:
    """What is known of a concatenation of texts."""
    missing = left if isinstance(left, Unknown) else right
    if op != "+" or not all(isinstance(x, (str, Unknown)) for x in (left, right)):
        return Unknown(missing.reason, missing.at)
    parts = [x if isinstance(x, str) else x.text or "{?}" for x in (left, right)]
    return Unknown(missing.reason, missing.at, text="".join(parts)[:MAX_TEXT])


def _special(interp: "Interpreter", left: Value, op: str, right: Value) -> Value:
    name = _METHODS.get(op)
    if name is None:
        return EMPTY
    for value, method, other in ((left, name, right), (right, f"__r{name[2:]}", left)):
        if isinstance(value, Instance):
            if isinstance(value.cls, Class):
                found = value.cls.lookup(method)
                if found is not EMPTY:
                    return interp.call(found, [value, other], {})
            else:
                native = interp.natives.get(f"{value.cls.name}.{method}")
                if native is not None:
                    return interp.call_native(native, [value, other], {})
    return EMPTY


def _formatted(interp: "Interpreter", text: str, value: Value) -> Value:
    values = value if isinstance(value, tuple) else (value,)
    if isinstance(value, dict):
        values = tuple(value.values())
    if len(text) > MAX_TEXT or not all(is_plain(held_by(v)) for v in values):
        missing = next((v for v in values if isinstance(v, Unknown)), None)
        return missing or interp.unknown("a text formatted with values that are not known")
    try:
        plain = {k: held_by(v) for k, v in value.items()} if isinstance(value, dict) else tuple(map(held_by, values))
        if any(isinstance(v, str) and len(v) > MAX_TEXT for v in values) or "*" in text or _wide(text):
            return interp.unknown("a text formatted with a width that is not followed")
        return text % plain
    except (TypeError, ValueError, KeyError) as error:
        raise interp.exception(type(error).__name__, f"a text cannot be formatted: {error}") from None


def _wide(text: str) -> bool:
    """Whether a format asks for four digits of width or more."""
    run = 0
    for char in text:
        run = run + 1 if char.isdigit() else 0
        if run > 3:
            return True
    return False


def _computed(interp: "Interpreter", a: Any, op: str, b: Any) -> Value:
    if op == "**":
        small = isinstance(a, (int, float)) and isinstance(b, (int, float)) and abs(a) < 2**32 and abs(b) <= 64
        return a**b if small and not (a == 0 and b < 0) else _too_large(interp, "a power that is too large")
    if op in ("*", "<<") and not _bounded(a, op, b):
        return _too_large(interp, "a value that is too large")
    if op == "+" and _size(a) + _size(b) > MAX_TEXT:
        return _too_large(interp, "a value that is too large")
    function = _ARITHMETIC.get(op)
    if function is None:
        return interp.unknown(f"the result of the operator {op}")
    try:
        value = function(a, b)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise interp.exception(type(error).__name__, f"{type(error).__name__}: {str(error)[:80]}") from None
    if isinstance(value, int) and abs(value) > MAX_NUMBER:
        return _too_large(interp, "a number that is too large")
    return value


def _too_large(interp: "Interpreter", reason: str) -> Unknown:
    interp.gap(reason)
    return interp.unknown(reason)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes, list, tuple, dict, set, frozenset)) else 0


def _bounded(a: Any, op: str, b: Any) -> bool:
    if op == "<<":
        return isinstance(b, int) and 0 <= b <= 256
    size = max(_size(a), 1) if _size(a) else max(_size(b), 1)
    times = b if _size(a) else a
    if _size(a) or _size(b):
        return isinstance(times, int) and size * max(times, 0) <= MAX_TEXT
    return True


def augmented(interp: "Interpreter", before: Value, op: str, value: Value) -> Value:
    """`before op= value`; lists, sets and dicts are changed in place."""
    op = op.removesuffix("=") if op.endswith("=") else op
    held = held_by(before)
    if op == "+" and isinstance(held, list):
        found = interp.items(value)
        if found is None:
            interp.gap("a list is extended by items that are not known")
        elif len(held) + len(found) <= MAX_TEXT:
            held += found
        return before
    if op == "|" and isinstance(held, dict) and isinstance(held_by(value), dict):
        held.update(held_by(value))
        return before
    if op == "|" and isinstance(held, set) and isinstance(value, (set, frozenset)):
        held |= value
        return before
    if isinstance(before, Instance) and isinstance(before.cls, Class):
        method = before.cls.lookup(f"__i{_METHODS.get(op, '__none__')[2:]}")
        if method is not EMPTY:
            return interp.call(method, [before, value], {})
    return binary(interp, before, op, value)


def unary(interp: "Interpreter", op: str, value: Value) -> Value:
    """`not value`, `-value`, `+value`, `~value`."""
    if op == "not":
        decided = interp.truth(value)
        if decided is not None:
            return not decided
        return value if isinstance(value, Unknown) else interp.unknown("whether a value counts as true")
    held = held_by(value)
    if isinstance(held, (int, float)):
        return -held if op == "-" else +held if op == "+" else ~held if isinstance(held, int) else held
    return value if isinstance(value, Unknown) else interp.unknown(f"the result of the operator {op}")


def compare(interp: "Interpreter", left: Value, op: str, right: Value) -> Value:
    """`left op right`: a bool, or Unknown."""
    if op in ("is", "is not"):
        same = _identical(left, right)
        if same is None:
            return (
                left
                if isinstance(left, Unknown)
                else right
                if isinstance(right, Unknown)
                else interp.unknown("an identity")
            )
        return same if op == "is" else not same
    if op in ("==", "!="):
        equal = equals(interp, left, right)
        if equal is None:
            missing = left if isinstance(left, Unknown) else right
            return missing if isinstance(missing, Unknown) else interp.unknown("whether two values are equal")
        return equal if op == "==" else not equal
    if op in ("in", "not in"):
        inside = _inside(interp, left, right)
        if inside is None:
            missing = right if isinstance(right, Unknown) else left
            return missing if isinstance(missing, Unknown) else interp.unknown("whether a value is among others")
        return inside if op == "in" else not inside
    a, b = held_by(left), held_by(right)
    if op in _ORDER and not isinstance(a, (Unknown, *_TYPES)) and not isinstance(b, (Unknown, *_TYPES)):
        try:
            return bool(_ORDER[op](a, b))
        except TypeError:
            return interp.unknown("an order of values that are not known")
    missing = left if isinstance(left, Unknown) else right
    return missing if isinstance(missing, Unknown) else interp.unknown("an order of values that are not known")


def _identical(left: Value, right: Value) -> bool | None:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        other = right if isinstance(left, Unknown) else left
        missing = left if isinstance(left, Unknown) else right
        if missing.alternatives and not any(isinstance(a, Unknown) or a is other for a in missing.alternatives):
            return False
        return None
    if is_plain(left) and is_plain(right):
        return type(left) is type(right) and bool(left == right)
    if isinstance(left, (Alias, Union, Annotated)) or isinstance(right, (Alias, Union, Annotated)):
        return bool(typeforms.key(left) == typeforms.key(right))
    if isinstance(left, External) and isinstance(right, External) and left is not right:
        return None if _perhaps_one(left, right) else False
    return left is right


def _perhaps_one(left: External, right: External) -> bool:
    """Whether two names may stand for one thing: a library may give its own or another's things on, under their name."""
    own = _is_class_name(left) + _is_class_name(right)
    return own == 0 or (own == 1 and left.short == right.short)


def _is_class_name(value: External) -> bool:
    return value.name.startswith(("builtins.", "typing.", "types.", "collections.", "datetime.", "uuid.", "inspect."))


def equals(interp: "Interpreter", left: Value, right: Value) -> bool | None:
    """Whether two values are equal; None if that is not known."""
    if left is right:
        return None if isinstance(left, Unknown) else True
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    a, b = held_by(left), held_by(right)
    if is_plain(a) and is_plain(b):
        return bool(a == b)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        if type(a) is not type(b) or len(a) != len(b):
            return False
        results = [equals(interp, x, y) for x, y in zip(a, b, strict=True)]
        return False if False in results else None if None in results else True
    if isinstance(a, dict) and isinstance(b, dict):
        if a.keys() != b.keys():
            return False
        results = [equals(interp, a[k], b[k]) for k in a]
        return False if False in results else None if None in results else True
    if isinstance(a, (set, frozenset)) and isinstance(b, (set, frozenset)):
        return a == b
    for value, other in ((left, right), (right, left)):
        if isinstance(value, Instance) and isinstance(value.cls, Class) and not value.cls.module.stub:
            method = value.cls.lookup("__eq__")
            if method is not EMPTY:
                return interp.truth(interp.call(method, [value, other], {}))
    if isinstance(left, (Alias, Union, Annotated, LiteralType)) or isinstance(
        right, (Alias, Union, Annotated, LiteralType)
    ):
        return bool(typeforms.key(left) == typeforms.key(right))
    if isinstance(left, External) and isinstance(right, External):
        return None if _perhaps_one(left, right) else False
    if isinstance(left, External) or isinstance(right, External):
        other = right if isinstance(left, External) else left
        named = left if isinstance(left, External) else right
        return False if _is_class_name(named) or isinstance(other, (Class, Instance)) else None
    return False


def _inside(interp: "Interpreter", item: Value, container: Value) -> bool | None:
    held = held_by(container)
    if isinstance(held, str):
        return item in held if isinstance(held_by(item), str) else None
    if isinstance(held, dict) and hashable(item):
        found = held_by(item) if typeforms.is_member(item) and item not in held else item
        return None if isinstance(item, Unknown) else found in held
    if isinstance(container, Instance) and isinstance(container.cls, Class):
        method = container.cls.lookup("__contains__")
        if method is not EMPTY and not container.cls.module.stub:
            return interp.truth(interp.call(method, [container, item], {}))
    items = interp.items(container)
    if items is None:
        return None
    results = [equals(interp, item, other) for other in items]
    return True if True in results else None if None in results else False
