"""The contracts of a snapshot for a review: those of the applications that are found, as far as they can be read."""

from collections.abc import Callable, Iterator
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
    snapshot: Snapshot, library: Library, modules: Modules, leave_out: Callable[[str], bool]
) -> tuple[c.Contract, ...]:
    """The contract of each application but those to leave out, the likeliest first.

    One that cannot be read is left out: a review says what it sees, and goes on.
    """
    try:
        found = remembered(library, snapshot, "", lambda: applications.find(snapshot, library, ""))
    except Exception:  # noqa: BLE001 - whatever happens here must not stop a review
        return ()
    out: list[c.Contract] = []
    seen: set[tuple[str, str, str]] = set()
    for application in [a for a in found if not leave_out(a.path)][:_MOST]:
        result = _read(snapshot, library, _root(snapshot, library, modules, application.path), application)
        if result is None:
            continue
        parts = {(op.method, op.path, str(op.body.get(c.ORIGIN))) for op in c.operations(result.document)}
        if parts - seen:
            seen |= parts
            out.append(result)
    return tuple(out)


def _read(snapshot: Snapshot, library: Library, root: str, application: c.Application) -> c.Contract | None:
    try:
        return read(snapshot, library, root, application, versions.find(snapshot, root, application.path))
    except Exception:  # noqa: BLE001 - whatever happens here must not stop a review
        return None


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


def origin(text: object) -> tuple[str, int] | None:
    """The file and line that `x-origin` names."""
    path, _, line = text.rpartition(":") if isinstance(text, str) else ("", "", "")
    return (path, int(line)) if path and line.isdigit() else None


