"""Which facts a change can alter: definitions that differ, and definitions elsewhere that depend on them.

A changed function alters its callers only if its signature or its effects differ, so the search follows such
differences outwards, caller by caller, and stops where nothing differs any more. What is left out has the same
findings on both sides.
"""

import msgspec

from byte.extract import openapi
from byte.extract.linker import key, split
from byte.extract.project import ProjectFacts
from byte.model import syntax as s
from byte.model.change import Change
from byte.model.facts import Function

_MAX_ROUNDS = 12
_MAX_CALLERS = 3000

_Definitions = dict[str, tuple[object, object]]
"""Qualified name -> the part that others can see, and the rest."""


class Affected(msgspec.Struct, frozen=True):
    """What to look at on each side.

    `head_paths` and `base_paths` are the changed files. `functions` are the keys, in head and base, of functions that
    differ or depend on what differs. `differs` are the keys of head's own definitions whose code is not that of base
    (wherever it stands), `new` those that base does not have.
    """

    head_paths: frozenset[str]
    base_paths: frozenset[str]
    functions: frozenset[str]
    differs: frozenset[str]
    new: frozenset[str]


def affected(change: Change, base: ProjectFacts, head: ProjectFacts) -> Affected:
    """What to look at on both sides so that the difference of findings is that of whole projects."""
    head_paths = frozenset(p for p in change.changed() if p in head.digests)
    old = {change.renames.get(p, p) for p in head_paths} | set(head_paths) | set(change.removed())
    base_paths = frozenset(p for p in old if p in base.digests)
    return _Search(change, base, head, head_paths, base_paths).run()


def alters_contract(change: Change, base: ProjectFacts, head: ProjectFacts, found: Affected) -> bool:
    """Whether the change can alter what an application's contract or a committed OpenAPI document says.

    It can where it touches a handler or a dependency, a class or a value of a module, code that registers routes, or
    such a document.
    """
    if any(
        openapi.is_document(side, path)
        for side, paths in ((change.head, change.changed()), (base.snapshot, (*change.changed(), *change.removed())))
        for path in paths
    ):
        return True
    if not (found.head_paths or found.base_paths):
        return False
    gone = {key(p, n) for p in found.base_paths for n in _names(base, p)} - {
        key(p, n) for p in found.head_paths for n in _names(head, p)
    }
    differs = found.differs | (gone & found.functions)
    for facts in (head, base):
        served = _served(facts)
        for item in differs:
            function = facts.function(item)
            if function is None:
                path, name = split(item)
                if path in facts.digests and _is_value(facts, path, name):
                    return True
            elif item in served or not _ROUTING.isdisjoint(s.mentioned(function.node)):
                return True
    return False


_ROUTING = frozenset(
    {
        "include_router",
        "add_api_route",
        "mount",
        "FastAPI",
        "APIRouter",
        "Depends",
        "openapi",
        "api_route",
        "openapi_schema",
    }
)


def _names(facts: ProjectFacts, path: str) -> set[str]:
    table = facts.linker.symbols(path)
    return {*table.functions, *table.classes, *table.bindings}


def _is_value(facts: ProjectFacts, path: str, name: str) -> bool:
    """Whether the name is that of a class, of something in a class, or of a value: not that of an import."""
    table = facts.linker.symbols(path)
    binding = table.bindings.get(name)
    return name in table.classes or "." in name or (binding is not None and binding.kind == "value")


def _served(facts: ProjectFacts) -> set[str]:
    """The handlers and their dependencies, by key."""
    out: set[str] = set()
    for endpoint in facts.routed():
        out.add(endpoint.function.key)
        for name in endpoint.dependencies:
            out |= {name, f"{name}.__init__", f"{name}.__call__"}
    return out


class _Search:
    def __init__(
        self,
        change: Change,
        base: ProjectFacts,
        head: ProjectFacts,
        head_paths: frozenset[str],
        base_paths: frozenset[str],
    ) -> None:
        self.change = change
        self.base = base
        self.head = head
        self.head_paths = head_paths
        self.base_paths = base_paths
        self.found: set[str] = set()
        self.differs: set[str] = set()
        self.new: set[str] = set()
        self.visible: set[str] = set()
        self.changed_classes: set[str] = set()

    def run(self) -> Affected:
        self.head.load(self.head_paths)
        self.base.load(self.base_paths)
        for path in sorted(self.head_paths):
            self._compare(path, self.change.renames.get(path, path))
        renamed = set(self.change.renames.values())
        for path in sorted(self.base_paths - self.head_paths - renamed):
            self.found |= {key(path, name) for name in self._definitions(self.base, path)}
        self._spread()
        for cls in sorted(self.changed_classes):
            self.found |= {user for user in self._users(cls) if self._declares(user, split(cls)[1])}
        return Affected(
            self.head_paths,
            self.base_paths,
            frozenset(self.found),
            frozenset(self.differs),
            frozenset(self.new),
        )

    def _compare(self, path: str, was: str) -> None:
        """Note what differs in one file."""
        before = self._definitions(self.base, was)
        after = self._definitions(self.head, path)
        for name in before.keys() | after.keys():
            if before.get(name) == after.get(name):
                continue
            here, there = key(path, name), key(was, name)
            self.found |= {here, there}
            owner = name.rpartition(".")[0]
            if name in after:
                self.differs.add(here)
            if owner in self.head.linker.symbols(path).classes and name not in self.head.linker.symbols(path).functions:
                self.differs.add(key(path, owner))
                self.found |= {key(path, owner), key(was, owner)}
                self.changed_classes.add(key(path, owner))
            if name not in before:
                self.new.add(here)
            if name not in before or name not in after:
                # Code that did not change cannot have come to use a name that is new, or still use one that is
                # gone; but a method can hide one of a base class from its callers, or stop doing so.
                if owner in before.keys() & after.keys():
                    self.visible.add(here)
            elif before[name][0] != after[name][0]:
                self.visible.add(here)
                self._methods(path, was, name)
            elif self._effects_differ(here):
                self.visible.add(here)

    def _methods(self, path: str, was: str, name: str) -> None:
        """A class whose bases differ can change what its methods mean."""
        for facts, place in ((self.head, path), (self.base, was)):
            if place in facts.digests and name in facts.linker.symbols(place).classes:
                owners = facts.linker.symbols(place).owners
                self.found |= {key(place, method) for method, owner in owners.items() if owner == name}

    def _definitions(self, facts: ProjectFacts, path: str) -> _Definitions:
        if path not in facts.digests:
            return {}
        table = facts.linker.symbols(path)
        out: _Definitions = {}
        for name, binding in table.bindings.items():
            if binding.kind == "value":
                out[name] = (s.shape((binding.expr, binding.annotation)), None)
            elif binding.kind in ("import", "from"):
                out[name] = ((binding.module, binding.level, binding.name), None)
        for name, node in table.functions.items():
            seen = (s.shape((node.params, node.returns, node.decorators)), node.is_async)
            out[name] = (seen, s.shape(node.body))
        for name, cls in table.classes.items():
            out[name] = (s.shape((cls.bases, cls.keywords, cls.decorators)), None)
            for stmt in cls.body:
                if isinstance(stmt, s.Assign):
                    for target in stmt.targets:
                        for field in s.bound_names(target):
                            out[f"{name}.{field}"] = (s.shape((stmt.value, stmt.annotation)), None)
        return out

    def _spread(self) -> None:
        """Follow visible differences to the functions that use them."""
        frontier, seen = self.visible, set(self.visible)
        for _ in range(_MAX_ROUNDS):
            following: set[str] = set()
            for symbol in sorted(frontier):
                for user in self._users(symbol):
                    if user in seen or len(self.found) >= _MAX_CALLERS or not self._depends(user, symbol):
                        continue
                    self.found |= {user, self._old(user)}
                    if self._effects_differ(user):
                        following.add(user)
            seen |= following
            frontier = following
            if not frontier:
                return

    def _declares(self, user: str, name: str) -> bool:
        """Whether a decorated function (a handler) names the class in its decorators, parameters or return type."""
        function = self.head.function(user)
        if function is None or not function.node.decorators:
            return False
        node = function.node
        parts: list[s.Node] = [*node.decorators, *node.params, *([node.returns] if node.returns is not None else [])]
        return any(isinstance(n, s.Name) and n.id == name for n in s.walk(*parts))

    def _depends(self, user: str, symbol: str) -> bool:
        """Whether a function that mentions the name of a function means this one: it calls it, or names it.

        Many functions share a name such as `create`; a method reached through a value is meant only by those whose
        call leads to it, on one of the sides. Anything but a method may be used in other ways than by a call.
        """
        path, name = split(symbol)
        if name.rpartition(".")[0] not in self.head.linker.symbols(path).classes:
            return True
        for facts, target, wanted in ((self.head, user, symbol), (self.base, self._old(user), self._old(symbol))):
            function = facts.function(target)
            if function is not None and any(call.callee == wanted for call in facts.calls(function)):
                return True
        owner = name.rpartition(".")[0].rpartition(".")[2]
        after = self.head.function(user)
        return after is not None and (owner in s.mentioned(after.node) or name.startswith(self._owner_of(after)))

    def _owner_of(self, function: Function) -> str:
        """`Class.` for a method, so that `self.other()` of the same class counts however it is called."""
        return f"{function.cls.rpartition('::')[2]}." if function.cls is not None else "\0"

    def _old(self, target: str) -> str:
        """The key that a definition had in base, if its file was renamed."""
        path, name = split(target)
        return key(self.change.renames.get(path, path), name)

    def _effects_differ(self, target: str) -> bool:
        after = self.head.function(target)
        before = self.base.function(self._old(target))
        if after is None or before is None:
            return (after is None) != (before is None)
        return self.head.effects(after) != self.base.effects(before)

    def _users(self, symbol: str) -> list[str]:
        """Functions that mention the symbol's name and can know its module."""
        path, name = split(symbol)
        last = name.rpartition(".")[2].partition("#")[0]
        if last.startswith("__") and last.endswith("__"):
            last = name.rpartition(".")[0].rpartition(".")[2] or last
        facts = self.head if path in self.head.digests else self.base
        wanted = set(facts.candidates(last, path)) & self.head.digests.keys()
        return [fn.key for p in sorted(wanted) for fn in self.head.functions(p) if last in s.mentioned(fn.node)]
