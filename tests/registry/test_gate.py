"""The gate lets in what the policy says, refuses the rest with its proofs, and leaves a trace of both."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import msgspec
import pytest

from byte.model.errors import SourceError
from byte.registry import catalog, gate, publish
from byte.registry import policies as asked
from byte.registry.actors import SYSTEM, Actor
from byte.registry.clock import DAY
from byte.registry.documents import read
from byte.registry.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, RefusedError, StaleError
from byte.registry.imports import Options, documents, lines
from byte.registry.policies import Leave
from byte.registry.publish import Publication, submit
from byte.registry.records import Consumer, Override, Owner, Policy, Service, Use, Version
from byte.registry.schemes import numbered
from byte.registry.store import Store, consumers, events, overrides, owners, reviews, services, versions
from byte.registry.store import policies as kept
from tests.registry.test_imports import of

TEAM = Actor("key-1", "publish", owner="team")
ANY = Policy(compatibility="none", verdict="NEEDS REVISION")


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = 20_000 * DAY

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def time() -> Clock:
    return Clock()


@pytest.fixture
def store(sqlite_url: str, time: Clock) -> Iterator[Store]:
    opened = Store.open(sqlite_url, clock=time, create=False)
    with opened.writing() as write:
        owners.add(write, Owner(name="team"))
        services.add(write, Service(name="orders", owner="team"))
    yield opened
    opened.close()


def document(
    version: str, *fields: str, optional: tuple[str, ...] = (), paths: tuple[str, ...] = ("/orders",), **more: Any
):
    """An OpenAPI document: `GET` of some paths, each answering an object with these fields."""
    schema = {
        "type": "object",
        "required": list(fields),
        "properties": {name: {"type": "integer"} for name in (*fields, *optional)},
    }
    answer = {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}}
    items = {path: {"get": {"responses": answer, **more}} for path in paths}
    return {"openapi": "3.1.0", "info": {"title": "Orders", "version": version}, "paths": items}


def content(*given: Any, **more: Any):
    return read(json.dumps(document(*given, **more)).encode())


def give(store: Store, *given: Any, who: Actor = TEAM, dry_run: bool = False, leave: Leave | None = None, **more: Any):
    """Publishes a document of `orders`."""
    base = more.pop("base", None)
    publication = Publication(service="orders", content=content(*given, **more), base=base)
    return submit(store, who, publication, dry_run=dry_run, leave=leave)


def refused(store: Store, *given: Any, **more: Any) -> dict[str, Any]:
    """What is told of a version that is refused."""
    with pytest.raises(RefusedError) as caught:
        give(store, *given, **more)
    return dict(caught.value.report)


def uses(store: Store, name: str, *reads: str, operation: str = "GET /orders") -> None:
    with store.writing() as write:
        consumers.add(write, Consumer(service="orders", name=name, uses=(Use(operation, reads),)))


def policy(store: Store, service: str = "orders", **given: Any) -> None:
    with store.writing() as write:
        asked.keep_policy(write, SYSTEM, Policy(service=service, **given))


def allow(store: Store, time: Clock, **given: Any) -> Override:
    draft = Override(id="", service="orders", **{"reason": "We know.", "until": time() + DAY, **given})
    return asked.add_override(store, SYSTEM, draft)


def labels(store: Store) -> list[str]:
    with store.reading() as at:
        return [version.label for version in versions.page(at, "orders", sort="sequence").items]


def told(store: Store, kind: str) -> list[Any]:
    with store.reading() as at:
        return [event for event in events.after(at, 0, 1_000) if event.type == kind]


# --- what is refused ---------------------------------------------------------------------------


def test_a_first_version_is_free_and_a_compatible_one_follows_with_its_review(store):
    first = give(store, "1.0.0", "id")
    assert (first.ruling.review, first.review) == (None, None)
    second = give(store, "1.1.0", "id", "total")
    assert second.ruling.refused is False
    with store.reading() as at:
        found = reviews.get(at, second.review)
    assert (found.version, found.source, found.outcome, found.verdict) == ("1.1.0", "publish", "published", "APPROVED")
    assert told(store, "version.published")[1].data["review"] == second.review


def test_a_break_is_refused_with_what_proves_it_and_leaves_a_review_and_an_event(store):
    give(store, "1.0.0", "id", "total")
    said = refused(store, "1.1.0", "id")
    assert labels(store) == ["1.0.0"]
    assert (said["outcome"], said["verdict"], said["base"]) == ("refused", "NEEDS REVISION", "1.0.0")
    assert [refusal["policy"] for refusal in said["refusals"]] == ["compatibility"]
    proof = said["counterexamples"][0]
    assert (proof["operation"], proof["valid_for"], proof["value"]) == ("GET /orders", "revision", '{"id":0}')
    with store.reading() as at:
        review = reviews.get(at, said["id"])
    assert (review.outcome, review.version, review.verdict) == ("refused", "1.1.0", "NEEDS REVISION")
    assert review.report["findings"][0]["rule"] == "removed-response-field"
    assert review.report["gate"]["refusals"] == said["refusals"]
    (event,) = told(store, "version.refused")
    assert (event.version, event.actor, event.data["review"]) == ("1.1.0", "key-1", said["id"])
    assert len(event.data["reasons"]) == 1


def test_every_refusal_is_told_even_the_same_again(store):
    give(store, "1.0.0", "id", "total")
    assert refused(store, "1.1.0", "id")["id"] == refused(store, "1.1.0", "id")["id"]
    assert len(told(store, "version.refused")) == 2


def test_a_trial_answers_the_same_and_keeps_nothing(store):
    give(store, "1.0.0", "id", "total")
    with store.reading() as at:
        before = [event.number for event in events.after(at, 0, 1_000)]
    trial = refused(store, "1.1.0", "id", dry_run=True)
    good = give(store, "1.1.0", "id", "total", "x", dry_run=True)
    let = give(store, "1.1.0", "id", who=SYSTEM, dry_run=True, leave=Leave("We know.", store.clock() + DAY))
    assert (good.version.label, good.version.operations, let.ruling.refused) == ("1.1.0", 1, False)
    with store.reading() as at:
        assert [event.number for event in events.after(at, 0, 1_000)] == before
        assert reviews.page(at).items == ()
        assert overrides.page(at).items == ()
    assert labels(store) == ["1.0.0"]
    real = refused(store, "1.1.0", "id")
    assert {**real, "id": None, "dry_run": True} == trial


def test_many_breaks_are_told_in_part_and_counted_whole(store):
    paths = tuple(f"/p{number}" for number in range(150))
    give(store, "1", "id", paths=paths)
    said = refused(store, "2", "id", paths=("/other",))
    assert (len(said["refusals"]), said["refusal_count"]) == (100, 150)
    assert (len(said["counterexamples"]), said["counterexample_count"]) == (20, 150)
    assert (len(said["findings"]), said["finding_count"]) == (50, 150)


def test_a_review_that_is_too_large_is_kept_without_some_of_its_findings(store):
    paths = tuple(f"/{'long' * 20}{number}" for number in range(1_500))
    give(store, "1", "id", paths=paths)
    said = refused(store, "2", "id", paths=("/other",))
    with store.reading() as at:
        report = reviews.get(at, said["id"]).report
    assert len(msgspec.json.encode(report)) < 1_000_000
    assert 0 < len(report["findings"]) < 1_500
    assert report["counts"]["blocker"] == 1_500


def test_what_the_gate_says_of_many_consumers_is_kept_in_part_too(store):
    paths = tuple(f"/p{number}" for number in range(20))
    give(store, "1", "id", paths=paths)
    lines = tuple(f"{'src/' * 200}{number}.py" for number in range(100))
    with store.writing() as write:
        for number in range(5):
            every = tuple(Use(f"GET {path}") for path in paths)
            consumers.add(write, Consumer(service="orders", name=f"c{number}", uses=every, evidence=lines))
    said = refused(store, "2", "id", paths=("/other",))
    with store.reading() as at:
        report = reviews.get(at, said["id"]).report
    assert len(msgspec.json.encode(report)) < 1_000_000
    assert (report["gate"]["refusal_count"], report["gate"]["consumer_count"]) == (20, 5)
    assert 0 < len(report["gate"]["consumers"]) < len(said["consumers"]) == 100


def test_a_name_that_no_text_can_have_is_no_fault_of_the_answer(store):
    give(store, "1", "id", "bad")
    broken = json.dumps(document("2", "id", "x")).replace('"x"', '"\\ud800"')
    try:
        submit(store, TEAM, Publication(service="orders", content=read(broken.encode())))
    except (RefusedError, InvalidError) as error:
        json.dumps(getattr(error, "report", {})).encode()


# --- what is in use ----------------------------------------------------------------------------


def test_what_is_deprecated_is_still_in_use_and_what_is_retired_is_not(store):
    give(store, "1.0.0", "id", "total")
    publish.move(store, TEAM, "orders", "1.0.0", "deprecated")
    refused(store, "2.0.0", "id")
    publish.move(store, TEAM, "orders", "1.0.0", "retired")
    assert give(store, "2.0.0", "id").ruling.review is None


def test_a_draft_is_let_in_and_passes_the_gate_when_it_becomes_active(store, time):
    give(store, "1.0.0", "id", "total")
    draft = publish.publish(store, TEAM, "orders", content("2.0.0", "id"), state="draft")
    with pytest.raises(RefusedError):
        publish.move(store, TEAM, "orders", draft.label, "active")
    assert len(told(store, "version.refused")) == 1
    allow(store, time, version="2.0.0")
    moved = publish.move(store, TEAM, "orders", draft.label, "active")
    assert moved.state == "active"
    assert told(store, "version.activated")[0].data["verdict"] == "APPROVED"


# --- policies ----------------------------------------------------------------------------------


def test_a_policy_of_its_own_comes_before_the_default_and_that_before_the_one_of_a_fresh_registry(store):
    with store.reading() as at:
        assert kept.of(at, "orders") == Policy()
    policy(store, "", compatibility="none", verdict="NEEDS REVISION")
    give(store, "1", "id", "total")
    assert give(store, "2", "id").ruling is None
    policy(store, compatibility="backward")
    refused(store, "3", "other")
    asked.delete_policy(store, SYSTEM, "orders", None)
    give(store, "3", "other")
    assert [event.type for event in (*told(store, "policy.created"), *told(store, "policy.deleted"))] == [
        "policy.created",
        "policy.created",
        "policy.deleted",
    ]


def test_only_an_admin_says_what_is_asked(store):
    with pytest.raises(ForbiddenError), store.writing() as write:
        asked.keep_policy(write, TEAM, ANY)
    with pytest.raises(ForbiddenError):
        asked.delete_policy(store, TEAM, "orders", None)


@pytest.mark.parametrize(
    "given",
    [{"severities": {"no-such-rule": "note"}}, {"severities": {"removed-operation": "loud"}}, {"scheme": "roman"}],
)
def test_a_policy_that_cannot_be_is_refused(store, given):
    with pytest.raises(InvalidError):
        policy(store, **given)


def test_a_policy_is_replaced_at_the_revision_that_was_read(store):
    policy(store, scheme="semver")
    with pytest.raises(StaleError):
        asked.put_policy(store, SYSTEM, Policy(service="orders"), 7, create=False)
    with pytest.raises(StaleError):
        asked.put_policy(store, SYSTEM, Policy(service="orders"), None, create=True)
    made, new = asked.put_policy(store, SYSTEM, Policy(service="orders"), 1, create=False)
    assert (made.revision, made.scheme, new) == (2, "none", False)


def test_the_policy_of_a_service_goes_with_it(store):
    policy(store, scheme="semver")
    with store.writing() as write:
        services.remove(write, "orders")
        services.add(write, Service(name="orders", owner="team"))
        assert kept.of(write, "orders") == Policy()


def test_without_compatibility_breaks_are_told_and_let_in(store):
    policy(store, compatibility="none")
    give(store, "1", "id", "total")
    done = give(store, "2", "id")
    assert done.ruling.review.verdict.value == "APPROVED WITH CHANGES"
    assert len(done.ruling.breaks) == 1


def test_for_consumers_only_a_field_that_nobody_reads_may_go(store):
    policy(store, compatibility="consumers")
    give(store, "1", "id", "total", "tax")
    for name in ("id", "total"):
        uses(store, f"reads-{name}", name)
    assert give(store, "2", "id", "total").version.label == "2"
    said = refused(store, "3", "id")
    assert [(one["name"], one["fields"]) for one in said["consumers"]] == [("reads-total", ["total"])]
    assert "It breaks `reads-total`" in said["refusals"][0]["detail"]


def test_an_optional_field_that_a_consumer_reads_is_missed_too(store):
    give(store, "1", "id", optional=("note", "other"))
    uses(store, "mail", "note")
    assert give(store, "2", "id", optional=("note",)).version.label == "2"
    said = refused(store, "3", "id")
    assert [one["name"] for one in said["consumers"]] == ["mail"]


def announced(version: str, **said: Any) -> Publication:
    """A version of `orders` whose `GET /old` is said to go."""
    given = document(version, "id", paths=("/orders", "/old"))
    given["paths"]["/old"]["get"] |= said
    return Publication(service="orders", content=read(json.dumps(given).encode()))


@pytest.mark.parametrize("compatibility", ["backward", "consumers"])
@pytest.mark.parametrize(
    "said",
    [
        {"deprecated": True},
        {"deprecated": True, "x-sunset": "2024-11-01"},
        {"deprecated": True, "x-sunset": "soon"},
        {"x-stability-level": "alpha"},
    ],
)
def test_an_operation_that_a_consumer_uses_still_goes_after_its_day_only(store, compatibility, said):
    policy(store, compatibility=compatibility)
    submit(store, TEAM, announced("1", **said))
    uses(store, "shop", operation="GET /old")
    refusal = refused(store, "2", "id")
    assert [one["policy"] for one in refusal["refusals"]] == ["compatibility"]
    assert "It breaks `shop`" in refusal["refusals"][0]["detail"]
    assert [(one["name"], one["operation"], one["certain"]) for one in refusal["consumers"]] == [
        ("shop", "GET /old", True)
    ]


@pytest.mark.parametrize("scheme", ["none", "semver"])
def test_an_operation_that_goes_after_its_day_is_told_to_who_uses_it_still(store, scheme):
    policy(store, scheme=scheme)
    submit(store, TEAM, announced("1.0.0", deprecated=True, **{"x-sunset": "2024-10-01"}))
    uses(store, "shop", operation="GET /old")
    done = give(store, "1.1.0", "id")
    assert (done.ruling.refused, done.ruling.review.verdict.value) == (False, "APPROVED")
    (finding,) = done.ruling.review.findings
    assert (finding.severity.value, "after its sunset" in finding.message) == ("note", True)
    assert [hit.consumer for _, hit in done.ruling.affected] == ["shop"]
    assert [(event.subject, event.data["cause"]) for event in told(store, "consumer.notified")] == [("shop", "breaks")]


def test_an_announced_operation_that_nobody_uses_goes(store):
    policy(store, compatibility="backward")
    submit(store, TEAM, announced("1", deprecated=True))
    uses(store, "shop", operation="GET /orders")
    assert give(store, "2", "id").ruling.affected == ()


def test_a_day_that_is_none_announces_nothing(store):
    policy(store, compatibility="none", verdict="NEEDS REVISION", sunset=True)
    submit(store, TEAM, announced("1", deprecated=True, **{"x-sunset": "soon"}))
    assert [one["policy"] for one in refused(store, "2", "id")["refusals"]] == ["sunset"]


def test_what_a_policy_itself_makes_a_blocker_refuses_although_breaks_are_let_be(store, time):
    policy(store, compatibility="none", severities={"removed-response-field": "blocker"})
    give(store, "1", "id", "total")
    assert [one["policy"] for one in refused(store, "2", "id")["refusals"]] == ["verdict"]
    allow(store, time, rule="verdict")
    assert give(store, "2", "id").ruling.review.verdict.value == "APPROVED"


def test_severities_say_what_findings_weigh(store):
    give(store, "1", "id", "total")
    policy(store, severities={"removed-response-field": "note"})
    assert give(store, "2", "id").ruling.review.findings[0].severity.value == "note"
    policy(store, severities={"api-path-removed-without-deprecation": "off"})
    done = give(store, "3", "id", paths=("/other",))
    assert done.ruling.review.findings == ()


def test_a_verdict_can_be_asked_for_that_is_better_than_no_break(store):
    give(store, "1", "id", optional=("note",))
    assert give(store, "1.5", "id", dry_run=True).ruling.review.verdict.value == "APPROVED WITH CHANGES"
    policy(store, verdict="APPROVED")
    said = refused(store, "2", "id")
    assert [refusal["policy"] for refusal in said["refusals"]] == ["verdict"]
    assert "APPROVED is needed" in said["refusals"][0]["detail"]


def test_an_override_of_the_verdict_is_one_of_nothing_else(store, time):
    give(store, "1", "id", "total", optional=("note",))
    policy(store, verdict="APPROVED")
    allow(store, time, rule="verdict")
    assert give(store, "2", "id", "total").version.label == "2"
    assert [one["policy"] for one in refused(store, "3", "id")["refusals"]] == ["compatibility"]


def test_a_semantic_version_that_breaks_is_a_major_and_a_major_may_break(store):
    policy(store, scheme="semver")
    give(store, "1.4.0", "id", "total")
    said = refused(store, "1.5.0", "id")
    assert [refusal["policy"] for refusal in said["refusals"]] == ["compatibility", "version"]
    assert "asks for 2.0.0" in said["refusals"][1]["detail"]
    assert give(store, "1.5.0", "id", "total", "tax").version.label == "1.5.0"
    done = give(store, "2.0.0", "id")
    assert (done.version.label, done.ruling.review.verdict.value) == ("2.0.0", "APPROVED WITH CHANGES")
    for label in ("1.9.0", "2.0.0-rc.1", "two"):
        assert [one["policy"] for one in refused(store, label, "id", "x")["refusals"]] == ["version"], label


def test_a_break_asks_for_a_major_even_where_breaks_are_let_in(store, time):
    policy(store, scheme="semver", compatibility="none", verdict="NEEDS REVISION")
    give(store, "1.4.0", "id", "total")
    assert [refusal["policy"] for refusal in refused(store, "1.5.0", "id")["refusals"]] == ["version"]
    assert give(store, "2.0.0", "id", dry_run=True).ruling.refused is False
    allow(store, time, rule="removed-response-field")
    assert give(store, "1.5.0", "id").ruling.refused is False


def test_for_consumers_only_a_break_that_nobody_meets_asks_for_no_major(store):
    policy(store, scheme="semver", compatibility="consumers")
    give(store, "1.4.0", "id", "total", "tax")
    uses(store, "shop", "total")
    assert give(store, "1.5.0", "id", "total").version.label == "1.5.0"
    said = refused(store, "1.6.0", "id")
    assert [refusal["policy"] for refusal in said["refusals"]] == ["compatibility", "version"]


def test_a_calendar_version_follows_the_one_before(store):
    policy(store, scheme="calver")
    give(store, "2026.11", "id")
    assert [one["policy"] for one in refused(store, "2026.9", "id", "x")["refusals"]] == ["version"]
    assert [one["policy"] for one in refused(store, "next", "id", "x")["refusals"]] == ["version"]
    assert give(store, "2026.11.2", "id", "x").version.label == "2026.11.2"


@pytest.mark.parametrize(
    "labels",
    [
        ("0.1.0", "0.1.1", "0.2.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11",
         "1.0.0-rc.1", "1.0.0", "v1.0.1", "1.10.0", "2.0.0+build"),
    ],
)  # fmt: skip
def test_semantic_versions_are_in_their_order(labels):
    keys = [numbered("semver", label).key for label in labels]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_below_one_a_minor_may_break():
    old, patch, new = (numbered("semver", label) for label in ("0.4.2", "0.4.3", "0.5.0"))
    assert old is not None
    assert new is not None
    assert patch is not None
    assert new.breaks_from(old)
    assert not patch.breaks_from(old)
    assert old.next_break() == "0.5.0"


def test_what_goes_was_announced_before(store):
    """With `sunset` an operation goes only after its day, even with a major."""
    policy(store, compatibility="none", verdict="NEEDS REVISION", sunset=True, scheme="semver")
    both = ("/orders", "/old")
    give(store, "1.0.0", "id", paths=both)
    said = refused(store, "2.0.0", "id")
    assert [refusal["policy"] for refusal in said["refusals"]] == ["sunset"]
    announced = document("1.1.0", "id", paths=both)
    announced["paths"]["/old"]["get"] |= {"deprecated": True, "x-sunset": "2024-11-01"}
    submit(store, TEAM, Publication(service="orders", content=read(json.dumps(announced).encode())))
    early = refused(store, "2.0.0", "id")
    assert "before its sunset on 2024-11-01" in early["refusals"][0]["detail"]
    store.clock.at += 40 * DAY
    assert give(store, "2.0.0", "id").version.label == "2.0.0"


def test_with_sunsets_a_version_is_retired_after_its_own(store, time):
    policy(store, sunset=True)
    give(store, "1.0.0", "id")
    with pytest.raises(ConflictError, match="cannot be retired yet"):
        publish.move(store, TEAM, "orders", "1.0.0", "retired")
    publish.move(store, TEAM, "orders", "1.0.0", "deprecated", sunset=time() + DAY)
    with pytest.raises(ConflictError, match="cannot be retired yet"):
        publish.move(store, TEAM, "orders", "1.0.0", "retired")
    time.at += 2 * DAY
    assert publish.move(store, TEAM, "orders", "1.0.0", "retired").state == "retired"


def test_a_version_that_may_not_be_retired_yet_is_told_and_so_is_the_override_that_lets_it(store, time):
    policy(store, sunset=True)
    give(store, "1.0.0", "id")
    allow(store, time, operation="GET /orders")
    with pytest.raises(ConflictError, match="cannot be retired yet"):
        publish.move(store, TEAM, "orders", "1.0.0", "retired")
    (event,) = told(store, "version.refused")
    assert (event.version, event.actor, event.data["to"]) == ("1.0.0", "key-1", "retired")
    granted = allow(store, time, rule="sunset")
    assert publish.move(store, TEAM, "orders", "1.0.0", "retired").state == "retired"
    (event,) = told(store, "version.overridden")
    assert [one["id"] for one in event.data["overrides"]] == [granted.id]


# --- overrides ---------------------------------------------------------------------------------


def test_an_override_lets_in_what_it_is_for_and_is_told(store, time):
    give(store, "1", "id", "total", paths=("/orders", "/old"))
    granted = allow(store, time, rule="removed-response-field", operation="GET /orders")
    said = refused(store, "2", "id", paths=("/orders",))
    assert [refusal["rule"] for refusal in said["refusals"]] == ["removed-operation"]
    allow(store, time, rule="api-path-removed-without-deprecation")
    let = give(store, "2", "id", paths=("/orders",))
    assert let.ruling.review.verdict.value == "APPROVED"
    assert len(let.ruling.review.accepted) == 2
    (event,) = told(store, "version.overridden")
    assert [one["reason"] for one in event.data["overrides"]] == ["We know.", "We know."]
    created = told(store, "override.created")[0]
    assert (created.subject, created.actor, created.data["rule"]) == (granted.id, "byte", "removed-response-field")


def test_an_override_of_one_operation_is_not_for_the_others_of_a_schema(store, time):
    give(store, "1", "id", "total", paths=("/orders", "/old"))
    both = document("2", "id", paths=("/orders", "/old"))
    shared = {"Order": both["paths"]["/orders"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]}
    base = document("1.5", "id", "total", paths=("/orders", "/old"))
    wide = {"Order": base["paths"]["/orders"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]}
    for given, schemas in ((base, wide), (both, shared)):
        given["components"] = {"schemas": schemas}
        for item in given["paths"].values():
            item["get"]["responses"]["200"]["content"]["application/json"]["schema"] = {
                "$ref": "#/components/schemas/Order"
            }
    submit(store, TEAM, Publication(service="orders", content=read(json.dumps(base).encode())))
    second = Publication(service="orders", content=read(json.dumps(both).encode()))
    allow(store, time, operation="GET /orders")
    with pytest.raises(RefusedError):
        submit(store, TEAM, second)
    allow(store, time, operation="GET /old")
    assert submit(store, TEAM, second).version.label == "2"


def test_an_override_that_has_ended_lets_nothing_through(store, time):
    give(store, "1", "id", "total")
    granted = allow(store, time, until=time() + DAY)
    time.at = granted.until
    refused(store, "2", "id")
    time.at = granted.until - 1
    assert give(store, "2", "id").version.label == "2"


def test_an_override_that_ends_while_a_version_is_judged_lets_nothing_through(store, time, monkeypatch):
    give(store, "1", "id", "total")
    granted = allow(store, time, until=time() + DAY)
    judged = gate.judged

    def slowly(case):
        ruling = judged(case)
        time.at = granted.until
        return ruling

    monkeypatch.setattr(gate, "judged", slowly)
    refused(store, "2", "id")
    assert labels(store) == ["1"]


def test_an_override_for_another_version_or_taken_back_lets_nothing_through(store, time):
    give(store, "1", "id", "total")
    allow(store, time, version="3")
    refused(store, "2", "id")
    granted = allow(store, time)
    asked.end_override(store, SYSTEM, "orders", granted.id)
    refused(store, "2", "id")
    with pytest.raises(NotFoundError):
        asked.end_override(store, SYSTEM, "orders", granted.id)
    assert told(store, "override.ended")[0].subject == granted.id


def test_an_override_that_nothing_needs_is_not_used(store, time):
    give(store, "1", "id", optional=("note",))
    allow(store, time)
    done = give(store, "2", "id", "total")
    assert (done.ruling.used, told(store, "version.overridden")) == ((), [])


def test_the_policy_says_who_overrides(store, time):
    give(store, "1", "id", "total")
    leave = Leave("We know.", time() + DAY)
    with pytest.raises(ForbiddenError, match="by an admin only"):
        give(store, "2", "id", leave=leave)
    with pytest.raises(ForbiddenError):
        asked.add_override(store, TEAM, Override(id="", service="orders", reason="x", until=leave.until))
    policy(store, overriding="owner")
    done = give(store, "2", "id", leave=leave)
    (used,) = done.ruling.used
    assert (used.version, used.actor, used.reason) == ("2", "key-1", "We know.")
    with store.reading() as at:
        assert overrides.get(at, used.id) == used
    with pytest.raises(ForbiddenError):
        asked.add_override(
            store,
            Actor("o", "publish", owner="others"),
            Override(id="", service="orders", reason="x", until=leave.until),
        )


@pytest.mark.parametrize(
    "given, pointer",
    [
        ({"until": 0}, "/until"),
        ({"until": 21_000 * DAY}, "/until"),
        ({"reason": "  "}, "/reason"),
        ({"reason": "a\nb"}, "/reason"),
        ({"rule": "no-such"}, "/rule"),
        ({"version": "a b"}, "/version"),
    ],
)
def test_an_override_says_why_for_what_and_until_when(store, time, given, pointer):
    with pytest.raises(InvalidError) as caught:
        allow(store, time, **given)
    assert [fault.pointer for fault in caught.value.faults] == [pointer]


# --- others at the same time -------------------------------------------------------------------


def test_what_was_decided_by_another_base_is_decided_anew(store, monkeypatch):
    give(store, "1", "id")
    judged = gate.judged
    faster: list[bool] = []

    def slowly(case):
        ruling = judged(case)
        if not faster:
            faster.append(True)
            give(store, "2", "id", "total")
        return ruling

    monkeypatch.setattr(gate, "judged", slowly)
    said = refused(store, "3", "id", "x")
    assert (said["base"], labels(store)) == ("2", ["1", "2"])


def test_nothing_is_locked_while_a_version_is_decided_anew(store, monkeypatch):
    """Also where all that is written is one transaction, as of a request that may be sent again."""
    give(store, "1", "id")
    judged = gate.judged
    rounds: list[bool] = []

    def slowly(case):
        ruling = judged(case)
        rounds.append(True)
        with ThreadPoolExecutor(1) as pool:
            if len(rounds) == 1:
                pool.submit(give, store, "2", "id", "total").result(timeout=20)
            if len(rounds) == 3:
                edit = partial(catalog.edit_service, store, SYSTEM, "orders", None)
                pool.submit(edit, lambda old: msgspec.structs.replace(old, title="New")).result(timeout=2)
        return ruling

    monkeypatch.setattr(gate, "judged", slowly)
    with store.together(lambda write: None) as transaction:
        done = give(store, "3", "id", "total", "tax")
        transaction.keep(lambda write: None)
    assert (done.version.base, labels(store), len(rounds)) == ("2", ["1", "2", "3"], 3)


def test_a_base_that_was_named_is_not_decided_anew(store, monkeypatch):
    give(store, "1", "id")
    judged = gate.judged
    faster: list[bool] = []

    def slowly(case):
        ruling = judged(case)
        if not faster:
            faster.append(True)
            give(store, "2", "id", "total")
        return ruling

    monkeypatch.setattr(gate, "judged", slowly)
    with pytest.raises(ConflictError, match="latest version of `orders` is `2`"):
        give(store, "3", "id", "total", base="1")


def test_a_policy_that_changed_meanwhile_counts(store, monkeypatch):
    policy(store, compatibility="none")
    give(store, "1", "id", "total")
    judged = gate.judged
    changed: list[bool] = []

    def slowly(case):
        ruling = judged(case)
        if not changed:
            changed.append(True)
            policy(store, compatibility="backward")
        return ruling

    monkeypatch.setattr(gate, "judged", slowly)
    refused(store, "2", "id")


def test_a_policy_that_asks_for_something_meanwhile_counts(store, monkeypatch):
    """Also where nothing was asked at first, and nothing had to be compared."""
    policy(store, compatibility="none", verdict="NEEDS REVISION")
    give(store, "1", "id", "total")
    writing = store.writing
    changed: list[bool] = []

    def late():
        if not changed:
            changed.append(True)
            policy(store, compatibility="backward")
        return writing()

    monkeypatch.setattr(store, "writing", late)
    refused(store, "2", "id")
    assert labels(store) == ["1"]


def test_a_draft_at_another_revision_is_not_judged(store):
    give(store, "1", "id", "total")
    publish.publish(store, TEAM, "orders", content("2", "id"), state="draft")
    with pytest.raises(StaleError):
        publish.move(store, TEAM, "orders", "2", "active", expected=7)
    assert told(store, "version.refused") == []


def test_a_draft_that_becomes_active_tells_what_it_deprecates(store):
    submit(store, TEAM, announced("1"))
    uses(store, "shop", operation="GET /old")
    draft = announced("2", deprecated=True)
    submit(store, TEAM, msgspec.structs.replace(draft, state="draft"))
    assert told(store, "consumer.notified") == []
    publish.move(store, TEAM, "orders", "2", "active")
    (event,) = told(store, "consumer.notified")
    assert (event.subject, event.data["cause"], event.data["operations"]) == ("shop", "deprecated", ["GET /old"])


def test_a_first_version_that_is_refused_is_told_although_its_service_is_not_there(store):
    policy(store, "", scheme="semver")
    given = Publication(service="news", content=content("two", "id"), create=True)
    with pytest.raises(RefusedError):
        submit(store, TEAM, given)
    (event,) = told(store, "version.refused")
    assert (event.service, event.version, "review" in event.data) == ("news", "two", False)


def test_a_trial_of_a_service_that_cannot_be_made_fails_as_the_publish_would(store):
    given = Publication(service="No Name", content=content("1", "id"), create=True)
    for dry_run in (True, False):
        with pytest.raises(InvalidError):
            submit(store, TEAM, given, dry_run=dry_run)


# --- imports -----------------------------------------------------------------------------------


def test_an_import_passes_the_gate_for_what_was_there_before(store):
    give(store, "1", "id", "total")
    news = {**document("1", "id", "total"), "info": {"title": "News", "version": "1"}}
    older = {**document("2", "id"), "info": {"title": "News", "version": "2"}}
    given = [
        of("orders.json", json.dumps(document("2", "id")).encode()),
        of("news-1.json", json.dumps(news).encode()),
        of("news-2.json", json.dumps(older).encode()),
        of("fine.json", json.dumps(document("3", "id", "total", "tax")).encode()),
    ]
    results = list(documents(store, SYSTEM, given))
    assert [result.outcome for result in results] == ["failed", "created", "updated", "updated"]
    assert results[0].reason.startswith("`2` of `orders` is refused against `1`: Response property `total` was removed")
    assert len(results[0].errors) == 1
    assert len(told(store, "version.refused")) == 1


@pytest.mark.parametrize("error", [ValueError("odd"), SourceError("`1` cannot be read.")])
def test_a_comparison_that_fails_loses_no_other_document(store, monkeypatch, error):
    give(store, "1", "id")

    def fails(_case):
        raise error

    monkeypatch.setattr(gate, "judged", fails)
    news = {**document("1", "id"), "info": {"title": "News", "version": "1"}}
    given = [of("a.json", json.dumps(document("2", "id", "x")).encode()), of("b.json", json.dumps(news).encode())]
    results = list(documents(store, SYSTEM, given))
    assert [result.outcome for result in results] == ["failed", "created"]
    assert labels(store) == ["1"]


def test_an_admin_imports_past_the_gate_and_nobody_else(store):
    give(store, "1", "id", "total")
    given = [of("orders.json", json.dumps(document("2", "id")).encode())]
    (failed,) = documents(store, TEAM, given, Options(gate=False))
    assert "scope `admin`" in failed.reason
    (result,) = documents(store, SYSTEM, given, Options(gate=False))
    assert (result.outcome, told(store, "version.refused")) == ("updated", [])


def test_what_is_restored_is_not_judged(store):
    give(store, "1", "id", "total")
    line = {"type": "version", "service": "orders", "document": document("2", "id"), "actor": "ci"}
    found = [json.loads(one) for one in lines(store, SYSTEM, [json.dumps(line).encode()])]
    assert (found[0]["outcome"], labels(store)) == ("updated", ["1", "2"])


# --- tools and skills --------------------------------------------------------------------------


def tools(version: str, **given: Any) -> bytes:
    listed = [{"name": name, "inputSchema": schema} for name, schema in given.items()]
    return json.dumps({"name": "stock", "version": version, "tools": listed}).encode()


def takes(*required: str, **optional: Any) -> dict[str, Any]:
    text = {"type": "string"}
    return {"type": "object", "properties": dict.fromkeys((*required, *optional), text), "required": list(required)}


def tool_version(store: Store, data: bytes) -> Version:
    given = Publication(service="stock", content=read(data, "stock.json"), create=True)
    return submit(store, SYSTEM, given).version


def test_tools_are_compared_by_their_schemas(store):
    nested = {**takes("sku"), "$defs": {"Where": takes("shelf")}}
    nested["properties"]["where"] = {"$ref": "#/$defs/Where"}
    tool_version(store, tools("1", find=takes("sku"), move=nested, **{"a/{b}": takes()}))
    with store.writing() as write:
        consumers.add(write, Consumer(service="stock", name="agent", uses=(Use("find"),)))
    tool_version(store, tools("2", find=takes("sku", note=True), move=nested, **{"a/{b}": takes()}))
    changed = {**takes("sku"), "$defs": {"Where": takes("shelf", "row")}}
    changed["properties"]["where"] = {"$ref": "#/$defs/Where"}
    with pytest.raises(RefusedError) as caught:
        tool_version(store, tools("3", find=takes("sku", "place"), move=changed))
    said = caught.value.report
    assert sorted({one["operation"] for one in said["counterexamples"]}) == ["a/{b}", "find", "move"]
    assert [one["name"] for one in said["consumers"]] == ["agent"]
    assert "POST" not in json.dumps(said)


def test_skills_are_compared_by_what_they_take(store):
    def card(version: str, *skills: tuple[str, list[str]]) -> bytes:
        listed = [{"id": id, "name": id, "inputModes": modes} for id, modes in skills]
        return json.dumps({"name": "Desk", "version": version, "url": "https://x.example", "skills": listed}).encode()

    def version(data: bytes) -> None:
        submit(store, SYSTEM, Publication(service="desk", content=read(data, "card.json"), create=True))

    version(card("1", ("ask", ["text/plain", "image/png"]), ("draw", ["text/plain"])))
    version(card("2", ("ask", ["text/plain", "image/png"]), ("draw", ["text/plain"]), ("sing", [])))
    with pytest.raises(RefusedError) as caught:
        version(card("3", ("ask", ["text/plain"]), ("sing", [])))
    assert {name for one in caught.value.report["refusals"] for name in one["operations"]} == {"ask", "draw"}
