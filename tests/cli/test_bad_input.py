"""Bad input and bad surroundings: one sentence, the right exit code, no traceback."""

import json
import os
import subprocess

import pytest

from tests.cli.conftest import APP, BYTE, WORST
from tests.sources.conftest import Repo

RANGE = "main~1..main"


def refused(done):
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("byte: ")
    assert done.err.count("\n") == 1
    return done.err


def test_not_a_repository(byte, tmp_path):
    assert "repository" in refused(byte("review", cwd=tmp_path))
    refused(byte("review", "--repo", str(tmp_path / "nowhere")))
    (tmp_path / "file").write_text("")
    refused(byte("review", "--repo", str(tmp_path / "file")))


def test_an_empty_repository(byte, make_repo):
    repo = make_repo()
    assert "no commit" in refused(byte("review", cwd=repo.root))
    done = byte("review", "--all", cwd=repo.root)
    assert done.code == 0
    assert "APPROVED" in done.out


@pytest.mark.parametrize(
    "revisions",
    [
        "nope..main",
        "main..nope",
        "main...nope",
        "nope",
        "..",
        "...",
        "",
        "main~99..main",
        "main:app..main",
        "main^{tree}..main",
        "a\nb..main",
        "main..--upload-pack=touch ran",
        "--output=ran..main",
        "-x..-y",
        "\u202emain..main",
        "main..main..main",
        "@{u}..main",
        "a" * 5000 + "..main",
    ],
)
def test_an_unknown_revision(byte, change, revisions):
    done = byte("review", "--", revisions, cwd=change.root)
    refused(done)
    assert not (change.root / "ran").exists()


@pytest.mark.parametrize("revisions", ["-x..main", "--all", "--output=ran"])
def test_a_revision_that_starts_with_a_dash_is_no_option(byte, change, revisions):
    refused(byte("review", "--repo", str(change.root), "--", revisions))
    assert not (change.root / "ran").exists()


def approved(done):
    assert (done.code, done.err) == (0, "")
    assert "### Verdict: APPROVED\n" in done.out


def summary(byte, *arguments, **options):
    done = byte("review", *arguments, "--format", "json", **options)
    assert done.code == 0
    return json.loads(done.out)["summary"]


def test_nothing_changed(byte, change):
    approved(byte("review", "main..main", cwd=change.root))
    approved(byte("review", cwd=change.root))
    assert summary(byte, "main..main", cwd=change.root).startswith("No backend change")


def test_no_python_in_the_tree(byte, make_repo):
    repo = make_repo()
    repo.commit({"README.md": "a"})
    repo.commit({"README.md": "b"})
    approved(byte("review", RANGE, cwd=repo.root))
    approved(byte("review", "--all", cwd=repo.root))
    assert summary(byte, RANGE, cwd=repo.root).startswith("No backend change")


def test_no_fastapi_in_the_tree(byte, make_repo):
    repo = make_repo()
    repo.commit({"lib.py": "x = 1\n"})
    repo.commit({"lib.py": "def f():\n    return 1\n"})
    approved(byte("review", RANGE, cwd=repo.root))
    assert "no FastAPI" in summary(byte, RANGE, cwd=repo.root)


def test_a_bare_repository(byte, change, tmp_path):
    change.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    same = byte("review", RANGE, cwd=change.root)
    bare = byte("review", RANGE, "--repo", str(tmp_path / "bare.git"))
    assert (bare.code, bare.out) == (same.code, same.out)
    assert "bare" in refused(byte("review", "--repo", str(tmp_path / "bare.git")))
    assert byte("review", "--all", "--repo", str(tmp_path / "bare.git")).code == 1


def test_no_git_on_the_path(byte, change, tmp_path):
    assert "git" in refused(byte("review", RANGE, cwd=change.root, env={"PATH": str(tmp_path)}))


def test_a_pipe_that_nobody_reads(byte, change):
    repeated = f"{APP}\n\n" + "".join(WORST.replace("def ", f"def f{i}") for i in range(150))
    change.commit({"app/main.py": repeated})
    for name in ("markdown", "json"):
        read, write = os.pipe()
        os.close(read)
        done = byte("review", RANGE, "--format", name, cwd=change.root, stdout=write)
        os.close(write)
        assert (done.code, done.err) == (2, "")


def test_the_first_line_through_a_pipe(change, tmp_path):
    command = ["bash", "-c", 'set -o pipefail; "$@" | head -1', "-", *BYTE, "rules"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=change.root, env=environment, check=False)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-", "> /dev/full"])
def test_closed_and_full_streams(change, tmp_path, closed):
    command = ["bash", "-c", f'"$@" {closed}', "-", *BYTE, "review", RANGE]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=change.root, env=environment, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert done.returncode == (1 if closed in ("2>&-", "<&-") else 2)


@pytest.fixture(scope="module")
def lettered(tmp_path_factory):
    """A change in a file whose name has letters of many kinds, and its report."""
    repo = Repo(tmp_path_factory.mktemp("lettered"))
    repo.git("init", "-q", "-b", "main")
    repo.commit({"ä-日本-😀.py": APP})
    repo.commit({"ä-日本-😀.py": f"{APP}\n\n{WORST}"})
    command = [*BYTE, "review", RANGE, "--no-cache"]
    return repo.root, subprocess.run(command, cwd=repo.root, capture_output=True, check=False).stdout.decode()


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
        {"HOME": None},
        {"HOME": "/proc/nowhere"},
        {"HOME": ""},
        {"HOME": "relative"},
        {"XDG_CACHE_HOME": "/proc/nowhere"},
        {"XDG_CACHE_HOME": "relative"},
        {"TMPDIR": "/proc/nowhere"},
        {"COLUMNS": "1", "TERM": "dumb", "NO_COLOR": "1"},
        {"COLUMNS": "x", "TERM": ""},
        {"PYTHONWARNINGS": "error"},
    ],
)
def test_surroundings_change_nothing(byte, lettered, environment):
    root, expected = lettered
    done = byte("review", RANGE, cwd=root, env=environment)
    assert (done.code, done.err) == (1, "")
    assert done.out == expected
    assert "😀" in done.out


def test_a_cache_that_cannot_be_used_is_ignored(byte, change, tmp_path):
    expected = byte("review", RANGE, "--no-cache", cwd=change.root)
    places = {name: tmp_path / name for name in ("corrupt", "folder", "readonly", "file", "link")}
    for place in places.values():
        place.mkdir()
    (places["corrupt"] / "facts.sqlite").write_bytes(os.urandom(5000))
    (places["folder"] / "facts.sqlite").mkdir()
    places["readonly"].chmod(0o500)
    places["file"].rmdir()
    places["file"].write_text("")
    (places["link"] / "facts.sqlite").symlink_to("facts.sqlite")
    for place in places.values():
        assert byte("review", RANGE, "--cache-dir", str(place), cwd=change.root) == expected


def test_a_folder_that_is_gone_or_closed(byte, change, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    command = ["bash", "-c", 'cd gone && rmdir ../gone && exec "$@"', "-", *BYTE, "review"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("byte: ")
