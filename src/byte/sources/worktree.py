"""The working tree as a snapshot: what git would add, read from the file system without git's filters.

Nothing outside the root is ever opened: a path is read only if each folder on its way is a real folder and the file
itself a regular one.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from byte.model.change import File, Snapshot, Unreadable
from byte.model.errors import SourceError
from byte.sources import git, paths

_GONE = (errno.ENOENT, errno.ENOTDIR)
_UNKNOWN = -1


class Entry(msgspec.Struct, frozen=True):
    """What git knows of one path: the blob in the index, if any, and whether it should be on disk."""

    name: bytes
    mode: str = ""
    blob: str | None = None
    sparse: bool = False


class Tree(msgspec.Struct, frozen=True):
    """Reads the files of a working tree; `real` remembers, for one pass over them, which folders are no symlinks."""

    root: bytes
    algorithm: str
    repository: git.Repository
    real: dict[bytes, bool]

    def read(self, files: Iterable[File]) -> list[bytes | None]:
        """The bytes that each file's blob id stands for, None where they are not there (any more)."""
        wanted = list(files)
        self.real.clear()
        found = [self._content(file) if git.readable(file) else None for file in wanted]
        # Files that a sparse checkout leaves out are in the objects only.
        absent = [index for index, file in enumerate(wanted) if found[index] is None and git.readable(file)]
        if absent:
            for index, content in zip(absent, self.repository.read([wanted[i] for i in absent]), strict=True):
                found[index] = content
        return found

    def file(self, entry: Entry, known: File | None) -> tuple[File | None, str | None]:
        """One path of the working tree, None if it is not there, and why it cannot be read, if so."""
        path = paths.shown(entry.name)
        if entry.mode == "160000":
            return File(path=path, blob=entry.blob or "", size=0, kind="submodule"), None
        try:
            status = os.lstat(self._full(entry.name)) if self._is_real(entry.name) else None
            if status is None or stat.S_ISDIR(status.st_mode):
                return _sparse(path, entry, known), None
            if stat.S_ISLNK(status.st_mode):
                target = os.readlink(self._full(entry.name))
                return File(path=path, blob=self.id(target), size=len(target), kind="symlink"), None
            if not stat.S_ISREG(status.st_mode):
                return self._unread(path, entry), "not a regular file"
            return self._regular(path, entry, status.st_size, known), None
        except OSError as error:
            if error.errno in _GONE:
                return _sparse(path, entry, known), None
            return self._unread(path, entry), f"cannot be read ({os.strerror(error.errno or errno.EIO)})"

    def id(self, content: bytes) -> str:
        """Git's object id of a blob with these bytes."""
        digest = hashlib.new(self.algorithm, b"blob %d\0" % len(content), usedforsecurity=False)
        digest.update(content)
        return digest.hexdigest()

    def _unread(self, path: str, entry: Entry) -> File:
        # An id that no object has: the file is there, counts as changed, and `read` gives None.
        return File(path=path, blob=self.id(b"unreadable " + entry.name), size=0)

    def _regular(self, path: str, entry: Entry, size: int, known: File | None) -> File:
        file = File(path=path, blob=entry.blob or "", size=size)
        if not git.readable(file):
            # Not hashed (it may be a disk image): the same size counts as the same file.
            same = known is not None and known.size == size
            return known if same and known else msgspec.structs.replace(file, blob=self.id(b"size %d" % size))
        content = self._open(entry.name)
        blob = self.id(content)
        if known is not None and known.blob == blob:
            return known
        recorded = {entry.blob, known.blob if known else None}
        if blob not in recorded and b"\r\n" in content:
            # A checkout with autocrlf differs from its blob in the line ends alone: it is that blob.
            unix = _unix(content)
            if (unix_blob := self.id(unix)) in recorded:
                return File(path=path, blob=unix_blob, size=len(unix))
        return File(path=path, blob=blob, size=len(content))

    def _content(self, file: File) -> bytes | None:
        name = paths.raw(file.path)
        try:
            content = self._open(name) if self._is_real(name) else b""
        except OSError:
            return None
        # A file that was edited after it was listed must not pass for the blob that was there then.
        if self.id(content) == file.blob:
            return content
        unix = _unix(content)
        return unix if self.id(unix) == file.blob else None

    def _open(self, name: bytes) -> bytes:
        # O_NONBLOCK: whatever has taken the file's place since it was listed, nothing waits for it.
        descriptor = os.open(self._full(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, "not a regular file")
            return stream.read(git.OTHER_LIMIT + 1)

    def _is_real(self, name: bytes) -> bool:
        """Whether each folder above a file is a folder and no symlink."""
        end = name.find(b"/")
        while end >= 0:
            folder = name[:end]
            if folder not in self.real:
                try:
                    self.real[folder] = stat.S_ISDIR(os.lstat(self._full(folder)).st_mode)
                except OSError:
                    self.real[folder] = False
            if not self.real[folder]:
                return False
            end = name.find(b"/", end + 1)
        return True

    def _full(self, name: bytes) -> bytes:
        return self.root + b"/" + name


def snapshot(repository: git.Repository, base: Snapshot | None) -> Snapshot:
    """The working tree: tracked files as they are on disk, and untracked ones that git does not ignore."""
    assert repository.root is not None
    tree = Tree(os.fsencode(repository.root), repository.algorithm, repository, {})
    known: Mapping[str, File] = base.files if base is not None else {}
    files: dict[str, File] = {}
    unreadable: dict[str, Unreadable] = {}
    for entry in _entries(repository):
        path = paths.shown(entry.name)
        file, problem = tree.file(entry, known.get(path))
        if file is None:
            continue
        files[path] = file
        problem = problem or git.oversized(file)
        if problem and paths.is_python(path):
            unreadable[path] = Unreadable(path=path, line=1, reason=problem)
    return Snapshot(
        label="working tree",
        revision=None,
        files=_sized(repository, files),
        read=tree.read,
        unreadable=tuple(unreadable[path] for path in sorted(unreadable)),
    )


def _entries(repository: git.Repository) -> Iterator[Entry]:
    seen: set[bytes] = set()
    for line in _listed(repository, "-t", "--stage"):
        meta, _, name = line.partition(b"\t")
        tag, mode, blob, _stage = meta.decode("ascii").split()
        # A path with a merge conflict stands in the index up to three times.
        if name not in seen:
            seen.add(name)
            yield Entry(name, mode, blob, tag == "S")
    for name in _listed(repository, "--others", "--exclude-standard"):
        # A name that ends with a slash is a repository of its own.
        if not name.endswith(b"/") and name not in seen:
            yield Entry(name)


def _listed(repository: git.Repository, *arguments: str) -> list[bytes]:
    answer = repository.run("ls-files", "-z", *arguments)
    if answer.code != 0:
        said = paths.safe(answer.message.strip().partition("\n")[0].removeprefix("fatal: "))
        raise SourceError(f"git cannot list the working tree {repository.place} ({said}): check it with `git status`.")
    return answer.out.split(b"\0")[:-1]


def _sparse(path: str, entry: Entry, known: File | None) -> File | None:
    if not entry.sparse or entry.blob is None:
        return None
    if known is not None and known.blob == entry.blob:
        return known
    kind: Literal["file", "symlink"] = "symlink" if entry.mode == "120000" else "file"
    return File(path=path, blob=entry.blob, size=_UNKNOWN, kind=kind)


def _sized(repository: git.Repository, files: Mapping[str, File]) -> dict[str, File]:
    """The same files, sorted, with the sizes of those that are in the objects only."""
    sizes = repository.sizes(file.blob for file in files.values() if file.size == _UNKNOWN)
    ordered = ((path, files[path]) for path in sorted(files))
    return {
        path: msgspec.structs.replace(file, size=sizes.get(file.blob, 0)) if file.size == _UNKNOWN else file
        for path, file in ordered
    }


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")
