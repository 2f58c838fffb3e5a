"""Commands as children of a process that has imported `byte` before: a fork each, for most tests need no start.

It has read the models of libraries too. All else is as in a process of its own: arguments, folder, variables, streams,
exit code and what is left behind. What is decided before `byte` runs (the hash seed, the locale, what an import finds) needs a process from the start.
"""

import gc
import importlib
import json
import os
import pkgutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

_LONGEST = 1 << 17
"""Bytes of a question."""


class Ended(NamedTuple):
    """How a command ended, what it wrote, and the seconds that it and its children took of a processor."""

    code: int
    out: bytes
    err: bytes
    seconds: float


class Started:
    """The process that forks; it starts with the first command and ends with `close`. It has imported `modules` too."""

    def __init__(self, *modules: str) -> None:
        self._modules = modules
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, arguments: list[str | bytes], cwd: Path, environment: Mapping[str, str], timeout: float) -> Ended:
        """Run a command to its end. Raises TimeoutExpired as `subprocess.run` does."""
        control = self._control or self._start(environment)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(os.devnull, "rb") as nothing:
            told = [[os.fsdecode(argument) for argument in arguments], str(cwd), dict(environment)]
            question = json.dumps(told).encode()
            assert len(question) < _LONGEST
            socket.send_fds(control, [question], [stream.fileno() for stream in (nothing, out, err)])
            pid = json.loads(control.recv(_LONGEST))
            control.settimeout(timeout)
            try:
                code, seconds = json.loads(control.recv(_LONGEST))
            except TimeoutError:
                os.kill(pid, 9)
                control.settimeout(None)
                control.recv(_LONGEST)
                raise subprocess.TimeoutExpired(["byte", *arguments], timeout) from None
            control.settimeout(None)
            for stream in (out, err):
                stream.seek(0)
            return Ended(code, out.read(), err.read(), seconds)

    def close(self) -> None:
        """End the process."""
        if self._control is not None and self._process is not None:
            self._control.close()
            self._process.wait()
            self._control = self._process = None

    def _start(self, environment: Mapping[str, str]) -> socket.socket:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        command = [sys.executable, __file__, str(theirs.fileno()), *self._modules]
        with theirs:
            self._process = subprocess.Popen(command, env=dict(environment), pass_fds=[theirs.fileno()], **quiet)
        return self._control


def _serve(control: socket.socket) -> None:
    """Fork for each question until there are no more; returns in each child, which is then the command."""
    while True:
        question, streams, *_ = socket.recv_fds(control, _LONGEST, 3)
        if not question:
            sys.exit()
        pid = os.fork()
        if pid == 0:
            control.close()
            arguments, cwd, environment = json.loads(question)
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            os.chdir(cwd)
            os.environ.clear()
            os.environ.update(environment)
            sys.argv[1:] = arguments
            return
        for stream in streams:
            os.close(stream)
        control.send(json.dumps(pid).encode())
        _, status, used = os.wait4(pid, 0)
        told = (os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime)
        control.send(json.dumps(told).encode())


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[2])
    from byte import cli
    from tests.contract.reading import warm

    del sys.path[0]
    warm()
    named = [module.name for module in pkgutil.iter_modules(cli.__path__, "byte.cli.")]
    for name in (*named, *sys.argv[2:]):
        if not name.endswith("__main__"):
            importlib.import_module(name)
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    try:
        cli.main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    for written in (sys.stdout, sys.stderr):
        written.flush()
    os._exit(code)  # to take all objects apart takes longer than most commands
