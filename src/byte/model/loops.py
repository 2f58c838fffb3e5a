"""Which loops grow with data, and which are bounded by what the source fixes."""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Call, Facts, Function, Loop

_PART = ("batch", "chunk", "page", "partition", "retry", "attempt")
"""A loop variable so named holds many elements, or counts tries."""

_PARTS = ("batches", "chunks", "pages", "partitions", "retries", "attempts")
"""A collection so named has few elements, each with many; `page` alone is a page of rows."""

_SPLITS = ("batch", "chunk", "paginat", "pages", "partition", "retr", "attempt")
"""A function so named splits into parts, or counts tries."""

_ADDS = frozenset({"append", "extend", "add", "update", "insert", "setdefault", "appendleft"})
_ADDS_ONE = frozenset({"append", "add", "insert", "appendleft"})
_WRAPPERS = ("enumerate", "reversed", "sorted", "list", "zip", "tuple", "set")


def growing(call: Call, function: Function, facts: Facts) -> Loop | None:
    """The innermost loop around the call whose number of rounds grows with data."""
    for loop in reversed(call.loops):
        if grows(loop, function, facts) and not _once(loop, call):
            return loop
    return None


def grows(loop: Loop, function: Function, facts: Facts) -> bool:
    """Whether the number of rounds grows with data: no constant, batches, retries, nor a loop left at once."""
    if loop.kind == "while" or loop.iter is None or _few(loop.target) or _leaves(loop):
        return False
    return not bounded(loop.iter, function, facts)


def _few(expr: s.Expr | None) -> bool:
    return any(word in name.lower() for name in s.bound_names(expr) for word in _PART)


def bounded(expr: s.Expr, function: Function, facts: Facts) -> bool:
    """Whether the source fixes how many elements this has, or a name says that it is a part of something."""
    match expr:
        case s.Sequence():
            return not any(isinstance(item, s.Starred) for item in expr.items)
        case s.Constant() | s.Mapping():
            return True
        case s.Call():
            return _bounded_call(expr, function, facts)
        case s.Name() | s.Attribute():
            return _bounded_name(expr, function, facts)
        case s.Subscript():
            index = expr.index
            return isinstance(index, s.Slice) and isinstance(index.upper, s.Constant)
        case _:
            return False


def _bounded_name(expr: s.Name | s.Attribute, function: Function, facts: Facts) -> bool:
    name = expr.id if isinstance(expr, s.Name) else expr.attr
    if any(word in name.lower() for word in _PARTS) or name.isupper() or name.startswith("__"):
        return True
    if (s.dotted(expr) or "").partition(".")[0].lower() in ("settings", "config", "conf"):
        return True
    if isinstance(expr, s.Name):
        values = assigned(function, expr.id)
        if len(values) == 1 and isinstance(values[0], (s.Sequence, s.Mapping)) and bounded(values[0], function, facts):
            return not extended(function, expr.id)
    target = facts.resolve(function.path, expr, function)
    return target is not None and (facts.cls(target) is not None or target.rpartition(".")[2].isupper())


def _bounded_call(expr: s.Call, function: Function, facts: Facts) -> bool:
    func = expr.func
    name = (func.attr if isinstance(func, s.Attribute) else s.dotted(func) or "").lower()
    if name == "range":
        if len(expr.args) == 3:
            return True  # steps of more than one are batches
        return all(isinstance(a, s.Constant) or any(word in s.text(a).lower() for word in _SPLITS) for a in expr.args)
    if name in _WRAPPERS and expr.args:
        return any(bounded(a, function, facts) for a in expr.args)
    if name in ("items", "keys", "values") and isinstance(func, s.Attribute):
        keywords = {p.name for p in function.node.params if p.kind == "kwargs"}
        return s.dotted(func.value) in keywords or bounded(func.value, function, facts)
    return any(word in name for word in _SPLITS)


def assigned(function: Function, name: str) -> list[s.Expr]:
    """The values that the function's own body gives to a local name by plain assignment."""
    return [
        node.value
        for node in s.own(function.node)
        if isinstance(node, s.Assign) and node.value is not None and any(s.dotted(t) == name for t in node.targets)
    ]


def extended(function: Function, name: str) -> bool:
    """Whether the function's body lets a collection grow: `append` in a loop, `extend`, `+=`, an assignment to an item."""
    looped = {
        id(inner)
        for loop in s.own(function.node)
        if isinstance(loop, (s.For, s.While, s.Comprehension))
        for inner in s.walk(loop)
    }
    for node in s.own(function.node):
        if isinstance(node, s.Call) and isinstance(node.func, s.Attribute) and s.dotted(node.func.value) == name:
            if node.func.attr in _ADDS and (node.func.attr not in _ADDS_ONE or id(node) in looped):
                return True
            continue
        targets = node.targets if isinstance(node, s.Assign) else ()
        if (isinstance(node, s.Augment) and s.dotted(node.target) == name) or any(_item_of(t, name) for t in targets):
            return True
    return False


def _item_of(target: s.Expr, name: str) -> bool:
    return isinstance(target, s.Subscript) and s.dotted(target.value) == name


def _once(loop: Loop, call: Call) -> bool:
    """Whether the loop ends after the call: a block around it, inside the loop, ends by leaving the loop."""
    return isinstance(loop.node, s.For) and any(_leaving(block) for block in _blocks(loop.node.body, call))


def _blocks(body: tuple[s.Stmt, ...], call: Call) -> Iterator[tuple[s.Stmt, ...]]:
    """The blocks around the call below this one, outermost first."""
    for stmt in body:
        inner: list[tuple[s.Stmt, ...]] = []
        if isinstance(stmt, s.If):
            inner = [stmt.body, stmt.orelse]
        elif isinstance(stmt, s.Try):
            inner = [stmt.body, *(h.body for h in stmt.handlers), stmt.orelse, stmt.final]
        elif isinstance(stmt, s.With):
            inner = [stmt.body]
        elif isinstance(stmt, s.Match):
            inner = [case.body for case in stmt.cases]
        for block in inner:
            if any(node is call.node for node in s.walk(*block)):
                yield block
                yield from _blocks(block, call)


def _leaving(block: tuple[s.Stmt, ...]) -> bool:
    last = block[-1] if block else None
    return isinstance(last, (s.Return, s.Raise)) or (isinstance(last, s.Jump) and last.kind == "break")


def _leaves(loop: Loop) -> bool:
    """A loop that ends in its first round, or in the first that succeeds: its body's last statement leaves it."""
    node = loop.node
    if not isinstance(node, s.For) or not node.body:
        return False
    last = node.body[-1]
    return _leaving((last.orelse or last.body) if isinstance(last, s.Try) else node.body)
