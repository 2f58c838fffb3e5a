"""Git, read through its plumbing: repositories, revisions, trees and blobs; no checkout, no write.

The repository is untrusted. Every process is started by `Repository.run`, which leaves nothing of the configuration
of repository, user or system that could start a program, and only commands are used that know no filter, no text
conversion, no pager and no hook.
"""

import contextlib
import difflib
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Literal

import msgspec

from byte.model.change import File, Snapshot, Unreadable
from byte.model.errors import SourceError
from byte.sources import paths

PYTHON_LIMIT = 1_000_000
"""Bytes; a larger Python file is reported as unreadable."""
OTHER_LIMIT = 8_000_000
"""Bytes; any other larger file is listed and never read."""

MISSING = "its object is not in the repository"
"""Why a file of a partial clone is unreadable."""

_TIMEOUT = 120.0
_LISTING_LIMIT = 256_000_000
_MESSAGE_LIMIT = 65_536
_DEFAULT_BRANCHES = (
    *("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master"),
    *("refs/heads/main", "refs/heads/master"),
)
_FETCH = "run `git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'` (in CI: `fetch-depth: 0`) first"
_KINDS: Mapping[bytes, Literal["file", "symlink", "submodule"]] = {
    b"100644": "file",
    b"100755": "file",
    b"100664": "file",
    b"120000": "symlink",
    b"160000": "submodule",
}
_ENVIRONMENT = {
    "GIT_ADVICE": "0",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_ASKPASS": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_TERMINAL_PROMPT": "0",
    # Not unset: git stops at a path such as `~/ignore` in a configuration when it knows no home.
    "HOME": os.devnull,
    "LC_ALL": "C",
    "XDG_CONFIG_HOME": os.devnull,
}
_OVERRIDES = (
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.untrackedCache=false",
    "core.warnAmbiguousRefs=true",
    "protocol.allow=never",
    "safe.directory=*",
    "submodule.recurse=false",
)


class Answer(msgspec.Struct, frozen=True):
    """What a git process said."""

    code: int
    out: bytes
    message: str


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """A git repository. `root` is the working tree, None for a bare one; `algorithm` is that of its object ids."""

    git_dir: Path
    root: Path | None
    algorithm: str = "sha1"
    shallow: bool = False

    @property
    def place(self) -> str:
        """Where it is, for a message."""
        return paths.safe(str(self.root or self.git_dir))

    def run(self, *arguments: str, stdin: bytes | None = None, limit: int = _LISTING_LIMIT) -> Answer:
        """Run one plumbing command; `limit` is how many bytes it may print."""
        command = [_git(), "--no-pager", f"--git-dir={self.git_dir}"]
        if self.root is not None:
            command.append(f"--work-tree={self.root}")
        for override in _OVERRIDES:
            command += ("-c", override)
        process = subprocess.Popen(
            [*command, *arguments],
            cwd=self.root or self.git_dir,
            env={**_ENVIRONMENT, "PATH": _search_path()},
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        return _converse(process, arguments[0], stdin, limit)

    def commit(self, revision: str) -> str:
        """The id of the commit that a revision names."""
        if revision.startswith("-") or not revision.isprintable() or not revision.strip():
            raise SourceError(f"`{paths.safe(revision)}` is not a revision: give a branch, a tag or a commit id.")
        answer = self.run("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
        exact = revision == "HEAD" or re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", revision)
        if "is ambiguous" in answer.message and not exact:
            raise SourceError(
                f"`{revision}` is ambiguous in {self.place}: write more of the commit id, or the whole name as in "
                f"`refs/heads/{revision}`."
            )
        if answer.code != 0:
            raise SourceError(self._unknown(revision))
        return answer.out.decode("ascii").split()[-1]

    def head(self) -> str | None:
        """The id of the commit that is checked out, None before the first commit."""
        answer = self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return answer.out.decode("ascii").strip() if answer.code == 0 else None

    def default_branch(self) -> tuple[str, str]:
        """Short name and commit id of the branch that changes go to."""
        for full, commit, target in self._refs(*_DEFAULT_BRANCHES):
            if full in _DEFAULT_BRANCHES:
                return _short(target or full), commit
        if self.shallow:
            raise SourceError(f"This shallow clone has no main or master branch to compare with: {_FETCH}.")
        raise SourceError(
            f"{self.place} has no branch origin/HEAD, main or master to compare with: give a range `BASE..HEAD`."
        )

    def merge_base(self, one: str, two: str, *, names: tuple[str, str]) -> str:
        """The id of the best common ancestor of two commits; `names` is what to call them in a message."""
        answer = self.run("merge-base", one, two)
        if answer.code == 0:
            return answer.out.decode("ascii").split()[0]
        first, second = names
        if self.shallow:
            raise SourceError(f"`{first}` and `{second}` have no common commit in this shallow clone: {_FETCH}.")
        raise SourceError(
            f"`{first}` and `{second}` have no common commit: compare them as they are with `{first}..{second}`."
        )

    def date(self, commit: str) -> str | None:
        """The committer's date of a commit in UTC, as YYYY-MM-DD."""
        content = next(self._objects([commit], limit=_LISTING_LIMIT), None) or b""
        match = re.search(rb"^committer .*> (\d+) [+-]\d+$", content.split(b"\n\n", 1)[0], re.MULTILINE)
        try:
            return datetime.fromtimestamp(int(match[1]), UTC).date().isoformat() if match else None
        except (ValueError, OverflowError, OSError):
            return None

    def snapshot(self, commit: str, label: str, *, near: Snapshot | None = None) -> Snapshot:
        """The files of a commit. Entries that are also those of `near` are shared with it."""
        if near is not None and near.revision == commit:
            return msgspec.structs.replace(near, label=label)
        files: dict[str, File] = {}
        unreadable: list[Unreadable] = []
        known = near.files if near is not None else {}
        for file, problem in self._entries(commit):
            files[file.path] = file if known.get(file.path) != file else known[file.path]
            if problem:
                unreadable.append(Unreadable(path=file.path, line=1, reason=problem))
        return Snapshot(
            label=label,
            revision=commit,
            files={path: files[path] for path in sorted(files)},
            read=self.read,
            unreadable=tuple(sorted(unreadable, key=lambda item: item.path)),
        )

    def read(self, files: Iterable[File]) -> list[bytes | None]:
        """The bytes of blobs, from one process; None for what is too large, missing or not a regular file."""
        wanted = list(files)
        sizes = {file.blob: file.size for file in wanted if readable(file)}
        limit = sum(sizes.values()) + 256 * len(sizes)
        content = dict(zip(sizes, self._objects(sizes, limit=limit), strict=False))
        return [content.get(file.blob) if file.kind == "file" else None for file in wanted]

    def incomplete(self, commit: str) -> str:
        """The sentence for a commit some of whose objects are not here."""
        return (
            f"Objects of commit {commit[:12]} are not in {self.place}: in a partial clone run "
            "`git fetch --refetch --no-filter origin`, otherwise let `git fsck` say what is broken."
        )

    def sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        """The sizes of those blobs that are there."""
        wanted = sorted(set(blobs))
        if not wanted:
            return {}
        answer = self.run("cat-file", "--batch-check", stdin="".join(f"{blob}\n" for blob in wanted).encode())
        rows = [line.split() for line in answer.out.decode("ascii", "replace").splitlines()]
        return {row[0]: int(row[2]) for row in rows if len(row) == 3}

    def _entries(self, commit: str) -> Iterator[tuple[File, str | None]]:
        answer = self.run("ls-tree", "-r", "-z", "-l", "--full-tree", commit)
        if answer.code != 0:
            raise SourceError(self.incomplete(commit))
        for entry in answer.out.split(b"\0")[:-1]:
            meta, _, name = entry.partition(b"\t")
            mode, _type, blob, size = meta.split()
            file = File(
                path=paths.shown(name),
                blob=blob.decode("ascii"),
                size=int(size) if size.isdigit() else 0,
                kind=_KINDS.get(mode, "file"),
            )
            if {b"", b".", b"..", b".git"}.isdisjoint(name.split(b"/")):
                missing = size == b"BAD" and paths.is_python(file.path)
                yield file, MISSING if missing else oversized(file)

    def _objects(self, ids: Iterable[str], *, limit: int) -> Iterator[bytes | None]:
        wanted = list(ids)
        if not wanted:
            return
        answer = self.run("cat-file", "--batch", stdin="".join(f"{id}\n" for id in wanted).encode(), limit=limit)
        at = 0
        for _ in wanted:
            end = answer.out.find(b"\n", at)
            header = answer.out[at:end].split() if end >= 0 else []
            at = end + 1
            if len(header) != 3:
                # "<id> missing" goes on with the next; a process that died leaves nothing to read.
                yield None
                if end < 0:
                    return
                continue
            size = int(header[2])
            content = answer.out[at : at + size]
            at += size + 1
            yield content if len(content) == size else None

    def _refs(self, *names: str) -> list[tuple[str, str, str]]:
        answer = self.run("for-each-ref", "--format=%(refname)%00%(objectname)%00%(symref)", *names)
        rows = [line.split("\0") for line in answer.out.decode("utf-8", "replace").splitlines()]
        found = [(row[0], row[1], row[2]) for row in rows if len(row) == 3]
        return sorted(found, key=lambda ref: names.index(ref[0]) if ref[0] in names else len(names))

    def _unknown(self, revision: str) -> str:
        if self.shallow:
            return f"`{revision}` is not in this shallow clone: {_FETCH}."
        if self.run("rev-parse", "--verify", "--quiet", "--end-of-options", revision).code == 0:
            return f"`{revision}` is not a commit in {self.place}: give a branch, a tag or a commit id."
        names = ["HEAD", *(_short(full) for full, _, _ in self._refs("refs/heads", "refs/remotes", "refs/tags"))]
        near = difflib.get_close_matches(revision, names[:5000], n=1)
        hint = f"did you mean `{paths.safe(near[0])}`?" if near else "`git branch -a` lists what there is."
        return f"There is no revision `{revision}` in {self.place}; {hint}"


def find(start: Path) -> Repository:
    """The repository that a directory lies in."""
    try:
        folder = start.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise SourceError(f"{paths.safe(str(start))} does not exist: give the directory of a git repository.") from None
    if not folder.is_dir():
        raise SourceError(f"{paths.safe(str(start))} is not a directory: give the directory of a git repository.")
    for candidate in (folder, *folder.parents):
        git_dir = _git_dir(candidate / ".git")
        if git_dir is not None:
            return _opened(Repository(git_dir=git_dir, root=candidate))
        if _is_git_dir(candidate):
            return _opened(Repository(git_dir=candidate, root=None))
    raise SourceError(f"{paths.safe(str(start))} is not in a git repository: give its directory with `--repo`.")


def readable(file: File) -> bool:
    """Whether `read` gives the bytes of a file: it is a regular one, and not too large."""
    return file.kind == "file" and file.size <= _limit(file.path)


def oversized(file: File) -> str | None:
    """Why a Python file is too large to be read, None if it is not."""
    if file.kind != "file" or not paths.is_python(file.path) or readable(file):
        return None
    return f"{file.size / 1e6:.1f} MB, more than the {PYTHON_LIMIT / 1e6:g} MB that Byte reads of a Python file"


def _limit(path: str) -> int:
    return PYTHON_LIMIT if paths.is_python(path) else OTHER_LIMIT


def _opened(found: Repository) -> Repository:
    answer = found.run("rev-parse", "--show-object-format", "--is-shallow-repository")
    lines = answer.out.decode("ascii", "replace").split()
    if answer.code != 0 or len(lines) != 2:
        said = paths.safe(answer.message.strip().partition("\n")[0].removeprefix("fatal: ")) or "no reason given"
        raise SourceError(f"git cannot read the repository {found.place} ({said}): check it with `git fsck`.")
    return msgspec.structs.replace(found, algorithm=lines[0], shallow=lines[1] == "true")


def _git_dir(dot_git: Path) -> Path | None:
    """What `.git` stands for: itself, or where the `.git` file of a linked worktree or a submodule points to."""
    try:
        if dot_git.is_file() and dot_git.stat().st_size < _MESSAGE_LIMIT:
            content = dot_git.read_bytes()
            if not content.startswith(b"gitdir: "):
                return None
            dot_git = dot_git.parent / os.fsdecode(content.removeprefix(b"gitdir: ").rstrip(b"\r\n"))
        return dot_git.resolve() if _is_git_dir(dot_git) else None
    except (OSError, ValueError):
        return None


def _is_git_dir(folder: Path) -> bool:
    try:
        linked = (folder / "commondir").is_file()
        return (folder / "HEAD").is_file() and (
            linked or ((folder / "objects").is_dir() and (folder / "refs").is_dir())
        )
    except OSError:
        return False


def _short(full: str) -> str:
    return re.sub(r"^refs/(?:heads|remotes|tags)/", "", full)


def _search_path() -> str:
    # A relative entry could make a program of the repository under review be taken for git.
    return os.pathsep.join(entry for entry in os.get_exec_path() if os.path.isabs(entry))


@lru_cache(maxsize=1)
def _git() -> str:
    found = shutil.which("git", path=_search_path())
    if found is None:
        raise SourceError("Byte found no `git` program: install git 2.30 or newer.")
    return found


def _converse(process: subprocess.Popen[bytes], name: str, stdin: bytes | None, limit: int) -> Answer:
    """Feed a process and read what it says, both at once, so that neither side waits for the other."""
    late = threading.Event()
    message = bytearray()

    def expire() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(_TIMEOUT, expire)
    helpers = [threading.Thread(target=_drain, args=(process.stderr, message))]
    if stdin is not None:
        helpers.append(threading.Thread(target=_feed, args=(process.stdin, stdin)))
    with process:
        for thread in (timer, *helpers):
            thread.start()
        try:
            out = _collect(process, name, limit)
            code = process.wait()
        except BaseException:
            _kill(process)
            raise
        finally:
            timer.cancel()
            for thread in helpers:
                thread.join()
    if late.is_set():
        raise SourceError(
            f"`git {name}` did not end within {_TIMEOUT:g} seconds: check the repository with `git fsck`."
        )
    return Answer(code, out, message.decode("utf-8", "replace"))


def _collect(process: subprocess.Popen[bytes], name: str, limit: int) -> bytes:
    assert process.stdout is not None
    chunks: list[bytes] = []
    total = 0
    while chunk := process.stdout.read(1 << 20):
        total += len(chunk)
        if total > limit:
            raise SourceError(f"`git {name}` lists more than {limit / 1e6:.0f} MB: the tree is too large for a review.")
        chunks.append(chunk)
    return b"".join(chunks)


def _drain(stream: IO[bytes], kept: bytearray) -> None:
    while chunk := stream.read(_MESSAGE_LIMIT):
        kept += chunk[: _MESSAGE_LIMIT - len(kept)]


def _feed(stream: IO[bytes], content: bytes) -> None:
    # A pipe breaks when the process ends early; its answer says why. Closing writes what is left, and breaks too.
    with contextlib.suppress(BrokenPipeError):
        stream.write(content)
    with contextlib.suppress(BrokenPipeError):
        stream.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
