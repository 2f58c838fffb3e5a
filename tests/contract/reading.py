"""The program that reads the contract of a project as `byte contract` does, apart from the tests."""

import hashlib
import os
import resource
import sys
import tempfile
from pathlib import Path

from byte.extract.cache import Cache
from byte.extract.contract.read import read
from byte.extract.library import Library
from byte.model.change import File, Snapshot
from byte.model.contract import Application, Target
from byte.model.errors import SourceError


def snapshot(root: Path) -> Snapshot:
    """The files of a folder."""
    data = {
        os.path.relpath(os.path.join(folder, name), root): Path(folder, name).read_bytes()
        for folder, _, names in os.walk(root)
        for name in names
    }
    data = dict(sorted(data.items()))
    entries = {path: File(path=path, blob=hashlib.sha1(d).hexdigest(), size=len(d)) for path, d in data.items()}
    blobs = {entries[path].blob: d for path, d in data.items()}
    return Snapshot(
        label="head", revision=None, files=entries, read=lambda wanted: [blobs.get(file.blob) for file in wanted]
    )


def found(root: Path, entry: str) -> dict[str, object]:
    """The document with its marks, what is missing from it, and the seconds that it took; or why it is refused."""
    path, _, expression = entry.partition(":")
    application = Application(path, expression, None, "given")
    try:
        contract = read(snapshot(root), Library(Cache(None)), "", application, Target((0, 141, 1), (2, 14, 3)))
    except SourceError as refusal:
        return {"refused": str(refusal)}
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "document": contract.document,
        "gaps": [[gap.path, gap.line, gap.reason] for gap in contract.gaps],
        "seconds": used.ru_utime + used.ru_stime,
    }


def warm() -> None:
    """Read one contract: the models of the libraries are read with it and kept."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
        assert "document" in found(Path(folder), "main.py:app")


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[2])
    from tests.contract.apart import serve

    warm()
    serve(found)
