"""The two sides of a comparison as the user names them: documents and applications, here, in git or on the web."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import msgspec

from byte.cli import application
from byte.extract import documents as reading
from byte.extract.library import Library
from byte.model.contract import Application, Contract
from byte.model.errors import SourceError
from byte.sources import documents, git, paths

_GIT = "git:"
_STDIN = "-"
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
    """Reads sides. `repo` is where `git:` looks, `facts` what is known of source files; `app` and `target` as for
    `byte contract`.
    """

    repo: Path
    facts: Callable[[], Library]
    app: str | None = None
    target: str | None = None
    allow_remote: bool = False

    def pair(self, base: str, revision: str | None) -> tuple[Side, Side]:
        """Both sides. Without a revision it is what the working tree has in the place of the base."""
        if revision is None:
            revision = self._counterpart(base)
        if base == revision == _STDIN:
            raise SourceError("Standard input can be one side only: give a file for the other.")
        return self.read(base), self.read(revision)

    def read(self, name: str) -> Side:
        """One side by its name."""
        if name.startswith(_GIT):
            return self._revision(name)
        if name != _STDIN and Path(name).is_dir():
            return self._source(name, application.tree(Path(name), ".", None))
        if _REVISION_FILE.fullmatch(name) and not Path(name).exists() and self._is_revision(name):
            # As git itself and other tools write it.
            return self._revision(f"{_GIT}{name}")
        return self._document(name, name, Path())

    def head_day(self) -> str | None:
        """The day of the commit that is checked out, None where there is no repository."""
        try:
            repository = git.find(self.repo)
            head = repository.head()
        except SourceError:
            return None
        return repository.date(head) if head is not None else None

    def _document(self, shown: str, name: str, cwd: Path, day: str | None = None) -> Side:
        stdin = _standard_input() if name == _STDIN else None
        source = documents.read(name, allow_remote=self.allow_remote, stdin=stdin, cwd=cwd)
        contract = reading.read(source)
        return Side(shown, contract, reading.places(contract), day, git=name.startswith(_GIT))

    def _source(self, name: str, at: application.Tree, *, in_git: bool = False) -> Side:
        facts = self.facts()
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
            return self._source(name, _tree(repository, commit, below), in_git=True)
        found = _located(repository, commit, path, below)
        if found is None:
            raise SourceError(
                f"There is no `{paths.safe(path)}` in {paths.safe(rev)}: give a path from the top of the repository."
            )
        inner, is_file = found
        if not is_file:
            return self._source(name, _tree(repository, commit, inner), in_git=True)
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
                f"`{paths.safe(base)}` needs something to be compared with: write `byte diff BASE REVISION`, "
                "as in `byte diff git:main:openapi.yaml openapi.yaml`."
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


def _tree(repository: git.Repository, commit: str, folder: str) -> application.Tree:
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
