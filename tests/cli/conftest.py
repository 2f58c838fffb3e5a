"""The real command in its own process, on real repositories."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def byte(tmp_path):
    """Runs `byte` with a cache of its own; no traceback is ever an answer."""

    def run(*arguments: str | bytes, cwd: Path | None = None, timeout: float = LIMIT, **options) -> Done:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}
        environment |= options.pop("env", {})
        environment = {key: value for key, value in environment.items() if value is not None}
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            [*BYTE, *arguments], cwd=cwd or tmp_path, env=environment, timeout=timeout, check=False, **streams
        )
        out, err = ((part or b"").decode("utf-8") for part in (done.stdout, done.stderr))
        assert "Traceback" not in err
        assert "byte: unexpected" not in err
        assert [line for line in out.splitlines() if "Byte's rule" in line] == []
        return Done(done.returncode, out, err)

    return run


@pytest.fixture
def change(make_repo):
    """A repository whose last commit adds a blocker (a coroutine that nobody awaits) to an application."""
    made = make_repo("change")
    made.commit({"app/main.py": APP, "README.md": "# App\n"})
    made.commit({"app/main.py": f"{APP}\n\n{WORST}"})
    return made
