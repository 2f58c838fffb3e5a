"""The real command in its own process, on real repositories."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cli.started import Ended, Started
from tests.sources.conftest import make_repo, repo

__all__ = ["make_repo", "repo"]

BYTE = (sys.executable, "-c", "import sys; del sys.path[0]; from byte.cli import main; main()")
"""What the installed script does: the folder that it stands in is not on the path."""
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
WORST = """\
async def load() -> int:
    return 1


@app.get('/a')
async def a() -> int:
    load()
    return 1
"""
BLOCKER = "unawaited-coroutine"
"""What is found in it."""
LIMIT = 20
"""Seconds in which every command answers, whatever it is given."""


@dataclass
class Done:
    """What a command left."""

    code: int
    out: str
    err: str
    seconds: float = field(default=0.0, compare=False)
    """Of a processor, so that a busy machine does not count."""


@pytest.fixture(scope="session")
def started() -> Iterator[Started]:
    """A process in which `byte` is imported."""
    made = Started()
    yield made
    made.close()


@pytest.fixture
def byte(tmp_path, started):
    """Runs `byte` with a cache of its own; no traceback is ever an answer.

    It is a fork of a process that has imported it, but where variables or streams are given or `fresh` is said.
    """

    def run(
        *arguments: str | bytes, cwd: Path | None = None, timeout: float = LIMIT, fresh: bool = False, **options
    ) -> Done:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}
        if options or fresh:
            environment |= options.pop("env", {})
            environment = {key: value for key, value in environment.items() if value is not None}
            done = _run(arguments, cwd or tmp_path, environment, timeout, options)
        else:
            done = started.run(list(arguments), cwd or tmp_path, environment, timeout)
        out, err = (part.decode("utf-8") for part in (done.out, done.err))
        assert "Traceback" not in err
        assert "byte: unexpected" not in err
        assert [line for line in out.splitlines() if "Byte's rule" in line] == []
        return Done(done.code, out, err, done.seconds)

    return run


def _run(arguments, cwd: Path, environment: dict[str, str], timeout: float, streams: dict[str, Any]) -> Ended:
    """Run a command in a process from its start."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    command = [*BYTE, *arguments]
    done: Any = subprocess.run(command, cwd=cwd, env=environment, timeout=timeout, check=False, **given)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ended(done.returncode, done.stdout or b"", done.stderr or b"", seconds)


@pytest.fixture
def change(make_repo):
    """A repository whose last commit adds a blocker (a coroutine that nobody awaits) to an application."""
    made = make_repo("change")
    made.commit({"app/main.py": APP, "README.md": "# App\n"})
    made.commit({"app/main.py": f"{APP}\n\n{WORST}"})
    return made
