"""Methods of strings, numbers and containers, and of the standard library's value objects."""

import datetime
import decimal
import pathlib
import string
import uuid
from typing import Any, Final

from byte.extract.evaluate.equality import CONTAINERS, held_by
from byte.extract.evaluate.natives.base import (
    CONSTANT_TYPES,
    LONGEST_TEXT,
    MOST_ITEMS,
    PYTHON_ERRORS,
    Interp,
    NativeFunction,
    Needs,
    argument,
    constant,
    constants,
    is_constant,
    known,
    listed,
    make,
    repr_of,
    size,
    text_of,
    text_with_gaps,
    unknown,
)
from byte.extract.evaluate.natives.builtins import format_value, pairs, sort, unique
from byte.extract.evaluate.values import EMPTY, External, Instance, Native, Unknown, Value

_TEXT: Final = """
capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii
isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip
partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines
startswith strip swapcase title translate upper zfill
"""
_BYTES: Final = """
count decode endswith find hex index isalnum isalpha isdigit islower isspace isupper join lower lstrip partition
removeprefix removesuffix replace rfind rsplit rstrip split splitlines startswith strip upper
"""
METHODS: Final[dict[type, frozenset[str]]] = {
    str: frozenset(_TEXT.split()),
    bytes: frozenset(_BYTES.split()),
    # A list stands for a `deque` too, and for a set of objects, whose order would be by chance.
    list: frozenset(
        """append clear copy count extend index insert pop remove reverse sort appendleft extendleft popleft add discard
        update union intersection difference isdisjoint issubset issuperset""".split()
    ),
    tuple: frozenset("count index".split()),
    dict: frozenset(
        "clear copy fromkeys get items keys pop popitem setdefault update values move_to_end elements most_common".split()
    ),
    set: frozenset(
        """add clear copy difference difference_update discard intersection intersection_update isdisjoint issubset
        issuperset pop remove symmetric_difference symmetric_difference_update union update""".split()
    ),
    frozenset: frozenset(
        "copy difference intersection isdisjoint issubset issuperset symmetric_difference union".split()
    ),
    int: frozenset("bit_length bit_count conjugate to_bytes as_integer_ratio".split()),
    float: frozenset("is_integer as_integer_ratio hex conjugate".split()),
    bool: frozenset("bit_length conjugate".split()),
}
_NUMBER_ATTRIBUTES: Final = frozenset({"real", "imag", "numerator", "denominator"})

HELD_OBJECTS: Final = (
    datetime.date,
    datetime.time,
    datetime.timedelta,
    datetime.tzinfo,
    decimal.Decimal,
    uuid.UUID,
    pathlib.PurePath,
)
_HELD_METHODS: Final[dict[type, frozenset[str]]] = {
    datetime.datetime: frozenset(
        "date time replace isoformat strftime timetuple weekday isoweekday toordinal utcoffset ctime".split()
    ),
    datetime.date: frozenset("replace isoformat strftime weekday isoweekday toordinal ctime".split()),
    datetime.time: frozenset("replace isoformat strftime utcoffset".split()),
    datetime.timedelta: frozenset({"total_seconds"}),
    decimal.Decimal: frozenset(
        "quantize normalize is_nan is_zero is_infinite copy_abs to_integral_value as_integer_ratio".split()
    ),
    uuid.UUID: frozenset(),
    pathlib.PurePath: frozenset(
        """joinpath with_name with_suffix with_stem as_posix is_absolute relative_to is_relative_to match""".split()
    ),
}
_HELD_ATTRIBUTES: Final[dict[type, frozenset[str]]] = {
    datetime.datetime: frozenset("year month day hour minute second microsecond tzinfo".split()),
    datetime.date: frozenset("year month day".split()),
    datetime.time: frozenset("hour minute second microsecond tzinfo".split()),
    datetime.timedelta: frozenset("days seconds microseconds".split()),
    decimal.Decimal: frozenset(),
    uuid.UUID: frozenset("hex int version urn bytes variant".split()),
    pathlib.PurePath: frozenset("parent parents name stem suffix suffixes parts anchor drive root".split()),
}
# What a path does that asks the disk: the same path again, or not known.
_SAME_PATH: Final = frozenset({"absolute", "resolve", "expanduser"})


def call_method(interp: Interp, receiver: Value, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The result of a method of a string, number or container, or of an object that holds one."""
    try:
        return _call(interp, held_by(receiver), name, args, kwargs)
    except Needs as needs:
        return needs.value
    except PYTHON_ERRORS as error:
        raise interp.exception(type(error).__name__, str(error)) from None


def _call(interp: Interp, receiver: Value, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    match receiver:
        case str():
            return _text(interp, receiver, name, args, kwargs)
        case dict():
            return _DICT[name](interp, receiver, args, kwargs)
        case list():
            return _list(interp, receiver, name, args, kwargs)
        case tuple():
            return _list(interp, list(receiver), name, args, kwargs)
        case set() | frozenset():
            return _set(interp, receiver, name, args, kwargs)
        case bytes() | bool() | int() | float():
            found = getattr(receiver, name)(
                *[constants(known(interp, a)) for a in args], **{k: constant(interp, v) for k, v in kwargs.items()}
            )
            return size(interp, found)
    return unknown(interp, f"what .{name}() gives is not known")


# --- strings -----------------------------------------------------------------------------------


def _text(interp: Interp, receiver: str, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if name == "format":
        return format_text(interp, receiver, args, kwargs)
    if name == "format_map":
        return format_text(interp, receiver, [], pairs(interp, args[0]))
    if name == "join":
        return _join(interp, receiver, listed(interp, args[0]))
    if name in ("center", "ljust", "rjust", "zfill", "expandtabs") and args:
        width = constant(interp, args[0])
        if isinstance(width, int) and width > LONGEST_TEXT:
            return unknown(interp, "the text is too long")
    if name == "replace" and len(args) > 1:
        old, new = constant(interp, args[0]), constant(interp, args[1])
        if isinstance(new, str) and len(new) * (receiver.count(old) if old else len(receiver) + 1) > LONGEST_TEXT:
            return unknown(interp, "the text is too long")
    if name == "translate":
        table = held_by(known(interp, args[0]))
        return receiver.translate(constants(table)) if is_constant(table) else unknown(interp, "a table is not known")
    for value in (*args, *kwargs.values()):
        if isinstance(value, Unknown):
            return Unknown(value.reason, value.at, text="{?}")
    positional = [constants(known(interp, a)) for a in args]
    named = {k: constants(known(interp, v)) for k, v in kwargs.items()}
    return size(interp, getattr(receiver, name)(*positional, **named))


def _join(interp: Interp, receiver: str, items: list[Value]) -> Value:
    gap = None
    parts = []
    for item in items:
        part = held_by(item)
        if isinstance(part, str):
            parts.append(part)
        elif isinstance(part, (Unknown, External, Instance)):
            gap = part if gap is None or not isinstance(gap, Unknown) else gap
            parts.append(text_with_gaps(interp, part))
        else:
            raise interp.exception("TypeError", "sequence item: expected str instance")
    if (len(parts) - 1) * len(receiver) + sum(map(len, parts)) > LONGEST_TEXT:
        return unknown(interp, "the text is too long")
    return text_result(interp, receiver.join(parts), gap)


def text_result(interp: Interp, text: str, gap: Value) -> Value:
    """A text, unknown if it has a gap."""
    if gap is None:
        return size(interp, text)
    if isinstance(gap, Unknown):
        return Unknown(gap.reason, gap.at, text=text[:LONGEST_TEXT])
    return unknown(interp, "the text of an object is not known", text[:LONGEST_TEXT])


def format_text(interp: Interp, template: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`template.format(*args, **kwargs)`."""
    out, gap, automatic = [], None, 0
    for literal, field, spec, conversion in string.Formatter().parse(template):
        out.append(literal)
        if field is None:
            continue
        if "{" in (spec or ""):
            return unknown(interp, "a format is built from a value")
        first, rest = _split_field(field)
        if first == "":
            key: int | str = automatic
            automatic += 1
        else:
            key = int(first) if first.isdigit() else first
        value = args[key] if isinstance(key, int) else kwargs[key]
        for is_attribute, part in rest:
            if isinstance(value, Unknown):
                break
            value = interp.getattr(value, part) if is_attribute else interp.subscript(value, part)
        written = written_value(interp, value, conversion, spec or "")
        if written is None:
            gap = value if isinstance(value, Unknown) else gap or unknown(interp, "the text of an object is not known")
            written = text_with_gaps(interp, value) if isinstance(value, Unknown) else "{?}"
        out.append(written)
    return text_result(interp, "".join(out), gap)


def _split_field(field: str) -> tuple[str, list[tuple[bool, Any]]]:
    head, rest = "", []
    i = 0
    while i < len(field) and field[i] not in ".[":
        i += 1
    head = field[:i]
    while i < len(field):
        if field[i] == "[":
            end = field.index("]", i)
            part: str | int = field[i + 1 : end]
            rest.append((False, int(part) if str(part).isdigit() else part))
            i = end + 1
        else:
            end = i + 1
            while end < len(field) and field[end] not in ".[":
                end += 1
            rest.append((True, field[i + 1 : end]))
            i = end
    return head, rest


def written_value(interp: Interp, value: Value, conversion: str | None, spec: str) -> str | None:
    """One value of a format or an f-string; None if its text is not known."""
    if isinstance(value, Unknown):
        return None
    if conversion == "r" or conversion == "a":
        return repr_of(interp, value)
    if conversion == "s":
        value = text_of(interp, value)
        if value is None:
            return None
    return format_value(interp, value, spec)


def percent(interp: Interp, template: str, value: Value) -> Value:
    """`template % value`."""
    if isinstance(value, dict) and is_constant(value):
        return size(interp, template % constants(value))
    values = list(value) if isinstance(value, tuple) else [value]
    if any(w > 999 for w in _widths(template)):
        return unknown(interp, "the text is too long")
    gap = None
    out: list[Value] = []
    for item in values:
        part = held_by(item)
        if isinstance(part, CONSTANT_TYPES):
            out.append(part)
            continue
        written = None if isinstance(item, Unknown) else text_of(interp, item)
        if written is None:
            gap = item if isinstance(item, Unknown) else gap or unknown(interp, "the text of an object is not known")
            written = text_with_gaps(interp, item)
        out.append(written)
    if gap is not None and any(f"%{kind}" in template for kind in "dixfeg"):
        return Unknown(gap.reason, gap.at, text="{?}")
    return text_result(interp, template % tuple(out), gap)


def _widths(template: str) -> list[int]:
    digits, out = "", []
    for c in template:
        if c.isdigit():
            digits += c
        elif digits:
            out.append(int(digits[:9]))
            digits = ""
    return out


# --- lists -------------------------------------------------------------------------------------


def _list(interp: Interp, receiver: list[Value], name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    match name:
        case "append":
            receiver.append(args[0])
            size(interp, receiver)
        case "extend":
            receiver.extend(_extension(interp, args[0]))
            size(interp, receiver)
        case "insert":
            receiver.insert(constant(interp, args[0]), args[1])
        case "pop":
            return receiver.pop(*[constant(interp, a) for a in args])
        case "remove":
            del receiver[_position(interp, receiver, args[0])]
        case "index":
            return _position(interp, receiver, args[0], *[constant(interp, a) for a in args[1:]])
        case "count":
            return sum(1 for v in receiver if same(v, args[0]))
        case "clear":
            receiver.clear()
        case "copy":
            return list(receiver)
        case "appendleft":
            receiver.insert(0, args[0])
        case "extendleft":
            receiver[:0] = _extension(interp, args[0])[::-1]
        case "popleft":
            return receiver.pop(0)
        case (
            "add"
            | "discard"
            | "update"
            | "union"
            | "intersection"
            | "difference"
            | "isdisjoint"
            | "issubset"
            | "issuperset"
        ):
            return _set_of_objects(interp, receiver, name, args)
        case "reverse":
            receiver.reverse()
        case "sort":
            receiver[:] = sort(interp, receiver, kwargs)
        case _:
            raise AttributeError(f"'list' object has no attribute '{name}'")
    return None


def _set_of_objects(interp: Interp, receiver: list[Value], name: str, args: list[Value]) -> Value:
    if name == "add":
        if not _has(receiver, args[0]):
            receiver.append(args[0])
        return None
    if name == "discard":
        receiver[:] = [v for v in receiver if not same(v, args[0])]
        return None
    others = [v for a in args for v in listed(interp, a)]
    if name in ("update", "union"):
        found = receiver if name == "update" else list(receiver)
        for value in others:
            if not _has(found, value):
                found.append(value)
        return None if name == "update" else found
    if name == "intersection":
        return [v for v in receiver if all(_has(listed(interp, a), v) for a in args)]
    if name == "difference":
        return [v for v in receiver if not _has(others, v)]
    if name == "issubset":
        return all(_has(others, v) for v in receiver)
    if name == "issuperset":
        return all(_has(receiver, v) for v in others)
    return not any(_has(others, v) for v in receiver)


def _has(items: list[Value], value: Value) -> bool:
    return any(same(v, value) for v in items)


def _extension(interp: Interp, value: Value) -> list[Value]:
    """What `extend` adds; something unknown stays as one unknown item, so that it is not lost."""
    found = None if isinstance(value, Unknown) else interp.items(value)
    if found is None:
        return [value if isinstance(value, Unknown) else unknown(interp, "the items that are added are not known")]
    return list(found)


def same(a: Value, b: Value) -> bool:
    """Whether two known values are equal as Python's `==` of constants, or one object."""
    if a is b:
        return True
    a, b = held_by(a), held_by(b)
    return isinstance(a, (*CONSTANT_TYPES, *CONTAINERS)) and type(b) is not type(EMPTY) and bool(a == b)


def _position(interp: Interp, items: list[Value], sought: Value, start: int = 0, end: int | None = None) -> int:
    known(interp, sought) if isinstance(sought, Unknown) else None
    for i in range(start, len(items) if end is None else end):
        if same(items[i], sought):
            return i
    for item in items:
        if isinstance(item, Unknown):
            raise Needs(item)
    raise ValueError("the value is not in the list")


# --- dictionaries ------------------------------------------------------------------------------


def _get(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    key = _key(interp, d, args[0])
    if isinstance(key, Unknown):
        return key
    found = _find(d, key)
    return argument(args, kwargs, 1, "default", None) if found is EMPTY else d[found]


def _key(interp: Interp, d: dict[Value, Value], key: Value) -> Value:
    if isinstance(key, Unknown) and key not in d:
        return Unknown(key.reason, key.at, tuple(d.values())[:20])
    return key


def _find(d: dict[Value, Value], key: Value) -> Value:
    """The key as the dictionary has it (a string for a member of a `str` enum and the other way round), or EMPTY."""
    if key in d:
        return key
    held = held_by(key)
    if isinstance(held, (str, int)):
        for other in d:
            if held_by(other) == held and isinstance(held_by(other), (str, int)):
                return other
    return EMPTY


def _items(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    return list(d.items())


def _keys(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    return list(d)


def _values(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    return list(d.values())


def _pop(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    key = _key(interp, d, args[0])
    if isinstance(key, Unknown):
        return d.pop(key, key)
    found = _find(d, key)
    if found is not EMPTY:
        return d.pop(found)
    default = argument(args, kwargs, 1, "default")
    if default is EMPTY:
        raise KeyError(key)
    return default


def _popitem(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    last = argument(args, kwargs, 0, "last", True)
    if last is False and d:
        key = next(iter(d))
        return (key, d.pop(key))
    return d.popitem()


def _setdefault(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = _find(d, args[0])
    if found is not EMPTY:
        return d[found]
    d[args[0]] = argument(args, kwargs, 1, "default", None)
    return d[args[0]]


def _update(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    if args and not isinstance(args[0], Unknown):
        d.update(pairs(interp, args[0]))
    d.update(kwargs)
    size(interp, d)
    return None


def _clear(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    d.clear()
    return None


def _copy(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    return d.copy()


def _fromkeys(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    return dict.fromkeys(listed(interp, args[0]), argument(args, kwargs, 1, "value", None))


def _move_to_end(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    value = d.pop(args[0])
    if argument(args, kwargs, 1, "last", True) is False:
        rest = list(d.items())
        d.clear()
        d[args[0]] = value
        d.update(rest)
    else:
        d[args[0]] = value
    return None


def _elements(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    if sum(v for v in d.values() if isinstance(v, int)) > MOST_ITEMS:
        return unknown(interp, "the counts are too large")
    return [key for key, count in d.items() for _ in range(count)]


def _most_common(interp: Interp, d: dict[Value, Value], args: list[Value], kwargs: dict[str, Value]) -> Value:
    order = sorted(d.items(), key=lambda pair: -pair[1])
    most = argument(args, kwargs, 0, "n", None)
    return order if most is None else order[:most]


_DICT: Final = {
    "clear": _clear,
    "copy": _copy,
    "elements": _elements,
    "fromkeys": _fromkeys,
    "get": _get,
    "items": _items,
    "keys": _keys,
    "most_common": _most_common,
    "move_to_end": _move_to_end,
    "pop": _pop,
    "popitem": _popitem,
    "setdefault": _setdefault,
    "update": _update,
    "values": _values,
}


# --- sets --------------------------------------------------------------------------------------


def _set(interp: Interp, s: Any, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if name in ("add", "discard", "remove"):
        if isinstance(args[0], Unknown):
            return None
        getattr(s, name)(args[0])
        return None
    if name == "pop":
        if len(s) > 1:
            return unknown(interp, "which item of a set comes first is not known")
        return s.pop()
    if name in ("clear", "copy"):
        return getattr(s, name)()
    others = [unique(listed(interp, a)) for a in args]
    return getattr(s, name)(*others)


# --- attributes and operators ------------------------------------------------------------------


def get_attribute(interp: Interp, value: Value, name: str) -> Value:
    """An attribute of a string, number, container or standard library object; EMPTY if it has none that is known."""
    receiver = held_by(value)
    if isinstance(receiver, HELD_OBJECTS):
        return _held_attribute(interp, receiver, name)
    for kind in type(receiver).__mro__:
        if name in METHODS.get(kind, ()):
            return Native(f"{kind.__name__}.{name}", lambda i, a, k: call_method(i, receiver, name, a, k))
    if isinstance(receiver, (int, float)) and name in _NUMBER_ATTRIBUTES:
        return getattr(receiver, name)
    return EMPTY


def _held_attribute(interp: Interp, held: Any, name: str) -> Value:
    for kind in type(held).__mro__:
        if name in _HELD_ATTRIBUTES.get(kind, ()):
            return wrapped(interp, getattr(held, name))
        if name in _HELD_METHODS.get(kind, ()):
            return Native(name, _held_method(held, name))
    if isinstance(held, pathlib.PurePath):
        if name in _SAME_PATH:
            return Native(name, lambda i, a, k: wrapped(i, held))
        return Native(name, lambda i, a, k: unknown(i, "what is on disk when the application runs is not known"))
    return EMPTY


def _held_method(held: Any, name: str) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        try:
            positional = [unwrapped(interp, a) for a in args]
            return wrapped(
                interp, getattr(held, name)(*positional, **{k: unwrapped(interp, v) for k, v in kwargs.items()})
            )
        except Needs as needs:
            return needs.value
        except PYTHON_ERRORS as error:
            raise interp.exception(type(error).__name__, str(error)) from None

    return call


def unwrapped(interp: Interp, value: Value) -> Any:
    """The object of Python that a value stands for."""
    if isinstance(value, External) and value.name in ("datetime.timezone.utc", "datetime.UTC"):
        return datetime.UTC
    found = held_by(known(interp, value))
    if isinstance(found, Instance):
        raise Needs(unknown(interp, "it depends on an object that is not evaluated"))
    return constants(found)


_HELD_NAMES: Final = (
    (datetime.datetime, "datetime.datetime"),
    (datetime.date, "datetime.date"),
    (datetime.time, "datetime.time"),
    (datetime.timedelta, "datetime.timedelta"),
    (datetime.tzinfo, "datetime.timezone"),
    (decimal.Decimal, "decimal.Decimal"),
    (uuid.UUID, "uuid.UUID"),
    (pathlib.PurePath, "pathlib.Path"),
)


def wrapped(interp: Interp, value: Any) -> Value:
    """An object of Python as a value of the evaluated code."""
    for kind, name in _HELD_NAMES:
        if isinstance(value, kind):
            return make(interp, name, value)
    if isinstance(value, CONSTANT_TYPES):
        return size(interp, value)
    if isinstance(value, (list, tuple)) or type(value).__name__ == "_PathParents":
        items = [wrapped(interp, v) for v in value]
        return items if isinstance(value, list) else tuple(items)
    return unknown(interp, "what a method of the standard library gives is not known")


def binary(interp: Interp, op: str, left: Value, right: Value) -> Value:
    """An operator that Byte knows for standard library objects and `%` of strings; EMPTY for any other."""
    a, b = held_by(left), held_by(right)
    try:
        if op == "%" and isinstance(a, str):
            return percent(interp, a, right)
        if not isinstance(a, HELD_OBJECTS) and not isinstance(b, HELD_OBJECTS):
            return EMPTY
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            return a if isinstance(a, Unknown) else b
        return wrapped(interp, _OPERATORS[op](a, b))
    except Needs as needs:
        return needs.value
    except (KeyError, decimal.DecimalException):
        return EMPTY
    except PYTHON_ERRORS as error:
        raise interp.exception(type(error).__name__, str(error)) from None


_OPERATORS: Final[dict[str, Any]] = {
    "/": lambda a, b: a / b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
