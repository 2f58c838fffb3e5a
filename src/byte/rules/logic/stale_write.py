"""Stale copy written back.

## What it does

Finds a record that is read from a shared store in memory, an `await`, and the write of that record (or a copy of it)
back to the store, without a lock. It also finds a counter column that is raised in Python (`row.count += 1`) on a row
that was read without a lock.

## Why is this bad?

While the coroutine waits, another request may change the same record. The write then puts back the old state, and the
other change is lost. Two workers that both read 7 both write 8.

## Bad

```python
class Registry:
    def __init__(self) -> None:
        self.items: dict[str, dict] = {}

    async def refresh(self, name: str):
        item = self.items[name]
        tools = await fetch(item["url"])
        updated = {**item, "tools": tools}
        self.items[name] = updated  # finding
```

```python
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase): ...


class Key(Base):
    __tablename__ = "keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    uses: Mapped[int]


def use(session: Session, key_id: int):
    key = session.get(Key, key_id)
    if key is not None:
        key.uses += 1  # finding
        session.commit()
```

## Good

```python
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase): ...


class Key(Base):
    __tablename__ = "keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    uses: Mapped[int]


class Registry:
    async def refresh(self, name: str):
        tools = await fetch(self.items[name]["url"])
        self.items[name] = {**self.items[name], "tools": tools}


def use(session: Session, key_id: int):
    key = session.get(Key, key_id, with_for_update=True)
    if key is not None:
        key.uses += 1
        session.commit()
```

## Limits

A `with` whose context is named a lock counts as one, wherever the read stands. A store behind a function is seen if
the function's own body reads or writes it. Rows that the function has just made, and tables with a version column,
are left out; a row that the function was given is a note, for its caller may hold a lock. An object that is only changed in place is not written back, so it is not found.

```python
class Registry:
    async def refresh(self, name: str):
        async with self.lock:
            item = self.items[name]
            tools = await fetch(item["url"])
            self.items[name] = {**item, "tools": tools}
```

## References

- CWE-362: Race Condition
- SQLAlchemy: Using SQL expressions with the ORM, version counters
"""

import re
from collections.abc import Iterator

import msgspec

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Call, Effect, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step

_LOCKS = ("lock", "mutex", "semaphore", "for_update", "transaction_lock")
_NUMBERS = ("int", "float", "decimal", "numeric")
_SETTER = re.compile(r"_*(set|update|save|put|store|write|replace|upsert|add|register|insert)")
_COPIES = frozenset({"copy", "deepcopy", "dict", "list", "model_copy", "replace"})


class _Held(msgspec.Struct, frozen=True):
    """A local name that holds what a store had under a key when it was read."""

    name: str
    store: str
    key: str
    line: int
    waited: int = 0


Read = frozenset[_Held]


class _Writes(flow.Domain[Read]):
    def __init__(self, facts: Facts, function: Function) -> None:
        self.facts = facts
        self.function = function
        self.calls: dict[int, Call] = {id(call.node): call for call in facts.calls(function)}
        self.locals = {p.name for p in function.node.params} | {name for name, _ in flow.bindings(function.node)}
        self.me = function.node.params[0].name if function.cls is not None and function.node.params else None
        self.found: dict[int, _Held] = {}

    def join(self, left: Read, right: Read) -> Read:
        return left | right

    def bind(self, name: str, value: s.Expr | None, line: int, state: Read) -> Read:
        copied = _copied(value)
        source = {msgspec.structs.replace(h, name=name) for h in state if copied is not None and h.name == copied}
        state = frozenset(h for h in state if h.name != name and h.key != name)
        place = self.read(value) if value is not None else None
        if place is not None:
            return state | {_Held(name, *place, line)}
        return state | source

    def see(self, node: s.Node, state: Read, walk: flow.Walk[Read]) -> Read:
        if isinstance(node, s.Await) and not any(_locks(item) for item in walk.withs):
            return frozenset(msgspec.structs.replace(h, waited=h.waited or node.line) for h in state)
        if walk.reporting and id(node) in self.calls and isinstance(node, s.Call) and _sets(node):
            store = self.wrote(self.calls[id(node)])
            if store is not None:
                self._write(node.line, store, s.text(node.args[0], 200), node.args[1], state, walk)
        return state

    def store(self, target: s.Expr, value: s.Expr | None, state: Read, walk: flow.Walk[Read]) -> Read:
        if isinstance(target, s.Subscript) and value is not None and walk.reporting:
            store = self.shared(target.value)
            if store is not None:
                self._write(target.line, store, s.text(target.index, 200), value, state, walk)
        return state

    def _write(self, line: int, store: str, key: str, value: s.Expr, state: Read, walk: flow.Walk[Read]) -> None:
        if any(_locks(item) for item in walk.withs):
            return
        name = _copied(value)
        for held in sorted(state, key=lambda h: (h.line, h.name)):
            if held.waited and held.name == name and (held.store, held.key) == (store, key):
                self.found.setdefault(line, held)

    def shared(self, expr: s.Expr) -> str | None:
        """The store that an expression names: an attribute of `self`, or a module-level name."""
        text = s.dotted(expr)
        if text is None:
            return None
        first, _, rest = text.partition(".")
        if first == self.me and rest and "." not in rest:
            return f"{self.function.cls}.{rest}"
        if first in self.locals:
            return None
        target = self.facts.resolve(self.function.path, expr, self.function)
        return target if target is not None and "::" in target else None

    def read(self, value: s.Expr) -> tuple[str, str] | None:
        """The store and key that a value is read from, directly or by a function whose body does that."""
        if isinstance(value, s.Subscript):
            store = self.shared(value.value)
            return (store, s.text(value.index, 200)) if store is not None else None
        if not isinstance(value, s.Call) or not value.args:
            return None
        key = s.text(value.args[0], 200)
        if isinstance(value.func, s.Attribute) and value.func.attr == "get":
            store = self.shared(value.func.value)
            if store is not None:
                return store, key
        call = self.calls.get(id(value))
        callee = self.facts.function(call.callee) if call is not None else None
        if callee is None or callee.cls is None or callee.node.is_async:
            return None
        inner = _Writes(self.facts, callee)
        for node in s.own(callee.node):
            if isinstance(node, s.Return) and node.value is not None:
                found = inner.read(node.value) if not _calls_itself(callee, node.value) else None
                if found is not None:
                    return found[0], key
        return None

    def wrote(self, call: Call) -> str | None:
        """The store in which a function puts its second argument."""
        callee = self.facts.function(call.callee)
        if callee is None or callee.cls is None or len(callee.node.params) < 3:
            return None
        inner = _Writes(self.facts, callee)
        given = callee.node.params[2].name
        for node in s.own(callee.node):
            if (
                isinstance(node, s.Assign)
                and s.dotted(node.value) == given
                and isinstance(node.targets[0], s.Subscript)
            ):
                return inner.shared(node.targets[0].value)
        return None


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each stale record written back, and for each counter raised in Python."""
    if function.node.is_async and _may_write(function.node):
        domain = _Writes(facts, function)
        flow.walk_function(function.node, domain, frozenset())
        for line, held in sorted(domain.found.items()):
            yield Evidence(
                message=f"`{held.name}` holds what was read before an `await`, and is written back after it: changes made "
                "meanwhile are lost",
                at=Location(function.path, line, line),
                symbol=function.qualname,
                key=f"{held.name} {held.store.rpartition('::')[2]}",
                because=(
                    Step(function.path, held.line, "the record is read"),
                    Step(function.path, held.waited, "other requests run here"),
                ),
                fix="Read the record again after the `await`, or hold a lock from the read to the write.",
            )
    yield from _counters(function, facts)


def _sets(call: s.Call) -> bool:
    """A method that by its name keeps its second argument under its first."""
    return len(call.args) > 1 and isinstance(call.func, s.Attribute) and bool(_SETTER.match(call.func.attr))


def _may_write(node: s.Function) -> bool:
    return any(
        (isinstance(n, s.Assign) and isinstance(n.targets[0], s.Subscript)) or (isinstance(n, s.Call) and _sets(n))
        for n in s.own(node)
    )


def _counters(function: Function, facts: Facts) -> Iterator[Evidence]:
    changes = [(node, change) for node in s.own(function.node) if (change := _raised(node)) is not None]
    if not changes or any(word in s.text(n, 400).lower() for n in function.node.body for word in _LOCKS):
        return
    if any(word in s.text(call.node, 400).lower() for call in facts.calls(function) for word in _LOCKS):
        return
    made = {
        name
        for name, item in flow.bindings(function.node)
        if isinstance(item, s.Assign) and isinstance(item.value, s.Call) and _makes(facts, function, item.value)
    }
    loaded = {name for name, item in flow.bindings(function.node) if _loads(facts, function, item)}
    for node, (target, op) in changes:
        owner = facts.type_of(function, target.value)
        table = facts.table(owner.name) if owner is not None and not owner.factory else None
        column = next((c for c in table.columns if c.name == target.attr), None) if table is not None else None
        if table is None or column is None or s.dotted(target.value) in made:
            continue
        kind = f"{column.type or ''} {s.text(column.annotation)}".lower()
        versioned = any("version" in c.name.lower() for c in table.columns)
        if versioned or not any(word in kind for word in _NUMBERS):
            continue
        name = s.text(target, 40)
        yield Evidence(
            message=f"`{name} {op}= ...` counts in Python on a row read without a lock: two requests at once count once",
            at=Location(function.path, node.line, node.line),
            symbol=function.qualname,
            key=name,
            fix=f"Count in SQL (`update(...).values({target.attr}=...{target.attr} {op} ...)`), or read with "
            "`with_for_update`.",
            cause=f"{function.key} counters",
            severity=None if s.dotted(target.value) in loaded else Severity.NOTE,
        )


def _raised(node: s.Node) -> tuple[s.Attribute, str] | None:
    """`x.a += n` and `x.a = x.a + n`."""
    if isinstance(node, s.Augment) and isinstance(node.target, s.Attribute):
        op = node.op.rstrip("=")
        return (node.target, op) if op in ("+", "-") else None
    if isinstance(node, s.Assign) and isinstance(node.value, s.Binary) and node.value.op in ("+", "-"):
        target = node.targets[0]
        if isinstance(target, s.Attribute) and s.text(target, 200) == s.text(node.value.left, 200):
            return target, node.value.op
    return None


def _loads(facts: Facts, function: Function, item: s.Node) -> bool:
    """Whether a binding takes its value from a query."""
    value = item.value if isinstance(item, (s.Assign, s.Walrus)) else None
    inside = {id(n) for n in s.walk(value)} if value is not None else set()
    calls = [call for call in facts.calls(function) if id(call.node) in inside]
    texts = " ".join(s.text(call.node.func, 400) for call in calls)
    return any(facts.reach(call, Effect.QUERY) is not None for call in calls) or texts.endswith(
        ("one_or_none", "first")
    )


def _makes(facts: Facts, function: Function, call: s.Call) -> bool:
    target = facts.resolve(function.path, call.func, function)
    return facts.cls(target) is not None


def _copied(value: s.Expr | None) -> str | None:
    """The name that a value is, or is a copy of."""
    match value:
        case s.Name():
            return value.id
        case s.Mapping():
            spread = [v for k, v in zip(value.keys, value.values, strict=True) if k is None]
            return spread[0].id if spread and isinstance(spread[0], s.Name) else None
        case s.Call():
            name = s.text(value.func).rpartition(".")[2]
            if name not in _COPIES:
                return None
            if value.args and isinstance(value.args[0], s.Name):
                return value.args[0].id
            if isinstance(value.func, s.Attribute) and isinstance(value.func.value, s.Name) and not value.args:
                return value.func.value.id
        case _:
            pass
    return None


def _locks(stmt: s.With) -> bool:
    return any(word in s.text(context, 200).lower() for context, _ in stmt.items for word in _LOCKS)


def _calls_itself(function: Function, value: s.Expr) -> bool:
    return isinstance(value, s.Call) and s.text(value.func).rpartition(".")[2] == function.node.name


RULE = Rule(
    id="BYT305",
    name="stale-write",
    area=Area.LOGIC,
    aspect=Aspect.EDGE_CASES,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
