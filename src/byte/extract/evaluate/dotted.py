"""Dotted names of Python's own and of libraries: which of them mean the same, and what they stand for."""

import builtins
from typing import Final

from byte.extract.evaluate.natives import CONSTANTS
from byte.extract.evaluate.values import External, Value, external

_BUILTIN: Final = frozenset(n for n in vars(builtins) if not n.startswith("_")) | {"__import__", "__build_class__"}
_TYPING_BUILTINS: Final = {
    "List": "builtins.list", "Dict": "builtins.dict", "Set": "builtins.set", "FrozenSet": "builtins.frozenset",
    "Tuple": "builtins.tuple", "Type": "builtins.type", "Text": "builtins.str", "OrderedDict": "collections.OrderedDict",
    "DefaultDict": "collections.defaultdict", "Deque": "collections.deque", "Counter": "collections.Counter",
    "ChainMap": "collections.ChainMap", "Pattern": "re.Pattern", "Match": "re.Match",
    "AbstractSet": "collections.abc.Set", "ContextManager": "contextlib.AbstractContextManager",
    "AsyncContextManager": "contextlib.AbstractAsyncContextManager",
}  # fmt: skip
_IN_TYPING: Final = {name: short for short, name in _TYPING_BUILTINS.items() if short != "Text"}
_TYPING_ABC: Final = frozenset(
    "Sequence MutableSequence Iterable Iterator Mapping MutableMapping MutableSet Collection Container Reversible "
    "Generator AsyncGenerator AsyncIterator AsyncIterable Awaitable Coroutine Callable Hashable Sized KeysView ValuesView "
    "ItemsView MappingView ByteString".split()
)
_HANDED_ON: Final = frozenset(
    "Annotated Any Callable ClassVar Dict FrozenSet Generic Iterable List Literal Mapping NamedTuple Optional Sequence Set "
    "Tuple Type TypedDict TypeVar Union".split()
)
"""Names of `typing` that modules of the frameworks import for themselves, and that code imports from there by mistake."""


def spelled(written: str | None, value: External) -> str:
    """The name in `typing` by which code names a type that has another of its own; "" where it does not."""
    short = _IN_TYPING.get(value.name, "")
    return short if short and (written or "").rpartition(".")[2] == short else ""


def canonical(name: str) -> str:
    """The one name of a thing of Python's own that has several."""
    if name.startswith(("pydantic.", "fastapi.", "starlette.", "sqlmodel.")) and name.rpartition(".")[2] in _HANDED_ON:
        name = f"typing.{name.rpartition('.')[2]}"
    for prefix in ("typing_extensions.", "sqlalchemy.util.typing."):
        if name.startswith(prefix):
            name = f"typing.{name[len(prefix) :]}"
    if name.startswith("typing."):
        tail = name[7:]
        if tail in _TYPING_BUILTINS:
            return _TYPING_BUILTINS[tail]
        if tail in _TYPING_ABC:
            return f"collections.abc.{tail}"
        return name
    if name.startswith("datetime.datetime.") or "." not in name:
        return name
    if name == "types.NoneType":
        return "builtins.NoneType"
    if name == "enum.EnumType":
        return "enum.EnumMeta"
    return name


def named(name: str) -> Value:
    """What a library's dotted name stands for: a constant that Byte knows, else an `External`."""
    name = canonical(name)
    return CONSTANTS[name] if name in CONSTANTS else external(name)


def builtin(name: str) -> External | None:
    """A name that Python itself provides."""
    return external(f"builtins.{name}") if name in _BUILTIN else None
