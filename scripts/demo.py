"""Reviews the bundled example: builds its repository from examples/library-api and runs `byte review` on it.

    python scripts/demo.py              # the review, at a terminal in colour
    python scripts/demo.py --markdown   # only the report, as docs/demo-report.md holds it

The repository has two commits, `main` from base/ and `ratings` with head/ laid over it. It is the same in every byte
each time, and stays in .demo/ so that one can look around in it.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "library-api"
RANGE = "main..ratings"

# Nothing of the user's git takes part: no configuration, templates, hooks, signatures, ignored names or line endings.
_GIT = (
    "git", "-c", "core.autocrlf=false", "-c", "core.excludesFile=/dev/null", "-c", "core.attributesFile=/dev/null",
    "-c", "core.fileMode=false", "-c", "gc.auto=0",
)  # fmt: skip
_IDENTITY = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Library team",
    "GIT_AUTHOR_EMAIL": "library@example.com",
    "GIT_COMMITTER_NAME": "Library team",
    "GIT_COMMITTER_EMAIL": "library@example.com",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the repository, review the change in it, and say how to look further."""
    parser = argparse.ArgumentParser(description="Review the bundled example.")
    parser.add_argument("--markdown", action="store_true", help="print only the report, as Markdown")
    parser.add_argument("--folder", type=Path, default=ROOT / ".demo" / EXAMPLE.name, help="where the repository goes")
    options = parser.parse_args(arguments)

    if options.markdown:
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder) / EXAMPLE.name)
            return review(Path(folder) / EXAMPLE.name, "--format", "markdown", "--quiet")

    folder = options.folder.resolve()
    if folder.exists() and any(folder.iterdir()) and not (folder / ".git").is_dir():
        parser.error(f"{folder} holds something else: name a folder that is empty or not there.")
    build(folder)
    byte, repository = _shown(_byte()), _shown(folder)
    print(f"{repository} is a lending library that adds ratings. `{byte} review {RANGE}` there says:\n", flush=True)
    failed = review(folder)
    if not failed:
        print(
            f"\nLook further:\n"
            f"  {byte} rules query-in-loop\n"
            f"  {byte} review {RANGE} --repo {repository} --format json\n"
            f"  git -C {repository} diff {RANGE}"
        )
    return failed


def build(folder: Path) -> None:
    """Write the example as a repository with the branches `main` and `ratings`, in place of an older one."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--template=")
    git(folder, "symbolic-ref", "HEAD", "refs/heads/main")
    _commit(folder, "base", "Lend books", "2026-01-12T09:00:00+00:00")
    git(folder, "checkout", "--quiet", "-b", "ratings")
    _commit(folder, "head", "Rate books", "2026-01-19T09:00:00+00:00")


def _commit(folder: Path, part: str, message: str, date: str) -> None:
    shutil.copytree(EXAMPLE / part, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", message, date=date)


def git(folder: Path, *command: str, date: str = "") -> str:
    """What git answers, run without the configuration and the environment of the machine."""
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    own = {**environment(), **_IDENTITY, **dates}
    return subprocess.run([*_GIT, *command], cwd=folder, env=own, check=True, stdout=subprocess.PIPE, text=True).stdout


def review(folder: Path, *options: str) -> int:
    """Run the `byte` of this Python on it; its verdict is no failure of the demo."""
    command = [str(_byte()), "review", RANGE, "--repo", str(folder), "--no-cache", "--fail-on", "none", *options]
    return subprocess.run(command, env=environment(), check=False).returncode


def _byte() -> Path:
    return Path(sysconfig.get_path("scripts")) / "byte"


def environment() -> dict[str, str]:
    """The environment without git's variables: in a hook they point at the hook's own repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def _shown(path: Path) -> str:
    """As one would type it here."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


if __name__ == "__main__":
    sys.exit(main())
