"""Measures `byte serve` under load, on SQLite and on PostgreSQL, beside a bare FastAPI with a look-up in SQLite.

    byte import package --database-url sqlite:///real.db
    python bench/registry_load.py real.db [--databases sqlite,postgresql] [--sizes 1000,125000] [--workers 1]

`real.db` is only read: each measurement serves a copy, of the services that came first until they have so many
operations (`--sizes`; all of them by default). PostgreSQL is that of the tests.

Two kinds of load, over kept-alive connections of plain sockets, without a client library:

- open: so many requests a second (`--rate`), each due at its time whatever became of the ones before it. A latency is counted
  from the time at which the request was due, so that a stalled server cannot hide behind a client that waits for it.
- saturated: so many clients (`--clients`), each of which sends its next request as soon as it has its answer.

Each figure is the best of some rounds: of a machine that others use too, the best is what says most. The load comes from
the same machine and takes its share of it. `CPU` is what the server's processes used for a request, and then those of
PostgreSQL: of a machine that others use too, these two say more than the rate.
"""

import argparse
import asyncio
import contextlib
import os
import random
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
import uvicorn
import uvloop
from fastapi import FastAPI
from sqlalchemy import Table, func, select, text

from byte.registry import keys
from byte.registry.actors import SYSTEM
from byte.registry.records import Page, Service
from byte.registry.store import Store, operations, services
from byte.registry.store import tables as kept
from byte.registry.store.operations import OperationFilter
from byte.registry.store.services import ServiceFilter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.registry.postgresql import Cluster

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_CHANGED: Final = "load-{}"
"""The services that are edited under load: each client has its own."""
_EVERY: Final = 10
"""Of so many requests one is an edit, where edits are mixed in."""
_PAGES: Final = 20
"""How many pages of a list are asked for, in any order."""
_ASKED: Final = 1_000
"""How many questions are asked, in any order."""
_COPIED: Final = 2_000
_PROBED: Final = 20
"""So many searches in a row are answered before it counts as ready: each process has an index of its own."""
_SAID: Final = re.compile(r"answers at http://127\.0\.0\.1:(\d+)")


class Answer(msgspec.Struct, frozen=True):
    """What came back: status and headers as bytes, and the body."""

    status: int
    head: bytes
    body: bytes


class Connection:
    """One kept-alive connection of HTTP/1.1."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """A connection to a port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> Answer:
        """Send a request and take its answer."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        low = head.lower()
        at = low.find(b"content-length:")
        size = int(low[at + 15 : low.index(b"\r\n", at)]) if at >= 0 else 0
        return Answer(int(head[9:12]), low, await self._reader.readexactly(size) if size else b"")

    def close(self) -> None:
        """Close it."""
        self._writer.close()


Turn = Callable[[Connection], Awaitable[Answer]]
"""One request of a client, whichever comes next."""
Client = Callable[[int], Turn]
"""Makes the client of a number."""


class Heard(msgspec.Struct):
    """What a load found: latencies in milliseconds, sorted; answers that were none; seconds on the clock and of CPU."""

    latencies: list[float]
    failures: int
    seconds: float
    cpu: float
    below: float
    """Of the database's processes."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def work(self) -> float:
        """Microseconds of the server's CPU for an answer."""
        return self.cpu / len(self.latencies) * 1e6

    @property
    def work_below(self) -> float:
        """Microseconds of the database's CPU for an answer."""
        return self.below / len(self.latencies) * 1e6

    def at(self, share: float) -> float:
        """The latency that a share of the answers had at most."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


class Served(msgspec.Struct, frozen=True):
    """A server that runs: its port, its process, a key, and the process of its database."""

    port: int
    process: int
    key: str = ""
    database: int = 0

    def request(self, path: str, *, method: str = "GET", head: str = "", body: bytes = b"") -> bytes:
        """A request as bytes."""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {self.key}"]
        if body:
            lines += ["Content-Type: application/merge-patch+json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, head] if head else lines).encode() + b"\r\n\r\n" + body


# --- load ----------------------------------------------------------------------------------------


def reads(served: Served, paths: Sequence[str]) -> Client:
    """Clients that get some paths in any order."""
    asked = [served.request(path) for path in paths]

    def client(number: int) -> Turn:
        chance = random.Random(number)
        return lambda connection: connection.ask(chance.choice(asked))

    return client


def edits(served: Served, paths: Sequence[str]) -> Client:
    """Clients that get some paths, and edit a service of their own each tenth time, at the revision that they know of."""

    def client(number: int) -> Turn:
        chance = random.Random(number)
        asked = [served.request(path) for path in paths]
        path = f"/v1/services/{_CHANGED.format(number)}"
        own = served.request(path)
        tag, count = "", number

        async def turn(connection: Connection) -> Answer:
            nonlocal tag, count
            count += 1
            if tag and count % _EVERY:
                return await connection.ask(chance.choice(asked))
            body = msgspec.json.encode({"description": f"edited {count}"})
            request = served.request(path, method="PATCH", head=f"If-Match: {tag}", body=body) if tag else own
            answer = await connection.ask(request)
            found = re.search(rb"etag: (\S+)", answer.head)
            tag = found[1].decode() if found else ""
            return answer

        return turn

    return client


async def saturated(served: Served, client: Client, clients: int, seconds: float) -> Heard:
    """Load by so many clients, each as fast as it is answered."""
    found: list[float] = []
    failures = 0
    end = time.perf_counter() + seconds

    async def run(number: int) -> None:
        nonlocal failures
        turn = client(number)
        connection = await Connection.open(served.port)
        while (start := time.perf_counter()) < end:
            answer = await turn(connection)
            found.append((time.perf_counter() - start) * 1_000)
            failures += answer.status >= 400
        connection.close()

    start, used, below = time.perf_counter(), _cpu(served.process), _cpu(served.database)
    await asyncio.gather(*(run(number) for number in range(clients)))
    seconds, used, below = time.perf_counter() - start, _cpu(served.process) - used, _cpu(served.database) - below
    return Heard(sorted(found), failures, seconds, used, below)


async def due(served: Served, client: Client, rate: float, seconds: float) -> Heard:
    """Load of so many requests a second, each at its time."""
    found: list[float] = []
    failures = 0
    idle: list[tuple[Connection, Turn]] = []
    made = 0

    async def one(at: float) -> None:
        nonlocal failures, made
        if idle:
            connection, turn = idle.pop()
        else:
            made += 1
            turn = client(made - 1)
            connection = await Connection.open(served.port)
        answer = await turn(connection)
        found.append((time.perf_counter() - at) * 1_000)
        failures += answer.status >= 400
        idle.append((connection, turn))

    start, used, below = time.perf_counter(), _cpu(served.process), _cpu(served.database)
    async with asyncio.TaskGroup() as tasks:
        for number in range(int(rate * seconds)):
            at = start + number / rate
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            tasks.create_task(one(at))
    for connection, _ in idle:
        connection.close()
    seconds, used, below = time.perf_counter() - start, _cpu(served.process) - used, _cpu(served.database) - below
    return Heard(sorted(found), failures, seconds, used, below)


def _cpu(process: int) -> float:
    """Seconds of CPU that a process and those that it started have used; 0 is none."""
    total = 0.0
    waiting = [process] if process else []
    while waiting:
        one = waiting.pop()
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            total += (int(fields[11]) + int(fields[12])) / _TICKS
            for thread in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
    return total


# --- what is measured ----------------------------------------------------------------------------


@contextlib.contextmanager
def byte(url: str, workers: int, database: int = 0) -> Iterator[Served]:
    """`byte serve` on a store, as a user starts it, with a key; without a limit of requests.

    And without its work in the background: it would probe the real services that the documents name.
    """
    store = Store.open(url)
    _, key = keys.issue(store, SYSTEM, f"load {secrets.token_hex(4)}", "admin")
    store.tune()
    store.close()
    command = [sys.executable, "-c", "from byte.cli import main; main()", "serve", "--port", "0"]
    settings = {
        "BYTE_RATE_LIMIT": "0",
        "BYTE_BACKGROUND": "false",
        "BYTE_DATABASE_URL": url,
        "BYTE_WORKERS": str(workers),
    }
    with running([*command], settings) as (process, said):
        served = Served(int(said), process, key, database)
        _until_searched(served)
        yield served


@contextlib.contextmanager
def bare(folder: Path) -> Iterator[Served]:
    """The calibration: FastAPI with one endpoint, which looks a row up in SQLite. Nothing of Byte."""
    with running([sys.executable, __file__, "--bare", str(folder / "bare.db")], {}) as (process, said):
        yield Served(int(said), process)


@contextlib.contextmanager
def running(command: Sequence[str], settings: dict[str, str]) -> Iterator[tuple[int, str]]:
    """A server that is started and stopped: its process and the port that it says it answers at."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, **settings}
    )
    assert process.stdout is not None
    try:
        said = next((found for line in process.stdout if (found := _SAID.search(line))), None)
        if said is None:
            raise SystemExit(f"{command[-1]} did not start: run it by hand to see why.")
        # What else it says is not to fill the pipe.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        _until_ready(int(said[1]))
        yield process.pid, said[1]
    finally:
        process.terminate()
        process.wait(30)


def _until_ready(port: int) -> None:
    async def ask() -> None:
        connection = await Connection.open(port)
        await connection.ask(Served(port, 0).request("/health/live"))
        connection.close()

    for _ in range(300):
        try:
            asyncio.run(ask())
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server does not answer.")


def _until_searched(served: Served) -> None:
    """Waits until searches are answered, by every process that answers."""

    async def ask() -> bool:
        connection = await Connection.open(served.port)
        answer = await connection.ask(served.request("/v1/operations?q=anything&limit=1"))
        connection.close()
        return answer.status == 200

    good = 0
    for _ in range(6_000):
        good = good + 1 if asyncio.run(ask()) else 0
        if good >= _PROBED:
            return
        time.sleep(0.1)
    raise SystemExit("The server does not come to search.")


def serve_bare(file: str) -> None:
    """Serve the calibration until a signal says stop."""
    rows = sqlite3.connect(file, check_same_thread=False)
    rows.execute("CREATE TABLE IF NOT EXISTS named (name TEXT PRIMARY KEY, body TEXT)")
    rows.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", [(f"s{at}", "x" * 800) for at in range(3_000)])
    rows.commit()
    app = FastAPI()

    @app.get("/named/{name}")
    async def named(name: str) -> dict[str, str]:
        found = rows.execute("SELECT name, body FROM named WHERE name = ?", (name,)).fetchone()
        return {"name": found[0], "body": found[1]}

    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False)
    with config.bind_socket() as listener:
        print(f"It answers at http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(config).run(sockets=[listener])


# --- stores --------------------------------------------------------------------------------------


def copied(source: Store, target: Store, most: int) -> int:
    """Copies the services that came first, until they have so many operations; how many operations there are."""
    with source.reading() as read, target.writing() as write:
        names: set[str] = set()
        number = 0
        listed = select(kept.versions.c.service, kept.versions.c.operations).order_by(kept.versions.c.id)
        for service, added in read.rows(listed):
            if number >= most and service not in names:
                break
            names.add(service)
            number += added
        versions = select(kept.versions.c.id, kept.versions.c.document, kept.versions.c.service)
        mine = [row for row in read.rows(versions) if row[2] in names]
        numbers, digests = {row[0] for row in mine}, {row[1] for row in mine}
        chosen: list[tuple[Table, str, set[str] | set[int]]] = [
            (kept.services, "name", names),
            (kept.service_tags, "service", names),
            (kept.documents, "digest", digests),
            (kept.versions, "id", numbers),
            *(
                (table, "version", numbers)
                for table in (kept.operations, kept.facets, kept.operation_tags, kept.components)
            ),
        ]
        for row in read.rows(select(kept.owners)):
            write.run(kept.owners.insert(), [row._asdict()])
        for table, column, values in chosen:
            place = list(table.c.keys()).index(column)
            for rows in read.parts(select(table), _COPIED):
                write.run(table.insert(), [row._asdict() for row in rows if row[place] in values])
    with target.reading() as read:
        total: int = read.value(select(func.count()).select_from(kept.operations))
    return total


def prepared(source: Path, url: str, most: int, clients: int) -> int:
    """A store to measure on, with services that may be edited; how many operations it has."""
    origin, target = Store.open(f"sqlite:///{source}"), Store.open(url)
    number = copied(origin, target, most)
    with target.writing() as write:
        for at in range(clients):
            services.add(write, Service(name=_CHANGED.format(at), title="Edited under load"))
    target.tune()
    if target.kind == "postgresql":
        # What autovacuum does within a minute of so many new rows: not while it is measured.
        with target.engines.writes.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    origin.close()
    target.close()
    return number


def requests(url: str, served: Served) -> dict[str, Client]:
    """What is asked of a store: names of requests, and who sends them."""
    store = Store.open(url)
    with store.reading() as read:
        named = [one.name for one in services.page(read, ServiceFilter(), "name", 200).items]
        found = [one.id for one in operations.page(read, OperationFilter(), 200).items]
        pages: dict[str, Callable[[str | None], Page[Any]]] = {
            "/v1/services": lambda cursor: services.page(read, ServiceFilter(), "name", 50, cursor),
            "/v1/operations": lambda cursor: operations.page(read, OperationFilter(), 50, cursor),
            "/v1/operations?method=POST": lambda cursor: operations.page(
                read, OperationFilter(method="POST"), 50, cursor
            ),
        }
        lists = {path: list(_walked(path, page)) for path, page in pages.items()}
    store.close()
    paths = {
        "get a service": [f"/v1/services/{name}" for name in named if not name.startswith("load-")],
        "get an operation": [f"/v1/operations/{one}" for one in found],
        **dict(zip(("list 50 services", "list 50 operations", "list 50 POST operations"), lists.values(), strict=True)),
    }
    words = [f"/v1/operations?{urlencode({'q': one, 'limit': 10})}" for one in questions(url)]
    every = [path for some in paths.values() for path in some[:_PAGES]]
    return {
        **{name: reads(served, some) for name, some in paths.items()},
        "search": reads(served, words),
        "any of these": reads(served, every),
        "the same, 10 % edits": edits(served, every),
    }


def questions(url: str) -> list[str]:
    """What could be asked: the words of some summaries, from all over the store."""
    store = Store.open(url)
    with store.reading() as read:
        statement = select(kept.operations.c.summary).where(kept.operations.c.position == 3).limit(5_000)
        found = sorted({" ".join(row[0].split()).strip(".") for row in read.rows(statement) if 10 < len(row[0]) < 80})
    store.close()
    return random.Random(1).sample(found, min(_ASKED, len(found)))


def _walked(path: str, page: Callable[[str | None], Page[Any]]) -> Iterator[str]:
    """The first pages of a list."""
    cursor: str | None = None
    for _ in range(_PAGES):
        yield path if cursor is None else f"{path}{'&' if '?' in path else '?'}cursor={cursor}"
        cursor = page(cursor).next
        if cursor is None:
            return


# --- figures -------------------------------------------------------------------------------------


class Row(msgspec.Struct, frozen=True):
    """The figures of a kind of request, each the best of the rounds."""

    database: str
    operations: str
    request: str
    open: Heard
    full: Heard


def measured(served: Served, client: Client, given: argparse.Namespace) -> tuple[Heard, Heard]:
    """The best rounds of open and of saturated load."""
    opened: list[Heard] = []
    full: list[Heard] = []
    uvloop.run(saturated(served, client, given.clients, 0.5))
    for _ in range(given.rounds):
        opened.append(uvloop.run(due(served, client, given.rate, given.seconds)))
        full.append(uvloop.run(saturated(served, client, given.clients, given.seconds)))
    return min(opened, key=lambda heard: heard.at(0.99)), max(full, key=lambda heard: heard.rate)


def shown(row: Row, bar: float) -> str:
    """A row of the table."""
    failures = row.open.failures + row.full.failures
    cells = (
        row.database,
        row.operations,
        row.request + (f" ({failures} FAILED)" if failures else ""),
        f"{row.open.at(0.5):.1f}",
        f"{row.open.at(0.99):.1f}",
        f"{row.full.rate:,.0f}",
        f"{row.full.at(0.5):.0f}",
        f"{row.full.at(0.99):.0f}",
        f"{row.full.work:,.0f}",
        f"{row.full.work_below:,.0f}" if row.full.below else "",
        f"{row.full.rate / bar:.2f}",
    )
    return f"| {' | '.join(cells)} |"


def head(given: argparse.Namespace) -> str:
    """The head of the table."""
    cells = (
        "database",
        "operations",
        "request",
        f"p50 at {given.rate:.0f}/s (ms)",
        "p99 (ms)",
        f"saturated by {given.clients} (1/s)",
        "p50 (ms)",
        "p99 (ms)",
        "CPU (us)",
        "of PostgreSQL (us)",
        "of bare",
    )
    return f"| {' | '.join(cells)} |\n|{'---|' * len(cells)}"


def rounds(given: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """All measurements, one after the other; the calibration first."""
    with bare(folder) as served:
        client = reads(served, [f"/named/s{at}" for at in range(200)])
        yield Row("bare FastAPI, SQLite", "", "get a row", *measured(served, client, given))
    for database in given.databases.split(","):
        for size in map(int, given.sizes.split(",")):
            with stored(database, folder, size) as (url, process):
                number = prepared(given.store, url, size, given.clients + int(given.rate))
                with byte(url, given.workers, process) as served:
                    for name, client in requests(url, served).items():
                        if re.search(given.only, name):
                            yield Row(database, f"{number:,}", name, *measured(served, client, given))


@contextlib.contextmanager
def stored(database: str, folder: Path, size: int) -> Iterator[tuple[str, int]]:
    """An empty database of a kind, and the process of its server (0: it has none)."""
    if database == "sqlite":
        yield f"sqlite:///{folder / f'{size}.db'}", 0
        return
    cluster = Cluster()
    try:
        yield cluster.create(), cluster.process
    finally:
        cluster.remove()


def main() -> None:
    """Measure, and print the table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path, nargs="?", help="a SQLite file of the registry; it is only read")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--sizes", default="1000000", help="by comma: how many operations each copy has")
    parser.add_argument("--only", default="", help="a pattern of the requests to measure")
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1, help="processes of `byte serve`")
    parser.add_argument("--bare", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        serve_bare(given.bare)
        return
    if given.store is None:
        parser.error("name the SQLite file of a registry")
    bar = 0.0
    print(head(given))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for row in rounds(given, Path(folder)):
            bar = bar or row.full.rate
            print(shown(row, bar), flush=True)
    print(f"\n{os.cpu_count()} cores, load average at the end {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
