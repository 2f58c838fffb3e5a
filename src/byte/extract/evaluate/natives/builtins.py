"""Python's own functions: `len`, `range`, `sorted`, `getattr`, `int`, ..."""

import datetime
import decimal
import pathlib
import uuid
from functools import cmp_to_key
from typing import Any, Final

from byte.extract.evaluate.equality import CONTAINERS, held_by
from byte.extract.evaluate.natives.base import (
    LONGEST_TEXT,
    MOST_ITEMS,
    WIDEST_INT,
    Interp,
    Needs,
    argument,
    constant,
    constants,
    decided,
    guarded_table,
    known,
    listed,
    make,
    repr_of,
    size,
    text_of,
    text_with_gaps,
    type_name,
    unknown,
)
from byte.extract.evaluate.values import (
    EMPTY,
    Alias,
    Bound,
    Class,
    External,
    Function,
    Instance,
    Module,
    Native,
    Partial,
    Unknown,
    Value,
    external,
)

_ORDERED: Final = (
    datetime.date,
    datetime.time,
    datetime.timedelta,
    decimal.Decimal,
    pathlib.PurePath,
    uuid.UUID,
)
_CALLABLES: Final = (Function, Bound, Partial, Native, Class)


def _len(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = held_by(known(interp, args[0]))
    if isinstance(value, (str, bytes, *CONTAINERS)):
        return len(value)
    if isinstance(value, Instance):
        method = interp.getattr_or(value, "__len__", EMPTY)
        if method is EMPTY and isinstance(value.cls, Class):
            raise interp.exception("TypeError", f"object of type '{value.cls.name}' has no len()")
        if method is not EMPTY:
            return interp.call(method, [], {})
    return len(listed(interp, value))


def _range(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = range(*[constant(interp, a) for a in args])
    if len(found) > MOST_ITEMS:
        interp.gap(f"a range of more than {MOST_ITEMS} items is not followed")
        return unknown(interp, f"the range has more than {MOST_ITEMS} items")
    return list(found)


def _enumerate(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    start = constant(interp, argument(args, kwargs, 1, "start", 0))
    return [(start + i, v) for i, v in enumerate(listed(interp, args[0]))]


def _zip(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return list(zip(*[listed(interp, a) for a in args], strict=bool(kwargs.get("strict", False))))


def _reversed(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return listed(interp, args[0])[::-1]


def _map(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    rows = [listed(interp, a) for a in args[1:]]
    return [interp.call(args[0], list(row), {}) for row in zip(*rows, strict=False)]


def _filter(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    items = listed(interp, args[1])
    return [v for v in items if decided(interp, v if args[0] is None else interp.call(args[0], [v], {}))]


def _any(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _quantified(interp, args[0], True)


def _all(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _quantified(interp, args[0], False)


def _quantified(interp: Interp, value: Value, sought: bool) -> Value:
    open_: Value = EMPTY
    for item in listed(interp, value):
        found = interp.truth(item)
        if found is sought:
            return sought
        if found is None and open_ is EMPTY:
            open_ = item if isinstance(item, Unknown) else unknown(interp, "a condition is not decided")
    return open_ if open_ is not EMPTY else not sought


def comparable(interp: Interp, value: Value) -> Any:
    """What Python compares for order: constants and tuples of them; ends the native for anything else."""
    value = held_by(known(interp, value))
    if isinstance(value, (list, tuple)):
        return type(value)([_part(interp, v) for v in value])
    if isinstance(value, (str, int, float, bytes, bool, type(None), set, frozenset, *_ORDERED)):
        return value
    if isinstance(value, Instance):
        method = interp.getattr_or(value, "__lt__", EMPTY)
        if method is not EMPTY and isinstance(value.cls, Class):
            return cmp_to_key(lambda a, b: _ordered(interp, a, b))(value)
    raise Needs(unknown(interp, "the order of objects is not known"))


def _part(interp: Interp, value: Value) -> Any:
    """A part of what is compared: it may be of no order as long as nobody asks for it."""
    try:
        return comparable(interp, value)
    except Needs as needs:
        return _Unordered(value, needs)


class _Unordered:
    """A value whose order is not known."""

    def __init__(self, value: Value, needs: Needs) -> None:
        self.value = value
        self.needs = needs

    def __eq__(self, other: object) -> bool:
        if isinstance(self.value, Unknown):
            raise self.needs
        return isinstance(other, _Unordered) and other.value is self.value

    def __lt__(self, other: object) -> bool:
        raise self.needs

    __gt__ = __le__ = __ge__ = __lt__
    __hash__ = None  # type: ignore[assignment]


def _ordered(interp: Interp, a: Value, b: Value) -> int:
    if decided(interp, interp.call(interp.getattr(a, "__lt__"), [b], {})):
        return -1
    return 1 if decided(interp, interp.call(interp.getattr(b, "__lt__"), [a], {})) else 0


def sort(interp: Interp, items: list[Value], kwargs: dict[str, Value]) -> list[Value]:
    """The items in order, by `key` and `reverse` as `sorted` takes them."""
    key = kwargs.get("key")
    reverse = decided(interp, kwargs.get("reverse", False))
    keys = [comparable(interp, v if key is None else interp.call(key, [v], {})) for v in items]
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=reverse)
    return [items[i] for i in order]


def _sorted(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return sort(interp, listed(interp, args[0]), kwargs)


def _extreme(interp: Interp, args: list[Value], kwargs: dict[str, Value], largest: bool) -> Value:
    items = listed(interp, args[0]) if len(args) == 1 else list(args)
    if not items:
        if "default" in kwargs:
            return kwargs["default"]
        raise interp.exception("ValueError", f"{'max' if largest else 'min'}() arg is an empty sequence")
    key = kwargs.get("key")
    keys = [comparable(interp, v if key is None else interp.call(key, [v], {})) for v in items]
    chosen = (max if largest else min)(range(len(items)), key=keys.__getitem__)
    return items[chosen]


def _min(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _extreme(interp, args, kwargs, False)


def _max(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _extreme(interp, args, kwargs, True)


def _sum(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    total = held_by(argument(args, kwargs, 1, "start", 0))
    for item in listed(interp, args[0]):
        total = size(interp, total + held_by(known(interp, item)))
    return total


def _abs(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return abs(constant(interp, args[0]))


def _round(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return round(*[constant(interp, a) for a in args])


def _int(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if not args:
        return 0
    value = held_by(known(interp, args[0]))
    if isinstance(value, str) and len(value) > 1_000:
        return unknown(interp, "the number is too large")
    if isinstance(value, Instance):
        return unknown(interp, "the number that an object converts to is not known")
    if isinstance(value, decimal.Decimal) and value.is_finite() and abs(value.adjusted()) > 400:
        return unknown(interp, "the number is too large")
    return int(value, *[constant(interp, a) for a in args[1:]], **{k: constant(interp, v) for k, v in kwargs.items()})


def _float(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if not args:
        return 0.0
    value = held_by(known(interp, args[0]))
    if isinstance(value, Instance):
        return unknown(interp, "the number that an object converts to is not known")
    return float(value)


def _str(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if not args:
        return ""
    value = args[0]
    if isinstance(value, bytes) and len(args) + len(kwargs) > 1:
        return value.decode(*[str(constant(interp, a)) for a in args[1:]], **kwargs)
    if isinstance(value, Unknown):
        return Unknown(value.reason, value.at, text=value.text or "{?}")
    found = text_of(interp, value)
    return size(interp, found) if found is not None else unknown(interp, "the text of an object is not known", "{?}")


def _repr(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if isinstance(args[0], Unknown):
        return Unknown(args[0].reason, args[0].at, text="{?}")
    found = repr_of(interp, args[0])
    return size(interp, found) if found is not None else unknown(interp, "the text of an object is not known", "{?}")


def format_value(interp: Interp, value: Value, spec: str) -> str | None:
    """`format(value, spec)`, or None if it is not known."""
    width = "".join(c for c in spec if c.isdigit())
    if len(width) > 3:
        return None
    if not spec or spec == "s":
        return text_of(interp, value)
    value = held_by(value)
    if isinstance(value, (str, int, float)):
        return format(value, spec)
    if hasattr(value, "isoformat") and len(spec) < 100:
        return format(value, spec)
    return None


def _format(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    spec = constant(interp, argument(args, kwargs, 1, "format_spec", ""))
    if isinstance(args[0], Unknown):
        return Unknown(args[0].reason, args[0].at, text=text_with_gaps(interp, args[0]))
    found = format_value(interp, args[0], spec)
    return found if found is not None else unknown(interp, "the text of an object is not known", "{?}")


def _bool(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return decided(interp, args[0]) if args else False


def _bytes(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if not args:
        return b""
    value = constants(known(interp, args[0]))
    if isinstance(value, int) and value > LONGEST_TEXT:
        return unknown(interp, "the text is too long")
    if isinstance(value, (str, int, bytes, list, tuple)):
        return bytes(
            value, *[constant(interp, a) for a in args[1:]], **{k: constant(interp, v) for k, v in kwargs.items()}
        )
    return unknown(interp, "the text of an object is not known")


def _list(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return list(listed(interp, args[0])) if args else []


def _tuple(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return tuple(listed(interp, args[0])) if args else ()


def _fromkeys(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return dict.fromkeys(listed(interp, args[0]), args[1] if len(args) > 1 else None)


def unique(items: list[Value]) -> list[Value]:
    """The items without repetition; what cannot be hashed ends with Python's own TypeError."""
    return list(dict.fromkeys(items))


def as_set(items: list[Value]) -> Value:
    """A set; its items are always read in a fixed order."""
    return set(unique(items))


def _set(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return as_set(listed(interp, args[0])) if args else set()


def _frozenset(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = as_set(listed(interp, args[0])) if args else set()
    return frozenset(found) if isinstance(found, set) else found


def pairs(interp: Interp, value: Value) -> dict[Value, Value]:
    """The mapping that `dict(value)` gives."""
    value = held_by(value)
    if isinstance(value, Unknown):
        raise Needs(value)
    if isinstance(value, External):
        raise Needs(unknown(interp, f"the items of {value.name} are not known"))
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, Instance):
        keys = interp.getattr_or(value, "keys", EMPTY)
        if keys is not EMPTY:
            names = listed(interp, interp.call(keys, [], {}))
            return {name: interp.subscript(value, name) for name in names}
        iterate = interp.getattr_or(value, "__iter__", EMPTY)
        if iterate is EMPTY:  # a model iterates over its fields
            raise Needs(unknown(interp, "the items of an object are not known"))
    out = {}
    for item in listed(interp, value):
        left, right = listed(interp, item)
        out[left] = right
    return out


def _dict(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return {**(pairs(interp, args[0]) if args else {}), **kwargs}


def _hasattr(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    name = constant(interp, args[1])
    found = interp.getattr_or(args[0], name, EMPTY)
    if found is EMPTY:
        return False
    if isinstance(args[0], Unknown):
        return args[0]
    if isinstance(found, Unknown) and isinstance(args[0], Instance) and name not in args[0].attributes:
        return found
    return True


def _getattr(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    name = constant(interp, args[1])
    if len(args) > 2:
        return interp.getattr_or(args[0], name, args[2])
    return interp.getattr(args[0], name)


def _setattr(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if isinstance(args[0], Unknown):
        return None
    interp.setattr(args[0], constant(interp, args[1]), args[2])
    return None


def _delattr(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    name = constant(interp, args[1])
    target = args[0]
    if isinstance(target, Unknown):
        return None
    held = target.namespace if isinstance(target, Class) else getattr(target, "attributes", {})
    if name not in held:
        raise interp.exception("AttributeError", str(name))
    del held[name]
    if isinstance(target, Class):
        target.annotations.pop(name, None)
    return None


def _callable(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = args[0]
    if isinstance(value, (*_CALLABLES, Alias)):
        return True
    if isinstance(value, Instance):
        if isinstance(value.cls, Class):
            return interp.getattr_or(value, "__call__", EMPTY) is not EMPTY
        return unknown(interp, f"whether a {value.cls.name} can be called is not known")
    if isinstance(value, External):
        return True if value.name.startswith("builtins.") else unknown(interp, f"what {value.name} is is not known")
    return value if isinstance(value, Unknown) else False


def _isinstance(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = interp.isinstance(args[0], args[1])
    if found is not None:
        return found
    return args[0] if isinstance(args[0], Unknown) else unknown(interp, "the class of an object is not known")


def _issubclass(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = interp.issubclass(args[0], args[1])
    if found is not None:
        return found
    return args[0] if isinstance(args[0], Unknown) else unknown(interp, "the bases of a class are not known")


def type_of(interp: Interp, value: Value) -> Value:
    """`type(value)`."""
    if isinstance(value, Unknown):
        return Unknown(value.reason, value.at)
    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, Class):
        for cls in value.mro:
            if isinstance(cls, Class) and "metaclass" in cls.keywords:
                return cls.keywords["metaclass"]
        return external("enum.EnumMeta") if value.derives("enum.Enum") else external("builtins.type")
    if isinstance(value, External) and not value.name.startswith("builtins."):
        return unknown(interp, f"what {value.name} is is not known")
    return external(type_name(value))


def _type(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if len(args) == 1:
        return type_of(interp, args[0])
    bases = listed(interp, args[1])
    return interp.new_class(constant(interp, args[0]), bases, dict(held_by(known(interp, args[2]))), kwargs)


def _id(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return unknown(interp, "the address of an object is not known")


def _hash(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return unknown(interp, "the hash of an object is not known")


def iterator(interp: Interp, items: list[Value]) -> Instance:
    """An iterator over the items."""
    return make(interp, "builtins.iterator", list(items))


def _iter(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = args[0]
    if isinstance(value, Instance) and value.cls is external("builtins.iterator"):
        return value
    if len(args) > 1:
        return unknown(interp, "what a function gives one after the other is not known")
    return iterator(interp, listed(interp, value))


def _next(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = known(interp, args[0])
    if isinstance(value, Instance) and isinstance(value.cls, Class):
        return interp.call(interp.getattr(value, "__next__"), [], {})
    left = held_by(value)
    if not isinstance(left, list):  # a generator that the interpreter has not run yet
        items = listed(interp, value)
        left = list(items)
    if left:
        return left.pop(0)
    if len(args) > 1:
        return args[1]
    raise interp.exception("StopIteration", "")


def _vars(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = known(interp, args[0]) if args else unknown(interp, "the names of the scope are not known")
    if isinstance(value, Class):
        return value.namespace
    if isinstance(value, Module):
        return value.scope.names
    if isinstance(value, (Instance, Function, Partial)):
        return value.attributes
    return unknown(interp, "the attributes of an object are not known")


def names_of(value: Value) -> list[str] | None:
    """The names that `dir` gives for a class, module or object of the project, dunders of `object` left out."""
    if isinstance(value, Module):
        return sorted(value.scope.names)
    names: set[str] = set()
    cls = value
    if isinstance(value, Instance):
        names.update(value.attributes)
        cls = value.cls
    if isinstance(cls, Class):
        for c in cls.mro:
            if isinstance(c, Class):
                names.update(c.namespace)
        return sorted(names)
    return None


def _dir(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = names_of(known(interp, args[0])) if args else None
    return found if found is not None else unknown(interp, "the names of an object are not known")


def _print(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return None


def _ord(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return ord(constant(interp, args[0]))


def _chr(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return chr(constant(interp, args[0]))


def _hex(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return hex(size(interp, constant(interp, args[0])))


def _divmod(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return divmod(constant(interp, args[0]), constant(interp, args[1]))


def _pow(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    base, exponent, *modulus = (constant(interp, a) for a in args)
    if modulus:
        return pow(base, exponent, modulus[0])
    return power(interp, base, exponent)


def power(interp: Interp, base: Value, exponent: Value) -> Value:
    """`base ** exponent` unless it is very large."""
    if isinstance(base, int) and isinstance(exponent, int) and abs(exponent) * max(base.bit_length(), 1) > WIDEST_INT:
        return unknown(interp, "the number is too large")
    return base**exponent


def _slice(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return slice(*[constant(interp, a) for a in args])


def _object(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return make(interp, "builtins.object")


def _input(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return unknown(interp, "what someone types is not known")


NATIVES = guarded_table(
    {
        "builtins.abs": _abs,
        "builtins.all": _all,
        "builtins.any": _any,
        "builtins.bool": _bool,
        "builtins.bytes": _bytes,
        "builtins.callable": _callable,
        "builtins.chr": _chr,
        "builtins.delattr": _delattr,
        "builtins.dict": _dict,
        "builtins.dict.fromkeys": _fromkeys,
        "builtins.dir": _dir,
        "builtins.divmod": _divmod,
        "builtins.enumerate": _enumerate,
        "builtins.filter": _filter,
        "builtins.float": _float,
        "builtins.format": _format,
        "builtins.frozenset": _frozenset,
        "builtins.getattr": _getattr,
        "builtins.hasattr": _hasattr,
        "builtins.hash": _hash,
        "builtins.hex": _hex,
        "builtins.id": _id,
        "builtins.input": _input,
        "builtins.int": _int,
        "builtins.isinstance": _isinstance,
        "builtins.issubclass": _issubclass,
        "builtins.iter": _iter,
        "builtins.len": _len,
        "builtins.list": _list,
        "builtins.map": _map,
        "builtins.max": _max,
        "builtins.min": _min,
        "builtins.next": _next,
        "builtins.object": _object,
        "builtins.ord": _ord,
        "builtins.pow": _pow,
        "builtins.print": _print,
        "builtins.range": _range,
        "builtins.repr": _repr,
        "builtins.reversed": _reversed,
        "builtins.round": _round,
        "builtins.set": _set,
        "builtins.setattr": _setattr,
        "builtins.slice": _slice,
        "builtins.sorted": _sorted,
        "builtins.str": _str,
        "builtins.sum": _sum,
        "builtins.tuple": _tuple,
        "builtins.type": _type,
        "builtins.vars": _vars,
        "builtins.zip": _zip,
    }
)
