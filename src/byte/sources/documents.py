"""OpenAPI documents that a user names: files, standard input, files of a git revision and, when allowed, URLs.

A document may refer to others, relative to itself. Those are read where the document is from: beside a file, within
the git repository that it lies in (without one, within its folder); in the same revision; from the same site. What
lies outside is refused, and so is everything that is too much.
"""

import os
import re
import stat
from importlib import import_module
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urldefrag, urljoin

import msgspec

from byte.model.contract import Source
from byte.model.errors import SourceError
from byte.sources import git, paths

LARGEST = 64 << 20
"""Bytes of a document and all that it refers to."""
MOST = 200
"""Documents that one may refer to."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_SYMLINK = b"120000"


def read(name: str, *, allow_remote: bool, stdin: bytes | None, cwd: Path) -> Source:
    """The document that a name stands for: a file, `-`, `git:REV:FILE` or a URL. Raises `SourceError`.

    `stdin` is what stands on standard input, for `-`; names of files are relative to `cwd`.
    """
    budget = _Budget(allow_remote)
    if name == "-":
        if stdin is None:
            raise SourceError("Standard input can be read once only: give a file for one of the two documents.")
        here = cwd.resolve()
        return budget.taken(Source("-", "stdin", stdin, _Folder(here, "", _root(here), budget).fetch))
    if name.startswith("git:"):
        return _revision(name, cwd, budget)
    if _is_url(name):
        return _on_web(name, budget)
    return _named(name, cwd, budget)


def _is_url(name: str) -> bool:
    return _URL.match(name) is not None


class _Budget:
    """What may still be read for one document."""

    def __init__(self, allow_remote: bool) -> None:
        self.allow_remote = allow_remote
        self._bytes = LARGEST
        self._documents = MOST
        self.first = ""

    @property
    def left(self) -> int:
        """Bytes that may still be read."""
        return self._bytes

    def taken(self, source: Source) -> Source:
        """Counts a document that was read."""
        self.first = self.first or source.name
        self._bytes -= len(source.data)
        self._documents -= 1
        if self._bytes < 0:
            raise SourceError(self.too_large(source.name))
        if self._documents < 0:
            raise SourceError(f"`{self.first}` refers to more than {MOST} documents: Byte does not read that many.")
        return source

    def too_large(self, name: str) -> str:
        """The sentence for a document that goes beyond what may be read."""
        if name == self.first or not self.first:
            return f"`{name}` has more than {LARGEST >> 20} MiB: Byte reads no larger document."
        return f"`{self.first}` has more than {LARGEST >> 20} MiB with what it refers to, up to `{name}`."


# --- files -------------------------------------------------------------------------------------


class _Folder(msgspec.Struct, frozen=True, eq=False):
    """A folder of the machine, for the references of a file in it; none leads outside of `root`.

    `label` is what the folder is called where the user named it.
    """

    folder: Path
    label: str
    root: Path
    budget: _Budget

    def fetch(self, target: str) -> Source:
        """The file that a reference names."""
        if _is_url(target) or target.startswith("//"):
            return _on_web(target, self.budget, named=False)
        name = unquote(target)
        wanted = Path(os.path.normpath(self.folder / name))
        label = os.path.normpath(os.path.join(self.label, name))
        shown = paths.safe(label)
        try:
            found = wanted.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise SourceError(f"there is no file `{shown}`") from None
        if not found.is_relative_to(self.root):
            raise SourceError(f"`{shown}` lies outside of `{paths.safe(str(self.root))}`, which Byte does not leave")
        data = _bytes(found, shown, self.budget, regular=True)
        inner = msgspec.structs.replace(self, folder=wanted.parent, label=os.path.dirname(label))
        return self.budget.taken(Source(shown, shown, data, inner.fetch))


def _named(name: str, cwd: Path, budget: _Budget) -> Source:
    label = os.path.normpath(name)
    shown = paths.safe(label)
    try:
        path = Path(os.path.normpath(cwd / name))
        folder = path.parent.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise SourceError(f"There is no file `{shown}`: give an OpenAPI document.") from None
    data = _bytes(path, shown, budget, regular=False)
    return budget.taken(
        Source(shown, shown, data, _Folder(folder, os.path.dirname(label), _root(folder), budget).fetch)
    )


def _root(folder: Path) -> Path:
    """The nearest folder upwards that holds a git repository, else the folder itself."""
    for candidate in (folder, *folder.parents):
        if os.path.lexists(candidate / ".git"):
            return candidate
    return folder


def _bytes(path: Path, shown: str, budget: _Budget, *, regular: bool) -> bytes:
    """The bytes of a file; one that the user named may be a pipe, such as that of `<(...)`."""
    careful = os.O_NONBLOCK | os.O_NOFOLLOW if regular else 0
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | careful)) as file:
            if regular and not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SourceError(f"`{shown}` is no regular file")
            data = file.read(budget.left + 1)
    except IsADirectoryError:
        raise SourceError(f"`{shown}` is a folder: give an OpenAPI document.") from None
    except (FileNotFoundError, NotADirectoryError):
        raise SourceError(f"There is no file `{shown}`: give an OpenAPI document.") from None
    except (OSError, ValueError) as error:
        said = (getattr(error, "strerror", None) or str(error)).lower()
        raise SourceError(f"`{shown}` cannot be read ({said}): give a file that you may read.") from None
    if len(data) > budget.left:
        raise SourceError(budget.too_large(shown))
    return data


# --- git ---------------------------------------------------------------------------------------


class _Revision(msgspec.Struct, frozen=True, eq=False):
    """Files of one commit, for the references of the one at `path`."""

    repository: git.Repository
    commit: str
    label: str
    path: str
    budget: _Budget

    def fetch(self, target: str) -> Source:
        """The file that a reference names."""
        if _is_url(target) or target.startswith("//"):
            return _on_web(target, self.budget, named=False)
        wanted = os.path.normpath(PurePosixPath("/", self.path).parent / unquote(target))
        climbed = os.path.normpath(PurePosixPath(self.path).parent / unquote(target))
        if climbed.startswith(("../", "/")) or climbed == "..":
            raise SourceError(f"`{paths.safe(target)}` lies outside of the repository, which Byte does not leave")
        return msgspec.structs.replace(self, path=wanted.lstrip("/")).source()

    def source(self) -> Source:
        """The file itself."""
        shown = paths.safe(self.path)
        name = f"git:{self.label}:{shown}"
        answer = self.repository.run("ls-tree", "-z", "-l", "--full-tree", self.commit, "--", self.path)
        entries = [entry.partition(b"\t") for entry in answer.out.split(b"\0") if entry]
        found = [meta.split() for meta, _, path in entries if path == os.fsencode(self.path)]
        if answer.code != 0 or not found:
            raise SourceError(
                f"There is no file `{shown}` in {self.label}: give its path from the top of the repository."
            )
        mode, kind, blob, size = found[0]
        if kind != b"blob" or mode == _SYMLINK:
            raise SourceError(f"`{name}` is no regular file: give an OpenAPI document.")
        if not size.isdigit():
            raise SourceError(self.repository.incomplete(self.commit))
        if int(size) > self.budget.left:
            raise SourceError(self.budget.too_large(name))
        content = self.repository.run("cat-file", "blob", blob.decode("ascii"), limit=int(size) + 1)
        if content.code != 0:
            raise SourceError(self.repository.incomplete(self.commit))
        return self.budget.taken(Source(name, shown, content.out, self.fetch))


def _revision(name: str, cwd: Path, budget: _Budget) -> Source:
    """`git:REV:FILE`: FILE is relative to the top of the repository, to the current folder when it begins with `./`."""
    _, label, path = [*name.split(":", 2), "", ""][:3]
    if not label or not path:
        raise SourceError(f"`{paths.safe(name)}` names no file of a revision: write `git:REV:FILE`.")
    repository = git.find(cwd)
    if path.startswith(("./", "../")) and repository.root is not None:
        below = os.path.relpath(cwd.resolve(), repository.root)
        path = os.path.normpath(os.path.join(below, path))
    path = os.path.normpath(path)
    if path.startswith(("/", "../")) or path in (".", ".."):
        raise SourceError(f"`{paths.safe(name)}` names no file of the repository: give its path from the top.")
    commit = repository.commit(label)
    return _Revision(repository, commit, paths.safe(label), path, budget).source()


# --- URLs --------------------------------------------------------------------------------------


class _Site(msgspec.Struct, frozen=True, eq=False):
    """Documents of the web, for the references of the one at `url`."""

    url: str
    budget: _Budget
    trusted: str

    def fetch(self, target: str) -> Source:
        """The document that a reference names."""
        return _on_web(urljoin(self.url, target), self.budget, named=False, trusted=self.trusted)


def _on_web(url: str, budget: _Budget, *, named: bool = True, trusted: str = "") -> Source:
    """A document of the web; `trusted` is the origin that the user named, which may be a private address."""
    url = urldefrag(url).url
    shown = paths.safe(url)
    if not budget.allow_remote:
        raise SourceError(f"`{shown}` is on the web: pass `--allow-remote` to have it read.")
    # Loaded only where it is allowed: to load what speaks HTTP takes longer than to read most documents.
    remote = import_module("byte.sources.remote")
    if named:
        trusted = remote.origin(url)
    data = remote.read(url, limit=budget.left, private=remote.origin(url) == trusted)
    return budget.taken(Source(shown, shown, data, _Site(url, budget, trusted).fetch))
