"""What holds on the paths through a function's body: one forward walk over its statements, for any question.

A `Domain` says what is remembered (its state), how two paths join, and what an expression, a binding or a test that
held changes. `walk_function` carries the state along every path: branches, short circuits, loops (to a fixed point),
`try`, `with`, `match`. A state of None means that no path leads there. Nested functions, lambdas and classes are not
entered: they run later.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from byte.model import syntax as s
from byte.model.facts import Facts, Function

State = TypeVar("State")

_MAX_ROUNDS = 6
_ENDINGS = frozenset({"sys.exit", "os._exit", "os.abort", "exit", "quit", "pytest.fail", "pytest.skip"})
_TOTAL = frozenset(
    "time monotonic perf_counter now utcnow today uuid4 Path join list dict set tuple str bool len get getLogger "
    "get_logger bind strip lower upper isoformat timeout timeout_at move_on_after fail_after".split()
)
"""Functions that do not fail on what they are given in practice, by their last name."""
_SWALLOWING = ("suppress", "raises")


class Domain(Generic[State]):
    """What one question remembers along a path. Every method returns the state after it; states are values."""

    def join(self, left: State, right: State) -> State:
        """What holds where two paths meet."""
        raise NotImplementedError

    def see(self, node: s.Node, state: State, walk: "Walk[State]") -> State:
        """An expression, after its parts. Report only while `walk.reporting`; `walk.hidden` are inner names."""
        return state

    def bind(self, name: str, value: s.Expr | None, line: int, state: State) -> State:
        """A name gets a value; `value` is known for a plain assignment."""
        return state

    def store(self, target: s.Expr, value: s.Expr | None, state: State, walk: "Walk[State]") -> State:
        """An attribute or item gets a value; `value` is known for a plain assignment."""
        return state

    def unbind(self, name: str, state: State) -> State:
        """A name is deleted (`del`, or the end of `except ... as name`)."""
        return state

    def assume(self, test: s.Expr, truth: bool, state: State) -> State:
        """A test without `and`, `or`, `not` had this outcome."""
        return state

    def decided(self, test: s.Expr, state: State) -> State:
        """A compound test (`and`, `or`) was decided, either way."""
        return state

    def iterate(self, iterable: s.Expr, state: State) -> State:
        """A loop or comprehension over this is in a round, so there was an element."""
        return state

    def catch(self, stmt: s.Try, handler: s.Handler, state: State) -> State:
        """This handler of the `try` starts."""
        return state

    def called(self, expr: s.Expr, state: State) -> State:
        """An expression stood as a statement of its own."""
        return state

    def ends(self, call: s.Call) -> bool:
        """Whether this call, as a statement, never returns."""
        return s.dotted(call.func) in _ENDINGS


class Walk(Generic[State]):
    """One walk over one body. `tries` are the `try` statements in whose bodies a place stands, `withs` its `with`s."""

    def __init__(self, domain: Domain[State]) -> None:
        self.domain = domain
        self.hidden: frozenset[str] = frozenset()
        self.tries: list[s.Try] = []
        self.withs: list[s.With] = []
        self._silent = 0
        self._raised: list[list[State]] = []
        self._breaks: list[list[State]] = []
        self._continues: list[list[State]] = []

    @property
    def reporting(self) -> bool:
        """False in the rounds that only look for a loop's fixed point."""
        return self._silent == 0

    # --- statements ----------------------------------------------------------------------------

    def block(self, body: tuple[s.Stmt, ...], state: State | None) -> State | None:
        for stmt in body:
            if state is None:
                return None
            if not _safe(stmt):
                self._may_raise(state)
            state = self._stmt(stmt, state)
        if state is not None:
            self._may_raise(state)
        return state

    def _may_raise(self, state: State) -> None:
        for states in self._raised:
            if not states or states[-1] != state:
                states.append(state)

    def _joined(self, states: Iterable[State | None]) -> State | None:
        out: State | None = None
        for state in states:
            if state is not None:
                out = state if out is None else self.domain.join(out, state)
        return out

    def _stmt(self, stmt: s.Stmt, state: State) -> State | None:  # one branch a kind of statement
        match stmt:
            case s.If():
                true, false = self.branch(stmt.test, state)
                return self._joined((self.block(stmt.body, true), self.block(stmt.orelse, false)))
            case s.For() | s.While():
                return self._loop(stmt, state)
            case s.Try():
                return self._try(stmt, state)
            case s.With():
                return self._with(stmt, state)
            case s.Match():
                return self._match(stmt, state)
            case s.Return():
                self.expr(stmt.value, state)
                return None
            case s.Raise():
                self.expr(stmt.cause, self.expr(stmt.exc, state))
                return None
            case s.Jump():
                return self._jump(stmt, state)
            case s.Assert():
                true, false = self.branch(stmt.test, state)
                if false is not None:
                    self.expr(stmt.message, false)
                return true
            case s.Expression():
                ended = isinstance(stmt.value, s.Call) and self.domain.ends(stmt.value)
                state = self.domain.called(stmt.value, self.expr(stmt.value, state))
                return None if ended else state
            case _:
                return self._binding(stmt, state)

    def _binding(self, stmt: s.Stmt, state: State) -> State:
        match stmt:
            case s.Assign():
                if stmt.value is None:
                    return state
                state = self.expr(stmt.value, state)
                for target in stmt.targets:
                    state = self.assign(target, stmt.value, state)
                return state
            case s.Augment():
                state = self.expr(stmt.value, self.expr(stmt.target, state))
                return self.assign(stmt.target, None, state)
            case s.Delete():
                for target in stmt.targets:
                    state = self.expr(target, state)
                    for name in s.bound_names(target):
                        state = self.domain.unbind(name, state)
                return state
            case s.Function():
                for part in (*stmt.decorators, *(p.default for p in stmt.params)):
                    state = self.expr(part, state)
                return self.domain.bind(stmt.name, None, stmt.line, state)
            case s.Class():
                for part in (*stmt.decorators, *stmt.bases, *(k.value for k in stmt.keywords)):
                    state = self.expr(part, state)
                return self.domain.bind(stmt.name, None, stmt.line, state)
            case s.Import() | s.ImportFrom():
                for name in imported_names(stmt):
                    state = self.domain.bind(name, None, stmt.line, state)
                return state
            case s.TypeAlias():
                return self.domain.bind(stmt.name, None, stmt.line, state)
            case _:
                return state

    def _jump(self, stmt: s.Jump, state: State) -> State | None:
        if stmt.kind == "pass":
            return state
        waiting = self._breaks if stmt.kind == "break" else self._continues
        if waiting:
            waiting[-1].append(state)
        return None

    def _loop(self, stmt: s.For | s.While, state: State) -> State | None:
        if isinstance(stmt, s.For):
            state = self.expr(stmt.iter, state)
        head = state
        for _ in range(_MAX_ROUNDS):
            self._silent += 1
            back, _, _ = self._round(stmt, head)
            self._silent -= 1
            again = self._joined((state, back))
            if again is None or again == head:
                break
            head = again
        _, done, breaks = self._round(stmt, head)
        return self._joined((self.block(stmt.orelse, done), *breaks))

    def _round(self, stmt: s.For | s.While, head: State) -> tuple[State | None, State | None, list[State]]:
        """One round: the state that returns to the head, the one that is done, those that broke out."""
        self._breaks.append([])
        self._continues.append([])
        inside: State | None
        done: State | None
        if isinstance(stmt, s.For):
            inside = self.assign(stmt.target, None, self.domain.iterate(stmt.iter, head))
            done = head
        else:
            inside, done = self.branch(stmt.test, head)
        out = self.block(stmt.body, inside)
        back = self._joined((out, *self._continues.pop()))
        return back, done, self._breaks.pop()

    def _try(self, stmt: s.Try, state: State) -> State | None:
        self._raised.append([])
        self.tries.append(stmt)
        body = self.block(stmt.body, state)
        self.tries.pop()
        raised = self._raised.pop()
        if stmt.final:
            self._raised.append([])
        ends = [self.block(stmt.orelse, body)]
        for handler in stmt.handlers:
            entry = self._joined(raised)
            if entry is None:
                continue
            entry = self.domain.catch(stmt, handler, self.expr(handler.catches, entry))
            if handler.name:
                entry = self.domain.bind(handler.name, None, handler.line, entry)
            out = self.block(handler.body, entry)
            if out is not None and handler.name:
                out = self.domain.unbind(handler.name, out)
            ends.append(out)
        end = self._joined(ends)
        if not stmt.final:
            return end
        self.block(stmt.final, self._joined((*raised, *self._raised.pop(), end)))
        if end is None:
            return None
        self._silent += 1
        end = self.block(stmt.final, end)
        self._silent -= 1
        return end

    def _with(self, stmt: s.With, state: State) -> State | None:
        swallows = False
        for context, target in stmt.items:
            state = self.expr(context, state)
            if target is not None:
                state = self.assign(target, None, state)
            call = context.func if isinstance(context, s.Call) else context
            swallows |= (s.dotted(call) or "").rpartition(".")[2] in _SWALLOWING
        self.withs.append(stmt)
        self._raised.append([state])
        end = self.block(stmt.body, state)
        self.withs.pop()
        raised = self._raised.pop()
        if not swallows:
            return end
        return self._joined((*raised, end))

    def _match(self, stmt: s.Match, state: State) -> State | None:
        ends: list[State | None] = []
        state = self.domain.decided(stmt.subject, self.expr(stmt.subject, state))
        rest: State | None = state
        for case in stmt.cases:
            inside: State | None = state
            for name in case.binds:
                if inside is not None:
                    inside = self.domain.bind(name, None, case.line, inside)
            if case.guard is not None and inside is not None:
                inside, _ = self.branch(case.guard, inside)
            ends.append(self.block(case.body, inside))
            if case.guard is None and (case.pattern.text == "_" or case.pattern.text in case.binds):
                rest = None
                break
        return self._joined((*ends, rest))

    # --- expressions ---------------------------------------------------------------------------

    def assign(self, target: s.Expr, value: s.Expr | None, state: State) -> State:
        """Binding a target; a subscript or attribute target is evaluated."""
        match target:
            case s.Name():
                return self.domain.bind(target.id, value, target.line, state)
            case s.Sequence():
                for item in target.items:
                    state = self.assign(item, None, state)
                return state
            case s.Starred():
                return self.assign(target.value, None, state)
            case _:
                return self.domain.store(target, value, self.expr(target, state), self)

    def branch(self, test: s.Expr, state: State) -> tuple[State | None, State | None]:
        """The states after a test that held and after one that did not."""
        true, false = self._branch(test, state)
        inner = test.operand if isinstance(test, s.Unary) and test.op == "not" else test
        if isinstance(inner, s.Boolean):
            true = self.domain.decided(inner, true) if true is not None else None
            false = self.domain.decided(inner, false) if false is not None else None
        return true, false

    def _branch(self, test: s.Expr, state: State) -> tuple[State | None, State | None]:
        match test:
            case s.Boolean():
                left_true, left_false = self._branch(test.left, state)
                if test.op == "and":
                    right = self._branch(test.right, left_true) if left_true is not None else (None, None)
                    return right[0], self._joined((left_false, right[1]))
                right = self._branch(test.right, left_false) if left_false is not None else (None, None)
                return self._joined((left_true, right[0])), right[1]
            case s.Unary() if test.op == "not":
                true, false = self._branch(test.operand, state)
                return false, true
            case s.Constant() if test.kind in ("bool", "int"):
                return (state, None) if test.value else (None, state)
            case _:
                state = self.expr(test, state)
                atom = s.Name(test.line, test.target) if isinstance(test, s.Walrus) else test
                return self.domain.assume(atom, True, state), self.domain.assume(atom, False, state)

    def expr(self, node: s.Node | None, state: State) -> State:  # one branch a kind of expression
        match node:
            case None | s.Lambda():
                return state
            case s.Boolean():
                return self._either(self._branch(node, state), state)
            case s.Conditional():
                true, false = self.branch(node.test, state)
                ends = (
                    self.expr(node.body, true) if true is not None else None,
                    self.expr(node.orelse, false) if false is not None else None,
                )
                state = self._either(ends, state)
            case s.Walrus():
                state = self.domain.bind(node.target, node.value, node.line, self.expr(node.value, state))
            case s.Comprehension():
                state = self._comprehension(node, state)
            case _:
                for child in s.children(node):
                    state = self.expr(child, state)
        return self.domain.see(node, state, self)

    def _either(self, ends: tuple[State | None, State | None], otherwise: State) -> State:
        joined = self._joined(ends)
        return joined if joined is not None else otherwise

    def _comprehension(self, node: s.Comprehension, state: State) -> State:
        outside = self.hidden
        inside: State | None = state
        for index, generator in enumerate(node.generators):
            if inside is None:
                break
            inside = self.expr(generator.iter, inside)
            if not index:
                state = inside
            inside = self.domain.iterate(generator.iter, inside)
            self.hidden |= frozenset(s.bound_names(generator.target))
            for condition in generator.conditions:
                if inside is not None:
                    inside, _ = self.branch(condition, inside)
        if inside is not None:
            if node.key is not None:
                inside = self.expr(node.key, inside)
            inside = self.expr(node.element, inside)
        self.hidden = outside
        return self._either((state, inside), state)


def walk_function(node: s.Function, domain: Domain[State], start: State) -> State | None:
    """Walk a function's body; the state at its end, None if no path falls off it."""
    return Walk(domain).block(node.body, start)


def _safe(stmt: s.Stmt) -> bool:
    """A statement that does not raise in practice: it binds names to plain values, or does nothing."""
    if isinstance(stmt, s.Assign):
        plain = stmt.value is None or not any(_may_fail(n) for n in s.walk(stmt.value))
        return plain and all(isinstance(t, s.Name) for t in stmt.targets)
    if isinstance(stmt, s.With):  # only its entry: the statements of the body are asked themselves
        return not any(_may_fail(n) for context, _ in stmt.items for n in s.walk(context))
    return isinstance(stmt, (s.Jump, s.Scope)) or (
        isinstance(stmt, s.Expression) and isinstance(stmt.value, s.Constant)
    )


def _may_fail(node: s.Node) -> bool:
    if isinstance(node, s.Call):
        name = (s.dotted(node.func) or "").rpartition(".")[2]
        return name not in _TOTAL
    return isinstance(node, (s.Await, s.Yield, s.Subscript, s.Opaque, s.Comprehension))


def is_empty_display(expr: s.Expr | None) -> bool:
    """`[]`, `{}`, `()`, and `list()`, `dict()`, `set()`, `tuple()`."""
    match expr:
        case s.Sequence():
            return not expr.items
        case s.Mapping():
            return not expr.keys
        case s.Call():
            return not expr.args and not expr.keywords and s.dotted(expr.func) in ("list", "dict", "set", "tuple")
        case _:
            return False


# --- what was tested ---------------------------------------------------------------------------

Tested = frozenset[tuple[str, str]]


class Guards(Domain[Tested]):
    """Which values every path has tested, or knows to have an element.

    The state holds (`tested`, x) for a tested name, (`empty`, x) for one that was made by something whose result may
    be empty, and (`length`, "n=x") where `n` is the length of `x`.
    """

    def may_be_empty(self, value: s.Expr) -> bool:
        """Whether this makes a collection that may be empty."""
        return False

    def join(self, left: Tested, right: Tested) -> Tested:
        return left & right

    def bind(self, name: str, value: s.Expr | None, line: int, state: Tested) -> Tested:
        state = frozenset(item for item in state if not _concerns(item[1], name))
        if value is None:
            return state
        if isinstance(value, s.Sequence) and value.items and not all(isinstance(i, s.Starred) for i in value.items):
            return state | {("tested", name)}
        measured = measured_by(value) or _as_long_as(value)
        if measured is not None:
            state |= {("length", f"{name}={measured}")}
            if s.dotted(value) is None and measured_by(value) is None and ("empty", measured) in state:
                state |= {("empty", name)}
            return state | {("tested", name)} if ("tested", measured) in state else state
        source = s.dotted(value)
        if source is not None:
            return state | {(what, name) for what, held in state if held == source and what != "length"}
        return state | {("empty", name)} if self.may_be_empty(value) else state

    def unbind(self, name: str, state: Tested) -> Tested:
        return frozenset(item for item in state if not _concerns(item[1], name))

    def assume(self, test: s.Expr, truth: bool, state: Tested) -> Tested:
        return self._test(mentioned(test), state)

    def decided(self, test: s.Expr, state: Tested) -> Tested:
        return self._test(mentioned(test), state)

    def iterate(self, iterable: s.Expr, state: Tested) -> Tested:
        return self._test(mentioned(iterable), state)

    def _test(self, names: frozenset[str], state: Tested) -> Tested:
        pairs = [held.split("=", 1) for what, held in state if what == "length"]
        linked = {x for n, x in pairs if n in names} | {n for n, x in pairs if x in names}
        return state | {("tested", name) for name in names | linked}


def _concerns(held: str, name: str) -> bool:
    return any(part == name or part.startswith(f"{name}.") for part in held.split("="))


def _as_long_as(value: s.Expr) -> str | None:
    """The name whose every element this makes one of: `list(x)`, `sorted(x)`, `[f(i) for i in x]`."""
    if isinstance(value, s.Comprehension) and len(value.generators) == 1 and not value.generators[0].conditions:
        return s.dotted(value.generators[0].iter)
    if isinstance(value, s.Call) and s.dotted(value.func) in ("list", "sorted", "tuple", "set") and value.args:
        return s.dotted(value.args[0])
    return None


def measured_by(value: s.Expr) -> str | None:
    """The name in `len(name)`."""
    if isinstance(value, s.Call) and s.dotted(value.func) == "len" and len(value.args) == 1:
        return s.dotted(value.args[0])
    return None


# --- names -------------------------------------------------------------------------------------


def imported_names(stmt: s.Import | s.ImportFrom) -> Iterator[str]:
    """The names that an import binds."""
    for name, alias in stmt.names:
        if alias or name != "*":
            yield alias or (name.split(".")[0] if isinstance(stmt, s.Import) else name)


def bindings(node: s.Function) -> Iterator[tuple[str, s.Node]]:
    """Every name that the body binds in the function's own scope, with the node that does."""
    for item in s.own(node):
        match item:
            case s.Assign():
                for target in item.targets:
                    yield from ((name, item) for name in s.bound_names(target))
            case s.Augment() | s.For():
                yield from ((name, item) for name in s.bound_names(item.target))
            case s.With():
                for _, entered in item.items:
                    yield from ((name, item) for name in s.bound_names(entered))
            case s.Delete():
                for target in item.targets:
                    yield from ((name, item) for name in s.bound_names(target))
            case s.Handler():
                if item.name:
                    yield item.name, item
            case s.Case():
                yield from ((name, item) for name in item.binds)
            case s.Import() | s.ImportFrom():
                yield from ((name, item) for name in imported_names(item))
            case s.Walrus():
                yield item.target, item
            case s.Function() | s.Class() | s.TypeAlias():
                yield item.name, item
            case _:
                pass


def outer_names(node: s.Function) -> frozenset[str]:
    """The names that the function declares `global` or `nonlocal`."""
    return frozenset(name for item in s.own(node) if isinstance(item, s.Scope) for name in item.names)


def mentioned(*nodes: s.Node | None) -> frozenset[str]:
    """The names and dotted names that occur in these, `a`, `a.b` and `a.b.c` for `a.b.c`."""
    out: set[str] = set()
    for node in s.walk(*(n for n in nodes if n is not None)):
        text = s.dotted(node) if isinstance(node, (s.Name, s.Attribute)) else None
        if text is not None:
            out.add(text)
        elif isinstance(node, s.Walrus):
            out.add(node.target)
    return frozenset(out)


# --- blocks and handlers -----------------------------------------------------------------------


def leaves(body: tuple[s.Stmt, ...], ends: Callable[[s.Call], bool] | None = None) -> bool:
    """Whether every path through the block leaves it by `return`, `raise`, `break` or `continue`."""
    for stmt in body:
        match stmt:
            case s.Return() | s.Raise():
                return True
            case s.Jump() if stmt.kind != "pass":
                return True
            case s.Expression() if isinstance(stmt.value, s.Call):
                if s.dotted(stmt.value.func) in _ENDINGS or (ends is not None and ends(stmt.value)):
                    return True
            case s.If():
                if leaves(stmt.body, ends) and leaves(stmt.orelse, ends):
                    return True
            case s.With():
                if leaves(stmt.body, ends):
                    return True
            case s.Try():
                handled = all(leaves(h.body, ends) for h in stmt.handlers)
                if leaves(stmt.final, ends) or (handled and leaves((*stmt.body, *stmt.orelse), ends)):
                    return True
            case _:
                pass
    return False


def caught(handler: s.Handler) -> tuple[str, ...]:
    """The last parts of the names of the exceptions that a handler catches; `BaseException` if it is bare."""
    catches = handler.catches
    if catches is None:
        return ("BaseException",)
    items: tuple[s.Expr, ...] = catches.items if isinstance(catches, s.Sequence) else (catches,)
    return tuple((s.dotted(item) or s.text(item)).rpartition(".")[2] for item in items)


def broad(handler: s.Handler) -> bool:
    """`except:`, `except Exception` and `except BaseException`."""
    return bool({"Exception", "BaseException"} & set(caught(handler)))


def expects(tries: Iterable[s.Try], errors: frozenset[str]) -> bool:
    """Whether a `try` around the place catches one of these errors, or every error."""
    return any(broad(h) or errors & set(caught(h)) for t in tries for h in t.handlers)


def endings(facts: Facts, function: Function) -> Callable[[s.Call], bool]:
    """Tells of a call in this function whether it never returns: it ends the process, or what it calls always raises."""
    callees: dict[int, str | None] = {}
    known: dict[int, bool] = {}

    def ends(call: s.Call) -> bool:
        if id(call) not in known:
            if not callees:
                callees.update((id(found.node), found.callee) for found in facts.calls(function))
            callee = facts.function(callees.get(id(call)))
            known[id(call)] = s.dotted(call.func) in _ENDINGS or (callee is not None and _always_raises(callee.node))
        return known[id(call)]

    return ends


def _always_raises(node: s.Function) -> bool:
    """`-> NoReturn`, or a body all of whose paths raise; an abstract method does not count."""
    if node.is_generator:
        return False
    if (s.dotted(node.returns) or "").rpartition(".")[2] in ("NoReturn", "Never"):
        return True
    if not leaves(node.body):
        return False
    nodes = list(s.own(node))
    abstract = any("NotImplemented" in s.text(n.exc) for n in nodes if isinstance(n, s.Raise))
    return not abstract and not any(isinstance(n, s.Return) for n in nodes)


# --- errors that answer a request ----------------------------------------------------------------


HTTP_ERRORS = frozenset({"fastapi.HTTPException", "starlette.exceptions.HTTPException"})


def http_status(facts: Facts, path: str, expr: s.Expr | None) -> int | None:
    """The status code that an expression denotes: a number, or a name such as `status.HTTP_404_NOT_FOUND`."""
    if expr is None:
        return None
    value = facts.constant(path, expr)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    parts = (s.dotted(expr) or "").rpartition(".")[2].split("_")
    if len(parts) > 1 and parts[0] == "HTTP" and parts[1].isdigit():
        return int(parts[1])
    return _NAMED_STATUS.get(s.dotted(expr) or "")


_NAMED_STATUS = {
    f"HTTPStatus.{name}": code
    for name, code in {
        "BAD_REQUEST": 400, "UNAUTHORIZED": 401, "FORBIDDEN": 403, "NOT_FOUND": 404, "CONFLICT": 409, "GONE": 410,
        "UNPROCESSABLE_ENTITY": 422, "TOO_MANY_REQUESTS": 429, "INTERNAL_SERVER_ERROR": 500, "BAD_GATEWAY": 502,
        "SERVICE_UNAVAILABLE": 503, "GATEWAY_TIMEOUT": 504,
    }.items()
}  # fmt: skip


def guarded_nodes(node: s.Function) -> Iterator[tuple[s.Node, tuple[s.Try, ...]]]:
    """The nodes of a function's own body, each with the `try` statements in whose bodies it stands, innermost last."""
    stack: list[tuple[s.Node, tuple[s.Try, ...]]] = [(item, ()) for item in reversed(node.body)]
    while stack:
        item, tries = stack.pop()
        yield item, tries
        if isinstance(item, s.SCOPES):
            continue
        if isinstance(item, s.Try):
            rest = (*item.handlers, *item.orelse, *item.final)
            stack.extend((child, tries) for child in reversed(rest))
            inside = (*tries, item) if item.handlers else tries
            stack.extend((child, inside) for child in reversed(item.body))
        else:
            stack.extend((child, tries) for child in reversed(list(s.children(item))))
