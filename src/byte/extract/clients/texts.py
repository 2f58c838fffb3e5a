"""What a text is made of: literals, constants, settings and their defaults, and what nothing fixes."""

import re
from typing import Final

import msgspec

from byte.extract.clients.frames import Frame, Source, Steps, callers
from byte.extract.linker import internal, key, split
from byte.model import facts as f
from byte.model import syntax as s
from byte.model.clients import HOLE

_DEEPEST: Final = 16
_PARTS_MOST: Final = 200
_TRIMS: Final = frozenset({"rstrip", "strip", "lstrip", "removesuffix", "removeprefix", "lower", "unicode_string"})
_PLAIN: Final = frozenset(
    {"builtins.str", "httpx.URL", "yarl.URL", "urllib.parse.quote", "urllib.parse.quote_plus", "typing.cast"}
)
_ENVIRONMENT: Final = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault"})
_PERCENT: Final = re.compile(r"%(?:\([^()]*\))?[-+ #0]{0,5}[0-9*]{0,9}(?:\.[0-9*]{1,9})?[a-zA-Z]")
_BRACES: Final = re.compile(r"\{[^{}]*\}")
_INSERTS: Final = frozenset({"%s", "%d", "%i", HOLE})
"""Marks that the next value takes the place of as it is."""
_JOINS: Final = frozenset({"urllib.parse.urljoin", "os.path.join", "posixpath.join"})


class Part(msgspec.Struct, frozen=True):
    """A piece of a text: `text` is None for what nothing fixes; `names` are what the source calls it.

    `parameter` says that it depends on who calls the function.
    """

    text: str | None
    names: tuple[str, ...] = ()
    parameter: bool = False


Parts = tuple[Part, ...]
UNKNOWN: Final[Parts] = (Part(None),)


def shown(parts: Parts) -> str:
    """The text with `{}` for what nothing fixes."""
    return "".join(HOLE if part.text is None else part.text for part in parts)


def fixed(parts: Parts) -> str | None:
    """The text where all of it is fixed."""
    return None if any(part.text is None for part in parts) else "".join(part.text or "" for part in parts)


def begins(parts: Parts, whole: str) -> bool:
    """Whether the known beginning of a text is this."""
    return bool(parts) and (parts[0].text or "").startswith(whole)


class Texts:
    """Evaluates expressions to texts, in the frame that they stand in."""

    def __init__(self, source: Source, steps: Steps) -> None:
        self._source = source
        self._steps = steps
        self._attributes: dict[tuple[str, str], Parts] = {}
        self._grows: dict[str, dict[str, list[s.Augment]]] = {}

    def of(self, frame: Frame, expr: s.Expr | None, depth: int = 0) -> Parts:
        """What a text is made of."""
        if expr is None or depth > _DEEPEST or not self._steps.take():
            return UNKNOWN
        parts = self._parts(frame, expr, depth)
        return parts if len(parts) <= _PARTS_MOST else UNKNOWN

    def _parts(self, frame: Frame, expr: s.Expr, depth: int) -> Parts:
        match expr:
            case s.Constant():
                return (Part(str(expr.value)),) if expr.kind in ("str", "int") else UNKNOWN
            case s.FString():
                return tuple(part for piece in expr.parts for part in self.of(frame, piece, depth + 1))
            case s.Binary():
                return self._binary(frame, expr, depth)
            case s.Name():
                return self._name(frame, expr, depth)
            case s.Attribute():
                return self._attribute(frame, expr, depth)
            case s.Subscript():
                return self._item(frame, expr, depth)
            case s.Call():
                return self._call(frame, expr, depth)
            case s.Boolean() if expr.op == "or":
                left = self.of(frame, expr.left, depth + 1)
                return left if fixed(left) else _or(left, self.of(frame, expr.right, depth + 1))
            case s.Await() | s.Walrus():
                return self.of(frame, expr.value, depth + 1)
            case _:
                return UNKNOWN

    # --- operators -----------------------------------------------------------------------------

    def _binary(self, frame: Frame, expr: s.Binary, depth: int) -> Parts:
        left, right = self.of(frame, expr.left, depth + 1), expr.right
        if expr.op == "+":
            return (*left, *self.of(frame, right, depth + 1))
        if expr.op == "/":
            return joined(left, self.of(frame, right, depth + 1))
        if expr.op == "%":
            values = right.items if isinstance(right, s.Sequence) and right.kind == "tuple" else (right,)
            return self._formatted(frame, fixed(left), "%", values, depth)
        return UNKNOWN

    def _formatted(
        self, frame: Frame, template: str | None, style: str, values: tuple[s.Expr, ...], depth: int
    ) -> Parts:
        """`"/orders/%s" % value`, `"/orders/{}".format(value)`."""
        if template is None:
            return UNKNOWN
        marks = _PERCENT if style == "%" else _BRACES
        out: list[Part] = []
        end = taken = 0
        for mark in marks.finditer(template):
            out.append(Part(template[end : mark.start()]))
            end = mark.end()
            if mark[0] not in _INSERTS:
                # By name, by number, or in a form of its own: that something stands there is all that is known.
                out.extend(UNKNOWN)
                continue
            out.extend(self.of(frame, values[taken], depth + 1) if taken < len(values) else UNKNOWN)
            taken += 1
        return tuple(part for part in (*out, Part(template[end:])) if part.text != "")

    # --- names ---------------------------------------------------------------------------------

    def _name(self, frame: Frame, expr: s.Name, depth: int) -> Parts:
        found = self._source.types.local(frame.function, expr.id, expr.line)
        if found is None or found[1].how == "import":
            return self._target(self._source.types.resolve(frame.function.path, expr, frame.function), expr.id, depth)
        place, entry = found
        if entry.how == "param":
            return self._parameter(frame, place, expr.id, depth)
        if entry.how != "is" or entry.expr is None or place.key != frame.function.key or _within(entry.expr, expr.id):
            return (Part(None, (expr.id,)),)
        alone = sum(e.how in ("is", "param") for e in self._source.types.locals(place)[expr.id]) == 1
        made = self.of(frame, entry.expr, depth + 1)
        grown = self._grown(frame, expr, entry.line, depth)
        return UNKNOWN if grown is None else (*(made if alone else _certain(made)), *grown)

    def _grown(self, frame: Frame, expr: s.Name, line: int, depth: int) -> Parts | None:
        """What `name += ...` adds between two lines: query strings, that may be added or not; None for anything else."""
        out: list[Part] = []
        for node in self._growths(frame.function).get(expr.id, ()):
            if line <= node.line <= expr.line:
                more = self.of(frame, node.value, depth + 1)
                if not (begins(more, "?") or begins(more, "&")):
                    return None
                out.extend(more)
        return tuple(out)

    def _growths(self, function: f.Function) -> dict[str, list[s.Augment]]:
        """All `name += ...` of a function, by name."""
        known = self._grows.get(function.key)
        if known is None:
            known = self._grows[function.key] = {}
            for node in s.own(function.node):
                if isinstance(node, s.Augment) and isinstance(node.target, s.Name):
                    known.setdefault(node.target.id, []).append(node)
        return known

    def _parameter(self, frame: Frame, place: f.Function, name: str, depth: int) -> Parts:
        around: Frame | None = frame
        while around is not None and around.function.key != place.key:
            around = around.caller
        found = (around or Frame(place)).bound(name)
        if found is None:
            return (Part(None, (name,), parameter=around is not None and around.caller is None),)
        made = self.of(*found, depth + 1)
        if around is None or found[0] is around:
            # Only its default is known: who calls may give another.
            open_ = around is not None and around.caller is None
            if not _is_address(made):
                return (Part(None, (name,), parameter=open_),)
            return tuple(msgspec.structs.replace(p, names=(*p.names, name), parameter=open_) for p in made)
        return _named(made, name) if fixed(made) is None else made

    def _target(self, target: str | None, name: str, depth: int) -> Parts:
        """A module constant, or an attribute of a class, by its key."""
        if target is None or not internal(target) or split(target)[0].endswith("/"):
            return (Part(None, (name,)),)
        path, inner = split(target)
        owner, dot, attribute = inner.rpartition(".")
        if dot:
            return _named(self._member(key(path, owner), attribute, depth), name)
        binding = self._source.linker.symbols(path).bindings.get(inner)
        if binding is None or binding.kind != "value" or binding.expr is None:
            return (Part(None, (name,)),)
        return _named(self._module(path, binding.expr, depth), name)

    def _module(self, path: str, expr: s.Expr, depth: int) -> Parts:
        """An expression at the top of a module, as if it stood in a function without parameters."""
        return self.of(at_top(path), expr, depth + 1)

    def _attribute(self, frame: Frame, expr: s.Attribute, depth: int) -> Parts:
        name = s.dotted(expr) or expr.attr
        target = self._source.types.resolve(frame.function.path, expr, frame.function)
        if target is not None and internal(target):
            return self._target(target, name, depth)
        owner = self._source.types.of(frame.function, expr.value)
        if owner is not None and internal(owner.name):
            return _named(self._member(owner.name, expr.attr, depth), name)
        return (Part(None, (name,)),)

    def _member(self, cls_key: str, name: str, depth: int) -> Parts:
        """An attribute of a class: what its body, a property, or a method by `self.name = ...` gives it."""
        place = (cls_key, name)
        if place not in self._attributes:
            self._attributes[place] = (Part(None, (name,)),)
            self._attributes[place] = self._found_member(cls_key, name, depth)
        return self._attributes[place]

    def _found_member(self, cls_key: str, name: str, depth: int) -> Parts:
        for base in self._source.linker.mro(cls_key):
            cls = self._source.linker.cls(base)
            if cls is None:
                continue
            assigned = list(assignments(self._source, cls, name))
            if assigned:
                made = {self._assigned(function, value, depth) for function, value in assigned}
                return made.pop() if len(made) == 1 else (Part(None, (name,)),)
            for stmt in cls.node.body:
                if isinstance(stmt, s.Assign) and any(s.dotted(t) == name for t in stmt.targets):
                    return self._class_value(cls, name, stmt, depth)
            method = self._source.function(key(cls.path, f"{cls.qualname}.{name}"))
            if method is not None:
                return self._returned(method, depth)
        return (Part(None, (name,)),)

    def _class_value(self, cls: f.Class, name: str, stmt: s.Assign, depth: int) -> Parts:
        value = stmt.value
        if isinstance(value, s.Call) and (s.dotted(value.func) or "").rpartition(".")[2] == "Field":
            value = s.argument(value, 0, "default")
        if value is None or (isinstance(value, s.Constant) and value.kind in ("none", "ellipsis")):
            return (Part(None, (name,)),)
        made = _named(self._module(cls.path, value, depth), name)
        model = self._source.model(cls.key)
        # Each object of a model has its own; an address is one by default.
        own = model is not None and model.kind != "settings" and not _is_address(made)
        return (Part(None, (name,)),) if own else made

    def _assigned(self, function: f.Function, value: s.Expr, depth: int) -> Parts:
        """What a method gives an attribute; what it is given itself is looked for where objects are made."""
        frame = Frame(function)
        plain = self.of(frame, value, depth + 1)
        if function.node.name != "__init__" or not any(part.parameter for part in plain):
            return plain
        made = {
            self.of(Frame(function, call, Frame(caller)), value, depth + 1)
            for caller, call in callers(self._source, function)
        }
        known = [parts for parts in made if fixed(parts) is not None or any(p.names for p in parts)]
        if len(made) == 1 and known:
            return tuple(msgspec.structs.replace(part, parameter=False) for part in known[0])
        if len(made) > 1:
            plain = tuple(Part(None, part.names) if part.parameter else part for part in plain)
        return tuple(msgspec.structs.replace(part, parameter=False) for part in plain)

    # --- calls ---------------------------------------------------------------------------------

    def _item(self, frame: Frame, expr: s.Subscript, depth: int) -> Parts:
        if self._source.types.resolve(frame.function.path, expr.value, frame.function) == "os.environ":
            return (Part(None, (shown(self.of(frame, expr.index, depth + 1)),)),)
        return UNKNOWN

    def _call(self, frame: Frame, expr: s.Call, depth: int) -> Parts:
        target, _ = self._source.types.target(frame.function, frame.function.path, expr.func)
        if target in _ENVIRONMENT:
            return self._environment(frame, expr, depth)
        if target in _PLAIN and expr.args:
            return self.of(frame, expr.args[-1 if target == "typing.cast" else 0], depth + 1)
        if target in _JOINS and len(expr.args) > 1:
            made = self.of(frame, expr.args[0], depth + 1)
            for argument in expr.args[1:]:
                made = urljoined(made, self.of(frame, argument, depth + 1))
            return made
        callee = self._source.function(target)
        if callee is not None:
            return self._returned(callee, depth, Frame(callee, expr, frame))
        return self._method(frame, expr, depth)

    def _environment(self, frame: Frame, expr: s.Call, depth: int) -> Parts:
        name = shown(self.of(frame, expr.args[0], depth + 1)) if expr.args else ""
        default = s.argument(expr, 1, "default")
        if default is None or (isinstance(default, s.Constant) and default.kind == "none"):
            return (Part(None, (name,)),)
        return _named(self.of(frame, default, depth + 1), name)

    def _method(self, frame: Frame, expr: s.Call, depth: int) -> Parts:
        if not isinstance(expr.func, s.Attribute):
            return UNKNOWN
        verb, owner = expr.func.attr, expr.func.value
        if verb in _TRIMS:
            return self._trimmed(frame, expr, verb, self.of(frame, owner, depth + 1), depth)
        if verb == "format" and not expr.keywords:
            return self._formatted(frame, fixed(self.of(frame, owner, depth + 1)), HOLE, expr.args, depth)
        if verb == "format" and not expr.args:
            return self._by_name(frame, fixed(self.of(frame, owner, depth + 1)), expr, depth)
        if verb == "join" and len(expr.args) == 1 and isinstance(expr.args[0], s.Sequence):
            between = self.of(frame, owner, depth + 1)
            pieces = [self.of(frame, item, depth + 1) for item in expr.args[0].items]
            return tuple(part for i, piece in enumerate(pieces) for part in ((*between, *piece) if i else piece))
        if verb in ("join", "joinpath", "with_path") and expr.args:
            return joined(self.of(frame, owner, depth + 1), self.of(frame, expr.args[0], depth + 1))
        return UNKNOWN

    def _trimmed(self, frame: Frame, expr: s.Call, verb: str, parts: Parts, depth: int) -> Parts:
        what = fixed(self.of(frame, expr.args[0], depth + 1)) if expr.args else None
        if not parts or what is None:
            return parts
        first, last = parts[0], parts[-1]
        if verb in ("rstrip", "removesuffix", "strip") and last.text is not None:
            cut = last.text.removesuffix(what) if verb == "removesuffix" else last.text.rstrip(what)
            parts = (*parts[:-1], msgspec.structs.replace(last, text=cut))
        if verb in ("lstrip", "removeprefix", "strip") and first.text is not None:
            first = parts[0]
            text = first.text or ""
            cut = text.removeprefix(what) if verb == "removeprefix" else text.lstrip(what)
            parts = (msgspec.structs.replace(first, text=cut), *parts[1:])
        return parts

    def _by_name(self, frame: Frame, template: str | None, expr: s.Call, depth: int) -> Parts:
        """`"/orders/{id}".format(id=value)`."""
        if template is None:
            return UNKNOWN
        out: list[Part] = []
        given = {k.name: k.value for k in expr.keywords if k.name is not None}
        for number, piece in enumerate(template.split("{")):
            name, closed, rest = piece.partition("}")
            if number and closed:
                out.extend(self.of(frame, given.get(name), depth + 1))
                out.append(Part(rest))
            else:
                out.append(Part(piece))
        return tuple(part for part in out if part.text != "")

    def _returned(self, function: f.Function, depth: int, frame: Frame | None = None) -> Parts:
        """What a function or property returns, where it has one `return`."""
        returns = [n for n in s.own(function.node) if isinstance(n, s.Return) and n.value is not None]
        if len(returns) != 1 or function.node.is_generator:
            return (Part(None, (function.node.name,)),)
        made = self.of(frame or Frame(function), returns[0].value, depth + 1)
        return _named(made, function.node.name) if fixed(made) is None else made


def assignments(source: Source, cls: f.Class, name: str) -> "list[tuple[f.Function, s.Expr]]":
    """What methods of a class assign to `self.NAME`, with the method."""
    out = []
    for qualname, owner in source.linker.symbols(cls.path).owners.items():
        function = source.function(key(cls.path, qualname)) if owner == cls.qualname else None
        if function is None or not function.node.params:
            continue
        me = f"{function.node.params[0].name}.{name}"
        for node in s.own(function.node):
            if isinstance(node, s.Assign) and node.value is not None and any(s.dotted(t) == me for t in node.targets):
                nothing = isinstance(node.value, s.Constant) and node.value.kind == "none"
                if not nothing:
                    out.append((function, node.value))
    return out


def at_top(path: str) -> Frame:
    """The frame of what stands at the top of a module: that of a function without parameters."""
    body = s.Function(
        line=1, start=1, end=1, name="", params=(), returns=None, decorators=(), body=(), is_async=False,
        is_generator=False, type_params=(), nests=False,
    )  # fmt: skip
    return Frame(f.Function(key(path, "#module"), path, "#module", body))


def joined(base: Parts, path: Parts) -> Parts:
    """Two texts with one slash between them, as clients put a path below their base URL."""
    if not base or not path:
        return base or path
    last, first = base[-1], path[0]
    left = last if last.text is None else msgspec.structs.replace(last, text=last.text.rstrip("/"))
    right = first if first.text is None else msgspec.structs.replace(first, text=first.text.lstrip("/"))
    return (*base[:-1], left, Part("/"), right, *path[1:])


def urljoined(base: Parts, path: Parts) -> Parts:
    """As `urllib.parse.urljoin`: a path that begins with a slash replaces that of the base (RFC 3986, section 5.2)."""
    if begins(path, "http://") or begins(path, "https://"):
        return path
    text = fixed(base)
    if text is not None and "://" in text:
        scheme, _, rest = text.partition("://")
        host, slash, inner = rest.partition("/")
        kept = f"{slash}{inner.rpartition('/')[0]}" if not begins(path, "/") else ""
        return joined((Part(f"{scheme}://{host}{kept}", _names(base)),), path)
    return joined(base, path)


def _named(parts: Parts, *names: str) -> Parts:
    """The same, called so as well: what a text begins with has the name of the whole."""
    if not parts:
        return parts
    first = parts[0]
    return (msgspec.structs.replace(first, names=tuple(dict.fromkeys((*first.names, *names)))), *parts[1:])


def _or(left: Parts, right: Parts) -> Parts:
    """`left or right`, of which the left is not known: an address by default, else either."""
    return _named(right, *_names(left)) if _is_address(right) else left


def _is_address(parts: Parts) -> bool:
    """Whether a text begins as an address or a path does, and not as any value."""
    return begins(parts, "http://") or begins(parts, "https://") or begins(parts, "/")


def _names(parts: Parts) -> tuple[str, ...]:
    return parts[0].names if parts else ()


def _certain(parts: Parts) -> Parts:
    """Of a name that is bound several times only what is plainly a text counts."""
    return parts if any(part.text for part in parts) else UNKNOWN


def _within(expr: s.Expr, name: str) -> bool:
    return any(isinstance(node, s.Name) and node.id == name for node in s.walk(expr))
