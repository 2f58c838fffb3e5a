"""What Byte knows of third-party code, as data: one module a subject.

Each module has any of these tables, which are merged here.

- `CANONICAL`: another public name of a thing -> the name used in the other tables.
- `BASES`: class -> its base class.
- `RETURNS`: callable -> the type of its result. `self` is the receiver's own type, `$` the receiver's first
  type argument, `@0` the class given as first argument, `@0!` the same when it is a class or a query of it,
  `?T` an optional, `list[T]` and other `X[T]` take an argument.
- `EFFECTS`: callable -> what calling it does. A method is looked up along `BASES`; `client.*` stands for everything
  under a name that has no entry of its own.
"""

from byte.extract.knowledge import clients, compute, http, services, sqlalchemy, stdlib, stores, web
from byte.model.facts import Effect

_MODULES = (stdlib, http, clients, services, compute, sqlalchemy, stores, web)

CANONICAL: dict[str, str] = {}
BASES: dict[str, str] = {}
RETURNS: dict[str, str] = {}
EFFECTS: dict[str, frozenset[Effect]] = {}

for _module in _MODULES:
    CANONICAL.update(getattr(_module, "CANONICAL", {}))
    BASES.update(getattr(_module, "BASES", {}))
    RETURNS.update(getattr(_module, "RETURNS", {}))
    EFFECTS.update(getattr(_module, "EFFECTS", {}))

_WILD = frozenset(name.partition(".")[0] for name in EFFECTS if name.endswith(".*"))


def canonical(name: str) -> str:
    """The name under which the tables know this dotted name; a longer name keeps its tail."""
    if name in CANONICAL:
        return CANONICAL[name]
    head, dot, tail = name.rpartition(".")
    return f"{canonical(head)}.{tail}" if dot else name


def ancestors(name: str) -> list[str]:
    """The class itself and its known bases, nearest first."""
    out = [name]
    while out[-1] in BASES and len(out) < 20:
        out.append(BASES[out[-1]])
    return out


def lookup(name: str, table: dict[str, frozenset[Effect]] | dict[str, str]) -> str | frozenset[Effect] | None:
    """The entry of a callable; for a method, that of the nearest class that has one."""
    found = table.get(name)
    if found is not None:
        return found
    cls, dot, method = name.rpartition(".")
    if dot:
        for base in ancestors(cls)[1:]:
            found = table.get(f"{base}.{method}")
            if found is not None:
                return found
    return None


def effects(name: str) -> frozenset[Effect]:
    """What calling this does, empty if nothing is known."""
    found = lookup(name, EFFECTS)
    if found is None and name.partition(".")[0] in _WILD:
        head = name
        while found is None and "." in head:
            head = head.rpartition(".")[0]
            found = EFFECTS.get(f"{head}.*")
    return found if isinstance(found, frozenset) else frozenset()


def returns(name: str) -> str | None:
    """The result type's description of a callable."""
    found = lookup(name, RETURNS)
    return found if isinstance(found, str) else None
