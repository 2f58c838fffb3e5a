"""From a directory and a range to what a review needs: the change, what of it is reviewed, and the settings.

The working tree is the head unless a range names one. A single revision `REV` compares the working tree with the
merge base of `REV` and HEAD, no range with the merge base of the default branch and HEAD. `BASE..HEAD` compares two
commits as they are, `BASE...HEAD` the merge base with HEAD; an empty side is HEAD.
"""

import difflib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from byte.model.change import Change, Snapshot
from byte.model.errors import SettingsError, SourceError
from byte.sources import git, settings, worktree
from byte.sources import paths as names
from byte.sources.renames import renames
from byte.sources.settings import Settings


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a review is asked: the change, and which of its files the review is about.

    The snapshots hold the whole tree, so that names can be followed out of the scope. `scope` are files and folders
    (empty: everything); `as_of` is the day of the head's commit, which stands for today. `root` is the working tree,
    or the git directory of a bare repository (`bare`).
    """

    change: Change
    scope: tuple[str, ...]
    settings: Settings
    root: str
    as_of: str | None
    bare: bool = False

    def admits(self, path: str) -> bool:
        """Whether a file is reviewed: in the scope, not excluded, and neither a test nor somebody else's code.

        A scope that itself names a test or vendored folder admits what lies in it.
        """
        scopes = [prefix for prefix in self.scope or ("",) if names.within(path, prefix)]
        if not scopes or any(names.matches(pattern, path) for pattern in self.settings.exclude):
            return False
        tests = self.settings.tests or any(names.is_test(prefix) or _in_tests(prefix) for prefix in scopes)
        if names.is_test(path) and not tests:
            return False
        return not names.is_vendored(path) or any(names.is_vendored(f"{prefix}/") for prefix in scopes)


class _Sides(msgspec.Struct, frozen=True):
    """Commit and label of base (None: audit) and head (None: the working tree), and the commit that dates the head."""

    base: tuple[str, str] | None
    head: tuple[str, str] | None
    dated: str | None


def read(repo: Path, revisions: str | None = None, *, audit: bool = False, paths: Sequence[str] = ()) -> Request:
    """What is asked about a repository: a range, or with `audit` one tree without a base, restricted to `paths`."""
    repository = git.find(repo)
    sides = _audited(repository, revisions) if audit else _compared(repository, revisions)
    base = repository.snapshot(*sides.base) if sides.base else None
    head = repository.snapshot(*sides.head, near=base) if sides.head else worktree.snapshot(repository, base)
    if base:
        _complete(repository, base, head)
    scope = _scope(repository, paths)
    found, unreadable = settings.find(head, scope)
    if not paths and found.paths:
        scope = () if "" in found.paths else found.paths
        _require(scope, base, head, SettingsError, f"`paths` in {found.source}")
        found, unreadable = settings.find(head, scope)
    else:
        _require(scope, base, head, SourceError, "the scope")
    if unreadable:
        every = {(item.path, item.line): item for item in (*head.unreadable, *unreadable)}
        head = msgspec.structs.replace(head, unreadable=tuple(every[key] for key in sorted(every)))
    return Request(
        change=Change(base=base, head=head, renames=renames(base, head) if base else {}),
        scope=scope,
        settings=found,
        root=str(repository.root or repository.git_dir),
        as_of=repository.date(sides.dated) if sides.dated else None,
        bare=repository.root is None,
    )


def _audited(repository: git.Repository, revisions: str | None) -> _Sides:
    if revisions is not None and ".." in revisions:
        raise SourceError(
            f"`{names.safe(revisions)}` is a range, and an audit reads one tree: give one revision or none."
        )
    if revisions is None and repository.root is not None:
        return _Sides(None, None, repository.head())
    revision = revisions or "HEAD"
    commit = repository.commit(revision)
    return _Sides(None, (commit, _label(revision, commit)), commit)


def _compared(repository: git.Repository, revisions: str | None) -> _Sides:
    for separator in ("...", ".."):
        if revisions is not None and separator in revisions:
            first, _, second = revisions.partition(separator)
            if not first and not second:
                raise SourceError(f"`{revisions}` names no revision: write `BASE{separator}HEAD`.")
            return _between(repository, first or "HEAD", second or "HEAD", merge_base=separator == "...")
    if repository.root is None:
        raise SourceError(f"{repository.place} is a bare repository without a working tree: give a range `BASE..HEAD`.")
    head = repository.head()
    if head is None:
        raise SourceError(f"{repository.place} has no commit to compare with: commit first, or audit it with `--all`.")
    if revisions is None:
        name, commit = repository.default_branch()
    else:
        name, commit = revisions, repository.commit(revisions)
    base = repository.merge_base(commit, head, names=(name, "HEAD"))
    return _Sides((base, _label(f"merge base with {name}", base)), None, head)


def _between(repository: git.Repository, first: str, second: str, *, merge_base: bool) -> _Sides:
    base, head = repository.commit(first), repository.commit(second)
    label = first
    if merge_base:
        base, label = repository.merge_base(base, head, names=(first, second)), f"merge base with {first}"
    return _Sides((base, _label(label, base)), (head, _label(second, head)), head)


def _complete(repository: git.Repository, base: Snapshot, head: Snapshot) -> None:
    """Refuse a base that lacks what changed (a partial clone): everything in it would pass for new."""
    for item in base.unreadable:
        if item.reason == git.MISSING and base.files[item.path] != head.files.get(item.path):
            raise SourceError(repository.incomplete(base.revision or base.label))


def _label(name: str, commit: str) -> str:
    return commit[:12] if commit.startswith(name) else f"{name} ({commit[:12]})"


def _scope(repository: git.Repository, paths: Iterable[str]) -> tuple[str, ...]:
    """The scope relative to the root, in the order given; naming the root itself means no restriction."""
    scope: list[str] = []
    for path in paths:
        text = names.shown(os.fsencode(path))
        root = f"{names.shown(os.fsencode(repository.root))}/" if repository.root else ""
        inside = settings.inside(f"{text}/".removeprefix(root))
        if inside is None:
            raise SourceError(f"{text} is outside the tree of {repository.place}: name a path relative to its root.")
        if inside not in scope:
            scope.append(inside)
    return () if "" in scope else tuple(scope)


def _require(
    scope: tuple[str, ...], base: Snapshot | None, head: Snapshot, error: type[SourceError | SettingsError], what: str
) -> None:
    """Refuse a scope that no file of either side lies in: a typing mistake must not pass for a clean review."""
    sides = [head.files, base.files if base else {}]
    for prefix in scope:
        if not any(names.within(path, prefix) for files in sides for path in files):
            near = difflib.get_close_matches(prefix, _candidates(prefix, head.files), n=1)
            hint = f"did you mean `{near[0]}`?" if near else "name a file or folder relative to the root of the tree."
            raise error(f"No file lies in `{prefix}`, which {what} names; {hint}")


def _candidates(prefix: str, files: Iterable[str]) -> list[str]:
    """Folders, and files as deep as the prefix: enough to find a neighbour, few enough to compare."""
    found: set[str] = set()
    for path in files:
        parts = path.split("/")
        found.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
        if len(parts) == prefix.count("/") + 1:
            found.add(path)
    return sorted(found)[:5000]


def _in_tests(prefix: str) -> bool:
    return names.is_test(f"{prefix}/any.py")
