"""A Python module as data: the statements and expressions of one file, each with its line.

The tree is built by `byte.extract.python` from the file's bytes alone and never refers to
another file, so that it can be cached by content and shared by base and head. Lines count from 1.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, Literal, ParamSpec, TypeVar

import msgspec


class Node(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=True):
    """Anything that stands at a line."""

    line: int


# --- expressions -------------------------------------------------------------------------------


class Name(Node, tag="n"):
    id: str


class Attribute(Node, tag="."):
    value: "Expr"
    attr: str


class Constant(Node, tag="c"):
    """A literal; `kind` tells `b"x"` from `"x"` and `...` from `None`."""

    value: str | int | float | bool | None
    kind: Literal["str", "bytes", "int", "float", "bool", "none", "ellipsis", "complex"]


class FString(Node, tag="f"):
    """The literal parts (as `Constant`) and the interpolated expressions, in order.

    `formats` has (index of the part, conversion, format) for each that is not shown as it is: `{x!r}`, `{x:02d}`; the
    format is "{" where it is computed itself.
    """

    parts: "tuple[Expr, ...]"
    formats: tuple[tuple[int, str, str], ...] = ()


class Keyword(Node, tag="k"):
    """A keyword argument; `name` is None for `**value`."""

    name: str | None
    value: "Expr"


class Call(Node, tag="("):
    func: "Expr"
    args: "tuple[Expr, ...]"
    keywords: tuple[Keyword, ...]
    end: int


class Subscript(Node, tag="["):
    value: "Expr"
    index: "Expr"


class Slice(Node, tag=":"):
    """`lower:upper:step`, each may be absent."""

    lower: "Expr | None"
    upper: "Expr | None"
    step: "Expr | None"


class Binary(Node, tag="+"):
    """An arithmetic or bit operation, `|` in annotations included."""

    left: "Expr"
    op: str
    right: "Expr"


class Boolean(Node, tag="&"):
    op: Literal["and", "or"]
    left: "Expr"
    right: "Expr"


class Unary(Node, tag="-"):
    """`-x`, `+x`, `~x` or `not x`."""

    op: str
    operand: "Expr"


class Compare(Node, tag="="):
    """`left ops[0] comparators[0] ops[1] comparators[1] ...`."""

    left: "Expr"
    ops: tuple[str, ...]
    comparators: "tuple[Expr, ...]"


class Conditional(Node, tag="?"):
    body: "Expr"
    test: "Expr"
    orelse: "Expr"


class Lambda(Node, tag="l"):
    params: "tuple[Param, ...]"
    body: "Expr"


class Await(Node, tag="a"):
    value: "Expr"


class Yield(Node, tag="y"):
    value: "Expr | None"
    delegates: bool


class Starred(Node, tag="*"):
    """`*value`, or `**value` where `double`."""

    value: "Expr"
    double: bool


class Sequence(Node, tag="s"):
    """A list, tuple or set display."""

    kind: Literal["list", "tuple", "set"]
    items: "tuple[Expr, ...]"


class Mapping(Node, tag="d"):
    """A dict display; a key is None for `**value`."""

    keys: "tuple[Expr | None, ...]"
    values: "tuple[Expr, ...]"


class Generator(Node, tag="g"):
    """One `for target in iter if conditions` of a comprehension."""

    target: "Expr"
    iter: "Expr"
    conditions: "tuple[Expr, ...]"
    is_async: bool


class Comprehension(Node, tag="m"):
    """`element` is the value; `key` is set for a dict comprehension."""

    kind: Literal["list", "set", "dict", "generator"]
    element: "Expr"
    key: "Expr | None"
    generators: tuple[Generator, ...]


class Walrus(Node, tag="w"):
    target: str
    value: "Expr"


class Opaque(Node, tag="o"):
    """Source that is not taken apart: a pattern, a syntax error, or nesting beyond the limit."""

    text: str


Expr = (
    Name
    | Attribute
    | Constant
    | FString
    | Call
    | Subscript
    | Slice
    | Binary
    | Boolean
    | Unary
    | Compare
    | Conditional
    | Lambda
    | Await
    | Yield
    | Starred
    | Sequence
    | Mapping
    | Comprehension
    | Walrus
    | Opaque
)


# --- statements --------------------------------------------------------------------------------


class Param(Node, tag="p"):
    """One parameter; `kind` is how arguments reach it."""

    name: str
    annotation: Expr | None
    default: Expr | None
    kind: Literal["positional", "normal", "keyword", "args", "kwargs"]


class Function(Node, tag="F"):
    """`line` is that of `def`; `start` that of the first decorator, if any; `nests` if it holds definitions."""

    start: int
    end: int
    name: str
    params: tuple[Param, ...]
    returns: Expr | None
    decorators: tuple[Expr, ...]
    body: "tuple[Stmt, ...]"
    is_async: bool
    is_generator: bool
    type_params: tuple[str, ...]
    nests: bool = True


class Class(Node, tag="C"):
    start: int
    end: int
    name: str
    bases: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    decorators: tuple[Expr, ...]
    body: "tuple[Stmt, ...]"
    type_params: tuple[str, ...]


class Import(Node, tag="I"):
    """`import module as alias`; without an alias the first part of the module is bound."""

    names: tuple[tuple[str, str | None], ...]


class ImportFrom(Node, tag="J"):
    """`from ..module import name as alias`; `level` counts the dots, a `*` stands as a name."""

    module: str
    level: int
    names: tuple[tuple[str, str | None], ...]


class Assign(Node, tag="A"):
    """`targets[0] = targets[1] = value`, or `targets[0]: annotation [= value]`."""

    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None
    end: int


class Augment(Node, tag="G"):
    target: Expr
    op: str
    value: Expr


class Expression(Node, tag="E"):
    value: Expr
    end: int


class Return(Node, tag="R"):
    value: Expr | None
    end: int


class Raise(Node, tag="X"):
    exc: Expr | None
    cause: Expr | None


class If(Node, tag="?S"):
    """An `elif` is an `If` alone in `orelse`."""

    test: Expr
    body: "tuple[Stmt, ...]"
    orelse: "tuple[Stmt, ...]"


class For(Node, tag="O"):
    end: int
    target: Expr
    iter: Expr
    body: "tuple[Stmt, ...]"
    orelse: "tuple[Stmt, ...]"
    is_async: bool


class While(Node, tag="W"):
    end: int
    test: Expr
    body: "tuple[Stmt, ...]"
    orelse: "tuple[Stmt, ...]"


class Handler(Node, tag="H"):
    """`except catches as name`; a bare `except` catches None."""

    end: int
    catches: Expr | None
    name: str | None
    body: "tuple[Stmt, ...]"


class Try(Node, tag="T"):
    end: int
    body: "tuple[Stmt, ...]"
    handlers: tuple[Handler, ...]
    orelse: "tuple[Stmt, ...]"
    final: "tuple[Stmt, ...]"


class With(Node, tag="V"):
    """`items` are (context, target or None)."""

    end: int
    items: tuple[tuple[Expr, Expr | None], ...]
    body: "tuple[Stmt, ...]"
    is_async: bool


class Case(Node, tag="K"):
    """`binds` are the names that the pattern captures."""

    pattern: Opaque
    binds: tuple[str, ...]
    guard: Expr | None
    body: "tuple[Stmt, ...]"


class Match(Node, tag="M"):
    end: int
    subject: Expr
    cases: tuple[Case, ...]


class Scope(Node, tag="L"):
    """`global` or `nonlocal` names."""

    kind: Literal["global", "nonlocal"]
    names: tuple[str, ...]


class Delete(Node, tag="D"):
    targets: tuple[Expr, ...]


class Assert(Node, tag="Y"):
    test: Expr
    message: Expr | None


class Jump(Node, tag="P"):
    kind: Literal["pass", "break", "continue"]


class TypeAlias(Node, tag="Z"):
    """PEP 695: `type name[params] = value`."""

    name: str
    params: tuple[str, ...]
    value: Expr


class Broken(Node, tag="!"):
    """Source that the parser could not read as a statement."""

    text: str


Stmt = (
    Function
    | Class
    | Import
    | ImportFrom
    | Assign
    | Augment
    | Expression
    | Return
    | Raise
    | If
    | For
    | While
    | Try
    | With
    | Match
    | Scope
    | Delete
    | Assert
    | Jump
    | TypeAlias
    | Broken
)


class Comment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A comment that speaks to Byte (`# byte: ...`); `alone` if nothing else is on its line."""

    line: int
    text: str
    alone: bool


class Module(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One file. `errors` are the lines that could not be read, `cut` those nested too deep; `walrus` if `:=` occurs."""

    body: tuple[Stmt, ...]
    lines: int
    comments: tuple[Comment, ...] = ()
    errors: tuple[int, ...] = ()
    cut: tuple[int, ...] = ()
    walrus: bool = False


SCOPES = (Function, Class, Lambda)


_LEAF_FIELDS = frozenset(
    "line end start id attr kind op ops name names formats is_async is_generator nests text module level delegates double binds "
    "type_params".split()
)


def _branches(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind of node that can hold nodes."""
    if kind is Constant:
        return ()
    leaves = _LEAF_FIELDS | ({"target"} if kind is Walrus else {"params"} if kind is TypeAlias else set())
    return tuple(f for f in kind.__struct_fields__ if f not in leaves)


_FIELDS: dict[type[Node], tuple[str, ...]] = {}


def children(node: Node) -> list[Node]:
    """The nodes directly under this one, in source order as far as the grammar gives it."""
    kind = type(node)
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = _branches(kind)
    out: list[Node] = []
    for field in fields:
        value = getattr(node, field)
        if isinstance(value, tuple):
            for item in value:
                if isinstance(item, Node):
                    out.append(item)
                elif isinstance(item, tuple):
                    out.extend(part for part in item if isinstance(part, Node))
        elif value is not None:
            out.append(value)
    return out


def walk(*nodes: Node, into_scopes: bool = False) -> Iterator[Node]:
    """These nodes and all under them, parents first.

    Functions, classes and lambdas met on the way are yielded, their insides only with `into_scopes`.
    """
    stack = list(nodes)
    stack.reverse()
    while stack:
        node = stack.pop()
        yield node
        if into_scopes or not isinstance(node, SCOPES):
            inner = children(node)
            if inner:
                inner.reverse()
                stack += inner


Key = TypeVar("Key")
Result = TypeVar("Result")
Rest = ParamSpec("Rest")
_REMEMBERED = 100_000


def by_identity(
    work: Callable[Concatenate[Key, Rest], Result],
) -> Callable[Concatenate[Key, Rest], Result]:
    """Remembers what a pure function of a node gives.

    Nodes are frozen and shared by base and head, so that what was worked out for one side holds for the other. The
    other arguments have to follow from the node.
    """
    known: dict[int, tuple[Key, Result]] = {}

    @wraps(work)
    def remembered(node: Key, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        found = known.get(id(node))
        if found is None or found[0] is not node:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[id(node)] = (node, work(node, *args, **kwargs))
        return found[1]

    return remembered


@by_identity
def own(function: Function) -> tuple[Node, ...]:
    """The nodes of a function's own body; nested functions, classes and lambdas are met but not entered."""
    return tuple(walk(*function.body))


@by_identity
def mentioned(function: Function) -> frozenset[str]:
    """The names and attributes that occur in a function, its signature and decorators included."""
    out = set()
    nodes = [*function.body, *function.params, *function.decorators]
    if function.returns is not None:
        nodes.append(function.returns)
    for node in walk(*nodes, into_scopes=True):
        if isinstance(node, Name):
            out.add(node.id)
        elif isinstance(node, Attribute):
            out.add(node.attr)
    return frozenset(out)


def dotted(expr: Node | None) -> str | None:
    """`a.b.c` for a chain of attributes on a name, else None."""
    parts: list[str] = []
    while isinstance(expr, Attribute):
        parts.append(expr.attr)
        expr = expr.value
    if not isinstance(expr, Name):
        return None
    parts.append(expr.id)
    return ".".join(reversed(parts))


def keyword(call: Call, name: str) -> Expr | None:
    """The value of this keyword argument."""
    for item in call.keywords:
        if item.name == name:
            return item.value
    return None


def argument(call: Call, position: int, name: str) -> Expr | None:
    """The value of an argument given by position or by name."""
    found = keyword(call, name)
    if found is not None:
        return found
    if position < len(call.args) and not any(isinstance(a, Starred) for a in call.args[: position + 1]):
        return call.args[position]
    return None


def bound_names(target: Node | None) -> Iterator[str]:
    """The names that assigning to this target binds."""
    if isinstance(target, Name):
        yield target.id
    elif isinstance(target, Sequence):
        for item in target.items:
            yield from bound_names(item)
    elif isinstance(target, Starred):
        yield from bound_names(target.value)


def string(expr: Node | None) -> str | None:
    """The text of a string literal."""
    if isinstance(expr, Constant) and expr.kind == "str":
        return str(expr.value)
    return None


def last_line(node: Node) -> int:
    """The last line that the node is known to reach."""
    end = getattr(node, "end", node.line)
    return int(end)


_OPENERS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}")}


def text(node: Node | None, limit: int = 80) -> str:
    """The expression as normalised source on one line, cut at `limit` characters."""
    full = _text(node)
    return full if len(full) <= limit else full[: limit - 3] + "..."


def _join(nodes: tuple[Expr | Keyword, ...]) -> str:
    return ", ".join(_text(n) for n in nodes)


def _text(node: Node | None) -> str:  # one branch a kind of node
    match node:
        case None:
            return ""
        case Name():
            return node.id
        case Attribute():
            return f"{_text(node.value)}.{node.attr}"
        case Constant():
            return _literal(node)
        case FString():
            inner = "".join(str(p.value) if isinstance(p, Constant) else "{" + _text(p) + "}" for p in node.parts)
            return f'f"{inner}"'
        case Keyword():
            return f"{node.name}={_text(node.value)}" if node.name else f"**{_text(node.value)}"
        case Call():
            return f"{_text(node.func)}({_join((*node.args, *node.keywords))})"
        case Subscript():
            index = node.index
            inner = _join(index.items) if isinstance(index, Sequence) and index.kind == "tuple" else _text(index)
            return f"{_text(node.value)}[{inner}]"
        case Slice():
            step = f":{_text(node.step)}" if node.step else ""
            return f"{_text(node.lower)}:{_text(node.upper)}{step}"
        case Binary() | Boolean():
            return f"{_text(node.left)} {node.op} {_text(node.right)}"
        case Unary():
            return f"{node.op}{' ' if node.op == 'not' else ''}{_text(node.operand)}"
        case Compare():
            tail = "".join(f" {o} {_text(c)}" for o, c in zip(node.ops, node.comparators, strict=False))
            return _text(node.left) + tail
        case Conditional():
            return f"{_text(node.body)} if {_text(node.test)} else {_text(node.orelse)}"
        case Lambda():
            return f"lambda {', '.join(p.name for p in node.params)}: {_text(node.body)}"
        case Await():
            return f"await {_text(node.value)}"
        case Yield():
            return f"yield{' from' if node.delegates else ''} {_text(node.value)}".rstrip()
        case Starred():
            return f"{'**' if node.double else '*'}{_text(node.value)}"
        case Sequence():
            left, right = _OPENERS[node.kind]
            comma = "," if node.kind == "tuple" and len(node.items) == 1 else ""
            return f"{left}{_join(node.items)}{comma}{right}"
        case Mapping():
            pairs = (
                f"{_text(k)}: {_text(v)}" if k is not None else f"**{_text(v)}"
                for k, v in zip(node.keys, node.values, strict=True)
            )
            return "{" + ", ".join(pairs) + "}"
        case Comprehension():
            return _comprehension(node)
        case Walrus():
            return f"({node.target} := {_text(node.value)})"
        case Opaque():
            return " ".join(node.text.split())
        case _:
            return type(node).__name__.lower()


def _literal(node: Constant) -> str:
    if node.kind == "str":
        return '"' + str(node.value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if node.kind == "bytes":
        return 'b"' + str(node.value).replace("\n", "\\n") + '"'
    if node.kind == "ellipsis":
        return "..."
    if node.kind == "complex":
        return str(node.value)
    return repr(node.value)


def _comprehension(node: Comprehension) -> str:
    loops = "".join(
        f" {'async ' if g.is_async else ''}for {_text(g.target)} in {_text(g.iter)}"
        + "".join(f" if {_text(c)}" for c in g.conditions)
        for g in node.generators
    )
    head = f"{_text(node.key)}: {_text(node.element)}" if node.key is not None else _text(node.element)
    pair = {"list": "[]", "set": "{}", "dict": "{}", "generator": "()"}[node.kind]
    return f"{pair[0]}{head}{loops}{pair[1]}"


def shape(node: object) -> object:
    """The node without its lines: equal for code that only moved."""
    if isinstance(node, Node):
        kind = type(node)
        fields = (f for f in kind.__struct_fields__ if f not in ("line", "end", "start"))
        return (kind.__name__, *(shape(getattr(node, f)) for f in fields))
    if isinstance(node, tuple):
        return tuple(shape(item) for item in node)
    return node
