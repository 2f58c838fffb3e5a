"""What one file defines: functions, classes and the names bound at its top level, from its syntax alone."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from byte.model import syntax as s


class Binding(msgspec.Struct, frozen=True):
    """What a module-level name is bound to.

    `def` and `class`: `name` is the qualified name. `import`: `module` is what `import module` loads.
    `from`: `name` out of `module`, `level` dots up. `value`: a variable; `expr` is what is assigned if that is plain.
    """

    kind: Literal["def", "class", "import", "from", "value"]
    line: int
    name: str = ""
    module: str = ""
    level: int = 0
    expr: s.Expr | None = None
    annotation: s.Expr | None = None


class Symbols(msgspec.Struct, frozen=True):
    """The definitions of one file. A second definition of one name gets `#2` in its qualified name."""

    functions: dict[str, s.Function]
    classes: dict[str, s.Class]
    owners: dict[str, str]
    bindings: dict[str, Binding]
    stars: tuple[tuple[str, int], ...]
    public: tuple[str, ...] | None


@s.by_identity
def read(module: s.Module) -> Symbols:
    """Collect the definitions of a module."""
    collector = _Collector()
    collector.definitions(module.body, "", None)
    collector.bind(module.body, conditional=False)
    return Symbols(
        collector.functions,
        collector.classes,
        collector.owners,
        collector.bindings,
        tuple(collector.stars),
        collector.public,
    )


def nested(stmt: s.Stmt) -> Iterator[tuple[tuple[s.Stmt, ...], bool]]:
    """The blocks inside a compound statement that share its scope; the flag marks a fallback block."""
    match stmt:
        case s.If():
            yield stmt.body, False
            yield stmt.orelse, True
        case s.For() | s.While():
            yield stmt.body, False
            yield stmt.orelse, False
        case s.Try():
            yield stmt.body, False
            for handler in stmt.handlers:
                yield handler.body, True
            yield stmt.orelse, False
            yield stmt.final, False
        case s.With():
            yield stmt.body, False
        case s.Match():
            for case in stmt.cases:
                yield case.body, True


def bindings_of(stmt: s.Stmt) -> Iterator[tuple[str, Binding]]:
    """The names that one simple statement binds in its scope (definitions excluded)."""
    match stmt:
        case s.Import():
            for module, alias in stmt.names:
                first = module.split(".")[0]
                yield (alias or first), Binding("import", stmt.line, module=module if alias else first)
        case s.ImportFrom():
            for name, alias in stmt.names:
                if name != "*":
                    yield (alias or name), Binding("from", stmt.line, name, stmt.module, stmt.level)
        case s.Assign():
            for target in stmt.targets:
                if isinstance(target, s.Name):
                    yield target.id, Binding("value", stmt.line, expr=stmt.value, annotation=stmt.annotation)
                else:
                    for name in s.bound_names(target):
                        yield name, Binding("value", stmt.line)
        case s.For():
            for name in s.bound_names(stmt.target):
                yield name, Binding("value", stmt.line)
        case s.With():
            for _, entered in stmt.items:
                for name in s.bound_names(entered):
                    yield name, Binding("value", stmt.line)
        case s.TypeAlias():
            yield stmt.name, Binding("value", stmt.line, expr=stmt.value)


def _texts(expr: s.Expr | None) -> tuple[str, ...] | None:
    """The strings of a literal list; None if it is not one or holds anything else."""
    if not isinstance(expr, s.Sequence):
        return None
    texts = [s.string(i) for i in expr.items]
    return tuple(t for t in texts if t is not None) if None not in texts else None


class _Collector:
    def __init__(self) -> None:
        self.functions: dict[str, s.Function] = {}
        self.classes: dict[str, s.Class] = {}
        self.owners: dict[str, str] = {}
        self.bindings: dict[str, Binding] = {}
        self.stars: list[tuple[str, int]] = []
        self.public: tuple[str, ...] | None = None
        self.keys: dict[int, str] = {}

    def _free(self, name: str) -> str:
        if name not in self.functions and name not in self.classes:
            return name
        number = 2
        while f"{name}#{number}" in self.functions or f"{name}#{number}" in self.classes:
            number += 1
        return f"{name}#{number}"

    def definitions(self, body: tuple[s.Stmt, ...], prefix: str, owner: str | None) -> None:
        for stmt in body:
            if isinstance(stmt, s.Function):
                qualname = self._free(prefix + stmt.name)
                self.functions[qualname] = stmt
                self.keys[id(stmt)] = qualname
                if owner is not None:
                    self.owners[qualname] = owner
                if stmt.nests:
                    self.definitions(stmt.body, qualname + ".", None)
            elif isinstance(stmt, s.Class):
                qualname = self._free(prefix + stmt.name)
                self.classes[qualname] = stmt
                self.keys[id(stmt)] = qualname
                self.definitions(stmt.body, qualname + ".", qualname)
            else:
                for block, _ in nested(stmt):
                    self.definitions(block, prefix, owner)

    def bind(self, body: tuple[s.Stmt, ...], conditional: bool) -> None:
        for stmt in body:
            if isinstance(stmt, (s.Function, s.Class)):
                kind: Literal["def", "class"] = "def" if isinstance(stmt, s.Function) else "class"
                self._set(stmt.name, Binding(kind, stmt.line, self.keys[id(stmt)]), conditional)
                continue
            if isinstance(stmt, s.ImportFrom):
                self.stars.extend((stmt.module, stmt.level) for name, _ in stmt.names if name == "*")
            for name, binding in bindings_of(stmt):
                self._set(name, binding, conditional)
                if name == "__all__":
                    self.public = _texts(binding.expr)
            if isinstance(stmt, s.Augment) and s.dotted(stmt.target) == "__all__":
                more = _texts(stmt.value)
                self.public = (*self.public, *more) if self.public is not None and more is not None else None
            for block, fallback in nested(stmt):
                self.bind(block, conditional or fallback)

    def _set(self, name: str, binding: Binding, conditional: bool) -> None:
        # The main branch of `try: import a / except ImportError: a = None` is the one that counts.
        if not (conditional and name in self.bindings):
            self.bindings[name] = binding
