"""The same bytes in, the same bytes out: whatever the machine, the hash seed or the order of files; nothing touched."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.cli.conftest import APP, BYTE, WORST
from tests.sources.conftest import Repo
from tests.sources.test_isolation import tree_of

RANGE = "main~1..main"
MACHINES = (
    {"LANG": "C", "TZ": "UTC", "COLUMNS": "80"},
    {"LANG": "de_DE.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "COLUMNS": "11", "LINES": "3"},
    {"USER": "somebody", "HOSTNAME": "elsewhere", "CI": "true", "GITHUB_ACTIONS": "true", "FORCE_COLOR": "1"},
    {"EDITOR": "vi", "TERM": "xterm-256color", "PYTHONUTF8": "0", "LANGUAGE": "ja", "SOURCE_DATE_EPOCH": "1"},
)
FAULTS = """
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import load


@app.get("/list{number}")
async def list_{number}(session: Session, body: dict, limit: int = 10):
    rows = session.scalars(select(Thing)).all()
    try:
        return [load(session, row) for row in rows]
    except Exception:
        pass
"""


def mixed(number):
    return f"{APP}{FAULTS.replace('{number}', str(number))}\n\n{WORST}"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """A change with findings of many rules in several files."""
    repo = Repo(tmp_path_factory.mktemp("faulty"))
    repo.git("init", "-q", "-b", "main")
    repo.commit({"app/db.py": "def load(session, key):\n    return key\n", "pyproject.toml": '[project]\nname = "x"\n'})
    repo.commit(
        {
            **{f"app/part{number}.py": mixed(number) for number in range(5)},
            "app/db.py": "def load(session, key):\n    return session.execute(key)\n",
            "pyproject.toml": '[project]\nname = "x"\ndependencies = ["fastapi", "sqlalchemy>=2", "httpx"]\n',
        }
    )
    return repo


def outputs(repo, folder, number, *arguments):
    """JSON and markdown of a run on another machine, of another hash seed, in a clone elsewhere made in another order."""
    place = folder / f"somewhere{number}"
    shutil.copytree(repo.root, place, symlinks=True)
    files = sorted(place.glob("app/*.py"), key=lambda path: hash((number, path.name)))
    for path in files:
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder / f"home{number}"), "PYTHONHASHSEED": str(number)}
    environment |= MACHINES[number % len(MACHINES)]
    found = []
    for name in ("json", "markdown"):
        # A home of its own for each run, and none to remember anything for every third: nothing is told from before.
        alone = ["--no-cache"] if number % 3 == 0 else []
        command = [*BYTE, "review", *arguments, *alone, "--format", name, "--answers"]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False)
        assert done.stderr == b""
        found.append(done.stdout)
    shutil.rmtree(place)
    return found


@pytest.mark.parametrize("number", [4, pytest.param(50, marks=pytest.mark.nightly)])
def test_every_run_says_the_same_bytes(faulty, tmp_path, number):
    arguments = [RANGE] if number > 4 else [RANGE, "--existing"]
    runs = {tuple(outputs(faulty, tmp_path, index, *arguments)) for index in range(number)}
    assert len(runs) == 1
    ((report, _),) = runs
    assert len(json.loads(report)["findings"]) > 5
    print(f"{number} runs, {len(MACHINES)} environments: one JSON and one markdown report, {len(report)} bytes of JSON")


def test_the_working_tree_says_what_the_commit_says(byte, faulty):
    committed = json.loads(byte("review", RANGE, "--format", "json", cwd=faulty.root).out)
    faulty.git("branch", "-f", "topic", "main~1")
    working = json.loads(byte("review", "topic", "--format", "json", cwd=faulty.root).out)
    assert {**working, "head": "", "base": ""} == {**committed, "head": "", "base": ""}


def test_nothing_is_written_in_the_repository(byte, faulty):
    faulty.write({"app/part0.py": f"{APP}\n"})
    before = tree_of(faulty.root)
    for arguments in ([RANGE], [], ["--all"], [RANGE, "--existing", "--path", "app"]):
        assert byte("review", *arguments, cwd=faulty.root).code in (0, 1)
    assert tree_of(faulty.root) == before
    faulty.git("checkout", "-q", "--", ".")


SITE = """
import os, random, socket, time

def refuse(*_, **__):
    os.write(2, b"a socket was opened")
    os._exit(99)

class Closed(socket.socket):
    __init__ = refuse

socket.socket = Closed
socket.create_connection = socket.getaddrinfo = refuse
clock = float(os.environ["CLOCK"])
time.time = lambda: clock
time.time_ns = lambda: int(clock) * 10**9
time.localtime = time.gmtime = lambda *_: time.struct_time((int(clock) % 3000, 1, 1, 0, 0, 0, 0, 1, 0))
random.seed(clock)
"""


def test_no_socket_is_opened_and_no_clock_read(byte, faulty, tmp_path):
    expected = byte("review", RANGE, "--format", "json", cwd=faulty.root, fresh=True)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITE)
    for clock in ("0", "86400", "4102444800"):
        environment = {"PYTHONPATH": str(tmp_path / "site"), "CLOCK": clock}
        assert byte("review", RANGE, "--format", "json", cwd=faulty.root, env=environment) == expected
    probe = [sys.executable, "-c", "import socket; socket.socket()"]
    assert subprocess.run(probe, env=environment, stderr=subprocess.DEVNULL, check=False).returncode == 99


def test_without_a_network(faulty, byte, tmp_path):
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lends no namespaces")
    expected = byte("review", RANGE, cwd=faulty.root)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = [*alone, *BYTE, "review", RANGE, "--no-cache"]
    done = subprocess.run(command, cwd=faulty.root, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (expected.code, expected.out)


@pytest.mark.parametrize("cwd", ["", "app"])
def test_the_project_is_never_run(byte, make_repo, tmp_path, cwd):
    repo = make_repo()
    trap = f"open({str(tmp_path / 'ran')!r}, 'w').write('x')\n"
    # Names that Python, Byte's dependencies or its own start would import if the folder were on the path.
    names = ("sitecustomize", "usercustomize", "typing", "msgspec", "typer", "rich", "byte", "git", "app/__init__")
    files = {f"{name}.py": trap for name in names} | {f"app/{name}.py": trap for name in names[:-1]}
    files |= {"conftest.py": trap, "setup.py": trap, "app/main.py": f"{trap}{APP}\n\n{WORST}"}
    files |= {"byte/__init__.py": trap, "app/__main__.py": trap, "x.pth": f"import os; {trap}"}
    repo.commit({"README.md": "a"})
    repo.commit(files)
    for arguments in ([RANGE], ["--all"]):
        done = byte("review", *arguments, cwd=repo.root / cwd, fresh=True)
        assert done.code == 1
    assert not (tmp_path / "ran").exists()
