"""Value that may be None, used without a check.

## What it does

Finds a value that may be None, from a lookup (`first`, `one_or_none`, `session.get`, `re.match`, `os.environ.get`) or
from a function of the project that says so (`-> Item | None`), whose attribute or item is used on a path without a
check.

## Why is this bad?

The row that is not there is the ordinary case that tests leave out. The client gets 500 and an `AttributeError`
instead of 404.

## Bad

```python
from sqlalchemy import select
from sqlalchemy.orm import Session


def find(session: Session, name: str) -> "Item | None":
    return session.scalars(select(Item).where(Item.name == name)).first()


def price(session: Session, name: str) -> int:
    item = find(session, name)
    return item.price  # finding


def owner(session: Session, item_id: int) -> str:
    return session.scalars(select(Item).where(Item.id == item_id)).one_or_none().owner  # finding
```

## Good

```python
from fastapi import HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session


def find(session: Session, name: str) -> "Item | None":
    return session.scalars(select(Item).where(Item.name == name)).first()


def price(session: Session, name: str) -> int:
    item = find(session, name)
    if item is None:
        raise HTTPException(status_code=404)
    return item.price


def label(session: Session, name: str) -> str:
    return item.label if (item := find(session, name)) else "?"
```

## Limits

Any test that names the value counts as a check, and so does handing it to a function whose result is not used further or
put in a name, or a `try` that catches the error. Only local names are followed, and only values whose source is certain.

```python
import re

from sqlalchemy import select
from sqlalchemy.orm import Session


def find(session: Session, name: str) -> "Item | None":
    return session.scalars(select(Item).where(Item.name == name)).first()


def price(session: Session, name: str) -> int:
    item = find(session, name)
    ensure_found(item)
    return item.price


def host(url: str) -> str:
    return re.match(r"https://(.+)", url).group(1) if re.match(r"https://(.+)", url) else ""


def price_or_error(session: Session, name: str) -> int:
    item = find(session, name)
    error = problem_of(item)
    if error:
        raise error
    return item.price


def price_or_zero(session: Session, name: str) -> int:
    item = find(session, name)
    try:
        return item.price
    except AttributeError:
        return 0
```

## References

- CWE-476: NULL Pointer Dereference
"""

from collections.abc import Iterator

import msgspec

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_ERRORS = frozenset({"AttributeError", "TypeError", "Exception"})
_UNTYPED = frozenset({"one_or_none", "scalar_one_or_none"})
"""Methods that no other library has: their result may be None whatever the receiver."""
_EXTERNAL = frozenset(
    {"re.match", "re.search", "re.fullmatch", "os.environ.get", "os.getenv", "shutil.which", "inspect.getmodule",
     "re.Pattern.match", "re.Pattern.search", "re.Pattern.fullmatch", "mimetypes.guess_extension"}
)  # fmt: skip

Known = frozenset[tuple[str, int, str]]
"""Names that may be None, each with the line and the text of the call that made it."""


class _Use(msgspec.Struct, frozen=True, order=True):
    line: int
    name: str
    made: int
    source: str
    how: str


class _Maybe(flow.Domain[Known]):
    """Which local names may be None on some path."""

    def __init__(self, facts: Facts, function: Function) -> None:
        self.facts = facts
        self.function = function
        self.uses: set[_Use] = set()
        self.sources: dict[int, bool] = {}
        self.ending = flow.endings(facts, function)
        self.tested = frozenset(_tested(function.node))
        self.callees = {id(call.node): facts.function(call.callee) for call in facts.calls(function)}

    def join(self, left: Known, right: Known) -> Known:
        return left | right

    def see(self, node: s.Node, state: Known, walk: flow.Walk[Known]) -> Known:
        used, how = _used(node)
        if used is None or not walk.reporting or flow.expects(walk.tries, _ERRORS):
            return state
        if isinstance(used, s.Name):
            if used.id not in walk.hidden:
                self.uses |= {_Use(node.line, n, line, src, how) for n, line, src in state if n == used.id}
                return _without(state, {used.id})
        elif self.optional(used) and s.text(_call(used), 500) not in self.tested:
            self.uses.add(_Use(node.line, "", used.line, s.text(_call(used), 50), how))
        return state

    def bind(self, name: str, value: s.Expr | None, line: int, state: Known) -> Known:
        call = _call(value) if value is not None else None
        if call is not None:  # `error = problem_of(item)` may say whether there is an item
            state = _without(state, {a.id for a in call.args if isinstance(a, s.Name)})
        elif value is not None and _compares(value):
            state = _without(state, flow.mentioned(value))
        aliases = {(name, made, src) for n, made, src in state if isinstance(value, s.Name) and n == value.id}
        state = _without(state, {name}) | aliases
        if value is not None and self.optional(value):
            return state | {(name, line, s.text(call, 50))}
        return state

    def unbind(self, name: str, state: Known) -> Known:
        return _without(state, {name})

    def assume(self, test: s.Expr, truth: bool, state: Known) -> Known:
        none = _none_test(test)
        if none is not None:
            name, is_none = none
            return state if is_none == truth else _without(state, {name})
        if isinstance(test, s.Name):
            return _without(state, {test.id}) if truth else state
        return _without(state, flow.mentioned(test))

    def decided(self, test: s.Expr, state: Known) -> Known:
        return _without(state, flow.mentioned(test))

    def called(self, expr: s.Expr, state: Known) -> Known:
        call = _call(expr)
        given = (*call.args, *(k.value for k in call.keywords)) if call is not None and state else ()
        return _without(state, {a.id for a in given if isinstance(a, s.Name)})

    def ends(self, call: s.Call) -> bool:
        return self.ending(call)

    def optional(self, expr: s.Expr) -> bool:
        """Whether this is a call whose result may be None."""
        place = id(expr)
        if place not in self.sources:
            self.sources[place] = self._optional(expr)
        return self.sources[place]

    def _optional(self, expr: s.Expr) -> bool:
        call = _call(expr)
        if call is None:
            return False
        target = self.facts.resolve(self.function.path, call.func, self.function)
        if target in _EXTERNAL:
            return target not in ("os.environ.get", "os.getenv") or len(call.args) + len(call.keywords) == 1
        callee = self.callees.get(id(call))
        if callee is not None and callee.node.name != "__init__":
            return _says_none(callee.node.returns) or _returns_none(callee.node)
        found = self.facts.type_of(self.function, expr)
        if found is not None:
            return found.optional
        return isinstance(call.func, s.Attribute) and call.func.attr in _UNTYPED


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each value, at its first use without a check."""
    domain = _Maybe(facts, function)
    if not any(domain.optional(call.node) for call in facts.calls(function)):
        return
    flow.walk_function(function.node, domain, frozenset())
    seen: set[tuple[str, int, str]] = set()
    for use in sorted(domain.uses):
        if (use.name, use.made, use.source) in seen:
            continue
        seen.add((use.name, use.made, use.source))
        what = f"`{use.name}` may be None (`{use.source}`)" if use.name else f"`{use.source}` may be None"
        yield Evidence(
            message=f"{what}, and {use.how} is used without a check",
            at=Location(function.path, use.line, use.line),
            symbol=function.qualname,
            key=f"{use.name} {use.source}",
            because=(Step(function.path, use.made, f"`{use.name} = {use.source}`"),) if use.made != use.line else (),
            fix=f"Check `{use.name or use.source}` for None first, and answer the missing case.",
        )


def _says_none(returns: s.Expr | None) -> bool:
    """Whether an annotation allows None: `X | None`, `Optional[X]`, `Union[X, None]`, in quotes or not."""
    match returns:
        case s.Constant() if returns.kind == "str":
            text = str(returns.value).replace(" ", "")
            return text.endswith("|None") or text.startswith(("None|", "Optional[", "typing.Optional["))
        case s.Binary():
            return returns.op == "|" and any(_is_none(p) or _says_none(p) for p in (returns.left, returns.right))
        case s.Subscript():
            name = (s.dotted(returns.value) or "").rpartition(".")[2]
            parts = returns.index.items if isinstance(returns.index, s.Sequence) else (returns.index,)
            return name == "Optional" or (name == "Union" and any(_is_none(p) for p in parts))
        case _:
            return False


def _returns_none(node: s.Function) -> bool:
    """Whether a function without annotation writes both `return None` and `return value`."""
    if node.returns is not None or node.is_generator or node.decorators:
        return False
    values = [n.value for n in s.own(node) if isinstance(n, s.Return) and n.value is not None]
    return any(_is_none(v) for v in values) and not all(isinstance(v, s.Constant) for v in values)


def _is_none(expr: s.Expr) -> bool:
    return isinstance(expr, s.Constant) and expr.kind == "none"


def _used(node: s.Node) -> tuple[s.Expr | None, str]:
    """The expression whose attribute, item or result a node uses, and how."""
    match node:
        case s.Attribute():
            return node.value, f"`.{node.attr}`"
        case s.Subscript():
            return node.value, f"`[{s.text(node.index, 20)}]`"
        case _:
            return None, ""


def _call(expr: s.Expr) -> s.Call | None:
    while isinstance(expr, s.Await):
        expr = expr.value
    return expr if isinstance(expr, s.Call) else None


def _without(state: Known, names: set[str] | frozenset[str]) -> Known:
    return frozenset(item for item in state if item[0] not in names) if state else state


def _none_test(test: s.Expr) -> tuple[str, bool] | None:
    """`x is None` and its like: the name, and whether it is None where the test holds."""
    if not isinstance(test, s.Compare) or len(test.ops) != 1 or not isinstance(test.left, s.Name):
        return None
    right = test.comparators[0]
    if not isinstance(right, s.Constant) or right.kind != "none" or test.ops[0] not in ("is", "is not", "==", "!="):
        return None
    return test.left.id, test.ops[0] in ("is", "==")


def _tested(node: s.Function) -> Iterator[str]:
    """The texts of the calls that a test looks at: `re.match(p, x).group() if re.match(p, x) else ""`."""
    for item in s.own(node):
        if isinstance(item, (s.If, s.While, s.Conditional, s.Assert)):
            yield from (s.text(n, 500) for n in s.walk(item.test) if isinstance(n, s.Call))
        elif isinstance(item, s.Boolean):
            yield from (s.text(n, 500) for n in s.walk(item.left) if isinstance(n, s.Call))
        elif isinstance(item, s.Generator):
            yield from (s.text(n, 500) for c in item.conditions for n in s.walk(c) if isinstance(n, s.Call))


def _compares(value: s.Expr) -> bool:
    """A value that remembers the outcome of a test."""
    return any(
        isinstance(n, (s.Compare, s.Boolean)) or (isinstance(n, s.Unary) and n.op == "not") for n in s.walk(value)
    )


RULE = Rule(
    id="BYT308",
    name="unchecked-none",
    area=Area.LOGIC,
    aspect=Aspect.EDGE_CASES,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
