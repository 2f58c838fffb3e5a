"""Bytes of a Python file -> `syntax.Module`, with tree-sitter.

tree-sitter reads the newest syntax whatever Python runs Byte, and the good part of a broken file.
The parse tree is dropped as soon as the module is built. Nothing is evaluated: literals are decoded here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Literal

import msgspec
import tree_sitter
import tree_sitter_python

from byte.extract import salvage
from byte.model import syntax as s

VERSION = 7
"""Raised whenever the same bytes may give another module: it is part of the cache key."""

MAX_DEPTH = 120
"""Nesting beyond this is kept as `Opaque`: deeper trees are generated code or an attack."""

MAX_ERRORS = 50

_LANGUAGE = tree_sitter.Language(tree_sitter_python.language())
_ESCAPE = re.compile(r"\\(\r\n|[\n\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\})")
_SIMPLE = {
    "\n": "", "\r\n": "", "\\": "\\", "'": "'", '"': '"',
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_BYTES_ESCAPE = re.compile(r"\\(\r\n|[\n\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2})")
_CODING = re.compile(rb"\A(?:[ \t\f]*#[^\n]*\n|[ \t\f]*\r?\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
_BYTE_COMMENT = re.compile(r"#\s*byte\s*:")
_LARGEST = 2**63 - 1


def parse(source: bytes) -> s.Module:
    """Read one file. Never raises on any bytes: what cannot be read is listed in the module."""
    source = decoded(source)
    module = _Reader(source).module(_tree(source))
    if not module.errors:
        return module
    mended = salvage.mend(source, lambda piece: _tree(piece).has_error)
    rest = _Reader(mended).module(_tree(mended))
    if _definitions(rest) <= _definitions(module):
        return module
    return msgspec.structs.replace(rest, lines=module.lines, errors=module.errors)


def _tree(source: bytes) -> Any:
    return tree_sitter.Parser(_LANGUAGE).parse(source).root_node


def _definitions(module: s.Module) -> tuple[int, int]:
    """How many definitions there are, and how many stand in a class."""
    found = [n for n in s.walk(*module.body, into_scopes=True) if isinstance(n, (s.Function, s.Class))]
    return len(found), sum(isinstance(m, s.Function) for c in found if isinstance(c, s.Class) for m in c.body)


def decoded(source: bytes) -> bytes:
    """The source in UTF-8, where one of its first two lines declares another encoding."""
    match = _CODING.match(source)
    if match is None:
        return source
    try:
        return source.decode(match.group(1).decode("ascii")).encode("utf-8")
    except (LookupError, ValueError):
        return source  # unknown to Python, or no such text


def parse_expression(source: str) -> s.Expr | None:
    """Read one expression (an annotation written as a string); None if it is none or too long."""
    if len(source) > 1000:
        return None
    body = parse(source.strip().encode("utf-8", "replace")).body
    if len(body) == 1 and isinstance(body[0], s.Expression) and not isinstance(body[0].value, s.Opaque):
        return body[0].value
    return None


def _unescape(match: re.Match[str]) -> str:
    body = match.group(1)
    if body in _SIMPLE:
        return _SIMPLE[body]
    if body[0] in "xuU":
        code = int(body[1:], 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    if body[0] == "N":
        try:
            return unicodedata.lookup(body[2:-1])
        except KeyError:
            return match.group(0)
    return chr(int(body, 8))


class _Reader:
    """Holds the bytes of one file while its tree is turned into a module."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.depth = 0
        self.cut: list[int] = []
        self.yields = [False]
        self.definitions = 0
        self.lost: list[int] = []

    # --- module and blocks ---------------------------------------------------------------------

    def module(self, root: Any) -> s.Module:
        body = self.block(root)
        errors = tuple(dict.fromkeys(self._errors(root))) if root.has_error else ()
        return s.Module(
            body=body,
            lines=self.source.count(b"\n") + (0 if self.source.endswith(b"\n") or not self.source else 1),
            comments=tuple(self._comments(root)),
            errors=tuple(sorted({*errors, *self.lost}))[:MAX_ERRORS],
            cut=tuple(dict.fromkeys(self.cut))[:MAX_ERRORS],
            walrus=b":=" in self.source,
        )

    def _errors(self, root: Any) -> Iterator[int]:
        """Lines of ERROR and missing nodes, entering only what holds one."""
        stack = [root]
        while stack:
            node = stack.pop()
            if node.is_error or node.is_missing:
                yield node.start_point[0] + 1
                continue
            stack.extend(c for c in reversed(node.children) if c.has_error or c.is_missing)

    def _comments(self, root: Any) -> Iterator[s.Comment]:
        """Comments addressed to Byte; the text search spares walking files that have none."""
        if b"byte" not in self.source or b"allow" not in self.source:
            return
        stack = [root]
        while stack:
            node = stack.pop()
            if node.type == "comment":
                content = self.text(node)
                if _BYTE_COMMENT.match(content):
                    row, column = node.start_point
                    start = node.start_byte
                    alone = not self.source[start - column : start].strip()
                    yield s.Comment(row + 1, content, alone)
            else:
                stack.extend(reversed(node.children))

    def block(self, node: Any) -> tuple[s.Stmt, ...]:
        out: list[s.Stmt] = []
        if node is None:
            return ()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.cut.append(node.start_point[0] + 1)
        else:
            for child in node.named_children:
                handler = _STATEMENTS.get(child.type)
                if handler is not None:
                    out.append(self._statement(handler, child))
                elif child.type not in ("comment", "line_continuation"):
                    out.append(s.Broken(child.start_point[0] + 1, self.text(child)[:200]))
        self.depth -= 1
        return tuple(out)

    def _statement(self, handler: Callable[["_Reader", Any], s.Stmt], node: Any) -> s.Stmt:
        depth, yields = self.depth, len(self.yields)
        try:
            return handler(self, node)
        except (AttributeError, IndexError, ValueError):
            self.depth = depth
            del self.yields[yields:]
            self.lost.append(node.start_point[0] + 1)
            return s.Broken(node.start_point[0] + 1, self.text(node)[:200])

    def end(self, node: Any) -> int:
        """The last line of a compound statement; the grammar counts the comments after its body in."""
        while node.type in _COMPOUND:
            count = node.named_child_count
            while count and node.named_child(count - 1).type == "comment":
                count -= 1
            if not count:
                break
            node = node.named_child(count - 1)
        return int(node.end_point[0]) + 1

    def text(self, node: Any) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    # --- expressions ---------------------------------------------------------------------------

    def expr(self, node: Any) -> s.Expr:
        handler = _EXPRESSIONS.get(node.type)
        line = node.start_point[0] + 1
        if handler is None:
            return s.Opaque(line, self.text(node)[:200])
        if self.depth >= MAX_DEPTH:
            self.cut.append(line)
            return s.Opaque(line, self.text(node)[:200])
        self.depth += 1
        try:
            return handler(self, node, line)
        except (AttributeError, IndexError, ValueError):
            # Broken source can lack what the grammar promises; whole source cannot.
            self.lost.append(line)
            return s.Opaque(line, self.text(node)[:200])
        finally:
            self.depth -= 1

    def maybe(self, node: Any) -> s.Expr | None:
        return None if node is None else self.expr(node)

    def named(self, node: Any) -> list[Any]:
        return [c for c in node.named_children if c.type not in ("comment", "line_continuation")]

    def first(self, node: Any) -> s.Expr:
        items = self.named(node)
        return self.expr(items[0]) if items else s.Opaque(node.start_point[0] + 1, self.text(node)[:200])

    def identifier(self, node: Any, line: int) -> s.Expr:
        return s.Name(line, self.text(node))

    def attribute(self, node: Any, line: int) -> s.Expr:
        # The line of an attribute is where its name stands: method chains run over many lines.
        name = node.child_by_field_name("attribute")
        value = self.expr(node.child_by_field_name("object"))
        return s.Attribute(name.start_point[0] + 1, value, self.text(name))

    def member(self, node: Any, line: int) -> s.Expr:
        """`a.b` in an annotation, which has no named fields."""
        owner, name = self.named(node)[:2]
        return s.Attribute(name.start_point[0] + 1, self.expr(owner), self.text(name))

    def integer(self, node: Any, line: int) -> s.Expr:
        raw = self.text(node).replace("_", "").rstrip("lL")
        if raw[-1:] in "jJ":
            return s.Constant(line, raw, "complex")
        try:
            value = int(raw, 0) if len(raw) < 4000 else None
        except ValueError:
            value = None
        if value is None or value > _LARGEST:
            return s.Constant(line, raw[:40], "int")
        return s.Constant(line, value, "int")

    def float(self, node: Any, line: int) -> s.Expr:
        raw = self.text(node).replace("_", "")
        if raw[-1:] in "jJ":
            return s.Constant(line, raw, "complex")
        try:
            return s.Constant(line, float(raw), "float")
        except ValueError:
            return s.Opaque(line, raw[:200])

    def string(self, node: Any, line: int) -> s.Expr:
        parts: list[s.Expr] = []
        formats: list[tuple[int, str, str]] = []
        prefix, quotes, buffer, done, interpolated = "", "", "", node.start_byte, False
        for child in node.children:
            kind = child.type
            if kind == "string_start":
                opening = self.text(child)
                prefix = opening.rstrip("'\"").lower()
                quotes = opening[len(prefix) :]
            elif kind == "interpolation" or kind == "string_end":
                # A text of backslashes has no node of its own, or is part of the end: what lies between is text.
                end = child.end_byte - len(quotes) if kind == "string_end" else child.start_byte
                buffer += self._literal(done, end, prefix)
            else:
                continue
            done = child.end_byte
            if kind == "interpolation":
                interpolated = True
                buffer += self._shown(child)
                if buffer:
                    parts.append(s.Constant(line, buffer, "str"))
                    buffer = ""
                shown = self._format(child)
                if shown is not None:
                    formats.append((len(parts), *shown))
                parts.append(self._interpolation(child))
        if interpolated:
            if buffer:
                parts.append(s.Constant(line, buffer, "str"))
            return s.FString(line, tuple(parts), tuple(formats))
        return s.Constant(line, buffer, "bytes" if "b" in prefix else "str")

    def _literal(self, start: int, end: int, prefix: str) -> str:
        """The text that this part of a string literal stands for."""
        content = self.source[start:end].decode("utf-8", "replace").replace("\r\n", "\n")
        if "f" in prefix or "t" in prefix:
            content = content.replace("{{", "{").replace("}}", "}")
        if "r" in prefix or "\\" not in content:
            return content
        return (_BYTES_ESCAPE if "b" in prefix else _ESCAPE).sub(_unescape, content)

    def _interpolation(self, node: Any) -> s.Expr:
        inner = node.child_by_field_name("expression")
        if inner is not None and inner.type == "named_expression":
            inner = inner.child_by_field_name("name")  # `{x:=10}` is `x` with the format `=10`
        return self.expr(inner) if inner is not None else s.Opaque(node.start_point[0] + 1, self.text(node)[:200])

    def _format(self, node: Any) -> tuple[str, str] | None:
        """Conversion and format of an interpolation, None if it has neither."""
        conversion = spec = ""
        equals = False
        for child in node.children:
            if child.type == "type_conversion":
                conversion = self.text(child)[1:]
            elif child.type == "format_specifier":
                spec = self.text(child)[1:]
            equals = equals or child.type == "="
        if equals and not conversion and not spec:
            conversion = "r"
        if not conversion and not spec:
            return None
        return conversion, "{" if "{" in spec else spec

    def _shown(self, node: Any) -> str:
        """The `x=` that `{x=}` puts before the value."""
        for child in node.children:
            if child.type == "=":
                after = self.source[child.end_byte : node.end_byte]
                end = child.end_byte + len(after) - len(after.lstrip())
                return self.source[node.start_byte + 1 : end].decode("utf-8", "replace")
        return ""

    def concatenated(self, node: Any, line: int) -> s.Expr:
        parts: list[s.Expr] = []
        formats: list[tuple[int, str, str]] = []
        pieces = [self.expr(child) for child in self.named(node)]
        for piece in pieces:
            if isinstance(piece, s.FString):
                formats.extend((len(parts) + i, conversion, spec) for i, conversion, spec in piece.formats)
            parts.extend(piece.parts if isinstance(piece, s.FString) else (piece,))
        if all(isinstance(p, s.Constant) for p in pieces):
            kind = "bytes" if any(isinstance(p, s.Constant) and p.kind == "bytes" for p in parts) else "str"
            return s.Constant(line, "".join(str(p.value) for p in parts if isinstance(p, s.Constant)), kind)  # type: ignore[arg-type]
        return s.FString(line, tuple(parts), tuple(formats))

    def call(self, node: Any, line: int) -> s.Expr:
        func = self.expr(node.child_by_field_name("function"))
        arguments = node.child_by_field_name("arguments")
        if arguments.type == "generator_expression":
            args, keywords = [self.expr(arguments)], list[s.Keyword]()
        else:
            args, keywords = self._arguments(arguments)
        return s.Call(func.line, func, tuple(args), tuple(keywords), node.end_point[0] + 1)

    def _arguments(self, node: Any) -> tuple[list[s.Expr], list[s.Keyword]]:
        """What stands between the parentheses of a call or of a class."""
        args: list[s.Expr] = []
        keywords: list[s.Keyword] = []
        for child in self.named(node):
            if child.type == "keyword_argument":
                value = self.expr(child.child_by_field_name("value"))
                name = self.text(child.child_by_field_name("name"))
                keywords.append(s.Keyword(child.start_point[0] + 1, name, value))
            elif child.type == "dictionary_splat":
                keywords.append(s.Keyword(child.start_point[0] + 1, None, self.first(child)))
            else:
                args.append(self.item(child))
        return args, keywords

    def subscript(self, node: Any, line: int) -> s.Expr:
        value = self.expr(node.child_by_field_name("value"))
        items = [self.item(c) for c in node.children_by_field_name("subscript")]
        commas = any(c.type == "," for c in node.children)
        return s.Subscript(line, value, self._index(items, commas, line))

    def _index(self, items: list[s.Expr], commas: bool, line: int) -> s.Expr:
        if len(items) == 1 and not commas and not isinstance(items[0], s.Starred):
            return items[0]
        return s.Sequence(line, "tuple", tuple(items))

    def generic_type(self, node: Any, line: int) -> s.Expr:
        items = self.named(node)
        value = self.expr(items[0])
        inner = [self.item(c) for p in items[1:] for c in self.named(p)]
        commas = any(c.type == "," for p in items[1:] for c in p.children)
        return s.Subscript(line, value, self._index(inner, commas, line))

    def type_(self, node: Any, line: int) -> s.Expr:
        items = self.named(node)
        return self.item(items[0]) if items else s.Opaque(line, self.text(node)[:200])

    def union_type(self, node: Any, line: int) -> s.Expr:
        items = [self.expr(c) for c in self.named(node)]
        out = items[0]
        for item in items[1:]:
            out = s.Binary(line, out, "|", item)
        return out

    def slice(self, node: Any, line: int) -> s.Expr:
        parts: list[s.Expr | None] = [None, None, None]
        place = 0
        for child in node.children:
            if child.type == ":":
                place += 1
            elif child.is_named and child.type != "comment" and place < 3:
                parts[place] = self.expr(child)
        return s.Slice(line, *parts)

    def binary(self, node: Any, line: int) -> s.Expr:
        left = self.expr(node.child_by_field_name("left"))
        right = self.expr(node.child_by_field_name("right"))
        return s.Binary(line, left, self.text(node.child_by_field_name("operator")), right)

    def boolean(self, node: Any, line: int) -> s.Expr:
        left = self.expr(node.child_by_field_name("left"))
        right = self.expr(node.child_by_field_name("right"))
        op = self.text(node.child_by_field_name("operator"))
        return s.Boolean(line, "and" if op == "and" else "or", left, right)

    def unary(self, node: Any, line: int) -> s.Expr:
        op = self.text(node.child_by_field_name("operator"))
        return s.Unary(line, op, self.expr(node.child_by_field_name("argument")))

    def negation(self, node: Any, line: int) -> s.Expr:
        return s.Unary(line, "not", self.expr(node.child_by_field_name("argument")))

    def comparison(self, node: Any, line: int) -> s.Expr:
        operands: list[s.Expr] = []
        ops: list[str] = []
        for child in node.children:
            if child.is_named and child.type not in ("comment", "line_continuation"):
                operands.append(self.expr(child))
            elif not child.is_named and child.type != "line_continuation":
                ops.append(" ".join(self.text(child).split()))
        return s.Compare(line, operands[0], tuple(ops), tuple(operands[1:]))

    def conditional(self, node: Any, line: int) -> s.Expr:
        items = self.named(node)
        if len(items) != 3:
            return s.Opaque(line, self.text(node)[:200])
        return s.Conditional(line, self.expr(items[0]), self.expr(items[1]), self.expr(items[2]))

    def lambda_(self, node: Any, line: int) -> s.Expr:
        params = self.params(node.child_by_field_name("parameters"))
        self.yields.append(False)
        body = self.expr(node.child_by_field_name("body"))
        self.yields.pop()
        return s.Lambda(line, params, body)

    def await_(self, node: Any, line: int) -> s.Expr:
        return s.Await(line, self.first(node))

    def yield_(self, node: Any, line: int) -> s.Expr:
        self.yields[-1] = True
        items = self.named(node)
        delegates = any(c.type == "from" for c in node.children)
        return s.Yield(line, self.expr(items[0]) if items else None, delegates)

    def starred(self, node: Any, line: int) -> s.Expr:
        return s.Starred(line, self.first(node), node.children[0].type == "**")

    def list_(self, node: Any, line: int) -> s.Expr:
        return s.Sequence(line, "list", tuple(self.item(c) for c in self.named(node)))

    def tuple_(self, node: Any, line: int) -> s.Expr:
        items = self.named(node)
        if node.type == "tuple_pattern" and len(items) == 1 and not any(c.type == "," for c in node.children):
            return self.expr(items[0])  # `(x): int = 1`
        return s.Sequence(line, "tuple", tuple(self.item(c) for c in items))

    def set_(self, node: Any, line: int) -> s.Expr:
        return s.Sequence(line, "set", tuple(self.item(c) for c in self.named(node)))

    def item(self, node: Any) -> s.Expr:
        """An item of a display; the grammar reads `[*a.b()]` as `(*a).b()`."""
        if node.type in _SPLATS or self.source[node.start_byte : node.start_byte + 1] != b"*":
            return self.expr(node)
        return _splat(self.expr(node))

    def parenthesized(self, node: Any, line: int) -> s.Expr:
        return self.first(node)

    def dictionary(self, node: Any, line: int) -> s.Expr:
        keys: list[s.Expr | None] = []
        values: list[s.Expr] = []
        for child in self.named(node):
            if child.type == "pair":
                keys.append(self.expr(child.child_by_field_name("key")))
                values.append(self.expr(child.child_by_field_name("value")))
            elif child.type == "dictionary_splat":
                keys.append(None)
                values.append(self.first(child))
        return s.Mapping(line, tuple(keys), tuple(values))

    def comprehension(self, node: Any, line: int) -> s.Expr:
        body = node.child_by_field_name("body")
        key = None
        if body.type == "pair":
            key = self.expr(body.child_by_field_name("key"))
            body = body.child_by_field_name("value")
        generators: list[s.Generator] = []
        for child in self.named(node):
            if child.type == "for_in_clause":
                target = self.expr(child.child_by_field_name("left"))
                source = [self.expr(c) for c in child.children_by_field_name("right") if c.is_named]
                iter_ = source[0] if len(source) == 1 else s.Sequence(line, "tuple", tuple(source))
                is_async = child.children[0].type == "async"
                generators.append(s.Generator(child.start_point[0] + 1, target, iter_, (), is_async))
            elif child.type == "if_clause" and generators:
                last = generators[-1]
                conditions = (*last.conditions, self.first(child))
                generators[-1] = s.Generator(last.line, last.target, last.iter, conditions, last.is_async)
        kind = _COMPREHENSIONS[node.type]
        return s.Comprehension(line, kind, self.expr(body), key, tuple(generators))

    def walrus(self, node: Any, line: int) -> s.Expr:
        return s.Walrus(line, self.text(node.child_by_field_name("name")), self.expr(node.child_by_field_name("value")))

    def keyword_constant(self, node: Any, line: int) -> s.Expr:
        return _KEYWORDS[node.type](line)

    # --- parameters ----------------------------------------------------------------------------

    def params(self, node: Any) -> tuple[s.Param, ...]:
        out: list[s.Param] = []
        kind = "normal"
        if node is None:
            return ()
        for child in node.named_children:
            if child.type == "positional_separator":
                out = [s.Param(p.line, p.name, p.annotation, p.default, "positional") for p in out]
            elif child.type == "keyword_separator":
                kind = "keyword"
            elif child.type not in ("comment", "line_continuation"):
                param = self._param(child, kind)
                if param is not None:
                    kind = "keyword" if param.kind == "args" else kind
                    out.append(param)
        return tuple(out)

    def _param(self, node: Any, kind: Any) -> s.Param | None:
        line = node.start_point[0] + 1
        annotation = default = None
        name_node = node
        if node.type in ("typed_parameter", "typed_default_parameter", "default_parameter"):
            annotation = self.maybe(node.child_by_field_name("type"))
            default = self.maybe(node.child_by_field_name("value"))
            name_node = node.child_by_field_name("name") or node.named_children[0]
        if name_node.type == "list_splat_pattern":
            kind, name_node = "args", name_node.named_children[0]
        elif name_node.type == "dictionary_splat_pattern":
            kind, name_node = "kwargs", name_node.named_children[0]
        if name_node.type != "identifier":
            return None
        return s.Param(line, self.text(name_node), annotation, default, kind)

    # --- statements ----------------------------------------------------------------------------

    def decorated(self, node: Any) -> s.Stmt:
        decorators = tuple(self.first(c) for c in node.named_children if c.type == "decorator")
        definition = node.child_by_field_name("definition")
        start = node.start_point[0] + 1
        if definition.type == "class_definition":
            return self._class(definition, decorators, start)
        return self._function(definition, decorators, start)

    def function(self, node: Any) -> s.Stmt:
        return self._function(node, (), node.start_point[0] + 1)

    def class_(self, node: Any) -> s.Stmt:
        return self._class(node, (), node.start_point[0] + 1)

    def _function(self, node: Any, decorators: tuple[s.Expr, ...], start: int) -> s.Function:
        self.yields.append(False)
        self.definitions += 1
        before = self.definitions
        params = self.params(node.child_by_field_name("parameters"))
        returns = self.maybe(node.child_by_field_name("return_type"))
        body = self.block(node.child_by_field_name("body"))
        return s.Function(
            line=node.start_point[0] + 1,
            start=start,
            end=self.end(node),
            name=self.text(node.child_by_field_name("name")),
            params=params,
            returns=returns,
            decorators=decorators,
            body=body,
            is_async=node.children[0].type == "async",
            is_generator=self.yields.pop(),
            type_params=self._type_params(node),
            nests=self.definitions > before,
        )

    def _type_params(self, node: Any) -> tuple[str, ...]:
        params = node.child_by_field_name("type_parameters")
        return () if params is None else tuple(self.text(c) for c in self.named(params))

    def _class(self, node: Any, decorators: tuple[s.Expr, ...], start: int) -> s.Class:
        self.definitions += 1
        supers = node.child_by_field_name("superclasses")
        bases, keywords = self._arguments(supers) if supers is not None else ([], [])
        return s.Class(
            line=node.start_point[0] + 1,
            start=start,
            end=self.end(node),
            name=self.text(node.child_by_field_name("name")),
            bases=tuple(bases),
            keywords=tuple(keywords),
            decorators=decorators,
            body=self.block(node.child_by_field_name("body")),
            type_params=self._type_params(node),
        )

    def expression_statement(self, node: Any) -> s.Stmt:
        line, end = node.start_point[0] + 1, node.end_point[0] + 1
        items = self.named(node)
        if not items:
            return s.Broken(line, self.text(node)[:200])
        if len(items) > 1 or any(c.type == "," for c in node.children):
            return s.Expression(line, s.Sequence(line, "tuple", tuple(self.expr(i) for i in items)), end)
        if items[0].type == "assignment":
            return self._assignment(items[0], line, end)
        if items[0].type == "augmented_assignment":
            inner = items[0]
            target = self.expr(inner.child_by_field_name("left"))
            op = self.text(inner.child_by_field_name("operator"))
            return s.Augment(line, target, op.rstrip("="), self.expr(inner.child_by_field_name("right")))
        return s.Expression(line, self.expr(items[0]), end)

    def _assignment(self, node: Any, line: int, end: int) -> s.Stmt:
        targets: list[s.Expr] = []
        annotation = self.maybe(node.child_by_field_name("type"))
        while True:
            targets.append(self.expr(node.child_by_field_name("left")))
            right = node.child_by_field_name("right")
            if right is None or right.type != "assignment":
                break
            if len(targets) > MAX_DEPTH:
                self.cut.append(line)
                break
            node = right
        return s.Assign(line, tuple(targets), self.maybe(right), annotation, end)

    def import_(self, node: Any) -> s.Stmt:
        return s.Import(node.start_point[0] + 1, tuple(self._import_names(node)))

    def _import_names(self, node: Any) -> Iterator[tuple[str, str | None]]:
        for child in node.children_by_field_name("name"):
            if child.type == "aliased_import":
                alias = self.text(child.child_by_field_name("alias"))
                yield self._module_name(child.child_by_field_name("name")), alias
            else:
                yield self._module_name(child), None

    def _module_name(self, node: Any) -> str:
        return "".join(self.text(node).split())

    def import_from(self, node: Any) -> s.Stmt:
        level, module = 0, "__future__"
        source = node.child_by_field_name("module_name")
        if source is not None and source.type == "relative_import":
            module = ""
            for child in source.named_children:
                if child.type == "import_prefix":
                    level = self.text(child).count(".")
                else:
                    module = self._module_name(child)
        elif source is not None:
            module = self._module_name(source)
        names = list(self._import_names(node))
        if any(c.type == "wildcard_import" for c in node.children):
            names.append(("*", None))
        return s.ImportFrom(node.start_point[0] + 1, module, level, tuple(names))

    def return_(self, node: Any) -> s.Stmt:
        items = self.named(node)
        value = self.expr(items[0]) if items else None
        return s.Return(node.start_point[0] + 1, value, node.end_point[0] + 1)

    def raise_(self, node: Any) -> s.Stmt:
        cause = node.child_by_field_name("cause")
        items = [c for c in self.named(node) if cause is None or c.id != cause.id]
        exc = self.expr(items[0]) if items else None
        return s.Raise(node.start_point[0] + 1, exc, self.maybe(cause))

    def if_(self, node: Any) -> s.Stmt:
        alternatives = [c for c in node.children_by_field_name("alternative") if c.type != "comment"]
        orelse: tuple[s.Stmt, ...] = ()
        self.depth += 1
        for index, branch in enumerate(reversed(alternatives)):
            body = self.block(branch.child_by_field_name("body" if branch.type == "else_clause" else "consequence"))
            if branch.type == "else_clause":
                orelse = body
            elif index >= MAX_DEPTH // 2:
                # msgpack nests an elif chain as deep as it is long.
                self.cut.append(branch.start_point[0] + 1)
            else:
                test = self.expr(branch.child_by_field_name("condition"))
                orelse = (s.If(branch.start_point[0] + 1, test, body, orelse),)
        self.depth -= 1
        test = self.expr(node.child_by_field_name("condition"))
        return s.If(node.start_point[0] + 1, test, self.block(node.child_by_field_name("consequence")), orelse)

    def _else(self, node: Any) -> tuple[s.Stmt, ...]:
        for child in node.named_children:
            if child.type == "else_clause":
                return self.block(child.child_by_field_name("body"))
        return ()

    def for_(self, node: Any) -> s.Stmt:
        return s.For(
            line=node.start_point[0] + 1,
            end=self.end(node),
            target=self.expr(node.child_by_field_name("left")),
            iter=self.expr(node.child_by_field_name("right")),
            body=self.block(node.child_by_field_name("body")),
            orelse=self._else(node),
            is_async=node.children[0].type == "async",
        )

    def while_(self, node: Any) -> s.Stmt:
        return s.While(
            line=node.start_point[0] + 1,
            end=self.end(node),
            test=self.expr(node.child_by_field_name("condition")),
            body=self.block(node.child_by_field_name("body")),
            orelse=self._else(node),
        )

    def try_(self, node: Any) -> s.Stmt:
        handlers: list[s.Handler] = []
        final: tuple[s.Stmt, ...] = ()
        for child in node.named_children:
            if child.type in ("except_clause", "except_group_clause"):
                handlers.append(self._handler(child))
            elif child.type == "finally_clause":
                final = self.block(next((c for c in child.named_children if c.type == "block"), None))
        return s.Try(
            line=node.start_point[0] + 1,
            end=self.end(node),
            body=self.block(node.child_by_field_name("body")),
            handlers=tuple(handlers),
            orelse=self._else(node),
            final=final,
        )

    def _handler(self, node: Any) -> s.Handler:
        catches: s.Expr | None = None
        name: str | None = None
        body: tuple[s.Stmt, ...] = ()
        for child in self.named(node):
            if child.type == "block":
                body = self.block(child)
            elif child.type == "as_pattern":
                catches, target = self._as(child)
                name = target.id if isinstance(target, s.Name) else None
            elif catches is None:
                catches = self.expr(child)
        return s.Handler(node.start_point[0] + 1, self.end(node), catches, name, body)

    def _as(self, node: Any) -> tuple[s.Expr, s.Expr | None]:
        items = self.named(node)
        target = items[1] if len(items) > 1 else None
        return self.expr(items[0]), None if target is None else self.first(target)

    def as_pattern(self, node: Any, line: int) -> s.Expr:
        return self._as(node)[0]

    def with_(self, node: Any) -> s.Stmt:
        items: list[tuple[s.Expr, s.Expr | None]] = []
        clause = next((c for c in node.named_children if c.type == "with_clause"), None)
        for item in self.named(clause) if clause is not None else ():
            value = item.child_by_field_name("value") if item.type == "with_item" else item
            for part in self.named(value) if value.type == "tuple" else (value,):
                items.append(self._as(part) if part.type == "as_pattern" else (self.expr(part), None))
        return s.With(
            line=node.start_point[0] + 1,
            end=self.end(node),
            items=tuple(items),
            body=self.block(node.child_by_field_name("body")),
            is_async=node.children[0].type == "async",
        )

    def match(self, node: Any) -> s.Stmt:
        cases: list[s.Case] = []
        body = node.child_by_field_name("body")
        for child in body.named_children if body is not None else ():
            if child.type == "case_clause":
                cases.append(self._case(child))
        subjects = [self.item(c) for c in node.children_by_field_name("subject")]
        line = node.start_point[0] + 1
        alone = len(subjects) == 1 and not any(c.type == "," for c in node.children)
        subject = subjects[0] if alone else s.Sequence(line, "tuple", tuple(subjects))
        return s.Match(line, self.end(node), subject, tuple(cases))

    def _case(self, node: Any) -> s.Case:
        patterns = [c for c in node.named_children if c.type == "case_pattern"]
        line = node.start_point[0] + 1
        pattern = s.Opaque(line, ", ".join(self.text(p) for p in patterns)[:200])
        guard = node.child_by_field_name("guard")
        return s.Case(
            line=line,
            pattern=pattern,
            binds=tuple(dict.fromkeys(n for p in patterns for n in self._captures(p))),
            guard=None if guard is None else self.first(guard),
            body=self.block(node.child_by_field_name("consequence")),
        )

    def _captures(self, node: Any) -> Iterator[str]:
        """Names bound by a pattern: a lone identifier, `*rest`, `**rest` or `as name`."""
        stack = [node]
        while stack:
            item = stack.pop()
            kind = item.type
            if kind == "dotted_name":
                name = self.text(item)
                if "." not in name and name != "_":
                    yield name
            elif kind in ("splat_pattern", "as_pattern_target"):
                yield from (self.text(c) for c in item.named_children if c.type == "identifier")
            elif kind == "as_pattern":
                yield from (self.text(c) for c in item.named_children if c.type == "identifier")
                stack.extend(c for c in item.named_children if c.type != "identifier")
            else:
                children = item.named_children
                skips = kind in ("class_pattern", "keyword_pattern")
                stack.extend(reversed(children[1:] if skips else children))

    def global_(self, node: Any) -> s.Stmt:
        kind = "global" if node.type == "global_statement" else "nonlocal"
        return s.Scope(node.start_point[0] + 1, kind, tuple(self.text(c) for c in self.named(node)))  # type: ignore[arg-type]

    def delete(self, node: Any) -> s.Stmt:
        items = self.named(node)
        flat = self.named(items[0]) if len(items) == 1 and items[0].type == "expression_list" else items
        return s.Delete(node.start_point[0] + 1, tuple(self.expr(c) for c in flat))

    def assert_(self, node: Any) -> s.Stmt:
        items = [self.expr(c) for c in self.named(node)]
        line = node.start_point[0] + 1
        if not items:
            return s.Broken(line, self.text(node)[:200])
        return s.Assert(line, items[0], items[1] if len(items) > 1 else None)

    def jump(self, node: Any) -> s.Stmt:
        return s.Jump(node.start_point[0] + 1, node.type.split("_")[0])

    def type_alias(self, node: Any) -> s.Stmt:
        line = node.start_point[0] + 1
        inner = self.named(node.child_by_field_name("left"))[:1]
        if inner and inner[0].type not in ("identifier", "generic_type"):
            # `type(x).y = 1`: the soft keyword is a name there.
            value = self.expr(node.child_by_field_name("right"))
            return s.Assign(line, (self._of_type(inner[0], 0),), value, None, node.end_point[0] + 1)
        left = self.first(node.child_by_field_name("left"))
        name = s.text(left)
        params: tuple[str, ...] = ()
        if isinstance(left, s.Subscript):
            index = left.index
            items = index.items if isinstance(index, s.Sequence) else (index,)
            name, params = s.text(left.value), tuple(s.text(i) for i in items)
        return s.TypeAlias(line, name, params, self.expr(node.child_by_field_name("right")))

    def _of_type(self, node: Any, depth: int) -> s.Expr:
        """The expression that `type` and this node, read without it, make up."""
        line = node.start_point[0] + 1
        name = s.Name(line, "type")
        if depth > MAX_DEPTH:
            return s.Opaque(line, self.text(node)[:200])
        match node.type:
            case "attribute":
                attr = node.child_by_field_name("attribute")
                value = self._of_type(node.child_by_field_name("object"), depth + 1)
                return s.Attribute(attr.start_point[0] + 1, value, self.text(attr))
            case "subscript":
                made = self.expr(node)
                value = self._of_type(node.child_by_field_name("value"), depth + 1)
                return msgspec.structs.replace(made, value=value) if isinstance(made, s.Subscript) else made
            case "call":
                made = self.expr(node)
                func = self._of_type(node.child_by_field_name("function"), depth + 1)
                return msgspec.structs.replace(made, func=func) if isinstance(made, s.Call) else made
            case "parenthesized_expression" | "tuple":
                args = tuple(self.expr(c) for c in self.named(node))
                return s.Call(line, name, args, (), node.end_point[0] + 1)
            case "list":
                items = [self.expr(c) for c in self.named(node)]
                return s.Subscript(line, name, self._index(items, False, line))
            case _:
                return s.Opaque(line, self.text(node)[:200])

    def python2(self, node: Any) -> s.Stmt:
        return s.Broken(node.start_point[0] + 1, self.text(node)[:200])


_COMPREHENSIONS: dict[str, Literal["list", "set", "dict", "generator"]] = {
    "list_comprehension": "list",
    "set_comprehension": "set",
    "dictionary_comprehension": "dict",
    "generator_expression": "generator",
}

_SPLATS = frozenset({"list_splat", "list_splat_pattern", "splat_type"})
_COMPOUND = frozenset(
    {
        "decorated_definition", "function_definition", "class_definition", "if_statement", "for_statement",
        "while_statement", "try_statement", "with_statement", "match_statement", "block", "elif_clause", "else_clause",
        "except_clause", "except_group_clause", "finally_clause", "case_clause",
    }
)  # fmt: skip


def _splat(expr: s.Expr) -> s.Expr:
    """`(*a).b()` as `*(a.b())`."""
    field = _LEFTMOST.get(type(expr))
    if field is None:
        return expr
    inner = _splat(getattr(expr, field))
    if not isinstance(inner, s.Starred):
        return expr
    return s.Starred(inner.line, msgspec.structs.replace(expr, **{field: inner.value}), False)


_LEFTMOST: dict[type, str] = {
    s.Call: "func",
    s.Attribute: "value",
    s.Subscript: "value",
    s.Binary: "left",
}

_KEYWORDS: dict[str, Callable[[int], s.Expr]] = {
    "true": lambda line: s.Constant(line, True, "bool"),
    "false": lambda line: s.Constant(line, False, "bool"),
    "none": lambda line: s.Constant(line, None, "none"),
    "ellipsis": lambda line: s.Constant(line, None, "ellipsis"),
}

_EXPRESSIONS: dict[str, Callable[[_Reader, Any, int], s.Expr]] = {
    "identifier": _Reader.identifier,
    "attribute": _Reader.attribute,
    "integer": _Reader.integer,
    "float": _Reader.float,
    "string": _Reader.string,
    "concatenated_string": _Reader.concatenated,
    "call": _Reader.call,
    "subscript": _Reader.subscript,
    "generic_type": _Reader.generic_type,
    "union_type": _Reader.union_type,
    "type": _Reader.type_,
    "constrained_type": _Reader.parenthesized,
    "member_type": _Reader.member,
    "splat_type": _Reader.starred,
    "slice": _Reader.slice,
    "binary_operator": _Reader.binary,
    "boolean_operator": _Reader.boolean,
    "unary_operator": _Reader.unary,
    "not_operator": _Reader.negation,
    "comparison_operator": _Reader.comparison,
    "conditional_expression": _Reader.conditional,
    "lambda": _Reader.lambda_,
    "await": _Reader.await_,
    "yield": _Reader.yield_,
    "list_splat": _Reader.starred,
    "dictionary_splat": _Reader.starred,
    "list_splat_pattern": _Reader.starred,
    "dictionary_splat_pattern": _Reader.starred,
    "parenthesized_list_splat": _Reader.parenthesized,
    "list": _Reader.list_,
    "list_pattern": _Reader.list_,
    "tuple": _Reader.tuple_,
    "tuple_pattern": _Reader.tuple_,
    "pattern_list": _Reader.tuple_,
    "expression_list": _Reader.tuple_,
    "set": _Reader.set_,
    "parenthesized_expression": _Reader.parenthesized,
    "dictionary": _Reader.dictionary,
    "list_comprehension": _Reader.comprehension,
    "set_comprehension": _Reader.comprehension,
    "dictionary_comprehension": _Reader.comprehension,
    "generator_expression": _Reader.comprehension,
    "named_expression": _Reader.walrus,
    "as_pattern": _Reader.as_pattern,
    "true": _Reader.keyword_constant,
    "false": _Reader.keyword_constant,
    "none": _Reader.keyword_constant,
    "ellipsis": _Reader.keyword_constant,
}

_STATEMENTS: dict[str, Callable[[_Reader, Any], s.Stmt]] = {
    "decorated_definition": _Reader.decorated,
    "function_definition": _Reader.function,
    "class_definition": _Reader.class_,
    "expression_statement": _Reader.expression_statement,
    "import_statement": _Reader.import_,
    "import_from_statement": _Reader.import_from,
    "future_import_statement": _Reader.import_from,
    "return_statement": _Reader.return_,
    "raise_statement": _Reader.raise_,
    "if_statement": _Reader.if_,
    "for_statement": _Reader.for_,
    "while_statement": _Reader.while_,
    "try_statement": _Reader.try_,
    "with_statement": _Reader.with_,
    "match_statement": _Reader.match,
    "global_statement": _Reader.global_,
    "nonlocal_statement": _Reader.global_,
    "delete_statement": _Reader.delete,
    "assert_statement": _Reader.assert_,
    "pass_statement": _Reader.jump,
    "break_statement": _Reader.jump,
    "continue_statement": _Reader.jump,
    "type_alias_statement": _Reader.type_alias,
    "print_statement": _Reader.python2,
    "exec_statement": _Reader.python2,
}
