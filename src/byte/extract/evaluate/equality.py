"""When two values are equal, may be keys, and in which order they stand."""

from typing import Final

from byte.extract.evaluate.values import EMPTY, Class, Function, Instance, Unknown, Value

PLAIN: Final = (str, bytes, int, float, bool, type(None))
"""Types whose values are constants; so is `...`."""

CONTAINERS: Final = (list, tuple, dict, set, frozenset)
"""Types whose values hold values."""


def is_plain(value: Value) -> bool:
    """Whether it is a constant."""
    return isinstance(value, PLAIN) or value is ...


def held_by(value: Value) -> Value:
    """The string, number or container that an object is as well."""
    return value.held if isinstance(value, Instance) and value.held is not EMPTY else value


def same(left: Value, right: Value) -> bool:
    """Whether two values are one, or equal constants."""
    if left is right:
        return True
    if is_plain(left) and is_plain(right):
        return type(left) is type(right) and bool(left == right)
    return False


def hashable(value: Value) -> bool:
    """Whether it may be a key."""
    if isinstance(value, tuple):
        return all(hashable(v) for v in value)
    return not isinstance(value, (list, dict, set, Unknown, slice))


def as_set(values: list[Value]) -> Value:
    """A set of values; those that cannot be in one are left out."""
    return {v for v in values if hashable(v)}


def sort_key(value: Value) -> tuple[str, str, int, str]:
    """A key to sort the items of a set by, whose own order would be by chance."""
    if isinstance(value, (Instance, Class, Function)):
        cls = value.cls if isinstance(value, Instance) else value
        name = value.attributes.get("_name_", "") if isinstance(value, Instance) else ""
        return type(value).__name__, value.at.path, value.at.line, f"{cls!r}.{name}"
    return type(value).__name__, "", 0, repr(value)
