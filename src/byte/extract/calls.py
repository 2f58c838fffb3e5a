"""The calls of a function: what each one reaches, in which loops, awaited or guarded, and with which effects."""

from collections import deque

from byte.extract import knowledge
from byte.extract.linker import Linker, internal
from byte.extract.types import Types
from byte.model import syntax as s
from byte.model.facts import Call, Effect, Function, Loop, Type
from byte.model.review import Step

_MAX_DEPTH = 10
_MAX_VISITED = 4000

_SESSION_NAMES = frozenset({"db", "session", "db_session", "async_session", "dbsession", "_session", "_db"})
_UNTYPED_SESSION = {
    **dict.fromkeys(("execute", "scalars", "refresh", "scalar"), frozenset({Effect.QUERY})),
    "commit": frozenset({Effect.QUERY, Effect.WRITE, Effect.COMMIT}),
    "flush": frozenset({Effect.QUERY, Effect.WRITE}),
    **dict.fromkeys(("add", "add_all"), frozenset({Effect.WRITE})),
}
"""Effects of methods on a value whose type is unknown but whose name says session: enough to see a query."""

_WRITE_MODES = frozenset("wax+")
_CACHES = frozenset({"lru_cache", "cache"})

_EXECUTES = frozenset({"execute", "executemany", "scalars", "scalar", "exec"})
_DML = frozenset({"insert", "update", "delete"})
_TABLE_VERBS = frozenset({"select", "insert", "update", "upsert", "delete"})
_MEASURES = frozenset({"psutil.cpu_percent", "psutil.cpu_times_percent"})
_DML_TEXT = (
    "insert", "update", "delete", "replace", "merge", "create", "alter", "drop", "truncate",
)  # fmt: skip


class Calls:
    """Calls and their effects over one linker; every answer is remembered."""

    def __init__(self, linker: Linker, types: Types) -> None:
        self.linker = linker
        self.types = types
        self._calls: dict[str, tuple[Call, ...]] = {}
        self._reached: dict[str, frozenset[Effect]] = {}
        self._chains: dict[tuple[str, Effect], tuple[Step, ...] | None] = {}

    def of(self, function: Function) -> tuple[Call, ...]:
        """The calls in the function's own body, in source order."""
        found = self._calls.get(function.key)
        if found is None:
            walker = _Walker(self, function)
            walker.block(function.node.body, (), False)
            found = self._calls[function.key] = tuple(walker.out)
        return found

    def read(self, function: Function, node: s.Call, awaited: bool, loops: tuple[Loop, ...], guarded: bool) -> Call:
        """One call, resolved."""
        target, receiver = self.types.target(function, function.path, node.func)
        if target is None and receiver is None:
            target, receiver = self._imported_here(function, node.func)
        callee = self._callee(function, target)
        effects = self._effects(function, node, target, receiver)
        return Call(function.path, node, target, callee, receiver, awaited, loops, guarded, effects)

    def _imported_here(self, function: Function, func: s.Expr) -> tuple[str | None, Type | None]:
        """A method of a variable that the function itself imports: `from x import service; service.run()`."""
        if not isinstance(func, s.Attribute) or not isinstance(func.value, s.Name):
            return None, None
        found = self.types.local(function, func.value.id, func.line)
        if found is None or found[1].how != "import" or found[1].imported is None:
            return None, None
        target = self.linker.bound(function.path, func.value.id, found[1].imported)
        receiver = self.types.variable(target) if internal(target) and target is not None else None
        return (self.types.method(receiver, func.attr), receiver) if receiver is not None else (None, None)

    def _callee(self, function: Function, target: str | None) -> str | None:
        if not internal(target) or target is None:
            return None
        if self.linker.function(target) is not None:
            return target
        if self.linker.cls(target) is not None:
            made = self.linker.class_member(target, "__init__")
            return made if self.linker.function(made) is not None else None
        holder = self.types.variable(target)
        if holder is not None and internal(holder.name) and not holder.factory:
            made = self.linker.class_member(holder.name, "__call__")
            return made if self.linker.function(made) is not None else None
        return None

    def _effects(
        self, function: Function, node: s.Call, target: str | None, receiver: Type | None
    ) -> frozenset[Effect]:
        if target == "builtins.open" or (target or "").endswith("Path.open"):
            return _open_effects(node, 1 if target == "builtins.open" else 0)
        found: frozenset[Effect] = frozenset()
        if target in _MEASURES:
            return _sampling(node)
        if target is not None and not internal(target):
            found = knowledge.effects(target)
        elif target is None and isinstance(node.func, s.Attribute):
            found = self._untyped(function, node.func, receiver)
        if Effect.QUERY in found and node.args and _last(node.func) in _EXECUTES:
            return found | {Effect.WRITE} if self._changes(function, node.args[0]) else found
        return found

    def _untyped(self, function: Function, func: s.Attribute, receiver: Type | None) -> frozenset[Effect]:
        """A method of a value without a type: named a session, a part of a library's client, a chain from a table."""
        if func.attr == "execute" and isinstance(func.value, s.Call):
            return _remote_table(func.value)
        if receiver is None and (s.dotted(func.value) or "").rpartition(".")[2] in _SESSION_NAMES:
            return _UNTYPED_SESSION.get(func.attr, frozenset())
        parts, owner = [func.attr], func.value
        while isinstance(owner, s.Attribute) and s.dotted(owner) is not None:
            parts.append(owner.attr)
            owner = owner.value
            found = self.types.of(function, owner)
            if found is not None:
                name = ".".join([found.name, *reversed(parts)])
                return frozenset() if internal(found.name) else knowledge.effects(name)
        return frozenset()

    def _changes(self, function: Function, statement: s.Expr) -> bool:
        """Whether a statement is an INSERT, UPDATE, DELETE or DDL, as far as the source shows."""
        for _ in range(12):
            match statement:
                case s.Call():
                    if _last(statement.func) in _DML:
                        return True
                    if isinstance(statement.func, s.Attribute) and not s.dotted(statement.func):
                        statement = statement.func.value
                    elif _last(statement.func) in ("text", "TextClause", "SQL") and statement.args:
                        statement = statement.args[0]
                    elif isinstance(statement.func, s.Attribute):
                        statement = statement.func.value
                    else:
                        return False
                case s.Name():
                    found = self.types.local(function, statement.id, statement.line)
                    if found is None or found[1].how != "is" or found[1].expr is None:
                        return False
                    statement = found[1].expr
                case s.FString() if statement.parts:
                    statement = statement.parts[0]
                case s.Binary():
                    statement = statement.left
                case s.Constant():
                    return str(statement.value or "").lstrip().lower().startswith(_DML_TEXT)
                case _:
                    return False
        return False

    # --- reach ---------------------------------------------------------------------------------

    def reach(self, start: Function | Call, effect: Effect) -> tuple[Step, ...] | None:
        """The shortest chain of call sites from here to one with the effect, None if there is none."""
        if isinstance(start, Function):
            return self._chain(start, effect)
        if effect in start.effects:
            return (Step(start.path, start.line, s.text(start.node.func, 60)),)
        callee = self.linker.function(start.callee)
        if callee is None or not self._runs(start, callee, effect):
            return None
        rest = self._chain(callee, effect)
        return None if rest is None else (Step(start.path, start.line, s.text(start.node.func, 60)), *rest)

    def _runs(self, call: Call, callee: Function, effect: Effect) -> bool:
        """Whether the callee's body runs on the caller's thread as part of the call."""
        if callee.node.is_async and not call.awaited and effect is Effect.BLOCKING:
            return False
        if not callee.node.params and any(_last(_bare(d)) in _CACHES for d in callee.node.decorators):
            return False  # runs once in the life of the process
        return not (callee.node.is_generator and not callee.node.decorators)

    def _chain(self, start: Function, effect: Effect) -> tuple[Step, ...] | None:
        place = (start.key, effect)
        if place not in self._chains:
            self._chains[place] = self._search(start, effect)
        return self._chains[place]

    def _search(self, start: Function, effect: Effect) -> tuple[Step, ...] | None:
        """Breadth first, calls in source order: the result does not depend on what was asked before."""
        queue: deque[tuple[Function, tuple[Step, ...]]] = deque([(start, ())])
        seen = {start.key}
        while queue and len(seen) < _MAX_VISITED:
            function, steps = queue.popleft()
            for call in self.of(function):
                step = Step(function.path, call.line, s.text(call.node.func, 60))
                if effect in call.effects:
                    return (*steps, step)
                callee = self.linker.function(call.callee)
                if callee is None or callee.key in seen or len(steps) >= _MAX_DEPTH:
                    continue
                if self._runs(call, callee, effect):
                    seen.add(callee.key)
                    queue.append((callee, (*steps, step)))
        return None

    def effects(self, function: Function) -> frozenset[Effect]:
        """Every effect that calling the function can have."""
        found = self._reached.get(function.key)
        if found is None:
            found = self._reached[function.key] = self._union(function)
        return found

    def _union(self, start: Function) -> frozenset[Effect]:
        """The effects of everything that `_search` could arrive at."""
        out: set[Effect] = set()
        queue: deque[tuple[Function, int]] = deque([(start, 0)])
        seen = {start.key}
        while queue and len(seen) < _MAX_VISITED:
            function, depth = queue.popleft()
            for call in self.of(function):
                out |= call.effects
                callee = self.linker.function(call.callee)
                if callee is None or callee.key in seen or depth >= _MAX_DEPTH:
                    continue
                if self._runs(call, callee, Effect.QUERY):
                    seen.add(callee.key)
                    queue.append((callee, depth + 1))
        return frozenset(out)


def _bare(decorator: s.Expr) -> s.Expr:
    return decorator.func if isinstance(decorator, s.Call) else decorator


def _last(expr: s.Expr) -> str | None:
    """The last part of a name, `c` of `a.b.c` and of `f().c`."""
    if isinstance(expr, s.Attribute):
        return expr.attr
    return expr.id if isinstance(expr, s.Name) else None


def _sampling(node: s.Call) -> frozenset[Effect]:
    """psutil waits as long as it is told to, and not at all by default."""
    interval = s.argument(node, 0, "interval")
    idle = interval is None or (isinstance(interval, s.Constant) and not interval.value)
    return frozenset() if idle else frozenset({Effect.BLOCKING})


def _remote_table(chain: s.Expr) -> frozenset[Effect]:
    """`db.table("items").select("*")...execute()`: PostgREST, as Supabase's client speaks it."""
    verb = None
    while isinstance(chain, s.Call) and isinstance(chain.func, s.Attribute):
        if (
            chain.func.attr in ("table", "from_")
            and verb is not None
            and len(chain.args) == 1
            and s.string(chain.args[0])
        ):
            read = frozenset({Effect.QUERY, Effect.BLOCKING})
            return read if verb == "select" else read | {Effect.WRITE}
        verb = chain.func.attr if chain.func.attr in _TABLE_VERBS else verb
        chain = chain.func.value
    return frozenset()


def _open_effects(node: s.Call, position: int) -> frozenset[Effect]:
    mode = s.string(s.argument(node, position, "mode")) or "r"
    return frozenset({Effect.FILE_WRITE if set(mode) & _WRITE_MODES else Effect.FILE_READ})


class _Walker:
    """Walks one body with the loops and handlers around each place."""

    def __init__(self, calls: Calls, function: Function) -> None:
        self.calls = calls
        self.function = function
        self.out: list[Call] = []

    def block(self, body: tuple[s.Stmt, ...], loops: tuple[Loop, ...], guarded: bool) -> None:
        for stmt in body:
            self.stmt(stmt, loops, guarded)

    def stmt(self, stmt: s.Stmt, loops: tuple[Loop, ...], guarded: bool) -> None:
        match stmt:
            case s.Function() | s.Class():
                for decorator in stmt.decorators:
                    self.expr(decorator, loops, guarded)
            case s.For():
                self.expr(stmt.iter, loops, guarded)
                inner = (*loops, Loop("for", stmt.line, stmt.end, stmt.iter, stmt.target, stmt))
                self.block(stmt.body, inner, guarded)
                self.block(stmt.orelse, loops, guarded)
            case s.While():
                inner = (*loops, Loop("while", stmt.line, stmt.end, node=stmt))
                self.expr(stmt.test, inner, guarded)
                self.block(stmt.body, inner, guarded)
                self.block(stmt.orelse, loops, guarded)
            case s.Try():
                self.block(stmt.body, loops, guarded or bool(stmt.handlers))
                for handler in stmt.handlers:
                    self.block(handler.body, loops, guarded)
                self.block(stmt.orelse, loops, guarded)
                self.block(stmt.final, loops, guarded)
            case s.If():
                self.expr(stmt.test, loops, guarded)
                self.block(stmt.body, loops, guarded)
                self.block(stmt.orelse, loops, guarded)
            case s.With():
                for context, _ in stmt.items:
                    self.expr(context, loops, guarded)
                self.block(stmt.body, loops, guarded)
            case s.Match():
                self.expr(stmt.subject, loops, guarded)
                for case in stmt.cases:
                    if case.guard is not None:
                        self.expr(case.guard, loops, guarded)
                    self.block(case.body, loops, guarded)
            case _:
                for child in s.children(stmt):
                    self.expr(child, loops, guarded)

    def expr(self, node: s.Node, loops: tuple[Loop, ...], guarded: bool, awaited: bool = False) -> None:
        match node:
            case s.Call():
                self.expr(node.func, loops, guarded)
                for argument in (*node.args, *node.keywords):
                    self.expr(argument, loops, guarded)
                self.out.append(self.calls.read(self.function, node, awaited, loops, guarded))
            case s.Await():
                self.expr(node.value, loops, guarded, awaited=True)
            case s.Lambda():
                return
            case s.Comprehension():
                self.comprehension(node, loops, guarded)
            case _:
                for child in s.children(node):
                    self.expr(child, loops, guarded)

    def comprehension(self, node: s.Comprehension, loops: tuple[Loop, ...], guarded: bool) -> None:
        inner = loops
        for generator in node.generators:
            self.expr(generator.iter, inner, guarded)
            end = s.last_line(node.element)
            inner = (*inner, Loop("comprehension", generator.line, end, generator.iter, generator.target, node))
            for condition in generator.conditions:
                self.expr(condition, inner, guarded)
        if node.key is not None:
            self.expr(node.key, inner, guarded)
        self.expr(node.element, inner, guarded)
