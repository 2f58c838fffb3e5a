"""The types of expressions, as far as annotations, constructors and known libraries tell them.

Nothing is guessed: an expression whose type the source does not fix has none.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator

import msgspec

from byte.extract import knowledge, python, symbols
from byte.extract.linker import Linker, internal, key, split
from byte.model import syntax as s
from byte.model.facts import Function, Type

_MAX_DEPTH = 24
_WRAPPERS = frozenset(
    {"typing.Annotated", "typing.ClassVar", "typing.Final", "sqlalchemy.orm.Mapped", "typing.Required"}
)
_GENERATORS = frozenset(
    {
        "typing.Generator", "typing.AsyncGenerator", "typing.Iterator", "typing.AsyncIterator", "typing.Iterable",
        "typing.AsyncIterable", "typing.Awaitable", "typing.Coroutine", "contextlib.AbstractContextManager",
        "contextlib.AbstractAsyncContextManager", "typing.ContextManager", "typing.AsyncContextManager",
    }
)  # fmt: skip
_PROPERTIES = frozenset({"property", "cached_property", "functools.cached_property", "hybrid_property"})
_ELEMENTS = frozenset(
    {
        "builtins.list", "builtins.set", "builtins.tuple", "builtins.frozenset", "typing.Sequence", "typing.Iterable",
        "typing.Iterator", "typing.AsyncIterator", "typing.AsyncGenerator", "typing.Generator", "sqlalchemy.Result",
        "sqlalchemy.ScalarResult", "sqlalchemy.orm.Query", "typing.Collection", "typing.AsyncIterable",
    }
)  # fmt: skip
_DISPLAYS = {"list": "builtins.list", "set": "builtins.set", "tuple": "builtins.tuple"}


class Local(msgspec.Struct, frozen=True):
    """One binding of a local name: what is assigned and how (`of`: element of, `with`: entered from).

    It holds after line `line`: an assignment from the line after its last, anything else from its own.
    """

    line: int
    how: str
    expr: s.Expr | None
    annotation: s.Expr | None = None
    param: s.Param | None = None
    imported: symbols.Binding | None = None


@s.by_identity
def locals_of(node: s.Function, walrus: bool = True) -> dict[str, list[Local]]:
    """The names that a function binds itself, with every binding in source order; `walrus` if `:=` may occur."""
    out: dict[str, list[Local]] = {}
    for param in node.params:
        out.setdefault(param.name, []).append(Local(param.line, "param", param.default, param.annotation, param))
    outside: set[str] = set()
    _collect(node.body, out, outside, walrus)
    for name in outside:
        out.pop(name, None)
    return out


def _collect(body: tuple[s.Stmt, ...], out: dict[str, list[Local]], outside: set[str], walrus: bool) -> None:
    for stmt in body:
        for name, local in _bindings(stmt):
            out.setdefault(name, []).append(local)
        if walrus:
            for name, local in _walruses(stmt):
                out.setdefault(name, []).append(local)
        if isinstance(stmt, s.Scope):
            outside.update(stmt.names)
        elif not isinstance(stmt, (s.Function, s.Class)):
            for block, _ in symbols.nested(stmt):
                _collect(block, out, outside, walrus)


def _bindings(stmt: s.Stmt) -> Iterator[tuple[str, Local]]:
    match stmt:
        case s.Function() | s.Class():
            yield stmt.name, Local(stmt.line, "def", None)
            return
        case s.Assign():
            for target in stmt.targets:
                if isinstance(target, s.Name):
                    if stmt.value is not None or stmt.annotation is not None:
                        yield target.id, Local(stmt.end + 1, "is", stmt.value, stmt.annotation)
                else:
                    for name in s.bound_names(target):
                        yield name, Local(stmt.line, "unpack", None)
        case s.Augment():
            for name in s.bound_names(stmt.target):
                yield name, Local(stmt.line, "augment", None)
        case s.For():
            for name in s.bound_names(stmt.target):
                yield name, Local(stmt.line, "of" if isinstance(stmt.target, s.Name) else "unpack", stmt.iter)
        case s.With():
            for context, entered in stmt.items:
                for name in s.bound_names(entered):
                    yield name, Local(stmt.line, "with" if isinstance(entered, s.Name) else "unpack", context)
        case s.Try():
            for handler in stmt.handlers:
                if handler.name:
                    yield handler.name, Local(handler.line, "except", handler.catches)
        case s.Match():
            for case in stmt.cases:
                for name in case.binds:
                    yield name, Local(case.line, "unpack", None)
        case s.Import() | s.ImportFrom():
            for name, binding in symbols.bindings_of(stmt):
                yield name, Local(stmt.line, "import", None, imported=binding)


def _walruses(stmt: s.Stmt) -> Iterator[tuple[str, Local]]:
    """`name := value` in the statement's own expressions."""
    for node in s.walk(stmt):
        if isinstance(node, s.Walrus):
            yield node.target, Local(node.line, "is", node.value)
        elif node is not stmt and isinstance(node, (s.For, s.With, s.If, s.Try, s.While, s.Match)):
            return


_Place = tuple[str, str, str | int]


def _nearest(entries: list[Local], lines: list[int], line: int) -> Local | None:
    """The last binding above the line, else the first; both lists are sorted by line."""
    above = bisect_right(lines, line)
    return entries[above - 1] if above else entries[0] if entries else None


class Types:
    """Types of expressions over one linker; every answer is remembered."""

    def __init__(self, linker: Linker) -> None:
        self.linker = linker
        self._locals: dict[str, dict[str, list[Local]]] = {}
        self._sorted: dict[tuple[str, str], tuple[list[Local], list[int]]] = {}
        self._comprehensions: dict[str, dict[str, list[tuple[int, int, s.Generator]]]] = {}
        self._self_assigns: dict[str, dict[str, list[tuple[Function, s.Assign]]]] = {}
        self._depth = 0
        self._active: set[int] = set()
        # Answers that hold wherever they are asked for; those of circles, which depend on where one enters; and
        # those of the question being worked out. So no answer depends on what was asked before.
        self._known: dict[_Place, tuple[object, Type | None]] = {}
        self._entered: dict[_Place, tuple[object, Type | None]] = {}
        self._open: dict[_Place, tuple[object, Type | None]] = {}
        self._running = 0
        self._cuts = 0

    def _once(self, place: _Place, held: object, work: Callable[[], Type | None]) -> Type | None:
        """The remembered answer, or what `work` gives; a question met again on the way to its answer has none."""
        found = self._known.get(place)
        if found is None and not self._running:
            found = self._entered.get(place)
        if found is not None:
            return found[1]
        if place in self._open:
            self._cuts += 1
            return self._open[place][1]
        if self._depth > _MAX_DEPTH:
            self._cuts += 1
            return None
        self._open[place] = held, None
        self._running += 1
        self._depth += 1
        cuts = self._cuts
        try:
            made = work()
        finally:
            self._depth -= 1
            self._running -= 1
            if not self._running:
                self._open.clear()
        if cuts == self._cuts:
            self._known[place] = held, made
            self._open.pop(place, None)
        elif self._running:
            self._open[place] = held, made
        else:
            self._entered[place] = held, made
        return made

    # --- names in functions --------------------------------------------------------------------

    def locals(self, function: Function) -> dict[str, list[Local]]:
        found = self._locals.get(function.key)
        if found is None:
            found = self._locals[function.key] = locals_of(function.node, self._has_walrus(function.path))
        return found

    def _usable(self, function: Function, name: str) -> tuple[list[Local], list[int]] | None:
        """The bindings of a name that say what it is, and their lines, sorted; None if the function binds none."""
        entries = self.locals(function).get(name)
        if not entries:
            return None
        place = (function.key, name)
        if place not in self._sorted:
            usable = sorted((e for e in entries if e.how != "augment"), key=lambda e: e.line)
            self._sorted[place] = (usable, [e.line for e in usable])
        return self._sorted[place]

    def _has_walrus(self, path: str) -> bool:
        module = self.linker.load(path)
        return module is None or module.walrus

    def enclosing(self, function: Function) -> Function | None:
        """The function around a nested one."""
        owner = function.qualname.rpartition(".")[0]
        return self.linker.function(key(function.path, owner)) if owner else None

    def local(self, function: Function, name: str, line: int) -> tuple[Function, Local] | None:
        """The binding of a local name that is nearest above the line, in this function or those around it."""
        place: Function | None = function
        while place is not None:
            entries = self._usable(place, name)
            if entries:
                # A binding that is being worked out cannot explain itself: `query = query.where(...)`.
                usable, lines = entries
                wanted = _nearest(usable, lines, line)
                if wanted is not None and id(wanted) in self._active:
                    self._cuts += 1
                    free = [e for e in usable if id(e) not in self._active]
                    wanted = _nearest(free, [e.line for e in free], line)
                return place, wanted if wanted is not None else Local(line, "unpack", None)
            place = self.enclosing(place)
        return None

    def resolve(self, path: str, expr: s.Expr, function: Function | None = None) -> str | None:
        """The target of a name or dotted name as seen from a function, or from module level without one."""
        text = s.dotted(expr)
        if text is None:
            return None
        parts = text.split(".")
        if function is not None:
            found = self.local(function, parts[0], expr.line)
            if found is not None:
                place, entry = found
                if entry.how == "import" and entry.imported is not None:
                    return self.linker.follow(self.linker.bound(path, parts[0], entry.imported), parts[1:])
                if entry.how == "def":
                    return self.linker.follow(key(path, f"{place.qualname}.{parts[0]}"), parts[1:])
                return None
        return self.linker.dotted(path, text)

    # --- annotations ---------------------------------------------------------------------------

    def annotation(self, path: str, expr: s.Expr | None, function: Function | None = None) -> Type | None:
        """The type that an annotation denotes."""
        if expr is None:
            return None
        if self._depth > _MAX_DEPTH:
            self._cuts += 1
            return None
        self._depth += 1
        try:
            return self._annotation(path, expr, function)
        finally:
            self._depth -= 1

    def _annotation(self, path: str, expr: s.Expr, function: Function | None) -> Type | None:
        match expr:
            case s.Name() | s.Attribute():
                return self._named(path, expr, function)
            case s.Constant() if expr.kind == "str":
                inner = python.parse_expression(str(expr.value))
                return self.annotation(path, inner, function) if inner is not None else None
            case s.Subscript():
                return self._generic(path, expr, function)
            case s.Binary() if expr.op == "|":
                return self._union(path, _flatten(expr), function)
            case _:
                return None

    def _named(self, path: str, expr: s.Expr, function: Function | None) -> Type | None:
        target = self.resolve(path, expr, function)
        if target is None:
            return None
        if internal(target) and self.linker.cls(target) is None:
            return self._alias(target)
        return Type(target)

    def _alias(self, target: str) -> Type | None:
        """A module-level variable used as a type: `SessionDep = Annotated[Session, Depends(get_db)]`."""
        path, name = split(target)
        if path.endswith("/"):
            return None
        binding = self.linker.symbols(path).bindings.get(name)
        if binding is None or binding.kind != "value":
            return None
        return self.annotation(path, binding.expr)

    def _generic(self, path: str, expr: s.Subscript, function: Function | None) -> Type | None:
        target = self.resolve(path, expr.value, function)
        items = _items(expr.index)
        if target in _WRAPPERS:
            return self.annotation(path, items[0], function) if items else None
        if target == "typing.Optional":
            inner = self.annotation(path, items[0], function) if items else None
            return msgspec.structs.replace(inner, optional=True) if inner is not None else None
        if target == "typing.Union":
            return self._union(path, items, function)
        if target == "builtins.type":
            inner = self.annotation(path, items[0], function) if items else None
            return msgspec.structs.replace(inner, factory=True) if inner is not None else None
        if target is None or target == "typing.Literal":
            return Type("typing.Literal") if target else None
        if internal(target) and self.linker.cls(target) is None:
            return self._alias(target)
        args = (self.annotation(path, item, function) for item in items)
        return Type(target, tuple(a if a is not None else Type("typing.Any") for a in args))

    def _union(self, path: str, items: list[s.Expr], function: Function | None) -> Type | None:
        parts = [i for i in items if not (isinstance(i, s.Constant) and i.kind == "none")]
        optional = len(parts) < len(items)
        if not parts:
            return None
        types = [self.annotation(path, p, function) for p in parts]
        if len(types) == 1:
            only = types[0]
            return msgspec.structs.replace(only, optional=optional or only.optional) if only is not None else None
        known = tuple(t for t in types if t is not None)
        return Type("typing.Union", known, optional)

    # --- members -------------------------------------------------------------------------------

    def attribute(self, cls: str, name: str) -> Type | None:
        """The type of `value.name` for an instance of a class of the project."""
        return self._once(("attribute", cls, name), None, lambda: self._attribute(cls, name))

    def _attribute(self, target: str, name: str) -> Type | None:
        for base in self.linker.mro(target):
            cls = self.linker.cls(base)
            if cls is None:
                continue
            for stmt in cls.node.body:
                if isinstance(stmt, s.Assign) and any(name in s.bound_names(t) for t in stmt.targets):
                    found = self.annotation(cls.path, stmt.annotation)
                    return found or (self.module_expr(cls.path, stmt.value) if stmt.value is not None else None)
            method = self.linker.function(key(cls.path, f"{cls.qualname}.{name}"))
            if method is not None:
                names = {(s.dotted(d) or "").rpartition(".")[2] for d in method.node.decorators}
                return self.returns(method) if names & _PROPERTIES else None
            for function, stmt in self._assigned(base).get(name, ()):
                found = self.annotation(cls.path, stmt.annotation)
                if found is None and stmt.value is not None:
                    found = self.of(function, stmt.value)
                if found is not None:
                    return found
        return None

    def _assigned(self, cls_key: str) -> dict[str, list[tuple[Function, s.Assign]]]:
        """`self.name = value` statements of a class's methods."""
        found = self._self_assigns.get(cls_key)
        if found is not None:
            return found
        out: dict[str, list[tuple[Function, s.Assign]]] = {}
        path, owner = split(cls_key)
        table = self.linker.symbols(path)
        for name, holder in table.owners.items():
            if holder != owner:
                continue
            function = self.linker.function(key(path, name))
            if function is None or not function.node.params:
                continue
            me = function.node.params[0].name
            for node in s.own(function.node):
                if isinstance(node, s.Assign):
                    for target in node.targets:
                        if isinstance(target, s.Attribute) and s.dotted(target.value) == me:
                            out.setdefault(target.attr, []).append((function, node))
        self._self_assigns[cls_key] = out
        return out

    def variable(self, target: str) -> Type | None:
        """The type of a module-level variable or class attribute, given by key."""
        path, name = split(target)
        return self._once(("variable", path, name), None, lambda: self._variable(path, name))

    def _variable(self, path: str, name: str) -> Type | None:
        if path.endswith("/"):
            return None
        owner, dot, attr = name.rpartition(".")
        if dot:
            return self.attribute(key(path, owner), attr)
        binding = self.linker.symbols(path).bindings.get(name)
        if binding is None or binding.kind != "value":
            return None
        found = self.annotation(path, binding.annotation)
        if found is None and binding.expr is not None:
            found = self.module_expr(path, binding.expr)
        return found

    # --- calls ---------------------------------------------------------------------------------

    def returns(self, function: Function) -> Type | None:
        """What calling a function gives (awaited, or entered, or iterated once, where that is its use)."""
        return self._once(("returns", function.key, ""), None, lambda: self._return(function))

    def _return(self, function: Function) -> Type | None:
        node = function.node
        found = self.annotation(function.path, node.returns, function)
        if found is not None and found.name == "typing.Self" and function.cls:
            found = Type(function.cls)
        if found is not None and node.is_generator and found.name in _GENERATORS:
            return found.args[0] if found.args else None
        if found is not None or node.returns is not None:
            return found
        for item in s.walk(*node.body):
            value = None
            if (isinstance(item, s.Yield) and not item.delegates) or (
                isinstance(item, s.Return) and not node.is_generator
            ):
                value = item.value
            if value is not None and not (isinstance(value, s.Constant) and value.kind == "none"):
                found = self.of(function, value)
                if found is not None:
                    return found
        return None

    def target(self, function: Function | None, path: str, func: s.Expr) -> tuple[str | None, Type | None]:
        """What a call's `func` names, and the type of the receiver of a method call."""
        found = self.resolve(path, func, function)
        if found is not None:
            return found, None
        if isinstance(func, s.Attribute):
            receiver = self.receiver(function, path, func.value)
            if receiver is not None:
                return self.method(receiver, func.attr), receiver
        return None, None

    def receiver(self, function: Function | None, path: str, expr: s.Expr) -> Type | None:
        if isinstance(expr, s.Call) and isinstance(expr.func, s.Name) and expr.func.id == "super":
            if function is None or function.cls is None:
                return None
            parents = self.linker.mro(function.cls)[1:]
            return Type(parents[0]) if parents else None
        return self.of(function, expr) if function is not None else self.module_expr(path, expr)

    def method(self, receiver: Type, name: str) -> str | None:
        """The target of `receiver.name`; of a union only where all its members agree."""
        if receiver.name == "typing.Union":
            parts = {self.method(part, name) for part in receiver.args}
            return parts.pop() if len(parts) == 1 else None
        if internal(receiver.name):
            found = self.linker.class_member(receiver.name, name)
            if found is not None:
                return found
            for base in self.linker.mro(receiver.name)[1:]:
                if not internal(base):
                    return f"{base}.{name}"
            return None
        return knowledge.canonical(f"{receiver.name}.{name}")

    def call(self, function: Function | None, path: str, node: s.Call) -> Type | None:
        """The type of a call's result."""
        target, receiver = self.target(function, path, node.func)
        if target is None:
            return self._called_value(function, path, node)
        if not internal(target):
            return self._external(function, path, node, target, receiver)
        made = self.linker.function(target)
        if made is not None:
            return self._own(function, path, node.func, made, self.returns(made))
        if self.linker.cls(target) is not None:
            return Type(target)
        holder = self.variable(target)
        return self._call_instance(function, path, node, holder) if holder is not None else None

    def _own(
        self, function: Function | None, path: str, func: s.Expr, made: Function, found: Type | None
    ) -> Type | None:
        """`Self` is the class that the method is called on, not the one that defines it."""
        if found is None or made.cls != found.name or not isinstance(func, s.Attribute):
            return found
        if (s.dotted(made.node.returns) or "").rpartition(".")[2] != "Self":
            return found
        owner = self.receiver(function, path, func.value)
        if owner is None or not self.linker.is_subclass(owner.name, {found.name}):
            target = self.resolve(path, func.value, function)
            if target is None or not self.linker.is_subclass(target, {found.name}):
                return found
            return msgspec.structs.replace(found, name=target)
        return msgspec.structs.replace(found, name=owner.name)

    def _called_value(self, function: Function | None, path: str, node: s.Call) -> Type | None:
        """Calling a value: a class held in a variable, a sessionmaker, an object with `__call__`."""
        holder = self.of(function, node.func) if function is not None else None
        return self._call_instance(function, path, node, holder) if holder is not None else None

    def _call_instance(self, function: Function | None, path: str, node: s.Call, holder: Type) -> Type | None:
        if holder.factory:
            return msgspec.structs.replace(holder, factory=False)
        if internal(holder.name):
            target = self.linker.class_member(holder.name, "__call__")
            made = self.linker.function(target)
            return self.returns(made) if made is not None else None
        return self._external(function, path, node, f"{holder.name}.__call__", holder)

    def _external(
        self, function: Function | None, path: str, node: s.Call, target: str, receiver: Type | None
    ) -> Type | None:
        described = knowledge.returns(target)
        if described is not None:
            return self._described(described, function, path, node, receiver)
        last = target.rpartition(".")[2]
        if receiver is None and last[:1].isupper():
            return Type(target)  # calling a class of a library makes an instance of it
        return None

    def _described(
        self, text: str, function: Function | None, path: str, node: s.Call, receiver: Type | None
    ) -> Type | None:
        if text.startswith("?"):
            inner = self._described(text[1:], function, path, node, receiver)
            return msgspec.structs.replace(inner, optional=True) if inner is not None else None
        if text == "self":
            return msgspec.structs.replace(receiver, optional=False) if receiver is not None else None
        if text == "$":
            return receiver.args[0] if receiver is not None and receiver.args else None
        if text in ("@0", "@0!"):
            return self._first_argument(function, path, node)
        if text.endswith("]"):
            name, _, inside = text[:-1].partition("[")
            inner = self._described(inside, function, path, node, receiver)
            return Type(name, (inner,) if inner is not None else ())
        return Type(text)

    def _first_argument(self, function: Function | None, path: str, node: s.Call) -> Type | None:
        """`select(Item)` and `query(Item)` give Items; `execute(select(Item))` what the query gives."""
        if not node.args:
            return None
        first = node.args[0]
        if len(node.args) > 1 and not (isinstance(node.func, s.Attribute) and node.func.attr in ("get", "get_one")):
            return Type("sqlalchemy.Row") if s.dotted(first) else None
        target = self.resolve(path, first, function)
        if target is not None and self.linker.cls(target) is not None:
            return Type(target)
        found = self.of(function, first) if function is not None else self.module_expr(path, first)
        if found is None:
            return None
        if found.factory:
            return msgspec.structs.replace(found, factory=False)
        if found.name in ("sqlalchemy.Select", "sqlalchemy.orm.Query"):
            return found.args[0] if found.args else None
        return None

    # --- expressions ---------------------------------------------------------------------------

    def module_expr(self, path: str, expr: s.Expr) -> Type | None:
        """The type of an expression at module (or class) level."""
        return self._expr(None, path, expr)

    def of(self, function: Function | None, expr: s.Expr) -> Type | None:
        """The type of an expression in a function's own body."""
        return self._expr(function, function.path if function is not None else "", expr)

    def _expr(self, function: Function | None, path: str, expr: s.Expr) -> Type | None:
        # Holding the node keeps its identity from being reused.
        place = ("expression", function.key if function is not None else path, id(expr))
        return self._once(place, expr, lambda: self._typed(function, path, expr))

    def _typed(self, function: Function | None, path: str, expr: s.Expr) -> Type | None:
        match expr:
            case s.Name():
                return self._name(function, path, expr)
            case s.Attribute():
                return self._attribute_expr(function, path, expr)
            case s.Call():
                return self.call(function, path, expr)
            case s.Await():
                return self._expr(function, path, expr.value)
            case s.Constant():
                return None if expr.kind in ("none", "ellipsis") else Type(f"builtins.{expr.kind}")
            case s.FString():
                return Type("builtins.str")
            case s.Sequence():
                inner = self._expr(function, path, expr.items[0]) if expr.items else None
                return Type(_DISPLAYS[expr.kind], (inner,) if inner is not None else ())
            case s.Mapping():
                return Type("builtins.dict")
            case s.Comprehension():
                return self._comprehension(function, path, expr)
            case s.Subscript():
                return self._subscript(function, path, expr)
            case s.Boolean():
                return self._expr(function, path, expr.left) or self._expr(function, path, expr.right)
            case s.Conditional():
                return self._expr(function, path, expr.body) or self._expr(function, path, expr.orelse)
            case s.Walrus():
                return self._expr(function, path, expr.value)
            case s.Compare():
                return Type("builtins.bool")
            case _:
                return None

    def _name(self, function: Function | None, path: str, expr: s.Name) -> Type | None:
        if function is not None:
            found = self.local(function, expr.id, expr.line)
            if found is not None:
                return self._local_type(found[0], expr.id, found[1])
        target = self.linker.name(path, expr.id)
        if target is None and function is not None:
            return self._looped(function, path, expr)
        return self._target_type(target)

    def _looped(self, function: Function, path: str, expr: s.Name) -> Type | None:
        """The type of a comprehension's own variable, by the innermost comprehension on the name's line."""
        loops = self._comprehensions.get(function.key)
        if loops is None:
            loops = self._comprehensions[function.key] = {}
            for node in s.own(function.node):
                if isinstance(node, s.Comprehension):
                    end = max(s.last_line(part) for part in s.walk(node))
                    for generator in node.generators:
                        for name in s.bound_names(generator.target):
                            loops.setdefault(name, []).append((node.line, end, generator))
        around = [g for start, end, g in loops.get(expr.id, ()) if start <= expr.line <= end]
        if not around or not isinstance(around[-1].target, s.Name):
            return None
        return element(self._expr(function, path, around[-1].iter))

    def _target_type(self, target: str | None) -> Type | None:
        if target is None:
            return None
        if internal(target):
            if self.linker.cls(target) is not None:
                return Type(target, factory=True)
            return self.variable(target)
        return None

    def _local_type(self, function: Function, name: str, entry: Local) -> Type | None:
        self._active.add(id(entry))
        try:
            return self._bound_type(function, name, entry)
        finally:
            self._active.discard(id(entry))

    def _bound_type(self, function: Function, name: str, entry: Local) -> Type | None:
        if entry.how == "import" and entry.imported is not None:
            return self._target_type(self.linker.bound(function.path, name, entry.imported))
        found = self.annotation(function.path, entry.annotation, function)
        if entry.how == "param":
            return self._param_type(function, name, entry, found)
        if found is not None or entry.expr is None:
            return found
        if entry.how == "of":
            return element(self.of(function, entry.expr))
        if entry.how == "with":
            return self._entered_type(self.of(function, entry.expr))
        if isinstance(entry.expr, s.Name) and entry.expr.id == name:
            return None
        return self.of(function, entry.expr) if entry.how == "is" else None

    def _entered_type(self, context: Type | None) -> Type | None:
        """What `with context as name` binds: what the project's `__enter__` gives, else the context itself."""
        if context is None or not internal(context.name):
            return context
        for name in ("__enter__", "__aenter__"):
            entry = self.linker.function(self.linker.class_member(context.name, name))
            if entry is not None:
                return self.returns(entry)
        return context

    def _param_type(self, function: Function, name: str, entry: Local, found: Type | None) -> Type | None:
        node = function.node
        if function.cls is not None and node.params and node.params[0].name == name:
            static = any(s.dotted(d) == "staticmethod" for d in node.decorators)
            if not static:
                by_class = any(s.dotted(d) == "classmethod" for d in node.decorators)
                return Type(function.cls, factory=by_class)
        if entry.param is not None and entry.param.kind == "args":
            return Type("builtins.tuple", (found,) if found is not None else ())
        if entry.param is not None and entry.param.kind == "kwargs":
            return Type("builtins.dict")
        if found is None and isinstance(entry.expr, s.Call):
            provider = self.dependency(function.path, entry.expr, function)
            if provider is not None:
                made = self.linker.function(provider)
                return self.returns(made) if made is not None else Type(provider)
        return found

    def dependency(self, path: str, call: s.Call, function: Function | None = None) -> str | None:
        """The key of the function or class in `Depends(provider)`."""
        if self.resolve(path, call.func) not in ("fastapi.Depends", "fastapi.Security"):
            return None
        provider = s.argument(call, 0, "dependency")
        target = self.resolve(path, provider, function) if provider is not None else None
        return target if internal(target) else None

    def _attribute_expr(self, function: Function | None, path: str, expr: s.Attribute) -> Type | None:
        target = self.resolve(path, expr, function)
        if target is not None:
            return self._target_type(target)
        value = self._expr(function, path, expr.value)
        if value is None:
            return None
        if internal(value.name):
            return self.attribute(value.name, expr.attr)
        return None

    def _comprehension(self, function: Function | None, path: str, expr: s.Comprehension) -> Type | None:
        if expr.kind == "dict":
            return Type("builtins.dict")
        name = "typing.Iterator" if expr.kind == "generator" else f"builtins.{expr.kind}"
        inner: Type | None = None
        if isinstance(expr.element, s.Name):
            for generator in expr.generators:
                if isinstance(generator.target, s.Name) and generator.target.id == expr.element.id:
                    inner = element(self._expr(function, path, generator.iter))
        elif isinstance(expr.element, (s.Call, s.Await)):
            inner = self._expr(function, path, expr.element)
        return Type(name, (inner,) if inner is not None else ())

    def _subscript(self, function: Function | None, path: str, expr: s.Subscript) -> Type | None:
        value = self._expr(function, path, expr.value)
        if value is None:
            return None
        if isinstance(expr.index, s.Slice):
            return value
        if value.name in ("builtins.dict", "typing.Mapping"):
            return value.args[1] if len(value.args) > 1 else None
        return element(value)


def element(container: Type | None) -> Type | None:
    """The type of what iterating gives."""
    if container is None or container.name not in _ELEMENTS or not container.args:
        return None
    return container.args[0]


def _flatten(expr: s.Expr) -> list[s.Expr]:
    """The members of `A | B | C`."""
    if isinstance(expr, s.Binary) and expr.op == "|":
        return [*_flatten(expr.left), *_flatten(expr.right)]
    return [expr]


def _items(index: s.Expr) -> list[s.Expr]:
    if isinstance(index, s.Sequence) and index.kind == "tuple":
        return list(index.items)
    return [index]
