"""What a change touches: the definitions that are new or whose code differs, whatever lines they stand on."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from byte.model import syntax as s
from byte.model.change import Change
from byte.model.facts import Effect, Endpoint, Facts, Function, Migration, Model, Module, Table


class Touched(msgspec.Struct, frozen=True):
    """Head's side of the change, sorted by place; `new` holds the keys that base does not have."""

    files: tuple[str, ...]
    functions: tuple[Function, ...]
    endpoints: tuple[Endpoint, ...]
    models: tuple[Model, ...]
    tables: tuple[Table, ...]
    migrations: tuple[Migration, ...]
    new: frozenset[str]

    @property
    def nothing(self) -> bool:
        """Whether no Python definition differs."""
        return not (self.functions or self.endpoints or self.models or self.tables or self.migrations)


def touched(change: Change, base: Facts | None, head: Facts, admits: Mapping[str, bool]) -> Touched:
    """Compare the definitions of the changed files, ignoring where they stand."""
    paths = [m.path for m in head.of(Module) if admits.get(m.path, True)]
    if base is None:
        return _everything(head, paths)
    old = _shapes(base, {change.renames.get(p, p) for p in paths})
    back = {change.renames.get(p, p): p for p in paths}
    old = {_rekey(k, back): v for k, v in old.items()}
    now = _shapes(head, paths)
    differs = frozenset(k for k, v in now.items() if old.get(k) != v)
    new = frozenset(k for k in now if k not in old)
    inside = set(paths)
    functions = tuple(fn for fn in head.of(Function) if fn.key in differs)
    routes = _routes(base, back)
    endpoints = tuple(
        e
        for e in head.of(Endpoint)
        if e.function.path in inside and (e.function.key in differs or routes.get(e.function.key) != _route(e))
    )
    return Touched(
        files=tuple(paths),
        functions=functions,
        endpoints=endpoints,
        models=tuple(m for m in head.of(Model) if m.key in differs),
        tables=tuple(t for t in head.of(Table) if t.key in differs and not t.abstract),
        migrations=tuple(m for m in head.of(Migration) if m.path in inside),
        new=new,
    )


def _everything(head: Facts, paths: Sequence[str]) -> Touched:
    inside = set(paths)
    return Touched(
        files=tuple(paths),
        functions=tuple(fn for fn in head.of(Function) if fn.path in inside),
        endpoints=tuple(e for e in head.of(Endpoint) if e.function.path in inside),
        models=tuple(m for m in head.of(Model) if m.at.path in inside),
        tables=tuple(t for t in head.of(Table) if t.at.path in inside and not t.abstract),
        migrations=tuple(m for m in head.of(Migration) if m.path in inside),
        new=frozenset(),
    )


def _shapes(facts: Facts, paths: Iterable[str]) -> dict[str, object]:
    out: dict[str, object] = {}
    for path in paths:
        for function in facts.functions(path):
            out[function.key] = s.shape(function.node)
        module = facts.module(path)
        for node in s.walk(*module.body, into_scopes=True) if module is not None else ():
            if isinstance(node, s.Class):
                fields = tuple(x for x in node.body if isinstance(x, s.Assign))
                out.setdefault(f"{path}::{node.name}", s.shape((node.bases, node.keywords, fields)))
    return out


def _rekey(key: str, back: Mapping[str, str]) -> str:
    path, _, name = key.partition("::")
    return f"{back.get(path, path)}::{name}"


def _route(endpoint: Endpoint) -> tuple[tuple[str, ...], str]:
    return endpoint.methods, endpoint.path


def _routes(base: Facts, back: Mapping[str, str]) -> dict[str, tuple[tuple[str, ...], str]]:
    return {_rekey(e.function.key, back): _route(e) for e in base.of(Endpoint)}


def effects_of(function: Function, facts: Facts, effect: Effect) -> bool:
    """Whether calling the function can have the effect."""
    return facts.reach(function, effect) is not None
