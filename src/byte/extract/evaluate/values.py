"""What the code of a project evaluates to, as far as that can be known without running it.

Numbers, strings, bytes, booleans, `None`, `...` and the containers `list`, `dict`, `set`, `tuple` stand for
themselves (containers hold values). Everything else is one of the classes below; they are compared by identity, as
objects of Python are, and live only as long as one evaluation.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from byte.model import syntax as s

Value: TypeAlias = Any


class Place(NamedTuple):
    """A line of a file of the snapshot; `path` is empty for what no file says."""

    path: str
    line: int


NOWHERE: Final = Place("", 0)


class Condition(NamedTuple):
    """Something that the project's defaults do not decide: where it is asked, and its text."""

    at: Place
    text: str


class Empty:
    """No value: a parameter without a default, a name without an annotation."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "EMPTY"


EMPTY: Final = Empty()


class Scope:
    """Names bound in a module, class or function body, and where to look further."""

    __slots__ = ("declared", "kind", "module", "names", "parent", "returns")

    def __init__(self, module: "Module", parent: "Scope | None", kind: str) -> None:
        self.module = module
        self.parent = parent
        self.kind = kind  # "module", "class" or "function"
        self.names: dict[str, Value] = {}
        self.declared: dict[str, Scope] | None = None  # of `global` and `nonlocal`
        self.returns: list[Value] = []  # results of branches that may have ended the function


class Unknown:
    """What cannot be known from the source. `reason` completes "unknown because ..."; `at` is where it began.

    `alternatives` are values of which it is one, if that much is known; `text` is a string with `{?}` for what is not.
    """

    __slots__ = ("alternatives", "at", "reason", "text")

    def __init__(self, reason: str, at: Place, alternatives: tuple[Value, ...] = (), text: str | None = None) -> None:
        self.reason = reason
        self.at = at
        self.alternatives = alternatives
        self.text = text

    def __repr__(self) -> str:
        return f"Unknown({self.reason} at {self.at.path}:{self.at.line})"


class External:
    """Something of a library (or of Python itself) that is known by its dotted name only: `builtins.int`,
    `typing.Any`, `uuid.UUID`, `redis.Redis`. One object a name: compare with `is` through `external(name)`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def short(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    def __repr__(self) -> str:
        return f"External({self.name})"


_EXTERNALS: dict[str, External] = {}


def external(name: str) -> External:
    """The one `External` of this name."""
    found = _EXTERNALS.get(name)
    if found is None:
        found = _EXTERNALS[name] = External(name)
    return found


class Module:
    """A module of the project or of the library stubs, evaluated once; `path` is empty for a stub's synthetic parent."""

    __slots__ = ("name", "package", "path", "scope", "stars", "state", "stub", "typing_only")

    def __init__(self, name: str, path: str, package: bool, stub: bool) -> None:
        self.name = name
        self.path = path
        self.package = package
        self.stub = stub
        self.scope = Scope(self, None, "module")
        self.state = "new"  # "new", "running", "done"
        self.typing_only: list[s.Stmt] = []  # bodies of `if TYPE_CHECKING`, for annotations alone
        self.stars: list[External] = []  # libraries without a model whose every name is imported

    def __repr__(self) -> str:
        return f"Module({self.name})"


class Function:
    """A function or lambda of source: its syntax and the scope that it closes over.

    `defaults` holds the evaluated defaults by parameter; `attributes` what code sets on it (`__wrapped__`,
    `__signature__`, `__name__`, ...). `owner` is the class whose body defines it. `wrappers` are decorators that could
    not be followed and are taken to keep the signature.
    """

    __slots__ = ("attributes", "conditions", "defaults", "node", "owner", "qualname", "scope", "wrappers")

    def __init__(self, node: s.Function | s.Lambda, scope: Scope, qualname: str, defaults: dict[str, Value]) -> None:
        self.node = node
        self.scope = scope
        self.qualname = qualname
        self.defaults = defaults
        self.owner: Class | None = None
        self.attributes: dict[str, Value] = {}
        self.wrappers: list[Value] = []
        self.conditions: tuple[Condition, ...] = ()

    @property
    def name(self) -> str:
        """`__name__`, as code may have set it."""
        named = self.attributes.get("__name__")
        if isinstance(named, str):
            return named
        return self.node.name if isinstance(self.node, s.Function) else "<lambda>"

    @property
    def module(self) -> Module:
        """The module that defines it."""
        return self.scope.module

    @property
    def at(self) -> Place:
        """The line of its first decorator, or of its `def`."""
        line = self.node.start if isinstance(self.node, s.Function) else self.node.line
        return Place(self.scope.module.path, line)

    @property
    def is_async(self) -> bool:
        """Whether it was written with `async def`."""
        return isinstance(self.node, s.Function) and self.node.is_async

    def __repr__(self) -> str:
        return f"Function({self.scope.module.name}.{self.qualname})"


class Bound:
    """A function with its first argument."""

    __slots__ = ("function", "self")

    def __init__(self, function: Value, instance: Value) -> None:
        self.function = function
        self.self = instance

    def __repr__(self) -> str:
        return f"Bound({self.function!r})"


class Partial:
    """`functools.partial`."""

    __slots__ = ("args", "attributes", "function", "keywords")

    def __init__(self, function: Value, args: list[Value], keywords: dict[str, Value]) -> None:
        self.function = function
        self.args = args
        self.keywords = keywords
        self.attributes: dict[str, Value] = {}


class Native:
    """A function that Byte implements: `call(interpreter, args, kwargs) -> Value`."""

    __slots__ = ("attributes", "call", "name")

    def __init__(self, name: str, call: Callable[[Any, list[Value], dict[str, Value]], Value]) -> None:
        self.name = name
        self.call = call
        self.attributes: dict[str, Value] = {}

    def __repr__(self) -> str:
        return f"Native({self.name})"


class Annotation(NamedTuple):
    """An annotation as written: evaluated when asked for, in its scope."""

    expr: s.Expr
    scope: Scope
    line: int


MODELS: Final = ("pydantic.main.BaseModel", "pydantic.v1.main.BaseModel")
"""The classes whose subclasses are Pydantic models."""


class Class:
    """A class of the project, of a stub, or made by a call (`create_model`, `Enum("X", ...)`, `Model[int]`).

    `bases` are as written (`Alias` for `Generic[T]`); `mro` holds `Class` and `External` values, itself first.
    `namespace` holds what its body binds; `annotations` its own annotations in order; `lines` where each name of the
    body is bound. A parametrised generic model is a class with `generic` = (origin, arguments).
    """

    __slots__ = (
        "_annotations", "at", "attributes", "bases", "conditions", "decorators", "generic", "keywords", "lines", "module", "mro",
        "name", "namespace", "node", "qualname", "scope", "seen", "type_params", "unknown_bases",
    )  # fmt: skip

    def __init__(self, name: str, module: Module, bases: list[Value], at: Place, qualname: str | None = None) -> None:
        self.name = name
        self.qualname = qualname or name
        self.module = module
        self.bases = bases
        self.mro: list[Class | External] = []
        self.unknown_bases: list[Unknown] = []
        self.namespace: dict[str, Value] = {}
        self._annotations: dict[str, Annotation | Value] = {}
        self.seen: tuple[dict[str, Value], dict[str, Value]] | None = None  # `__annotations__` as given, and a copy
        self.lines: dict[str, int] = {}
        self.keywords: dict[str, Value] = {}
        self.decorators: list[Value] = []
        self.type_params: tuple[Value, ...] = ()
        self.generic: tuple[Class, tuple[Value, ...]] | None = None
        self.node: s.Class | None = None
        self.scope: Scope | None = None
        self.at = at
        self.attributes: dict[str, Value] = {}  # for Byte's own readers, never seen by the code
        self.conditions: tuple[Condition, ...] = ()

    @property
    def annotations(self) -> dict[str, Annotation | Value]:
        """Its own annotations, with what code has changed in its `__annotations__`."""
        if self.seen is not None:
            given, before = self.seen
            for name in [n for n in before if n not in given]:
                self._annotations.pop(name, None)
            for name, value in given.items():
                if name not in before or before[name] is not value:
                    self._annotations[name] = value
            self.seen = (given, dict(given))
        return self._annotations

    @annotations.setter
    def annotations(self, annotations: dict[str, Annotation | Value]) -> None:
        self._annotations = annotations
        self.seen = None

    @property
    def dotted(self) -> str:
        """Module and qualified name: `pydantic.main.BaseModel`."""
        return f"{self.module.name}.{self.qualname}"

    def derives(self, *names: str) -> bool:
        """Whether it is, or inherits from, a class of one of these dotted names."""
        return any((c.name if isinstance(c, External) else c.dotted) in names for c in self.mro)

    @property
    def is_dataclass(self) -> bool:
        """Whether it, or a class that it inherits from, was decorated as a data class."""
        return any(isinstance(c, Class) and "dataclass" in c.attributes for c in self.mro)

    def lookup(self, name: str) -> Value:
        """The attribute as the body of the nearest class in its method resolution order binds it, or EMPTY."""
        for cls in self.mro:
            if isinstance(cls, Class) and name in cls.namespace:
                return cls.namespace[name]
        return EMPTY

    def __repr__(self) -> str:
        return f"Class({self.dotted})"


class Property:
    """A property or another descriptor that computes on access."""

    __slots__ = ("attributes", "cached", "getter")

    def __init__(self, getter: Value, cached: bool = False) -> None:
        self.getter = getter
        self.cached = cached
        self.attributes: dict[str, Value] = {}


class StaticMethod:
    """`staticmethod(function)`."""

    __slots__ = ("function",)

    def __init__(self, function: Value) -> None:
        self.function = function


class ClassMethod:
    """`classmethod(function)`."""

    __slots__ = ("function",)

    def __init__(self, function: Value) -> None:
        self.function = function


class Instance:
    """An object: its class, its attributes, where it was made, and under which conditions.

    `held` is the value of an object that is also a string, number or container (a member of a `str` enum, an instance
    of a class derived from `dict`). Enum members have `_name_` and `_value_` among their attributes.
    """

    __slots__ = ("at", "attributes", "cls", "conditions", "held")

    def __init__(self, cls: "Class | External", at: Place, conditions: tuple[Condition, ...] = ()) -> None:
        self.cls = cls
        self.at = at
        self.attributes: dict[str, Value] = {}
        self.conditions = conditions
        self.held: Value = EMPTY

    def __repr__(self) -> str:
        return f"Instance({self.cls!r})"


class Super:
    """`super()`: looks a name up after `cls` in the method resolution order of `instance`."""

    __slots__ = ("cls", "instance")

    def __init__(self, cls: Class, instance: Value) -> None:
        self.cls = cls
        self.instance = instance


class Pending:
    """A coroutine that was not awaited yet, or a generator that was not iterated."""

    __slots__ = ("args", "function", "kwargs")

    def __init__(self, function: Function, args: list[Value], kwargs: dict[str, Value]) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs


# --- types as values ---------------------------------------------------------------------------


def parts_of(value: Value) -> int:
    """How many parts a type is made of: what is compared, named and written part by part must not grow without end."""
    if isinstance(value, (Alias, Union, Annotated)):
        return value.size
    if isinstance(value, (tuple, list)):
        return sum(parts_of(v) for v in value)
    return 1


class Alias:
    """`origin[args]` of anything that is no generic model: `list[int]`, `dict[str, T]`, `Callable[[int], str]`.

    `written` is the name in `typing` that stood for the origin, as `List`; it is only shown, never compared.
    """

    __slots__ = ("args", "at", "origin", "size", "written")

    def __init__(self, origin: Value, args: tuple[Value, ...], at: Place = NOWHERE, written: str = "") -> None:
        self.origin = origin
        self.written = written
        self.args = args
        self.at = at
        self.size = 1 + parts_of(args)

    def __repr__(self) -> str:
        return f"{self.origin!r}[{', '.join(map(repr, self.args))}]"


class Union:
    """`X | Y`, `Union[X, Y]`, `Optional[X]`: flat, without repetition, at least two; None stands for NoneType."""

    __slots__ = ("args", "size")

    def __init__(self, args: tuple[Value, ...]) -> None:
        self.args = args
        self.size = 1 + parts_of(args)

    def __repr__(self) -> str:
        return f"Union({', '.join(map(repr, self.args))})"


class Annotated:
    """`Annotated[type, *metadata]`, flattened."""

    __slots__ = ("metadata", "size", "type")

    def __init__(self, type_: Value, metadata: tuple[Value, ...]) -> None:
        self.type = type_
        self.metadata = metadata
        self.size = len(metadata) + parts_of(type_)

    def __repr__(self) -> str:
        return f"Annotated({self.type!r}, {self.metadata!r})"


class LiteralType:
    """`Literal[...]`, flattened: constants and enum members."""

    __slots__ = ("values",)

    def __init__(self, values: tuple[Value, ...]) -> None:
        self.values = values


class Forward:
    """A type written as a string inside another type; `Interpreter.resolve` evaluates it."""

    __slots__ = ("at", "mapping", "scope", "text")

    def __init__(self, text: str, scope: Scope, at: Place, mapping: "dict[Any, Value] | None" = None) -> None:
        self.text = text
        self.scope = scope
        self.at = at
        self.mapping = mapping  # values of type variables, put in when it is resolved

    def __repr__(self) -> str:
        return f"Forward({self.text!r})"


class TypeVar:
    """A type variable (`ParamSpec` and `TypeVarTuple` too, by `kind`)."""

    __slots__ = ("bound", "constraints", "default", "kind", "name")

    def __init__(
        self,
        name: str,
        bound: Value = EMPTY,
        constraints: tuple[Value, ...] = (),
        default: Value = EMPTY,
        kind: str = "TypeVar",
    ) -> None:
        self.name = name
        self.bound = bound
        self.constraints = constraints
        self.default = default
        self.kind = kind

    def __repr__(self) -> str:
        return f"~{self.name}"


class NewType:
    """`NewType(name, supertype)`."""

    __slots__ = ("name", "supertype")

    def __init__(self, name: str, supertype: Value) -> None:
        self.name = name
        self.supertype = supertype


class NamedAlias:
    """`type name[params] = expr` or `TypeAliasType(name, value, type_params=...)`: a named, lazily evaluated type.

    `value` is EMPTY until `Interpreter.alias_value` evaluates `annotation`.
    """

    __slots__ = ("annotation", "at", "module", "name", "params", "value")

    def __init__(
        self,
        name: str,
        module: Module,
        params: tuple[TypeVar, ...],
        at: Place,
        annotation: Annotation | None = None,
        value: Value = EMPTY,
    ) -> None:
        self.name = name
        self.module = module
        self.params = params
        self.annotation = annotation
        self.value = value
        self.at = at


class Parameter(NamedTuple):
    """One parameter of a callable, as `inspect.signature` would give it; types are evaluated, EMPTY where not written.

    `kind` is that of `syntax.Param`: positional, normal, keyword, args or kwargs.
    """

    name: str
    kind: str
    annotation: Value
    default: Value
    at: Place


class Raised(Exception):
    """An exception of the code that is evaluated; `value` is its instance or class, or Unknown."""

    def __init__(self, value: Value, text: str, at: Place) -> None:
        super().__init__(text)
        self.value = value
        self.text = text
        self.at = at


class Stopped(Exception):
    """The evaluation spent what it may spend."""
