"""Small projects in memory: one text holds several files, each after a line `# --- path`."""

import hashlib
import re

from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.extract.project import ProjectFacts
from byte.model import facts as f
from byte.model.change import File, Snapshot

_FILE = re.compile(r"^# --- (\S+)\n", re.MULTILINE)


def files(text: str) -> dict[str, str]:
    """The files of a text; what stands before the first mark is `app/main.py`."""
    head, *rest = _FILE.split(text)
    out = {"app/main.py": head} if head.strip() else {}
    out.update(zip(rest[::2], rest[1::2], strict=True))
    return out


def snapshot(sources: dict[str, str]) -> Snapshot:
    """A snapshot in memory."""
    ids = {path: hashlib.sha1(text.encode()).hexdigest() for path, text in sources.items()}
    blobs = {ids[path]: text.encode() for path, text in sources.items()}
    entries = {path: File(path=path, blob=blob, size=len(blobs[blob])) for path, blob in ids.items()}
    return Snapshot(label="head", revision=None, files=entries, read=lambda fs: [blobs.get(x.blob) for x in fs])


def project(text: str | dict[str, str]) -> ProjectFacts:
    """The facts of a project."""
    return ProjectFacts.of_snapshot(snapshot(files(text) if isinstance(text, str) else text), Library(Cache(None)))


def function(facts: ProjectFacts, name: str) -> f.Function:
    """The one function of the project with this qualified name."""
    found = [fn for path in facts.sources for fn in facts.functions(path) if fn.qualname == name]
    assert len(found) == 1, [fn.key for fn in found]
    return found[0]


def targets(facts: ProjectFacts, name: str = "run") -> list[str | None]:
    """What the calls of a function reach, in source order."""
    return [call.target for call in facts.calls(function(facts, name))]


def operations(facts: ProjectFacts) -> list[str]:
    """`GET /items` for every endpoint, in order."""
    return [f"{'|'.join(e.methods)} {e.path}" for e in facts.all(f.Endpoint)]
