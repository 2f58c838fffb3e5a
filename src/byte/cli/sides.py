"""The two sides of a comparison as the user names them: documents and applications, here, in git or on the web."""

import os
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

from byte.cli.later import Later
from byte.extract import documents as reading
from byte.model.contract import Application, Contract, Source
from byte.model.errors import SettingsError, SourceError
from byte.sources import documents, git, paths

if TYPE_CHECKING:
    from byte.cli import application
    from byte.extract.library import Library
else:
    # Only applications need it, and it needs most of Byte.
    application = Later("byte.cli.application")

_GIT = "git:"
_STDIN = "-"
_ENDINGS = frozenset({".json", ".yaml", ".yml"})
_REVISION_FILE = re.compile(r"(?!git:)[^:\s]+:[^:/\s][^:\s]*")
_LARGEST = documents.LARGEST


class Side(msgspec.Struct, frozen=True):
    """One side: the name it was given, its contract, and where in it a JSON pointer leads ("path:line").

    `day` is that of the commit it is from (YYYY-MM-DD), None for what is from no commit; `git` tells whether it was
    named as `git:`. `note` says which application was read.
    """

    name: str
    contract: Contract
    place: Callable[[str], str | None]
    day: str | None = None
    git: bool = False
    note: str = ""


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Reads sides. `repo` is where `git:` looks, `facts` what is known of source files (None: documents only are read);
    `app` and `target` as for `byte contract`, `seen` the documents that were read.
    """

    repo: Path
    facts: "Callable[[], Library] | None"
    app: str | None = None
    target: str | None = None
    allow_remote: bool = False
    seen: dict[bytes, Contract] = msgspec.field(default_factory=dict)

    def pair(self, base: str, revision: str | None) -> tuple[Side, Side]:
        """Both sides. Without a revision it is what the working tree has in the place of the base."""
        if revision is None:
            revision = self._counterpart(base)
        if base == revision == _STDIN:
            raise SourceError("Standard input can be one side only: give a file for the other.")
        pair = self.read(base), self.read(revision)
        # What holds itself is not taken apart when the process ends: that takes longer than to compare some documents.
        held: list[Any] = [pair]
        held.append(held)
        return pair

    def read(self, name: str) -> Side:
        """One side by its name."""
        if name.startswith(_GIT):
            return self._revision(name)
        if name != _STDIN and Path(name).is_dir():
            if _is_empty(Path(name)):
                shown = paths.safe(name)
                raise SourceError(f"The folder `{shown}` is empty: name a document, or the folder of an application.")
            return self._source(name, lambda: application.tree(Path(name), ".", None))
        if _REVISION_FILE.fullmatch(name) and not Path(name).exists() and self._is_revision(name):
            # As git itself and other tools write it.
            return self._revision(f"{_GIT}{name}")
        return self._document(name, name, Path())

    def held(self, name: str) -> "Source | application.Tree":
        """What a name stands for: a document as it is, of any kind, or the tree of an application.

        A revision alone (`main`, `v1.2`) is the tree of that revision.
        """
        if name.startswith(_GIT):
            return self._held_revision(name)
        if name != _STDIN and Path(name).is_dir():
            return application.tree(Path(name), ".", None)
        if "://" not in name and not Path(name).exists() and name != _STDIN and self._is_revision(name):
            return self._held_revision(f"{_GIT}{name}")
        stdin = _standard_input() if name == _STDIN else None
        return documents.read(name, allow_remote=self.allow_remote, stdin=stdin, cwd=Path())

    def _held_revision(self, name: str) -> "Source | application.Tree":
        rev, _, path = name.removeprefix(_GIT).partition(":")
        if not rev:
            raise SourceError(f"`{paths.safe(name)}` names no revision: write `git:REV:FILE` or `git:REV:FOLDER`.")
        repository = git.find(self.repo)
        commit, below = repository.commit(rev), _below(repository, self.repo)
        found = _located(repository, commit, path, below) if path else (below, False)
        if found is not None and not found[1]:
            return _tree(repository, commit, found[0])
        return documents.read(name, allow_remote=self.allow_remote, stdin=None, cwd=self.repo)

    def is_range(self, base: str, revision: str) -> bool:
        """Whether two names are no sides but revisions, as of a range that was written in two words."""
        return all(":" not in name and not Path(name).exists() and self._is_revision(name) for name in (base, revision))

    def day(self, base: Side, revision: Side) -> str | None:
        """The day of the revision's commit; that of the commit checked out where only the base is from git."""
        return revision.day or (self._head_day() if base.git and not revision.git else None)

    def _head_day(self) -> str | None:
        try:
            repository = git.find(self.repo)
            head = repository.head()
        except SourceError:
            return None
        return repository.date(head) if head is not None else None

    def _document(self, shown: str, name: str, cwd: Path, day: str | None = None) -> Side:
        stdin = _standard_input() if name == _STDIN else None
        source = documents.read(name, allow_remote=self.allow_remote, stdin=stdin, cwd=cwd)
        contract = reading.read(source, seen=self.seen)
        return Side(shown, contract, reading.places(contract), day, git=name.startswith(_GIT))

    def _source(self, name: str, tree: "Callable[[], application.Tree]", *, in_git: bool = False) -> Side:
        if self.facts is None:
            raise SourceError(
                f"`{paths.safe(name)}` is an application, and not a document: review it by a range of commits, as in "
                "`byte review v1..v2`, or compare its contracts with `byte diff`."
            )
        at, facts = tree(), self.facts()
        found = application.found(at, facts) if self.app is None else ()
        taken = application.chosen(at, facts, self.app, found)
        contract = application.contract_of(at, facts, taken, self.target)
        return Side(name, contract, reading.places(contract), at.day, in_git, _note(taken))

    def _revision(self, name: str) -> Side:
        """`git:REV:FILE` is a document, `git:REV` and `git:REV:FOLDER` an application."""
        rev, _, path = name.removeprefix(_GIT).partition(":")
        if not rev:
            raise SourceError(f"`{paths.safe(name)}` names no revision: write `git:REV:FILE` or `git:REV:FOLDER`.")
        repository = git.find(self.repo)
        commit = repository.commit(rev)
        below = _below(repository, self.repo)
        if not path:
            return self._source(name, lambda: _tree(repository, commit, below), in_git=True)
        found = _located(repository, commit, path, below)
        if found is None:
            raise SourceError(
                f"There is no `{paths.safe(path)}` in {paths.safe(rev)}: give a path from the top of the repository."
            )
        inner, is_file = found
        if not is_file:
            return self._source(name, lambda: _tree(repository, commit, inner), in_git=True)
        if paths.is_python(inner):
            raise SourceError(
                f"`{paths.safe(name)}` is Python: name the folder that the application is imported from, "
                "and the application with `--app`."
            )
        return self._document(name, f"{_GIT}{rev}:{inner}", self.repo, repository.date(commit))

    def _is_revision(self, name: str) -> bool:
        try:
            git.find(self.repo).commit(name.partition(":")[0])
        except SourceError:
            return False
        return True

    def _counterpart(self, base: str) -> str:
        """The working tree's name for what the base is in git."""
        rev, colon, path = base.removeprefix(_GIT).partition(":")
        if not base.startswith(_GIT) or not rev:
            raise SourceError(
                f"`{paths.safe(base)}` needs something to be compared with: name both, base first, as in "
                "`git:main:openapi.yaml openapi.yaml`."
            )
        repository = git.find(self.repo)
        if repository.root is None:
            raise SourceError(
                f"{repository.place} is a bare repository without a working tree: name the revision, too."
            )
        if not colon or not path:
            return str(self.repo)
        found = _located(repository, repository.commit(rev), path, _below(repository, self.repo))
        return _from_here(repository.root / (found[0] if found else path))


def day(text: str) -> str:
    """The day of an option (YYYY-MM-DD); `SettingsError` for what is none."""
    try:
        if len(text) == len("2030-01-31"):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise SettingsError(f"`--as-of` is a day such as 2030-01-31, not `{paths.safe(text)}`.")


def is_document(name: str) -> bool:
    """Whether a name alone says that a document is meant, and not a range of commits."""
    if name == _STDIN or name.startswith(_GIT) or "://" in name:
        return True
    return Path(name).suffix.lower() in _ENDINGS and Path(name).is_file()


def _is_empty(folder: Path) -> bool:
    try:
        return not any(folder.iterdir())
    except OSError:
        return False


def _note(taken: Application) -> str:
    return f"{taken.name} ({taken.why}{f', {taken.at}' if taken.at is not None else ''})"


def _from_here(path: Path) -> str:
    """A path from the current folder, where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _below(repository: git.Repository, folder: Path) -> str:
    """A folder relative to the top of its repository, "" for the top itself."""
    if repository.root is None:
        return ""
    inner = os.path.relpath(folder.resolve(), repository.root)
    return "" if inner == os.curdir else inner


def _tree(repository: git.Repository, commit: str, folder: str) -> "application.Tree":
    return application.at_revision(repository, commit, paths.shown(os.fsencode(folder)))


def _located(repository: git.Repository, commit: str, path: str, below: str) -> tuple[str, bool] | None:
    """A path of a commit, from its top or else from a folder, and whether it is a file; None if it is neither there."""
    for start in (below, "") if path.startswith(("./", "../")) else ("", below):
        inner = os.path.normpath(PurePosixPath(start, path.strip("/") or "."))
        if inner == os.curdir:
            return "", False
        if inner.startswith("../") or inner == os.pardir:
            continue
        answer = repository.run("cat-file", "-t", f"{commit}:{inner}")
        kind = answer.out.strip()
        if kind in (b"blob", b"tree"):
            return inner, kind == b"blob"
    return None


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise SourceError("There is no standard input to read: open it, or give a file.")
    return sys.stdin.buffer.read(_LARGEST + 1)
