"""Shows Byte at work on the bundled examples: a review, then a registry with its gate.

    python scripts/demo.py                 # both, at a terminal in colour
    python scripts/demo.py --review-only   # without the registry
    python scripts/demo.py --markdown      # only the report, as docs/demo-report.md holds it

The review is of a repository that is built from examples/library-api: `main` from base/, `ratings` with head/ laid over it,
`mended` with what the review asked for on top. It is the same in every byte each time, and stays in .demo/ so that one can
look around in it.

The registry starts on an empty file in a temporary folder, at a free port. The library publishes `main` there, its client in
examples/reading-club declares what it uses, `ratings` is refused, `mended` is let in; then examples/services are imported and
an operation is looked for by what it does. Nothing of the registry stays.
"""

import argparse
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "library-api"
SERVICES = ROOT / "examples" / "services"
CLIENT = ROOT / "examples" / "reading-club"
QUESTION = "give a customer the money back"
RANGE = "main..ratings"
PATIENCE = 30
"""Seconds that the registry has to start, to answer, and to stop."""

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
    """Review the bundled change, show the registry, and say how to look further."""
    parser = argparse.ArgumentParser(description="Show Byte at work on the bundled examples.")
    parser.add_argument("--markdown", action="store_true", help="print only the report, as Markdown")
    parser.add_argument("--review-only", action="store_true", help="leave the registry out")
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
    if not failed and not options.review_only:
        failed = show_registry(folder)
    if not failed:
        print(
            f"\nLook further:\n"
            f"  {byte} serve\n"
            f"  {byte} rules query-in-loop\n"
            f"  {byte} review {RANGE} --repo {repository} --format json\n"
            f"  git -C {repository} diff {RANGE}"
        )
    return failed


# --- the review --------------------------------------------------------------------------------


def build(folder: Path) -> None:
    """Write the example as a repository with the branches `main`, `ratings` and `mended`, in place of an older one."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--template=")
    git(folder, "symbolic-ref", "HEAD", "refs/heads/main")
    _commit(folder, "base", "Lend books", "2026-01-12T09:00:00+00:00")
    git(folder, "checkout", "--quiet", "-b", "ratings")
    _commit(folder, "head", "Rate books", "2026-01-19T09:00:00+00:00")
    git(folder, "checkout", "--quiet", "-b", "mended")
    _commit(folder, "mended", "Keep the owner of a book", "2026-01-20T09:00:00+00:00")
    git(folder, "checkout", "--quiet", "ratings")


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


# --- the registry ------------------------------------------------------------------------------


class Registry(NamedTuple):
    """A registry that runs: where it answers, and a key that it takes."""

    url: str
    key: str


def show_registry(repository: Path) -> int:
    """Publish, consume, refuse, let in, import and search, each as one would type it. 0 where that went as it should."""
    missing = [name for name in ("fastapi", "sqlalchemy", "uvicorn") if find_spec(name) is None]
    if missing:
        print(f"\nThe registry is left out: {', '.join(missing)} not installed (`pip install 'byte-review[server]'`).")
        return 0
    byte, shown = _shown(_byte()), _shown(repository)
    print(f"\n{'-' * 100}\n\n`{byte} serve` keeps every backend API of a company. To an empty one:", flush=True)
    publish = ("publish", "--service", "library", "--repo", shown, "--quiet", "--no-cache")
    steps: tuple[tuple[str, tuple[str, ...], int], ...] = (
        ("The library publishes its contract, read from source.", (*publish, "--from", "git:main", "--version", "1.0.0"), 0),
        ("A client says what it uses: read from its source too.", ("consume", "library", "--from", _shown(CLIENT)), 0),
        ("The change that was reviewed above is not let in.", (*publish, "--from", "git:ratings", "--version", "1.1.0"), 1),
        ("With the field kept it is.", (*publish, "--from", "git:mended", "--version", "1.1.0"), 0),
        ("The other services are imported.", ("import", _shown(SERVICES), f"{_shown(SERVICES)}/web-shop.ndjson", "--quiet"), 0),
        ("Do we have an API for that?", ("search", QUESTION, "--limit", "3"), 0),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as registry:
        for said, arguments, expected in steps:
            print(f"\n# {said}\n$ {byte} {shlex.join(arguments)}\n", flush=True)
            own = {**environment(), "BYTE_API_KEY": registry.key}
            command = [str(_byte()), *arguments, "--server", registry.url]
            code = subprocess.run(command, env=own, check=False).returncode
            if code != expected:
                print(f"This ended with {code}, not with {expected}.", file=sys.stderr)
                return code or 1
    return 0


@contextmanager
def served(folder: Path) -> Iterator[Registry]:
    """A registry with nothing in it, in this folder; it asks no other machine, and is stopped at the end."""
    own = {name: value for name, value in environment().items() if not name.startswith("BYTE_")}
    own |= {"BYTE_DATA_FOLDER": str(folder), "BYTE_BACKGROUND": "false", "BYTE_LOG_LEVEL": "warning"}
    log = folder / "registry.log"
    with log.open("wb") as errors:
        command = [str(_byte()), "serve", "--port", "0"]
        process = subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        yield _welcome(process, log)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _welcome(process: "subprocess.Popen[str]", log: Path) -> Registry:
    """Where it answers and its first key, as it says itself."""
    said = ""
    for line in process.stdout or ():
        said += line
        if line.startswith("More keys"):
            break
    url, key = re.search(r"http://[\w.:]+", said), re.search(r"byte_[0-9a-f]+_\S+", said)
    if url is None or key is None:
        raise SystemExit(f"The registry does not start:\n{said}{log.read_text(encoding='utf-8')}")
    return Registry(url.group(), key.group())


# --- both --------------------------------------------------------------------------------------


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
