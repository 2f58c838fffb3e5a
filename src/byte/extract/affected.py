"""Which facts a change can alter: those of the changed files, and those of code that depends on them.

A changed function alters its callers only if its signature or its effects differ, so the search follows such
differences outwards, caller by caller, and stops where nothing differs any more.
"""

import msgspec

from byte.extract.linker import key, split
from byte.extract.project import ProjectFacts
from byte.model import syntax as s
from byte.model.change import Change
from byte.model.facts import Function

_MAX_ROUNDS = 12
_MAX_CALLERS = 3000


class Affected(msgspec.Struct, frozen=True):
    """Paths and, in other files, single functions, on both sides."""

    head_paths: frozenset[str]
    base_paths: frozenset[str]
    functions: frozenset[str]


def affected(change: Change, base: ProjectFacts, head: ProjectFacts) -> Affected:
    """What to look at on both sides so that the difference of findings is that of whole projects."""
    head_paths = frozenset(p for p in change.changed() if p in head.digests)
    old = {change.renames.get(p, p) for p in head_paths} | set(head_paths) | set(change.removed())
    base_paths = frozenset(p for p in old if p in base.digests)
    search = _Search(change, base, head, head_paths, base_paths)
    return Affected(head_paths, base_paths, frozenset(search.run()))


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

    def run(self) -> set[str]:
        """Keys of functions outside the changed files whose findings may differ."""
        frontier = self._changed_symbols()
        seen = set(frontier)
        for _ in range(_MAX_ROUNDS):
            following: set[str] = set()
            for symbol in sorted(frontier):
                for caller in self._users(symbol):
                    if caller not in self.found and len(self.found) < _MAX_CALLERS:
                        self.found.add(caller)
                        if caller not in seen and self._effects_differ(caller):
                            following.add(caller)
            seen |= following
            frontier = following
            if not frontier:
                break
        return self.found

    def _old(self, target: str) -> str:
        """The key that a definition had in base, if its file was renamed."""
        path, name = split(target)
        return key(self.change.renames.get(path, path), name)

    def _changed_symbols(self) -> set[str]:
        """Definitions of the changed files whose signature, shape or effects differ between base and head."""
        out: set[str] = set()
        for path in sorted(self.head_paths | self.base_paths):
            before = self._definitions(self.base, self.change.renames.get(path, path))
            after = self._definitions(self.head, path)
            for name in sorted(before.keys() | after.keys()):
                if before.get(name) != after.get(name):
                    out.add(key(path, name))
        for path in sorted(self.head_paths):
            for function in self.head.functions(path):
                if function.key not in out and self._effects_differ(function.key):
                    out.add(function.key)
        return out

    def _definitions(self, facts: ProjectFacts, path: str) -> dict[str, object]:
        if path not in facts.digests:
            return {}
        table = facts.linker.symbols(path)
        out: dict[str, object] = {}
        for name, node in table.functions.items():
            out[name] = s.shape((node.params, node.returns, node.decorators)), node.is_async
        for name, cls in table.classes.items():
            fields = tuple(x for x in cls.body if isinstance(x, s.Assign))
            out[name] = s.shape((cls.bases, cls.keywords, cls.decorators, fields))
        for name, binding in table.bindings.items():
            if binding.kind == "value":
                out[name] = s.shape((binding.expr, binding.annotation))
        return out

    def _effects_differ(self, target: str) -> bool:
        after = self.head.function(target)
        before = self.base.function(self._old(target))
        if after is None or before is None:
            return (after is None) != (before is None)
        if after.path not in self.head_paths and before.node is not after.node and before.node != after.node:
            return True
        return self.head.effects(after) != self.base.effects(before)

    def _users(self, symbol: str) -> list[str]:
        """Functions of unchanged files that mention the symbol's name and can know its module."""
        path, name = split(symbol)
        last = name.rpartition(".")[2].partition("#")[0]
        if last.startswith("__") and last.endswith("__"):
            last = name.rpartition(".")[0].rpartition(".")[2] or last
        known = self._names_of(path)
        out: list[str] = []
        wanted = [
            p
            for p, digest in self.head.digests.items()
            if p not in self.head_paths and digest.mentions(last) and digest.mentions(*known)
        ]
        self.head.load(wanted)
        for user in sorted(wanted):
            out.extend(fn.key for fn in self.head.functions(user) if self._uses(fn, last))
        return out

    def _names_of(self, path: str) -> list[str]:
        """Names by which another file can reach into a module: its own name and what it binds."""
        stem = path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]
        facts = self.head if path in self.head.digests else self.base
        table = facts.linker.symbols(path)
        own = [n for n, b in table.bindings.items() if b.kind in ("def", "class", "value")]
        return [stem, *own]

    def _uses(self, function: Function, name: str) -> bool:
        for node in s.walk(function.node, *function.node.body, *function.node.decorators):
            if isinstance(node, s.Name) and node.id == name:
                return True
            if isinstance(node, s.Attribute) and node.attr == name:
                return True
        return any(
            isinstance(node, s.Name) and node.id == name
            for param in function.node.params
            for part in (param.annotation, param.default)
            if part is not None
            for node in s.walk(part)
        )
