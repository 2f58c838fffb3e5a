"""Python's own `ast` as a `byte.model.syntax` tree: what the reader has to give for a file that this Python can read.

Where the two describe source differently, the oracle follows the model: an attribute stands at the line of its name, a
call at that of its function, a tuple of indices at that of its subscript. Lines inside f-strings are those of the
string (before 3.12 `ast` does not know better). `complex` and large numbers, patterns and comments are not compared.
"""

import ast

import msgspec

from byte.model import syntax as s

_OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitXor: "^", ast.BitAnd: "&", ast.MatMult: "@",
    ast.UAdd: "+", ast.USub: "-", ast.Invert: "~", ast.Not: "not",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_COMPREHENSIONS = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator", ast.DictComp: "dict"}
_LARGEST = 2**63 - 1


def convert(source: bytes) -> tuple[s.Stmt, ...]:
    """The statements of a file, read by `ast`."""
    return _block(ast.parse(source).body)


def differences(found: object, wanted: object, at: str = "") -> list[str]:
    """Where two trees differ, as sentences; `found` is what Byte read."""
    if isinstance(found, s.FString) and isinstance(wanted, s.FString):
        return differences(_plain(found), _plain(wanted), at)
    if isinstance(wanted, s.Constant) and isinstance(found, s.Constant) and wanted.value in ("large", "complex"):
        found = msgspec.structs.replace(found, value=wanted.value)
    if isinstance(wanted, s.Generator) and isinstance(found, s.Generator):
        found = msgspec.structs.replace(found, line=wanted.line)
    if isinstance(wanted, s.Case) and isinstance(found, s.Case):
        found = msgspec.structs.replace(found, pattern=wanted.pattern, binds=tuple(sorted(found.binds)))
    if isinstance(wanted, s.Node) and isinstance(found, s.Node):
        if type(found) is not type(wanted):
            return [f"{at}: {type(found).__name__} `{s.text(found)}` is {type(wanted).__name__} `{s.text(wanted)}`"]
        out = []
        for field in wanted.__struct_fields__:
            here = f"{at}.{field}" if field != "line" else f"{at} ({type(wanted).__name__}).line"
            out += differences(getattr(found, field), getattr(wanted, field), here)
            at = f"{at.partition('@')[0]}@{wanted.line}"
        return out
    if isinstance(wanted, tuple) and isinstance(found, tuple):
        if len(found) != len(wanted):
            return [f"{at}: {len(found)} are {len(wanted)}: {_brief(found)} / {_brief(wanted)}"]
        return [d for i, (x, y) in enumerate(zip(found, wanted, strict=True)) for d in differences(x, y, f"{at}[{i}]")]
    if wanted in ("complex", "large"):
        return []  # inside an f-string
    return [] if found == wanted and type(found) is type(wanted) else [f"{at}: {found!r} is {wanted!r}"]


def _brief(items: tuple[object, ...]) -> str:
    return ", ".join(s.text(i) if isinstance(i, s.Node) else repr(i) for i in items)[:200]


def _plain(node: s.FString) -> object:
    """The parts of an f-string without lines, neighbouring texts joined."""
    out: list[object] = []
    for part in node.parts:
        if isinstance(part, s.Constant) and part.kind == "str":
            if out and isinstance(out[-1], str):
                out[-1] += str(part.value)
            elif part.value:
                out.append(str(part.value))
        else:
            out.append(s.shape(part))
    return tuple(out)


def _block(body: list[ast.stmt]) -> tuple[s.Stmt, ...]:
    return tuple(_stmt(stmt) for stmt in body)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _end(node: ast.AST) -> int:
    return int(getattr(node, "end_lineno", 0))


def _stmt(node: ast.stmt) -> s.Stmt:  # one branch a kind of statement
    line, end = node.lineno, _end(node)
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return s.Function(
                line=line,
                start=min([line, *(_first(d) for d in node.decorator_list)]),
                end=end,
                name=node.name,
                params=_params(node.args),
                returns=_maybe(node.returns),
                decorators=tuple(_expr(d) for d in node.decorator_list),
                body=_block(node.body),
                is_async=isinstance(node, ast.AsyncFunctionDef),
                is_generator=any(_yields(stmt) for stmt in node.body),
                type_params=tuple(ast.unparse(p) for p in getattr(node, "type_params", ())),
                nests=any(isinstance(inner, _DEFINITIONS) for stmt in node.body for inner in ast.walk(stmt)),
            )
        case ast.ClassDef():
            return s.Class(
                line=line,
                start=min([line, *(_first(d) for d in node.decorator_list)]),
                end=end,
                name=node.name,
                bases=tuple(_expr(b) for b in node.bases),
                keywords=_keywords(node.keywords),
                decorators=tuple(_expr(d) for d in node.decorator_list),
                body=_block(node.body),
                type_params=tuple(ast.unparse(p) for p in getattr(node, "type_params", ())),
            )
        case ast.Import():
            return s.Import(line, tuple((a.name, a.asname) for a in node.names))
        case ast.ImportFrom():
            return s.ImportFrom(line, node.module or "", node.level, tuple((a.name, a.asname) for a in node.names))
        case ast.Assign():
            return s.Assign(line, tuple(_expr(t) for t in node.targets), _expr(node.value), None, end)
        case ast.AnnAssign():
            return s.Assign(line, (_expr(node.target),), _maybe(node.value), _expr(node.annotation), end)
        case ast.AugAssign():
            return s.Augment(line, _expr(node.target), _OPERATORS[type(node.op)], _expr(node.value))
        case ast.Expr():
            return s.Expression(line, _expr(node.value), end)
        case ast.Return():
            return s.Return(line, _maybe(node.value), end)
        case ast.Raise():
            return s.Raise(line, _maybe(node.exc), _maybe(node.cause))
        case ast.If():
            return s.If(line, _expr(node.test), _block(node.body), _block(node.orelse))
        case ast.For() | ast.AsyncFor():
            target, source = _expr(node.target), _expr(node.iter)
            is_async = isinstance(node, ast.AsyncFor)
            return s.For(line, end, target, source, _block(node.body), _block(node.orelse), is_async)
        case ast.While():
            return s.While(line, end, _expr(node.test), _block(node.body), _block(node.orelse))
        case ast.Try() | ast.TryStar():
            handlers = tuple(
                s.Handler(h.lineno, _end(h), _maybe(h.type), h.name, _block(h.body)) for h in node.handlers
            )
            return s.Try(line, end, _block(node.body), handlers, _block(node.orelse), _block(node.finalbody))
        case ast.With() | ast.AsyncWith():
            items = tuple((_expr(i.context_expr), _maybe(i.optional_vars)) for i in node.items)
            return s.With(line, end, items, _block(node.body), isinstance(node, ast.AsyncWith))
        case ast.Match():
            return s.Match(line, end, _expr(node.subject), tuple(_case(c) for c in node.cases))
        case ast.Global() | ast.Nonlocal():
            return s.Scope(line, "global" if isinstance(node, ast.Global) else "nonlocal", tuple(node.names))
        case ast.Delete():
            return s.Delete(line, tuple(_expr(t) for t in node.targets))
        case ast.Assert():
            return s.Assert(line, _expr(node.test), _maybe(node.msg))
        case ast.Pass():
            return s.Jump(line, "pass")
        case ast.Break():
            return s.Jump(line, "break")
        case ast.Continue():
            return s.Jump(line, "continue")
    if type(node).__name__ == "TypeAlias":  # Python 3.12
        params = tuple(ast.unparse(p) for p in getattr(node, "type_params", ()))
        return s.TypeAlias(line, getattr(node, "name").id, params, _expr(getattr(node, "value")))  # noqa: B009
    raise AssertionError(f"no such statement: {type(node).__name__}")


def _case(node: ast.match_case) -> s.Case:
    names = {
        name
        for part in ast.walk(node.pattern)
        for name in (getattr(part, "name", None), getattr(part, "rest", None))
        if isinstance(name, str)
    }
    line = node.pattern.lineno
    return s.Case(line, s.Opaque(line, ""), tuple(sorted(names)), _maybe(node.guard), _block(node.body))


def _first(decorator: ast.expr) -> int:
    """The line of the decorator's `@`."""
    return decorator.lineno


def _yields(node: ast.AST) -> bool:
    if isinstance(node, (ast.Yield, ast.YieldFrom)):
        return True
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return any(_yields(d) for d in node.decorator_list)
    return not isinstance(node, ast.Lambda) and any(_yields(child) for child in ast.iter_child_nodes(node))


def _params(node: ast.arguments) -> tuple[s.Param, ...]:
    plain = [*node.posonlyargs, *node.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(node.defaults))
    defaults += node.defaults
    out = []
    for index, (arg, default) in enumerate(zip(plain, defaults, strict=True)):
        out.append(_param(arg, default, "positional" if index < len(node.posonlyargs) else "normal"))
    if node.vararg is not None:
        out.append(_param(node.vararg, None, "args"))
    out += [_param(a, d, "keyword") for a, d in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
    if node.kwarg is not None:
        out.append(_param(node.kwarg, None, "kwargs"))
    return tuple(out)


def _param(arg: ast.arg, default: ast.expr | None, kind: str) -> s.Param:
    return s.Param(arg.lineno, arg.arg, _maybe(arg.annotation), _maybe(default), kind)  # type: ignore[arg-type]


def _keywords(nodes: list[ast.keyword]) -> tuple[s.Keyword, ...]:
    return tuple(s.Keyword(k.lineno, k.arg, _expr(k.value)) for k in nodes)


def _maybe(node: ast.expr | None) -> s.Expr | None:
    return None if node is None else _expr(node)


def _all(nodes: list[ast.expr]) -> tuple[s.Expr, ...]:
    return tuple(_expr(n) for n in nodes)


def _expr(node: ast.expr) -> s.Expr:  # one branch a kind of expression
    line = node.lineno
    match node:
        case ast.Name():
            return s.Name(line, node.id)
        case ast.Attribute():
            return s.Attribute(_end(node), _expr(node.value), node.attr)
        case ast.Constant():
            return _constant(node)
        case ast.JoinedStr():
            return _joined(node)
        case ast.Call():
            func = _expr(node.func)
            return s.Call(func.line, func, _all(node.args), _keywords(node.keywords), _end(node))
        case ast.Subscript():
            index = _expr(node.slice)
            bare = isinstance(node.slice, ast.Tuple) and _bare(node.slice)
            return s.Subscript(line, _expr(node.value), msgspec.structs.replace(index, line=line) if bare else index)
        case ast.Slice():
            return s.Slice(line, _maybe(node.lower), _maybe(node.upper), _maybe(node.step))
        case ast.BinOp():
            return s.Binary(line, _expr(node.left), _OPERATORS[type(node.op)], _expr(node.right))
        case ast.BoolOp():
            op = "and" if isinstance(node.op, ast.And) else "or"
            out = _expr(node.values[0])
            for value in node.values[1:]:
                out = s.Boolean(line, op, out, _expr(value))  # type: ignore[arg-type]
            return out
        case ast.UnaryOp():
            return s.Unary(line, _OPERATORS[type(node.op)], _expr(node.operand))
        case ast.Compare():
            return s.Compare(
                line, _expr(node.left), tuple(_OPERATORS[type(o)] for o in node.ops), _all(node.comparators)
            )
        case ast.IfExp():
            return s.Conditional(line, _expr(node.body), _expr(node.test), _expr(node.orelse))
        case ast.Lambda():
            return s.Lambda(line, _params(node.args), _expr(node.body))
        case ast.Await():
            return s.Await(line, _expr(node.value))
        case ast.Yield():
            return s.Yield(line, _maybe(node.value), False)
        case ast.YieldFrom():
            return s.Yield(line, _expr(node.value), True)
        case ast.Starred():
            return s.Starred(line, _expr(node.value), False)
        case ast.List():
            return s.Sequence(line, "list", _all(node.elts))
        case ast.Tuple():
            return s.Sequence(line, "tuple", _all(node.elts))
        case ast.Set():
            return s.Sequence(line, "set", _all(node.elts))
        case ast.Dict():
            return s.Mapping(line, tuple(_maybe(k) for k in node.keys), _all(node.values))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            kind = _COMPREHENSIONS[type(node)]
            return s.Comprehension(line, kind, _expr(node.elt), None, _generators(node.generators))  # type: ignore[arg-type]
        case ast.DictComp():
            return s.Comprehension(line, "dict", _expr(node.value), _expr(node.key), _generators(node.generators))
        case ast.NamedExpr():
            return s.Walrus(line, node.target.id, _expr(node.value))
    raise AssertionError(f"no such expression: {type(node).__name__}")


def _bare(node: ast.Tuple) -> bool:
    """Whether a tuple of indices stands without parentheses."""
    return not node.elts or (node.lineno, node.col_offset) == (node.elts[0].lineno, node.elts[0].col_offset)


def _generators(nodes: list[ast.comprehension]) -> tuple[s.Generator, ...]:
    """`ast` gives a clause no line: the model's is that of its `for`, which is not compared."""
    return tuple(
        s.Generator(n.target.lineno, _expr(n.target), _expr(n.iter), tuple(_expr(i) for i in n.ifs), bool(n.is_async))
        for n in nodes
    )


def _constant(node: ast.Constant) -> s.Constant:
    value, line = node.value, node.lineno
    match value:
        case None:
            return s.Constant(line, None, "none")
        case bool():
            return s.Constant(line, value, "bool")
        case str():
            return s.Constant(line, "".join("\ufffd" if _surrogate(c) else c for c in value), "str")
        case bytes():
            return s.Constant(line, value.decode("latin-1"), "bytes")
        case int():
            return s.Constant(line, value if value <= _LARGEST else "large", "int")
        case float():
            return s.Constant(line, value, "float")
        case complex():
            return s.Constant(line, "complex", "complex")
    return s.Constant(line, None, "ellipsis")


def _surrogate(value: str) -> bool:
    return "\ud800" <= value < "\ue000"


def _joined(node: ast.JoinedStr) -> s.Expr:
    parts: list[s.Expr] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            parts.append(_expr(part.value))
        elif isinstance(part, ast.Constant):
            parts.append(s.Constant(node.lineno, str(part.value), "str"))
    if all(isinstance(p, s.Constant) and isinstance(v, ast.Constant) for p, v in zip(parts, node.values, strict=True)):
        return s.Constant(node.lineno, "".join(str(p.value) for p in parts if isinstance(p, s.Constant)), "str")
    return s.FString(node.lineno, tuple(parts))
