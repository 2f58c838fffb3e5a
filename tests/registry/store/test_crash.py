"""kill -9 under write load: what was acknowledged is there, what is there is whole, and the store opens without repair."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from byte.registry.store import Store, events, facets, operations, services, tables, versions
from byte.registry.store.operations import OperationFilter
from tests.registry.postgresql import Cluster

ROOT = Path(__file__).parents[3]
SHORT, LONG = 10, 50


@contextmanager
def writer(url: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.registry.store.writer", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def told(process: subprocess.Popen[str], line: str) -> Iterator[str]:
    """What the writer says to a line, until the child is gone."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(line + "\n")
    process.stdin.flush()
    for said in process.stdout:
        if said == ".\n":
            return
        yield said.strip()
    raise AssertionError("the writer itself ended")


def check(url: str, acknowledged: set[tuple[str, str, int, int]]) -> None:
    """Everything acknowledged is there, and everything that is there is whole."""
    store = Store.open(url, create=False)
    assert store.ready() == []
    with store.reading() as read:
        happened = {
            (one.service, one.version, one.number)
            for start in range(0, events.last(read), 500)
            for one in events.after(read, start, 500)
        }
        kept = [one for at in range(3) for one in versions.page(read, f"s{at}", limit=10_000).items]
        assert {(one.service, one.label) for one in kept} == {(one[0], one[1]) for one in happened}
        assert sorted(one[2] for one in happened) == list(range(1, events.last(read) + 1))
        there = {(one.service, one.label): one for one in kept}
        for service, label, number, event in acknowledged:
            assert there[service, label].operations == number
            assert (service, label, event) in happened
        counted = dict(
            map(
                tuple,
                read.rows(select(tables.operations.c.version, func.count()).group_by(tables.operations.c.version)),
            )
        )
        for number, version, claimed in read.rows(
            select(tables.versions.c.id, tables.versions.c.label, tables.versions.c.operations)
        ):
            assert counted.pop(number, 0) == claimed, version
        assert counted == {}, "operations without a version"
        listed = facets.facet(None, None, None, None, "+".join(facets.LISTED))
        total = read.value(select(func.sum(tables.facets.c.operations)).where(tables.facets.c.facet == listed))
        assert (total or 0) == sum(one.operations for one in kept)
        for one in kept[:3]:
            assert versions.document(read, one.document).data
            page = operations.page(read, OperationFilter(service=one.service, version=one.label), bodies=True)
            assert len(page.items) == one.operations
            assert services.get(read, one.service).latest == versions.page(read, one.service).items[0].label
    store.close()


def parsed(line: str) -> tuple[str, str, int, int]:
    service, label, number, event = line.split()
    return service, label, int(number), int(event)


def crash(url: str, times: int) -> None:
    """Kills the writer at moments that fall anywhere in a transaction."""
    moments = random.Random(20)
    acknowledged: set[tuple[str, str, int, int]] = set()
    with writer(url) as process:
        for _ in range(times):
            line = f"{moments.randrange(1, 6)} {moments.random() * 0.03:.4f}"
            acknowledged.update(map(parsed, told(process, line)))
            check(url, acknowledged)
    assert len(acknowledged) >= times


def crash_server(times: int) -> None:
    """Kills the server and all of its processes while the writer writes."""
    moments = random.Random(21)
    acknowledged: set[tuple[str, str, int, int]] = set()
    cluster = Cluster()
    try:
        url = cluster.url("postgres")
        Store.open(url).close()
        with writer(url) as process:
            for _ in range(times):
                enough = moments.randrange(2, 8)
                seen = 0
                for said in told(process, "1000000 -"):
                    if said != "+":
                        acknowledged.add(parsed(said))
                        continue
                    seen += 1
                    if seen == enough:
                        cluster.kill()
                cluster.start()
                check(url, acknowledged)
        assert len(acknowledged) >= times
    finally:
        cluster.remove()


def test_sqlite_keeps_what_it_acknowledged_when_the_writer_is_killed(sqlite_url):
    crash(sqlite_url, SHORT)


def test_postgresql_keeps_what_it_acknowledged_when_the_writer_is_killed(postgresql_url):
    crash(postgresql_url, SHORT // 2)


def test_postgresql_keeps_what_it_acknowledged_when_the_server_is_killed(cluster):
    crash_server(SHORT // 2)


@pytest.mark.nightly
def test_sqlite_keeps_what_it_acknowledged_however_often_the_writer_is_killed(sqlite_url):
    crash(sqlite_url, LONG)


@pytest.mark.nightly
def test_postgresql_keeps_what_it_acknowledged_however_often_writer_or_server_is_killed(postgresql_url):
    crash(postgresql_url, LONG)
    crash_server(LONG)
