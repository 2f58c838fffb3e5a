"""Real repositories for the tests, made with an isolated configuration."""

import os
import subprocess
from pathlib import Path

import pytest

_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2024-03-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "C",
    "GIT_COMMITTER_EMAIL": "c@example.org",
    "GIT_COMMITTER_DATE": "2024-03-02T23:30:00-0200",
}


class Repo:
    """A repository in a directory; `git` runs a command in it, `commit` records files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str | bytes, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=_ENVIRONMENT, input=stdin, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, files: dict[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: dict[str, str | bytes] | None = None, *, remove: tuple[str, ...] = ()) -> str:
        self.write(files or {})
        for name in remove:
            (self.root / name).unlink()
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def make_repo(tmp_path):
    """Makes an empty repository on branch main."""

    def make(name: str = "repo", *options: str) -> Repo:
        root = tmp_path / name
        root.mkdir()
        repo = Repo(root)
        repo.git("init", "-q", "-b", "main", *options)
        return repo

    return make


@pytest.fixture
def repo(make_repo):
    """A repository with a base commit on main and one more on the branch that is checked out."""
    made = make_repo()
    made.commit({"app/main.py": "a = 1\n", "app/same.py": "s = 1\n", "README.md": "# App\n"})
    made.git("checkout", "-q", "-b", "topic")
    made.commit({"app/main.py": "a = 2\n", "app/new.py": "n = 1\n"})
    return made
