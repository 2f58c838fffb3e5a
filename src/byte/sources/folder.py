"""A plain folder as a snapshot, where there is no git: its files, without what tools leave behind."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from byte.model.change import File, Snapshot, Unreadable
from byte.model.errors import SourceError
from byte.sources import git, paths

_SKIPPED = frozenset(
    {"node_modules", "__pycache__", "site-packages", ".git", ".hg", ".svn", ".tox", ".nox", ".mypy_cache"}
)
_MOST_FILES = 200_000


def snapshot(folder: Path) -> Snapshot:
    """The regular files below a folder; links are not followed, environments are left out."""
    root = os.fsencode(folder.resolve())
    files: dict[str, File] = {}
    unreadable: list[Unreadable] = []
    for name, size in _listed(root):
        path = paths.shown(name)
        file = File(path=path, blob="", size=size)
        if not git.readable(file):
            file = File(path=path, blob=_id(b"size %d" % size), size=size)
            problem = git.oversized(file)
        else:
            content = _content(root + b"/" + name)
            file = File(path=path, blob=_id(content if content is not None else b"unreadable " + name), size=size)
            problem = "cannot be read" if content is None else None
        files[path] = file
        if problem and paths.is_python(path):
            unreadable.append(Unreadable(path=path, line=1, reason=problem))
        if len(files) > _MOST_FILES:
            raise SourceError(f"{paths.safe(str(folder))} holds more than {_MOST_FILES} files: name a folder of it.")

    def read(wanted: Iterable[File]) -> list[bytes | None]:
        return [_same(root, file) for file in wanted]

    ordered = {path: files[path] for path in sorted(files)}
    return Snapshot(label="folder", revision=None, files=ordered, read=read, unreadable=tuple(unreadable))


def _listed(root: bytes) -> Iterator[tuple[bytes, int]]:
    """Names relative to the root, and sizes, of the regular files."""
    pending = [b""]
    while pending:
        prefix = pending.pop()
        try:
            entries = sorted(os.scandir(root + b"/" + prefix), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            name = prefix + entry.name
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name.decode("utf-8", "replace") not in _SKIPPED and not _environment(entry.path):
                        pending.append(name + b"/")
                elif entry.is_file(follow_symlinks=False):
                    yield name, entry.stat(follow_symlinks=False).st_size
            except OSError:
                continue


def _environment(folder: bytes) -> bool:
    return os.path.exists(folder + b"/pyvenv.cfg")


def _content(full: bytes) -> bytes | None:
    try:
        descriptor = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return stream.read(git.OTHER_LIMIT + 1)
    except OSError:
        return None


def _same(root: bytes, file: File) -> bytes | None:
    """The bytes of a file, None if they are no longer those that were listed."""
    if not git.readable(file):
        return None
    content = _content(root + b"/" + paths.raw(file.path))
    return content if content is not None and _id(content) == file.blob else None


def _id(content: bytes) -> str:
    digest = hashlib.new("sha1", b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()
