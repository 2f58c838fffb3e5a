"""Reads every Python file of a revision with git plumbing, dulwich and pygit2, side by side.

    python bench/git_readers.py REPO

dulwich and pygit2 are measured only where they are installed; Byte needs neither.
"""

import subprocess
import sys
import time
from collections.abc import Callable

REPO = sys.argv[1] if len(sys.argv) > 1 else "."


def plumbing() -> tuple[int, int]:
    """`git ls-tree` and one `git cat-file --batch`."""
    listing = subprocess.run(["git", "-C", REPO, "ls-tree", "-r", "-z", "HEAD"], capture_output=True, check=True).stdout
    ids = [e.split(b"\t")[0].split()[2] for e in listing.split(b"\0") if e.endswith(b".py")]
    answer = subprocess.run(
        ["git", "-C", REPO, "cat-file", "--batch"], input=b"\n".join(ids) + b"\n", capture_output=True, check=True
    ).stdout
    return len(ids), len(answer)


def dulwich() -> tuple[int, int]:
    """Pure Python."""
    from dulwich.object_store import iter_tree_contents
    from dulwich.repo import Repo

    repo = Repo(REPO)
    entries = [e for e in iter_tree_contents(repo.object_store, repo[repo.head()].tree) if e.path.endswith(b".py")]
    return len(entries), sum(len(repo.object_store[e.sha].data) for e in entries)


def pygit2() -> tuple[int, int]:
    """libgit2."""
    import pygit2 as library

    repo = library.Repository(REPO)
    ids = []
    stack = [repo.head.peel(library.Commit).tree]
    while stack:
        for entry in stack.pop():
            if entry.type_str == "tree":
                stack.append(repo[entry.id])
            elif entry.type_str == "blob" and entry.name.endswith(".py"):
                ids.append(entry.id)
    return len(ids), sum(len(repo[i].data) for i in ids)


READERS: dict[str, Callable[[], tuple[int, int]]] = {"git": plumbing, "dulwich": dulwich, "pygit2": pygit2}

for name, reader in READERS.items():
    best = None
    try:
        for _ in range(3):
            start = time.perf_counter()
            files, size = reader()
            seconds = time.perf_counter() - start
            best = seconds if best is None else min(best, seconds)
        print(f"{name:8} {files} files {size / 1e6:.1f} MB {best:.3f} s")
    except ImportError:
        print(f"{name:8} not installed")
