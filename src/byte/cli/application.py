"""Reading the contract of an application, as the options of several commands name it."""

import os
from pathlib import Path

import msgspec

from byte.extract.cache import Cache
from byte.extract.contract import applications, versions
from byte.extract.contract.read import read, remembered
from byte.extract.library import Library
from byte.model.change import Snapshot
from byte.model.contract import Application, Contract
from byte.model.errors import SourceError
from byte.sources import folder, git, paths, worktree


class Tree(msgspec.Struct, frozen=True):
    """The files to read, the application's folder in them, and the commit that they are of or stand upon, if any."""

    snapshot: Snapshot
    root: str
    repository: git.Repository | None = None
    commit: str | None = None

    @property
    def day(self) -> str | None:
        """The day of the commit (YYYY-MM-DD)."""
        return self.repository.date(self.commit) if self.repository is not None and self.commit else None


def library(cache_dir: Path | None, no_cache: bool) -> Library:
    """The facts of files, kept between runs unless told otherwise."""
    return Library(Cache(None if no_cache else (cache_dir or _cache_folder()) / "facts.sqlite"))


def _cache_folder() -> Path:
    """Where the platform keeps caches; it changes how fast a review is, never what it says."""
    named = os.environ.get("XDG_CACHE_HOME")  # the cache's place is the machine's business
    if named and Path(named).is_absolute():
        return Path(named) / "byte"
    try:
        return Path.home() / ".cache" / "byte"
    except RuntimeError:
        raise SourceError("There is no home folder to keep the cache in: give --cache-dir or --no-cache.") from None


def tree(repo: Path, path: str, rev: str | None) -> Tree:
    """The tree to read, and the application's folder in it."""
    start = repo / path
    try:
        repository = git.find(start if start.is_dir() else repo)
    except SourceError:
        if rev is not None or not repo.is_dir():
            raise
        # No git: the folder itself is the tree, with what lies beside the application.
        top = start if Path(path).is_absolute() and start.is_dir() else repo
        return _checked(Tree(folder.snapshot(top), _inside(top, top.resolve(), "." if top is start else path)))
    if repository.root is None:
        # A bare repository has no folders: the path is that of its tree.
        return at_revision(
            repository, repository.commit(rev or "HEAD"), _inside(Path("/"), Path("/"), path.lstrip("/"))
        )
    root = _inside(repo, repository.root, path)
    if rev is not None:
        return at_revision(repository, repository.commit(rev), root)
    return _checked(Tree(worktree.snapshot(repository, None), root, repository, repository.head()))


def at_revision(repository: git.Repository, commit: str, root: str) -> Tree:
    """The tree of a commit, and the application's folder in it."""
    return _checked(Tree(repository.snapshot(commit, commit[:12]), root, repository, commit))


def found(at: Tree, facts: Library) -> tuple[Application, ...]:
    """The applications in a folder, the likeliest first."""
    return remembered(facts, at.snapshot, at.root, lambda: applications.find(at.snapshot, facts, at.root))


def chosen(at: Tree, facts: Library, app: str | None, among: tuple[Application, ...]) -> Application:
    """The application that is named, else the likeliest; `SourceError` where there is none."""
    if app is not None:
        return applications.named(at.snapshot, facts, at.root, app)
    if not among:
        raise SourceError(_nothing(at))
    return among[0]


def contract_of(at: Tree, facts: Library, application: Application, target: str | None) -> Contract:
    """The contract of an application, for the project's versions or those of `target` (`fastapi=X,pydantic=Y`)."""
    known = versions.find(at.snapshot, at.root, application.path)
    if target is not None:
        known = versions.given(target, known)
    return read(at.snapshot, facts, at.root, application, known)


def _inside(start: Path, root: Path, path: str) -> str:
    """A folder as the user names it, relative to the root of the tree."""
    inner = os.path.relpath(os.path.normpath(start.resolve() / path), root)
    if inner == os.pardir or inner.startswith(f"{os.pardir}{os.sep}"):
        raise SourceError(f"{paths.safe(path)} is outside of {paths.safe(str(root))}: name a folder in it.")
    return "" if inner == os.curdir else paths.shown(os.fsencode(inner))


def _checked(at: Tree) -> Tree:
    if at.root in at.snapshot.files:
        raise SourceError(f"{at.root} is a file: name the folder that the application is imported from.")
    if not any(paths.within(path, at.root) for path in at.snapshot.files):
        raise SourceError(
            f"There is no file in `{at.root or '.'}` of the {at.snapshot.label}: name a folder relative to its root."
        )
    return at


def _nothing(at: Tree) -> str:
    where = f"`{at.root}`" if at.root else "this tree"
    if not any(path.endswith(".py") and paths.within(path, at.root) for path in at.snapshot.files):
        return f"There is no Python file in {where}: name the folder that the application is imported from."
    return f"No FastAPI application was found in {where}: name it with `--app FILE:EXPRESSION`."
