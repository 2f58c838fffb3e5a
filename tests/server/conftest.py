"""An application on a store of its own, and clients that ask it without a socket."""

import json
import shutil
import time as real
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from byte.registry import keys
from byte.registry.actors import SYSTEM
from byte.registry.clock import DAY, SECOND
from byte.registry.store import Store, events
from byte.server.app import create_app
from byte.server.context import Context
from byte.server.settings import Settings

START = 20_000 * DAY


class Time:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> int:
        return self.at

    def pass_(self, seconds: float) -> None:
        self.at += int(seconds * SECOND)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with all tables and no rows: a copy of it is cheaper than its migrations."""
    file = tmp_path_factory.mktemp("migrated") / "registry.db"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def store(migrated: Path, tmp_path: Path, time: Time) -> Iterator[Store]:
    shutil.copyfile(migrated, tmp_path / "registry.db")
    opened = Store.open(f"sqlite:///{tmp_path}/registry.db", clock=time)
    yield opened
    opened.close()


def settings(**given: Any) -> Settings:
    """Settings of a test: nothing of the machine's environment; no limits and no background work unless it asks for them."""
    plain = {
        "rate_limit": 0,
        "anonymous_rate_limit": 0,
        "log_level": "error",
        "log_format": "json",
        "background": False,
        "embeddings": "none",
    }
    return Settings(**{**plain, **given})


@pytest.fixture
def admin(store: Store) -> str:
    """The token of an admin."""
    token = keys.first(store)
    assert token is not None
    return token


@pytest.fixture
def reader(store: Store, admin: str) -> str:
    """The token of a key that reads."""
    return keys.issue(store, SYSTEM, "a reader", "read")[1]


def bearer(token: str) -> dict[str, str]:
    """The headers of who has a key."""
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def app(store: Store) -> FastAPI:
    return create_app(settings(), store)


@pytest.fixture
def client(app: FastAPI, admin: str) -> Iterator[TestClient]:
    """A client with an admin's key."""
    with TestClient(app, headers=bearer(admin), raise_server_exceptions=False) as opened:
        yield opened


def context(client: TestClient) -> Context:
    """What the application of a client holds while it runs."""
    app = client.app
    assert isinstance(app, FastAPI)
    found = app.state.byte
    assert isinstance(found, Context)
    return found


@contextmanager
def serving(store: Store | None = None, **given: Any) -> Iterator[TestClient]:
    """A client without a key, of an application with settings."""
    with TestClient(create_app(settings(**given), store), raise_server_exceptions=False) as opened:
        yield opened


def until_searched(client: TestClient) -> None:
    """Waits until the index of an application that runs holds all that has happened."""
    opened = context(client)
    for _ in range(6_000):
        with opened.store.reading() as read:
            last = events.last(read)
        if opened.search.keeper.status().ready and opened.search.keeper.event >= last:
            return
        real.sleep(0.01)
    pytest.fail("the search index does not come")


class Log:
    """What applications log, as text and as JSON lines."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self.text = ""

    def lines(self) -> list[dict[str, Any]]:
        self.text += self._capture.readouterr().err
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Log:
    """Catches the logs of applications that are made after it."""
    return Log(capsys)
