"""The index: what is found, what changes, what is kept."""

import threading
from dataclasses import dataclass

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.registry.search import files, segment
from byte.registry.search import index as module
from byte.registry.search.embeddings import EmbedderError
from byte.registry.search.entry import Entry
from byte.registry.search.index import Followed, Index, IndexFileError, Turned
from byte.registry.search.query import Filters, Query
from tests.registry.search.hashing import HashingEmbedder
from tests.registry.search.world import ALL, SHOP, ZOO, entry

SAME = {"reimburs": "refund", "buyer": "custom"}


def index_of(entries=ALL, embedder=None):
    made = Index(embedder)
    made.add(entries)
    return made


@pytest.fixture
def lexical():
    return index_of()


@pytest.fixture
def both():
    return index_of(embedder=HashingEmbedder(same=SAME))


def found(index, text, limit=10, **filters):
    return [hit.id for hit in index.search(Query(text=text, limit=limit, filters=Filters(**filters))).hits]


# --- what is found -------------------------------------------------------------------------------


def test_words_are_found_and_explained(lexical):
    results = lexical.search(Query(text="how can I refund a payment?"))
    first = results.hits[0]
    assert first.id == "shop|1.0|POST /payments/{paymentId}/refunds"
    assert first.matched["summary"] == ("refund", "payment")
    assert first.matched["path"] == ("payment", "refund")
    assert (first.lexical, first.semantic) == (1.0, 0.0)
    assert results.arms == "lexical"


def test_meaning_is_found_without_the_words(both):
    results = both.search(Query(text="reimburse"))
    assert results.hits[0].entry.summary == "Refund a payment"
    assert results.arms == "lexical+semantic"
    assert results.hits[0].semantic == 1.0


def test_what_one_of_several_sentences_asks_for_is_found_by_a_quick_model():
    text = "We are open on Sundays as long as it does not rain in the mountains. Reimburse the client of last week."
    far, near = (index_of(embedder=HashingEmbedder(256, same=SAME, quick=quick)) for quick in (False, True))
    refund = SHOP[4].id
    scores = [
        next(hit.score for hit in one.search(Query(text=text, limit=50)).hits if hit.id == refund)
        for one in (far, near)
    ]
    assert scores[0] < scores[1]


def test_shares_are_those_of_a_whole_and_scores_fall(both):
    hits = both.search(Query(text="refund the payment of a customer")).hits
    assert all(hit.lexical + hit.semantic == pytest.approx(1, abs=1e-3) for hit in hits)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_slip_is_seen_through_and_shown_as_it_is_spelled(lexical):
    hit = lexical.search(Query(text="refnud")).hits[0]
    assert hit.entry.summary == "Refund a payment"
    assert hit.matched["summary"] == ("refund",)


def test_a_slip_never_comes_before_what_is_spelled_right():
    index = index_of([*SHOP, entry("shop", "GET /borders", "List borders")])
    assert found(index, "borders")[0] == "shop|1.0|GET /borders"
    assert found(index, "borders") == ["shop|1.0|GET /borders"]
    assert "shop|1.0|GET /borders" not in found(index, "orders")


def test_a_word_that_only_hidden_operations_have_is_taken_for_a_slip():
    index = index_of([*SHOP, entry("old", "GET /ordera", "Ordera", state="retired")])
    assert found(index, "ordera", service="shop")


def test_a_question_without_an_answer_gets_none(lexical):
    results = lexical.search(Query(text="sharpen a kitchen knife"))
    assert (results.hits, results.answer) == ((), "none")
    assert results.reason


@pytest.mark.parametrize("text", ["", "   ", "the of and", "?!", "\x00", "查", "a" * 50_000, "🙂 " * 999])
def test_any_question_is_answered(lexical, both, text):
    assert lexical.search(Query(text=text)).answer == "none"
    both.search(Query(text=text))


def test_an_empty_index_has_no_answer():
    assert Index().search(Query(text="order")).answer == "none"
    assert Index(HashingEmbedder()).search(Query(text="order")).hits == ()


def test_a_grouped_answer_has_one_hit_a_service(both):
    hits = both.search(Query(text="list orders and animals", group=True)).hits
    assert sorted(hit.entry.service for hit in hits) == ["shop", "zoo"]
    assert {hit.entry.service: hit.others for hit in hits} == {"shop": 5, "zoo": 2}


# --- filters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "filters, count",
    [
        ({"service": "shop"}, 6),
        ({"service": "nobody"}, 0),
        ({"kind": "mcp"}, 3),
        ({"method": "get"}, 3),
        ({"method": "PATCH"}, 0),
        ({"tag": "orders"}, 4),
        ({"tag": "nothing"}, 0),
        ({"owner": "keepers"}, 3),
        ({"health": "up"}, 6),
        ({"deprecated": True}, 1),
        ({"deprecated": False}, 8),
        ({"version": "1.0"}, 9),
        ({"version": "9"}, 0),
        ({"state": "active"}, 9),
        ({"tag": "orders", "method": "GET"}, 2),
    ],
)
def test_filters_hold_for_each_hit_and_none_is_lost(both, filters, count):
    assert len(found(both, "orders of animals", limit=50, **filters)) == count


def test_filters_are_no_cut_of_the_best():
    many = [entry("bulk", f"GET /orders/{at}", "List orders") for at in range(300)]
    index = index_of([*many, *ZOO], HashingEmbedder())
    assert len(found(index, "list orders", service="zoo")) == 3


def test_only_the_latest_version_is_searched_unless_another_is_asked_for():
    old = [msgspec.structs.replace(one, id=f"old {one.id}", version="0.9", current=False) for one in SHOP]
    index = index_of([*old, *SHOP])
    assert len(found(index, "orders")) == 4
    assert len(found(index, "orders", version="0.9")) == 4
    assert len(found(index, "orders", state="active")) == 8


# --- changes -------------------------------------------------------------------------------------


def test_what_is_so_of_a_service_changes_for_all_its_operations(lexical):
    lexical.change(services=[Followed("shop", "other", "down", "1.0")])
    assert len(found(lexical, "orders", owner="other", health="down")) == 4
    assert lexical.get(SHOP[0].id).owner == "other"
    lexical.change(services=[Followed("shop", "other", "down", "2.0"), Followed("nobody", None, "up", None)])
    assert found(lexical, "orders") == []


def test_a_version_that_is_retired_is_found_only_when_asked_for(lexical):
    lexical.change(versions=[Turned("shop", "1.0", "retired"), Turned("shop", "9", "retired")])
    assert found(lexical, "orders") == found(lexical, "orders", version="1.0") == []
    assert len(found(lexical, "orders", state="retired")) == 4


def test_an_operation_that_comes_again_takes_its_place(lexical):
    changed = msgspec.structs.replace(SHOP[0], summary="Enumerate purchases")
    lexical.add([changed])
    assert lexical.get(changed.id).summary == "Enumerate purchases"
    assert (len(lexical), len(lexical.ids())) == (len(ALL), len(ALL))
    assert found(lexical, "purchases") == [changed.id]


def test_what_is_removed_is_gone(both):
    assert both.remove([SHOP[0].id, "nobody", SHOP[0].id]) == 1
    assert SHOP[0].id not in both
    assert both.get(SHOP[0].id) is None
    assert SHOP[0].id not in found(both, "list orders", limit=50)


def test_ids_are_those_of_a_service_or_a_version(lexical):
    assert lexical.ids("zoo") == {one.id for one in ZOO}
    assert lexical.ids("zoo", "1.0") == lexical.ids("zoo")
    assert lexical.ids("zoo", "2") == lexical.ids("nobody") == frozenset()


@dataclass
class Model:
    """What an index must hold."""

    entries: dict[str, Entry]


ONES = [entry("s" + str(at % 3), f"GET /things/{at}", f"thing {at % 5} of {at}") for at in range(12)]
steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "tidy", "file"]), st.lists(st.sampled_from(ONES), min_size=1, max_size=4)
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_after_any_changes_an_index_answers_as_one_that_is_made_anew(tmp_path_factory, steps):
    embedder = HashingEmbedder(16)
    index, model = Index(embedder), Model({})
    for step, chosen in steps:
        if step == "add":
            index.add(chosen)
            for one in chosen:
                model.entries.pop(one.id, None)
            model.entries.update({one.id: one for one in chosen})
        elif step == "remove":
            index.remove([one.id for one in chosen])
            for one in chosen:
                model.entries.pop(one.id, None)
        elif step == "tidy":
            index.tidy()
        else:
            path = tmp_path_factory.mktemp("kept") / "index"
            index.save(path, b"3")
            index, mark = Index.load(path, embedder)
            assert mark == b"3"
    assert index.ids() == set(model.entries)
    assert {one.id: one for one in index.entries()} == model.entries
    fresh = index_of(list(model.entries.values()), embedder)
    wanted = {hit.id: hit.score for hit in fresh.search(Query(text="thing 3", limit=50)).hits}
    assert {hit.id: hit.score for hit in index.search(Query(text="thing 3", limit=50)).hits} == pytest.approx(wanted)


def test_segments_are_merged_and_answers_stay(monkeypatch, both):
    monkeypatch.setattr(module, "BATCH", 2)
    parts = index_of(embedder=both.embedder)
    for text in ("refund a payment", "list orders", "animal"):
        whole = [(hit.id, hit.score) for hit in both.search(Query(text=text)).hits]
        assert [(hit.id, hit.score) for hit in parts.search(Query(text=text)).hits] == whole
    parts.tidy()
    assert [hit.id for hit in parts.search(Query(text=text)).hits] == [id for id, _ in whole]


def test_searches_run_beside_changes():
    index = index_of(embedder=HashingEmbedder())
    failed: list[BaseException] = []
    over = threading.Event()

    def ask():
        try:
            while not over.is_set():
                hits = index.search(Query(text="list orders", limit=3, filters=Filters(service="zoo"))).hits
                assert len(hits) == 3
                assert all(hit.entry.service == "zoo" for hit in hits)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test is to fail
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for turn in range(40):
        index.add([entry("shop", f"GET /orders/{turn}/{at}", "List orders") for at in range(5)])
        index.remove([f"shop|1.0|GET /orders/{turn}/0"])
        if turn % 10 == 9:
            index.tidy()
    over.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(index) == len(ALL) + 160


def test_a_new_version_takes_the_place_of_the_old_one_at_once(both):
    """Whoever searches while a version comes in finds the one or the other: neither both nor none."""
    seen: list[set[str]] = []
    over = threading.Event()

    def ask():
        while not over.is_set():
            hits = both.search(Query(text="list orders", limit=50, filters=Filters(service="shop"))).hits
            seen.append({hit.entry.version for hit in hits})

    thread = threading.Thread(target=ask)
    thread.start()
    for turn in range(2, 40):
        new = [msgspec.structs.replace(one, id=f"{one.id} {turn}", version=f"{turn}.0") for one in SHOP]
        both.change(add=new, services=[Followed("shop", "sales", "up", f"{turn}.0")])
    over.set()
    thread.join()
    assert {len(versions) for versions in seen} == {1}
    assert found(both, "list orders", service="shop", version="1.0")


def test_a_change_that_fails_leaves_the_index_as_it_was(both, monkeypatch):
    def fails(*given):
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr("byte.registry.search.segment.postings_of", fails)
        with pytest.raises(MemoryError):
            both.add([entry("mail", "POST /letters", "Send a letter"), entry("news", "GET /news", "List news")])
    both.add([entry("news", "GET /news", "List news")])
    assert found(both, "list news", service="news") == ["news|1.0|GET /news"]
    assert found(both, "letter", service="mail") == []
    both.add([entry("mail", "POST /letters", "Send a letter")])
    assert found(both, "letter", service="mail") == ["mail|1.0|POST /letters"]


def test_it_counts_what_it_holds_of_each_version(both):
    both.add([entry("shop", "GET /orders", "List orders", version="2.0")])
    both.remove([SHOP[0].id, *(one.id for one in ZOO)])
    assert both.counts() == {("shop", "1.0"): 5, ("shop", "2.0"): 1}
    assert Index().counts() == {}


def test_what_is_gone_does_not_change_how_rare_a_word_is():
    index = index_of()
    scores = [(hit.id, hit.score) for hit in index.search(Query(text="refund a payment of orders")).hits]
    many = [entry("bulk", f"POST /refunds/{at}", "Refund") for at in range(200)]
    index.add(many)
    index.remove([one.id for one in many])
    assert [(hit.id, hit.score) for hit in index.search(Query(text="refund a payment of orders")).hits] == scores
    assert found(index, "refnud")[0] == SHOP[4].id


def test_words_that_are_found_nowhere_take_no_place_of_others():
    """Of a long question the rarest words count: those of operations that are there."""
    strange = " ".join(f"strange{at}word" for at in range(100))
    index = index_of([*(entry("bulk", f"GET /orders/{at}", "List orders") for at in range(50)), *ZOO])
    index.add([entry("odd", "GET /odd", strange)])
    index.remove(["odd|1.0|GET /odd"])
    assert len(found(index, f"{strange} orders", limit=100)) == 50


# --- more like this ------------------------------------------------------------------------------


def test_operations_like_one_are_found_without_itself(both):
    twin = entry("depot", "GET /orders", "List orders")
    both.add([twin])
    results = both.like(SHOP[0].id)
    assert SHOP[0].id not in [hit.id for hit in results.hits]
    assert results.hits[0].id == twin.id
    assert results.hits[0].score > 0.8
    assert {hit.entry.service for hit in both.like(SHOP[0].id, others=True).hits} == {"depot", "zoo"}
    assert both.like("nobody").hits == ()


def test_likeness_is_that_of_words_without_vectors(lexical):
    hits = lexical.like(SHOP[0].id).hits
    assert hits
    assert all(0 < hit.score <= 1 for hit in hits)


def test_twins_are_of_different_services(both):
    both.add(
        [entry("depot", "GET /orders", "List orders", title="Shop"), entry("shop", "GET /v2/orders", "List orders")]
    )
    twins = both.twins(0.99)
    assert [(twin.first.id, twin.second.id) for twin in twins] == [(SHOP[0].id, "depot|1.0|GET /orders")]
    assert both.twins(0.99, filters=Filters(service="depot"))[0].score == pytest.approx(1, abs=0.01)
    assert both.twins(0.99, filters=Filters(service="zoo")) == ()
    assert Index().twins() == ()


def test_what_is_the_same_is_a_twin_at_the_highest_threshold():
    words = ("order", "payment", "customer", "refund", "invoice", "weather", "animal", "team", "photo")
    texts = [" ".join(words[at:]) for at in range(len(words))]
    index = index_of(
        [entry(service, f"GET /{at}", text, title="") for service in "ab" for at, text in enumerate(texts)],
        HashingEmbedder(200),
    )
    twins = index.twins(1.0)
    assert [(twin.first.path, twin.second.path) for twin in twins] == [(f"/{at}", f"/{at}") for at in range(len(texts))]
    assert {twin.score for twin in twins} == {1.0}


def test_a_model_that_fails_leaves_the_words(both):
    class Failing(HashingEmbedder):
        away = False

        def encode_query(self, text):
            if self.away:
                raise EmbedderError("The model is away.")
            return super().encode_query(text)

    embedder = Failing()
    index = index_of(embedder=embedder)
    embedder.away = True
    results = index.search(Query(text="refund a payment"))
    assert (results.arms, results.reason) == ("lexical", "The model is away.")
    assert results.hits[0].entry.summary == "Refund a payment"


def test_operations_like_one_are_found_while_the_index_is_tidied(both, monkeypatch):
    busy, over = threading.Event(), threading.Event()
    merged = segment.merged

    def slowly(*given):
        busy.set()
        assert over.wait(30)
        return merged(*given)

    both.remove([one.id for one in SHOP[1:]])
    monkeypatch.setattr(module, "merged", slowly)
    thread = threading.Thread(target=both.tidy)
    thread.start()
    assert busy.wait(30)
    found_then: list[object] = []
    asking = threading.Thread(target=lambda: found_then.extend([both.get(ZOO[0].id), both.like(ZOO[0].id)]))
    asking.start()
    asking.join(30)
    answered = list(found_then)
    over.set()
    thread.join()
    asking.join()
    assert len(answered) == 2, "nobody waits for it"
    assert [both.get(ZOO[0].id), both.like(ZOO[0].id)] == answered


def test_likeness_is_that_of_words_while_the_spread_of_vectors_is_not_known():
    class Failing(HashingEmbedder):
        away = False

        def encode(self, texts):
            if self.away:
                raise EmbedderError("The model is away.")
            return super().encode(texts)

    embedder = Failing()
    index = index_of(embedder=embedder)
    embedder.away = True
    results = index.like(SHOP[0].id)
    assert (results.arms, results.reason) == ("lexical", "The model is away.")
    assert results.hits


# --- files ---------------------------------------------------------------------------------------


def test_a_file_holds_the_whole_index(tmp_path, both):
    path = tmp_path / "search.index"
    both.save(path, b"41")
    both.add([entry("shop", "GET /new", "New")])
    both.save(path, b"42")
    loaded, mark = Index.load(path, both.embedder)
    assert mark == b"42"
    assert loaded.embedder is both.embedder
    assert list(loaded.entries()) == list(both.entries())
    question = Query(text="refund a payment", filters=Filters(tag="payments"))
    assert loaded.search(question) == both.search(question)
    assert [one.name for one in tmp_path.iterdir()] == ["search.index"]


@pytest.mark.parametrize("embedder", [None, HashingEmbedder(name="other")])
def test_vectors_of_another_model_are_not_used(tmp_path, both, embedder):
    path = tmp_path / "search.index"
    both.save(path, b"1")
    loaded, _ = Index.load(path, embedder)
    assert loaded.embedder is None
    assert loaded.search(Query(text="refund")).arms == "lexical"
    loaded.add([entry("shop", "GET /new", "New")])
    loaded.tidy()
    assert len(loaded) == len(ALL) + 1


def test_a_damaged_file_is_refused(tmp_path, both):
    path = tmp_path / "search.index"
    both.save(path, b"1")
    whole = path.read_bytes()
    generator = np.random.default_rng(7)
    for at in (0, 20, 200, len(whole) // 2, len(whole) - 1, *generator.integers(0, len(whole), 20).tolist()):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(IndexFileError):
            Index.load(path, both.embedder)
    for cut in (0, 5, 30, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(IndexFileError):
            Index.load(path, both.embedder)


def test_a_whole_file_that_says_nonsense_is_refused(tmp_path, both):
    path = tmp_path / "search.index"
    both.save(path, b"1")
    said, arrays = files.read(path)
    damaged = [{**arrays, "alive": arrays["alive"][:-1]}, {**arrays, "0/ends": arrays["0/ends"] + 1}]
    damaged += [{name: array for name, array in arrays.items() if name != gone} for gone in arrays]
    damaged += [{**arrays, "0/entries": arrays["0/entries"][::-1]}]
    for held in damaged:
        files.write(path, said, held)
        with pytest.raises(IndexFileError):
            Index.load(path, both.embedder)


def test_a_file_that_is_not_there_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        Index.load(tmp_path / "nothing")


def test_a_write_that_fails_leaves_the_old_file(tmp_path, both, monkeypatch):
    path = tmp_path / "search.index"
    both.save(path, b"1")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("byte.registry.search.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        both.save(path, b"2")
    assert Index.load(path, both.embedder)[1] == b"1"
    assert [one.name for one in tmp_path.iterdir()] == ["search.index"]
