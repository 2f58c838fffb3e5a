"""A store that fails below a running server: problems that say so, no readiness, no empty list, and all well again after.

The disks are real ones: file systems in memory of a few megabytes, which only root may mount.
"""

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from starlette.testclient import TestClient

from byte.registry import keys
from byte.registry.store import Store, engine
from byte.registry.store.files import File
from byte.server.app import create_app
from byte.server.routes import server as server_routes
from tests.registry.conftest import cluster, migrated_file, postgresql_url, sqlite_url
from tests.registry.postgresql import Cluster, MissingError
from tests.server.conftest import bearer, context, settings
from tests.server.test_problems import check

__all__ = ["cluster", "migrated_file", "postgresql_url", "sqlite_url"]

SMALL, LARGE = "24m", "96m"


class Disk:
    """A file system of its own; `grow` makes it larger, as somebody who frees space would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _mount(self, options: str) -> None:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "byte-test", self.folder], check=True, capture_output=True
        )

    def begin(self) -> None:
        self._mount(f"size={SMALL},mode=777")

    def grow(self) -> None:
        self._mount(f"remount,size={LARGE}")

    def end(self) -> None:
        subprocess.run(["umount", "--lazy", self.folder], check=True)


@pytest.fixture
def disk() -> Iterator[Disk]:
    # Short and open to all: a database server runs as another user.
    made = Disk(Path("/tmp") / f"byte-disk-{secrets.token_hex(4)}")
    made.folder.mkdir()
    try:
        if sys.platform != "linux":
            pytest.skip("a file system is mounted with the options of Linux")
        try:
            made.begin()
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("a file system cannot be mounted here: that takes root")
        yield made
        made.end()
    finally:
        made.folder.rmdir()


@pytest.fixture(params=["sqlite", "postgresql"])
def small_url(request: pytest.FixtureRequest, disk: Disk) -> Iterator[str]:
    """A database on a small disk."""
    if request.param == "sqlite":
        yield f"sqlite:///{disk.folder}/registry.db"
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = disk.folder.name.replace("-", "_")
    with cluster.admin() as admin:
        inside = disk.folder / "space"
        inside.mkdir()
        if os.geteuid() == 0:
            owner = cluster.folder.stat()
            os.chown(inside, owner.st_uid, owner.st_gid)
        admin.execute(f"CREATE TABLESPACE {name} LOCATION '{inside}'".encode())
        admin.execute(f"CREATE DATABASE {name} TABLESPACE {name} STRATEGY file_copy".encode())
    yield cluster.url(name)
    cluster.drop(name)
    with cluster.admin() as admin:
        admin.execute(f"DROP TABLESPACE {name}".encode())


@contextmanager
def served(url: str, **given: Any) -> Iterator[TestClient]:
    """A client with an admin's key of a server on a database."""
    store = Store.open(url)
    token = keys.first(store)
    store.close()
    assert token is not None
    app = create_app(settings(database_url=url, **given))
    with TestClient(app, headers=bearer(token), raise_server_exceptions=False) as client:
        yield client


def document(number: int) -> bytes:
    """A document that does not compress."""
    said = f'"info":{{"title":"Large {number}","version":"1","description":"{secrets.token_urlsafe(2_000_000)}"}}'
    return f'{{"openapi":"3.1.0",{said},"paths":{{"/a":{{"get":{{}}}}}}}}'.encode()


def test_a_full_disk_is_a_503_no_readiness_and_no_loss_and_all_is_well_once_there_is_room(small_url: str, disk: Disk):
    with served(small_url) as client:
        assert client.get("/health/ready").status_code == 200
        made = client.post("/v1/services", json={"name": "large", "kind": "rest"})
        assert made.status_code == 201, made.text

        def publish(number: int):
            where = f"/v1/services/large/versions?label={number}"
            return client.post(where, content=document(number), headers={"Content-Type": "application/json"})

        answers = [publish(0)]
        while answers[-1].status_code == 201 and len(answers) < 100:
            answers.append(publish(len(answers)))
        refused = answers.pop()
        body = check(refused, "unavailable")
        assert body["detail"] == "The store's disk is full."
        assert refused.headers["retry-after"] == "2"

        # What can be read is read, whole; nothing of what was refused is there.
        listed = client.get("/v1/services/large/versions?limit=200").json()["items"]
        assert [one["label"] for one in listed] == [str(number) for number in reversed(range(len(answers)))]
        assert len(client.get("/v1/operations?limit=200").json()["items"]) == len(answers)
        for _ in range(2):
            said = check(client.get("/health/ready"), "not-ready")
            assert said["errors"] == [{"detail": "The store's disk is full."}]
        assert client.get("/health/live").status_code == 200

        disk.grow()
        assert client.get("/health/ready").status_code == 200
        assert publish(len(answers)).status_code == 201
        assert len(client.get("/v1/services/large/versions?limit=200").json()["items"]) == len(answers) + 1


FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
"""


def test_what_postgresql_says_of_a_full_disk_is_a_503_wherever_the_tests_run(postgresql_url: str):
    """As above where no file system can be mounted: the database itself raises what it would."""
    with served(postgresql_url) as client:
        store = Store.open(postgresql_url, create=False)
        with store.writing() as write:
            write.run(text(FULL))
            for table in ("owners", "leases"):
                each = f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION full_disk()"
                write.run(text(each))
        body = check(client.post("/v1/owners", json={"name": "team", "title": "Team"}), "unavailable")
        assert body["detail"] == "The store's disk is full."
        assert client.get("/v1/owners").json()["items"] == []
        said = check(client.get("/health/ready"), "not-ready")
        assert said["errors"] == [{"detail": "The store's disk is full."}]
        with store.writing() as write:
            write.run(text("DROP FUNCTION full_disk CASCADE"))
        store.close()
        assert client.get("/health/ready").status_code == 200
        assert client.post("/v1/owners", json={"name": "team", "title": "Team"}).status_code == 201


def test_a_database_that_goes_and_comes_back_is_a_503_meanwhile():
    try:
        own = Cluster()
    except MissingError as missing:
        pytest.skip(str(missing))
    try:
        with served(own.url("postgres")) as client:
            assert client.post("/v1/owners", json={"name": "team", "title": "Team"}).status_code == 201
            own.kill()
            for path in ("/v1/owners", "/v1/services", "/v1/operations", "/v1/events", "/v1/keys", "/v1/export"):
                check(client.get(path), "unavailable")
            check(client.post("/v1/owners", json={"name": "other", "title": "Other"}), "unavailable")
            said = check(client.get("/health/ready"), "not-ready")
            assert said["errors"] == [{"detail": "The store cannot be reached."}]
            assert client.get("/health/live").status_code == 200
            lines = client.post(
                "/v1/imports",
                content=b'{"type":"owner","name":"other"}\n',
                headers={"Content-Type": "application/x-ndjson"},
            )
            assert "The store cannot be reached." in lines.text
            assert '"outcome":"created"' not in lines.text
            own.start()
            for _ in range(3):  # connections that were in use a moment ago are not tried before
                client.get("/health/ready")
            assert client.get("/health/ready").status_code == 200
            assert [one["name"] for one in client.get("/v1/owners").json()["items"]] == ["team"]
            assert client.post("/v1/owners", json={"name": "other", "title": "Other"}).status_code == 201
    finally:
        own.remove()


def test_a_database_that_does_not_answer_in_time_is_a_503_and_the_server_still_answers(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
):
    """A disk that is slow, or a lock that is not let go: tables that nobody may read for a while."""
    monkeypatch.setattr(server_routes, "PROBED", 0.3)
    monkeypatch.setattr(engine, "_POSTGRESQL", {**engine._POSTGRESQL, "lock_timeout": "1s"})
    with served(postgresql_url, request_timeout=0.5) as client:
        assert client.post("/v1/owners", json={"name": "team", "title": "Team"}).status_code == 201
        store = Store.open(postgresql_url, create=False)
        with store.writing() as write:
            write.run(text("LOCK TABLE owners, alembic_version IN ACCESS EXCLUSIVE MODE"))
            check(client.get("/v1/owners"), "timeout")
            said = check(client.get("/health/ready"), "not-ready")
            assert said["errors"] == [{"detail": "The store did not answer within 0.3 seconds."}]
            assert client.get("/health/live").status_code == 200
            assert client.get("/v1/services").json()["items"] == []
        assert [one["name"] for one in client.get("/v1/owners").json()["items"]] == ["team"]
        assert client.get("/health/ready").status_code == 200
        store.close()


def test_a_slow_disk_holds_up_who_asks_and_nobody_else(sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    """SQLite takes its time: after the first read that did, reads wait in threads, and the others are answered."""
    monkeypatch.setattr("byte.registry.store.store._FAR_S", 60.0)
    with served(sqlite_url) as client:
        assert client.post("/v1/services", json={"name": "orders", "kind": "rest"}).status_code == 201
        kept = context(client).store
        reading, enough = threading.Event(), threading.Event()

        def slow(file: File, make: Any) -> Any:
            time.sleep(0.25)
            return take(file, make)

        def later(_: object) -> None:
            reading.set()
            assert enough.wait(30)

        take = File.take
        monkeypatch.setattr(File, "take", slow)
        assert len(client.get("/v1/services").json()["items"]) == 1
        monkeypatch.setattr(File, "take", take)
        assert not kept.near
        event.listen(kept.engines.reads, "begin", later)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(client.get, "/v1/services")
            assert reading.wait(30)
            assert client.get("/health/live").status_code == 200
            assert not waiting.done()
            enough.set()
            assert len(waiting.result().json()["items"]) == 1
        event.remove(kept.engines.reads, "begin", later)
