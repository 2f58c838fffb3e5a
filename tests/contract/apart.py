"""Work on projects in a process apart, each project in a child of its own.

What a child leaves behind (modules, classes, caches of libraries, much memory) ends with it, and what never ends is
ended. `Apart` asks; `serve` answers, in a program of its own: `saying.py` and `reading.py`.
"""

import gc
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

MEMORY = 2 << 30
SECONDS = 10
"""Of a processor: what one project may take."""

Answer = dict[str, Any]


class Apart:
    """The process that answers; it starts with the first question and ends with `close`."""

    def __init__(self, program: str) -> None:
        self._program = Path(__file__).with_name(program)
        self._process: subprocess.Popen[str] | None = None

    def ask(self, files: Mapping[str, str], entry: str = "app/main.py:app") -> None:
        """Hand over a project (text by path) and its application; `answer` waits for what is found."""
        if self._process is None:
            # FastAPI iterates over sets of strings: the order of their hashes is fixed.
            environment = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
            command = [sys.executable, str(self._program)]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
            )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"entry": entry, "files": dict(files)}) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Answer:
        """What was found, or {"error": why nothing was}."""
        assert self._process is not None
        assert self._process.stdout is not None
        return cast(Answer, json.loads(self._process.stdout.readline()))

    def of(self, files: Mapping[str, str], entry: str = "app/main.py:app") -> Answer:
        """Ask and wait."""
        self.ask(files, entry)
        return self.answer()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.close()
            self._process.stdout.close()
            self._process.wait()
            self._process = None


def serve(work: Callable[[Path, str], Answer]) -> None:
    """Answer each line with a question by a line with what `work` finds in the folder of its files."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a project prints is no answer
    gc.freeze()  # what is here before the children is theirs too, and no garbage of theirs
    for line in sys.stdin:
        question = json.loads(line)
        root = Path(tempfile.mkdtemp())
        try:
            for path, text in question["files"].items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(text.encode("utf-8", "surrogateescape"))
            answers.write(_by_child(work, root, question["entry"]) + "\n")
        finally:
            shutil.rmtree(root)
        answers.flush()


def _by_child(work: Callable[[Path, str], Answer], root: Path, entry: str) -> str:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.chdir(root)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
        try:
            told = json.dumps(work(root, entry))
        except BaseException:  # noqa: BLE001 - whatever it is, it is told
            told = json.dumps({"error": traceback.format_exc(limit=-8)})
        with os.fdopen(write, "w") as out:
            out.write(told)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        told = answer.read()
    _, status = os.waitpid(child, 0)
    return told or json.dumps({"error": f"ended by signal {os.WTERMSIG(status)}, perhaps for time or memory"})
