"""`byte publish` as its users run it: from source, documents and descriptors, with exit codes for scripts."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from byte.registry.store import Store, reviews
from tests.cli.started import Started

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "examples" / "library-api"
ORDERS = ROOT / "examples" / "orders-api"
LATER = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011 - the command asks the same clock
APP = """\
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="Shop", version="1.0.0")


class Order(BaseModel):
    id: int
    total: int


@app.get("/orders")
def orders() -> list[Order]:
    return []
"""
NARROW = APP.replace("    total: int\n", "").replace("1.0.0", "1.1.0")


@pytest.fixture(scope="session")
def started():
    """A process that has imported what publishing needs."""
    parts = (
        "registry.publish",
        "registry.gate",
        "registry.policies",
        "registry.reviews",
        "registry.client",
        "server.settings",
    )
    made = Started(*(f"byte.{part}" for part in parts))
    yield made
    made.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Path:
    """An empty store, to be copied: to make one takes longer than most of what is asked of it."""
    file: Path = tmp_path_factory.mktemp("migrated") / "registry.db"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def database(tmp_path, migrated) -> str:
    """A store of its own."""
    return f"sqlite:///{shutil.copy(migrated, tmp_path / 'registry.db')}"


@pytest.fixture
def publish(byte, database):
    """Runs `byte publish` on it."""

    def run(*arguments: str, **options: Any):
        return byte("publish", *arguments, "--database-url", database, "--no-cache", **options)

    return run


def test_a_document_is_published_and_its_break_refused_with_reasons(publish):
    done = publish("--from", str(ORDERS / "base.yaml"))
    assert (done.code, done.out) == (
        0,
        "**orders 1.4.0 is published. The first version: there is nothing to compare.**\n",
    )
    refused = publish("--from", str(ORDERS / "revision.yaml"))
    assert refused.code == 1
    assert "orders 1.5.0 is refused. Compared with 1.4.0" in refused.out
    assert "DELETE /orders/{id} was removed" in refused.out
    assert "### Counterexamples" in refused.out
    assert publish("--from", str(ORDERS / "base.yaml")).out == "**orders 1.4.0 is there already, as it is.**\n"


def test_an_application_is_published_from_its_source(publish, tmp_path):
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "pyproject.toml").write_text('[project]\nname = "Web Shop"\n')
    (shop / "main.py").write_text(APP)
    told = json.loads(publish("--from", str(shop), "--format", "json").out)
    assert (told["service"], told["label"], told["outcome"], told["operation_count"]) == (
        "web-shop",
        "1.0.0",
        "published",
        1,
    )
    (shop / "main.py").write_text(NARROW)
    refused = publish("--from", str(shop), "--format", "terminal")
    assert refused.code == 1
    assert "web-shop 1.1.0 is refused." in refused.out
    assert "shop/main.py" in refused.err or "main.py:app" in refused.err


def test_a_revision_is_published_with_its_commit(publish, database, make_repo):
    repo = make_repo("shop")
    settings = '[tool.byte]\nservice = "shop-api"\n'
    repo.commit({"main.py": APP, "pyproject.toml": settings})
    repo.commit({"main.py": NARROW})
    first = publish("--from", "HEAD~1", "--format", "json", cwd=repo.root)
    assert (first.code, json.loads(first.out)["service"]) == (0, "shop-api")
    trial = publish("--from", "git:HEAD", "--dry-run", cwd=repo.root)
    assert (trial.code, trial.out.splitlines()[0]) == (
        1,
        "**shop-api 1.1.0 would be refused. Compared with 1.0.0: Changed: 2 differences in 1 operation. Verdict: "
        "NEEDS REVISION.**",
    )
    let = publish("--from", ".", "--override", "Nobody reads it.", "--until", LATER, "--base", "1.0.0", cwd=repo.root)
    assert let.code == 0
    assert f"- byte, until {LATER}: Nobody reads it." in let.out
    store = Store.open(database)
    with store.reading() as read:
        found = {review.outcome: review.commit for review in reviews.page(read).items}
    store.close()
    assert set(found) == {"published"}
    assert len(found["published"] or "") == 40


def test_descriptors_are_published_too(publish):
    services = ROOT / "examples" / "services"
    assert publish("--from", str(services / "stock-tools.json"), "--service", "tools").code == 0
    assert publish("--from", str(services / "returns-agent.json")).code == 0


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--from", "nothing.yaml"], "nothing.yaml"),
        (["--from", str(ORDERS / "base.yaml"), "--override", "why"], "give both or none"),
        (["--from", str(ORDERS / "base.yaml"), "--override", "why", "--until", "soon"], "is a day such as"),
        (["--from", str(ORDERS / "base.yaml"), "--base", "9"], "The latest version of `orders` is none"),
        (["--from", str(ORDERS / "base.yaml"), "--version", "a b"], "is no label"),
        (["--from", str(ORDERS / "base.yaml"), "--service", "No Name"], "is no name"),
        (["--from", str(ORDERS / "base.yaml"), "--server", "http://127.0.0.1:9"], "two places"),
    ],
)
def test_what_cannot_be_is_one_sentence(publish, arguments, said):
    done = publish(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_a_review_is_sent_and_kept_with_its_commit(publish, byte, database, make_repo):
    repo = make_repo("shop")
    repo.commit({"main.py": APP, "pyproject.toml": '[project]\nname = "shop"\n'})
    repo.commit({"main.py": NARROW})
    where = ("--database-url", database, "--no-cache")
    lost = byte("review", "HEAD~1..HEAD", "--upload", *where, cwd=repo.root)
    assert (lost.code, "There is no service `shop`" in lost.err) == (2, True)
    assert publish("--from", "HEAD~1", cwd=repo.root).code == 0
    done = byte("review", "HEAD~1..HEAD", "--upload", "--version", "1.0.0", *where, cwd=repo.root)
    assert (done.code, "byte: the review is kept as " in done.err) == (1, True)
    store = Store.open(database)
    with store.reading() as read:
        (found,) = reviews.page(read).items
        whole = reviews.get(read, found.id)
    store.close()
    assert (found.source, found.service, found.version, found.verdict) == ("ci", "shop", "1.0.0", "NEEDS REVISION")
    assert len(found.commit or "") == 40
    assert whole.report["findings"][0]["rule"] == "removed-response-field"
    assert "`--service` is for a review that is sent" in byte("review", "--service", "x", cwd=repo.root).err


def test_a_policy_is_shown_set_and_taken_back(publish, byte, database):
    def policy(*arguments: str):
        return byte("policy", *arguments, "--database-url", database)

    assert publish("--from", str(ORDERS / "base.yaml")).code == 0
    fresh = policy("orders").out
    assert fresh.splitlines()[:2] == ["of             all that have none of their own", "compatibility  backward"]
    made = policy("orders", "--compatibility", "none", "--verdict", "needs-revision", "--severity", "verb-in-path=off")
    assert made.code == 0
    assert "verdict        NEEDS REVISION\nseverities     verb-in-path=off" in made.out
    assert policy("orders", "--scheme", "semver").out.splitlines()[1] == "compatibility  none"
    assert "that asks for 2.0.0" in publish("--from", str(ORDERS / "revision.yaml"), "--dry-run").out
    assert policy("orders", "--reset").out == fresh
    for wrong in (
        ("nothing",),
        ("orders", "--reset"),
        ("--severity", "x"),
        ("--severity", "x=note"),
        ("--scheme", "x"),
    ):
        done = policy(*wrong)
        assert (done.code, done.out) == (2, ""), wrong
