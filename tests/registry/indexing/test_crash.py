"""kill -9 while a registry is edited and its index written down: after a start the index holds what the store holds."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from byte.registry.store import Store, searched
from tests.registry.indexing.world import Hashing, always, held, kept, logged, ready, stored

ROOT = Path(__file__).parents[3]
SHORT, LONG = 10, 50


def crash(url: str, file: Path, times: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "byte")
    moments, edits = random.Random(7), 0
    command = [sys.executable, "-m", "tests.registry.indexing.writer", url, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(times):
            process.stdin.write(f"{0.02 + moments.random() * 0.3:.4f}\n")
            process.stdin.flush()
            edits += int(process.stdout.readline())
            check(url, file)
        process.stdin.close()
    assert edits >= times
    assert file.exists()
    assert "is built anew" not in logged(caplog), "a file is written whole or not at all"


def check(url: str, file: Path) -> None:
    store = Store.open(url, create=False)
    with kept(store, file, always(Hashing())) as keeper:
        index = ready(keeper)
        with store.reading() as read:
            assert index.ids() == frozenset(searched.ids(read))
        assert held(index) == stored(store)
    store.close()


def test_after_a_kill_the_index_holds_what_the_store_has(sqlite_url: str, tmp_path: Path, caplog) -> None:
    crash(sqlite_url, tmp_path / "registry.index", SHORT, caplog)


@pytest.mark.nightly
def test_however_often_it_is_killed_the_index_holds_what_the_store_has(database_url: str, tmp_path, caplog) -> None:
    crash(database_url, tmp_path / "registry.index", LONG, caplog)
