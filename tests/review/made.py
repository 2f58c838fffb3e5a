"""Projects in memory and what a review says of them."""

import hashlib
from collections.abc import Mapping

from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.model.change import Change, File, Snapshot, Unreadable
from byte.model.review import Area, Aspect, Finding, Review, Severity
from byte.review.run import review
from byte.sources.read import Request
from byte.sources.renames import renames
from byte.sources.settings import Settings, parse

Files = Mapping[str, str]

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"


def snapshot(files: Files, label: str = "head", unreadable: tuple[Unreadable, ...] = ()) -> Snapshot:
    """A snapshot whose blobs are named by their content, in the order given."""
    data = {path: text.encode() for path, text in files.items()}
    entries = {path: File(path=path, blob=hashlib.sha1(d).hexdigest(), size=len(d)) for path, d in data.items()}
    blobs = {entries[path].blob: d for path, d in data.items()}
    return Snapshot(
        label=label,
        revision=None,
        files=entries,
        read=lambda wanted: [blobs.get(file.blob) for file in wanted],
        unreadable=unreadable,
    )


def request(
    base: Files | None,
    head: Files,
    *,
    settings: str = "",
    as_of: str | None = "2025-06-01",
    scope: tuple[str, ...] = (),
    unreadable: tuple[Unreadable, ...] = (),
) -> Request:
    """A request as `sources.read` would make it; `settings` is the text of pyproject.toml."""
    found = parse(settings.encode(), "pyproject.toml") if settings else Settings()
    assert isinstance(found, Settings)
    after = snapshot(head, unreadable=unreadable)
    before = snapshot(base, "base") if base is not None else None
    moved = renames(before, after) if before is not None else {}
    change = Change(base=before, head=after, renames=moved)
    return Request(change=change, scope=scope, settings=found, root="", as_of=as_of)


def reviewed(base: Files | None, head: Files, *, existing: bool = False, **options) -> Review:
    """The review of a change in memory (`base` None: an audit)."""
    return review(request(base, head, **options), Library(Cache(None)), existing=existing)


def finding(fingerprint: str = "f", path: str = "a.py", line: int = 1, **changes) -> Finding:
    """A finding of which only some things matter."""
    given = {
        "id": "BYT901",
        "rule": "bad-call",
        "area": Area.LOGIC,
        "aspect": Aspect.EDGE_CASES,
        "severity": Severity.MAJOR,
        "path": path,
        "line_start": line,
        "line_end": line,
        "symbol": "f",
        "message": "m",
        "because": (),
        "fix": None,
        "fingerprint": fingerprint,
        "introduced": None,
    }
    return Finding(**{**given, **changes})
