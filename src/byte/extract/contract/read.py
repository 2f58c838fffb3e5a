"""From an application to its contract: evaluate its file, then its expression, then write what FastAPI would.

A finished contract is kept under everything that it follows from, so that asking again for the same content costs the
comparison of two lists of files.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from byte.extract.contract import evaluation, expressions, openapi, plain, startup
from byte.extract.contract.fields import Schemas
from byte.extract.contract.pydantic1 import Pydantic1Schemas
from byte.extract.contract.pydantic2 import Pydantic2Schemas
from byte.extract.edition import edition
from byte.extract.evaluate import interpreter
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.source import Source
from byte.extract.evaluate.values import Instance, Place, Stopped
from byte.extract.library import Library
from byte.model.change import Snapshot
from byte.model.contract import Application, Contract, Gap, Target

_encoder = msgspec.msgpack.Encoder()


class Kept(msgspec.Struct, frozen=True):
    """A contract with the files that it was read from, each with its content."""

    files: tuple[tuple[str, str], ...]
    contract: Contract


_kept = msgspec.msgpack.Decoder(Kept)
_applications = msgspec.msgpack.Decoder(tuple[Application, ...])


def read(snapshot: Snapshot, library: Library, root: str, application: Application, target: Target) -> Contract:
    """The contract of an application of a snapshot; `root` is the folder that it is imported from."""
    name = _name(snapshot, root, application, target)
    known = _recalled(library, name, snapshot)
    if known is not None:
        return known
    source = Source(snapshot, library, root, target.pydantic < (2,))
    contract = _evaluated(source, expressions.Searched(snapshot, root), application, target)
    reached = tuple(sorted(source.reached.items()))
    library.keep(name, _encoder.encode(Kept(reached, contract)))
    return contract


def remembered(
    library: Library, snapshot: Snapshot, root: str, find: Callable[[], tuple[Application, ...]]
) -> tuple[Application, ...]:
    """The applications that `find` gives, or gave for the same content."""
    listing = [(f.path, f.blob) for f in snapshot.files.values()]
    name = "applications:" + _digest([edition(), root, listing])
    data = library.recall(name)
    if data is not None:
        try:
            return _applications.decode(data)
        except (msgspec.DecodeError, ValueError):
            pass
    found = find()
    library.keep(name, _encoder.encode(found))
    return found


# --- evaluation --------------------------------------------------------------------------------


def _evaluated(source: Source, searched: expressions.Searched, application: Application, target: Target) -> Contract:
    interp = evaluation.interpreter(source, interpreter.Target(target.fastapi, target.pydantic, dict(target.libraries)))
    with interp.deep():
        source.settle(application.path)
        app = expressions.located(interp, searched, application)
        startup.start(interp, app)
        try:
            written = openapi.write(interp, app, _schemas(interp, app, target))
        except (Stopped, RecursionError, MemoryError):
            # What is written part by part is bounded; this is for a project that is made to exceed all bounds at once.
            interp.gap("the document grows larger than is followed", Place(application.path, 1))
            written = openapi.Written({"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {}}, {})
    return Contract(
        document=plain.finished(written.document),
        application=application,
        target=target,
        gaps=tuple(_gaps(interp)),
        derivations={f"{method.upper()} {path}": tuple(said) for (method, path), said in written.derivations.items()},
    )


def _schemas(interp: Interpreter, app: Instance, target: Target) -> Schemas:
    if target.pydantic < (2,):
        return Pydantic1Schemas(interp)
    separate = interp.truth(app.attributes.get("separate_input_output_schemas", True))
    return Pydantic2Schemas(interp, separate_input_output=separate is not False)


def _gaps(interp: Interpreter) -> Iterator[Gap]:
    found = {(gap.at.path, gap.at.line, gap.reason) for gap in interp.gaps.values()}
    for path, line, reason in sorted(found):
        yield Gap(path, line, reason)


# --- what was read before ----------------------------------------------------------------------


def _name(snapshot: Snapshot, root: str, application: Application, target: Target) -> str:
    """Everything that decides a contract but the content of files: a new file may be found by an import or a listing."""
    return "contract:" + _digest([
        edition(),
        root,
        (application.path, application.expression),
        (target.fastapi, target.pydantic, target.libraries),
        list(snapshot.files),
    ])  # fmt: skip


def _recalled(library: Library, name: str, snapshot: Snapshot) -> Contract | None:
    data = library.recall(name)
    if data is None:
        return None
    try:
        kept = _kept.decode(data)
    except (msgspec.DecodeError, ValueError):
        return None
    same = all(path in snapshot.files and snapshot.files[path].blob == blob for path, blob in kept.files)
    return kept.contract if same else None


def _digest(value: Any) -> str:
    return hashlib.blake2b(_encoder.encode(value), digest_size=20).hexdigest()
