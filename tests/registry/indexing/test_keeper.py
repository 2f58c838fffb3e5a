"""The keeper: never empty in silence, never believing what is on disk, always answering from something."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from byte.registry import catalog
from byte.registry.actors import SYSTEM
from byte.registry.errors import NotReadyError
from byte.registry.indexing import keeper as keepers
from byte.registry.indexing.keeper import Keeper
from byte.registry.search import patient
from byte.registry.search.embeddings import Embedder, EmbedderError, Vectors
from byte.registry.search.index import Index
from byte.registry.search.patient import Patient
from byte.registry.search.query import Query
from byte.registry.store import Store
from tests.registry.indexing.world import Hashing, always, held, kept, logged, published, ready, stored, until


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """What is tried again is tried again soon."""
    monkeypatch.setattr(keepers, "AGAIN", 0.01)
    monkeypatch.setattr(keepers, "EMBED_AGAIN", 0.01)
    monkeypatch.setattr(patient, "REST", 0.01)
    caplog.set_level("INFO", "byte")


@pytest.fixture
def store(sqlite_url: str) -> Store:
    opened = Store.open(sqlite_url, create=False)
    for name in ("orders", "payments"):
        published(opened, name, "1", "/things", "/things/{id}")
    return opened


def current(keeper: Keeper, store: Store) -> None:
    until(lambda: keeper.status().ready and held(keeper.index) == stored(store), "what the store has")


class Waiting(Hashing):
    """A model that takes its time until it is let go."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.go, self.asked = threading.Event(), threading.Event()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked.set()
        assert self.go.wait(30)
        return super().encode(texts)


def test_until_there_is_an_index_nobody_is_told_that_nothing_was_found(store: Store) -> None:
    model = Waiting("slow")
    with kept(store, None, always(model)) as keeper:
        assert model.asked.wait(30)
        with pytest.raises(NotReadyError, match="The search index is being read, or built"):
            _ = keeper.index
        assert not keeper.status().ready
        model.go.set()
        assert len(ready(keeper)) == 4
        assert keeper.status().building is None


def test_what_happens_is_found_soon_by_every_replica(store: Store, tmp_path: Path) -> None:
    other = Store.open(str(store.engines.url.render_as_string(False)).replace("+pysqlite", ""), create=False)
    with kept(store, tmp_path / "one", always(None)) as one, kept(other, tmp_path / "two", always(Hashing())) as two:
        for keeper in (one, two):
            ready(keeper)
        published(store, "mail", "1", "/letters")
        catalog.delete_service(other, SYSTEM, "orders", None)
        for keeper in (one, two):
            current(keeper, store)
    other.close()


def test_an_index_is_written_down_when_it_is_built_and_when_it_stops(store: Store, tmp_path: Path, caplog) -> None:
    file, model = tmp_path / "folder" / "index", Hashing()
    with kept(store, file, always(model)) as keeper:
        ready(keeper)
        until(file.exists)
        published(store, "mail", "1", "/letters")
        current(keeper, store)
    encoded = model.encoded
    with kept(store, file, always(model)) as keeper:
        ready(keeper)
        current(keeper, store)
    assert model.encoded == encoded, "nothing is embedded twice"
    assert logged(caplog).count("there is no search index yet") == 1


def test_what_changed_while_nobody_looked_is_made_up_before_anybody_is_answered(store: Store, tmp_path: Path) -> None:
    with kept(store, tmp_path / "index", always(None)) as keeper:
        ready(keeper)
    published(store, "mail", "1", "/letters")
    catalog.delete_service(store, SYSTEM, "orders", None)
    with kept(store, tmp_path / "index", always(None)) as keeper:
        assert held(ready(keeper)) == stored(store)


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_file_is_built_anew_and_the_log_says_so(store: Store, tmp_path: Path, caplog, damage) -> None:
    file = tmp_path / "index"
    with kept(store, file, always(None)) as keeper:
        ready(keeper)
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2] if damage is None else damage)
    with kept(store, file, always(None)) as keeper:
        assert held(ready(keeper)) == stored(store)
    assert "the search index is built anew" in logged(caplog)
    assert len(file.read_bytes()) > 100


def test_while_another_models_index_is_built_the_old_one_answers_and_stays_current(
    store: Store, tmp_path: Path, caplog
) -> None:
    old, new = Hashing("old"), Waiting("new")
    models: dict[str, Embedder] = {"old": old, "new": new}
    with kept(store, tmp_path / "index", models.__getitem__, "old") as keeper:
        ready(keeper)
    with kept(store, tmp_path / "index", models.__getitem__, "new") as keeper:
        assert ready(keeper).search(Query(text="things")).arms == "lexical+semantic"
        assert new.asked.wait(30)
        assert keeper.status().embeddings == "old"
        assert "A new search index is being built" in keeper.status().said()
        published(store, "mail", "1", "/letters")
        current(keeper, store)
        assert keeper.status().embeddings == "old"
        new.go.set()
        until(lambda: keeper.status().embeddings == "new", "the new index")
        current(keeper, store)
    assert "made by `old`" in logged(caplog)
    with kept(store, tmp_path / "index", models.__getitem__, "new") as keeper:
        ready(keeper)
        assert keeper.status().embeddings == "new"


def test_without_a_model_words_are_searched_and_the_answer_says_so(store: Store, tmp_path: Path, caplog) -> None:
    def opened(setting: str) -> Embedder:
        raise EmbedderError("The model is not installed.")

    with kept(store, tmp_path / "index", opened) as keeper:
        found = ready(keeper).search(Query(text="things"))
        assert found.hits
        assert (found.arms, keeper.status().reason) == ("lexical", "The model is not installed.")
    assert "search is by words alone: The model is not installed." in logged(caplog)


def test_a_model_that_comes_later_is_taken_and_vectors_that_were_there_are_not_lost(
    store: Store, tmp_path: Path
) -> None:
    model, there = Hashing(), threading.Event()
    there.set()

    def opened(setting: str) -> Embedder:
        if not there.is_set():
            raise EmbedderError("It is away.")
        return model

    file = tmp_path / "index"
    with kept(store, file, opened) as keeper:
        ready(keeper)
    before = file.read_bytes()
    there.clear()
    with kept(store, file, opened) as keeper:
        ready(keeper)
        published(store, "mail", "1", "/letters")
        current(keeper, store)
    assert file.read_bytes() == before, "an index without vectors does not replace one with them"
    with kept(store, file, opened) as keeper:
        assert ready(keeper).search(Query(text="things")).arms == "lexical"
        encoded = model.encoded
        there.set()
        until(lambda: keeper.status().embeddings == "hashing", "the model")
        current(keeper, store)
        assert model.encoded <= encoded + 1, "only what is new is embedded"
        assert keeper.status().reason == ""


def test_a_model_that_fails_for_a_while_keeps_nothing_from_being_found(store: Store) -> None:
    model = Hashing()
    with kept(store, None, always(model)) as keeper:
        ready(keeper)
        model.broken = "It is away."
        published(store, "mail", "1", "/letters")
        current(keeper, store)
        found = keeper.index.search(Query(text="letters of mail"))
        assert (found.hits[0].entry.service, found.arms) == ("mail", "lexical")
        assert "1 services have no vectors yet" in keeper.status().reason
        model.broken = ""
        until(lambda: not keeper.status().reason, "the vectors")
        assert keeper.index.search(Query(text="letters of mail")).arms == "lexical+semantic"


def test_an_index_that_cannot_be_written_is_kept_in_memory(store: Store, tmp_path: Path, caplog) -> None:
    (tmp_path / "file").write_text("no folder")
    with kept(store, tmp_path / "file" / "index", always(None)) as keeper:
        assert held(ready(keeper)) == stored(store)
    assert "cannot be written" in logged(caplog)


def test_an_index_that_is_written_nowhere_is_made_fast_again_too(store: Store, monkeypatch) -> None:
    tidied = threading.Event()
    monkeypatch.setattr(Index, "tidy", lambda index: tidied.set())
    keeper = Keeper(store, None, "none", always(None), look=0.01, save=0.0)
    thread = threading.Thread(target=keeper.run)
    thread.start()
    try:
        ready(keeper)
        tidied.clear()
        published(store, "mail", "1", "/letters")
        assert tidied.wait(30)
    finally:
        keeper.stop()
        thread.join()


def test_a_model_that_takes_long_to_fail_is_not_asked_all_the_time(store: Store, monkeypatch) -> None:
    """The pause begins when it has failed: between two tries there is time to follow the store."""
    now, asked = [0.0], []
    monkeypatch.setattr(keepers, "EMBED_AGAIN", 60.0)

    def opened(setting: str) -> Embedder:
        asked.append(now[0])
        now[0] += 90.0
        raise EmbedderError("It did not answer.")

    keeper = Keeper(store, None, "hashing", opened, ticks=lambda: now[0], look=0.001)
    thread = threading.Thread(target=keeper.run)
    thread.start()
    try:
        ready(keeper)
        published(store, "mail", "1", "/letters")
        current(keeper, store)
        assert asked == [0.0]
        now[0] += 61.0
        until(lambda: len(asked) == 2, "another try")
        assert keeper.status().reason == "It did not answer."
    finally:
        keeper.stop()
        thread.join()


def test_a_fault_in_the_index_is_logged_and_made_good(store: Store, caplog, monkeypatch) -> None:
    with kept(store, None, always(None)) as keeper:
        index = ready(keeper)

        change, failures = type(index).change, [ZeroDivisionError()]

        def broken(index: Index, **given: Any) -> int:
            if failures:
                raise failures.pop()
            return change(index, **given)

        monkeypatch.setattr(type(index), "change", broken)
        published(store, "mail", "1", "/letters")
        current(keeper, store)
    assert "the search index failed" in logged(caplog)


def test_a_model_that_failed_rests_before_it_is_asked_again() -> None:
    model, now = Hashing(), 100.0
    embedder = Patient(model, ticks=lambda: now)
    model.broken = "It is away."
    with embedder.lenient() as missed:
        assert not embedder.encode(["a"]).any()
    assert missed == ["It is away."]
    model.broken = ""
    for ask in (lambda: embedder.encode(["a"]), lambda: embedder.encode_query("a")):
        with pytest.raises(EmbedderError, match="It is away"):
            ask()
    assert not embedder.works()
    now += 60
    assert embedder.works()
    with embedder.lenient() as missed:
        assert embedder.encode(["a"]).any()
    assert (embedder.error, missed) == (None, [])
