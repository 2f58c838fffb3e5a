"""What a change touches: the definitions that are new or whose code differs, whatever lines they stand on."""

from collections.abc import Sequence

import msgspec

from byte.model.facts import Endpoint, Facts, Function, Migration, Model, Table


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


def touched(head: Facts, paths: Sequence[str], differs: frozenset[str] | None, new: frozenset[str]) -> Touched:
    """Head's definitions in these files that differ from base (`differs` is None in an audit: all of them)."""
    inside = set(paths)

    def counts(name: str) -> bool:
        return name.rpartition("::")[0] in inside and (differs is None or name in differs)

    return Touched(
        files=tuple(paths),
        functions=tuple(fn for fn in head.of(Function) if counts(fn.key)),
        endpoints=tuple(e for e in head.of(Endpoint) if counts(e.function.key)),
        models=tuple(m for m in head.of(Model) if counts(m.key)),
        tables=tuple(t for t in head.of(Table) if counts(t.key) and not t.abstract),
        migrations=tuple(m for m in head.of(Migration) if m.path in inside),
        new=new,
    )
