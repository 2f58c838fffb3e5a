"""The contracts of a snapshot for a review: those of the applications that are found, as far as they can be read."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from byte.extract.contract import applications, versions
from byte.extract.contract.read import read, remembered
from byte.extract.library import Library
from byte.extract.modules import Modules
from byte.model import contract as c
from byte.model import syntax as s
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
    roots = {_root(snapshot, library, modules, a.path) for a in started}
    return [a for a in found if a in started or _root(snapshot, library, modules, a.path) not in roots]


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
    """The folder that an application is imported from: where most of its own imports are found, the topmost package's
    folder where several are as good.
    """
    folder = path.rpartition("/")[0]
    top = folder
    while top and f"{top}/__init__.py" in modules.paths:
        top = top.rpartition("/")[0]
    above = [folder]
    while above[-1]:
        above.append(above[-1].rpartition("/")[0])
    file = snapshot.files.get(path)
    module = library.module(snapshot, file) if file is not None else None
    names = list(_imported(module)) if module is not None else []
    order = [top, *(a for a in above if a != top)]
    return max(order, key=lambda root: (sum(modules.at(root, name) is not None for name in names), -order.index(root)))


def _imported(module: s.Module) -> Iterator[str]:
    for node in s.walk(*module.body):
        if isinstance(node, s.Import):
            yield from (name for name, _ in node.names)
        elif isinstance(node, s.ImportFrom) and not node.level and node.module:
            yield node.module
