"""The contracts of a snapshot for a review: those of the applications that are found, as far as they can be read."""

from collections.abc import Callable, Iterable
from typing import Final

from byte.extract.contract import applications, versions
from byte.extract.contract.read import read, remembered
from byte.extract.evaluate.source import import_root
from byte.extract.library import Library
from byte.extract.modules import Modules
from byte.model import contract as c
from byte.model.change import Snapshot

_MOST: Final = 8


def contracts(
    snapshot: Snapshot,
    library: Library,
    modules: Modules,
    leave_out: Callable[[str], bool],
    known: tuple[c.Application, ...] = (),
) -> tuple[c.Contract, ...]:
    """The contract of each application but those to leave out, the likeliest first.

    `known` are those of the other side of a change: where all of them are here too, they are not searched again.
    One that cannot be read is left out: a review says what it sees, and goes on.
    """
    if known and all(application.path in snapshot.files for application in known):
        found = _contracts(snapshot, library, modules, known)
        if len(found) == len(known):
            return found
    try:
        every = remembered(library, snapshot, "", lambda: applications.find(snapshot, library, ""))
    except Exception:  # noqa: BLE001 - whatever happens here must not stop a review
        return ()
    mine = [a for a in every if not leave_out(a.path)]
    return _contracts(snapshot, library, modules, _deployed(snapshot, library, modules, mine)[:_MOST])


def _deployed(
    snapshot: Snapshot, library: Library, modules: Modules, found: list[c.Application]
) -> list[c.Application]:
    """Those that a command starts; of a part of the tree for which no command speaks, whatever was found."""
    started = [a for a in found if a.why.startswith("started by ")]
    root = {a.path: _root(snapshot, library, modules, a.path) for a in found}
    roots = {root[a.path] for a in started}
    return [a for a in found if a in started or root[a.path] not in roots]


def _contracts(
    snapshot: Snapshot, library: Library, modules: Modules, found: Iterable[c.Application]
) -> tuple[c.Contract, ...]:
    out: list[c.Contract] = []
    seen: set[tuple[str, str, str]] = set()
    for application in found:
        try:
            root = _root(snapshot, library, modules, application.path)
            result = read(snapshot, library, root, application, versions.find(snapshot, root, application.path))
        except Exception:  # noqa: BLE001 - whatever happens here must not stop a review
            continue
        parts = {(op.method, op.path, str(op.body.get(c.ORIGIN))) for op in c.operations(result.document)}
        if parts - seen:
            seen |= parts
            out.append(result)
    return tuple(out)


def _root(snapshot: Snapshot, library: Library, modules: Modules, path: str) -> str:
    module = library.module(snapshot, snapshot.files[path]) if path in snapshot.files else None
    return import_root(modules, path, module) if module is not None else ""
